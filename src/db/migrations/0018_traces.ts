// Which trace a hint belongs to, where traces are wanted.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, steps } from '../migrating.ts'

export const up = steps(briefly(sql`alter table inbox add column if not exists traceparent text`))

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table inbox drop column traceparent`.execute(db)
}
