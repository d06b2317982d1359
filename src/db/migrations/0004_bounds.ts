// What keeps inbox and outbox bounded: how many hints a row stands for, who sent them, and what a
// purge finds them by.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, check, index, steps } from '../migrating.ts'

export const up = steps(
  briefly(sql`alter table inbox add column if not exists times int4 not null default 1,
    add column if not exists several boolean not null default false, add column if not exists from_known_address boolean not null default false`),
  check('inbox', 'inbox_times_check', sql`times > 0`),
  index('inbox_open_reference', sql`inbox (gateway_ref) where state in ('received', 'parked')`),
  index('inbox_unlooked_order', sql`inbox (merchant_uid) where state = 'received'`),
  index('inbox_flood', sql`inbox (gateway, remote_address, due_at) where parked_because = 'flood'`, { unique: true }),
  index('inbox_parked_webhooks', sql`inbox (settled_at) where state = 'parked' and source = 'webhook'`),
  index('inbox_unmoved', sql`inbox (settled_at) where state = 'looked' and not moved`),
  index('outbox_delivered', sql`outbox (settled_at) where state = 'delivered'`),
  index('looks_forgotten', sql`looks (began) where not linked`),
  index('journal_hints', sql`journal ((facts ->> 'hint')) where what = 'hint.replayed'`),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const index of [
    'inbox_open_reference',
    'inbox_unlooked_order',
    'inbox_flood',
    'inbox_parked_webhooks',
    'inbox_unmoved',
    'outbox_delivered',
    'looks_forgotten',
    'journal_hints',
  ])
    await sql`drop index ${sql.ref(index)}`.execute(db)
  await sql`alter table inbox drop column times, drop column several, drop column from_known_address`.execute(db)
}
