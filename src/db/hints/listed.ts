// What is known here of payments that a gateway's list shows, and those that could not be read,
// each kept once for a person.
// Must not know: gateways, what counts as different.
import { sql } from 'kysely'
import type { Evidence, Unreadable } from '../../domain/gateway.ts'
import type { Trx } from '../connect.ts'
import { subjectOf } from './hints.ts'
import { received } from '../waits.ts'

/** The last evidence kept of an attempt, as far as a list shows it. */
export type KnownAttempt = {
  readonly gatewayRef: string
  readonly merchantUid: string | null
  readonly saidMerchantUid: string
  readonly status: Evidence['status']
  readonly amount: number
  readonly currency: string
  readonly gatewayReturned: number
  /**
   * Of booked cancel entries that the gateway has not taken back, ascending; what says the same is
   * one entry.
   */
  readonly entryAmounts: readonly number[]
}
export type Known = {
  readonly attempts: ReadonlyMap<string, KnownAttempt>
  readonly orders: ReadonlySet<string>
  /** References for which a hint of a sweep is due already. */
  readonly waiting: ReadonlySet<string>
}
type Asked = {
  readonly refs: readonly string[]
  readonly orders: readonly string[]
  /** The catch-up that asks: for it any waiting hint is as good as its own. */
  readonly sweepId?: string | undefined
}

/** All of one page at once. */
export async function knownOf(trx: Trx, gateway: string, { refs, orders, sweepId }: Asked): Promise<Known> {
  // What an entry pays beyond its refund stands beside it with all that the entry says, so that
  // both are one here.
  const attempts = await among<KnownAttempt>(
    trx,
    refs,
    (some) => sql`
    select a.gateway_ref, a.merchant_uid, a.said_merchant_uid, a.status, coalesce(a.said_amount, a.amount) as amount,
      a.currency, a.gateway_returned, (select coalesce(json_agg(e.amount order by e.amount), '[]') from (
        select sum(amount)::int8 as amount from cancel_entries
        where gateway = a.gateway and gateway_ref = a.gateway_ref and not gone
        group by cancellation_id, cancelled_at, reason) e) as entry_amounts
    from attempts a where a.gateway = ${gateway} and a.gateway_ref in ${some}`,
  )
  const recorded = await among<{ merchantUid: string }>(
    trx,
    orders,
    (some) => sql`
    select merchant_uid from payments where merchant_uid in ${some}`,
  )
  // A hint that is not due yet, or that stands behind a whole catch-up, is no reason to let news
  // wait for it.
  const waiting = await among<{ gatewayRef: string }>(
    trx,
    refs.map((ref) => `ref:${ref}`),
    (some) => sql`
      select gateway_ref from inbox where gateway = ${gateway} and ${received()} and source = 'sweep'
        and subject in ${some} and due_at <= clock_timestamp() and (sweep_id is null or ${sweepId !== undefined})`,
  )
  return {
    attempts: new Map(attempts.map((attempt) => [attempt.gatewayRef, attempt])),
    orders: new Set(recorded.map(({ merchantUid }) => merchantUid)),
    waiting: new Set(waiting.map(({ gatewayRef }) => gatewayRef)),
  }
}

async function among<T>(
  trx: Trx,
  names: readonly string[],
  query: (some: ReturnType<typeof sql>) => ReturnType<typeof sql<T>>,
): Promise<readonly T[]> {
  if (names.length === 0) return []
  return (await query(sql`(${sql.join([...new Set(names)])})`).execute(trx)).rows
}

/**
 * Marks the rows of unreadable elements for good, whatever a person makes of them: each has one.
 */
const UNREADABLE = 'unreadable'

/**
 * Keeps it for a person, with why as its body; false where it was kept before, or names nothing.
 */
export async function keepUnreadable(
  trx: Trx,
  gateway: string,
  { gatewayRef, merchantUid, why }: Unreadable,
  sweepId: string | undefined,
): Promise<boolean> {
  const subject = subjectOf({ gatewayRef, merchantUid })
  if (subject === null) return false
  const { numInsertedOrUpdatedRows: inserted } = await trx
    .insertInto('inbox')
    .values({
      gateway,
      source: 'sweep',
      subject,
      gatewayRef,
      merchantUid,
      saidStatus: UNREADABLE,
      saidCancellationId: null,
      contentType: 'text/plain',
      body: Buffer.from(why),
      remoteAddress: null,
      sweepId: sweepId ?? null,
      state: 'parked',
      parkedBecause: UNREADABLE,
      settledAt: sql<string>`clock_timestamp()`,
    })
    .onConflict((on) => on.doNothing())
    .executeTakeFirstOrThrow()
  return inserted === 1n
}
