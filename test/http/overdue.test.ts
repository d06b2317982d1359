// GET /overdue and ops overdue: what should have gone on and has not; and its gauges, seen by the
// API while no worker runs.
// Must not know: Temporal; nothing carries on what is asked here, which is what it shows.
import { beforeAll, expect, test } from 'vitest'
import { startHousekeeping } from '../../src/inbox/housekeeping.ts'
import { makeCli } from '../ops/cli.ts'
import { order, paidOrder, startApi } from './api.ts'

const KEY = 'key-of-mina-0123456789'
const keys = [
  { name: 'mina', role: 'ops', key: KEY },
  { name: 'ara', role: 'approver', key: 'key-of-ara-0123456789' },
  { name: 'shop', role: 'checkout', key: 'key-of-shop-0123456789' },
] as const
const HOUR_AGO = new Date(Date.now() - 3_600_000).toISOString()
const EMPTY = { count: 0, sums: [], rows: [], wake: null, sweeps: [], schedules: [] }
const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })

const api = await startApi({ keys })
const ops = makeCli(api.url, KEY)
const shop = as('key-of-shop-0123456789')
const withShop: typeof api = { ...api, call: (line, request) => api.call(line, { ...request, ...shop }) }
const read = async (key: string = KEY, query = '') => (await api.call(`GET /overdue${query}`, as(key))).json()
const gauge = async (name: string): Promise<number> => {
  const { text } = await api.call('GET /metrics', as(KEY))
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1),
  )
}

beforeAll(async () => {
  await api.db.deleteFrom('outbox').execute()
})

test('nothing is overdue: empty lists, zeros, and the command ends with 0', async () => {
  expect(await read()).toMatchObject(EMPTY)
  expect(await gauge('saga_overdue_rows{kind="refund"}')).toBe(0)
  expect(await gauge('saga_oldest_wake_seconds')).toBe(0)
  const ran = await ops('overdue')
  expect([ran.code, ran.out, ran.error]).toEqual([0, '', ''])
})

test('is for people only', async () => {
  expect((await api.call('GET /overdue', shop)).status).toBe(403)
  expect((await api.call('GET /overdue')).status).toBe(401)
  expect((await api.call('GET /overdue', as('key-of-ara-0123456789'))).status).toBe(200)
})

test('no worker ever runs: a refund that is asked for, an order that is opened and their wakes are shown, counted and paged for', async () => {
  await paidOrder(withShop, 'paid-1')
  const asked = { json: { refundId: 'r-1', amount: 1_900, reason: 'sent back' } }
  await withShop.call('POST /payments/paid-1/refunds', asked)
  await withShop.call('POST /payments', { json: order('late-1', { amount: 500 }) })
  expect(await read(), 'just now').toMatchObject(EMPTY)

  const house = startHousekeeping({
    db: api.db,
    log: () => {},
    kick: () => {},
    overdueAfter: { rowsMs: 1_000, sweepsMs: 3_600_000 },
  })
  await api.db.updateTable('refunds').set({ stateSince: HOUR_AGO }).execute()
  await api.db.updateTable('payments').set({ expiresAt: HOUR_AGO }).where('state', '=', 'prepared').execute()
  await api.db.updateTable('outbox').set({ createdAt: HOUR_AGO }).where('kind', '=', 'wake').execute()
  const pages = async () =>
    (await api.db.selectFrom('outbox').select('payload').where('kind', '=', 'alert').execute()).filter(
      ({ payload }) => Object(payload).kind === 'overdue',
    )
  await expect.poll(pages, { timeout: 20_000 }).toHaveLength(1)
  await house.stop()

  expect(await gauge('saga_overdue_rows{kind="refund"}')).toBe(1)
  expect(await gauge('saga_overdue_rows{kind="payment"}')).toBe(1)
  expect(await gauge('saga_overdue_rows{kind="stray"}')).toBe(0)
  expect(await gauge('saga_oldest_wake_seconds')).toBeGreaterThanOrEqual(3_600)
  expect(await read()).toMatchObject({
    count: 2,
    sums: [
      { kind: 'payment', currency: 'USD', count: 1, amount: 500, money: 'USD 5.00' },
      { kind: 'refund', currency: 'USD', count: 1, amount: 1_900, money: 'USD 19.00' },
    ],
    rows: [
      { saga: 'payment:late-1', what: 'expiry', since: HOUR_AGO, state: 'prepared', merchantUid: 'late-1' },
      {
        saga: 'refund:r-1',
        what: 'filing',
        since: HOUR_AGO,
        money: 'USD 19.00',
        temporalUi: 'http://temporal.test/refund:r-1',
      },
    ],
    wake: { since: HOUR_AGO },
  })
  expect(await read(KEY, '?limit=1')).toMatchObject({ count: 2, rows: [{ saga: 'payment:late-1' }] })
})

test('ops overdue prints each with its link, what waits to leave last, and ends with 2', async () => {
  const ran = await ops('overdue')
  expect([ran.code, ran.error]).toEqual([2, ''])
  expect(ran.rows.map((row) => row.slice(2))).toEqual([
    ['expiry', 'payment:late-1', 'prepared', 'USD 5.00', 'http://temporal.test/payment:late-1'],
    ['filing', 'refund:r-1', 'requested', 'USD 19.00', 'http://temporal.test/refund:r-1'],
    ['wake', 'outbox', 'pending', '-', '-'],
  ])
  const asJson = await ops('overdue', '--json', '--limit', '1')
  expect([asJson.code, asJson.json()]).toMatchObject([2, { count: 2, rows: [{ saga: 'payment:late-1' }] }])
})
