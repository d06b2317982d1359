// Rows of refunds with their tickets: what of them is written, lists.
// Must not know: what moves them.
import { sql } from 'kysely'
import type { Refund, Ticket } from '../../domain/books/books.ts'
import { refundId, type RefundId } from '../../domain/ids.ts'
import type { Trx } from '../connect.ts'
import { OPEN_REFUND } from '../lists/open.ts'
import { sameRow, versionOf, type Write } from './batch.ts'

export function refundWrites(
  before: readonly Refund[],
  after: readonly Refund[],
  versions: ReadonlyMap<string, number>,
  births: ReadonlyMap<RefundId, string | null>,
): readonly Write[] {
  const known = new Map(before.map((refund) => [refund.refundId, refund]))
  const fresh = after
    .filter(({ refundId }) => !known.has(refundId))
    .map((refund) => ({ ...withoutTickets(refund), birth: births.get(refund.refundId) ?? null }))
  const moved = after.filter((refund) => {
    const old = known.get(refund.refundId)
    return old !== undefined && refundMoved(old, refund)
  })
  const rows = moved.map((refund) => ({
    ...withoutTickets(refund),
    version: versionOf(versions, `refund ${refund.refundId}`),
  }))
  const what = `one of the refunds ${moved.map(({ refundId }) => refundId).join(', ')}`
  return [
    { into: 'refunds', rows: fresh },
    { table: 'refunds', key: ['refundId'], rows, versioned: true, what },
    ...after.flatMap((refund) =>
      ticketWrites(refund.refundId, known.get(refund.refundId)?.tickets ?? [], refund.tickets),
    ),
  ]
}

/**
 * A new intent is inserted (a taken key fails on the primary key), an outcome set where the row is
 * still as it was loaded.
 */
export function ticketWrites(id: RefundId, before: readonly Ticket[], after: readonly Ticket[]): readonly Write[] {
  const known = new Map(before.map((ticket) => [ticket.authorisedBy, ticket]))
  const fresh = after.filter(({ authorisedBy }) => !known.has(authorisedBy))
  const changed = after.flatMap((ticket) => {
    const old = known.get(ticket.authorisedBy)
    return old && !sameRow(old, ticket) ? [{ ...ticket, refundId: id, wasOutcome: old.outcome }] : []
  })
  return [
    { into: 'tickets', rows: fresh.map((ticket) => ({ ...ticket, refundId: id })) },
    {
      table: 'tickets',
      key: ['refundId', 'authorisedBy'],
      rows: changed,
      versioned: false,
      still: { column: 'outcome', was: 'wasOutcome' },
      what: `ticket ${changed.map(({ authorisedBy }) => authorisedBy).join(', ')} of refund ${id}`,
    },
  ]
}

function withoutTickets({ tickets: _tickets, ...row }: Refund): Omit<Refund, 'tickets'> {
  return row
}

/** Whether its row, or a ticket of it, is saved anew: its version says so in one number. */
export function refundMoved({ tickets: before, ...old }: Refund, { tickets, ...row }: Refund): boolean {
  if (!sameRow(old, row) || before.length !== tickets.length) return true
  return tickets.some((ticket, index) => !sameRow(ticket, before[index] ?? {}))
}

/** Above what anybody has seen of it. */
export async function raiseVersion(trx: Trx, id: RefundId, seen: number): Promise<void> {
  await trx
    .updateTable('refunds')
    .set({ version: sql<number>`greatest(version, ${seen}) + 1` })
    .where('refundId', '=', id)
    .execute()
}

export type RefundFilter = {
  readonly state?: Refund['state'] | undefined
  readonly attention?: Refund['attention'] | undefined
  /** ISO time: only refunds that wait since before it. */
  readonly waitingBefore?: string | undefined
  /** `waitingSince refundId` of the last row of the page before. */
  readonly after?: { readonly waitingSince: string; readonly refundId: string } | undefined
  readonly limit: number
}

/** Ids, the oldest waiting first; without a state only refunds that are still open. */
export async function listRefunds(
  trx: Trx,
  filter: RefundFilter,
): Promise<readonly { refundId: RefundId; waitingSince: string }[]> {
  let query = trx
    .selectFrom('refunds as r')
    .select(['refundId', 'waitingSince'])
    .orderBy('waitingSince')
    .orderBy('refundId')
    .limit(filter.limit)
  const { state, attention, waitingBefore, after } = filter
  if (state !== undefined) query = query.where('state', '=', state)
  else query = query.where(OPEN_REFUND)
  if (attention !== undefined) query = query.where('attention', '=', attention)
  if (waitingBefore !== undefined) query = query.where('waitingSince', '<', waitingBefore)
  if (after)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('waitingSince', 'refundId'), '>', tuple(after.waitingSince, refundId(after.refundId))),
    )
  return query.execute()
}
