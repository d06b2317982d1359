// Open refunds as people work through them: the longest waiting or the largest first, with the sums
// behind the page.
// Must not know: HTTP, what a person may do.
import { sql } from 'kysely'
import type { Attention } from '../../domain/books/books.ts'
import type { RefundId } from '../../domain/ids.ts'
import type { RefundState } from '../../domain/refund.ts'
import type { Trx } from '../connect.ts'
import { OPEN_REFUND } from './open.ts'
import { refundTallies } from './tallies.ts'

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

const ofKind = ({ state, attention }: StuckFilter) => sql`${OPEN_REFUND}
  and (${state ?? null}::text is null or r.state = ${state ?? null})
  and (${attention ?? null}::text is null or r.attention = ${attention ?? null})`

/** The kinds that the filter finds: of each, an index has the refunds in their order. */
const kinds = (filter: StuckFilter) => refundTallies(ofKind(filter), sql`r.state, r.currency, r.attention`)
const ofThisKind = ({ waitingBefore }: StuckFilter) => sql`
  r.state = k.state and r.attention = k.attention and r.currency = k.currency and ${OPEN_REFUND}
  and ${waitingBefore === undefined ? sql`true` : sql`r.waiting_since < ${waitingBefore}::timestamptz`}`

/**
 * Amounts of different currencies are not compared: by money, one currency stands after the other.
 */
export async function listStuck(trx: Trx, filter: StuckFilter): Promise<readonly RefundId[]> {
  const order = filter.sort === 'age' ? sql`f.waiting_since, f.refund_id` : sql`f.currency, f.amount desc, f.refund_id`
  const orderOfKind = filter.sort === 'age' ? sql`r.waiting_since, r.refund_id` : sql`r.amount desc, r.refund_id`
  const { rows } = await sql<{ refundId: RefundId }>`
    select f.refund_id from (${kinds(filter)}) as k, lateral (
      select refund_id, waiting_since, currency, amount from refunds r where ${ofThisKind(filter)}
      order by ${orderOfKind} limit ${filter.limit}) as f
    order by ${order} limit ${filter.limit}`.execute(trx)
  return rows.map(({ refundId }) => refundId)
}

/**
 * Of all that the filter finds, not of the page alone. Those of a given age must be counted one by
 * one.
 */
export async function sumStuck(trx: Trx, filter: StuckFilter): Promise<readonly StuckSum[]> {
  const one = sql`select r.waiting_since from refunds r where ${ofThisKind(filter)} order by r.waiting_since, r.refund_id limit 1`
  const counted = sql`select count(*) as count, sum(r.amount) as amount, min(r.waiting_since) as waiting_since from refunds r
    where ${ofThisKind(filter)} having count(*) > 0`
  const known = filter.waitingBefore === undefined
  const { rows } = await sql<StuckSum>`
    select k.currency, k.attention, sum(${known ? sql`k` : sql`f`}.count)::int as count,
      sum(${known ? sql`k` : sql`f`}.amount)::float8 as amount, min(f.waiting_since) as oldest
    from (${kinds(filter)}) as k, lateral (${known ? one : counted}) as f
    group by k.currency, k.attention order by k.currency, k.attention`.execute(trx)
  return rows
}
