// What the watchdog needs: indexes over the times at which rows fall due, what people were told,
// and which overdue rows were woken.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    // A closed row has no next checkpoint, so these hold open rows only.
    sql`create index refunds_checkpoint on refunds (next_checkpoint_at) where next_checkpoint_at is not null`,
    sql`create index payments_checkpoint on payments (next_checkpoint_at) where next_checkpoint_at is not null`,
    sql`create index attempts_checkpoint on attempts (next_checkpoint_at) where next_checkpoint_at is not null`,
    sql`create index refunds_requested on refunds (state_since) where state = 'requested'`,
    sql`create index payments_expiring on payments (expires_at) where state in ('opening', 'prepared', 'declined')`,
    sql`create index payments_opening on payments (created_at) where state = 'opening'`,
    sql`create index outbox_oldest_wake on outbox ((coalesce(replayed_at, created_at)))
      where kind = 'wake' and state = 'pending'`,
    sql`create table watches (name text primary key, since timestamptz, told_at timestamptz)`,
    sql`create table overdue_wakes (
      saga text primary key, version int8 not null, times int4 not null check (times > 0), next_at timestamptz not null)`,
  ])
    await statement.execute(db)
}

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
