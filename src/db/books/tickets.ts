// Rows of tickets: one per authorisation, by primary key. The intent is committed before anything
// is sent.
// Must not know: gateways, retries.
import type { Ticket } from '../../domain/books/books.ts'
import type { RefundId } from '../../domain/ids.ts'
import type { Trx } from '../connect.ts'
import { oneRow, sameRow } from './compare.ts'

/**
 * Inserts a new intent (a taken key fails on the primary key), or sets an outcome where the row is
 * still as it was loaded.
 */
export async function saveTicket(trx: Trx, id: RefundId, before: Ticket | undefined, ticket: Ticket): Promise<void> {
  if (!before) {
    await trx
      .insertInto('tickets')
      .values({ ...ticket, refundId: id })
      .execute()
    return
  }
  if (sameRow(before, ticket)) return
  const { numUpdatedRows } = await trx
    .updateTable('tickets')
    .set(ticket)
    .where('refundId', '=', id)
    .where('authorisedBy', '=', ticket.authorisedBy)
    .where('outcome', 'is not distinct from', before.outcome)
    .executeTakeFirstOrThrow()
  oneRow(numUpdatedRows, `ticket ${ticket.authorisedBy} of refund ${id}`)
}
