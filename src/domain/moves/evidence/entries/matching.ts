// Which refund a cancel entry answers: by the id in its reason, by what is left of the reason,
// by amount and time, or none.
// Must not know: how entries are booked. Each clause stands in design.md §5, "Cancel entries match
// by the refund id".
import { refundsOf, remainingOf } from '../../../books/balance.ts'
import type { Attempt, Books, Refund } from '../../../books/books.ts'
import type { CancelEntry } from '../../../gateway.ts'
import { closedByAmount, ticketMayLive } from '../../../refund.ts'
import { isBeginOf, namedIn, type SentReason } from './markers.ts'

export type Match = {
  readonly refund: Refund
  readonly matchedBy: 'refundId' | 'reason' | 'cancellationId' | 'amount'
}

/**
 * A refund that is named without an intent had one in rows that a restored backup does not know:
 * taken as a stranger's money, a partial refund would still fit and be filed a second time. One
 * that was withdrawn is named all the same: no other one is meant.
 */
export function matchEntry(books: Books, attempt: Attempt, entry: CancelEntry): Match | undefined {
  const shown = shownBefore(books, attempt, entry)
  if (shown) return { refund: shown, matchedBy: 'cancellationId' }
  const named = namedRefund(books, attempt, entry.reason)
  if (named) return named.state === 'withdrawn' ? undefined : { refund: named, matchedBy: 'refundId' }
  const waiting = refundsOf(books, attempt).filter((refund) => mayBeAnswered(refund, attempt))
  const begun = only(waiting.filter((refund) => begins(refund, entry.reason)))
  if (begun) return { refund: begun, matchedBy: 'reason' }
  const same = sameId(books, attempt, entry)
  if (same) return { refund: same, matchedBy: 'cancellationId' }
  const fitting = only(fittingByAmount(books, attempt, entry))
  return fitting && { refund: fitting, matchedBy: 'amount' }
}

/**
 * What only its amount and its time speak for; where that is more than one refund, it is taken as
 * none.
 */
export function fittingByAmount(books: Books, attempt: Attempt, entry: CancelEntry): readonly Refund[] {
  // Known to be another's: it never answers a ticket of ours, however well the amount fits.
  if (entry.mark !== null) return []
  const waiting = refundsOf(books, attempt).filter((refund) => mayBeAnswered(refund, attempt))
  return waiting.filter((refund) => remainingOf(refund, attempt) === entry.amount && filedBefore(refund, entry))
}

/** Its request was seen under the same id, and known as ours. */
function shownBefore(books: Books, attempt: Attempt, { cancellationId: id }: CancelEntry): Refund | undefined {
  if (id === null) return undefined
  return refundsOf(books, attempt).find(
    (refund) => refund.tickets.some(({ shownAs }) => shownAs === id) && remainingOf(refund, attempt) > 0,
  )
}

/** The refund that a reason names by its marker, whatever became of it. */
export function namedRefund(books: Books, attempt: Attempt, reason: string): Refund | undefined {
  const all = refundsOf(books, attempt)
  const sent: readonly SentReason[] = all.flatMap(({ refundId, tickets }) =>
    tickets.map(({ sentReason }) => ({ id: refundId, text: sentReason })),
  )
  const ids = all.map(({ refundId }) => refundId)
  const name = namedIn(reason, ids, sent)
  return all.find(({ refundId }) => refundId === name)
}

/** Whether this reason says by itself that the entry is this refund's, and not only its amount. */
export const saysItIs = (books: Books, attempt: Attempt, refund: Refund, reason: string): boolean => {
  const named = namedRefund(books, attempt, reason)
  return named ? named.refundId === refund.refundId : begins(refund, reason)
}

const begins = ({ tickets }: Refund, reason: string): boolean =>
  tickets.some(({ sentReason }) => isBeginOf(reason, sentReason))

/** A ticket of it may still be worked off; one whose money has come by name is done. */
const mayBeAnswered = (refund: Refund, attempt: Attempt): boolean =>
  ticketMayLive(refund) && (remainingOf(refund, attempt) > 0 || closedByAmount(refund))

/**
 * The gateway uses an id for two entries, too: only what still waits for its rest is meant by it.
 */
function sameId(books: Books, attempt: Attempt, { cancellationId }: CancelEntry): Refund | undefined {
  if (cancellationId === null) return undefined
  const rows = attempt.entries.filter((booked) => booked.cancellationId === cancellationId)
  return refundsOf(books, attempt).find(
    (refund) => rows.some(({ refundId }) => refundId === refund.refundId) && remainingOf(refund, attempt) > 0,
  )
}

const only = <T>(all: readonly T[]): T | undefined => (all.length === 1 ? all[0] : undefined)

function filedBefore(refund: Refund, entry: CancelEntry): boolean {
  const firstIntent = Math.min(...refund.tickets.map((ticket) => Date.parse(ticket.intentAt)))
  // The gateway's clock counts whole seconds and is not ours: a minute of doubt.
  return entry.cancelledAt === null || Date.parse(entry.cancelledAt) >= firstIntent - 60_000
}
