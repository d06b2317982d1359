// What the API, the notices and the ops tools show of a payment and a refund: one shape each, from
// the books.
// Must not know: HTTP. Amounts are integers in minor units; times ISO 8601 in UTC.
import { attemptOf, refundsOf, remainingOf, shownAttempt, shownState, sumsOf } from '../books/balance.ts'
import type { Attempt, Books, Payment, Refund } from '../books/books.ts'
import { seenOf, seenOfRefund } from '../books/seen.ts'
import { paymentWorkflowId, refundWorkflowId, strayWorkflowId } from '../ids.ts'
import { attemptState, PAYMENT_STATES, type MoneyState } from '../payment.ts'
import { closedByAmount, REFUND_STATES } from '../refund.ts'
import { quoted } from '../text.ts'

/** Makes the Temporal UI's address of a workflow, or null where no UI is known. */
export type Links = (workflowId: string) => string | null

export function attemptView(books: Books, attempt: Attempt) {
  const sums = sumsOf(books, attempt)
  const state = attempt.everPaid ? attemptState(sums, attempt.accepted) : attempt.status
  return {
    gatewayRef: attempt.gatewayRef,
    paymentwallRef: attempt.paymentwallRef,
    state,
    accepted: attempt.accepted,
    because: attempt.because,
    provider: attempt.provider,
    contradiction: attempt.contradiction,
    released: attempt.contradiction !== null && attempt.contradiction === attempt.released,
    amount: attempt.amount,
    currency: attempt.currency,
    channel: attempt.channel,
    paid: sums.paid,
    returned: sums.returned,
    reserved: sums.reserved,
    payMethod: attempt.payMethod,
    payerCountry: attempt.payerCountry,
    paidAt: attempt.paidAt,
    failReason: attempt.failReason,
    chargedBack: attempt.chargedBack,
    lastLook: lastLook(attempt),
  }
}

/** The money state of an attempt by itself, whatever its order shows. */
export const strayState = (books: Books, attempt: Attempt): MoneyState =>
  attemptState(sumsOf(books, attempt), attempt.accepted)

/** Money that has a saga of its own, with the refunds that were made of it. */
export function strayView(books: Books, attempt: Attempt, links: Links) {
  const { gateway, merchantUid, saidMerchantUid, attention, owner, waitingSince } = attempt
  const { nextCheckpointAt: at, nextCheckpointLevel: level } = attempt
  return {
    gateway,
    merchantUid,
    saidMerchantUid,
    ...attemptView(books, attempt),
    attention,
    owner,
    waitingSince,
    nextCheckpoint: at && { at, level },
    refunds: refundsOf(books, attempt).map(({ refundId }) => refundId),
    seen: seenOf(books),
    temporalUi: links(strayWorkflowId(gateway, attempt.gatewayRef)),
  }
}

export function paymentView(books: Books, payment: Payment, links: Links) {
  const shown = shownAttempt(books)
  const sums = shown ? sumsOf(books, shown) : { paid: 0, returned: 0, reserved: 0, waits: false, reversed: false }
  const state = shownState(books, payment)
  return {
    merchantUid: payment.merchantUid,
    gateway: payment.gateway,
    state,
    label: PAYMENT_STATES[state],
    accepted: payment.acceptedRef !== null,
    acceptedRef: payment.acceptedRef,
    amount: payment.amount,
    currency: payment.currency,
    channel: payment.channel,
    name: payment.name,
    goods: payment.goods,
    deliveryToldAt: payment.deliveryToldAt,
    paid: sums.paid,
    returned: sums.returned,
    reserved: sums.reserved,
    payerCountry: shown?.payerCountry ?? null,
    waitingForCancellation: sums.waits,
    chargedBack: payment.chargedBack,
    seen: seenOf(books),
    closedReason: payment.closedReason,
    attention: payment.attention,
    owner: payment.owner,
    expiresAt: payment.expiresAt,
    createdAt: payment.createdAt,
    temporalUi: links(paymentWorkflowId(payment.merchantUid)),
    // In one order, whether the books were just read or just decided: a notice shows exactly what
    // GET shows.
    attempts: books.attempts
      .toSorted((a, b) => (a.gatewayRef < b.gatewayRef ? -1 : 1))
      .map((attempt) => attemptView(books, attempt)),
  }
}

export function refundView(books: Books, refund: Refund, links: Links) {
  const attempt = attemptOf(books, refund.gatewayRef)
  return {
    refundId: refund.refundId,
    merchantUid: refund.merchantUid,
    gateway: refund.gateway,
    gatewayRef: refund.gatewayRef,
    paymentwallRef: attempt?.paymentwallRef ?? null,
    payerCountry: attempt?.payerCountry ?? null,
    state: refund.state,
    label: { en: REFUND_STATES[refund.state].en, ko: REFUND_STATES[refund.state].ko },
    waitingForCancellation: REFUND_STATES[refund.state].waits,
    amount: refund.amount,
    remaining: attempt && refund.state !== 'refunded' ? remainingOf(refund, attempt) : 0,
    currency: refund.currency,
    reason: refund.reason,
    origin: refund.origin,
    testChannel: refund.testChannel,
    attention: refund.attention,
    owner: refund.owner,
    snoozedUntil: refund.snoozedUntil,
    waitingSince: refund.waitingSince,
    stateSince: refund.stateSince,
    nextCheckpoint: refund.nextCheckpointAt && { at: refund.nextCheckpointAt, level: refund.nextCheckpointLevel },
    lastLook: attempt ? lastLook(attempt) : null,
    blockedBecause: refund.blockedBecause,
    seen: seenOfRefund(books, refund),
    matchedByAmount: closedByAmount(refund),
    said: refund.said,
    tickets: refund.tickets.map(({ authorisedBy, intentAt, outcome, said }) => ({
      authorisedBy,
      intentAt,
      outcome,
      said,
    })),
    createdAt: refund.createdAt,
    temporalUi: links(refundWorkflowId(refund.refundId)),
  }
}

/** A payment as GET shows it: itself and its refunds, the oldest first. */
export function orderView(books: Books, payment: Payment, links: Links) {
  const refunds = books.refunds.toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt))
  return {
    payment: paymentView(books, payment, links),
    refunds: refunds.map((refund) => refundView(books, refund, links)),
  }
}

/** The last look that answered and what it said, or that the last one could not look. */
export function lastLook(attempt: Attempt) {
  if (attempt.lookFailedAt !== null)
    return { at: attempt.lookFailedAt, said: `could not look: ${quoted(attempt.lookFailedSaid ?? 'no answer')}` }
  return {
    at: attempt.evidenceAsOf,
    said: `${attempt.status}, ${attempt.gatewayReturned} of ${attempt.amount} ${attempt.currency} returned`,
  }
}
