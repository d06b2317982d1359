// The sweep: asks the gateway's lists what changed, and keeps one hint of everything that differs
// from the evidence kept last.
// Must not know: sagas, what a look will find. Only hints come of it, so a sweep may be lost,
// repeated or run twice at once.
import { databaseNow } from '../../db/clock.ts'
import { transact, type Trx } from '../../db/connect.ts'
import { putAlert } from '../../db/outgoing/outgoing.ts'
import { moveCursor, loadCursor, type SweepCounts, type SweepCursor } from '../../db/watch/sweeps.ts'
import { Failure } from '../../domain/failures.ts'
import { LISTED, type Gateway, type ListedStatus } from '../../domain/gateway.ts'
import type { GatewayName } from '../../domain/ids.ts'
import { metrics } from '../../metrics.ts'
import { proveAccount } from '../account.ts'
import { lookDaily, NO_DAILY_LOOKS, type DailyCounts } from './dailyLooks.ts'
import { added, keepRange, NOTHING_SWEPT, type KeptRange, type SweepDeps } from './keepRange.ts'
import { CAME_IN } from '../../domain/shown/words/toldElse.ts'
import { inEach } from '../../language.ts'

export type SweepOptions = {
  /** List calls of one status after which the rest waits for the next run. */
  readonly pages?: number
  /** Daily looks a second, at most (NIGHTLY_LOOKS). */
  readonly looksPerSecond?: number
  /** Aborted: what is under way ends with its page. */
  readonly stopping?: AbortSignal
}
export type ListSwept = SweepCounts & {
  /** Why this list failed; null where it did not. */
  readonly said: string | null
}
/** The sums over all lists, each list by itself, and the daily looks. */
export type Swept = SweepCounts & {
  readonly lists: Readonly<Record<ListedStatus, ListSwept>>
  readonly daily: DailyCounts & { readonly said: string | null }
}

const PAGES = 50
const LOOKS_PER_SECOND = 2
const OVERLAP_MS = 3_600_000
/**
 * Orders are paid within minutes, so a day holds all that can have been lost around a first start;
 * further back an account's whole trade from before this program would be held as money unknown to
 * us. `ops catch-up` goes further.
 */
const FIRST_RUN_MS = 86_400_000

/**
 * One run over all lists of a gateway and the daily looks. No part keeps another from being asked;
 * where one failed this throws, after all of them, a Failure that names it and has the counts. What
 * was kept stays.
 */
export async function sweepGateway(deps: SweepDeps, name: GatewayName, options: SweepOptions = {}): Promise<Swept> {
  const { looksPerSecond = LOOKS_PER_SECOND, stopping } = options
  try {
    const gateway = gatewayOf(deps, name)
    await proveAccount(deps, gateway, 0)
    const list = (status: ListedStatus) => settled(NOTHING_SWEPT, () => sweepStatus(deps, gateway, status, options))
    const ended: Readonly<Record<ListedStatus, Ended<SweepCounts>>> = {
      paid: await list('paid'),
      cancelled: await list('cancelled'),
      failed: await list('failed'),
    }
    const looks = await settled(NO_DAILY_LOOKS, () => lookDaily(deps, gateway, { looksPerSecond, stopping }))
    const lists = {
      paid: shown(ended.paid),
      cancelled: shown(ended.cancelled),
      failed: shown(ended.failed),
    }
    const sums = LISTED.map((status) => ended[status].counts).reduce(added)
    const swept = { ...sums, lists, daily: shown(looks) }
    const parts = {
      ...Object.fromEntries(LISTED.map((status) => [`${status} list`, ended[status]])),
      'daily looks': looks,
    }
    throwWhereFailed(deps, name, parts, swept)
    metrics.sweeps.inc({ what: 'lists', outcome: 'done' })
    return swept
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

type Ended<Counts> = { readonly counts: Counts; readonly failure?: unknown }

async function settled<Counts>(none: Counts, part: () => Promise<Ended<Counts>>): Promise<Ended<Counts>> {
  try {
    return await part()
  } catch (failure) {
    return { counts: none, failure }
  }
}

const saidOf = (failure: unknown): string => (failure instanceof Error ? failure.message : String(failure))
const shown = <Counts>({ counts, failure }: Ended<Counts>) => ({
  ...counts,
  said: failure === undefined ? null : saidOf(failure),
})

function throwWhereFailed(
  { log }: SweepDeps,
  name: GatewayName,
  parts: Readonly<Record<string, Ended<unknown>>>,
  swept: Swept,
): void {
  const failed = Object.entries(parts).filter(([, { failure }]) => failure !== undefined)
  const [first] = failed
  if (!first) return
  const said = failed.map(([part, { failure }]) => `${part}: ${saidOf(failure)}`).join('; ')
  const sentence = `of ${name} ${failed.length} of ${Object.keys(parts).length} parts of the sweep failed, the others were done: ${said}`
  log(sentence)
  const [, { failure }] = first
  throw failure instanceof Failure
    ? new Failure(failure.kind, sentence, { ...failure.details, swept })
    : new Error(sentence, { cause: failure })
}

async function sweepStatus(
  deps: SweepDeps,
  gateway: Gateway,
  status: ListedStatus,
  { pages: mostCalls = PAGES, stopping }: SweepOptions,
): Promise<Ended<SweepCounts>> {
  const to = await databaseNow(deps.db)
  const before = await loadCursor(deps.db, gateway.name, status)
  const range = { from: beginOf(before, to), to: new Date(to) }
  const beforePage = async () => {
    if (stopping?.aborted) throw new Failure('temporarilyUnavailable', 'the program was stopped; the next run goes on')
  }
  const kept = await keepRange(deps, gateway, status, { range, mostCalls, beforePage })
  await moveOn(deps, { gateway: gateway.name, status }, before, to, kept)
  return kept
}

/**
 * An hour of overlap, for what a list shows late; none where the last run ended at its bound, or it
 * would never get on.
 */
function beginOf(before: SweepCursor | undefined, to: string): Date {
  if (before === undefined) return new Date(Date.parse(to) - FIRST_RUN_MS)
  return new Date(Math.min(Date.parse(before.cursor), Date.parse(to)) - (before.complete ? OVERLAP_MS : 0))
}

/**
 * A first run that fails leaves its begin, so that everybody sees how old it is; another one leaves
 * what got further.
 */
async function moveOn(
  { db, log }: SweepDeps,
  key: { readonly gateway: GatewayName; readonly status: ListedStatus },
  before: SweepCursor | undefined,
  to: string,
  { reached, nameless, failure }: KeptRange,
): Promise<void> {
  const atEnd = reached.getTime() >= Date.parse(to)
  if (failure !== undefined && before && reached.getTime() <= Date.parse(before.cursor)) return
  const cursor = atEnd ? to : reached.toISOString()
  const next = { cursor, complete: atEnd || failure !== undefined, unreadable: nameless }
  const moved = await transact(db, 'move sweep cursor', async (trx) => {
    if (!(await moveCursor(trx, key, before, next))) return false
    // Where the last run ended at its bound, this one has seen none of what that one told.
    if (nameless > (before?.complete ? before.unreadable : 0)) await alertNameless(trx, key, nameless)
    return true
  })
  if (!moved)
    log(`another sweep of ${key.gateway} has moved the cursor of ${key.status}; its hints were kept twice at most`)
}

const alertNameless = (
  trx: Trx,
  { gateway, status }: { readonly gateway: string; readonly status: string },
  count: number,
) =>
  putAlert(trx, {
    level: 'page',
    kind: 'sweepUnreadable',
    saga: `sweep:${gateway}`,
    sentence: inEach(CAME_IN.nameless, { count, status, gateway }),
  })
