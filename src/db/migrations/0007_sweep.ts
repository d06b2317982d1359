// What the sweep remembers: how far the daily looks have gone, what was told as unreadable, and
// what finds rows that wait.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    sql`alter table sweeps add column strangers int8 not null default 0`,
    sql`create table daily_looks (
      gateway text not null, kind text not null check (kind in ('references', 'orders')), primary key (gateway, kind),
      after text not null)`,
    sql`create unique index inbox_unreadable on inbox (gateway, subject)
      where source = 'sweep' and said_status = 'unreadable'`,
    sql`create index refunds_waiting on refunds (gateway, gateway_ref) where state in
      ('requested', 'ticketOpen', 'unknown', 'blocked', 'refused', 'reversed') or state = 'refunded' and matched_by_amount`,
    sql`create index payments_waiting on payments (gateway, merchant_uid) where state in
      ('opening', 'prepared', 'declined')`,
    sql`create index attempts_undecided on attempts (gateway, gateway_ref) where ever_paid and not accepted`,
  ])
    await statement.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const index of ['inbox_unreadable', 'refunds_waiting', 'payments_waiting', 'attempts_undecided'])
    await sql`drop index ${sql.ref(index)}`.execute(db)
  await sql`drop table daily_looks`.execute(db)
  await sql`alter table sweeps drop column strangers`.execute(db)
}
