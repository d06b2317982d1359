// What a person may do to a refund in its state, by the table.
// Must not know: who asks, time.
import type { Refund } from '../../books/books.ts'
import { closedByAmount, refundAfter, type RefundEvent } from '../../refund.ts'

export const OUTCOMES = ['refunded', 'refused', 'settledElsewhere', 'ticketOpen'] as const
export type Outcome = (typeof OUTCOMES)[number]

export const EVENTS: Record<Outcome, RefundEvent> = {
  refunded: 'resolvedRefunded',
  refused: 'resolvedRefused',
  settledElsewhere: 'settled',
  ticketOpen: 'ticketSeen',
}

export const possible = (refund: Refund, event: RefundEvent): boolean => refundAfter(refund.state, event) !== undefined

/** When the latest ticket was asked for that may have been sent; undefined where none was. */
export function latestIntentAt({ tickets }: Pick<Refund, 'tickets'>): string | undefined {
  const sent = tickets.filter(({ outcome }) => outcome !== 'notSent').map(({ intentAt }) => intentAt)
  return sent.toSorted((a, b) => Date.parse(b) - Date.parse(a))[0]
}

/** The same of any call, repeats of one included, with how long its answer may take. */
export function lastSent({ tickets }: Pick<Refund, 'tickets'>): { at: string; answerMs: number } | undefined {
  const sent = tickets
    .filter(({ outcome }) => outcome !== 'notSent')
    .flatMap(({ intentAt, repeatedAt, sentCall }) =>
      [intentAt, repeatedAt].flatMap((at) =>
        at === null ? [] : [{ at, answerMs: sentCall === null ? ANSWER_MS : LONG_ANSWER_MS }],
      ),
    )
  return sent.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0]
}
/** A moment between a call and a person's next one: an answer may still be on its way. */
const ANSWER_MS = 60_000
/** Gateways that take a call again advise to wait longer. */
const LONG_ANSWER_MS = 90_000

/**
 * The state is named already, and the refund still asks for a person: saying that no ticket lives
 * ends it. So it is with a refused one, and with one that an entry closed by its amount alone.
 */
export const closesByDeadTicket = (refund: Refund, outcome: Outcome): boolean =>
  outcome === 'refused'
    ? refund.state === 'refused' && !refund.ticketDead
    : outcome === 'refunded' && closedByAmount(refund)

/** Some intent's outcome is neither `notSent` nor refused: a ticket may be worked off. */
export function mayBeSent(refund: Refund): boolean {
  return refund.tickets.some(({ outcome }) => outcome !== 'notSent' && outcome !== 'refused')
}

/** For sentences: a refunded refund, an unknown refund. */
export const inState = ({ state }: Refund): string => `${state === 'unknown' ? 'an' : 'a'} ${state} refund`
