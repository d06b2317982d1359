// The database is right within one sweep, whatever became of the webhooks, of the workflows, and of all that Temporal knew.
// Must not know: how lists are walked. Gateway calls are counted at the gateway; the desk's tickets are the judges.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test as plainTest, vi } from 'vitest'
import { insertPayment } from '../../src/db/books/payments.ts'
import { transact, type Db } from '../../src/db/connect.ts'
import { gatewayRef, merchantUid, refundId } from '../../src/domain/ids.ts'
import { money } from '../../src/domain/money.ts'
import { IAMPORT_MAIN } from '../../src/gateways/iamport/config.ts'
import { createGateways } from '../../src/gateways/index.ts'
import { lookOnce, type LookerOptions } from '../../src/inbox/looker.ts'
import { sweepGateway } from '../../src/inbox/sweep/sweep.ts'
import { startSimulator } from '../../src/simulator/app.ts'
import { aPayment, aRefund, aTicket, PATIENCE } from '../support/books.ts'
import { bookEvidence, emptyQueues, moveBooks } from '../support/booksDatabase.ts'
import { createMigratedDatabase, crowd, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { settingsOf } from '../support/gatewaySettings.ts'
import { eventually, exchange, fresh, startShop, type OwnShop } from '../support/shop.ts'
import { superviseNow, sweepNow } from '../support/sweepNow.ts'
import { temporalCliForTests } from '../support/temporalCli.ts'

const CANCEL = 'POST /payments/cancel'
const CANCEL_TIMEOUT_MS = 10_000
vi.setConfig({ testTimeout: 600_000 })
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe('of a crowd of orders whose every webhook was dropped', () => {
  const ORDERS = crowd(1_000)
  const REFUNDED = crowd(300)
  const PAGE = 100
  const AT_ONCE = 8

  plainTest(
    'one sweep heals payments and refunds, with a list page for each hundred and a look for each difference',
    async () => {
      const { db, gateway, simulator, options } = await crowdOfOrders()
      const control = async (method: string, path: string, body?: unknown) =>
        (await exchange(simulator, method, `/__sim${path}`, body)).body
      await control('PUT', '/faults', { webhooks: 'drop' })
      const orders = Array.from({ length: ORDERS }, (_, index) => `order-${index}`)
      await inParallel(orders, (order) =>
        control('POST', '/pay', { merchantUid: order, outcome: 'paid', amount: 10_000, currency: 'KRW' }),
      )
      const refunded = orders.slice(0, REFUNDED)
      await inParallel(refunded, (order) => openTicketOf(db, gateway, order))
      const { tickets } = Object(await control('GET', '/tickets'))
      await inParallel(tickets, ({ id }: { id: string }) => control('POST', `/tickets/${id}/complete`, {}))
      await emptyQueues(db)
      const calls = async () => Object(await control('GET', '/calls')).calls
      const before = await calls()

      const swept = await sweepGateway(options, IAMPORT_MAIN)
      while (await lookOnce(options));

      const after = await calls()
      const made = (route: string) => (after[route] ?? 0) - (before[route] ?? 0)
      const [lists, looks] = [made('GET /payments/status/:payment_status'), made('GET /payments/:imp_uid')]
      console.info(
        `${ORDERS} orders, ${REFUNDED} of them refunded: ${lists} calls to lists, ${looks} looks; ${JSON.stringify(swept)}`,
      )
      expect(swept).toMatchObject({ differing: ORDERS, kept: ORDERS, unreadable: 0 })
      expect(looks).toBe(ORDERS)
      expect(lists).toBe(swept.calls)
      expect(lists).toBeLessThanOrEqual(3 + 2 * (ORDERS / PAGE))
      expect(await statesOf(db, 'payments')).toEqual({ cancelled: REFUNDED, paid: ORDERS - REFUNDED })
      expect(await statesOf(db, 'refunds')).toEqual({ refunded: REFUNDED })
      expect(await sweepGateway(options, IAMPORT_MAIN)).toMatchObject({ differing: 0, kept: 0 })
    },
    300_000,
  )

  async function crowdOfOrders() {
    const database = await openTestDatabase()
    const simulator = await startSimulator({ host: '127.0.0.1', port: 0, webhookUrl: 'http://127.0.0.1:9/none' })
    onTestFinished(async () => {
      await simulator.close()
      await database.close()
    })
    const { db } = database
    await transact(db, 'orders', async (trx) => {
      for (let index = 0; index < ORDERS; index += 1)
        await insertPayment(
          trx,
          aPayment({ merchantUid: merchantUid(`order-${index}`), createdAt: new Date().toISOString() }),
        )
    })
    const settings = settingsOf({
      IAMPORT_API_URL: simulator.url,
      IAMPORT_KEY: 'sim-key',
      IAMPORT_SECRET: 'sim-secret',
    })
    const gateways = createGateways(settings, undefined)
    const gateway = gateways.get(IAMPORT_MAIN)
    if (!gateway) throw new Error('there is no gateway')
    const policies = { late: 'hold', second: 'refund' } as const
    const quiet = { log: () => {}, kick: () => {}, links: () => null }
    const options: LookerOptions = { db, gateways, patience: PATIENCE, policies, ...quiet, spacingMs: 0, pollMs: 1_000 }
    return { db, gateway, simulator: simulator.url, options }
  }

  /** The order as it stands here once its refund waits: paid, and its ticket filed. */
  async function openTicketOf(
    db: Db,
    gateway: LookerOptions['gateways'] extends ReadonlyMap<unknown, infer G> ? G : never,
    order: string,
  ) {
    const about = { merchantUid: merchantUid(order) }
    const [attempt] = await gateway.lookByOrder(about.merchantUid)
    if (!attempt) throw new Error(`${order} was not paid`)
    await bookEvidence(db, attempt)
    const id = refundId(`r-${order}`)
    const now = new Date().toISOString()
    const refund = aRefund({
      refundId: id,
      merchantUid: about.merchantUid,
      gatewayRef: attempt.gatewayRef,
      stateSince: now,
      tickets: [aTicket({ intentAt: now })],
    })
    await moveBooks(db, about, (books) => ({ books: { ...books, refunds: [refund] }, journal: [], alerts: [] }))
    const answer = await gateway.cancel({
      refundId: id,
      authorisedBy: 'submit',
      gatewayRef: gatewayRef(attempt.gatewayRef),
      money: money(10_000, 'KRW'),
      checksum: 10_000,
      reason: `#${id} too small`,
      timeoutMs: CANCEL_TIMEOUT_MS,
      mayStillSend: () => true,
    })
    expect(answer.kind).toBe('answered')
  }

  async function inParallel<T>(things: readonly T[], work: (thing: T) => Promise<unknown>): Promise<void> {
    for (let start = 0; start < things.length; start += AT_ONCE)
      await Promise.all(things.slice(start, start + AT_ONCE).map(work))
  }

  async function statesOf(db: Db, table: 'payments' | 'refunds'): Promise<Record<string, number>> {
    const { rows } = await sql<{ state: string; count: number }>`
      select state, count(*) as count from ${sql.table(table)} group by state`.execute(db)
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
  }
})

/** Rows count as quiet after two minutes: their times are moved, not waited for. */
async function letTimePass({ db }: OwnShop): Promise<void> {
  await sql`update refunds set created_at = created_at - interval '1 hour', state_since = state_since - interval '1 hour'`.execute(
    db,
  )
  await sql`update payments set created_at = created_at - interval '1 hour', waiting_since = waiting_since - interval '1 hour'`.execute(
    db,
  )
}

const runsOf = async ({ client }: OwnShop, refund: string) =>
  (await client.workflow.getHandle(`refund:${refund}`).describe()).status.name

describe('in a running shop', () => {
  let folder: string
  let database: TestDatabase
  let running: (OwnShop & { close(): Promise<void> }) | undefined
  const start = () => startShop({ DATA_DIR: folder, ...database.environment })
  beforeAll(async () => {
    await temporalCliForTests()
    folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
    database = await createMigratedDatabase(folder)
    running = await start()
  })
  afterEach(async () => void (await running?.sim.faults({ webhooks: 'deliver', cancel: 'accept', reads: 'ok' })))
  afterAll(async () => {
    await running?.close()
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  })
  const shop = () => running ?? neverStarted()
  const test = plainTest.extend('shop', () => shop()).extend('sim', () => shop().sim)

  test('the Schedule heals lost webhooks, counts them, and leaves a small history', async ({ shop, sim }) => {
    const lost = await shop.metric('saga_lost_webhooks_total')
    const { merchantUid: waiting, refundId: id } = await shop.paidThenRefunded()
    await sim.faults({ webhooks: 'drop' })
    const { merchantUid: order } = await shop.open()
    await sim.pay(order)
    await sim.complete((await sim.tickets(waiting))[0]?.id ?? '')

    await sweepNow(shop)

    await eventually(() => shop.payment(order)).toMatchObject({ state: 'paid', accepted: true })
    await eventually(() => shop.refund(id)).toMatchObject({ state: 'refunded' })
    await eventually(() => shop.metric('saga_lost_webhooks_total')).toBe(lost + 2)
    const runs = shop.client.workflow.list({ query: 'WorkflowType="sweep" AND ExecutionStatus="Completed"' })
    for await (const { workflowId, runId } of runs)
      expect((await shop.events(workflowId, runId)).length).toBeLessThanOrEqual(20)
  })

  test('a sweep that a version of before has begun, on the queue of the payments, comes to its end', async ({
    shop,
  }) => {
    const workflowId = 'sweep:iamport/main-of-before'
    const args = [{ gateway: IAMPORT_MAIN }]
    const run = await shop.client.workflow.start('sweep', { workflowId, taskQueue: 'payments', args })
    expect(await run.result()).toMatchObject({ lists: { unreadable: 0 } })
  })

  test('money for an order that nobody recorded is looked at and kept, though no webhook may ask for that', async ({
    shop,
    sim,
  }) => {
    await sim.faults({ webhooks: 'drop' })
    const order = fresh('nobody')
    const impUid = await sim.control('POST', '/pay', {
      merchantUid: order,
      outcome: 'paid',
      amount: 5_000,
      currency: 'KRW',
    })
    await sweepNow(shop)
    const attempts = () =>
      shop.db
        .selectFrom('attempts')
        .select(['merchantUid', 'saidMerchantUid', 'because'])
        .where('gatewayRef', '=', gatewayRef(Object(impUid).impUid))
        .execute()
    await eventually(attempts).toEqual([{ merchantUid: null, saidMerchantUid: order, because: 'unknownOrder' }])
  })

  test('a refund terminated by hand is started again from its row and files no second ticket', async ({
    shop,
    sim,
  }) => {
    const { merchantUid: order, refundId: id } = await shop.paidThenRefunded()
    const calls = await sim.callsOf(CANCEL)
    await superviseNow(shop)
    await shop.client.workflow.getHandle(`refund:${id}`).terminate('by hand')

    // Its row moved just now: what closed since the last pass names it all the same.
    await superviseNow(shop)

    await eventually(() => runsOf(shop, id)).toBe('RUNNING')
    expect(await sim.tickets(order)).toHaveLength(1)
    await sim.complete((await sim.tickets(order))[0]?.id ?? '')
    await eventually(() => runsOf(shop, id)).toBe('COMPLETED')
    expect(await shop.refund(id)).toMatchObject({ state: 'refunded' })
    expect(await sim.callsOf(CANCEL)).toBe(calls)
  })

  test('ops catch up on a range and read what was healed and what is left for people', async ({ shop, sim }) => {
    await sim.faults({ webhooks: 'drop' })
    const { merchantUid: order } = await shop.open()
    await sim.pay(order)
    const day = new Date().toISOString().slice(0, 10)

    const caught = await ops(shop.api, 'catch-up', '--from', day, '--to', day, '--json')
    expect(caught).toMatchObject({ code: 0 })
    expect(Object(JSON.parse(caught.stdout)).sweep).toMatchObject({
      state: 'done',
      askedBy: 'local',
      differing: 1,
      kept: 1,
      healed: 1,
      waiting: 0,
      unreadable: 0,
      said: null,
    })
    expect(await shop.payment(order)).toMatchObject({ state: 'paid' })

    const again = await ops(shop.api, 'catch-up', '--from', day)
    expect(again.stdout).toContain('differing\t0\n')
    expect(again.stdout).toContain('healed\t0\n')
    expect(await ops(shop.api, 'catch-up', '--from', 'yesterday')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('write 2026-11-01'),
    })
    expect(await ops('http://127.0.0.1:1', 'catch-up', '--from', day)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('does not answer'),
    })
  })

  test('when all that Temporal knew is thrown away, every open payment and refund goes on from its row, and no ticket is filed again', async ({
    shop: first,
  }) => {
    const { merchantUid: unpaid } = await first.open()
    const open = await first.paidThenRefunded()
    const { merchantUid: lostOrder } = await first.paid()
    await first.sim.faults({ cancel: 'error500After' })
    const { refundId: lost } = await first.askRefund(lostOrder)
    await eventually(() => first.refund(lost)).toMatchObject({ state: 'unknown' })
    const { merchantUid: refusedOrder } = await first.paid()
    await first.sim.faults({ cancel: 'refuse' })
    const { refundId: refused } = await first.askRefund(refusedOrder)
    await eventually(() => first.refund(refused)).toMatchObject({ state: 'refused' })
    await letTimePass(first)
    const second = await startedWithout()
    expect(await second.sim.callsOf(CANCEL)).toBe(0)
    for (const id of [open.refundId, lost, refused])
      await eventually(() => runsOf(second, id).catch(() => 'none'), 120_000).toBe('RUNNING')
    await eventually(
      async () => (await second.client.workflow.getHandle(`payment:${unpaid}`).describe()).status.name,
    ).toBe('RUNNING')
    await second.sim.pay(unpaid)
    await eventually(() => second.payment(unpaid)).toMatchObject({ state: 'paid' })
    for (const [order, id] of [
      [open.merchantUid, open.refundId],
      [lostOrder, lost],
    ] as const) {
      const tickets = await second.sim.tickets(order)
      expect(tickets).toHaveLength(1)
      await second.sim.complete(tickets[0]?.id ?? '')
      await eventually(() => second.refund(id)).toMatchObject({ state: 'refunded' })
      await eventually(() => runsOf(second, id)).toBe('COMPLETED')
    }
    expect(await second.refund(refused)).toMatchObject({ state: 'refused' })
    expect(await second.sim.tickets(refusedOrder)).toEqual([])
    expect(await second.sim.callsOf(CANCEL)).toBe(0)
  })

  function ops(url: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return new Promise((resolve) => {
      const command = ['src/run.js', 'src/ops/main.ts', '--url', url, ...args]
      const child = execFile(process.execPath, command, { cwd: ROOT }, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      )
    })
  }

  /** The same database and gateway, and a Temporal server that knows nothing. */
  async function startedWithout(): Promise<OwnShop> {
    await running?.close()
    running = undefined
    await Promise.all(['', '-wal', '-shm'].map((end) => rm(join(folder, `temporal.db${end}`), { force: true })))
    return (running = await start())
  }
})

function neverStarted(): never {
  throw new Error('the shop did not start')
}
