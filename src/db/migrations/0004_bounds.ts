// What keeps inbox and outbox bounded: how many hints a row stands for, who sent them, and what a purge finds them by.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a release, only followed.
import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    sql`alter table inbox add column times int4 not null default 1 check (times > 0),
      add column several boolean not null default false, add column from_known_address boolean not null default false`,
    sql`create index inbox_open_reference on inbox (gateway_ref) where state in ('received', 'parked')`,
    sql`create index inbox_unlooked_order on inbox (merchant_uid) where state = 'received'`,
    sql`create unique index inbox_flood on inbox (gateway, remote_address, due_at) where parked_because = 'flood'`,
    sql`create index inbox_parked_webhooks on inbox (settled_at) where state = 'parked' and source = 'webhook'`,
    sql`create index inbox_unmoved on inbox (settled_at) where state = 'looked' and not moved`,
    sql`create index outbox_delivered on outbox (settled_at) where state = 'delivered'`,
    sql`create index looks_forgotten on looks (began) where not linked`,
    sql`create index journal_hints on journal ((facts ->> 'hint')) where what = 'hint.replayed'`,
  ])
    await statement.execute(db)
}

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
