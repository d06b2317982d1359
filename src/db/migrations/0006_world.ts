// What the world taught: looks and arrivals in one sequence, what speaks against the books, reasons
// as they were sent, accounts.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, index, inPortions, notNull, steps } from '../migrating.ts'

export const up = steps(
  briefly(sql`create sequence if not exists looks_order`),
  // What is kept from now on has its number; what was there before is numbered before the first
  // look of this version begins.
  briefly(
    sql`alter table inbox add column if not exists arrival int8, alter column arrival set default nextval('looks_order')`,
  ),
  notNull(
    'inbox',
    'arrival',
    inPortions(
      0,
      (after) => sql`
    with portion as (select id from inbox where id > ${after} order by id limit 2000),
    numbered as (update inbox set arrival = nextval('looks_order') where id in (select id from portion) and arrival is null)
    select max(id) as last from portion`,
    ),
  ),
  briefly(sql`alter table attempts add column if not exists provider text, add column if not exists contradiction text, add column if not exists released text,
    add column if not exists sums_told text, add column if not exists evidence_number int8 not null default 0`),
  index(
    'attempts_contradicted',
    sql`attempts (gateway, gateway_ref, merchant_uid)
    where contradiction is not null and contradiction is distinct from released`,
  ),
  index('attempts_newest', sql`attempts (gateway, evidence_number) where ever_paid and merchant_uid is not null`),
  // Tickets that were filed with their marker at the end are matched by it for as long as they
  // live. What an older version wants to file meanwhile is refused before its call: the next
  // version files it.
  briefly(sql`alter table tickets add column if not exists sent_reason text`),
  notNull(
    'tickets',
    'sent_reason',
    inPortions(
      '',
      (after) => sql`
    with portion as (select refund_id, reason from refunds where refund_id > ${after} order by refund_id limit 2000),
    told as (update tickets t set sent_reason = r.reason || ' #' || r.refund_id from portion r
      where r.refund_id = t.refund_id and t.sent_reason is null)
    select max(refund_id) as last from portion`,
    ),
  ),
  briefly(sql`alter table refunds add column if not exists matched_by_amount boolean not null default false`),
  briefly(sql`create table if not exists accounts (
    gateway text primary key, channels jsonb not null, remembered_at timestamptz not null, accepted_at timestamptz, checked_at timestamptz not null,
    differs_since timestamptz, shown jsonb, said text, told_at timestamptz, version int8 not null default 1)`),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    sql`drop table accounts`,
    sql`alter table refunds drop column matched_by_amount`,
    sql`alter table tickets drop column sent_reason`,
    sql`drop index attempts_contradicted, attempts_newest`,
    sql`alter table attempts drop column provider, drop column contradiction, drop column released,
      drop column sums_told, drop column evidence_number`,
    sql`alter table inbox drop column arrival`,
    sql`drop sequence looks_order`,
  ])
    await statement.execute(db)
}
