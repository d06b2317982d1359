// Requests are taken while Temporal is down: rows, hints and reservations are kept, and the sagas follow when it is back.
// Must not know: how a wake is delivered.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startTemporalServer, type TemporalServer } from '../../src/temporal/server/server.ts'
import { exchange, eventually, fresh, startShop, type OwnShop } from '../support/shop.ts'
import { MAKING_MS, temporalCliForTests } from '../support/temporalCli.ts'

vi.setConfig({ testTimeout: 180_000 })

let cli = ''
let folder = ''
let server: TemporalServer
let shop: OwnShop & { close(): Promise<void> }

const startServer = (port: number) =>
  startTemporalServer({ cli, dataDir: folder, ip: '127.0.0.1', port, namespace: 'default', log: () => {} })

async function killServer(): Promise<void> {
  process.kill(server.pid, 'SIGKILL')
  await server.exited
}

beforeAll(async () => {
  cli = await temporalCliForTests()
  folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-temporal-'))
  server = await startServer(0)
  shop = await startShop({ TEMPORAL_ADDRESS: server.address })
}, MAKING_MS)

afterAll(async () => {
  await shop?.close()
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

const readiness = async () => (await exchange(shop.api, 'GET', '/readyz')).body

/** The process that the data folder names as its server. */
async function serverPid(dataDir: string): Promise<number> {
  const note = await readFile(join(dataDir, 'temporal.db.version'), 'utf8')
  const pid = Number(/^ready \S+ (\d+)$/m.exec(note)?.[1])
  expect(pid).toBeGreaterThan(1)
  return pid
}

test('while Temporal is down refunds, webhooks and reads go on, and all is carried out once it is back', async () => {
  const refunded = await shop.paid()
  const unpaid = await shop.open()
  await killServer()
  await eventually(readiness).toMatchObject({ status: 'notReady', database: 'up', temporal: 'down' })

  const { refundId } = await shop.askRefund(refunded.merchantUid)
  await shop.sim.pay(unpaid.merchantUid)
  await eventually(() => shop.payment(unpaid.merchantUid)).toMatchObject({ state: 'paid', accepted: true })
  const order = {
    merchantUid: fresh('order'),
    amount: 1_990,
    currency: 'USD',
    name: 'Gold pack',
    buyer: { name: 'Ann Roe', email: 'ann@example.com' },
  }
  expect(await shop.call('POST', '/payments', order)).toMatchObject({
    status: 503,
    body: { code: 'temporarilyUnavailable', detail: expect.stringContaining('Ask again with the same body') },
  })
  expect(await shop.refund(refundId)).toMatchObject({ state: 'requested', tickets: [] })
  expect(await shop.payment(refunded.merchantUid)).toMatchObject({ state: 'cancelPending', reserved: 19_000 })
  expect(await shop.payment(order.merchantUid)).toMatchObject({ state: 'opening' })

  server = await startServer(Number(server.address.split(':')[1]))

  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', tickets: [{ outcome: 'filed' }] })
  await eventually(() => shop.payment(order.merchantUid)).toMatchObject({ state: 'prepared' })
  expect(await shop.call('POST', '/payments', order)).toMatchObject({
    status: 200,
    body: { payment: { merchantUid: order.merchantUid, state: 'prepared' } },
  })
  expect(await shop.client.workflow.getHandle(`payment:${unpaid.merchantUid}`).result()).toEqual({ state: 'paid' })
  expect(await shop.sim.tickets(refunded.merchantUid)).toHaveLength(1)
  await eventually(readiness).toMatchObject({ status: 'ready' })
})

test('an embedded Temporal server that is killed is started again, and a waiting refund goes on', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
  const own = await startShop({ DATA_DIR: dataDir })
  try {
    const { merchantUid, refundId } = await own.paidThenRefunded()
    const pid = await serverPid(dataDir)
    process.kill(pid, 'SIGKILL')
    const [ticket] = await own.sim.tickets(merchantUid)
    await own.sim.complete(ticket?.id ?? '')

    await eventually(() => own.refund(refundId)).toMatchObject({ state: 'refunded' })
    expect(await own.client.workflow.getHandle(`refund:${refundId}`).result()).toEqual({ state: 'refunded' })
    expect(await serverPid(dataDir)).not.toBe(pid)
  } finally {
    await own.close()
    await rm(dataDir, { recursive: true, force: true })
  }
})
