// The supervisor over real rows and a list of what runs that the test writes: who is woken, who is
// not, and who is told once.
// Must not know: Temporal.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { transact, type Database } from '../../src/db/connect.ts'
import { putWake } from '../../src/db/outgoing/outgoing.ts'
import { superviseRows } from '../../src/outbox/supervisor.ts'
import type { RunningSaga } from '../../src/outbox/withoutRow.ts'
import { aRefund, anEvidence, AT, DAY } from '../support/books.ts'
import {
  bookEvidence,
  emptyQueues,
  freshOrder,
  moveBooks,
  paidOrder,
  recordPrepared,
} from '../support/booksDatabase.ts'
import { openTestDatabase } from '../support/database.ts'
import { NO_RUNS_SHOWN, runsShown } from '../support/sagaRuns.ts'

let database: Database
const db = () => database.db
beforeAll(async () => void (database = await openTestDatabase()))
afterAll(() => database.close())
beforeEach(async () => {
  for (const table of ['passes', 'tickets', 'cancel_entries', 'refunds', 'attempts', 'payments'])
    await sql`delete from ${sql.table(table)}`.execute(db())
  await emptyQueues(db())
})

/**
 * The rows of these tests are old; what is overdue is woken too, and is the matter of
 * overdueWakes.test.ts.
 */
const overdueAfter = { rowsMs: 10 * 365 * DAY, sweepsMs: DAY }
const quiet = { log: () => {}, kick: () => {}, overdueAfter }
const pass = (shown: Parameters<typeof runsShown>[0]) =>
  superviseRows({ db: db(), ...quiet, sagaRuns: runsShown(shown) }, { settleMs: 0 })
const run = (running: readonly RunningSaga[] = []) => pass({ running })
const saga = (workflowId: string, shown: Partial<RunningSaga> = {}): RunningSaga => ({
  workflowId,
  runId: `run of ${workflowId}`,
  type: workflowId.startsWith('refund') ? 'refund' : workflowId.startsWith('stray') ? 'stray' : 'payment',
  startedAt: AT,
  ...shown,
})
const targets = async (kind: 'wake' | 'alert') =>
  (await db().selectFrom('outbox').select('target').where('kind', '=', kind).orderBy('target').execute()).map(
    ({ target }) => target,
  )

async function refundIn(shown: Parameters<typeof aRefund>[0]): Promise<string> {
  const { order, ref } = await paidOrder(db())
  const refund = aRefund({ refundId: `r-${order}`, merchantUid: order, gatewayRef: ref, ...shown })
  await moveBooks(db(), { merchantUid: order }, (books) => ({
    books: { ...books, refunds: [refund] },
    journal: [],
    alerts: [],
  }))
  await emptyQueues(db())
  return `refund:r-${order}`
}

test('open rows that nothing runs for are woken, those that run or are closed are not', async () => {
  const [idle, runs, closed] = [freshOrder().order, freshOrder().order, freshOrder().order]
  await recordPrepared(db(), idle)
  await recordPrepared(db(), runs)
  await recordPrepared(db(), closed, { orderState: 'expired', state: 'expired' })
  const waits = await refundIn({ state: 'ticketOpen' })
  const lost = await refundIn({ state: 'unknown' })
  const alive = await refundIn({ state: 'refused' })
  await refundIn({ state: 'refused', ticketDead: true })
  await refundIn({ state: 'refunded' })

  expect(await run([saga(`payment:${runs}`)])).toMatchObject({ running: 1, woken: 4, withoutRow: 0 })
  expect(await targets('wake')).toEqual([`payment:${idle}`, waits, lost, alive].toSorted())
})

test('money that nobody decided on keeps its payment open; what is on its way back does not', async () => {
  const undecided = freshOrder()
  await recordPrepared(db(), undecided.order, { orderState: 'expired', state: 'expired' })
  await bookEvidence(db(), anEvidence({ merchantUid: undecided.order, gatewayRef: undecided.ref }))
  const returning = freshOrder()
  await recordPrepared(db(), returning.order, { orderState: 'expired', state: 'expired' })
  await bookEvidence(db(), anEvidence({ merchantUid: returning.order, gatewayRef: returning.ref }))
  const refund = aRefund({
    refundId: 'auto.late',
    merchantUid: returning.order,
    gatewayRef: returning.ref,
    origin: 'policy',
  })
  await moveBooks(db(), { merchantUid: returning.order }, (books) => ({
    books: { ...books, refunds: [refund] },
    journal: [],
    alerts: [],
  }))
  await sql`update payments set waiting_since = created_at`.execute(db())
  await emptyQueues(db())

  await run()
  expect(await targets('wake')).toEqual([`payment:${undecided.order}`, 'refund:auto.late'])
})

test('money with a saga of its own is woken while nobody has decided on it, and paged for once without a row', async () => {
  const hold = { policies: { late: 'hold', second: 'hold' } } as const
  const [idle, runs] = [await paidOrder(db()), await paidOrder(db())]
  for (const { order, second } of [idle, runs])
    await bookEvidence(db(), anEvidence({ merchantUid: order, gatewayRef: second }), hold)
  await emptyQueues(db())
  const stray = (ref: string) => saga(`stray:iamport/main:${ref}`)
  const running = [stray(runs.second), stray('imp:gone/1')]
  expect(await run(running)).toMatchObject({ open: 2, woken: 1, withoutRow: 1 })
  expect(await targets('wake')).toEqual([`stray:iamport/main:${idle.second}`])
  expect(await run([...running, stray(idle.second)])).toMatchObject({ compared: ['stray'], woken: 0, withoutRow: 1 })
  expect(await targets('alert')).toEqual(['stray:iamport/main:imp:gone/1'])
})

test('a wake that waits already is not doubled, and a row that moved just now is left alone', async () => {
  await refundIn({ stateSince: new Date().toISOString() })
  const waits = await refundIn({})
  await transact(db(), 'wake', (trx) => putWake(trx, waits))
  await recordPrepared(db(), freshOrder().order, { createdAt: new Date().toISOString() })
  expect(await run()).toMatchObject({ woken: 0 })
  expect(await targets('wake')).toEqual([waits])
})

test('while Temporal does not list, nothing is woken and the run fails', async () => {
  await refundIn({})
  await expect(superviseRows({ db: db(), ...quiet, sagaRuns: NO_RUNS_SHOWN })).rejects.toThrow('unavailable')
  expect(await targets('wake')).toEqual([])
  expect(await db().selectFrom('passes').selectAll().execute(), 'it counts as a pass that did not come').toEqual([])
})

test('more open rows than a page holds are all woken', async () => {
  await sql`insert into payments (merchant_uid, gateway, order_state, state, amount, currency, channel, name, expires_at, charged_back,
      tries, created_at, attention, waiting_since, last_checkpoint_at)
    select 'many-' || n, 'iamport/main', 'prepared', 'prepared', 1000, 'KRW', 'live', 'a hat', ${AT}::timestamptz, false,
      0, ${AT}::timestamptz, 'none', ${AT}::timestamptz, ${AT}::timestamptz from generate_series(1, 1203) n`.execute(
    db(),
  )
  expect(await run()).toMatchObject({ open: 1_203, woken: 1_203 })
  expect(await run()).toMatchObject({ open: 1_203, woken: 0 })
})

test('a workflow without a row pages once for each of its runs, starts nothing, and is found again in the journal', async () => {
  const [payment, refund] = [saga('payment:gone-1'), saga('refund:gone-2')]
  expect(await run([payment, refund, saga('payment:new', { startedAt: new Date().toISOString() })])).toMatchObject({
    withoutRow: 2,
    woken: 0,
  })
  expect(await run([payment, refund])).toMatchObject({ withoutRow: 2 })
  expect(await targets('alert')).toEqual(['payment:gone-1', 'refund:gone-2'])
  expect(await targets('wake')).toEqual([])

  await run([saga('payment:gone-1', { runId: 'another run' })])
  expect(await targets('alert')).toHaveLength(3)
  const lines = await db()
    .selectFrom('journal')
    .select(['who', 'what', 'merchantUid'])
    .where('merchantUid', '=', 'gone-1')
    .execute()
  expect(lines).toMatchObject([{ who: 'supervisor', what: 'saga.withoutRow' }, { what: 'saga.withoutRow' }])
})

test('what a refund without a row may have been filed under is written down once, for its run may be lost, too', async () => {
  const [remembers, forgot] = [saga('refund:gone-3'), saga('refund:gone-4')]
  const memories = new Map([[remembers.workflowId, { birth: null, version: 4, keys: ['submit', 'retry-1'] }]])
  const noted = () => db().selectFrom('lostKeys').select(['refundId', 'key']).orderBy('key').execute()
  const both = [
    { refundId: 'gone-3', key: 'retry-1' },
    { refundId: 'gone-3', key: 'submit' },
  ]

  await pass({ running: [remembers, forgot], memories })
  expect(await noted()).toEqual(both)
  await pass({ running: [remembers, forgot], memories })
  expect(await noted()).toEqual(both)
})

test('a history that cannot be read hides nobody: each is told of, idle rows are woken, and it is read as soon as it can be', async () => {
  const idle = await refundIn({ state: 'ticketOpen' })
  const [bad, good] = [saga('refund:gone-5'), saga('refund:gone-6')]
  const reading = (unreadable: readonly string[]) =>
    superviseRows(
      {
        db: db(),
        ...quiet,
        sagaRuns: {
          ...runsShown({ running: [bad, good] }),
          memoryOf: async (workflowId) => {
            if (unreadable.includes(workflowId)) throw new Error('the history is damaged')
            return { birth: null, version: 2, keys: ['submit'] }
          },
        },
      },
      { settleMs: 0 },
    )
  const noted = async () =>
    (await db().selectFrom('lostKeys').select('refundId').orderBy('refundId').execute())
      .map(({ refundId }) => refundId)
      .filter((id) => ['gone-5', 'gone-6'].includes(id))

  for (const withoutRow of [2, 2]) expect(await reading([bad.workflowId])).toMatchObject({ withoutRow })
  expect(await targets('wake')).toEqual([idle])
  expect(await targets('alert')).toEqual(['refund:gone-5', 'refund:gone-6'])
  expect(await noted()).toEqual(['gone-6'])

  await reading([])
  expect(await noted()).toEqual(['gone-5', 'gone-6'])
  expect(await targets('alert'), 'a person was told before').toHaveLength(2)
})

test('more without a row than one pass tells of are told of by the next', async () => {
  const running = Array.from({ length: 103 }, (_, index) => saga(`payment:lost-${index}`))
  await run(running)
  expect(await targets('alert')).toHaveLength(100)
  await run(running)
  expect(await targets('alert')).toHaveLength(103)
})

/** Two orders, a refund of each, and money with a saga of its own; all of them run. */
async function allRun(): Promise<readonly RunningSaga[]> {
  const [one, two] = [await refundIn({ state: 'ticketOpen' }), await refundIn({ state: 'unknown' })]
  const { order } = freshOrder()
  await recordPrepared(db(), order)
  const { order: paid, second } = await paidOrder(db())
  const hold = { policies: { late: 'hold', second: 'hold' } } as const
  await bookEvidence(db(), anEvidence({ merchantUid: paid, gatewayRef: second }), hold)
  const undecided = freshOrder()
  await recordPrepared(db(), undecided.order, { orderState: 'expired', state: 'expired' })
  await bookEvidence(db(), anEvidence({ merchantUid: undecided.order, gatewayRef: undecided.ref }))
  await emptyQueues(db())
  return [one, two, `payment:${order}`, `payment:${undecided.order}`, `stray:iamport/main:${second}`].map((id) =>
    saga(id),
  )
}

describe('after the first pass', () => {
  test('nothing is walked while as many run as rows are open, undecided money and strays included', async () => {
    const running = await allRun()
    const walked: string[] = []
    const onWalk = (kind: string) => void walked.push(kind)
    expect(await pass({ running, onWalk })).toMatchObject({ compared: ['payment', 'refund', 'stray'], woken: 0 })
    walked.length = 0
    expect(await pass({ running, onWalk })).toMatchObject({
      running: 5,
      open: 5,
      compared: [],
      woken: 0,
      withoutRow: 0,
    })
    expect(walked).toEqual([])
  })

  test('only the kind whose counts differ is walked', async () => {
    const running = await allRun()
    await run(running)
    const [idle, ...others] = running
    expect(await pass({ running: others })).toMatchObject({ compared: ['refund'], woken: 1 })
    expect(await targets('wake')).toEqual([idle?.workflowId])
    const gone = saga('payment:gone-3')
    expect(await pass({ running: [...running, gone] })).toMatchObject({ compared: ['payment'], withoutRow: 1 })
  })

  test('what begins or ends between the two counts is counted once more, and not walked for', async () => {
    const running = await allRun()
    await run(running)
    const shown = runsShown({ running })
    let asked = 0
    const late = {
      ...shown,
      count: async (kind: RunningSaga['type']) => (await shown.count(kind)) - (asked++ < 3 ? 1 : 0),
    }
    expect(await superviseRows({ db: db(), ...quiet, sagaRuns: late }, { settleMs: 0 })).toMatchObject({ compared: [] })
  })

  test('an open row whose run was ended from outside is woken, though it moved just now; a closed or unknown one is not', async () => {
    await run()
    const [terminated, closed] = [
      await refundIn({ state: 'ticketOpen', stateSince: new Date().toISOString() }),
      await refundIn({ state: 'refunded' }),
    ]
    const lost = [terminated, terminated, closed, 'refund:nobody', 'payment:nobody', 'stray:x', 'sweep:iamport/main']
    expect(await pass({ running: [saga(terminated)], lost })).toMatchObject({ lost: 1, compared: [], woken: 0 })
    expect(await targets('wake')).toEqual([terminated])
  })

  test('closed runs are asked for from before the last pass on, and a pass that failed is none', async () => {
    const asked: string[] = []
    const shown = runsShown()
    const noting = {
      ...shown,
      lostSince: (since: string) => {
        asked.push(since)
        return shown.lostSince(since)
      },
    }
    const deps = { db: db(), ...quiet, sagaRuns: noting }
    await superviseRows(deps, { settleMs: 0 })
    expect(asked, 'before the first pass nothing is known').toEqual([])
    const [first] = await db().selectFrom('passes').selectAll().execute()
    await expect(superviseRows({ ...deps, sagaRuns: { ...noting, count: NO_RUNS_SHOWN.count } })).rejects.toThrow(
      'unavailable',
    )
    await superviseRows(deps, { settleMs: 0 })
    expect(asked).toEqual([first?.readUntil, first?.readUntil])
    expect(Date.parse(first?.readUntil ?? '')).toBeLessThan(Date.parse(first?.endedAt ?? ''))
  })
})

test('a pass that is stopped ends with its page', async () => {
  await refundIn({ state: 'ticketOpen' })
  const stopping = new AbortController()
  const running = [saga('refund:gone-1'), saga('refund:gone-2')]
  const shown = runsShown({ running, onWalk: () => stopping.abort(new Error('stopped')) })
  const stopped = superviseRows({ db: db(), ...quiet, sagaRuns: shown }, { settleMs: 0, stopping: stopping.signal })
  await expect(stopped).rejects.toThrow('stopped')
  expect(await targets('wake')).toEqual([])
})
