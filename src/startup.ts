// Checks before the first hint is taken: a folder that is in use, and a clock that is off, for checkpoints would disagree.
// Must not know: roles.
import { join } from 'node:path'
import { databaseNow } from './db/clock.ts'
import type { Db } from './db/connect.ts'
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
