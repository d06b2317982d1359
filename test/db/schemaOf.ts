// What a database is made of, read from its catalogue: columns, defaults, constraints, indexes, triggers, functions, sequences.
// Must not know: migrations. The order of the lines says nothing.
import { sql, type Kysely } from 'kysely'

/** One line a thing: which kind, of which table, its name, and all that is said of it. */
export async function schemaLines(db: Kysely<unknown>): Promise<readonly string[]> {
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' · ', 'column', table_name, column_name, data_type, udt_name, is_nullable, column_default,
        identity_generation) as line
      from information_schema.columns where table_schema = 'public'
    union all select concat_ws(' · ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated)
      from pg_constraint where connamespace = 'public'::regnamespace
    union all select concat_ws(' · ', 'index', pg_get_indexdef(indexrelid), indisvalid)
      from pg_index join pg_class on pg_class.oid = indexrelid where relnamespace = 'public'::regnamespace
    union all select concat_ws(' · ', 'trigger', pg_get_triggerdef(oid), tgenabled) from pg_trigger where not tgisinternal
    union all select concat_ws(' · ', 'function', pg_get_functiondef(oid)) from pg_proc
      where pronamespace = 'public'::regnamespace
    union all select concat_ws(' · ', 'sequence', sequencename, data_type, start_value, increment_by, cycle) from pg_sequences
      where schemaname = 'public'
    union all select concat_ws(' · ', 'table', relname, relkind, relpersistence) from pg_class
      where relnamespace = 'public'::regnamespace`.execute(db)
  return rows.map(({ line }) => line).toSorted()
}

/** The words in the WHERE of the index of this name, in alphabetical order. */
export async function wordsOfIndex(db: Kysely<unknown>, name: string): Promise<readonly string[]> {
  const { rows } = await sql<{ said: string }>`select indexdef as said from pg_indexes
    where schemaname = 'public' and indexname = ${name}`.execute(db)
  return [...(rows[0]?.said ?? '').matchAll(/'(\w+)'::text/g)].map(([, word = '']) => word).toSorted()
}

/** The words that the CHECK of this name lets into its column, in alphabetical order. */
export async function wordsOfCheck(db: Kysely<unknown>, name: string): Promise<readonly string[]> {
  const { rows } = await sql<{ said: string }>`select pg_get_constraintdef(oid) as said from pg_constraint
    where conname = ${name}`.execute(db)
  return [...(rows[0]?.said ?? '').matchAll(/'(\w+)'::text/g)].map(([, word = '']) => word).toSorted()
}
