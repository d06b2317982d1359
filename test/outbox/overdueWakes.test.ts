// The supervisor and overdue rows: woken whether their workflow runs or not, with growing pauses,
// anew once the row has moved.
// Must not know: Temporal. The clock goes on by moving the remembered times back.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/db/connect.ts'
import { superviseRows } from '../../src/outbox/supervisor.ts'
import type { RunningSaga } from '../../src/outbox/withoutRow.ts'
import { aRefund, AT, DAY, HOUR, later } from '../support/books.ts'
import { emptyQueues, moveBooks, paidOrder } from '../support/booksDatabase.ts'
import { openTestDatabase } from '../support/database.ts'
import { NO_RUNS_SHOWN, runsShown } from '../support/sagaRuns.ts'

let database: Database
const db = () => database.db
beforeAll(async () => void (database = await openTestDatabase()))
afterAll(() => database.close())
beforeEach(async () => {
  for (const table of ['overdue_wakes', 'tickets', 'cancel_entries', 'refunds', 'attempts', 'payments'])
    await sql`delete from ${sql.table(table)}`.execute(db())
  await emptyQueues(db())
})

const AT_ONCE = { settleMs: 0 }
const now = new Date().toISOString()
const running = (workflowId: string): RunningSaga => ({ workflowId, runId: 'run', type: 'refund', startedAt: AT })
const run = (...sagas: readonly string[]) =>
  superviseRows(
    { db: db(), log: () => {}, kick: () => {}, sagaRuns: runsShown({ running: sagas.map(running) }) },
    AT_ONCE,
  )
/** Sagas that were woken; as if the relay had delivered them. */
async function woken(): Promise<readonly string[]> {
  const rows = await db().selectFrom('outbox').select('target').where('kind', '=', 'wake').orderBy('target').execute()
  await emptyQueues(db())
  return rows.map(({ target }) => target)
}
const clockGoesOn = (ms: number) =>
  sql`update overdue_wakes set next_at = next_at - ${ms} * interval '1 millisecond'`.execute(db())

async function refundIn(shown: Parameters<typeof aRefund>[0]): Promise<string> {
  const { order, ref } = await paidOrder(db())
  const refund = aRefund({ refundId: `r-${order}`, merchantUid: order, gatewayRef: ref, ...shown })
  await moveBooks(db(), { merchantUid: order }, (books) => ({
    books: { ...books, refunds: [refund] },
    journal: [],
    alerts: [],
  }))
  await emptyQueues(db())
  return `refund:${refund.refundId}`
}

test('an overdue row is woken while its workflow runs: once, after an hour, then doubling to a day', async () => {
  const late = await refundIn({ nextCheckpointAt: later(-DAY, now) })
  const waits = await refundIn({ nextCheckpointAt: later(DAY, now) })
  const pass = async () => {
    const { overdue } = await run(late, waits)
    return { overdue, woken: await woken() }
  }
  expect(await pass()).toEqual({ overdue: 1, woken: [late] })
  for (const hours of [1, 2, 4, 8, 16, 24, 24]) {
    await clockGoesOn(hours * HOUR - 60_000)
    expect(await pass(), `before ${hours} h`).toEqual({ overdue: 0, woken: [] })
    await clockGoesOn(60_000)
    expect(await pass(), `after ${hours} h`).toEqual({ overdue: 1, woken: [late] })
  }
})

test('a row that moved and is overdue again is woken at once', async () => {
  const late = await refundIn({ nextCheckpointAt: later(-DAY, now) })
  await run(late)
  await clockGoesOn(HOUR)
  await run(late)
  expect(await woken()).toEqual([late])
  await sql`update refunds set version = version + 1`.execute(db())
  await run(late)
  expect(await woken()).toEqual([late])
  await clockGoesOn(HOUR)
  await run(late)
  expect(await woken(), 'its pauses begin anew').toEqual([late])
})

test('a wake that waits already is not doubled, and what is remembered of rows that went on is forgotten', async () => {
  const late = await refundIn({ nextCheckpointAt: later(-DAY, now) })
  await run(late)
  await clockGoesOn(HOUR)
  await run(late)
  expect(await woken()).toEqual([late])
  await sql`update refunds set next_checkpoint_at = null`.execute(db())
  await clockGoesOn(3 * DAY)
  await run(late)
  expect(await db().selectFrom('overdueWakes').selectAll().execute()).toEqual([])
})

test('overdue rows are woken even while Temporal does not list what runs', async () => {
  const late = await refundIn({ nextCheckpointAt: later(-DAY, now) })
  await expect(superviseRows({ db: db(), log: () => {}, kick: () => {}, sagaRuns: NO_RUNS_SHOWN })).rejects.toThrow(
    'unavailable',
  )
  expect(await woken()).toEqual([late])
})

test('a clock that was set back holds nobody up', async () => {
  const late = await refundIn({ nextCheckpointAt: later(-DAY, now) })
  await run(late)
  expect(await woken()).toEqual([late])
  await sql`update overdue_wakes set next_at = clock_timestamp() + interval '30 days'`.execute(db())
  await run(late)
  expect(await woken()).toEqual([late])
})

test('a pass wakes 5,000 at most, the longest overdue first, and the next one goes on', async () => {
  await sql`insert into payments (merchant_uid, gateway, order_state, state, amount, currency, channel, name, expires_at, charged_back,
      tries, created_at, attention, waiting_since, last_checkpoint_at)
    select 'many-' || n, 'iamport/main', 'prepared', 'prepared', 1000, 'KRW', 'live', 'a hat',
      ${now}::timestamptz - n * interval '1 hour', false,
      0, ${AT}::timestamptz, 'none', clock_timestamp(), ${AT}::timestamptz from generate_series(1, 5003) n`.execute(
    db(),
  )
  expect(await run()).toMatchObject({ overdue: 5_000 })
  expect(await woken()).not.toContain('payment:many-1')
  expect(await run()).toMatchObject({ overdue: 3 })
  expect(await woken()).toEqual(['payment:many-1', 'payment:many-2', 'payment:many-3'])
})
