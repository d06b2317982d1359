// What binds people's commands to what they were about: the digest of their arguments, and the id of a request that waits.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a release, only followed.
import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [
    sql`alter table answers add column digest text, add column request text`,
    sql`alter table proofs add column digest text`,
    // What waits at the migration gets a name too: whoever approves it reads it first.
    sql`alter table approvals add column request text not null default substr(md5(random()::text), 1, 8)`,
  ])
    await statement.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table approvals drop column request`.execute(db)
  await sql`alter table proofs drop column digest`.execute(db)
  await sql`alter table answers drop column digest, drop column request`.execute(db)
}
