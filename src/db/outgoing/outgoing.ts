// The outbox: what must leave. Rows are put by whoever moves something, and claimed, delivered,
// delayed or parked by the relay.
// Must not know: Temporal, HTTP, chat tools.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Alert } from '../../domain/books/books.ts'
import { fromNow, isOver } from '../clock.ts'
import type { Db, Trx } from '../connect.ts'
import type { OutboxKind } from '../schema.ts'

const row = (kind: OutboxKind, target: string, payload: object) => ({
  kind,
  target,
  payload: sql`${JSON.stringify(payload)}::jsonb`,
})
export type Outgoing = ReturnType<typeof row>
export const wakeRow = (saga: string): Outgoing => row('wake', saga, {})
export const noticeRow = (merchantUid: string, notice: object): Outgoing => row('notice', merchantUid, notice)
export const alertRow = (alert: Alert, at: string): Outgoing => row('alert', alert.saga, { ...alert, at })

export async function putOutgoing(trx: Trx, rows: readonly Outgoing[]): Promise<void> {
  if (rows.length > 0)
    await trx
      .insertInto('outbox')
      .values([...rows])
      .execute()
}

export const putWake = (trx: Trx, saga: string): Promise<void> => putOutgoing(trx, [wakeRow(saga)])
/** For a saga whose run is about to end: told now, it would be told to that run. */
export async function putLaterWake(trx: Trx, saga: string, afterMs: number): Promise<void> {
  await trx
    .insertInto('outbox')
    .values({ ...wakeRow(saga), dueAt: fromNow(afterMs) })
    .execute()
}
/** Wakes for those that no pending wake tells already; returns how many. */
export async function putMissingWakes(trx: Trx, sagas: readonly string[]): Promise<number> {
  if (sagas.length === 0) return 0
  const pending = await trx
    .selectFrom('outbox')
    .select('target')
    .where('kind', '=', 'wake')
    .where('state', '=', 'pending')
    .where('target', 'in', sagas)
    .execute()
  const waiting = new Set(pending.map(({ target }) => target))
  const missing = sagas.filter((saga) => !waiting.has(saga))
  await putOutgoing(trx, missing.map(wakeRow))
  return missing.length
}
export const putAlert = (trx: Trx, alert: Alert): Promise<void> =>
  putOutgoing(trx, [alertRow(alert, new Date().toISOString())])

export type Claimed = {
  readonly target: string
  /** The leased row; of a saga's wakes the newest. */
  readonly id: number
  /** All rows that its delivery answers. */
  readonly ids: readonly number[]
  readonly tries: number
  readonly token: string
  readonly payload: unknown
  /** It has waited for a day, or for a day since a person let it try again. */
  readonly stale: boolean
}

export const STALE = sql<boolean>`greatest(created_at, coalesce(replayed_at, created_at)) < clock_timestamp() - interval '24 hours'`

const DUE = isOver(sql`due_at`)
const ON_ITS_WAY = sql`not ${isOver(sql`leased_until`)}`

/**
 * The due wakes of each saga that has none on its way: they say the same, so the newest answers for
 * all before it. In one pass over what is pending: a join with itself took a crowd of n wakes n
 * times n steps.
 */
const dueWakes = (limit: number) => sql`
  select max(id) filter (where ${DUE}) as id, json_agg(id) filter (where ${DUE}) as ids from outbox
  where kind = 'wake' and state = 'pending'
  group by target having bool_or(${DUE}) and not coalesce(bool_or(${ON_ITS_WAY}), false)
  order by min(id) filter (where ${DUE}) limit ${limit}`

/** Every notice and alert leaves by itself; a notice waits for the earlier ones of its order. */
const FREE = {
  notice: sql`not exists (select 1 from outbox l where l.kind = 'notice' and l.target = o.target and l.state = 'pending'
    and (l.id < o.id or l.id = o.id and not ${isOver(sql`l.leased_until`)}))`,
  alert: sql`not coalesce(${ON_ITS_WAY}, false)`,
} as const satisfies Record<Exclude<OutboxKind, 'wake'>, unknown>

const dueOnes = (kind: keyof typeof FREE, limit: number) => sql`
  select id, json_build_array(id) as ids from outbox o
  where kind = ${kind} and state = 'pending' and ${DUE} and ${FREE[kind]} order by id limit ${limit}`

/** Claims due rows, one of each group at a time, so that one saga is never woken twice at once. */
export async function claim(db: Db, kind: OutboxKind, limit: number, leaseMs: number): Promise<readonly Claimed[]> {
  const token = randomUUID()
  const { rows } = await sql<Claimed>`
    with due as (${kind === 'wake' ? dueWakes(limit) : dueOnes(kind, limit)}),
    locked as (select id from outbox where id in (select id from due) and state = 'pending' for update skip locked)
    update outbox set lease_token = ${token}, leased_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    from due
    where outbox.id = due.id and outbox.id in (select id from locked) and (leased_until is null or ${isOver(sql`leased_until`)})
    returning target, outbox.id, due.ids, tries, lease_token as token, payload, ${STALE} as stale`.execute(db)
  return rows
}

/**
 * The claimed rows have left: exactly those seen at the claim, for a row with a smaller id may
 * commit later.
 */
export async function delivered(db: Db, { ids }: Claimed, said: string): Promise<void> {
  await db
    .updateTable('outbox')
    .set({ state: 'delivered', settledAt: sql<string>`clock_timestamp()`, leaseToken: null, leasedUntil: null, said })
    .where('id', 'in', [...ids])
    .where('state', '=', 'pending')
    .execute()
}

/** The claimed rows, while the lease is still ours: whoever took it over decides. */
const ours = (db: Db, { id, ids, token }: Claimed) =>
  db
    .updateTable('outbox')
    .where('id', 'in', [...ids])
    .where('state', '=', 'pending')
    .where((eb) => eb(eb.selectFrom('outbox as leased').select('leaseToken').where('leased.id', '=', id), '=', token))
    .set({ leaseToken: null, leasedUntil: null })

export async function delayed(db: Db, claimed: Claimed, delayMs: number, said: string): Promise<void> {
  await ours(db, claimed)
    .set({ tries: claimed.tries + 1, dueAt: fromNow(delayMs), said })
    .execute()
}

/** False where the lease was taken over meanwhile. */
export async function parked(db: Db, claimed: Claimed, said: string): Promise<boolean> {
  const { numUpdatedRows } = await ours(db, claimed)
    .set({ state: 'parked', settledAt: sql<string>`clock_timestamp()`, said })
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}
