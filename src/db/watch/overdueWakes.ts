// Overdue rows that are to be woken: each once, then after an hour, doubling to a day while its row
// does not move.
// Must not know: Temporal. A wake too many does no harm, one for each pass would be thousands a day
// for a saga that cannot go on.
import { sql } from 'kysely'
import { databaseNow, isOver } from '../clock.ts'
import type { Trx } from '../connect.ts'
import { overdueRows, passedBy } from './overdue.ts'

const LONGEST = sql`interval '1 day'`
/** 2^5 hours are more than a day. */
const MOST_DOUBLINGS = 5

/**
 * Takes at most so many whose time has come, the longest overdue first, and remembers them; answers
 * with their sagas.
 */
export async function takeOverdue(trx: Trx, overdueMs: number, limit: number): Promise<readonly string[]> {
  const overdue = overdueRows(passedBy(await databaseNow(trx), overdueMs))
  const moved = sql`w.version <> excluded.version`
  const { rows } = await sql<{ saga: string }>`
    with chosen as (
      select o.saga, o.version from (${overdue}) as o left join overdue_wakes w on w.saga = o.saga
      where w.saga is null or w.version <> o.version or ${isOver(sql`w.next_at`, undefined, LONGEST)}
      order by o.since, o.saga limit ${limit})
    insert into overdue_wakes as w (saga, version, times, next_at)
      select saga, version, 1, clock_timestamp() + interval '1 hour' from chosen
    on conflict (saga) do update set version = excluded.version,
      times = case when ${moved} then 1 else w.times + 1 end,
      next_at = clock_timestamp() + case when ${moved} then interval '1 hour'
        else least(${LONGEST}, interval '1 hour' * power(2, least(w.times, ${MOST_DOUBLINGS}))) end
    where ${moved} or ${isOver(sql`w.next_at`, undefined, LONGEST)}
    returning saga`.execute(trx)
  return rows.map(({ saga }) => saga)
}

/** Whatever is still overdue is taken at least once a day: what was not has moved or ended. */
export async function forgetOverdue(trx: Trx): Promise<void> {
  await sql`delete from overdue_wakes where next_at < clock_timestamp() - ${LONGEST}`.execute(trx)
}
