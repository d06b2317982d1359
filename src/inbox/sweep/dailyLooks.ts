// The daily looks: what waits is asked about once a day whatever the lists say, for times may be
// dated back and lists may lack it.
// Must not know: lists, what a look will find. Half of the calls allowed in a second ask about many
// at once, half are looks.
import { setTimeout as pause } from 'node:timers/promises'
import { databaseNow } from '../../db/clock.ts'
import { transact, type Db, type Trx } from '../../db/connect.ts'
import { keepHint } from '../../db/hints/hints.ts'
import { knownOf } from '../../db/hints/listed.ts'
import {
  lastDueMs,
  noteSeen,
  overdueOrders,
  overdueReferences,
  turnPage,
  type Unseen,
} from '../../db/watch/overdueLooks.ts'
import { Failure } from '../../domain/failures.ts'
import type { Evidence, Gateway } from '../../domain/gateway.ts'
import { gatewayRef, type GatewayName } from '../../domain/ids.ts'
import { metrics } from '../../metrics.ts'
import { differsFromKept } from './differences.ts'

type Deps = { readonly db: Db; readonly log: (line: string) => void }
export type DailyOptions = {
  /** Calls to the gateway, at most. */
  readonly looksPerSecond: number
  readonly stopping?: AbortSignal | undefined
}
export type DailyCounts = {
  /** Attempts asked about many at once, in so many calls. */
  readonly asked: number
  readonly calls: number
  /** Shown as they are known: that was their look. */
  readonly seen: number
  /** Looks asked for, each at a time of its own. */
  readonly hints: number
}
export const NO_DAILY_LOOKS: DailyCounts = { asked: 0, calls: 0, seen: 0, hints: 0 }

const DAY_MS = 86_400_000
/** So long may one run ask; lists wait for its end. */
const ASKING_MS = 120_000
/** So far ahead are looks planned: until the next run, about. */
const PLANNED_MS = 600_000
const KEPT_AT_ONCE = 100

/** What failed is thrown after all the others were planned; what was seen stays seen. */
export async function lookDaily(
  deps: Deps,
  gateway: Gateway,
  { looksPerSecond, stopping }: DailyOptions,
): Promise<{ counts: DailyCounts; failure?: unknown }> {
  const { db } = deps
  const everyMs = 2_000 / looksPerSecond
  const plan = await planOf(db, gateway.name, everyMs)
  const limits = {
    olderMs: DAY_MS,
    together: gateway.limits.together * Math.floor(ASKING_MS / everyMs),
    singly: plan.left(),
  }
  const references = await overdueReferences(db, gateway.name, limits)
  const orders = await overdueOrders(db, gateway.name, limits)
  const asked = await askTogether(deps, gateway, references.together, { plan, everyMs, stopping })
  const singly = [...references.singly, ...orders.singly, ...asked.unseen].toSorted(bySeen)
  const kept = await keepPlanned(deps, gateway.name, singly, plan)
  // A page whose every row was asked about is done; else what is left of it is the longest unseen
  // of the next run.
  const whole = kept === singly.length && asked.failure === undefined && asked.left === 0
  if (whole && references.together.length < limits.together && references.singly.length < limits.singly)
    await turnPage(db, gateway.name, 'references', references.next)
  if (whole && orders.singly.length < limits.singly) await turnPage(db, gateway.name, 'orders', orders.next)
  const { seen, calls, differing, failure } = asked
  return { counts: { asked: asked.asked, calls, seen, hints: differing + kept }, failure }
}

const bySeen = (a: Unseen, b: Unseen): number => Date.parse(a.seenAt) - Date.parse(b.seenAt)

/** Times for looks, one after the other, behind those that are planned already. */
type Plan = { left(): number; nextMs(): number }

async function planOf(db: Db, gateway: GatewayName, everyMs: number): Promise<Plan> {
  const planned = await lastDueMs(db, gateway)
  let at = planned === 0 ? 0 : planned + everyMs
  return {
    left: () => Math.max(0, Math.ceil((PLANNED_MS - at) / everyMs)),
    nextMs: () => (at += everyMs) - everyMs,
  }
}

type Together = {
  readonly asked: number
  readonly calls: number
  readonly seen: number
  /** Shown otherwise than they are known, and planned for a look. */
  readonly differing: number
  /** Shown otherwise, and no time was left for their look. */
  readonly left: number
  /** What is not shown proves nothing: each gets a look of its own. */
  readonly unseen: readonly Unseen[]
  readonly failure?: unknown
}
type Asking = { readonly plan: Plan; readonly everyMs: number; readonly stopping: AbortSignal | undefined }

async function askTogether(
  deps: Deps,
  gateway: Gateway,
  rows: readonly Unseen[],
  { plan, everyMs, stopping }: Asking,
): Promise<Together> {
  const { together } = gateway.limits
  let [asked, calls, seen, differing, left] = [0, 0, 0, 0, 0]
  const unseen: Unseen[] = []
  try {
    for (let start = 0; start < rows.length; start += together) {
      if (start > 0) await pause(everyMs)
      if (stopping?.aborted)
        throw new Failure('temporarilyUnavailable', 'the program was stopped; the next run goes on')
      const batch = rows.slice(start, start + together)
      const began = await databaseNow(deps.db)
      calls += 1
      const shown = await answerOf(deps, gateway, batch)
      const compared = await compare(deps, gateway.name, { shown, began, plan })
      asked += batch.length
      seen += compared.seen
      differing += compared.differing
      left += compared.left
      unseen.push(...batch.filter(({ gatewayRef: ref }) => !shown.some((each) => each.gatewayRef === ref)))
    }
    return { asked, calls, seen, differing, left, unseen }
  } catch (failure) {
    return { asked, calls, seen, differing, left, unseen, failure }
  }
}

/**
 * One that spoils the answer for all: each of them is then looked at by itself, and none behind
 * them waits for it.
 */
const SPOILT: readonly unknown[] = ['gatewayAnswerTooLarge', 'gatewayAnswerUnreadable', 'gatewayRefused']

async function answerOf({ log }: Deps, gateway: Gateway, batch: readonly Unseen[]): Promise<readonly Evidence[]> {
  const refs = batch.flatMap((row) => (row.gatewayRef === null ? [] : [gatewayRef(row.gatewayRef)]))
  try {
    const asked = new Set(refs)
    return (await gateway.lookMany(refs)).filter((each) => asked.has(each.gatewayRef))
  } catch (error) {
    if (!(error instanceof Failure && SPOILT.includes(error.kind))) throw error
    log(`${refs.length} payments could not be looked at together, so each is looked at by itself: ${error.message}`)
    return []
  }
}

type Answer = { readonly shown: readonly Evidence[]; readonly began: string; readonly plan: Plan }
type Compared = { readonly seen: number; readonly differing: number; readonly left: number }

async function compare({ db, log }: Deps, gateway: GatewayName, { shown, began, plan }: Answer): Promise<Compared> {
  // Kept outside, for a repeated transaction must not plan twice.
  const times = new Map<string, number>()
  const keep = async (trx: Trx): Promise<Compared> => {
    const refs = shown.map((evidence) => evidence.gatewayRef)
    const known = await knownOf(trx, gateway, { refs, orders: shown.map(({ merchantUid }) => merchantUid) })
    const differing = shown.filter((evidence) => differsFromKept(evidence, known))
    const same = shown.filter((evidence) => !differing.includes(evidence))
    const seen = same.map((evidence) => evidence.gatewayRef)
    await noteSeen(trx, gateway, seen, began)
    for (const { gatewayRef, merchantUid, status } of differing) {
      const delayMs = times.get(gatewayRef) ?? (plan.left() > 0 ? plan.nextMs() : undefined)
      if (delayMs === undefined) continue
      times.set(gatewayRef, delayMs)
      await keepHint(trx, { gateway, source: 'sweep', gatewayRef, merchantUid, saidStatus: status, delayMs })
    }
    return { seen: same.length, differing: times.size, left: differing.length - times.size }
  }
  const compared = await transact(db, 'compare daily looks', keep, log)
  metrics.hintsReceived.inc({ source: 'sweep' }, compared.differing)
  return compared
}

/** As many as times are left, the longest unseen first; returns how many. */
async function keepPlanned(
  { db, log }: Deps,
  gateway: GatewayName,
  rows: readonly Unseen[],
  plan: Plan,
): Promise<number> {
  const planned = rows.slice(0, plan.left()).map((row) => ({ ...row, delayMs: plan.nextMs() }))
  for (let start = 0; start < planned.length; start += KEPT_AT_ONCE) {
    const some = planned.slice(start, start + KEPT_AT_ONCE)
    await transact(
      db,
      'keep daily hints',
      async (trx) => {
        for (const { gatewayRef, merchantUid, delayMs } of some)
          await keepHint(trx, { gateway, source: 'sweep', gatewayRef, merchantUid, delayMs })
      },
      log,
    )
    metrics.hintsReceived.inc({ source: 'sweep' }, some.length)
  }
  return planned.length
}
