// The gateway against the simulator, which is built from the same facts and shares no code.
// Must not know: either side's inside.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CancelRequest, Evidence, Gateway, Order } from '../../src/domain/gateway.ts'
import { gatewayRef, merchantUid, refundId, type GatewayRef } from '../../src/domain/ids.ts'
import { money } from '../../src/domain/money.ts'
import { IAMPORT_MAIN } from '../../src/gateways/iamport/config.ts'
import { createGateways } from '../../src/gateways/index.ts'
import { startSimulator, type Simulator } from '../../src/simulator/app.ts'
import { settingsOf } from '../support/gatewaySettings.ts'

let simulator: Simulator
let gateway: Gateway

beforeAll(async () => {
  simulator = await startSimulator({ host: '127.0.0.1', port: 0, webhookUrl: 'http://127.0.0.1:9/none' })
  const settings = settingsOf({
    IAMPORT_API_URL: simulator.url,
    IAMPORT_KEY: 'sim-key',
    IAMPORT_SECRET: 'sim-secret',
  })
  const made = createGateways(settings, undefined).get(IAMPORT_MAIN)
  if (made === undefined) throw new Error('there is no iamport/main')
  gateway = made
})
afterAll(() => simulator.close())
beforeEach(() => control('POST', '/__sim/reset', {}))

async function control(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Record<string, unknown>> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await fetch(simulator.url + path, { method, ...sent })
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${await response.text()}`)
  return Object(await response.json())
}

const ORDER: Order = { merchantUid: merchantUid('ord-1'), amount: 1990, currency: 'USD', channel: 'live' }

async function paid(more: object = {}): Promise<GatewayRef> {
  await gateway.register(ORDER)
  const { impUid } = await control('POST', '/__sim/pay', { merchantUid: ORDER.merchantUid, outcome: 'paid', ...more })
  return gatewayRef(String(impUid))
}

async function seen(ref: GatewayRef): Promise<Evidence> {
  const evidence = await gateway.look(ref)
  if (evidence === undefined) throw new Error(`${ref} is not known`)
  return evidence
}

function refund(ref: GatewayRef, changes: Partial<CancelRequest> = {}): CancelRequest {
  return {
    refundId: refundId('r-1'),
    authorisedBy: 'submit',
    gatewayRef: ref,
    money: money(1990, 'USD'),
    checksum: 1990,
    reason: '#r-1 customer request',
    timeoutMs: 10_000,
    mayStillSend: () => true,
    ...changes,
  }
}

async function tickets(): Promise<unknown[]> {
  const { tickets } = await control('GET', '/__sim/tickets')
  return Array.isArray(tickets) ? tickets : []
}

test('an order is registered, again, and not with another amount', async () => {
  await expect(gateway.register(ORDER)).resolves.toEqual({ kind: 'registered' })
  await expect(gateway.register(ORDER)).resolves.toEqual({ kind: 'registered' })
  await expect(gateway.register({ ...ORDER, amount: 2000 })).resolves.toEqual({
    kind: 'refused',
    said: 'ord-1 is registered already with USD 19.90, not with USD 20.00',
  })
})

test('a paid order is seen by its reference, by its order and in the list', async () => {
  const ref = await paid()
  const expected = { gatewayRef: ref, merchantUid: 'ord-1', status: 'paid', amount: 1990, currency: 'USD', returned: 0 }
  await expect(gateway.look(ref)).resolves.toMatchObject({ ...expected, channel: 'live', entries: [] })
  await expect(gateway.lookByOrder(ORDER.merchantUid)).resolves.toMatchObject([expected])
  const hour = 3_600_000
  const range = { from: new Date(Date.now() - hour), to: new Date(Date.now() + hour) }
  const listed = await gateway.list?.({ status: 'paid', ...range, page: 1, size: 100 })
  expect(listed).toMatchObject({ listed: [expected], more: false, total: 1, unreadable: [] })
  const cancelled = await gateway.list?.({ status: 'cancelled', ...range, page: 1, size: 100 })
  expect(cancelled).toEqual({ listed: [], more: false, total: 0, unreadable: [] })
})

test('several at once are those that are there', async () => {
  const refs = [await paid(), await paid()]
  const asked = [...refs, gatewayRef('imp_000000000000')]
  const found = await gateway.lookMany(asked)
  expect(found.map(({ gatewayRef }) => gatewayRef)).toEqual(refs)
  await expect(gateway.lookMany([gatewayRef('imp_000000000000')])).resolves.toEqual([])
})

test('the account is known by its channels', async () => {
  const account = await gateway.account()
  expect(account.length).toBeGreaterThan(0)
  for (const channel of account) expect(channel).toMatch(/^paymentwall\/.+\/(live|test)$/)
  expect(account).toEqual(account.toSorted())
  await expect(gateway.account()).resolves.toEqual(account)
})

test('a test payment is seen, and is of the test channel', async () => {
  const ref = await paid({ sandbox: true })
  await expect(gateway.look(ref)).resolves.toMatchObject({ channel: 'test' })
  await expect(gateway.lookByOrder(ORDER.merchantUid)).resolves.toHaveLength(1)
})

test('two attempts of one order are both found; what is unknown is not', async () => {
  const refs = [await paid(), await paid()]
  const found = await gateway.lookByOrder(ORDER.merchantUid)
  expect(found.map(({ gatewayRef }) => gatewayRef)).toEqual(refs)
  await expect(gateway.lookByOrder(merchantUid('ord-2'))).resolves.toEqual([])
  await expect(gateway.look(gatewayRef('imp_000000000000'))).resolves.toBeUndefined()
})

test('a cancel opens a ticket and changes nothing that can be seen, until the desk completes it', async () => {
  const ref = await paid()
  await expect(gateway.cancel(refund(ref))).resolves.toMatchObject({
    kind: 'answered',
    evidence: { status: 'paid', returned: 0, entries: [] },
  })
  const [ticket] = await tickets()
  await control('POST', `/__sim/tickets/${String(Object(ticket).id)}/complete`, {})
  const after = await seen(ref)
  expect(after).toMatchObject({ status: 'cancelled', returned: 1990 })
  expect(after.entries).toMatchObject([{ amount: 1990, reason: '#r-1 customer request', mark: null }])
})

test('a method that cancels at once is answered with the booked entry', async () => {
  const ref = await paid()
  await control('PUT', '/__sim/faults', { cancel: 'instant' })
  await expect(gateway.cancel(refund(ref))).resolves.toMatchObject({
    kind: 'answered',
    evidence: { status: 'cancelled', returned: 1990 },
  })
})

test.for([
  ['a checksum that is not the balance', { checksum: 2500 }, 'accept'],
  ['a payment that is not there', { gatewayRef: gatewayRef('imp_000000000000') }, 'accept'],
  ['the gateway says no', {}, 'refuse'],
] as const)('turned down: %s', async ([, changes, cancel]) => {
  const ref = await paid()
  await control('PUT', '/__sim/faults', { cancel })
  await expect(gateway.cancel(refund(ref, changes))).resolves.toMatchObject({
    kind: 'turnedDown',
    said: expect.stringMatching(/./),
  })
  await expect(tickets()).resolves.toEqual([])
})

test.for([
  ['lostAnswer', 1],
  ['timeoutBefore', 0],
  ['error500', undefined],
] as const)('unknown: %s', async ([cancel, filed]) => {
  const ref = await paid()
  await control('PUT', '/__sim/faults', { cancel })
  const timeoutMs = cancel === 'error500' ? 60_000 : 500
  await expect(gateway.cancel(refund(ref, { timeoutMs }))).resolves.toMatchObject({ kind: 'unknown' })
  if (filed !== undefined) await expect.poll(tickets, { timeout: 30_000 }).toHaveLength(filed)
})

test('an expired token is renewed for a read and for a cancel', async () => {
  const ref = await paid()
  await control('PUT', '/__sim/faults', { token: 'expireNow' })
  await expect(gateway.look(ref)).resolves.toMatchObject({ status: 'paid' })
  await control('PUT', '/__sim/faults', { token: 'expireNow' })
  await expect(gateway.cancel(refund(ref))).resolves.toMatchObject({ kind: 'answered' })
  await expect(tickets()).resolves.toHaveLength(1)
})

test('reads that fail are a failure to be asked again', async () => {
  const ref = await paid()
  await control('PUT', '/__sim/faults', { reads: 'error500' })
  await expect(gateway.look(ref)).rejects.toMatchObject({ kind: 'gatewayUnavailable' })
})

test("keys that are not the account's are named as such", async () => {
  const settings = settingsOf({
    IAMPORT_API_URL: simulator.url,
    IAMPORT_KEY: 'sim-key',
    IAMPORT_SECRET: 'wrong',
  })
  const other = createGateways(settings, undefined).get(IAMPORT_MAIN)
  await expect(other?.look(gatewayRef('imp_1'))).rejects.toMatchObject({ kind: 'gatewayKeysRefused' })
})
