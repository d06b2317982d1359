// What a person may do to a refund in its state, by the table: for judging, and for the sentence of a refusal.
// Must not know: who asks.
import type { Refund } from './books.ts'
import { refundAfter, type RefundEvent } from './refund.ts'

export const OUTCOMES = ['refunded', 'refused', 'settledElsewhere', 'ticketOpen'] as const
export type Outcome = (typeof OUTCOMES)[number]

export const EVENTS: Record<Outcome, RefundEvent> = {
  refunded: 'resolvedRefunded',
  refused: 'resolvedRefused',
  settledElsewhere: 'settled',
  ticketOpen: 'ticketSeen',
}

export const possible = (refund: Refund, event: RefundEvent): boolean => refundAfter(refund.state, event) !== undefined

/** What a person may do in this state, for the sentence of a refusal. */
export function possibleNow(refund: Refund): string {
  const outcomes = OUTCOMES.filter((outcome) => possible(refund, EVENTS[outcome]))
  const words = [
    ...(outcomes.length > 0 ? [`resolve as ${outcomes.join(', ')}`] : []),
    ...(possible(refund, 'retried') ? ['retryTicket'] : []),
    ...(possible(refund, 'withdrawn') && !mayBeSent(refund) ? ['withdraw'] : []),
    'recheck',
  ]
  return `possible now: ${words.join('; ')}`
}

/** Some intent's outcome is neither `notSent` nor refused: a ticket may be worked off. */
export function mayBeSent(refund: Refund): boolean {
  return refund.tickets.some(({ outcome }) => outcome !== 'notSent' && outcome !== 'refused')
}
