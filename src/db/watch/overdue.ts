// What is overdue by the database alone: rows whose next step has not come, wakes that do not
// leave, lists that are not read, Schedules that do not run.
// Must not know: Temporal, who asks. Each part is found by an index over what is open, and costs
// the same however much has ended. A hold is not overdue: while an account differs, nothing is
// filed, registered, expired or listed there, and a snooze has moved its checkpoint to its own end.
import { sql, type RawBuilder } from 'kysely'
import {
  MOST_COUNTED,
  type Overdue,
  type OverdueAfter,
  type OverdueFor,
  type OverdueKind,
} from '../../domain/shown/watchdog.ts'
import { databaseNow } from '../clock.ts'
import type { Trx } from '../connect.ts'
import { pending } from '../waits.ts'
import { NO_MONEY, OPEN_REFUND, STRAY_ID } from '../lists/open.ts'
import { latePasses } from './passes.ts'

export type OverdueRow = {
  /** The workflow id of its saga. */
  readonly saga: string
  readonly kind: OverdueKind
  readonly what: OverdueFor
  /** When it was due. */
  readonly since: string
  readonly state: string
  readonly gateway: string
  readonly merchantUid: string | null
  readonly amount: number
  readonly currency: string
}
export type OverdueRows = Omit<Overdue, 'oldest'> & { readonly oldest: readonly OverdueRow[] }

/** A time that is known to the planner: clock_timestamp() itself would keep it from every index. */
export type Passed = { readonly asOf: string; readonly before: string }
const earlier = (asOf: string, ms: number) => new Date(Date.parse(asOf) - ms).toISOString()
export const passedBy = (asOf: string, ms: number): Passed => ({ asOf, before: earlier(asOf, ms) })

const at = (time: string) => sql`${time}::timestamptz`
const DIFFERS = sql`select h.gateway from accounts h where h.differs_since is not null`

/** A checkpoint looks and raises attention whatever is held; only a snooze puts it off. */
const checkpointPassed = (row: 'r' | 'p' | 'a', { asOf, before }: Passed) => sql`
  ${sql.ref(`${row}.next_checkpoint_at`)} < ${at(before)}
  and (${sql.ref(`${row}.snoozed_until`)} is null or ${sql.ref(`${row}.snoozed_until`)} <= ${at(asOf)})`

const refund = (what: OverdueFor, since: RawBuilder<unknown>) => sql`
  select 'refund:' || r.refund_id as saga, 'refund' as kind, ${sql.lit(what)} as what, ${since} as since, r.state,
    r.gateway, r.merchant_uid, r.amount, r.currency, r.version from refunds r`
const payment = (what: OverdueFor, since: RawBuilder<unknown>) => sql`
  select 'payment:' || p.merchant_uid as saga, 'payment' as kind, ${sql.lit(what)} as what, ${since} as since, p.state,
    p.gateway, p.merchant_uid, p.amount, p.currency, p.version from payments p`

/** Since the request, the last try that sent nothing, or an intent that never got its outcome. */
const FILING = sql`greatest(r.state_since, r.next_try_at,
  (select max(t.intent_at) from tickets t where t.refund_id = r.refund_id))`
/** Tries of the same step put it off. */
const EXPIRY = sql`greatest(p.expires_at, p.next_try_at)`
const REGISTRATION = sql`greatest(p.created_at, p.next_try_at)`

/**
 * In words that fit no index of what is open: found is what is due, and of that what is open. A
 * plan from calm times would else read all that is open (migration 0020).
 */
const IS_OPEN = sql`case when ${OPEN_REFUND} then true else false end`

/** Each overdue row once, under the earliest of what it is late for. */
export function overdueRows(passed: Passed): RawBuilder<unknown> {
  const before = at(passed.before)
  const counted = sql.lit(MOST_COUNTED)
  return sql`
    select distinct on (saga) * from (
      (${refund('checkpoint', sql`r.next_checkpoint_at`)}
        where ${checkpointPassed('r', passed)} and ${IS_OPEN} order by r.next_checkpoint_at limit ${counted})
      union all (${refund('filing', FILING)}
        where r.state = 'requested' and r.state_since < ${before} and ${FILING} < ${before}
          and r.gateway not in (${DIFFERS}) order by r.state_since limit ${counted})
      union all (${payment('checkpoint', sql`p.next_checkpoint_at`)}
        where ${checkpointPassed('p', passed)} order by p.next_checkpoint_at limit ${counted})
      union all (${payment('expiry', EXPIRY)}
        where ${NO_MONEY} and p.expires_at < ${before} and ${EXPIRY} < ${before}
          and p.gateway not in (${DIFFERS}) order by p.expires_at limit ${counted})
      union all (${payment('registration', REGISTRATION)}
        where p.state = 'opening' and p.created_at < ${before} and ${REGISTRATION} < ${before}
          and p.gateway not in (${DIFFERS}) order by p.created_at limit ${counted})
      union all (
        select 'stray:' || ${STRAY_ID}, 'stray', 'checkpoint', a.next_checkpoint_at, a.status, a.gateway, a.merchant_uid,
          a.amount, a.currency, a.version
        from attempts a where ${checkpointPassed('a', passed)} order by a.next_checkpoint_at limit ${counted})
    ) as due order by saga, since`
}

/** `limit`: so many of the oldest rows are named; all are counted, up to a bound. */
export async function readOverdue(trx: Trx, after: OverdueAfter, limit: number): Promise<OverdueRows> {
  const asOf = await databaseNow(trx)
  const overdue = overdueRows(passedBy(asOf, after.rowsMs))
  const { rows: sums } = await sql<Overdue['sums'][number]>`
    select kind, currency, count(*)::int as count, sum(amount)::float8 as amount
    from (${overdue}) as o group by kind, currency order by kind, currency`.execute(trx)
  const oldest = sums.length === 0 ? [] : await readOldest(trx, overdue, limit)
  const oldestWake = await readOldestWake(trx)
  const lateWake = oldestWake !== null && oldestWake < earlier(asOf, after.rowsMs) ? oldestWake : null
  const sweeps = await readLateSweeps(trx, earlier(asOf, after.sweepsMs))
  const schedules = await latePasses(trx, earlier(asOf, after.sweepsMs))
  return { asOf, sums, oldest, oldestWake, lateWake, sweeps, schedules }
}

async function readOldest(trx: Trx, overdue: RawBuilder<unknown>, limit: number): Promise<readonly OverdueRow[]> {
  const { rows } = await sql<OverdueRow>`
    select saga, kind, what, since, state, gateway, merchant_uid, amount, currency
    from (${overdue}) as o order by since, saga limit ${limit}`.execute(trx)
  return rows
}

/** One that a person let go again is as old as that. */
export async function readOldestWake(trx: Trx): Promise<string | null> {
  const { rows } = await sql<{ since: string }>`
    select coalesce(replayed_at, created_at) as since from outbox where kind = 'wake' and ${pending()}
    order by coalesce(replayed_at, created_at) limit 1`.execute(trx)
  return rows[0]?.since ?? null
}

/** A gateway without a list, or that was never swept, has no cursor. */
async function readLateSweeps(trx: Trx, before: string): Promise<Overdue['sweeps']> {
  const { rows } = await sql<Overdue['sweeps'][number]>`
    select gateway, status, cursor as since from sweep_cursors c
    where c.cursor < ${at(before)} and c.gateway not in (${DIFFERS}) order by cursor, gateway, status`.execute(trx)
  return rows
}
