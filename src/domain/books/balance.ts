// The balance of an attempt: what was paid, what went back, what is reserved, what may still be
// asked for.
// Must not know: where the rows come from. Requests are judged by it; evidence is always booked.
import type { GatewayRef } from '../ids.ts'
import { attemptState, orderOver, type PaymentState, type Sums } from '../payment.ts'
import { closedByAmount, REFUND_STATES, refundReserves } from '../refund.ts'
import type { Attempt, Books, Payment, Refund } from './books.ts'
import { contradicted, orderHeld } from './holds.ts'

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0)

/** What booked entries have answered of one refund, minor units. */
export function bookedOf(refund: Refund, attempt: Attempt): number {
  return sum(
    attempt.entries.filter((entry) => entry.refundId === refund.refundId && !entry.gone).map((entry) => entry.amount),
  )
}

/** What the gateway has not yet shown as returned of one refund. */
export function remainingOf(refund: Refund, attempt: Attempt): number {
  return Math.max(0, refund.amount - bookedOf(refund, attempt))
}

/** What the gateway has booked as returned. The only sum that enters `checksum`. */
export function bookedTotal(attempt: Attempt): number {
  return sum(attempt.entries.filter((entry) => !entry.gone).map((entry) => entry.amount))
}

/**
 * Still cancellable by the gateway's own books: neither reservations nor a person's word enter it.
 */
export const checksumOf = (attempt: Attempt): number => attempt.amount - bookedTotal(attempt)

/** Refunds of one attempt; a reference belongs to one gateway account only. */
export function refundsOf(books: Books, attempt: Attempt): readonly Refund[] {
  return books.refunds.filter(
    (refund) => refund.gatewayRef === attempt.gatewayRef && refund.gateway === attempt.gateway,
  )
}

export function sumsOf(books: Books, attempt: Attempt): Sums {
  const refunds = refundsOf(books, attempt)
  const byPersons = refunds.map(
    (refund) => refund.paidElsewhere + (refund.state === 'refunded' ? remainingOf(refund, attempt) : 0),
  )
  const paid = attempt.everPaid ? attempt.amount : 0
  const returned = bookedTotal(attempt) + sum(byPersons)
  const reserved = sum(refunds.filter(refundReserves).map((refund) => remainingOf(refund, attempt)))
  // Another's money may have closed it: its own may still come, as far as anything is left.
  const doubted = Math.min(
    Math.max(0, paid - returned - reserved),
    sum(refunds.filter(closedByAmount).map(({ amount }) => amount)),
  )
  return {
    paid,
    returned,
    reserved: reserved + doubted,
    waits: refunds.some((refund) => REFUND_STATES[refund.state].waits),
    reversed: refunds.some(({ state }) => state === 'reversed'),
  }
}

/**
 * What may still be asked back: paid − returned − reserved. Negative where evidence overtook
 * reservations.
 */
export function balanceOf(books: Books, attempt: Attempt): number {
  const sums = sumsOf(books, attempt)
  return sums.paid - sums.returned - sums.reserved
}

/**
 * Money in it that nobody has decided on: neither accepted, nor back, nor on its way in a refund.
 */
export function undecided(books: Books, attempt: Attempt): boolean {
  return attempt.everPaid && !attempt.accepted && balanceOf(books, attempt) > 0
}

export function attemptOf(books: Books, ref: GatewayRef): Attempt | undefined {
  return books.attempts.find((attempt) => attempt.gatewayRef === ref)
}

/**
 * The attempt whose sums and state the payment shows: the accepted one, else the latest ever paid.
 */
export function shownAttempt(books: Books): Attempt | undefined {
  const paid = books.attempts.filter((attempt) => attempt.everPaid)
  const accepted = paid.find((attempt) => attempt.gatewayRef === books.payment?.acceptedRef)
  return accepted ?? paid.toSorted((a, b) => (b.paidOrdinal ?? 0) - (a.paidOrdinal ?? 0))[0]
}

/**
 * The state that the payment shows: the shown attempt's, or the order's own while no money came.
 */
export function shownState(books: Books, payment: Payment): PaymentState {
  const attempt = shownAttempt(books)
  return attempt ? attemptState(sumsOf(books, attempt), attempt.accepted) : payment.orderState
}

/**
 * Attempts that the payment's own saga answers for; a second payment under `hold` has a stray saga
 * of its own.
 */
export function undecidedOfPayment(books: Books): readonly Attempt[] {
  return books.attempts.filter((attempt) => attempt.because !== 'second' && undecided(books, attempt))
}

/** What keeps a payment's saga open and asks for a person: the loudest of what there is. */
export type Held = 'none' | 'held' | 'quarantined' | 'contradicted'

export function heldOf(books: Books): Held {
  if (orderHeld(books)) return 'contradicted'
  const waiting = undecidedOfPayment(books)
  if (waiting.length === 0) return 'none'
  return waiting.every(({ because }) => because === 'late') ? 'held' : 'quarantined'
}

/**
 * Whether the payment's saga has ended: accepted, expired, closed, or all money in it decided
 * (design.md §4).
 */
export function paymentClosed(books: Books): boolean {
  const { payment } = books
  if (!payment) return true
  if (heldOf(books) !== 'none') return false
  if (payment.acceptedRef !== null || orderOver(payment.orderState)) return true
  return books.attempts.some((attempt) => attempt.everPaid)
}

/**
 * Whether a stray's saga has ended: its money is decided, or belongs to its order's own saga by
 * now. What contradicts an attempt of a known order is its payment's to tell.
 */
export const strayClosed = (books: Books, attempt: Attempt): boolean =>
  !isStray(attempt) || (!undecided(books, attempt) && !(attempt.merchantUid === null && contradicted(attempt)))

/**
 * Attempts that have a stray saga: a second payment, and money for an order that is unknown to us
 * still.
 */
export const isStray = ({ because, merchantUid }: Attempt): boolean =>
  because === 'second' || (because === 'unknownOrder' && merchantUid === null)
