// When the work of each Schedule last came to its end, so that one that is paused or dead is
// noticed without Temporal.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, steps } from '../migrating.ts'

export const up = steps(
  briefly(sql`create table if not exists passes (
    name text primary key,
    ended_at timestamptz not null,
    read_until timestamptz
  )`),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table passes`.execute(db)
}
