// A webhook's row tells nobody else: the looker beside its receiver is told at once, and others
// poll. Postgres lets commits that notify pass one by one, each waiting on the disk for the one
// before.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, index, steps } from '../migrating.ts'

export const up = steps(
  briefly(sql`create or replace trigger inbox_told after insert on inbox
    for each row when (new.source not in ('webhook', 'pingback')) execute function tell_of_new_rows()`),
  // In place of inbox_unlooked_order, which may go once no older process asks by its words.
  index('inbox_waiting_order', sql`inbox (merchant_uid) where settled_at is null`),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index inbox_waiting_order`.execute(db)
  await sql`create or replace trigger inbox_told after insert on inbox
    for each statement execute function tell_of_new_rows()`.execute(db)
}
