// What lets the two memories be compared: a refund's birth id, so that a row made again under the
// same name is known as another one; and the hold that stops every new cancel call.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, steps } from '../migrating.ts'

export const up = steps(
  // A default that differs for each row would write the whole table anew with the column itself:
  // what was there before has none.
  briefly(
    sql`alter table refunds add column if not exists birth uuid, alter column birth set default gen_random_uuid()`,
  ),
  briefly(sql`create table if not exists filing_hold (
    one boolean primary key default true check (one),
    since timestamptz not null default now(),
    who text not null,
    reason text not null
  )`),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table filing_hold`.execute(db)
  await sql`alter table refunds drop column birth`.execute(db)
}
