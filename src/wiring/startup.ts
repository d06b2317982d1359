// Checks before the first hint is taken: a folder that is in use or open to others, a clock that is
// off, for checkpoints would disagree, and a hold on filing, which FILING=held begins before any
// saga runs.
// Must not know: roles.
import { chmod, lstat, mkdir, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { databaseNow } from '../db/clock.ts'
import { transact, type Db } from '../db/connect.ts'
import { filingHold, holdFiling } from '../db/watch/filing.ts'
import { saidOf } from '../domain/moves/filing.ts'
import type { TemporalAccess } from '../domain/moves/people/unproved.ts'
import { holderOf } from '../lock.ts'

const MOST_APART_MS = 120_000

/**
 * Throws a sentence where this machine's clock and the database's are more than two minutes apart.
 */
export async function checkClock(db: Db, here: () => number): Promise<void> {
  const apart = here() - Date.parse(await databaseNow(db))
  if (Math.abs(apart) <= MOST_APART_MS) return
  const direction = apart > 0 ? 'ahead of' : 'behind'
  throw new Error(
    `This machine's clock is ${Math.round(Math.abs(apart) / 1_000)} s ${direction} the database's, and checkpoints would come at the wrong time. Set both by NTP, and start again.`,
  )
}

/**
 * Throws a sentence that names who holds the embedded database of this folder, and the file that
 * says so.
 */
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

const FOR_OTHERS = 0o077
const STICKY = 0o1000
/**
 * What this program and its servers keep in it; a folder that others use as well is not ours to
 * change further down.
 */
const OURS = /^(pglite|simulator|temporal\.db)/

/**
 * Makes the folder, or mends one of an earlier version, so that only this user gets in: with the
 * databases in it whoever could write there would move money, and whoever could read there would
 * know who bought what. Throws a sentence where that is not ours to do.
 */
export async function keepPrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { mode } = await stat(folder)
  if ((mode & STICKY) !== 0)
    throw new Error(
      `${resolve(folder)} is a folder for everybody, and what is kept there is for this program alone. Set DATA_DIR to a folder of its own.`,
    )
  await forUsAlone(folder, mode).catch((error: unknown) => {
    throw new Error(
      `${resolve(folder)} is open to other users, and its rights could not be changed. Give it to the user that runs this program (chown) and take it from the others (chmod 700), or set DATA_DIR to another folder.`,
      { cause: error },
    )
  })
}

/**
 * PGlite makes files that everybody may write: the folder keeps them out, and whoever was in it
 * already is put out too.
 */
async function forUsAlone(folder: string, mode: number): Promise<void> {
  if ((mode & FOR_OTHERS) !== 0) await chmod(folder, 0o700)
  for (const name of await readdir(folder)) if (OURS.test(name)) await shutOut(join(folder, name))
}

async function shutOut(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  // What is gone by now was of no use to anybody; a link's rights are its target's.
  if (found === undefined || found.isSymbolicLink()) return
  if ((found.mode & FOR_OTHERS) !== 0) await chmod(path, found.mode & 0o700)
  if (!found.isDirectory()) return
  for (const name of await readdir(path)) await shutOut(join(path, name))
}

/** Access to the namespace is a door of its own: what it is open for is said, not guessed. */
export function saidOfTemporal({ starts, commands }: TemporalAccess): string {
  const starting =
    starts === 'open'
      ? 'may start orders, and refunds up to APPROVAL_LIMIT, as a checkout may (TEMPORAL_STARTS=open)'
      : 'starts nothing without a proof of the API (TEMPORAL_STARTS=proved)'
  const commanding =
    commands === 'quiet'
      ? 'moves no money and silences no page without a proof (TEMPORAL_COMMANDS=quiet)'
      : 'carries out every command below the limit, as unverified (TEMPORAL_COMMANDS=all)'
  return `Whoever reaches Temporal's namespace ${starting}, and ${commanding}`
}
