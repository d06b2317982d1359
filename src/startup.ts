// Checks before the first hint is taken: a folder that is in use, a clock that is off, for checkpoints would disagree, and a
// hold on filing, which FILING=held begins before any saga runs.
// Must not know: roles.
import { join } from 'node:path'
import { databaseNow } from './db/clock.ts'
import { transact, type Db } from './db/connect.ts'
import { filingHold, holdFiling } from './db/filing.ts'
import { saidOf } from './domain/filing.ts'
import { holderOf } from './lock.ts'

const MOST_APART_MS = 120_000

/** Throws a sentence where this machine's clock and the database's are more than two minutes apart. */
export async function checkClock(db: Db, here: () => number): Promise<void> {
  const apart = here() - Date.parse(await databaseNow(db))
  if (Math.abs(apart) <= MOST_APART_MS) return
  const direction = apart > 0 ? 'ahead of' : 'behind'
  throw new Error(
    `This machine's clock is ${Math.round(Math.abs(apart) / 1_000)} s ${direction} the database's, and checkpoints would come at the wrong time. Set both by NTP, and start again.`,
  )
}

/** Throws a sentence that names who holds the embedded database of this folder, and the file that says so. */
export async function refuseHeldFolder(folder: string): Promise<void> {
  const path = join(folder, 'pglite.lock')
  const holder = await holderOf(path)
  if (!holder) return
  throw new Error(
    `${folder} is open in ${holder.who}, says ${path}, and two at once would lose rows. ${holder.remedy} Or set DATA_DIR to another folder, or DATABASE_URL to a Postgres server.`,
  )
}

/** Says that filing is held, for it may have been forgotten. */
export async function noteHold(db: Db, filing: 'on' | 'held', warn: (line: string) => void): Promise<void> {
  const hold = await transact(db, 'read filing', async (trx) => {
    if (filing === 'held') await holdFiling(trx, { who: 'FILING=held', reason: 'the setting at a start' })
    return filingHold(trx)
  })
  if (hold) warn(`${saidOf(hold)}. No new cancel call is made until ops release`)
}
