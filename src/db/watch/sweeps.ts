// The sweep's memory: how far each list has been kept, and catch-ups that people asked for.
// Must not know: gateways, what counts as different.
import { sql } from 'kysely'
import type { ListedStatus } from '../../domain/gateway.ts'
import type { Db, Trx } from '../connect.ts'

export type SweepCursor = {
  readonly cursor: string
  readonly complete: boolean
  readonly unreadable: number
  readonly version: number
}

export async function loadCursor(db: Db, gateway: string, status: ListedStatus): Promise<SweepCursor | undefined> {
  return db
    .selectFrom('sweepCursors')
    .select(['cursor', 'complete', 'unreadable', 'version'])
    .where('gateway', '=', gateway)
    .where('status', '=', status)
    .executeTakeFirst()
}

/** By compare-and-set on what was read; false where another run has moved it meanwhile. */
export async function moveCursor(
  trx: Trx,
  key: { readonly gateway: string; readonly status: ListedStatus },
  before: SweepCursor | undefined,
  next: Omit<SweepCursor, 'version'>,
): Promise<boolean> {
  if (before === undefined) {
    const { numInsertedOrUpdatedRows: inserted } = await trx
      .insertInto('sweepCursors')
      .values({ ...key, ...next, version: 1 })
      .onConflict((on) => on.doNothing())
      .executeTakeFirstOrThrow()
    return inserted === 1n
  }
  const { numUpdatedRows } = await trx
    .updateTable('sweepCursors')
    .set({ ...next, version: before.version + 1 })
    .where('gateway', '=', key.gateway)
    .where('status', '=', key.status)
    .where('version', '=', before.version)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

export type SweepCounts = {
  readonly listed: number
  readonly differing: number
  readonly kept: number
  /** Those that may be ours. */
  readonly unreadable: number
  /** Payments of other providers, and of no order of ours: nothing but counted. */
  readonly strangers: number
  readonly calls: number
}
type Asked = { readonly id: string; readonly askedBy: string; readonly rangeFrom: string; readonly rangeTo: string }

/** A catch-up whose process died stays `listing`; untouched for so long it counts as failed. */
const UNTOUCHED = sql`clock_timestamp() - interval '2 minutes'`

/**
 * Records a catch-up; the id of the one that is listing now, where there is one, for one at a time
 * is enough.
 */
export async function beginCatchUp(trx: Trx, asked: Asked): Promise<string | undefined> {
  await sql`lock table sweeps in exclusive mode`.execute(trx)
  const { rows } = await sql<{ id: string }>`
    select id from sweeps where state = 'listing' and touched_at > ${UNTOUCHED} limit 1`.execute(trx)
  if (rows[0]) return rows[0].id
  await trx
    .insertInto('sweeps')
    .values({ ...asked, said: null })
    .execute()
  return undefined
}

export async function noteCatchUp(
  db: Db,
  id: string,
  counts: SweepCounts,
  end: { readonly state: 'listing' | 'listed' | 'failed'; readonly said: string | null },
): Promise<void> {
  await db
    .updateTable('sweeps')
    .set({ ...counts, ...end, touchedAt: sql<string>`clock_timestamp()` })
    .where('id', '=', id)
    .execute()
}

export type CatchUp = SweepCounts &
  Asked & {
    readonly state: 'listing' | 'listed' | 'failed'
    readonly said: string | null
    /** Hints that no look has answered yet. */
    readonly waiting: number
    /** Looks that moved something. */
    readonly healed: number
    /** Looks that found everything booked already. */
    readonly unchanged: number
    /** Parked hints, and what asks for a person after its look. */
    readonly forPeople: number
  }

export async function readCatchUp(db: Db, id: string): Promise<CatchUp | undefined> {
  const { rows } = await sql<CatchUp>`
    select s.id, s.asked_by, s.range_from, s.range_to, s.listed, s.differing, s.kept, s.unreadable, s.strangers,
      s.calls,
      case when s.state = 'listing' and s.touched_at <= ${UNTOUCHED} then 'failed' else s.state end as state,
      case when s.state = 'listing' and s.touched_at <= ${UNTOUCHED}
        then 'the process that listed has ended; ask again, for nothing is looked at twice in vain' else s.said end as said,
      count(*) filter (where i.state = 'received') as waiting,
      count(*) filter (where i.state = 'looked' and i.moved) as healed,
      count(*) filter (where i.state = 'looked' and not i.moved) as unchanged,
      count(*) filter (where i.state = 'parked' or i.state = 'looked' and (
        exists (select 1 from attempts a left join payments p on p.merchant_uid = a.merchant_uid
          where a.gateway = i.gateway and a.gateway_ref = i.gateway_ref
            and (a.merchant_uid is null and a.ever_paid or p.attention <> 'none'))
        or exists (select 1 from refunds r where r.gateway = i.gateway and r.gateway_ref = i.gateway_ref
          and r.attention <> 'none'))) as for_people
    from sweeps s left join inbox i on i.sweep_id = s.id
    where s.id = ${id} group by s.id`.execute(db)
  return rows[0]
}
