// Keys under which a refund may have been filed whose row a restore has lost: written down while
// Temporal still remembers them, for the row that the checkout asks for anew.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, steps } from '../migrating.ts'

export const up = steps(
  briefly(sql`create table if not exists lost_keys (
    refund_id text not null,
    key text not null,
    noted_at timestamptz not null default clock_timestamp(),
    primary key (refund_id, key)
  )`),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table lost_keys`.execute(db)
}
