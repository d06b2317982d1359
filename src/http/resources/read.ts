// Reads of the books as they stood at one moment, for answers; never a lock, never a write.
// Must not know: HTTP.
import { viewBooks, type About } from '../../db/books/books.ts'
import type { Db, Trx } from '../../db/connect.ts'
import type { Books, Payment } from '../../domain/books/books.ts'
import { Failure } from '../../domain/failures.ts'
import type { MerchantUid } from '../../domain/ids.ts'

export type OrderBooks = { readonly books: Books; readonly payment: Payment }

export async function booksOf(db: Db | Trx, merchantUid: MerchantUid): Promise<OrderBooks> {
  const { books } = await viewBooks(db, { merchantUid })
  if (!books.payment) throw unknownPayment(merchantUid)
  return { books, payment: books.payment }
}

/** Books are read once for a page, however many of its rows belong to one order. */
export function makeBooksReader(trx: Trx): (about: About) => Promise<Books> {
  const read = new Map<string, Books>()
  return async (about) => {
    const key = JSON.stringify(about)
    const books = read.get(key) ?? (await viewBooks(trx, about)).books
    read.set(key, books)
    return books
  }
}

export const unknownPayment = (merchantUid: MerchantUid): Failure =>
  new Failure('notFound', `No payment is recorded as ${merchantUid}; check the merchantUid.`)
