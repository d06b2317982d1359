// Which sagas are open by their rows: for the supervisor, for plans made anew, and for the daily
// looks.
// Must not know: Temporal. Derived from the domain's tables; where SQL cannot tell, it names too
// many and says so.
import { sql, type RawBuilder } from 'kysely'
import { ORDER_STATES, orderOver, type OrderState } from '../../domain/payment.ts'
import { REFUND_STATES } from '../../domain/refund.ts'
import type { Db, Trx } from '../connect.ts'
import { paymentTallies, refundTallies } from './tallies.ts'

const list = (names: readonly string[]) => sql.raw(`(${names.map((name) => `'${name}'`).join(', ')})`)
const isOrderState = (name: string): name is OrderState => name in ORDER_STATES
const OPEN_ORDERS = list(Object.keys(ORDER_STATES).filter((state) => isOrderState(state) && !orderOver(state)))
const refundStates = Object.entries(REFUND_STATES)
const OPEN_REFUNDS = list(refundStates.filter(([, { closed }]) => closed !== 'yes').map(([state]) => state))
const DEAD_ENDS = list(refundStates.filter(([, { closed }]) => closed === 'ifTicketDead').map(([state]) => state))

/** An order state is shown only while no money came, so the state alone says that it is open. */
export const NO_MONEY = sql`p.state in ${OPEN_ORDERS}`
/**
 * Money that nobody accepted and that has not all gone back. It may still be on its way in refunds:
 * only its books say.
 */
const UNACCEPTED = sql`exists (select 1 from attempts a where a.merchant_uid = p.merchant_uid and a.ever_paid
  and not a.accepted and coalesce(a.because, '') <> 'second' and a.amount > coalesce((select sum(e.amount)
    from cancel_entries e where e.gateway = a.gateway and e.gateway_ref = a.gateway_ref and not e.gone), 0))`
/** The one spelling of an open refund, of a row `r`: refund.ts says the same of a loaded one. */
export const OPEN_REFUND = sql<boolean>`(r.state in ${OPEN_REFUNDS} and not (r.state in ${DEAD_ENDS} and r.ticket_dead)
  or r.state = 'refunded' and r.matched_by_amount and not r.ticket_dead)`
/** Evidence speaks against an attempt `a`, and nobody has released exactly that. */
export const CONTRADICTED = sql<boolean>`(a.contradiction is not null and a.contradiction is distinct from a.released)`

export type OpenRow = {
  readonly id: string
  /** False: its books must be asked whether it is open. */
  readonly sure: boolean
}
type Page = {
  readonly after: string
  readonly limit: number
  readonly quietMs: number
  /** Of these alone. */
  readonly among?: readonly string[]
}

const ofThese = (id: RawBuilder<unknown>, among: readonly string[] | undefined) =>
  among === undefined ? sql`true` : sql`${id} in (${sql.join(among)})`
const quiet = (ms: number) => sql`clock_timestamp() - ${ms} * interval '1 millisecond'`

/** Orders after this id whose row has been quiet for so long. */
export async function openPayments(db: Db, { after, limit, quietMs, among }: Page): Promise<readonly OpenRow[]> {
  const { rows } = await sql<OpenRow>`
    select p.merchant_uid as id, ${NO_MONEY} as sure from payments p
    where p.merchant_uid in (select merchant_uid from payments p where ${NO_MONEY} union
        select merchant_uid from attempts where ever_paid and not accepted union
        select merchant_uid from attempts a where ${CONTRADICTED})
      and (${NO_MONEY} or ${UNACCEPTED} or exists (select 1 from attempts a
        where a.merchant_uid = p.merchant_uid and ${CONTRADICTED})) and p.merchant_uid > ${after}
      and greatest(p.created_at, p.waiting_since) < ${quiet(quietMs)} and ${ofThese(sql`p.merchant_uid`, among)}
    order by p.merchant_uid limit ${limit}`.execute(db)
  return rows
}

/** Refunds after this id whose row has been quiet for so long. */
export async function openRefunds(db: Db, { after, limit, quietMs, among }: Page): Promise<readonly OpenRow[]> {
  const { rows } = await sql<OpenRow>`
    select r.refund_id as id, true as sure from refunds r
    where ${OPEN_REFUND} and r.refund_id > ${after} and greatest(r.created_at, r.state_since) < ${quiet(quietMs)}
      and ${ofThese(sql`r.refund_id`, among)}
    order by r.refund_id limit ${limit}`.execute(db)
  return rows
}

/** Open refunds after this id, with what decides on their next checkpoint. */
export function waitingRefunds(trx: Trx, { after, limit }: Pick<Page, 'after' | 'limit'>) {
  return trx
    .selectFrom('refunds as r')
    .select([
      'refundId',
      'state',
      'stateSince',
      'ticketDead',
      'matchedByAmount',
      'waitingSince',
      'attention',
      'acknowledgedLevel',
      'owner',
    ])
    .select(['snoozedUntil', 'lastCheckpointAt', 'nextCheckpointAt', 'nextCheckpointLevel'])
    .where(sql<boolean>`${OPEN_REFUND} and r.refund_id > ${after}`)
    .orderBy('refundId')
    .limit(limit)
    .execute()
}

/** Of an attempt `a`, as the workflow id of its saga names it. */
export const STRAY_ID = sql`(a.gateway || ':' || a.gateway_ref)`

/**
 * Strays after this id, named as their workflow ids name them: only an open one asks for a person.
 */
export async function openStrays(db: Db, { after, limit, quietMs, among }: Page): Promise<readonly OpenRow[]> {
  const { rows } = await sql<OpenRow>`
    select ${STRAY_ID} as id, true as sure from attempts a
    where a.attention <> 'none' and ${STRAY_ID} > ${after} and a.waiting_since < ${quiet(quietMs)}
      and ${ofThese(STRAY_ID, among)}
    order by ${STRAY_ID} limit ${limit}`.execute(db)
  return rows
}

/**
 * How many are sure to be open; of payments those that no money came for, the others are
 * `unsurePayments`.
 */
export async function countOpen(db: Db, kind: 'payment' | 'refund' | 'stray'): Promise<number> {
  const { rows } = await {
    payment: sql<{ count: number }>`select sum(count)::float8 as count from (${paymentTallies(NO_MONEY)}) as open`,
    refund: sql<{
      count: number
    }>`select sum(count)::float8 as count from (${refundTallies(OPEN_REFUND, sql`r.state`)}) as open`,
    stray: sql<{ count: number }>`select count(*)::float8 as count from attempts a where a.attention <> 'none'`,
  }[kind].execute(db)
  return rows[0]?.count ?? 0
}

/** Payments with money that may be undecided, after this id: their books say. */
export async function unsurePayments(db: Db, { after, limit }: Pick<Page, 'after' | 'limit'>) {
  const { rows } = await sql<OpenRow>`
    select p.merchant_uid as id, false as sure from payments p
    where p.merchant_uid in (select merchant_uid from attempts where ever_paid and not accepted union
        select merchant_uid from attempts a where ${CONTRADICTED})
      and not ${NO_MONEY} and p.merchant_uid > ${after}
    order by p.merchant_uid limit ${limit}`.execute(db)
  return rows
}

/** Those of these ids that have a row. */
export async function recorded(
  db: Db,
  kind: 'payment' | 'refund' | 'stray',
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const among = sql.join(ids)
  const { rows } = await {
    payment: sql<{ id: string }>`select merchant_uid as id from payments where merchant_uid in (${among})`,
    refund: sql<{ id: string }>`select refund_id as id from refunds where refund_id in (${among})`,
    stray: sql<{ id: string }>`select ${STRAY_ID} as id from attempts a where ${STRAY_ID} in (${among})`,
  }[kind].execute(db)
  return new Set(rows.map(({ id }) => id))
}

/** Open refunds after this id, with the payment that each is looked at by. */
export function openRefundReferences(db: Db, { after, limit }: Omit<Page, 'quietMs'>) {
  return db
    .selectFrom('refunds as r')
    .select(['refundId', 'state', 'gateway', 'gatewayRef'])
    .where(sql<boolean>`${OPEN_REFUND} and r.refund_id > ${after}`)
    .orderBy('refundId')
    .limit(limit)
    .execute()
}
