// What the rows say of an installation, for its set-up doctor: of each gateway, of what leaves, and
// of the database itself. Bounded, however old the books are.
// Must not know: what is judged by it.
import { sql } from 'kysely'
import { kindOf, type GatewayName } from '../../domain/ids.ts'
import type { SeenOfGateway } from '../../domain/shown/setUp.ts'
import type { Db } from '../connect.ts'
import { forgedAt } from '../hints/forged.ts'
import { TIMEOUTS } from '../postgres.ts'

/** What is mended, or has broken, shows in the newest few soon. */
const NEWEST = 3
const LATELY = sql`clock_timestamp() - interval '7 days'`
/** Messages of the gateway itself, whether signed or not. */
const ITS_OWN = sql`i.source in ('webhook', 'pingback')`

export async function seenOfGateway(db: Db, gateway: GatewayName): Promise<SeenOfGateway> {
  const [paid, returned, orders, tickets, refused, last] = await Promise.all([
    newestPaidTold(db, gateway),
    newestReturnedTold(db, gateway),
    ordersLately(db, gateway),
    ticketsOf(db, gateway),
    refusedLately(db, gateway),
    lastMessage(db, gateway),
  ])
  return { paid, returned, orders, tickets, refused, ...last }
}

async function newestPaidTold(db: Db, gateway: GatewayName): Promise<SeenOfGateway['paid']> {
  const { rows } = await sql<SeenOfGateway['paid']>`
    with newest as (
      select gateway_ref, payer_country from attempts
      where gateway = ${gateway} and ever_paid and merchant_uid is not null
      order by evidence_number desc limit ${NEWEST})
    select count(*) as count, count(payer_country) as with_country,
      count(*) filter (where exists (select 1 from inbox i
        where i.gateway = ${gateway} and i.gateway_ref = n.gateway_ref and ${ITS_OWN})) as told
    from newest n`.execute(db)
  return rows[0] ?? { count: 0, told: 0, withCountry: 0 }
}

async function newestReturnedTold(db: Db, gateway: GatewayName): Promise<SeenOfGateway['returned']> {
  const { rows } = await sql<SeenOfGateway['returned']>`
    with newest as (
      select gateway_ref, max(booked_at) as at from cancel_entries e
      where gateway = ${gateway} and not gone
      group by gateway_ref order by at desc limit ${NEWEST})
    select count(*) as count,
      count(*) filter (where exists (select 1 from inbox i
        where i.gateway = ${gateway} and i.gateway_ref = n.gateway_ref and ${ITS_OWN}
          and i.said_status in ('cancelled', 'returned'))) as told
    from newest n`.execute(db)
  return rows[0] ?? { count: 0, told: 0 }
}

async function ordersLately(db: Db, gateway: GatewayName): Promise<SeenOfGateway['orders']> {
  const { rows } = await sql<SeenOfGateway['orders']>`
    select count(*) filter (where p.order_state = 'expired' and not paid.ever) as ran_out,
      count(*) filter (where paid.ever) as paid
    from payments p cross join lateral (select exists (select 1 from attempts a
      where a.merchant_uid = p.merchant_uid and a.ever_paid) as ever) paid
    where p.gateway = ${gateway} and p.created_at > ${LATELY}`.execute(db)
  return rows[0] ?? { ranOut: 0, paid: 0 }
}

async function ticketsOf(db: Db, gateway: GatewayName): Promise<SeenOfGateway['tickets']> {
  const { rows } = await sql<SeenOfGateway['tickets']>`
    select
      (select min(t.intent_at) from refunds r join tickets t on t.refund_id = r.refund_id
        where r.gateway = ${gateway} and r.state = 'ticketOpen' and t.outcome = 'filed') as oldest_open_at,
      (select count(*) from cancel_entries e join refunds r on r.refund_id = e.refund_id
        where e.gateway = ${gateway} and not e.gone and e.booked_at > ${LATELY} - interval '23 days'
          and exists (select 1 from tickets t where t.refund_id = r.refund_id)) as answered`.execute(db)
  return rows[0] ?? { oldestOpenAt: null, answered: 0 }
}

async function lastMessage(db: Db, gateway: GatewayName): Promise<Pick<SeenOfGateway, 'now' | 'lastMessageAt'>> {
  const { rows } = await sql<{ now: string; lastMessageAt: string | null }>`
    select clock_timestamp() as now, (select max(received_at) from inbox i
      where i.gateway = ${gateway} and ${ITS_OWN}) as last_message_at`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('the database did not tell the time')
  return row
}

/** Of a refused message nothing is kept but the alert that tells of it. */
async function refusedLately(db: Db, gateway: GatewayName): Promise<SeenOfGateway['refused']> {
  const { rows } = await sql<{ at: string; said: string }>`
    select created_at as at, payload ->> 'sentence' as said from outbox
    where kind = 'alert' and created_at > ${LATELY} and payload ->> 'kind' = 'hintsForged'
      and starts_with(payload ->> 'sentence', ${forgedAt(kindOf(gateway))})
    order by id desc limit 1`.execute(db)
  return rows[0] ?? null
}

export type Untold = { readonly count: number; readonly oldest: string; readonly said: string | null }

/** Tries that are no accident any more. */
const TRIES = 3

/** What should have left and has not; undefined where nothing of the kind is late. */
export async function untold(db: Db, kind: 'notice' | 'alert'): Promise<Untold | undefined> {
  const { rows } = await sql<Untold>`
    select count(*) as count, min(created_at) as oldest,
      (array_agg(said order by id desc) filter (where said is not null))[1] as said
    from outbox where kind = ${kind} and created_at > ${LATELY}
      and (state = 'parked' or state = 'pending' and tries >= ${TRIES})
    having count(*) > 0`.execute(db)
  return rows[0]
}

/** Of a Postgres server: 15.13 is 150013. */
export async function serverVersion(db: Db): Promise<number> {
  const { rows } = await sql<{ version: number }>`
    select current_setting('server_version_num')::int as version`.execute(db)
  return rows[0]?.version ?? 0
}

/** The time-outs of ours that this connection does not have: a pooler in between may drop them. */
export async function timeoutsLost(db: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string; ms: number }>`
    select name, setting::bigint as ms from pg_settings where name in (${sql.join(Object.keys(TIMEOUTS))})`.execute(db)
  const there = new Map(rows.map(({ name, ms }) => [name, ms]))
  return Object.entries(TIMEOUTS)
    .filter(([name, ms]) => there.get(name) !== ms)
    .map(([name]) => name)
}
