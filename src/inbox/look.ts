// One look: asks the gateway what is true of a reference or an order, and books the answer in one
// transaction.
// Must not know: who wants it. The gateway is asked with no transaction open; nothing is judged
// outside one. What a look leaves open it asks for again: a hint like others, due later.
import { buyerOf } from '../db/books/payments.ts'
import { beginLook, type Began } from '../db/clock.ts'
import { sqlState, transact, type Trx } from '../db/connect.ts'
import { keepHint } from '../db/hints/hints.ts'
import { settleHints, type SettledHint } from '../db/hints/looks.ts'
import { moneyOf } from '../db/watch/accounts.ts'
import { Failure } from '../domain/failures.ts'
import type { Evidence, Gateway } from '../domain/gateway.ts'
import type { GatewayRef } from '../domain/ids.ts'
import { metrics } from '../metrics.ts'
import { proveAccount, rememberAccount } from './account.ts'
import { bookFound, type Booked } from './booking.ts'
import type { LookDeps, LookOptions, Subject } from './subject.ts'

export type Looked = { readonly began: Began; readonly found: readonly Evidence[]; readonly moved: boolean }

/**
 * Throws a Failure when the gateway did not answer, answered for another account, or does not show
 * money that is booked: then no hint was settled. What it does show is booked even so, for presence
 * is proof and absence is none.
 */
export const look = (deps: LookDeps, subject: Subject, options: LookOptions): Promise<Looked> =>
  lookThen(deps, subject, options)

/**
 * The same, and `further` in the transaction that books it: what is decided there is decided on
 * what was seen. Not called where nothing was found. What follows that has seconds only, so the
 * account is asked for by another look.
 */
export async function lookThen<T>(
  deps: LookDeps,
  subject: Subject,
  options: LookOptions,
  further?: (trx: Trx) => Promise<T>,
): Promise<Looked & { readonly further?: T }> {
  const gateway = gatewayOf(deps, subject)
  const began = options.began ?? (await beginLook(deps.db))
  const { found, forgotten } = await ask(deps, gateway, subject)
  const settles = forgotten.length === 0
  const { moved, paidOrder, ...more } = await transact(
    deps.db,
    'look',
    async (trx) => {
      const done = await booked(() => book(deps, trx, subject, { found, began, settles }, options))
      return further && settles && found.length > 0 ? { ...done, further: await further(trx) } : done
    },
    deps.log,
  )
  deps.kick()
  if (paidOrder && !further) await rememberAccount(deps, gateway)
  if (!settles) throw forgot(subject, forgotten)
  return { began, found, moved, ...more }
}

function gatewayOf({ gateways }: LookDeps, { gateway: name }: Subject): Gateway {
  const gateway = gateways.get(name)
  if (gateway) return gateway
  throw new Failure(
    'gatewayUnavailable',
    `the gateway ${name} is not configured; set its keys, or leave its rows to people`,
  )
}

type Asked = { readonly found: readonly Evidence[]; readonly forgotten: readonly GatewayRef[] }

async function ask(deps: LookDeps, gateway: Gateway, subject: Subject): Promise<Asked> {
  try {
    const asked = await askWhole(deps, gateway, subject)
    metrics.looks.inc({
      outcome: asked.forgotten.length > 0 ? 'forgotten' : asked.found.length > 0 ? 'found' : 'nothing',
    })
    return asked
  } catch (error) {
    metrics.looks.inc({ outcome: 'failed' })
    throw error
  }
}

/**
 * Money that an order look lacks is asked for by its own reference first: lists may hide test
 * payments.
 */
async function askWhole(deps: LookDeps, gateway: Gateway, subject: Subject): Promise<Asked> {
  if ('gatewayRef' in subject) {
    const one = await gateway.look(subject.gatewayRef)
    if (one) return { found: [one], forgotten: [] }
    await proveAccount(deps, gateway)
    return { found: [], forgotten: await moneyOf(deps.db, gateway.name, subject) }
  }
  const found = [...(await gateway.lookByOrder(subject.merchantUid, await buyerOf(deps.db, subject.merchantUid)))]
  const shown = new Set(found.map(({ gatewayRef }) => gatewayRef))
  const lacking = (await moneyOf(deps.db, gateway.name, subject)).filter((ref) => !shown.has(ref))
  const forgotten: GatewayRef[] = []
  for (const ref of lacking) {
    const one = await gateway.look(ref)
    if (one) found.push(one)
    else forgotten.push(ref)
  }
  if (found.length === 0 || forgotten.length > 0) await proveAccount(deps, gateway)
  return { found, forgotten }
}

const forgot = ({ gateway }: Subject, refs: readonly GatewayRef[]): Failure =>
  new Failure(
    'gatewayForgot',
    `${gateway} does not show ${refs.join(', ')}, of which money is booked: that proves nothing, and is asked again; check the keys and the console`,
    { refs },
  )

/**
 * What the database refuses to book, whatever the gateway says, is a look that failed: it is tried
 * again, then told.
 */
async function booked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!/^(22|23502|23514)/.test(sqlState(error) ?? '') && !(error instanceof RangeError)) throw error
    const said = error instanceof Error ? error.message : String(error)
    throw new Failure(
      'evidenceNotBooked',
      `what the gateway says cannot be booked: ${said}; nothing of it was taken over`,
    )
  }
}

type Seen = { readonly found: readonly Evidence[]; readonly began: Began; readonly settles: boolean }

async function book(
  deps: LookDeps,
  trx: Trx,
  subject: Subject,
  { found, began, settles }: Seen,
  options: LookOptions,
): Promise<{ moved: boolean; paidOrder: boolean }> {
  const orders = await bookFound(deps, trx, found, began, options)
  const moved = orders.some((each) => each.moved)
  const paidOrder = orders.some((each) => each.paid)
  if (!settles) return { moved, paidOrder }
  const settled = await settleHints(trx, subject, found, { began, moved, holding: options.holding?.(moved) })
  // After the settling: a row that this look has settled plans no other.
  for (const each of missing(orders)) await lookAgainForReversal(trx, each)
  await lookAgainForMore(trx, subject, settled, found)
  metrics.hintsLooked.inc(hintsIn(settled))
  metrics.lostWebhooks.inc(moved && lostWebhook(settled, found) ? 1 : 0)
  metrics.hintsMismatched.inc(hintsIn(settled.filter((hint) => hint.mismatched)))
  return { moved, paidOrder }
}

const missing = (orders: readonly Booked[]): readonly Evidence[] => orders.flatMap(({ missesOf }) => missesOf)
const hintsIn = (settled: readonly SettledHint[]): number => settled.reduce((sum, { times }) => sum + times, 0)

/** Only a sweep told of it, and not of a failure: a one-off failure sends no webhook at all. */
function lostWebhook(settled: readonly SettledHint[], found: readonly Evidence[]): boolean {
  if (settled.length === 0 || settled.some(({ source }) => source !== 'sweep')) return false
  return found.some(({ status }) => status === 'paid' || status === 'cancelled')
}

/**
 * A little more than the ten minutes that must lie between the two looks of a reversal (design.md
 * §5).
 */
const REVERSAL_MS = 601_000
const MORE_MS = 60_000

/** The second look that decides on a reversal. */
async function lookAgainForReversal(trx: Trx, { gateway, gatewayRef, merchantUid: order }: Evidence): Promise<void> {
  const waiting = await trx
    .selectFrom('inbox')
    .select('id')
    .where('gateway', '=', gateway)
    .where('gatewayRef', '=', gatewayRef)
    .where('source', '=', 'again')
    .where('state', '=', 'received')
    .executeTakeFirst()
  if (!waiting) await keepHint(trx, { gateway, source: 'again', gatewayRef, merchantUid: order, delayMs: REVERSAL_MS })
}

/**
 * A hint that says more than its look found gets one more look of the same: the gateway may be
 * slower than its own webhook. However many say more, one row asks for it, or a flood of them would
 * ask for as many.
 */
async function lookAgainForMore(
  trx: Trx,
  subject: Subject,
  settled: readonly SettledHint[],
  found: readonly Evidence[],
): Promise<void> {
  const more = settled.filter((each) => saysMore(each, found))
  const byOrder = new Map(more.map((hint) => [aboutOf(subject, hint).merchantUid, hint]))
  for (const hint of byOrder.values())
    await keepHint(trx, {
      gateway: subject.gateway,
      source: 'again',
      ...aboutOf(subject, hint),
      saidStatus: hint.saidStatus,
      delayMs: MORE_MS,
    })
}

const aboutOf = (subject: Subject, { merchantUid }: SettledHint) =>
  'gatewayRef' in subject
    ? { gatewayRef: subject.gatewayRef, merchantUid }
    : { gatewayRef: null, merchantUid: subject.merchantUid }

function saysMore(hint: SettledHint, found: readonly Evidence[]): boolean {
  if (hint.source === 'again' || hint.mismatched) return false
  if (hint.several) return true
  const evidence =
    found.find(({ gatewayRef }) => gatewayRef === hint.gatewayRef) ?? (hint.gatewayRef === null ? found[0] : undefined)
  if (!evidence) return hint.gatewayRef !== null
  if (hint.saidStatus === 'paid') return evidence.status === 'ready' || evidence.status === 'failed'
  if (hint.saidStatus !== 'cancelled') return false
  const id = hint.saidCancellationId
  return id === null ? evidence.returned === 0 : evidence.entries.every((entry) => entry.cancellationId !== id)
}
