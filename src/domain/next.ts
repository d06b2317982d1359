// What a saga's row asks of its workflow next: end, do something, or wait until when. Rides on
// every activity's result.
// Must not know: Temporal. Configuration, calendars and time zones are worked in here, never in
// workflow code.
import { heldOf, paymentClosed, strayClosed } from './books/balance.ts'
import type { Attempt, Books, Payment, Refund, Wait as WaitOfRow } from './books/books.ts'
import type { Setting } from './books/draft.ts'
import type { Memory } from './books/memory.ts'
import { nextTicketKey, openIntent } from './moves/tickets.ts'
import { refundClosed } from './refund.ts'
import { paymentAttributes, refundAttributes, strayAttributes, type Attributes } from './shown/attributes.ts'
import { checkpointWord, paymentDetails, refundDetails, strayDetails } from './shown/details.ts'
import { strayState } from './shown/views.ts'
import { speakerOf, type Language, type Speak } from '../language.ts'
import { SUMMARIES } from './shown/words/pages.ts'

/**
 * `until`: ISO, whenever the step is read; what is due then is done at once, without a timer. `ms`
 * is the same counted from the time that was given, for runs that began before `until` came.
 */
type Waiting<WhenDue extends string> = {
  readonly do: 'wait'
  readonly ms: number
  readonly until?: string
  readonly whenDue: WhenDue
  readonly summary: string
}
/** Of any saga, as its workflow waits. */
export type SagaWait = Waiting<string>
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
  /**
   * Markdown for the Temporal UI: what, why, since when, what the gateway said, what comes next,
   * what a person may do.
   */
  readonly details: string
}
/** `memory`: what its workflow hands back with the next step; missing in histories of before. */
export type RefundStep = Step<RefundNext> & { readonly memory?: Memory }
export type PaymentStep = Step<PaymentNext>
export type StrayStep = Step<StrayNext>

const LONGEST_WAIT_MS = 400 * 86_400_000

/** Details and summaries are written in `language`, here and below; nothing is decided by it. */
export function refundStep(
  books: Books,
  refund: Refund,
  setting: Setting,
  memory?: Memory,
  language: Language = 'en',
): RefundStep {
  const next = refundNext(refund, setting.now, speakerOf(language))
  return {
    state: refund.state,
    next,
    attributes: refundAttributes(books, refund),
    details: refundDetails(books, refund, setting, language),
    ...(memory && { memory }),
  }
}

function refundNext(refund: Refund, now: string, speak: Speak): RefundNext {
  if (refundClosed(refund)) return { do: 'end' }
  const checkpoint = nextCheckpoint(refund, now, speak)
  if (refund.state !== 'requested') return checkpoint
  const intent = openIntent(refund)
  if (intent !== undefined) return { do: 'settleTicket', key: intent }
  const key = nextTicketKey(refund)
  if (key === undefined) return checkpoint
  const retry = waitUntil(refund.nextTryAt ?? now, now, 'read', speak(SUMMARIES.nextTry, { tries: refund.tries }))
  if (retry.ms === 0) return { do: 'fileTicket', key }
  return retry.ms < checkpoint.ms ? retry : checkpoint
}

export function paymentStep(books: Books, payment: Payment, now: string, language: Language = 'en'): PaymentStep {
  const next = paymentNext(books, payment, now, speakerOf(language))
  return {
    state: payment.state,
    next,
    attributes: paymentAttributes(books, payment),
    details: paymentDetails(books, payment, language),
  }
}

function paymentNext(books: Books, payment: Payment, now: string, speak: Speak): PaymentNext {
  if (paymentClosed(books)) return { do: 'end' }
  if (heldOf(books) !== 'none') return nextCheckpoint(payment, now, speak)
  const expiry = waitUntil(payment.expiresAt, now, 'expire', speak(SUMMARIES.expires, { at: payment.expiresAt }))
  const retryAt = payment.nextTryAt ?? now
  const lastLook = waitUntil(retryAt, now, 'expire', speak(SUMMARIES.lastLook))
  if (expiry.ms === 0) return lastLook.ms === 0 ? expiry : lastLook
  if (payment.orderState !== 'opening') return expiry
  const retry = waitUntil(retryAt, now, 'read', speak(SUMMARIES.registration, { tries: payment.tries }))
  if (retry.ms === 0) return { do: 'open' }
  return retry.ms < expiry.ms ? retry : expiry
}

export function strayStep(books: Books, attempt: Attempt, now: string, language: Language = 'en'): StrayStep {
  return {
    state: strayState(books, attempt),
    next: strayClosed(books, attempt) ? { do: 'end' } : nextCheckpoint(attempt, now, speakerOf(language)),
    attributes: strayAttributes(books, attempt),
    details: strayDetails(books, attempt, language),
  }
}

function nextCheckpoint(
  { nextCheckpointAt, nextCheckpointLevel }: WaitOfRow,
  now: string,
  speak: Speak,
): Waiting<'checkpoint'> {
  const summary = speak(SUMMARIES.news, { what: checkpointWord(speak, nextCheckpointLevel) })
  return waitUntil(nextCheckpointAt, now, 'checkpoint', summary)
}

function waitUntil<WhenDue extends string>(
  at: string | null,
  now: string,
  whenDue: WhenDue,
  summary: string,
): Waiting<WhenDue> {
  const ms = at === null ? LONGEST_WAIT_MS : Math.max(0, Date.parse(at) - Date.parse(now))
  const until = at ?? new Date(Date.parse(now) + LONGEST_WAIT_MS).toISOString()
  return { do: 'wait', ms, until, whenDue, summary }
}
