// Alerts as rows of the outbox: which are not in the log yet, and which leave together. All times
// are the database's own.
// Must not know: chat tools, what is wrong. What is gathered so far is in the rows alone, so a
// restart forgets nothing.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { isOver } from '../clock.ts'
import { transact, type Db } from '../connect.ts'
import { STALE } from './outgoing.ts'

export const LEVELS = ['page', 'warn', 'remind'] as const
export type Level = (typeof LEVELS)[number]

const WINDOW = sql`interval '15 minutes'`
const LOGGED_AT_ONCE = 200
const FIRST_DELAY_MS = 1_000
const LONGEST_DELAY_MS = 300_000

/** A level that this version does not know is as loud as can be. */
const level = (row: string) =>
  sql`case when ${sql.ref(`${row}.payload`)} ->> 'level' in ('warn', 'remind') then ${sql.ref(`${row}.payload`)} ->> 'level' else 'page' end`

/**
 * Hands over each alert that is not in the log yet, then marks it: at least once. `last`: it goes
 * nowhere else.
 */
export function logAlerts(db: Db, write: (payload: unknown) => void, last: boolean): Promise<number> {
  return transact(db, 'log alerts', async (trx) => {
    const { rows } = await sql<{ id: number; payload: unknown }>`
      select id, payload from outbox where kind = 'alert' and state = 'pending' and (logged_at is null or ${last})
      order by id limit ${LOGGED_AT_ONCE} for update skip locked`.execute(trx)
    if (rows.length === 0) return 0
    for (const { payload } of rows) write(payload)
    const now = sql<string>`clock_timestamp()`
    await trx
      .updateTable('outbox')
      .set(last ? { loggedAt: now, state: 'delivered', settledAt: now, said: 'logged' } : { loggedAt: now })
      .where(
        'id',
        'in',
        rows.map(({ id }) => id),
      )
      .execute()
    return rows.length
  })
}

export type Gathered = {
  readonly saga: string
  readonly payload: unknown
  readonly merchantUid: string | null
  /** Since when its saga waits, as its row says now; for alerts without a saga since the alert. */
  readonly since: string
  /** The state of its saga's row now, which may have moved since. */
  readonly state: string | null
}

/**
 * Takes all alerts of this level, under a token, where a message is due: none of the level left
 * within the window, none is on its way, and none waits for its next try. undefined where it is
 * not.
 */
export function claimLevel(db: Db, wanted: Level, leaseMs: number): Promise<string | undefined> {
  const token = randomUUID()
  return transact(db, 'claim alerts', async (trx) => {
    // Two processes would else each take a part, and send two messages.
    await sql`select pg_advisory_xact_lock(hashtext(${`alerts ${wanted}`}))`.execute(trx)
    const { numAffectedRows = 0n } = await sql`
      update outbox o set lease_token = ${token}, leased_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
      where kind = 'alert' and state = 'pending' and logged_at is not null and ${level('o')} = ${wanted}
        and not exists (select 1 from outbox m where m.message is not null
          and m.settled_at between clock_timestamp() - ${WINDOW} and clock_timestamp() + ${WINDOW} and ${level('m')} = ${wanted})
        and not exists (select 1 from outbox w where w.kind = 'alert' and w.state = 'pending' and ${level('w')} = ${wanted}
          and (not ${isOver(sql`w.leased_until`)} or not ${isOver(sql`w.due_at`)}))`.execute(trx)
    return numAffectedRows > 0n ? token : undefined
  })
}

/** What was taken under the token, the longest waiting first. */
export async function gathered(db: Db, token: string): Promise<readonly Gathered[]> {
  const { rows } = await sql<Gathered>`
    select o.target as saga, o.payload, coalesce(r.state, p.state) as state,
      coalesce(r.merchant_uid, p.merchant_uid, a.merchant_uid) as merchant_uid,
      coalesce(r.waiting_since, p.waiting_since, a.waiting_since, o.created_at) as since
    from outbox o
      left join refunds r on o.target like 'refund:%' and r.refund_id = substr(o.target, 8)
      left join payments p on o.target like 'payment:%' and p.merchant_uid = substr(o.target, 9)
      left join attempts a on o.target like 'stray:%' and a.gateway = split_part(o.target, ':', 2)
        and a.gateway_ref = substr(o.target, 8 + length(split_part(o.target, ':', 2)))
    where o.kind = 'alert' and o.state = 'pending' and o.lease_token = ${token}
    order by since, o.id`.execute(db)
  return rows
}

/** They left in this message. */
export async function leftTogether(db: Db, token: string, message: string, said: string): Promise<void> {
  await sql`
    update outbox set state = 'delivered', settled_at = clock_timestamp(), message = ${message}, said = ${said},
      lease_token = null, leased_until = null
    where kind = 'alert' and state = 'pending' and lease_token = ${token}`.execute(db)
}

/**
 * They did not leave: later, each try further apart; what has been tried for a day is parked for a
 * person. Returns how many were parked.
 */
export async function stayed(db: Db, token: string, said: string): Promise<number> {
  const delayMs = sql`least(${LONGEST_DELAY_MS}::float8, ${FIRST_DELAY_MS}::float8 * power(2, least(tries, 20)))`
  const { rows } = await sql<{ state: string }>`
    update outbox set tries = tries + 1, said = ${said}, lease_token = null, leased_until = null,
      state = case when ${STALE} then 'parked' else 'pending' end,
      settled_at = case when ${STALE} then clock_timestamp() end,
      due_at = clock_timestamp() + ${delayMs} * interval '1 millisecond'
    where kind = 'alert' and state = 'pending' and lease_token = ${token}
    returning state`.execute(db)
  return rows.filter(({ state }) => state === 'parked').length
}
