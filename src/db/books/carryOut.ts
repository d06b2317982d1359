// Carries out one decision in the caller's transaction: rows, journal, and the outbox rows that the
// moves make necessary.
// Must not know: why. Used by looks, requests, activities and people alike, so that no move can
// forget its wake, notice or journal line.
import { randomUUID } from 'node:crypto'
import type { Decision } from '../../domain/books/books.ts'
import { noticesOf, wakesOf } from '../../domain/books/outgoing.ts'
import type { RefundId } from '../../domain/ids.ts'
import type { Links } from '../../domain/shown/views.ts'
import type { Trx } from '../connect.ts'
import { alertRow, noticeRow, wakeRows } from '../outgoing/outgoing.ts'
import type { Loaded } from './books.ts'
import { saveBooks } from './save.ts'

export type Mover = {
  /**
   * Who moved it, for the journal: `look`, `checkout:NAME`, `ops:NAME`, or the saga's workflow id.
   */
  readonly who: string
  /** ISO time of the move: the workflow's where a workflow made it, else the database's. */
  readonly at: string
  /** The saga whose own step this is: it needs no wake. */
  readonly saga: string | null
  readonly links: Links
}

/** True where anything moved. */
export async function carryOut(trx: Trx, loaded: Loaded, decision: Decision, mover: Mover): Promise<boolean> {
  const wakes = wakesOf(loaded.books, decision, mover.saga)
  const notices = noticesOf(loaded.books, decision, mover.links)
  const merchantUid = decision.books.payment?.merchantUid ?? ''
  const births = birthsAfter(loaded, decision)
  const outgoing = [
    ...wakeRows(trx, wakes, { books: decision.books, births }, loaded.now),
    ...notices.map((notice, index) =>
      noticeRow(merchantUid, { id: randomUUID(), number: loaded.notices + index + 1, at: mover.at, ...notice }),
    ),
    ...decision.alerts.map((alert) => alertRow(alert, mover.at)),
  ]
  await saveBooks(trx, loaded, decision, {
    who: mover.who,
    at: mover.at,
    notices: notices.length,
    births,
    outgoing,
  })
  return decision.journal.length > 0 || decision.alerts.length > 0
}

/** Each new refund gets its own here, so that its wake can name it. */
function birthsAfter({ births }: Loaded, { books }: Decision): ReadonlyMap<RefundId, string | null> {
  const fresh = books.refunds.filter(({ refundId }) => !births.has(refundId))
  return new Map([...births, ...fresh.map(({ refundId }) => [refundId, randomUUID()] as const)])
}
