// Warns of what is paid, to be shipped, and told to no gateway: the money may be withheld for it.
// Must not know: Temporal, gateways. Every process runs it; each order is warned of by one of them.
import { loadBooks } from '../db/books/books.ts'
import { carryOut } from '../db/books/carryOut.ts'
import { databaseNow } from '../db/clock.ts'
import { transact, type Db } from '../db/connect.ts'
import { untoldDeliveries } from '../db/watch/deliveries.ts'
import { warnOfDelivery } from '../domain/moves/deliveries.ts'
import type { Patience } from '../domain/patience.ts'
import type { Links } from '../domain/shown/views.ts'
import { startLoop, type Loop } from '../loop.ts'

export type DeliveryDeps = {
  readonly db: Db
  readonly links: Links
  readonly patience: Patience
  readonly log: (line: string) => void
  /** DELIVERY_WARN_AFTER. */
  readonly warnAfterMs: number
}

const EVERY_MS = 300_000
const AT_ONCE = 100

export function startDeliveryWatch(deps: DeliveryDeps): Pick<Loop, 'stop'> {
  const pollMs = Math.max(1_000, Math.min(EVERY_MS, deps.warnAfterMs))
  return startLoop({ name: 'deliveries', pollMs, log: deps.log, work: () => warnOfDeliveries(deps) })
}

/**
 * One portion of orders, each in a transaction of its own. True where there may be more. An alert
 * is polled for, so nobody needs to be kicked.
 */
export async function warnOfDeliveries({ db, links, patience, log, warnAfterMs }: DeliveryDeps): Promise<boolean> {
  const before = new Date(Date.parse(await databaseNow(db)) - warnAfterMs).toISOString()
  const untold = await untoldDeliveries(db, before, AT_ONCE)
  let warned = 0
  for (const merchantUid of untold) {
    const moved = await transact(
      db,
      'warn of a delivery',
      async (trx) => {
        const loaded = await loadBooks(trx, { merchantUid })
        const at = loaded.now
        const decision = warnOfDelivery(loaded.books, before, { now: at, patience })
        return carryOut(trx, loaded, decision, { who: 'watchdog', at, saga: null, links })
      },
      log,
    )
    if (moved) warned += 1
  }
  return untold.length === AT_ONCE && warned > 0
}
