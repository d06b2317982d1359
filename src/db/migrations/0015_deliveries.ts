// What is sold and what the gateway was told of its delivery, so that what is shipped and told to
// nobody is found by an index.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, check, index, steps } from '../migrating.ts'

export const up = steps(
  briefly(
    sql`alter table payments add column if not exists goods text`,
    sql`alter table payments add column if not exists delivery_told_at timestamptz`,
    sql`alter table payments add column if not exists delivery_awaited_since timestamptz`,
  ),
  check('payments', 'payments_goods', sql`goods in ('physical', 'digital')`),
  // While all of it goes back nobody ships it.
  index(
    'payments_delivery_awaited',
    sql`payments (delivery_awaited_since) where delivery_awaited_since is not null and state in ('paid', 'partlyCancelled')`,
  ),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index payments_delivery_awaited`.execute(db)
  await sql`alter table payments drop column goods, drop column delivery_told_at, drop column delivery_awaited_since`.execute(
    db,
  )
}
