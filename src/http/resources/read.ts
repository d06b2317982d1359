// Reads of the books as they stood at one moment, for answers; never a lock, never a write.
// Must not know: HTTP.
import { loadBooks, type About } from '../../db/books/books.ts'
import type { Trx } from '../../db/connect.ts'
import type { Books, Payment } from '../../domain/books/books.ts'
import { Failure } from '../../domain/failures.ts'
import type { MerchantUid } from '../../domain/ids.ts'

export type OrderBooks = { readonly books: Books; readonly payment: Payment }

export async function booksOf(trx: Trx, merchantUid: MerchantUid): Promise<OrderBooks> {
  const { books } = await loadBooks(trx, { merchantUid }, false)
  if (!books.payment) throw unknownPayment(merchantUid)
  return { books, payment: books.payment }
}

/** Books are read once for a page, however many of its rows belong to one order. */
export function makeBooksReader(trx: Trx): (about: About) => Promise<Books> {
  const read = new Map<string, Books>()
  return async (about) => {
    const key = JSON.stringify(about)
    const books = read.get(key) ?? (await loadBooks(trx, about, false)).books
    read.set(key, books)
    return books
  }
}

export const unknownPayment = (merchantUid: MerchantUid): Failure =>
  new Failure('notFound', `No payment is recorded as ${merchantUid}; check the merchantUid.`)
