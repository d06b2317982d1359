// One decision on the books of a saga in one transaction, and what its row asks for next: for
// refunds, payments and strays.
// Must not know: what is decided, workflows.
import { loadBooks, memoryAfter, rowOf, viewBooks, type Loaded } from '../src/db/books/books.ts'
import { carryOut, type Mover } from '../src/db/books/carryOut.ts'
import { lostKeys, markIfBack } from '../src/db/books/wentBack.ts'
import { changesNothing } from '../src/db/books/save.ts'
import { transact, type Trx } from '../src/db/connect.ts'
import { attemptOf } from '../src/domain/books/balance.ts'
import type { Attempt, Books, Decision, Payment, Refund } from '../src/domain/books/books.ts'
import type { Setting } from '../src/domain/books/draft.ts'
import { alsoKnowing, missingOf, type Memory } from '../src/domain/books/memory.ts'
import { Failure } from '../src/domain/failures.ts'
import {
  paymentWorkflowId,
  refundWorkflowId,
  strayWorkflowId,
  type GatewayName,
  type GatewayRef,
  type MerchantUid,
  type RefundId,
} from '../src/domain/ids.ts'
import {
  paymentStep,
  refundStep,
  strayStep,
  type PaymentStep,
  type RefundStep,
  type StrayStep,
} from '../src/domain/next.ts'
import type { ActivityDeps } from './deps.ts'

/** Which refund, when, and what its workflow has seen of it. */
export type OnRefund = { readonly id: RefundId; readonly now: string; readonly memory?: Memory }
export type OnPayment = { readonly id: MerchantUid; readonly now: string }
export type OnStray = { readonly gateway: GatewayName; readonly gatewayRef: GatewayRef; readonly now: string }

export type Change = (books: Books, setting: Setting) => Decision
export const same: Change = (books) => ({ books, journal: [], alerts: [] })

export const mover = (deps: Pick<ActivityDeps, 'links'>, saga: string, now: string): Mover => ({
  who: saga,
  at: now,
  saga,
  links: deps.links,
})

type Deciding = Pick<ActivityDeps, 'links' | 'patience' | 'language'>
type Decided<S> = { readonly moved: boolean; readonly step: S }

export const decideRefund = (deps: ActivityDeps, about: OnRefund, name: string, change: Change): Promise<RefundStep> =>
  decide(deps, name, (trx) => onRefund(deps, trx, about, change))

export const decidePayment = (
  deps: ActivityDeps,
  about: OnPayment,
  name: string,
  change: Change,
): Promise<PaymentStep> => decide(deps, name, (trx) => onPayment(deps, trx, about, change))

export const decideStray = (deps: ActivityDeps, about: OnStray, name: string, change: Change): Promise<StrayStep> =>
  decide(deps, name, (trx) => onStray(deps, trx, about, change))

/**
 * What the row asks for next, mostly by one look at the books: only where something is to be
 * changed are they locked, and everything is decided anew. Whoever moves them meanwhile wakes the
 * saga, which reads them again.
 */
export async function stepOfRefund(
  deps: ActivityDeps,
  about: OnRefund,
  name: string,
  change: Change,
): Promise<RefundStep> {
  const { id, now, memory } = about
  const seen = await viewBooks(deps.db, { refundId: id })
  const row = rowOf(seen, id)
  if (!row || missingOf(memory, row)) return decideRefund(deps, about, name, change)
  const setting = { now, patience: deps.patience }
  const decision = change(seen.books, setting)
  return changesNothing(seen, decision)
    ? stepAfter(deps, seen, decision.books, id, setting)
    : decideRefund(deps, about, name, change)
}

/** The same for a payment. */
export async function stepOfPayment(
  deps: ActivityDeps,
  about: OnPayment,
  name: string,
  change: Change,
): Promise<PaymentStep> {
  const { id, now } = about
  const seen = await viewBooks(deps.db, { merchantUid: id })
  const decision = change(seen.books, { now, patience: deps.patience })
  return changesNothing(seen, decision)
    ? paymentStep(decision.books, paymentIn(decision.books, id), now, deps.language)
    : decidePayment(deps, about, name, change)
}

export async function onRefund(
  deps: Deciding,
  trx: Trx,
  { id, now, memory }: OnRefund,
  change: Change,
): Promise<Decided<RefundStep>> {
  const { loaded } = await recallRefund(deps, trx, id, now, memory)
  const setting = { now, patience: deps.patience }
  const decision = change(loaded.books, setting)
  const own = mover(deps, refundWorkflowId(id), now)
  // Nobody waits for a late answer any more: its saga has gone on, and sleeps until the next
  // checkpoint unless it is woken.
  const late = decision.journal.some(({ what }) => what === 'ticket.lateAnswer')
  const moved = await carryOut(trx, loaded, decision, late ? { ...own, saga: null } : own)
  return { moved, step: stepAfter(deps, loaded, decision.books, id, setting) }
}

export async function onPayment(
  deps: Deciding,
  trx: Trx,
  { id, now }: OnPayment,
  change: Change,
): Promise<Decided<PaymentStep>> {
  const loaded = await loadBooks(trx, { merchantUid: id })
  paymentIn(loaded.books, id)
  const decision = change(loaded.books, { now, patience: deps.patience })
  const moved = await carryOut(trx, loaded, decision, mover(deps, paymentWorkflowId(id), now))
  return { moved, step: paymentStep(decision.books, paymentIn(decision.books, id), now, deps.language) }
}

async function onStray(
  deps: Deciding,
  trx: Trx,
  { gateway, gatewayRef, now }: OnStray,
  change: Change,
): Promise<Decided<StrayStep>> {
  const loaded = await loadBooks(trx, { gateway, gatewayRef })
  strayIn(loaded.books, gatewayRef)
  const decision = change(loaded.books, { now, patience: deps.patience })
  const moved = await carryOut(trx, loaded, decision, mover(deps, strayWorkflowId(gateway, gatewayRef), now))
  return { moved, step: strayStep(decision.books, strayIn(decision.books, gatewayRef), now, deps.language) }
}

async function decide<S>(deps: ActivityDeps, name: string, work: (trx: Trx) => Promise<Decided<S>>): Promise<S> {
  const { moved, step } = await transact(deps.db, name, work, deps.log)
  if (moved) deps.kick()
  return step
}

/** The refund's books as they stand now. */
export const readBooks = async (deps: ActivityDeps, { id, memory }: OnRefund): Promise<Books> =>
  withRefund(await viewBooks(deps.db, { refundId: id }), id, memory).books

/** The payment as it stands now. */
export const readPaymentRow = async (deps: ActivityDeps, id: MerchantUid): Promise<Payment> =>
  paymentIn((await viewBooks(deps.db, { merchantUid: id })).books, id)

/** With what its workflow hands back next time. */
export const stepAfter = (
  { language }: Pick<ActivityDeps, 'language'>,
  loaded: Loaded,
  books: Books,
  id: RefundId,
  setting: Setting,
): RefundStep => refundStep(books, refundIn(books, id), setting, memoryAfter(loaded, books, id), language)

/**
 * The refund's books under lock, compared with what its workflow has seen: a row that went back is
 * marked as such first, and nothing is sent from it.
 */
async function recallRefund(
  deps: Deciding,
  trx: Trx,
  id: RefundId,
  now: string,
  memory: Memory | undefined,
): Promise<{ loaded: Loaded; wentBack: boolean }> {
  return recalled(deps, trx, await loadRefund(trx, id, memory), { id, now, ...(memory && { memory }) })
}

/** The same of what is loaded already. */
export async function recalled(
  deps: Deciding,
  trx: Trx,
  loaded: Loaded,
  { id, now, memory }: OnRefund,
): Promise<{ loaded: Loaded; wentBack: boolean }> {
  const moving = { ...mover(deps, refundWorkflowId(id), now), patience: deps.patience }
  const wentBack = await markIfBack(trx, loaded, id, memory, moving)
  return { loaded: wentBack ? await loadRefund(trx, id) : loaded, wentBack }
}

/**
 * The same, with what was noted of it while it had no row: before anything is sent, or done by a
 * person.
 */
export async function recalledWhole(
  deps: Deciding,
  trx: Trx,
  loaded: Loaded,
  about: OnRefund,
): Promise<{ loaded: Loaded; wentBack: boolean }> {
  const row = rowOf(loaded, about.id)
  const memory = row ? alsoKnowing(about.memory, row, await lostKeys(trx, about.id)) : about.memory
  return recalled(deps, trx, loaded, { ...about, ...(memory && { memory }) })
}

export const loadRefund = async (trx: Trx, id: RefundId, memory?: Memory): Promise<Loaded> =>
  withRefund(await loadBooks(trx, { refundId: id }), id, memory)

/**
 * A row that was there when its workflow saw it, and is not: it is waited for, and the supervisor
 * pages.
 */
export function withRefund<Seen extends Loaded>(loaded: Seen, id: RefundId, memory?: Memory): Seen {
  const known = loaded.births.has(id)
  if (!known && memory)
    throw new Failure(
      'temporarilyUnavailable',
      `the row of refund ${id} is gone; was a backup restored? Nothing is done until it is there again`,
    )
  if (!known)
    throw new Failure(
      'notFound',
      `no refund is recorded as ${id}; a saga without a row starts nothing. Ask for the refund through the API, or end this workflow`,
    )
  return loaded
}

export function strayIn(books: Books, ref: GatewayRef): Attempt {
  const attempt = attemptOf(books, ref)
  if (!attempt) throw new Failure('notFound', `no money is recorded as ${ref}; a saga without a row starts nothing`)
  return attempt
}

export function refundIn(books: Books, id: RefundId): Refund {
  const refund = books.refunds.find((each) => each.refundId === id)
  if (!refund) throw new Error(`refund ${id} is not in the books of its attempt`)
  return refund
}

export function paymentIn(books: Books, id: string): Payment {
  if (!books.payment)
    throw new Failure(
      'notFound',
      `no payment is recorded as ${id}; a saga without a row starts nothing. Open the payment through the API, or start this workflow with the whole order`,
    )
  return books.payment
}
