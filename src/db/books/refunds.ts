// Rows of refunds with their tickets: load under lock, insert, compare-and-set, list.
// Must not know: what moves them.
import { sql } from 'kysely'
import type { Attempt, Refund, Ticket } from '../../domain/books/books.ts'
import { refundId, type RefundId } from '../../domain/ids.ts'
import type { Trx } from '../connect.ts'
import { OPEN_REFUND } from '../lists/open.ts'
import { oneRow, sameRow, versionOf, type Rows } from './compare.ts'
import { byGateway } from './grouped.ts'
import { saveTicket } from './tickets.ts'

export type RefundRows = Rows<Refund> & { readonly births: readonly (readonly [RefundId, string | null])[] }
export const NO_REFUNDS: RefundRows = { rows: [], versions: [], births: [] }

export async function loadRefunds(trx: Trx, attempts: readonly Attempt[], lock: boolean): Promise<RefundRows> {
  const query = trx
    .selectFrom('refunds')
    .selectAll()
    .where((eb) =>
      eb.or(
        byGateway(attempts).map(([gateway, refs]) =>
          eb.and([eb('gateway', '=', gateway), eb('gatewayRef', 'in', refs)]),
        ),
      ),
    )
    .orderBy('createdAt')
    .orderBy('refundId')
  const found = await (lock ? query.forUpdate() : query).execute()
  if (found.length === 0) return NO_REFUNDS
  const ids = found.map(({ refundId }) => refundId)
  const tickets = await trx
    .selectFrom('tickets')
    .selectAll()
    .where('refundId', 'in', ids)
    .orderBy('intentAt')
    .orderBy('authorisedBy')
    .execute()
  const rows = found.map(({ version: _version, birth: _birth, ...refund }): Refund => {
    const own = tickets.filter((ticket) => ticket.refundId === refund.refundId)
    return { ...refund, tickets: own.map(({ refundId: _r, ...ticket }): Ticket => ticket) }
  })
  const births = found.map(({ refundId, birth }) => [refundId, birth] as const)
  return { rows, versions: found.map(({ refundId, version }) => [`refund ${refundId}`, version]), births }
}

export async function saveRefunds(
  trx: Trx,
  before: readonly Refund[],
  after: readonly Refund[],
  versions: ReadonlyMap<string, number>,
): Promise<void> {
  for (const refund of after) {
    const known = before.find(({ refundId }) => refundId === refund.refundId)
    const { tickets, ...row } = refund
    if (!known) await trx.insertInto('refunds').values(row).execute()
    else if (refundMoved(known, refund)) await update(trx, row, versions)
    for (const ticket of tickets) {
      await saveTicket(
        trx,
        refund.refundId,
        known?.tickets.find(({ authorisedBy }) => authorisedBy === ticket.authorisedBy),
        ticket,
      )
    }
  }
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

async function update(trx: Trx, row: Omit<Refund, 'tickets'>, versions: ReadonlyMap<string, number>): Promise<void> {
  const version = versionOf(versions, `refund ${row.refundId}`)
  const { numUpdatedRows } = await trx
    .updateTable('refunds')
    .set({ ...row, version: version + 1 })
    .where('refundId', '=', row.refundId)
    .where('version', '=', version)
    .executeTakeFirstOrThrow()
  oneRow(numUpdatedRows, `refund ${row.refundId}`)
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
