// What the watchdog needs: indexes over the times at which rows fall due, what people were told,
// and which overdue rows were woken.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, index, steps } from '../migrating.ts'

export const up = steps(
  // A closed row has no next checkpoint, so these hold open rows only.
  index('refunds_checkpoint', sql`refunds (next_checkpoint_at) where next_checkpoint_at is not null`),
  index('payments_checkpoint', sql`payments (next_checkpoint_at) where next_checkpoint_at is not null`),
  index('attempts_checkpoint', sql`attempts (next_checkpoint_at) where next_checkpoint_at is not null`),
  index('refunds_requested', sql`refunds (state_since) where state = 'requested'`),
  index('payments_expiring', sql`payments (expires_at) where state in ('opening', 'prepared', 'declined')`),
  index('payments_opening', sql`payments (created_at) where state = 'opening'`),
  index(
    'outbox_oldest_wake',
    sql`outbox ((coalesce(replayed_at, created_at)))
    where kind = 'wake' and state = 'pending'`,
  ),
  briefly(sql`create table if not exists watches (name text primary key, since timestamptz, told_at timestamptz)`),
  briefly(sql`create table if not exists overdue_wakes (
    saga text primary key, version int8 not null, times int4 not null check (times > 0), next_at timestamptz not null)`),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const index of [
    'refunds_checkpoint',
    'payments_checkpoint',
    'attempts_checkpoint',
    'refunds_requested',
    'payments_expiring',
    'payments_opening',
    'outbox_oldest_wake',
  ])
    await sql`drop index ${sql.ref(index)}`.execute(db)
  await sql`drop table watches`.execute(db)
  await sql`drop table overdue_wakes`.execute(db)
}
