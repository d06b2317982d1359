// What people need: alerts gathered into messages, what is parked, and the hints of one order or
// reference.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, index, steps } from '../migrating.ts'

export const up = steps(
  briefly(
    sql`alter table outbox add column if not exists logged_at timestamptz, add column if not exists message text, add column if not exists replayed_at timestamptz`,
  ),
  index('outbox_messages', sql`outbox (settled_at) where message is not null`),
  index('outbox_parked', sql`outbox (id) where state = 'parked'`),
  index('inbox_parked_ids', sql`inbox (id) where state = 'parked'`),
  index('inbox_of_order', sql`inbox (merchant_uid, id)`),
  index('inbox_of_reference', sql`inbox (gateway_ref, id)`),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const index of ['outbox_messages', 'outbox_parked', 'inbox_parked_ids', 'inbox_of_order', 'inbox_of_reference'])
    await sql`drop index ${sql.ref(index)}`.execute(db)
  await sql`alter table outbox drop column logged_at, drop column message, drop column replayed_at`.execute(db)
}
