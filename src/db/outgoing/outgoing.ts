// The outbox: what must leave. Rows are put by whoever moves something, and claimed, delivered,
// delayed or parked by the relay.
// Must not know: Temporal, HTTP, chat tools.
import { randomUUID } from 'node:crypto'
import { sql, type RawBuilder } from 'kysely'
import type { Alert } from '../../domain/books/books.ts'
import { traced } from '../../tracing.ts'
import { writeAll, type Insert } from '../books/batch.ts'
import { fromNow, isOver, SENT_AT } from '../clock.ts'
import type { Db, Trx } from '../connect.ts'
import { notePut, noteWakes, type Woken } from '../notify.ts'
import { HOT } from '../postgres.ts'
import type { OutboxKind } from '../schema.ts'
import { pending } from '../lists/waits.ts'

const row = (kind: OutboxKind, target: string, payload: object) => ({ kind, target, payload })
export type Outgoing = {
  readonly kind: OutboxKind
  readonly target: string
  readonly payload: object
  /** It is on its way from the beginning. */
  readonly leaseToken?: string
  readonly leasedUntil?: string
}
export const wakeRow = (saga: string): Outgoing => row('wake', saga, traced())
export const noticeRow = (merchantUid: string, notice: object): Outgoing => row('notice', merchantUid, notice)
/** `sentence`: in English, of which alone earlier versions know. */
export const alertRow = (alert: Alert, at: string): Outgoing =>
  row('alert', alert.saga, { ...alert, sentence: alert.sentence.en, said: alert.sentence, at })

export async function putOutgoing(trx: Trx, rows: readonly Outgoing[]): Promise<void> {
  await writeAll(trx, [outgoingWrite(rows)])
  noteOutgoing(trx, rows)
}

export const outgoingWrite = (rows: readonly Outgoing[]): Insert => ({ into: 'outbox', rows })
/** What is on its way needs no claim. */
export const noteOutgoing = (trx: Trx, rows: readonly Outgoing[]): void =>
  notePut(trx, ...rows.filter(({ leaseToken }) => leaseToken === undefined).map(({ kind }) => kind))

/** So long a wake that leaves at once is held by its process; then any relay may claim it. */
export const HELD_MS = 2_000

/**
 * The rows of wakes for these sagas, whose books these are. They leave right after the commit where
 * somebody takes them then.
 */
export function wakeRows(trx: Trx, sagas: readonly string[], about: Woken, now: string): readonly Outgoing[] {
  const trace = traced()
  const wakes = sagas.map((saga) => ({ saga, token: randomUUID(), about, trace }))
  if (!noteWakes(trx, wakes)) return sagas.map(wakeRow)
  const leasedUntil = new Date(Date.parse(now) + HELD_MS).toISOString()
  return wakes.map(({ saga, token }) => ({ ...wakeRow(saga), leaseToken: token, leasedUntil }))
}

/**
 * Wakes that left at once, many by one statement. One that somebody else claimed meanwhile is
 * theirs. By their keys, said twice: a plan that is kept from when nothing waited would read each
 * waiting row once for each other one.
 */
export async function wakesDelivered(
  db: Db,
  wakes: readonly { readonly saga: string; readonly token: string; readonly said: string }[],
): Promise<void> {
  await sql`
    ${HOT} with gone as materialized (
      select found.id, v.said from jsonb_to_recordset(${JSON.stringify(wakes)}::jsonb) as v(saga text, token text, said text), lateral (
        select id from outbox o where o.target = v.saga and o.kind = 'wake' and ${pending('o')} and o.lease_token = v.token
        offset 0) as found)
    update outbox set state = 'delivered', settled_at = clock_timestamp(), said = gone.said, lease_token = null, leased_until = null
    from gone where outbox.id = gone.id and outbox.id = any (array(select id from gone)) and ${pending('outbox')}`.execute(
    db,
  )
}

export const putWake = (trx: Trx, saga: string): Promise<void> => putOutgoing(trx, [wakeRow(saga)])
/** For a saga whose run is about to end: told now, it would be told to that run. */
export async function putLaterWake(trx: Trx, saga: string, afterMs: number): Promise<void> {
  await trx
    .insertInto('outbox')
    .values({ kind: 'wake', target: saga, payload: sql`'{}'::jsonb`, dueAt: fromNow(afterMs) })
    .execute()
}
/**
 * Wakes for those that no pending wake tells already; returns how many. However many, they are
 * traces of their own.
 */
export async function putMissingWakes(trx: Trx, sagas: readonly string[]): Promise<number> {
  if (sagas.length === 0) return 0
  const found = await trx
    .selectFrom('outbox')
    .select('target')
    .where('kind', '=', 'wake')
    .where(pending())
    .where('target', 'in', sagas)
    .execute()
  const waiting = new Set(found.map(({ target }) => target))
  const missing = sagas.filter((saga) => !waiting.has(saga))
  await putOutgoing(
    trx,
    missing.map((saga) => row('wake', saga, {})),
  )
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

/** So many rows are looked through for what leaves next, however many wait. */
const FRONT = 200
/** In the words of outbox_due, and of no other index (migration 0020). */
const frontOf = (kind: OutboxKind, due: RawBuilder<unknown>) => sql`
  select id, target from outbox where kind = ${sql.lit(kind)} and state not in ('delivered', 'parked') and ${due}
    and (leased_until is null or ${isOver(sql`leased_until`)})
  order by due_at limit ${sql.lit(FRONT)} for update skip locked`
/**
 * The longest due. Relays that claim at once look through different ones. Those that a clock which
 * was ahead put off come last.
 */
const fronts = (kind: OutboxKind) => sql`
  front as materialized (${frontOf(kind, sql`due_at <= ${SENT_AT}`)}),
  ahead as materialized (${frontOf(kind, sql`due_at > ${SENT_AT} + interval '1 hour'`)}),
  either as (table front union all table ahead)`

const DUE_OF = {
  /** Of each saga that has none on its way: they say the same, so the newest answers for all. */
  wake: (limit: number) => sql`${fronts('wake')},
    due as (
      select max(id) as id, json_agg(id) as ids from either as f
      where not exists (select 1 from outbox l where l.kind = 'wake' and ${pending('l')} and l.target = f.target
        and not ${isOver(sql`l.leased_until`)})
      group by target order by min(id) limit ${limit})`,
  /**
   * Each waits for the earlier ones of its order. While such a one waits for its next try, those
   * behind it are due no sooner: at the front they would hide other orders from every claim.
   */
  notice: (limit: number) => sql`${fronts('notice')},
    ahead_of as (
      select f.id, e.id as first, e.due_at, e.leased_until from either as f, lateral (
        select id, due_at, leased_until from outbox e
        where e.kind = 'notice' and e.target = f.target and ${pending('e')} order by e.id limit 1) as e),
    put_off as (
      update outbox set due_at = a.due_at from ahead_of a where outbox.id = a.id and a.first <> a.id
        and not ${isOver(sql`a.due_at`)} and (a.leased_until is null or ${isOver(sql`a.leased_until`)})),
    due as (select id, json_build_array(id) as ids from ahead_of where id = first order by id limit ${limit})`,
  alert: (limit: number) => sql`${fronts('alert')},
    due as (select id, json_build_array(id) as ids from either order by id limit ${limit})`,
} as const satisfies Record<OutboxKind, unknown>

/** Claims due rows, one of each group at a time, so that one saga is never woken twice at once. */
export async function claim(db: Db, kind: OutboxKind, limit: number, leaseMs: number): Promise<readonly Claimed[]> {
  const token = randomUUID()
  const { rows } = await sql<Claimed>`
    with ${DUE_OF[kind](limit)},
    locked as (select id from outbox where id in (select id from due) and ${pending()} for update skip locked)
    update outbox set lease_token = ${token}, leased_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    from due
    where outbox.id = due.id and outbox.id in (select id from locked) and (leased_until is null or ${isOver(sql`leased_until`)})
    returning target, outbox.id, due.ids, tries, lease_token as token, payload, ${STALE} as stale`.execute(db)
  return rows.toSorted((one, other) => Math.min(...one.ids) - Math.min(...other.ids))
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
    .where(pending())
    .execute()
}

/** The claimed rows, while the lease is still ours: whoever took it over decides. */
const ours = (db: Db, { id, ids, token }: Claimed) =>
  db
    .updateTable('outbox')
    .where('id', 'in', [...ids])
    .where(pending())
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
