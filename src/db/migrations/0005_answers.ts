// What people were told, by the update of theirs that was answered.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, steps } from '../migrating.ts'

export const up = steps(
  briefly(sql`create table if not exists answers (
    saga text not null, update_id text not null, command text not null, primary key (saga, update_id, command),
    answer text not null check (answer in ('done', 'approvalNeeded', 'refused')),
    state text, kind text, sentence text not null, check ((kind is null) <> (state is null)),
    answered_at timestamptz not null default clock_timestamp())`),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table answers`.execute(db)
}
