// What callers ask for: a new order, a refund, an end of sale. Judged against the books; refusals
// are Failures with sentences.
// Must not know: HTTP, SQL, Temporal. The caller holds the payment's lock.
import { attemptOf, balanceOf } from '../books/balance.ts'
import { freshWait, type Attempt, type Books, type Decision, type Payment, type Refund } from '../books/books.ts'
import { decided, draftOf, moveOrder, moveRefund, putRefund, draftedRefund, type Setting } from '../books/draft.ts'
import { trimmed, type OrderRequest } from '../books/order.ts'
import { Failure } from '../failures.ts'
import type { MerchantUid, RefundId } from '../ids.ts'
import { money, printMoney, type Money } from '../money.ts'
import type { RefundOrigin, RefundState } from '../refund.ts'
import { aboveLimit, START_REQUEST, startWaits, type ApprovalLimits } from './people/unproved.ts'
import { newRefund } from './policyRefunds.ts'
import { block } from './tickets.ts'
import { inEach } from '../../language.ts'
import { NOT_FILED } from '../shown/words/told.ts'

/** A new order's row, before the gateway knows of it. */
export function newPayment(order: OrderRequest, { now }: Setting): Payment {
  return {
    ...order,
    orderState: 'opening',
    state: 'opening',
    acceptedRef: null,
    chargedBack: false,
    closedReason: null,
    deliveryToldAt: null,
    deliveryAwaitedSince: null,
    tries: 0,
    nextTryAt: null,
    createdAt: now,
    ...freshWait(now),
  }
}

export type RefundRequest = {
  readonly refundId: RefundId
  /** Minor units of the paid currency; null: all that is left. */
  readonly amount: number | null
  readonly reason: string
  readonly origin: RefundOrigin
}
export type RefundRules = { readonly partialRefunds: boolean }

/**
 * A refund of the accepted attempt, reserved in the balance. Throws a Failure that leaves nothing
 * behind.
 */
export function requestRefund(
  books: Books,
  request: RefundRequest,
  setting: Setting,
  rules: RefundRules,
  limits?: ApprovalLimits,
): Decision {
  const accepted = books.payment?.acceptedRef
  const attempt = accepted ? attemptOf(books, accepted) : undefined
  if (!attempt)
    throw new Failure(
      'paymentNotPaid',
      'no payment of this order is accepted, so there is nothing to refund; money that needs a decision is refunded by ops',
    )
  const decision = refundOf(books, attempt, request, setting, rules)
  return request.origin === 'temporal' ? heldAbove(decision, attempt, request.refundId, setting, limits) : decision
}

/**
 * Nobody with a key asked for these, so together they stay below the limit, or another person
 * approves.
 */
function heldAbove(
  decision: Decision,
  attempt: Attempt,
  id: RefundId,
  setting: Setting,
  limits: ApprovalLimits,
): Decision {
  const together = nobodyAskedFor(decision.books, attempt)
  if (!aboveLimit(limits, together)) return decision
  const sentence = inEach(NOT_FILED.approvalNeeded, { together: printMoney(together), request: START_REQUEST })
  const blocked = block(decision.books, id, { kind: 'approvalNeeded', sentence }, setting)
  return {
    books: blocked.books,
    journal: [...decision.journal, ...blocked.journal],
    alerts: [...decision.alerts, ...blocked.alerts],
  }
}

/**
 * What a person's word on a refund lets go, to be held against the limit. One that nobody with a
 * key asked for counts with its like: it may have been sent small, or pushed on to `unknown` by a
 * memory that somebody made up.
 */
export const heldAgainstLimit = (books: Books, refund: Refund): Money =>
  refund.origin === 'temporal' ? nobodyAskedFor(books, refund) : refund

/** All that was asked for in Temporal without a key, of one attempt. */
function nobodyAskedFor(books: Books, { gatewayRef: ref, currency }: Pick<Refund, 'gatewayRef' | 'currency'>): Money {
  const like = books.refunds.filter(
    ({ gatewayRef, origin, state }) => gatewayRef === ref && origin === 'temporal' && COUNTS[state],
  )
  return money(
    like.reduce((sum, { amount }) => sum + amount, 0),
    currency,
  )
}
/** Whether money left under it, or still may. */
const COUNTS: Readonly<Record<RefundState, boolean>> = {
  requested: true,
  ticketOpen: true,
  unknown: true,
  blocked: true,
  refused: true,
  settledElsewhere: true,
  withdrawn: false,
  superseded: false,
  refunded: true,
  reversed: true,
}

/** Another person has approved what was started above the limit. */
export function releaseStart(books: Books, id: RefundId, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const refund = draftedRefund(draft, id)
  if (!refund || !startWaits(refund))
    throw new Failure(
      'updateRejected',
      `refund ${id} no longer waits for an approval: it is ${refund?.state ?? 'unknown'}`,
    )
  putRefund(draft, { ...refund, blockedBecause: null })
  moveRefund(draft, id, 'released', { why: 'another person approved what was started above the limit' })
  return decided(draft)
}

export function refundOf(
  books: Books,
  attempt: Attempt,
  request: RefundRequest,
  setting: Setting,
  rules: RefundRules,
): Decision {
  const left = balanceOf(books, attempt)
  const amount = request.amount ?? left
  const currency = attempt.currency
  const details = { left: Math.max(0, left), currency }
  if (amount <= 0 || amount > left) {
    const sentence =
      left > 0
        ? `${printMoney(money(left, currency))} of this payment can still be refunded`
        : 'nothing of this payment is left to refund: it is returned or reserved by other refunds'
    throw new Failure('refundExceedsBalance', `${sentence}; nothing was recorded`, details)
  }
  if (amount < left) refusePartial(books, attempt, rules, details)
  const draft = draftOf(books, setting)
  const made = newRefund(draft, attempt, {
    id: request.refundId,
    amount,
    origin: request.origin,
    state: 'requested',
    reason: request.reason,
  })
  putRefund(draft, { ...made, askedAmount: request.amount })
  draft.journal.push({
    what: 'refund.requested',
    refundId: request.refundId,
    gatewayRef: attempt.gatewayRef,
    to: 'requested',
    why: request.reason,
    facts: { amount, currency },
  })
  return decided(draft)
}

function refusePartial(
  books: Books,
  attempt: Attempt,
  rules: RefundRules,
  details: Readonly<Record<string, unknown>>,
): void {
  if (!rules.partialRefunds)
    throw new Failure(
      'partialRefundNotSupported',
      'partial refunds are switched off (PARTIAL_REFUNDS=no); ask for all that is left, or leave the amount out',
      details,
    )
  if (books.payment && books.payment.currency !== attempt.currency) {
    throw new Failure(
      'partialRefundNotSupported',
      'Paymentwall refunds a payment in another currency than ordered only in full; leave the amount out',
      details,
    )
  }
}

type AskedAgain = Pick<RefundRequest, 'amount' | 'reason'> & { readonly merchantUid: MerchantUid }

/**
 * Throws `conflict` where another refund is recorded under the same id, with what it differs in.
 * The amounts are compared as sent.
 */
export function refuseOtherRefund(recorded: Refund, asked: AskedAgain): void {
  const differs = [
    ...(recorded.merchantUid === asked.merchantUid ? [] : ['merchantUid']),
    ...(recorded.askedAmount === asked.amount ? [] : ['amount']),
    ...(trimmed(recorded.reason) === asked.reason ? [] : ['reason']),
  ]
  if (differs.length === 0) return
  const sentence = `refund ${recorded.refundId} is recorded as another refund; it differs in ${differs.join(', ')}. That one was kept as it is; use a new refundId for another refund.`
  throw new Failure('conflict', sentence, { differs })
}

/** The checkout sells this order no more. Throws `alreadyPaid` once any money is in it. */
export function closeOrder(books: Books, reason: string, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  if (books.attempts.some((attempt) => attempt.everPaid)) {
    throw new Failure('alreadyPaid', 'this order has been paid, so it cannot be closed; refund it instead')
  }
  if (moveOrder(draft, 'closed', { why: reason }) && draft.payment)
    draft.payment = { ...draft.payment, closedReason: reason }
  return decided(draft)
}
