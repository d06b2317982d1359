// What the world taught: looks and arrivals in one sequence, what speaks against the books, reasons as they were sent, accounts.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a release, only followed.
import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    sql`create sequence looks_order`,
    sql`alter table inbox add column arrival int8 not null default nextval('looks_order')`,
    sql`alter table attempts add column provider text, add column contradiction text, add column released text,
      add column sums_told text, add column evidence_number int8 not null default 0`,
    sql`create index attempts_contradicted on attempts (gateway, gateway_ref, merchant_uid)
      where contradiction is not null and contradiction is distinct from released`,
    sql`create index attempts_newest on attempts (gateway, evidence_number) where ever_paid and merchant_uid is not null`,
    // Tickets that were filed with their marker at the end are matched by it for as long as they live.
    sql`alter table tickets add column sent_reason text`,
    sql`update tickets t set sent_reason = r.reason || ' #' || r.refund_id from refunds r where r.refund_id = t.refund_id`,
    sql`alter table tickets alter column sent_reason set not null`,
    sql`alter table refunds add column matched_by_amount boolean not null default false`,
    sql`create table accounts (
      gateway text primary key, channels jsonb not null, remembered_at timestamptz not null, accepted_at timestamptz, checked_at timestamptz not null,
      differs_since timestamptz, shown jsonb, said text, told_at timestamptz, version int8 not null default 1)`,
  ])
    await statement.execute(db)
}

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
