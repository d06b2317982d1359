// The database's own clock: arrival and look times are compared by it alone, whatever this machine's clock says.
// Must not know: what the times are for.
import { sql } from 'kysely'
import type { Db, Trx } from './connect.ts'

export async function databaseNow(db: Db | Trx): Promise<string> {
  const { rows } = await sql<{ now: string }>`select clock_timestamp() as now`.execute(db)
  const now = rows[0]?.now
  if (now === undefined) throw new Error('the database did not tell the time')
  return now
}

export const fromNow = (ms: number) => sql<string>`clock_timestamp() + ${ms} * interval '1 millisecond'`
