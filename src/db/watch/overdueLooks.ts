// What waits and was not looked at for a day: found page by page over what is open, the longest
// unseen of a page first.
// Must not know: gateways, how looks are paced. A page costs the same however much waits, and
// however much has ended.
import { sql } from 'kysely'
import type { Db, Trx } from '../connect.ts'
import { CONTRADICTED, NO_MONEY, OPEN_REFUND } from '../lists/open.ts'
import type { DailyLooksTable } from '../schema.ts'
import { received } from '../waits.ts'

/** Rows that one run goes through; a run that finds them all seen costs as much. */
const PAGE = 10_000

export type Unseen = {
  readonly gatewayRef: string | null
  readonly merchantUid: string | null
  readonly seenAt: string
}
export type OverduePage = {
  /** Attempts of live money, which the gateway may be asked about many at once. */
  readonly together: readonly Unseen[]
  /** Attempts of test money, and orders: asked one by one. */
  readonly singly: readonly Unseen[]
  /** Where the next page begins; empty: at the beginning again. */
  readonly next: string
}
export type LookLimits = { readonly olderMs: number; readonly together: number; readonly singly: number }
type Kind = DailyLooksTable['kind']
type Row = { next: string; seenAt: string | null; gatewayRef: string | null; merchantUid: string | null; live: boolean }

/**
 * Attempts with an open refund, those whose money nobody has decided on, and those that the gateway
 * speaks against. A sweep's hint that
 * waits, or that a person keeps since less than that, counts as asked.
 */
export async function overdueReferences(db: Db, gateway: string, limits: LookLimits): Promise<OverduePage> {
  const after = await readAfter(db, gateway, 'references')
  const { before, byAge } = shapesOf(limits)
  const seenAt = sql`greatest(a.evidence_as_of, l.began)`
  const { rows } = await sql<Row>`
    with refunding as (
      select distinct r.gateway_ref, true as refunds from refunds r
      where r.gateway = ${gateway} and ${OPEN_REFUND} and r.gateway_ref > ${after} order by r.gateway_ref limit ${PAGE}),
    undecided as (
      select a.gateway_ref, false as refunds from attempts a
      where a.gateway = ${gateway} and a.ever_paid and not a.accepted and a.gateway_ref > ${after}
      order by a.gateway_ref limit ${PAGE}),
    disputed as (
      select a.gateway_ref, true as refunds from attempts a
      where a.gateway = ${gateway} and ${CONTRADICTED} and a.gateway_ref > ${after}
      order by a.gateway_ref limit ${PAGE}),
    page as (
      select gateway_ref as id, bool_or(refunds) as refunds from (table refunding union all table undecided
        union all table disputed) as all_kinds
      group by gateway_ref order by gateway_ref limit ${PAGE}),
    overdue as (
      select a.gateway_ref, a.merchant_uid, a.channel = 'live' as live, ${seenAt} as seen_at
      from page join attempts a on a.gateway = ${gateway} and a.gateway_ref = page.id
        left join looks l on l.gateway = ${gateway} and l.subject = 'ref:' || page.id
      where ${seenAt} < ${before}
        and (page.refunds or (a.merchant_uid is not null or a.attention <> 'none') and a.amount > coalesce((
          select sum(e.amount) from cancel_entries e
          where e.gateway = a.gateway and e.gateway_ref = a.gateway_ref and not e.gone), 0))
        and not exists (select 1 from inbox i where i.gateway_ref = page.id and i.gateway = ${gateway}
          and i.source = 'sweep' and i.state in ('received', 'parked')
          and (i.state = 'received' or i.settled_at > ${before})))
    ${byAge}`.execute(db)
  return pageOf(rows)
}

/**
 * Orders without any money: a look at the whole order is the only one that shows an attempt not
 * known yet.
 */
export async function overdueOrders(db: Db, gateway: string, limits: LookLimits): Promise<OverduePage> {
  const after = await readAfter(db, gateway, 'orders')
  const { before, byAge } = shapesOf(limits)
  const seenAt = sql`greatest(p.created_at, l.began)`
  const asked = sql`i.gateway = ${gateway} and i.merchant_uid = p.merchant_uid and i.source = 'sweep'
    and i.subject = 'order:' || p.merchant_uid`
  const { rows } = await sql<Row>`
    with page as (
      select p.merchant_uid as id, p.merchant_uid, p.created_at from payments p
      where p.gateway = ${gateway} and ${NO_MONEY} and p.merchant_uid > ${after}
      order by p.merchant_uid limit ${PAGE}),
    overdue as (
      select null::text as gateway_ref, p.merchant_uid, false as live, ${seenAt} as seen_at
      from page p left join looks l on l.gateway = ${gateway} and l.subject = 'order:' || p.merchant_uid
      where ${seenAt} < ${before}
        and not exists (select 1 from inbox i where ${asked} and ${received('i')})
        and not exists (select 1 from inbox i where ${asked} and i.state = 'parked' and i.settled_at > ${before}))
    ${byAge}`.execute(db)
  return pageOf(rows)
}

/** One row at least, for where the page ended must be known though nothing on it is overdue. */
function shapesOf({ olderMs, together, singly }: LookLimits) {
  return {
    before: sql`clock_timestamp() - ${olderMs} * interval '1 millisecond'`,
    byAge: sql`
      select ends.next, o.* from (select case when count(*) = ${PAGE} then max(id) else '' end as next from page) as ends
      left join (
        (select * from overdue where live order by seen_at limit ${together})
        union all (select * from overdue where not live order by seen_at limit ${singly})) as o on true
      order by o.seen_at`,
  }
}

function pageOf(rows: readonly Row[]): OverduePage {
  const found = rows.flatMap(({ seenAt, ...row }) => (seenAt === null ? [] : [{ ...row, seenAt }]))
  return {
    together: found.filter(({ live }) => live),
    singly: found.filter(({ live }) => !live),
    next: rows[0]?.next ?? '',
  }
}

async function readAfter(db: Db, gateway: string, kind: Kind): Promise<string> {
  const row = await db
    .selectFrom('dailyLooks')
    .select('after')
    .where('gateway', '=', gateway)
    .where('kind', '=', kind)
    .executeTakeFirst()
  return row?.after ?? ''
}

export async function turnPage(db: Db, gateway: string, kind: Kind, after: string): Promise<void> {
  await db
    .insertInto('dailyLooks')
    .values({ gateway, kind, after })
    .onConflict((on) => on.columns(['gateway', 'kind']).doUpdateSet({ after }))
    .execute()
}

/** These were shown as they are known: a look each, for what waits. */
export async function noteSeen(trx: Trx, gateway: string, refs: readonly string[], began: string): Promise<void> {
  if (refs.length === 0) return
  const rows = refs.toSorted().map((ref) => ({ gateway, subject: `ref:${ref}`, linked: true, began, ...NO_LEASE }))
  await trx
    .insertInto('looks')
    .values(rows)
    .onConflict((on) =>
      on.columns(['gateway', 'subject']).doUpdateSet({ began: sql`greatest(looks.began, excluded.began)` }),
    )
    .execute()
}

const NO_LEASE = { saidMerchantUid: null, leaseToken: null, leasedUntil: null, notBefore: null, retryAt: null }

/**
 * Milliseconds until the last daily hint that still waits for its time is due; 0 where none does.
 */
export async function lastDueMs(db: Db, gateway: string): Promise<number> {
  const { rows } = await sql<{ ms: number }>`
    select coalesce(extract(epoch from max(due_at) - clock_timestamp()) * 1000, 0)::float8 as ms from inbox
    where ${received()} and due_at > clock_timestamp() and gateway = ${gateway} and source = 'sweep'`.execute(db)
  return Math.max(0, rows[0]?.ms ?? 0)
}
