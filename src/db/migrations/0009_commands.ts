// What binds people's commands to what they were about: the digest of their arguments, and the id
// of a request that waits.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, inPortions, notNull, steps } from '../migrating.ts'

export const up = steps(
  briefly(sql`alter table answers add column if not exists digest text, add column if not exists request text`),
  briefly(sql`alter table proofs add column if not exists digest text`),
  // What waits at the migration gets a name too: whoever approves it reads it first.
  briefly(sql`alter table approvals add column if not exists request text,
    alter column request set default substr(md5(random()::text), 1, 8)`),
  notNull(
    'approvals',
    'request',
    inPortions(
      '',
      (after) => sql`
    with portion as (select saga from approvals where saga > ${after} order by saga limit 2000),
    named as (update approvals set request = default where saga in (select saga from portion) and request is null)
    select max(saga) as last from portion`,
    ),
  ),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table approvals drop column request`.execute(db)
  await sql`alter table proofs drop column digest`.execute(db)
  await sql`alter table answers drop column digest, drop column request`.execute(db)
}
