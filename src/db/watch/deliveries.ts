// Orders of whose delivery the gateway should have heard by now.
// Must not know: who is told. They are found by an index over these alone, the longest first.
import { sql } from 'kysely'
import { merchantUid, type MerchantUid } from '../../domain/ids.ts'
import { SHIPPED_IN } from '../../domain/moves/deliveries.ts'
import type { Db } from '../connect.ts'

export async function untoldDeliveries(db: Db, before: string, limit: number): Promise<readonly MerchantUid[]> {
  const { rows } = await awaitedDeliveries(before, limit).execute(db)
  return rows.map(({ merchantUid: id }) => merchantUid(id))
}

const STATES = sql.join(SHIPPED_IN.map((state) => sql.lit(state)))

/** Awaited since before then. */
export const awaitedDeliveries = (before: string, limit: number) => sql<{ merchantUid: string }>`
  select merchant_uid from payments where delivery_awaited_since < ${before}::timestamptz and state in (${STATES})
  order by delivery_awaited_since limit ${limit}`
