// The database's own clock, for people and for pauses; and the one sequence in which arrivals and
// looks are ordered.
// Must not know: what the times are for. A clock may step back, after a failover by minutes: it
// never decides what is newer.
import { sql, type RawBuilder } from 'kysely'
import type { Db, Trx } from './connect.ts'

export async function databaseNow(db: Db | Trx): Promise<string> {
  const { rows } = await sql<{ now: string }>`select clock_timestamp() as now`.execute(db)
  const now = rows[0]?.now
  if (now === undefined) throw new Error('the database did not tell the time')
  return now
}

/**
 * The begin of a look: what arrived before has a smaller number, and was there to be seen by it.
 */
export type Began = { readonly number: number; readonly at: string }

export async function beginLook(db: Db | Trx): Promise<Began> {
  const { rows } = await sql<Began>`select nextval('looks_order') as number, clock_timestamp() as at`.execute(db)
  const [began] = rows
  if (began === undefined) throw new Error('the database did not number the look')
  return began
}

/** The number of an arrival, or of one that is counted again. */
export const NEXT_ARRIVAL = sql<number>`nextval('looks_order')`

export const fromNow = (ms: number) => sql<string>`clock_timestamp() + ${ms} * interval '1 millisecond'`

/**
 * The time at which the statement was sent: one value for all of it, so that an index can be cut
 * there. Of the clock itself each row would be asked.
 */
export const SENT_AT = sql`statement_timestamp()`

/** Longer than almost anything is put off here. */
const LONGEST_PAUSE = sql`interval '1 hour'`

/**
 * The time has come; or it was written by a clock that was ahead of today's, and nobody shall wait
 * for that to come again. `longest`: no pause of this kind is longer.
 */
export const isOver = (
  time: RawBuilder<unknown>,
  now: RawBuilder<unknown> = sql`clock_timestamp()`,
  longest: RawBuilder<unknown> = LONGEST_PAUSE,
) => sql<boolean>`(${time} <= ${now} or ${time} > ${now} + ${longest})`
