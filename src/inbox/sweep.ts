// The sweep: asks the gateway's lists what changed, and keeps one hint of everything that differs from the evidence kept last.
// Must not know: sagas, what a look will find. Only hints come of it, so a sweep may be lost, repeated or run twice at once.
import type { Evidence, Gateway, ListedStatus } from '../domain/gateway.ts'
import { Failure } from '../domain/failures.ts'
import type { GatewayName } from '../domain/ids.ts'
import { databaseNow } from '../db/clock.ts'
import { transact, type Db } from '../db/connect.ts'
import { keepHint } from '../db/hints.ts'
import { overdueLooks } from '../db/openRows.ts'
import { putAlert } from '../db/outgoing.ts'
import { moveCursor, readCursor, type SweepCounts, type SweepCursor } from '../db/sweeps.ts'
import { metrics } from '../metrics.ts'
import { keepDiffering } from './differences.ts'
import { walkList, type Range } from './walkList.ts'

export type SweepDeps = {
  readonly db: Db
  readonly gateways: ReadonlyMap<GatewayName, Gateway>
  readonly log: (line: string) => void
  readonly kick: () => void
}
export type SweepBounds = {
  /** List calls of one status in one run; the rest waits for the next. */
  readonly pages: number
  /** Nightly looks asked for in one run, of payments and of refunds each. */
  readonly nightly: number
}

export const LISTED: readonly ListedStatus[] = ['paid', 'cancelled', 'failed']
const BOUNDS: SweepBounds = { pages: 50, nightly: 200 }
const OVERLAP_MS = 3_600_000
/**
 * Orders are paid within minutes, so a day holds all that can have been lost around a first start; further back an
 * account's whole trade from before this program would be held as money unknown to us. `ops catch-up` goes further.
 */
const FIRST_RUN_MS = 86_400_000
const NIGHTLY_MS = 86_400_000
export const NOTHING_SWEPT: SweepCounts = { listed: 0, differing: 0, kept: 0, unreadable: 0, calls: 0 }

export const added = (a: SweepCounts, b: SweepCounts): SweepCounts => ({
  listed: a.listed + b.listed,
  differing: a.differing + b.differing,
  kept: a.kept + b.kept,
  unreadable: a.unreadable + b.unreadable,
  calls: a.calls + b.calls,
})

/** One run over all lists of a gateway and the nightly looks. Throws a Failure where it does not answer; what was kept stays. */
export async function sweepGateway(
  deps: SweepDeps,
  name: GatewayName,
  bounds: SweepBounds = BOUNDS,
): Promise<SweepCounts> {
  const gateway = gatewayOf(deps, name)
  try {
    let counts = await askNightly(deps, name, bounds.nightly)
    for (const status of LISTED) counts = added(counts, await sweepStatus(deps, gateway, status, bounds.pages))
    metrics.sweeps.inc({ what: 'lists', outcome: 'done' })
    return counts
  } catch (error) {
    metrics.sweeps.inc({ what: 'lists', outcome: 'failed' })
    throw error
  } finally {
    deps.kick()
  }
}

function gatewayOf({ gateways }: SweepDeps, name: GatewayName): Gateway {
  const gateway = gateways.get(name)
  if (!gateway) throw new Failure('gatewayUnavailable', `the gateway ${name} is not configured, so nothing was listed`)
  return gateway
}

async function sweepStatus(
  deps: SweepDeps,
  gateway: Gateway,
  status: ListedStatus,
  pages: number,
): Promise<SweepCounts> {
  const { db, log } = deps
  const key = { gateway: gateway.name, status }
  const to = await databaseNow(db)
  const before = await readCursor(db, gateway.name, status)
  const { counts, reached } = await keepRange(deps, gateway, status, {
    range: { from: beginOf(before, to), to: new Date(to) },
    pages,
  })
  // Everything listed up to `reached` has been kept and committed by now.
  const cursor = reached === 'end' ? to : reached.toISOString()
  const next = { cursor, complete: reached === 'end', unreadable: counts.unreadable }
  const moved = await transact(db, 'move sweep cursor', async (trx) => {
    if (!(await moveCursor(trx, key, before, next))) return false
    if (counts.unreadable > (before?.unreadable ?? 0))
      await alertUnreadable(trx, gateway.name, status, counts.unreadable)
    return true
  })
  if (!moved)
    log(`another sweep of ${gateway.name} has moved the cursor of ${status}; its hints were kept twice at most`)
  return counts
}

/** An hour of overlap, for what a list shows late; none where the last run ended at its bound, or it would never get on. */
function beginOf(before: SweepCursor | undefined, to: string): Date {
  if (before === undefined) return new Date(Date.parse(to) - FIRST_RUN_MS)
  return new Date(Math.min(Date.parse(before.cursor), Date.parse(to)) - (before.complete ? OVERLAP_MS : 0))
}

const alertUnreadable = (trx: Parameters<typeof putAlert>[0], gateway: string, status: string, count: number) =>
  putAlert(trx, {
    level: 'page',
    kind: 'sweepUnreadable',
    saga: `sweep:${gateway}`,
    sentence: `${count} of the ${status} payments that ${gateway} lists cannot be read; compare its console with GET /payments for the last hour`,
  })

type Ranged = {
  readonly range: Range
  readonly pages: number
  /** The catch-up that asks. */
  readonly sweepId?: string
  /** Told after each page what was kept so far; what it throws ends the walk. */
  readonly onPage?: (counts: SweepCounts) => Promise<void>
}
type Kept = { readonly counts: SweepCounts; readonly reached: Date | 'end' }

/** Keeps a hint of each difference in this range, page by page, each page in a transaction of its own. */
export async function keepRange(
  deps: SweepDeps,
  gateway: Gateway,
  status: ListedStatus,
  { range, pages, sweepId, onPage }: Ranged,
): Promise<Kept> {
  let counts = NOTHING_SWEPT
  const seen = new Set<string>()
  const reached = await walkList(range, pages, async (from, to, page) => {
    const answer = await gateway.list(status, from, to, page)
    // What lies on the edge of two windows is listed by both.
    const fresh = answer.listed.filter((each) => !seen.has(stateOf(each)))
    for (const each of fresh) seen.add(stateOf(each))
    const kept = await keepDiffering(deps, gateway.name, fresh, sweepId)
    const { unreadable } = answer
    counts = added(counts, { listed: fresh.length, ...kept, unreadable, calls: 1 })
    await onPage?.(counts)
    return answer
  })
  return { counts, reached }
}

const stateOf = ({ gatewayRef, status, returned, entries }: Evidence): string =>
  `${gatewayRef} ${status} ${returned} ${entries.length}`

/** Open payments and test money that lists may not show are asked about once a day. */
async function askNightly({ db, log }: SweepDeps, gateway: GatewayName, limit: number): Promise<SweepCounts> {
  const overdue = await transact(
    db,
    'keep nightly hints',
    async (trx) => {
      const rows = await overdueLooks(trx, gateway, NIGHTLY_MS, limit)
      for (const { gatewayRef, merchantUid } of rows)
        await keepHint(trx, { gateway, source: 'sweep', gatewayRef, merchantUid })
      return rows
    },
    log,
  )
  metrics.hintsReceived.inc({ source: 'sweep' }, overdue.length)
  return { ...NOTHING_SWEPT, kept: overdue.length }
}
