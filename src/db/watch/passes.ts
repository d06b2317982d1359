// When the work of each Schedule last came to its end, by the database's clock.
// Must not know: Temporal, what the work is. A Schedule that does not run says nothing, so its
// silence is what is read.
import { sql } from 'kysely'
import type { Db, Trx } from '../connect.ts'

const NOW = sql<string>`clock_timestamp()`

/** From now on it counts as late when it does not run, even if it never does. */
export async function expectPasses(db: Db, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const rows = names.map((name) => ({ name, endedAt: NOW, readUntil: null }))
  await db
    .insertInto('passes')
    .values(rows)
    .onConflict((on) => on.doNothing())
    .execute()
}

export async function notePass(db: Db, name: string): Promise<void> {
  await db
    .insertInto('passes')
    .values({ name, endedAt: NOW, readUntil: null })
    .onConflict((on) => on.column('name').doUpdateSet({ endedAt: NOW }))
    .execute()
}

/** The same, with how far it has read. */
export async function notePassUntil(db: Db, name: string, readUntil: string): Promise<void> {
  await db
    .insertInto('passes')
    .values({ name, endedAt: NOW, readUntil })
    .onConflict((on) => on.column('name').doUpdateSet({ endedAt: NOW, readUntil }))
    .execute()
}

/** Null before the first pass. */
export async function passReadUntil(db: Db, name: string): Promise<string | null> {
  const row = await db.selectFrom('passes').select('readUntil').where('name', '=', name).executeTakeFirst()
  return row?.readUntil ?? null
}

export type LatePass = { readonly name: string; readonly since: string }

/** Those whose work last ended before this time. */
export async function latePasses(trx: Trx, before: string): Promise<readonly LatePass[]> {
  const { rows } = await sql<LatePass>`
    select name, ended_at as since from passes where ended_at < ${before}::timestamptz order by ended_at, name`.execute(
    trx,
  )
  return rows
}
