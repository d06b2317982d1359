// A refund may have been asked for by a Temporal client without a proof: its origin says so.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, check, steps } from '../migrating.ts'

const ORIGINS = sql`origin in ('checkout', 'ops', 'policy', 'testChannel', 'console', 'chargeback', 'outside', 'temporal')`

export const up = steps(
  // The wider rule first, so that no row is ever without one.
  check('refunds', 'refunds_origins', ORIGINS),
  briefly(sql`alter table refunds drop constraint if exists refunds_origin_check`),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table refunds drop constraint refunds_origins`.execute(db)
}
