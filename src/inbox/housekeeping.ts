// Keeps the queues tidy: parked hints whose order is known by now are looked at, what nothing needs
// any more goes; and watches what is overdue.
// Must not know: gateways, sagas. Every process runs it; each row is taken by one of them.
import type { Db } from '../db/connect.ts'
import { unparkKnown } from '../db/hints/hints.ts'
import { foldTallies } from '../db/lists/tallies.ts'
import { PURGED_AT_ONCE, purgeOnce } from '../db/purge.ts'
import { OVERDUE_AFTER, type OverdueAfter } from '../domain/shown/watchdog.ts'
import { startLoop, type Loop } from '../loop.ts'
import { metrics } from '../metrics.ts'
import { watchOnce } from './watchdog.ts'

type Deps = {
  readonly db: Db
  readonly log: (line: string) => void
  readonly kick: () => void
  readonly overdueAfter?: OverdueAfter
}

/** A hint may wait so long for what the sweep finds anyway. */
const EVERY_MS = 300_000
/** What a minute adds is what a sum reads beside the kinds. */
const FOLD_EVERY_MS = 60_000
const WATCH_EVERY_MS = 60_000

export function startHousekeeping(deps: Deps): Pick<Loop, 'stop'> {
  const { log, overdueAfter = OVERDUE_AFTER } = deps
  const watchMs = Math.max(1_000, Math.min(WATCH_EVERY_MS, overdueAfter.rowsMs))
  // What fell due while everything was stopped gets a moment: it is going on just now.
  const from = performance.now() + watchMs
  const watch = async () => {
    if (performance.now() >= from) await watchOnce(deps)
    return false
  }
  const loops = [
    startLoop({ name: 'housekeeping', pollMs: EVERY_MS, log, work: () => tidyUp(deps) }),
    startLoop({ name: 'tallies', pollMs: FOLD_EVERY_MS, log, work: () => foldTallies(deps.db) }),
    startLoop({ name: 'watchdog', pollMs: watchMs, log, work: watch }),
  ]
  return { stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))) }
}

/**
 * Everything once. True where there may be more to do at once. No part waits for another or fails
 * because of it.
 */
export async function keepHouse(deps: Deps): Promise<boolean> {
  const [tidied, watched] = await Promise.allSettled([tidyUp(deps), watchOnce(deps)])
  if (tidied.status === 'rejected') throw tidied.reason
  if (watched.status === 'rejected') throw watched.reason
  return tidied.value
}

async function tidyUp(deps: Deps): Promise<boolean> {
  const [unparked, purged] = await Promise.allSettled([unparkAll(deps), purge(deps)])
  if (unparked.status === 'rejected') throw unparked.reason
  if (purged.status === 'rejected') throw purged.reason
  return purged.value
}

async function unparkAll({ db, log, kick }: Deps): Promise<void> {
  const unparked = await unparkKnown(db)
  if (unparked === 0) return
  log(`${unparked} parked hints name what is known by now and are looked at`)
  kick()
}

async function purge({ db }: Deps): Promise<boolean> {
  const purged = Object.entries(await purgeOnce(db))
  for (const [what, count] of purged) metrics.purged.inc({ what }, count)
  return purged.some(([, count]) => count === PURGED_AT_ONCE)
}
