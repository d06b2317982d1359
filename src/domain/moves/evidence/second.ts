// Second payments: whether the first one stands, and what became of it since. A second payment goes
// back only while it does.
// Must not know: policies, who asks.
import { attemptOf, sumsOf } from '../../books/balance.ts'
import type { Attempt, Books, Refund } from '../../books/books.ts'
import { contradicted } from '../../books/holds.ts'

/**
 * The attempt that settled the order, while the gateway still shows it as paid: with something
 * left, and undisputed.
 */
export function firstStands(books: Books): boolean {
  const first = acceptedOf(books)
  if (!first || contradicted(first)) return false
  return (first.status === 'paid' || first.status === 'cancelled') && !allBack(books, first)
}

/** By the gateway, by bank, or by a person's word: nothing of it pays for the order any more. */
function allBack(books: Books, attempt: Attempt): boolean {
  const { paid, returned } = sumsOf(books, attempt)
  return returned >= paid
}

/**
 * A second payment goes back by policy because the first one stands. Where others took the first
 * one back, in the console or by chargeback, giving back both would leave the payer's order unpaid:
 * a person decides.
 */
export function firstWentBack(books: Books, refund: Refund): boolean {
  if (refund.origin !== 'policy' || refund.authorisation !== 'submit') return false
  if (attemptOf(books, refund.gatewayRef)?.because !== 'second') return false
  return firstTakenByOthers(books)
}

/** All of the accepted attempt is back, and a part of it at least was asked for by nobody here. */
export function firstTakenByOthers(books: Books): boolean {
  const first = acceptedOf(books)
  if (!first || !allBack(books, first)) return false
  const others = new Set(books.refunds.filter(({ origin }) => FOREIGN.includes(origin)).map(({ refundId }) => refundId))
  return first.entries.some((entry) => !entry.gone && others.has(entry.refundId))
}

const FOREIGN: readonly Refund['origin'][] = ['console', 'chargeback', 'outside']

const acceptedOf = (books: Books): Attempt | undefined =>
  books.payment?.acceptedRef == null ? undefined : attemptOf(books, books.payment.acceptedRef)
