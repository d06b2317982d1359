// When a person may authorise one more ticket, and what stands against it: for judging, for the
// sentence of a refusal, and for the page in the Temporal UI, which is read long after it was
// written.
// Must not know: who asks.
import { attemptOf, balanceOf, remainingOf } from '../../books/balance.ts'
import type { Books, Refund } from '../../books/books.ts'
import type { Setting } from '../../books/draft.ts'
import { orderHeld } from '../../books/holds.ts'
import { firstAt, UNKNOWN_PATIENCE, type Patience } from '../../patience.ts'
import { refundClosed, refundReserves } from '../../refund.ts'
import { closesByDeadTicket, EVENTS, lastSent, latestIntentAt, mayBeSent, OUTCOMES, possible } from './possible.ts'
import { startWaits } from './unproved.ts'

/**
 * Its order, the approval of its start, its state (or a patience that never pages), or its money
 * stands against it; else time alone does, until `from`.
 */
export type Retry =
  | { readonly from: string }
  | { readonly against: 'contradicted' | 'approvalNeeded' | 'state' }
  | { readonly against: 'balance'; readonly left: number }

/**
 * A new ticket beside one that may be open only once that one has been waited for: past the page
 * level of its own intent, or past the last early look where its answer was lost. The age of the
 * refund says nothing of its ticket. Where no intent is known, its state tells since when.
 */
export function retryOf(books: Books, refund: Refund, patience: Patience): Retry {
  if (orderHeld(books)) return { against: 'contradicted' }
  if (startWaits(refund)) return { against: 'approvalNeeded' }
  const waited = possible(refund, 'retried') ? waitedFrom(refund, patience) : undefined
  if (waited === undefined) return { against: 'state' }
  const attempt = attemptOf(books, refund.gatewayRef)
  const missing = attempt ? (refundReserves(refund) ? 0 : remainingOf(refund, attempt)) : refund.amount
  const left = attempt ? balanceOf(books, attempt) : 0
  if (missing > left) return { against: 'balance', left: Math.max(0, left) }
  const sent = lastSent(refund)
  const answered = sent === undefined ? -Infinity : Date.parse(sent.at) + sent.answerMs
  return { from: new Date(Math.max(Date.parse(waited), answered)).toISOString() }
}

function waitedFrom(refund: Refund, patience: Patience): string | undefined {
  const since = latestIntentAt(refund) ?? refund.stateSince
  if (refund.state === 'ticketOpen') return firstAt({ since, patience }, 'page')
  return refund.state === 'unknown' ? firstAt({ since, patience: UNKNOWN_PATIENCE }, 'warn') : refund.stateSince
}

/** What a person may do now, for the sentence of a refusal. */
export function possibleNow(books: Books, refund: Refund, { patience, now }: Setting): string {
  const outcomes = OUTCOMES.flatMap((outcome) => {
    if (possible(refund, EVENTS[outcome])) return [outcome]
    return closesByDeadTicket(refund, outcome) ? [`${outcome} with ticketDead`] : []
  })
  const retry = retryOf(books, refund, patience)
  const words = [
    ...(outcomes.length > 0 ? [`resolve as ${outcomes.join(', ')}`] : []),
    ...('from' in retry && Date.parse(retry.from) <= Date.parse(now) ? ['retryTicket'] : []),
    ...(possible(refund, 'withdrawn') && !mayBeSent(refund) ? ['withdraw'] : []),
    ...(refundClosed(refund) ? [] : ['acknowledge', 'snooze']),
    'recheck',
  ]
  return `possible now: ${words.join('; ')}`
}
