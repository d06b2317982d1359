// Requests for a cancel that a gateway shows: which of our tickets each is, and those of others
// that are open; what a call was sent as, and until when it may be sent again; and the id of a
// signed webhook, which its repeats have too.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, index, steps } from '../migrating.ts'

export const up = steps(
  briefly(sql`alter table inbox add column if not exists message_id text`),
  index('inbox_messages', sql`inbox (gateway, message_id) where message_id is not null`, { unique: true }),
  briefly(sql`alter table attempts add column if not exists foreign_tickets text`),
  briefly(
    sql`alter table tickets add column if not exists shown_as text`,
    sql`alter table tickets add column if not exists sent_call text`,
    sql`alter table tickets add column if not exists repeat_until timestamptz`,
    sql`alter table tickets add column if not exists repeated_at timestamptz`,
  ),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table tickets drop column shown_as, drop column sent_call, drop column repeat_until, drop column repeated_at`.execute(
    db,
  )
  await sql`drop index inbox_messages`.execute(db)
  await sql`alter table inbox drop column message_id`.execute(db)
  await sql`alter table attempts drop column foreign_tickets`.execute(db)
}
