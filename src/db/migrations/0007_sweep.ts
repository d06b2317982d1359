// What the sweep remembers: how far the daily looks have gone, what was told as unreadable, and
// what finds rows that wait.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, index, steps } from '../migrating.ts'

export const up = steps(
  briefly(sql`alter table sweeps add column if not exists strangers int8 not null default 0`),
  briefly(sql`create table if not exists daily_looks (
    gateway text not null, kind text not null check (kind in ('references', 'orders')), primary key (gateway, kind),
    after text not null)`),
  index(
    'inbox_unreadable',
    sql`inbox (gateway, subject)
    where source = 'sweep' and said_status = 'unreadable'`,
    { unique: true },
  ),
  index(
    'refunds_waiting',
    sql`refunds (gateway, gateway_ref) where state in
    ('requested', 'ticketOpen', 'unknown', 'blocked', 'refused', 'reversed') or state = 'refunded' and matched_by_amount`,
  ),
  index(
    'payments_waiting',
    sql`payments (gateway, merchant_uid) where state in
    ('opening', 'prepared', 'declined')`,
  ),
  index('attempts_undecided', sql`attempts (gateway, gateway_ref) where ever_paid and not accepted`),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const index of ['inbox_unreadable', 'refunds_waiting', 'payments_waiting', 'attempts_undecided'])
    await sql`drop index ${sql.ref(index)}`.execute(db)
  await sql`drop table daily_looks`.execute(db)
  await sql`alter table sweeps drop column strangers`.execute(db)
}
