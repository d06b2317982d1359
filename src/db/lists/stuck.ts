// Open refunds as people work through them: the longest waiting or the largest first, with the sums
// behind the page.
// Must not know: HTTP, what a person may do.
import { sql } from 'kysely'
import type { Attention } from '../../domain/books/books.ts'
import type { RefundId } from '../../domain/ids.ts'
import type { RefundState } from '../../domain/refund.ts'
import type { Trx } from '../connect.ts'
import { OPEN_REFUND } from './open.ts'

export type StuckFilter = {
  readonly state?: RefundState | undefined
  readonly attention?: Attention | undefined
  /** ISO time: only refunds that wait since before it. */
  readonly waitingBefore?: string | undefined
  readonly sort: 'age' | 'money'
  readonly limit: number
}
export type StuckSum = {
  readonly currency: string
  readonly attention: Attention
  readonly count: number
  readonly amount: number
  /** ISO time. */
  readonly oldest: string
}

const where = ({ state, attention, waitingBefore }: StuckFilter) => sql`
  ${OPEN_REFUND} and (${state ?? null}::text is null or state = ${state ?? null})
  and (${attention ?? null}::text is null or attention = ${attention ?? null})
  and (${waitingBefore ?? null}::timestamptz is null or waiting_since < ${waitingBefore ?? null}::timestamptz)`

/**
 * Amounts of different currencies are not compared: by money, one currency stands after the other.
 */
export async function listStuck(trx: Trx, filter: StuckFilter): Promise<readonly RefundId[]> {
  const order = filter.sort === 'age' ? sql`waiting_since, refund_id` : sql`currency, amount desc, refund_id`
  const { rows } = await sql<{ refundId: RefundId }>`
    select refund_id from refunds r where ${where(filter)} order by ${order} limit ${filter.limit}`.execute(trx)
  return rows.map(({ refundId }) => refundId)
}

/** Of all that the filter finds, not of the page alone. */
export async function sumStuck(trx: Trx, filter: StuckFilter): Promise<readonly StuckSum[]> {
  const { rows } = await sql<StuckSum>`
    select currency, attention, count(*)::int as count, sum(amount)::float8 as amount, min(waiting_since) as oldest
    from refunds r where ${where(filter)} group by currency, attention order by currency, attention`.execute(trx)
  return rows
}
