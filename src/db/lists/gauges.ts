// Gauges read from the database at each scrape: what waits, how much money, how old. Queries stay
// small however old the books grow.
// Must not know: who scrapes.
import { sql } from 'kysely'
import { Gauge, Registry } from 'prom-client'
import { PAYMENT_STATES } from '../../domain/payment.ts'
import {
  overdueCount,
  MOST_COUNTED as MOST_OVERDUE,
  OVERDUE_AFTER,
  OVERDUE_KINDS,
  type OverdueAfter,
} from '../../domain/shown/watchdog.ts'
import { readTogether, type Db, type Trx } from '../connect.ts'
import { OUTBOX_KINDS } from '../schema.ts'
import { readOverdue } from '../watch/overdue.ts'
import { OPEN_REFUND } from './open.ts'
import { paymentTallies, refundTallies } from './tallies.ts'
import { pending, received } from '../waits.ts'

/** Counting what no tally knows ends here. */
const MOST_COUNTED = 10_000
const UP_TO = `counted up to ${MOST_COUNTED}`
const PAYMENT_STATE_NAMES = Object.keys(PAYMENT_STATES)

type Value = { readonly labels: Readonly<Record<string, string>>; readonly value: number }

type GaugesOptions = { readonly noticesLeave: boolean; readonly overdueAfter: OverdueAfter | undefined }

/** Prometheus text. Rows that have ended are not counted, except payments. */
export async function databaseGauges(db: Db, { noticesLeave, overdueAfter }: GaugesOptions): Promise<string> {
  const registry = new Registry()
  await readTogether(db, 'read gauges', async (trx) => {
    await refundGauges(trx, registry)
    await ownerGauges(trx, registry)
    await heldGauges(trx, registry)
    await queueGauges(trx, registry, noticesLeave)
    await parkedGauges(trx, registry)
    await sweepGauges(trx, registry)
    await scheduleGauges(trx, registry)
    await overdueGauges(trx, registry, overdueAfter ?? OVERDUE_AFTER)
    put(registry, 'saga_payments', 'Payments by shown state', ['state'], await countPayments(trx))
  })
  return registry.metrics()
}

function put(registry: Registry, name: string, help: string, labelNames: string[], values: readonly Value[]): void {
  const gauge = new Gauge({ name, help, labelNames, registers: [registry] })
  for (const { labels, value } of values) gauge.set(labels, value)
}

type Waiting = { state: string; currency: string; attention: string; count: number; amount: number }

async function refundGauges(trx: Trx, registry: Registry): Promise<void> {
  const { rows } = await sql<Waiting>`${refundTallies(OPEN_REFUND, sql`r.state, r.currency, r.attention`)}`.execute(trx)
  const { rows: longest } = await sql<{ waited: number }>`
    select greatest(0, extract(epoch from clock_timestamp() - waiting_since))::float8 as waited
    from refunds r where ${OPEN_REFUND} order by waiting_since, refund_id limit 1`.execute(trx)
  const counts = summed(
    rows,
    ({ state, currency }) => ({ state, currency }),
    ({ count }) => count,
  )
  const amounts = summed(
    rows,
    ({ currency, attention }) => ({ currency, attention }),
    ({ amount }) => amount,
  )
  put(registry, 'saga_refunds', 'Open refunds by state', ['state', 'currency'], counts)
  put(registry, 'saga_refund_amount_minor', 'Money in open refunds, minor units', ['currency', 'attention'], amounts)
  const help = 'How long the longest waiting open refund has waited'
  put(registry, 'saga_oldest_open_refund_seconds', help, [], [{ labels: {}, value: longest[0]?.waited ?? 0 }])
}

const LOUD = ['warn', 'page'] as const

/** Zeros too, so that an alert rule sees the row come and go. */
async function ownerGauges(trx: Trx, registry: Registry): Promise<void> {
  const { rows } = await sql<{ attention: string; count: number }>`
    ${refundTallies(sql`r.attention in (${sql.join(LOUD)}) and not r.owned`, sql`r.attention`)}`.execute(trx)
  const values = LOUD.map((attention) => ({
    labels: { attention },
    value: rows.find((row) => row.attention === attention)?.count ?? 0,
  }))
  const help = 'Refunds at this attention or louder that nobody has taken'
  const atLeast = values.map(({ labels, value }) => ({
    labels,
    value: labels.attention === 'warn' ? values.reduce((sum, each) => sum + each.value, 0) : value,
  }))
  put(registry, 'saga_refunds_without_owner', help, ['attention'], atLeast)
}

/** Paid, and neither accepted nor given back: orders that ask for a person, and strays. */
async function heldGauges(trx: Trx, registry: Registry): Promise<void> {
  const { rows } = await sql<{ currency: string; attention: string; amount: number }>`
    select a.currency, case when a.attention <> 'none' then a.attention else coalesce(p.attention, 'none') end as attention,
      sum(a.amount)::float8 as amount
    from attempts a left join payments p on p.merchant_uid = a.merchant_uid
    where a.ever_paid and not a.accepted and (a.attention <> 'none' or p.attention <> 'none')
    group by 1, 2`.execute(trx)
  const values = rows.map(({ currency, attention, amount }) => ({ labels: { currency, attention }, value: amount }))
  const help = 'Money that waits for a decision, minor units'
  put(registry, 'saga_held_amount_minor', help, ['currency', 'attention'], values)
}

async function parkedGauges(trx: Trx, registry: Registry): Promise<void> {
  const { rows: outbox } = await sql<{ kind: string; count: number }>`
    select kind, count(*)::float8 as count
    from (select kind from outbox where state = 'parked' order by id limit ${MOST_COUNTED}) as parked group by kind`.execute(
    trx,
  )
  const kinds = OUTBOX_KINDS.map((kind) => ({
    labels: { kind },
    value: outbox.find((row) => row.kind === kind)?.count ?? 0,
  }))
  const left = `Rows that did not leave for a day and wait for a person, ${UP_TO}`
  put(registry, 'saga_outbox_parked', left, ['kind'], kinds)
  const { rows: inbox } = await sql<{ because: string; count: number }>`
    select coalesce(parked_because, 'unknown') as because, count(*)::float8 as count
    from (select parked_because from inbox where state = 'parked' order by id limit ${MOST_COUNTED}) as parked group by 1`.execute(
    trx,
  )
  const parked = inbox.map(({ because, count }) => ({ labels: { because }, value: count }))
  const help = `Hints kept for a person, ${UP_TO}`
  put(registry, 'saga_inbox_parked', help, ['because'], parked)
}

/** A list that was never read to an end is as old as the first try. */
async function sweepGauges(trx: Trx, registry: Registry): Promise<void> {
  const { rows } = await sql<{ gateway: string; status: string; age: number }>`
    select gateway, status, greatest(0, extract(epoch from clock_timestamp() - cursor))::float8 as age
    from sweep_cursors`.execute(trx)
  const ages = rows.map(({ gateway, status, age }) => ({ labels: { gateway, status }, value: age }))
  const help = "Time since up to which the gateway's list of this status was read whole"
  put(registry, 'saga_sweep_age_seconds', help, ['gateway', 'status'], ages)
}

/** One that never ran is as old as the start that first expected it. */
async function scheduleGauges(trx: Trx, registry: Registry): Promise<void> {
  const { rows } = await sql<{ name: string; age: number }>`
    select name, greatest(0, extract(epoch from clock_timestamp() - ended_at))::float8 as age from passes`.execute(trx)
  const ages = rows.map(({ name, age }) => ({ labels: { schedule: name }, value: age }))
  put(registry, 'saga_schedule_age_seconds', 'Time since the work of this Schedule last ended', ['schedule'], ages)
}

/** Zeros too. A wake is counted from its first moment, for the rule says how old is too old. */
async function overdueGauges(trx: Trx, registry: Registry, after: OverdueAfter): Promise<void> {
  const { asOf, sums, oldestWake } = await readOverdue(trx, after, 0)
  const rows = OVERDUE_KINDS.map((kind) => ({
    labels: { kind },
    value: overdueCount(sums.filter((sum) => sum.kind === kind)),
  }))
  const help = `Open rows whose next step did not come within OVERDUE_AFTER, counted up to ${MOST_OVERDUE} each`
  put(registry, 'saga_overdue_rows', help, ['kind'], rows)
  const sweeps = 'How old a list or the work of a Schedule may be: an hour, or twice SWEEP_EVERY'
  put(registry, 'saga_sweep_overdue_after_seconds', sweeps, [], [{ labels: {}, value: after.sweepsMs / 1_000 }])
  const age = oldestWake === null ? 0 : Math.max(0, Date.parse(asOf) - Date.parse(oldestWake)) / 1_000
  const wake = 'How long the oldest wake has waited to leave'
  put(registry, 'saga_oldest_wake_seconds', wake, [], [{ labels: {}, value: age }])
}

function summed(
  rows: readonly Waiting[],
  labelsOf: (row: Waiting) => Record<string, string>,
  valueOf: (row: Waiting) => number,
): readonly Value[] {
  const sums = new Map<string, Value>()
  for (const row of rows) {
    const labels = labelsOf(row)
    const key = JSON.stringify(labels)
    sums.set(key, { labels, value: (sums.get(key)?.value ?? 0) + valueOf(row) })
  }
  return [...sums.values()]
}

/** Notices that nobody is to be told wait for good, which is no delay. */
async function queueGauges(trx: Trx, registry: Registry, noticesLeave: boolean): Promise<void> {
  const leaving = noticesLeave ? OUTBOX_KINDS : OUTBOX_KINDS.filter((kind) => kind !== 'notice')
  const { rows } = await sql<{ kind: string; age: number | null }>`
    select k.kind, extract(epoch from clock_timestamp() - oldest.since)::float8 as age
    from unnest(string_to_array(${leaving.join(',')}, ',')) as k(kind), lateral (
      select coalesce(replayed_at, created_at) as since from outbox o
      where o.kind = k.kind and ${pending('o')}
      order by coalesce(replayed_at, created_at) limit 1) as oldest`.execute(trx)
  const ages = OUTBOX_KINDS.map((kind) => ({
    labels: { kind },
    value: rows.find((row) => row.kind === kind)?.age ?? 0,
  }))
  put(registry, 'saga_outbox_age_seconds', 'Age of the oldest row that has not left', ['kind'], ages)
  const { rows: inbox } = await sql<{ count: number }>`
    select count(*)::float8 as count
    from (select 1 from inbox where ${received()} order by gateway, subject limit ${MOST_COUNTED}) as unlooked`.execute(
    trx,
  )
  const unlooked = [{ labels: {}, value: inbox[0]?.count ?? 0 }]
  const help = `Hints that no look has answered yet, ${UP_TO}`
  put(registry, 'saga_inbox_unlooked', help, [], unlooked)
}

/** Zeros too. */
async function countPayments(trx: Trx): Promise<readonly Value[]> {
  const { rows } = await sql<{ state: string; count: number }>`${paymentTallies(sql`true`)}`.execute(trx)
  return PAYMENT_STATE_NAMES.map((state) => ({
    labels: { state },
    value: rows.find((row) => row.state === state)?.count ?? 0,
  }))
}
