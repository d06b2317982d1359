// Tells listening processes of new rows in inbox and outbox: by trigger, so that no insertion can
// forget it, within its transaction.
// Must not know: who listens. PGlite runs it too, and nobody listens there.
import { sql, type Kysely } from 'kysely'
import { briefly, steps } from '../migrating.ts'

const told = (table: string) =>
  briefly(sql`create or replace trigger ${sql.raw(table)}_told after insert on ${sql.table(table)}
    for each statement execute function tell_of_new_rows()`)

export const up = steps(
  briefly(sql`create or replace function tell_of_new_rows() returns trigger language plpgsql as $$
    begin perform pg_notify('saga_new_rows', ''); return null; end $$`),
  told('inbox'),
  told('outbox'),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['inbox', 'outbox'])
    await sql`drop trigger ${sql.raw(table)}_told on ${sql.table(table)}`.execute(db)
  await sql`drop function tell_of_new_rows()`.execute(db)
}
