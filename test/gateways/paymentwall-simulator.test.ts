// The gateway against the simulator, which is built from the same facts and shares no code.
// Must not know: either side's inside.
import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { must } from '../../src/domain/failures.ts'
import type { CancelRequest, Gateway, ReadHint, WindowOrder } from '../../src/domain/gateway.ts'
import { gatewayRef, merchantUid, refundId, type GatewayRef } from '../../src/domain/ids.ts'
import { money } from '../../src/domain/money.ts'
import { createGateways } from '../../src/gateways/index.ts'
import { PAYMENTWALL_MAIN } from '../../src/gateways/paymentwall/config.ts'
import { startSimulator, type Simulator } from '../../src/simulator/app.ts'
import { settingsOf } from '../support/gatewaySettings.ts'

const KEYS = {
  PAYMENTWALL_PROJECT_KEY: '1111aaaa2222bbbb3333cccc4444dddd',
  PAYMENTWALL_SECRET_KEY: '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
}
const heard: string[] = []
const shop = createServer((request, response) => {
  heard.push(request.url?.split('?')[1] ?? '')
  response.end('OK')
})
let simulator: Simulator
let gateway: Gateway

function gatewayWith(more: Readonly<Record<string, string>> = {}): Gateway {
  const settings = settingsOf({ PAYMENTWALL_API_URL: simulator.url, PAYMENTWALL_STATUS_API: 'on', ...KEYS, ...more })
  const made = createGateways(settings, undefined).get(PAYMENTWALL_MAIN)
  if (made === undefined) throw new Error('there is no paymentwall/main')
  return made
}

beforeAll(async () => {
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
  const address = shop.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const urls = { webhookUrl: 'http://127.0.0.1:9/none', pingbackUrl: `http://127.0.0.1:${port}/hooks` }
  simulator = await startSimulator({ host: '127.0.0.1', port: 0, ...urls })
  gateway = gatewayWith()
})
afterAll(async () => {
  await simulator.close()
  shop.closeAllConnections()
  shop.close()
})
beforeEach(async () => {
  await control('POST', '/__sim/reset', {})
  heard.length = 0
})

async function control(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Record<string, unknown>> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await fetch(simulator.url + path, { method, ...sent })
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${await response.text()}`)
  return Object(await response.json())
}

const UID = merchantUid('ord-1')
async function paid(more: object = {}): Promise<GatewayRef> {
  const order = { gateway: 'paymentwall', uid: 'buyer-77', amount: 1990, currency: 'USD' }
  const { impUid } = await control('POST', '/__sim/pay', { merchantUid: UID, outcome: 'paid', ...order, ...more })
  return gatewayRef(String(impUid))
}
const refund = (ref: GatewayRef, changes: Partial<CancelRequest> = {}): CancelRequest => ({
  refundId: refundId('rf-3'),
  authorisedBy: 'submit',
  gatewayRef: ref,
  money: money(1990, 'USD'),
  checksum: 1990,
  reason: '#rf-3 customer request',
  timeoutMs: 10_000,
  mayStillSend: () => true,
  ...changes,
})
async function tickets(): Promise<readonly Record<string, unknown>[]> {
  const { tickets: all } = await control('GET', '/__sim/tickets')
  return Array.isArray(all) ? all.map((each) => Object(each)) : []
}
async function nth(count: number): Promise<ReadHint> {
  await vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(count), 10_000)
  return gateway.readHint({ query: heard[count - 1] ?? '', headers: {}, body: new Uint8Array() })
}

test.each([null, 't3_1'])('its widget page opens by our signature (%s), and by no other', async (widget) => {
  const order: WindowOrder = {
    merchantUid: UID,
    amount: 1990,
    currency: 'USD',
    channel: 'live',
    name: '황금 pack',
    widget,
    country: 'KR',
    returnUrl: 'https://shop.example/r?ref=$ref&x=1',
  }
  const buyer = { id: '구매자 77', name: 'Ann Roe', email: 'ann@example.com' }
  const { url } = must(gateway.window(order, buyer, 'http://shop.example'))
  // What stands in it is read from its address, in the browser: test/ui/pages.test.ts.
  expect(await (await fetch(String(url))).text()).toContain('<title>Payment window')
  const damaged = String(url).replace('amount=19.90', 'amount=0.90')
  expect(await (await fetch(damaged)).text()).toContain('not authorized')
})

test('a paid order is told by a pingback, and seen by its reference and by its buyer', async () => {
  const ref = await paid()
  expect(await nth(1)).toMatchObject({
    kind: 'signed',
    signed: { gatewayRef: ref, merchantUid: UID, buyerId: 'buyer-77', key: '0', event: { kind: 'paid' } },
  })
  const expected = { gatewayRef: ref, merchantUid: UID, status: 'paid', amount: 1990, returned: 0, partial: true }
  await expect(gateway.look(ref)).resolves.toMatchObject(expected)
  await expect(gateway.lookByOrder(UID, 'buyer-77')).resolves.toMatchObject([expected])
  await expect(gateway.lookByOrder(UID, 'buyer-78')).resolves.toEqual([])
  await expect(gateway.lookMany([ref, gatewayRef('b1')])).resolves.toMatchObject([expected])
  await expect(gateway.look(gatewayRef('b1'))).resolves.toBeUndefined()
})

test('a ticket changes nothing that can be seen, until the desk completes it', async () => {
  const ref = await paid()
  await expect(gateway.cancel(refund(ref))).resolves.toMatchObject({ kind: 'accepted' })
  await expect(gateway.look(ref)).resolves.toMatchObject({ status: 'paid', returned: 0 })
  await control('POST', `/__sim/tickets/${String((await tickets())[0]?.id)}/complete`, {})
  expect(await nth(2)).toMatchObject({
    signed: { key: '2.9', event: { kind: 'returned', part: null, refundId: 'rf-3', mark: null } },
  })
  await expect(gateway.look(ref)).resolves.toMatchObject({ status: 'cancelled', returned: 1990 })
})

test('a part is asked for with its amount, and its pingback names both', async () => {
  const ref = await paid()
  await gateway.cancel(refund(ref, { money: money(425, 'USD') }))
  expect(await tickets()).toMatchObject([{ amount: 425, state: 'open' }])
  await control('POST', `/__sim/tickets/${String((await tickets())[0]?.id)}/complete`, {})
  expect(await nth(2)).toMatchObject({
    signed: { key: '220.rf-3.4.25', event: { part: { amount: '4.25', currency: null }, refundId: 'rf-3' } },
  })
  // The call knows no parts.
  await expect(gateway.look(ref)).resolves.toMatchObject({ status: 'paid', returned: 0 })
})

test.each([
  ['refuse', { kind: 'turnedDown' }, 0],
  ['lostAnswer', { kind: 'unknown' }, 1],
  ['timeoutBefore', { kind: 'unknown' }, 0],
  ['error500', { kind: 'unknown' }, 0],
] as const)('the fault %s ends the call', async (fault, ending, filed) => {
  const ref = await paid()
  await control('PUT', '/__sim/faults', { cancel: fault })
  const timeoutMs = fault === 'lostAnswer' || fault === 'timeoutBefore' ? 500 : 60_000
  await expect(gateway.cancel(refund(ref, { timeoutMs }))).resolves.toMatchObject(ending)
  await expect.poll(tickets, { timeout: 30_000 }).toHaveLength(filed)
})

test('a payment that is not there is turned down, and so is a wrong key', async () => {
  await expect(gateway.cancel(refund(gatewayRef('b1')))).resolves.toMatchObject({ kind: 'turnedDown' })
  const other = gatewayWith({ PAYMENTWALL_SECRET_KEY: 'wrong' })
  await expect(other.cancel(refund(await paid()))).resolves.toMatchObject({
    kind: 'turnedDown',
    said: expect.stringContaining('access'),
  })
  await expect(other.look(gatewayRef('b1'))).rejects.toMatchObject({ kind: 'gatewayKeysRefused' })
})
