// What people need: alerts gathered into messages, what is parked, and the hints of one order or reference.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a release, only followed.
import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    sql`alter table outbox add column logged_at timestamptz, add column message text, add column replayed_at timestamptz`,
    sql`create index outbox_messages on outbox (settled_at) where message is not null`,
    sql`create index outbox_parked on outbox (id) where state = 'parked'`,
    sql`create index inbox_parked_ids on inbox (id) where state = 'parked'`,
    sql`create index inbox_of_order on inbox (merchant_uid, id)`,
    sql`create index inbox_of_reference on inbox (gateway_ref, id)`,
  ])
    await statement.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const index of ['outbox_messages', 'outbox_parked', 'inbox_parked_ids', 'inbox_of_order', 'inbox_of_reference'])
    await sql`drop index ${sql.ref(index)}`.execute(db)
  await sql`alter table outbox drop column logged_at, drop column message, drop column replayed_at`.execute(db)
}
