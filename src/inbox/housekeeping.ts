// Keeps the queues tidy: parked hints whose order is known by now are looked at, and what nothing needs any more goes.
// Must not know: gateways, sagas. Every process runs it; each row is taken by one of them.
import type { Db } from '../db/connect.ts'
import { unparkKnown } from '../db/hints.ts'
import { PURGED_AT_ONCE, purgeOnce } from '../db/purge.ts'
import { startLoop, type Loop } from '../loop.ts'
import { metrics } from '../metrics.ts'

type Deps = { readonly db: Db; readonly log: (line: string) => void; readonly kick: () => void }

/** A hint may wait so long for what the sweep finds anyway. */
const EVERY_MS = 300_000

export function startHousekeeping(deps: Deps): Loop {
  return startLoop({ name: 'housekeeping', pollMs: EVERY_MS, log: deps.log, work: () => keepHouse(deps) })
}

/** True where there may be more to do at once. Neither half waits for the other or fails because of it. */
export async function keepHouse(deps: Deps): Promise<boolean> {
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
