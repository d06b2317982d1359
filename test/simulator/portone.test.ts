// PortOne's V2 wire of the simulator, called by the vendor's own library, unchanged; and its webhooks, verified by it.
// Must not know our gateway: the library is the oracle.
import { createServer } from 'node:http'
import { PaymentClient, Webhook } from '@portone/server-sdk'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { startSimulator } from '../../src/simulator/app.ts'
import {
  PORTONE_OTHER_WEBHOOK_SECRET,
  PORTONE_SECRET,
  PORTONE_STORE,
  PORTONE_WEBHOOK_SECRET,
} from '../../src/simulator/credentials.ts'
import { controlOf } from './portoneDesk.ts'

type Told = { readonly body: string; readonly headers: Record<string, string> }
const told: Told[] = []
let status = 200
const merchant = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (piece: string) => (body += piece))
  request.on('end', () => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    told.push({ body, headers })
    response.writeHead(status).end('{}')
  })
})
await new Promise<void>((resolve) => merchant.listen(0, '127.0.0.1', resolve))
const at = merchant.address()
const door = `http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`
const simulator = await startSimulator({ host: '127.0.0.1', port: 0, webhookUrl: `${door}/v1`, portoneUrl: door })
const control = controlOf(simulator.url)
const client = PaymentClient({ secret: PORTONE_SECRET, baseUrl: simulator.url, storeId: PORTONE_STORE })

afterAll(async () => {
  await simulator.close()
  await new Promise((resolve) => merchant.close(resolve))
})
beforeEach(async () => {
  await control('POST', '/reset')
  told.length = 0
  status = 200
})

const pay = async (more: object = {}): Promise<string> => {
  const order = { merchantUid: 'ord-1', gateway: 'portone', amount: 1990, currency: 'USD' }
  return String((await control('POST', '/pay', { ...order, ...more })).impUid)
}
const ALL = z.object({ tickets: z.array(z.object({ id: z.string() })) })
const ticketsAtDesk = async () => ALL.parse(await control('GET', '/tickets')).tickets
const types = () => told.map(({ body }) => String(JSON.parse(body).type).replace('Transaction.', ''))
const untilTold = (...expected: string[]) => expect.poll(types).toEqual(expected)
const cancel = (more: object = {}) =>
  client.cancelPayment({
    paymentId: 'ord-1',
    reason: '#r-1 asked',
    amount: 500,
    currentCancellableAmount: 1990,
    ...more,
  })

test('a paid payment is read by the library, and nothing in it is unknown there', async () => {
  await client.preRegisterPayment({ paymentId: 'ord-1', totalAmount: 1990, currency: 'USD' })
  const transactionId = await pay({ amount: undefined, currency: undefined })
  const payment = await client.getPayment({ paymentId: 'ord-1' })
  expect(payment).toMatchObject({ status: 'PAID', id: 'ord-1', transactionId, amount: { total: 1990, cancelled: 0 } })
  expect(payment).toMatchObject({ channel: { type: 'LIVE', pgProvider: 'PAYMENTWALL' }, disputes: [] })
  await untilTold('Paid')
})

test('a cancel is a request that is seen, then done under the same id; each webhook is signed', async () => {
  await pay()
  const { cancellation } = await cancel()
  expect(cancellation).toMatchObject({ status: 'REQUESTED', totalAmount: 500, trigger: 'API' })
  await expect(client.getPayment({ paymentId: 'ord-1' })).resolves.toMatchObject({
    status: 'PAID',
    amount: { cancelled: 0 },
    cancellations: [cancellation],
  })
  const [ticket] = await ticketsAtDesk()
  await control('POST', `/tickets/${ticket?.id}/complete`)
  const done = await client.getPayment({ paymentId: 'ord-1' })
  expect(done).toMatchObject({ status: 'PARTIAL_CANCELLED', amount: { cancelled: 500 } })
  expect('cancellations' in done && done.cancellations).toMatchObject([
    { status: 'SUCCEEDED', id: 'id' in cancellation ? cancellation.id : '', reason: '#r-1 asked' },
  ])
  await untilTold('Paid', 'CancelPending', 'PartialCancelled')
  for (const { body, headers } of told)
    await expect(Webhook.verify(PORTONE_WEBHOOK_SECRET, body, headers)).resolves.toMatchObject({
      data: { storeId: PORTONE_STORE, paymentId: 'ord-1' },
    })
})

test.each([
  ['alreadyCancelled', 'PAYMENT_ALREADY_CANCELLED'],
  ['consistencyBroken', 'CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN'],
  ['exceeds', 'CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT'],
  ['maxCancels', 'MAX_CANCEL_COUNT_REACHED'],
  ['pgError', 'PG_PROVIDER'],
])('the switch %s is the error %s of the library', async (kind, type) => {
  await pay()
  await control('PUT', '/faults', { portone: { cancel: kind } })
  await expect(cancel()).rejects.toMatchObject({ data: { type } })
})

test('what is wrong with a cancel is told by its type', async () => {
  await expect(cancel()).rejects.toMatchObject({ data: { type: 'PAYMENT_NOT_FOUND' } })
  await pay({ outcome: 'declined' })
  await expect(cancel()).rejects.toMatchObject({ data: { type: 'PAYMENT_NOT_PAID' } })
  await pay()
  await expect(cancel({ amount: 1991 })).rejects.toMatchObject({
    data: { type: 'CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT' },
  })
  await expect(cancel({ currentCancellableAmount: 1 })).rejects.toMatchObject({
    data: { type: 'CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN' },
  })
  await control('PUT', '/faults', { portone: { secret: 'expired' } })
  await expect(cancel()).rejects.toMatchObject({ data: { type: 'UNAUTHORIZED' } })
})

async function keyed(key: string, body: object) {
  const answer = await fetch(`${simulator.url}/payments/ord-1/cancel`, {
    method: 'POST',
    headers: { authorization: `PortOne ${PORTONE_SECRET}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: Object(await answer.json()) }
}
const KEY = `"${'k'.repeat(64)}"`
const ASKED = { reason: '#r-1 asked', amount: 500 }
const tickets = async () => (await ticketsAtDesk()).length

test('the same key gets the same answer, and files one ticket; after three hours it files a second', async () => {
  await pay()
  const first = await keyed(KEY, ASKED)
  expect(first.body.cancellation).toMatchObject({ status: 'REQUESTED' })
  await expect(keyed(KEY, ASKED)).resolves.toEqual(first)
  await expect(keyed(KEY, { ...ASKED, amount: 1 })).resolves.toMatchObject({ status: 400 })
  expect(await tickets()).toBe(1)
  await control('POST', '/clock', { advance: '180m' })
  await expect(keyed(KEY, ASKED)).resolves.toMatchObject({ status: 200 })
  expect(await tickets()).toBe(2)
})

test.each(['short', 'k'.repeat(64), '"short"'])('%s is no key', async (key) => {
  await pay()
  await expect(keyed(key, ASKED)).resolves.toMatchObject({ status: 400, body: { type: 'INVALID_REQUEST' } })
  expect(await tickets()).toBe(0)
})

test('a lost answer has filed its ticket, and its key tells so', async () => {
  await pay()
  await control('PUT', '/faults', { cancel: 'lostAnswer' })
  const lost = fetch(`${simulator.url}/payments/ord-1/cancel`, {
    method: 'POST',
    headers: { authorization: `PortOne ${PORTONE_SECRET}`, 'idempotency-key': KEY },
    body: JSON.stringify(ASKED),
    signal: AbortSignal.timeout(300),
  })
  await expect(lost).rejects.toThrow()
  await control('PUT', '/faults', { cancel: 'accept' })
  await expect(keyed(KEY, ASKED)).resolves.toMatchObject({ body: { cancellation: { status: 'REQUESTED' } } })
  expect(await tickets()).toBe(1)
})

test('a declined ticket stays REQUESTED, or becomes FAILED where that is switched on', async () => {
  await pay()
  await cancel()
  const [ticket] = await ticketsAtDesk()
  await control('POST', `/tickets/${ticket?.id}/refuse`)
  await expect(client.getPayment({ paymentId: 'ord-1' })).resolves.toMatchObject({
    cancellations: [{ status: 'REQUESTED' }],
  })
  await control('PUT', '/faults', { portone: { declined: 'failed' } })
  await expect(client.getPayment({ paymentId: 'ord-1' })).resolves.toMatchObject({
    cancellations: [{ status: 'FAILED' }],
  })
})

test('the list shows what changed, by the time of its status', async () => {
  await pay()
  await pay({ merchantUid: 'ord-2', outcome: 'declined' })
  const listed = await client.getPayments({
    page: { number: 0, size: 10 },
    filter: { storeId: PORTONE_STORE, version: 'V2', status: ['PAID'], pgProvider: ['PAYMENTWALL'] },
  })
  expect(listed.items.map((each) => 'id' in each && each.id)).toEqual(['ord-1'])
  await untilTold('Paid', 'Failed')
})

test('webhooks may be signed by the secret that follows, or wrongly, or be old', async () => {
  await control('PUT', '/faults', { portone: { webhooks: 'secondSecret' } })
  await pay()
  await untilTold('Paid')
  const { body = '', headers = {} } = told[0] ?? {}
  await expect(Webhook.verify(PORTONE_OTHER_WEBHOOK_SECRET, body, headers)).resolves.toBeDefined()
  for (const webhooks of ['badSignature', 'oldTime']) {
    told.length = 0
    await control('PUT', '/faults', { portone: { webhooks } })
    await pay({ merchantUid: webhooks })
    await untilTold('Paid')
    const wrong = told[0]
    await expect(Webhook.verify(PORTONE_WEBHOOK_SECRET, wrong?.body ?? '', wrong?.headers ?? {})).rejects.toThrow()
  }
})

test('what was not taken comes again, under the same id', async () => {
  status = 500
  await pay()
  await untilTold('Paid')
  status = 200
  await control('POST', '/clock', { advance: '1m' })
  await untilTold('Paid', 'Paid')
  expect(told[0]?.headers['webhook-id']).toBe(told[1]?.headers['webhook-id'])
})
