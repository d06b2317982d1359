// What gateways sign is kept once for each event and judged from its row; and the buyer by whom a
// gateway finds an order.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, index, steps } from '../migrating.ts'

export const up = steps(
  briefly(
    sql`alter table inbox add column if not exists signed_key text`,
    sql`alter table inbox add column if not exists failures int4 not null default 0`,
  ),
  briefly(sql`alter table payments add column if not exists buyer_id text`),
  index('inbox_signed', sql`inbox (gateway, gateway_ref, signed_key) where signed_key is not null`, { unique: true }),
  index('inbox_signed_waiting', sql`inbox (due_at) where state = 'received' and signed_key is not null`),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const each of ['inbox_signed', 'inbox_signed_waiting']) await sql`drop index ${sql.ref(each)}`.execute(db)
  await sql`alter table payments drop column buyer_id`.execute(db)
  await sql`alter table inbox drop column failures, drop column signed_key`.execute(db)
}
