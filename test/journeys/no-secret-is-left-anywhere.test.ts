// Keys, secrets, names and e-mails that came in are in no log line, journal, history, outbox row or metric.
// Must not know: which code wrote where. Everything is said that can be said: the log is at its most talkative.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { sql } from 'kysely'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { readConfig, PROGRAM_ROLES } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { startProgram } from '../../src/wiring/program.ts'
import { createTestDatabase } from '../support/database.ts'
import { eventually, exchange, fresh, installTestRuntime, shopAt } from '../support/shop.ts'
import { temporalCliForTests } from '../support/temporalCli.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 600_000 })
beforeAll(async () => void (await temporalCliForTests()))

const secret = (what: string): string => `${what}-${randomUUID()}`
const KEYS = { shop: secret('key'), mina: secret('key'), joon: secret('key') }
const NOTICE = Buffer.from(randomUUID() + randomUUID()).toString('base64')
const BUYER = {
  name: `Ann Roe${randomUUID().slice(0, 6).replaceAll(/\d/g, 'x')}`,
  email: `${randomUUID()}@example.com`,
}
const WRONG_KEY = secret('wrong')
const SECRETS = [...Object.values(KEYS), NOTICE, BUYER.name, BUYER.email, WRONG_KEY, 'sim-secret']

test('an order that is paid, refunded, tried again by people and refused to strangers leaves none of them', async () => {
  installTestRuntime()
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
  const database = await createTestDatabase()
  const environment = {
    ...process.env,
    PORT: '0',
    SIMULATOR_PORT: '0',
    TEMPORAL_PORT: '0',
    TEMPORAL_UI_PORT: '0',
    DATA_DIR: folder,
    LOG_LEVEL: 'trace',
    LOOK_SPACING: '1s',
    SWEEP_EVERY: '10s',
    API_KEYS: `shop:checkout:${KEYS.shop},mina:ops:${KEYS.mina},joon:approver:${KEYS.joon}`,
    NOTICE_URL: 'http://127.0.0.1:9/notices',
    NOTICE_SECRET: `whsec_${NOTICE}`,
    ALERT_WEBHOOK_URL: `http://127.0.0.1:9/${secret('hook')}`,
    REFUND_PATIENCE: '1s warn, 2s page, then every 2s page',
    ...database.environment,
  }
  const out = new PassThrough()
  let written = ''
  out.setEncoding('utf8').on('data', (text: string) => (written += text))
  const program = await startProgram(
    readConfig(environment, PROGRAM_ROLES),
    createLog('trace', false, out),
    environment,
  )
  const { api, simulator, temporalAddress, db } = program
  if (!api || !simulator || !temporalAddress || !db) throw new Error('a part of the program was not started')
  const shop = shopAt({ api, simulator, temporalAddress, key: KEYS.shop })
  onTestFinished(async () => {
    await shop.disconnect()
    await program.stop()
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  })

  const order = { merchantUid: fresh('order'), amount: 19_000, currency: 'KRW', name: 'Gold pack', buyer: BUYER }
  expect(await shop.call('POST', '/payments', order)).toMatchObject({ status: 201 })
  await shop.sim.pay(order.merchantUid)
  await eventually(() => shop.payment(order.merchantUid)).toMatchObject({ state: 'paid' })
  const { refundId } = await shop.askRefund(order.merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ attention: 'page' })
  const { seen } = await shop.refund(refundId)
  const retry = { reason: 'again', seen }
  await exchange(api, 'POST', `/refunds/${refundId}/retry-ticket`, retry, KEYS.mina)
  await exchange(api, 'POST', `/refunds/${refundId}/acknowledge`, { owner: 'ann' }, KEYS.joon)
  for (const key of [WRONG_KEY, KEYS.shop])
    expect((await exchange(api, 'POST', `/refunds/${refundId}/withdraw`, { reason: 'x' }, key)).status).toBeGreaterThan(
      400,
    )
  await shop.call('POST', '/payments', { ...order, buyer: { ...BUYER, email: `${BUYER.email} ` } })
  await shop.call('POST', '/payments', { ...order, amount: 'much' })
  const metrics = String((await exchange(api, 'GET', '/metrics', undefined, KEYS.mina)).body)

  const tables = ['journal', 'outbox', 'payments', 'attempts', 'refunds', 'inbox', 'proofs', 'answers']
  const rows = await Promise.all(
    tables.map(async (table) => JSON.stringify((await sql`select * from ${sql.table(table)}`.execute(db)).rows)),
  )
  const histories = await Promise.all(
    [`payment:${order.merchantUid}`, `refund:${refundId}`].map(async (id) =>
      historyToJSON(await shop.client.workflow.getHandle(id).fetchHistory()),
    ),
  )
  const decoded = histories.flatMap((text) =>
    [...text.matchAll(/"data": "([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) => Buffer.from(data, 'base64').toString()),
  )
  expect(written.length, 'the log says something').toBeGreaterThan(100)
  const places = { log: written, metrics, rows: rows.join('\n'), histories: [...histories, ...decoded].join('\n') }
  for (const [place, text] of Object.entries(places))
    for (const word of SECRETS) expect(text.includes(word), `${word.slice(0, 8)}… in the ${place}`).toBe(false)
})
