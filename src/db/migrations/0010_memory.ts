// What lets the two memories be compared: a refund's birth id, so that a row made again under the
// same name is known as another one; and the hold that stops every new cancel call.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    // Without a default at first: one that differs for each row would write the whole table anew.
    sql`alter table refunds add column birth uuid`,
    sql`alter table refunds alter column birth set default gen_random_uuid()`,
    sql`create table filing_hold (
      one boolean primary key default true check (one),
      since timestamptz not null default now(),
      who text not null,
      reason text not null
    )`,
  ])
    await statement.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table filing_hold`.execute(db)
  await sql`alter table refunds drop column birth`.execute(db)
}
