// What a saga's row asks of its workflow next: end, do something, or wait until when. Rides on every activity's result.
// Must not know: Temporal. Configuration, calendars and time zones are worked in here, never in workflow code.
import { heldOf, paymentClosed, strayClosed } from './balance.ts'
import type { Attempt, Books, Payment, Refund, Wait } from './books.ts'
import { checkpointWord, paymentDetails, refundDetails, strayDetails } from './details.ts'
import { refundClosed } from './refund.ts'
import { paymentAttributes, refundAttributes, strayAttributes, type Attributes } from './shown.ts'
import { strayState } from './views.ts'
import { nextTicketKey, openIntent } from './ticketing.ts'

/** `ms` is counted from the workflow's own time that was given. */
type Waiting<WhenDue extends string> = {
  readonly do: 'wait'
  readonly ms: number
  readonly whenDue: WhenDue
  readonly summary: string
}
export type RefundNext =
  | { readonly do: 'end' }
  | { readonly do: 'fileTicket' | 'settleTicket'; readonly key: string }
  | Waiting<'checkpoint' | 'read'>
export type StrayNext = { readonly do: 'end' } | Waiting<'checkpoint'>
export type PaymentNext = { readonly do: 'end' } | { readonly do: 'open' } | Waiting<'checkpoint' | 'expire' | 'read'>

export type Step<Next> = {
  readonly state: string
  readonly next: Next
  readonly attributes: Attributes
  /** Markdown for the Temporal UI: what, why, since when, what the gateway said, what comes next, what a person may do. */
  readonly details: string
}
export type RefundStep = Step<RefundNext>
export type PaymentStep = Step<PaymentNext>
export type StrayStep = Step<StrayNext>

const LONGEST_WAIT_MS = 400 * 86_400_000

export function refundStep(books: Books, refund: Refund, now: string): RefundStep {
  const next = refundNext(refund, now)
  return {
    state: refund.state,
    next,
    attributes: refundAttributes(books, refund),
    details: refundDetails(books, refund),
  }
}

function refundNext(refund: Refund, now: string): RefundNext {
  if (refundClosed(refund)) return { do: 'end' }
  const checkpoint = nextCheckpoint(refund, now)
  if (refund.state !== 'requested') return checkpoint
  const intent = openIntent(refund)
  if (intent !== undefined) return { do: 'settleTicket', key: intent }
  const key = nextTicketKey(refund)
  if (key === undefined) return checkpoint
  const retry = refund.nextTryAt === null ? 0 : Date.parse(refund.nextTryAt) - Date.parse(now)
  if (retry <= 0) return { do: 'fileTicket', key }
  return retry < checkpoint.ms
    ? { do: 'wait', ms: retry, whenDue: 'read', summary: `next try after ${refund.tries} that sent nothing` }
    : checkpoint
}

export function paymentStep(books: Books, payment: Payment, now: string): PaymentStep {
  const next = paymentNext(books, payment, now)
  return {
    state: payment.state,
    next,
    attributes: paymentAttributes(books, payment),
    details: paymentDetails(books, payment),
  }
}

function paymentNext(books: Books, payment: Payment, now: string): PaymentNext {
  if (paymentClosed(books)) return { do: 'end' }
  if (heldOf(books) !== 'none') return nextCheckpoint(payment, now)
  const expiry = waitUntil(payment.expiresAt, now, 'expire', `expires at ${payment.expiresAt}`)
  const retry = payment.nextTryAt === null ? 0 : Date.parse(payment.nextTryAt) - Date.parse(now)
  if (expiry.ms === 0)
    return retry <= 0 ? expiry : { ...expiry, ms: retry, summary: 'next try of the last look before expiry' }
  if (payment.orderState !== 'opening') return expiry
  if (retry <= 0) return { do: 'open' }
  return retry < expiry.ms
    ? { do: 'wait', ms: retry, whenDue: 'read', summary: `next try to register the order after ${payment.tries}` }
    : expiry
}

export function strayStep(books: Books, attempt: Attempt, now: string): StrayStep {
  return {
    state: strayState(books, attempt),
    next: strayClosed(books, attempt) ? { do: 'end' } : nextCheckpoint(attempt, now),
    attributes: strayAttributes(books, attempt),
    details: strayDetails(books, attempt),
  }
}

const nextCheckpoint = ({ nextCheckpointAt, nextCheckpointLevel }: Wait, now: string): Waiting<'checkpoint'> =>
  waitUntil(nextCheckpointAt, now, 'checkpoint', `waits for news; then ${checkpointWord(nextCheckpointLevel)}`)

function waitUntil<WhenDue extends string>(
  at: string | null,
  now: string,
  whenDue: WhenDue,
  summary: string,
): Waiting<WhenDue> {
  const ms = at === null ? LONGEST_WAIT_MS : Math.max(0, Date.parse(at) - Date.parse(now))
  return { do: 'wait', ms, whenDue, summary }
}
