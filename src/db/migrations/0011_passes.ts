// When the work of each Schedule last came to its end, so that one that is paused or dead is noticed without Temporal.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a release, only followed.
import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table passes (name text primary key, ended_at timestamptz not null, read_until timestamptz)`.execute(
    db,
  )
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table passes`.execute(db)
}
