// The mark of what a person saw: short, of the facts that a money command decides on, and of
// nothing that looks or time change.
// Must not know: commands. It protects against a changed situation, not against anybody's will.
import { attemptOf, bookedOf, sumsOf } from './balance.ts'
import type { Books, Refund } from './books.ts'
import { markOf } from '../text.ts'

/**
 * Of a payment: its state, what settled it, and of each attempt what was paid, is back, and speaks
 * against it.
 */
export function seenOf(books: Books): string {
  const attempts = books.attempts
    .map((attempt) => {
      const { paid, returned } = sumsOf(books, attempt)
      return [attempt.gatewayRef, paid, returned, attempt.contradiction ?? '', attempt.released ?? ''].join(' ')
    })
    .toSorted()
  return markOf([books.payment?.state ?? 'unknown', books.payment?.acceptedRef ?? '', ...attempts].join('\n'))
}

/**
 * Of a refund: its state, its tickets with their outcomes, what is booked of it, and whether its
 * ticket is said to be dead.
 */
export function seenOfRefund(books: Books, refund: Refund): string {
  const attempt = attemptOf(books, refund.gatewayRef)
  const tickets = refund.tickets
    .map(({ authorisedBy, outcome }) => `${authorisedBy} ${outcome ?? 'under way'}`)
    .toSorted()
  const booked = attempt ? bookedOf(refund, attempt) : 0
  return markOf([refund.state, booked, refund.ticketDead, ...tickets].join('\n'))
}
