// Which refund a cancel entry answers: by the id in its reason, by what is left of the reason, by amount and time, or none.
// Must not know: how entries are booked. Each clause stands in design.md §5, "Cancel entries match by the refund id".
import { refundsOf, remainingOf } from './balance.ts'
import type { Attempt, Books, Refund } from './books.ts'
import type { CancelEntry } from './gateway.ts'
import { isBeginOf, namedIn } from './markers.ts'
import { ticketMayLive } from './refund.ts'

export type Match = {
  readonly refund: Refund
  readonly matchedBy: 'refundId' | 'reason' | 'cancellationId' | 'amount'
}

/**
 * A refund that is named without an intent had one in rows that a restored backup does not know: taken as a stranger's
 * money, a partial refund would still fit and be filed a second time.
 */
export function matchEntry(books: Books, attempt: Attempt, entry: CancelEntry): Match | undefined {
  const alive = refundsOf(books, attempt).filter((refund) => refund.state !== 'withdrawn')
  const named = alive.find(
    ({ refundId }) =>
      refundId ===
      namedIn(
        entry.reason,
        alive.map((each) => each.refundId),
      ),
  )
  if (named) return { refund: named, matchedBy: 'refundId' }
  const waiting = alive.filter(ticketMayLive)
  const begun = only(
    waiting.filter(({ tickets }) => tickets.some(({ sentReason }) => isBeginOf(entry.reason, sentReason))),
  )
  if (begun) return { refund: begun, matchedBy: 'reason' }
  const before = attempt.entries.find(
    (booked) => booked.cancellationId !== null && booked.cancellationId === entry.cancellationId,
  )
  const same = before && alive.find(({ refundId }) => refundId === before.refundId)
  if (same) return { refund: same, matchedBy: 'cancellationId' }
  const fitting = only(fittingByAmount(books, attempt, entry))
  return fitting && { refund: fitting, matchedBy: 'amount' }
}

/** Refunds with a ticket that may live which the entry fits by amount and time: where it is more than one, it is taken as none. */
export function fittingByAmount(books: Books, attempt: Attempt, entry: CancelEntry): readonly Refund[] {
  // Known to be another's: it never answers a ticket of ours, however well the amount fits.
  if (entry.mark !== null) return []
  const waiting = refundsOf(books, attempt).filter((refund) => refund.state !== 'withdrawn' && ticketMayLive(refund))
  return waiting.filter((refund) => remainingOf(refund, attempt) === entry.amount && filedBefore(refund, entry))
}

const only = <T>(all: readonly T[]): T | undefined => (all.length === 1 ? all[0] : undefined)

function filedBefore(refund: Refund, entry: CancelEntry): boolean {
  const firstIntent = Math.min(...refund.tickets.map((ticket) => Date.parse(ticket.intentAt)))
  // The gateway's clock counts whole seconds and is not ours: a minute of doubt.
  return entry.cancelledAt === null || Date.parse(entry.cancelledAt) >= firstIntent - 60_000
}
