// Who may do what in the database: whether this role may change the tables, and what no other role
// may do with two of them.
// Must not know: which tables there are beyond those two, nor why a migration is pending.
import { sql, type Kysely } from 'kysely'

/**
 * Throws a sentence that names the command where this role may not carry out what is pending. Asked
 * beforehand, so that a program that was given too little says so, and not whatever the first
 * refused statement says.
 */
export async function refuseWithoutRights<S>(db: Kysely<S>, pending: readonly string[]): Promise<void> {
  if (pending.length === 0) return
  const { rows } = await sql<{ role: string; may: boolean }>`
    select current_user as role, has_schema_privilege(current_schema(), 'CREATE') and not exists (
      select 1 from pg_class c where c.relnamespace = current_schema()::regnamespace
        and c.relname in ('journal', 'kysely_migration') and c.relkind = 'r'
        and not pg_has_role(c.relowner, 'USAGE')) as may`.execute(db)
  const [asked] = rows
  if (asked?.may !== false) return
  throw new Error(
    `The database needs ${pending.length} migration(s), ${pending.join(', ')}, and the role "${asked.role}" of DATABASE_URL may not change its tables. Nothing was changed. Run "npm run migrate" once with DATABASE_URL set to the role that owns the tables (in a container: the command migrate), then start again.`,
  )
}

/**
 * What was once written there is never changed: by whoever works with the database it is only read
 * and added to.
 */
const ONLY_ADDED = { journal: 'update, delete, truncate, references, trigger' } as const
/** Which migrations were carried out is for their owner to say. */
const ONLY_READ = ['kysely_migration', 'kysely_migration_lock'] as const
const ALL_BUT_READ = 'insert, update, delete, truncate, references, trigger'

/**
 * Of every role but the owner of each table. The journal's trigger refuses the same to the owner
 * himself.
 */
export async function keepFromOthers<S>(db: Kysely<S>): Promise<void> {
  const taken = [...Object.entries(ONLY_ADDED), ...ONLY_READ.map((table) => [table, ALL_BUT_READ] as const)]
  for (const [table, rights] of taken) {
    const { rows } = await sql<{ other: string }>`
      select distinct case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as other
      from pg_class c, aclexplode(c.relacl) a
      where c.relnamespace = current_schema()::regnamespace and c.relname = ${table} and a.grantee <> c.relowner`.execute(
      db,
    )
    for (const { other } of rows)
      await sql`revoke ${sql.raw(rights)} on ${sql.table(table)} from ${sql.raw(other)}`.execute(db)
  }
}
