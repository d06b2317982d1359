// Rows of payments: load, insert, what of them is written, list.
// Must not know: what moves them.
import { sql } from 'kysely'
import type { Payment } from '../../domain/books/books.ts'
import { merchantUid, type MerchantUid } from '../../domain/ids.ts'
import type { Db, Trx } from '../connect.ts'
import { sameRow, versionOf, type Write } from './batch.ts'

type LoadedPayment = { readonly row: Payment; readonly version: readonly [string, number]; readonly notices: number }

export async function loadPayment(trx: Trx, id: MerchantUid, lock: boolean): Promise<LoadedPayment | undefined> {
  const query = trx.selectFrom('payments').selectAll().where('merchantUid', '=', id)
  const found = await (lock ? query.forUpdate() : query).executeTakeFirst()
  if (!found) return undefined
  const { version, notices, buyerId: _buyerId, ...row } = found
  return { row, version: [id, version], notices }
}

/**
 * One word of all that a caller who waits is told of: the payment's state and those of its refunds;
 * undefined: no row.
 */
export async function shownWord(db: Db, id: MerchantUid): Promise<string | undefined> {
  const { rows } = await sql<{ shown: string }>`
    select concat_ws(' ', state, accepted_ref, charged_back, (
      select string_agg(refund_id || '=' || r.state, ' ' order by refund_id) from refunds r
      where r.merchant_uid = p.merchant_uid)) as shown
    from payments p where merchant_uid = ${id}`.execute(db)
  return rows[0]?.shown
}

/** Inserts the row unless the order exists already; true where it was inserted. */
export async function insertPayment(trx: Trx, payment: Payment): Promise<boolean> {
  const inserted = await trx
    .insertInto('payments')
    .values({ ...payment, notices: 0, buyerId: null })
    .onConflict((on) => on.doNothing())
    .executeTakeFirst()
  return inserted.numInsertedOrUpdatedRows === 1n
}

/**
 * By whom its gateway finds the order: as it was first said, for the window of that buyer may still
 * be open.
 */
export async function keepBuyer(trx: Trx, id: MerchantUid, buyerId: string): Promise<void> {
  await trx
    .updateTable('payments')
    .set({ buyerId })
    .where('merchantUid', '=', id)
    .where('buyerId', 'is', null)
    .execute()
}

export async function buyerOf(db: Db | Trx, id: MerchantUid): Promise<string | null> {
  const row = await db.selectFrom('payments').select('buyerId').where('merchantUid', '=', id).executeTakeFirst()
  return row?.buyerId ?? null
}

type Counter = { readonly before: number; readonly after: number }

export function paymentWrites(
  before: Payment,
  after: Payment,
  versions: ReadonlyMap<string, number>,
  notices: Counter,
): readonly Write[] {
  if (sameRow(before, after) && notices.before === notices.after) return []
  const row = { ...after, notices: notices.after, version: versionOf(versions, after.merchantUid) }
  const what = `payment ${after.merchantUid}`
  return [{ table: 'payments', key: ['merchantUid'], rows: [row], versioned: true, what }]
}

export type PaymentPage = { readonly ids: readonly MerchantUid[]; readonly cursor: string | null }

/** Ids in the order of merchantUid, after the cursor. */
export async function listPayments(
  trx: Trx,
  filter: { state?: Payment['state'] | undefined; after?: string | undefined; limit: number },
): Promise<PaymentPage> {
  let query = trx
    .selectFrom('payments')
    .select('merchantUid')
    .orderBy('merchantUid')
    .limit(filter.limit + 1)
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.after !== undefined) query = query.where('merchantUid', '>', merchantUid(filter.after))
  const rows = await query.execute()
  const ids = rows.slice(0, filter.limit).map((row) => row.merchantUid)
  return { ids, cursor: rows.length > filter.limit ? (ids.at(-1) ?? null) : null }
}

/**
 * After a restore the checkout may have taken notices that this database does not know: the next
 * ones have higher numbers. One step over at most `limit` orders after this id; answers with the
 * last id, or nothing where none was left.
 */
export async function raiseNotices(
  trx: Trx,
  by: number,
  { after, limit }: { after: string; limit: number },
): Promise<string | undefined> {
  const { rows } = await sql<{ last: string | null }>`
    with raised as (
      update payments set notices = notices + ${by}, version = version + 1
      where merchant_uid in (
        select merchant_uid from payments where merchant_uid > ${after} order by merchant_uid limit ${limit} for update)
      returning merchant_uid)
    select max(merchant_uid) as last from raised`.execute(trx)
  return rows[0]?.last ?? undefined
}
