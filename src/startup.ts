// Checks before the first hint is taken: a clock that is off would let checkpoints and leases disagree.
// Must not know: roles.
import { databaseNow } from './db/clock.ts'
import type { Db } from './db/connect.ts'

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
