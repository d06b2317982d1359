// What a person may do to a refund in its state, by the table: for judging, and for the sentence of
// a refusal.
// Must not know: who asks.
import type { Refund } from '../../books/books.ts'
import type { Setting } from '../../books/draft.ts'
import { levelAt, UNKNOWN_PATIENCE } from '../../patience.ts'
import { closedByAmount, refundAfter, refundClosed, type RefundEvent } from '../../refund.ts'

export const OUTCOMES = ['refunded', 'refused', 'settledElsewhere', 'ticketOpen'] as const
export type Outcome = (typeof OUTCOMES)[number]

export const EVENTS: Record<Outcome, RefundEvent> = {
  refunded: 'resolvedRefunded',
  refused: 'resolvedRefused',
  settledElsewhere: 'settled',
  ticketOpen: 'ticketSeen',
}

export const possible = (refund: Refund, event: RefundEvent): boolean => refundAfter(refund.state, event) !== undefined

/**
 * A new ticket beside one that may be open only once that one has been waited for: past the page
 * level of its own intent, or past the last early look where its answer was lost. The age of the
 * refund says nothing of its ticket. Where no intent is known, its state tells since when.
 */
export const retryable = (refund: Refund, { patience, now }: Setting): boolean => {
  if (!possible(refund, 'retried')) return false
  const since = latestIntentAt(refund) ?? refund.stateSince
  if (refund.state === 'ticketOpen') return levelAt([{ since, patience }], now) === 'page'
  return refund.state !== 'unknown' || levelAt([{ since, patience: UNKNOWN_PATIENCE }], now) === 'warn'
}

/** When the latest ticket was asked for that may have been sent; undefined where none was. */
export function latestIntentAt({ tickets }: Pick<Refund, 'tickets'>): string | undefined {
  const sent = tickets.filter(({ outcome }) => outcome !== 'notSent').map(({ intentAt }) => intentAt)
  return sent.toSorted((a, b) => Date.parse(b) - Date.parse(a))[0]
}

/**
 * The state is named already, and the refund still asks for a person: saying that no ticket lives
 * ends it. So it is with a refused one, and with one that an entry closed by its amount alone.
 */
export const closesByDeadTicket = (refund: Refund, outcome: Outcome): boolean =>
  outcome === 'refused'
    ? refund.state === 'refused' && !refund.ticketDead
    : outcome === 'refunded' && closedByAmount(refund)

/**
 * What a person may do now, for the sentence of a refusal; `but` has just been refused for a reason
 * of its own.
 */
export function possibleNow(refund: Refund, setting: Setting, but?: 'retryTicket'): string {
  const outcomes = OUTCOMES.flatMap((outcome) => {
    if (possible(refund, EVENTS[outcome])) return [outcome]
    return closesByDeadTicket(refund, outcome) ? [`${outcome} with ticketDead`] : []
  })
  const words = [
    ...(outcomes.length > 0 ? [`resolve as ${outcomes.join(', ')}`] : []),
    ...(retryable(refund, setting) && but !== 'retryTicket' ? ['retryTicket'] : []),
    ...(possible(refund, 'withdrawn') && !mayBeSent(refund) ? ['withdraw'] : []),
    ...(refundClosed(refund) ? [] : ['acknowledge', 'snooze']),
    'recheck',
  ]
  return `possible now: ${words.join('; ')}`
}

/** Some intent's outcome is neither `notSent` nor refused: a ticket may be worked off. */
export function mayBeSent(refund: Refund): boolean {
  return refund.tickets.some(({ outcome }) => outcome !== 'notSent' && outcome !== 'refused')
}

/** For sentences: a refunded refund, an unknown refund. */
export const inState = ({ state }: Refund): string => `${state === 'unknown' ? 'an' : 'a'} ${state} refund`
