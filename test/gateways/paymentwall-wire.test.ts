// The ticket call and the status call against a wire that answers as a test says: every ending is told apart.
// Must not know: the simulator, rows.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { CancelRequest, Gateway } from '../../src/domain/gateway.ts'
import { gatewayName, gatewayRef, merchantUid, refundId } from '../../src/domain/ids.ts'
import { money } from '../../src/domain/money.ts'
import { createPaymentwallGateway, type PaymentwallOptions } from '../../src/gateways/paymentwall/client.ts'
import { signed } from '../../src/gateways/paymentwall/signature.ts'
import { endless, half, json, reset, silent, startWire, text, type Step } from './wire.ts'

const KEY = '1111aaaa2222bbbb3333cccc4444dddd'
const SECRET = '0f1e2d3c4b5a69788796a5b4c3d2e1f0'
const TICKET = 'POST /developers/api/ticket'
const STATUS = 'GET /api/rest/payment/'
const REF = gatewayRef('b900100200')

const gatewayAt = (apiUrl: string, options: Partial<PaymentwallOptions> = {}): Gateway =>
  createPaymentwallGateway({
    name: gatewayName('paymentwall/main'),
    apiUrl,
    key: KEY,
    secret: SECRET,
    version: 3,
    statusApi: true,
    ...options,
  })

const refund = (changes: Partial<CancelRequest> = {}): CancelRequest => ({
  refundId: refundId('rf-3'),
  authorisedBy: 'submit',
  gatewayRef: REF,
  money: money(1990, 'USD'),
  checksum: 1990,
  reason: '#rf-3 customer asked',
  timeoutMs: 10_000,
  mayStillSend: () => true,
  ...changes,
})

test('all that is left is asked for by a ticket without an amount, a part by one that names it', async () => {
  const wire = await startWire({ [TICKET]: json(200, { result: 1 }) })
  const gateway = gatewayAt(wire.url)
  await expect(gateway.cancel(refund())).resolves.toEqual({
    kind: 'accepted',
    said: 'Paymentwall took the request: a ticket is filed',
  })
  await expect(gateway.cancel(refund({ money: money(425, 'USD') }))).resolves.toMatchObject({ kind: 'accepted' })
  const [all, part] = wire.seen.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
  const { sign, ...rest } = all ?? {}
  expect(rest).toEqual({
    key: KEY,
    ref: 'b900100200',
    type: '1',
    message: '#rf-3 customer asked',
    merchant_refund_id: 'rf-3',
    sign_version: '3',
  })
  expect(sign).toBe(signed(rest, SECRET, 3).sign)
  expect(part).toMatchObject({ type: '5', amount: '4.25', merchant_refund_id: 'rf-3' })
  expect(wire.seen[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded')
})

const ENDINGS: readonly (readonly [string, Step, object])[] = [
  ['result 1', json(200, { result: 1 }), { kind: 'accepted' }],
  ['result "1"', json(200, { result: '1', errors: [] }), { kind: 'accepted' }],
  ['result true', json(200, { result: true }), { kind: 'accepted' }],
  [
    'result 0',
    json(200, { result: 0, errors: ['Either ref or uid is required', 'and more'] }),
    { kind: 'turnedDown', code: '0', said: 'Either ref or uid is required; and more' },
  ],
  ['result 0 without a reason', json(200, { result: 0 }), { kind: 'turnedDown', said: 'it gave no reason' }],
  ['result 0 and HTTP 403', json(403, { result: 0, errors: ['no access'] }), { kind: 'turnedDown' }],
  ['result 1 and HTTP 400', json(400, { result: 1 }), { kind: 'unknown' }],
  ['another result', json(200, { result: 2 }), { kind: 'unknown' }],
  ['no result', json(200, {}), { kind: 'unknown' }],
  ['a list', json(200, [{ result: 1 }]), { kind: 'unknown' }],
  ['a page', text(200, '<html>result: 1</html>'), { kind: 'unknown' }],
  ['a page with 404', text(404, 'not found'), { kind: 'unknown' }],
  ['a page with 502', text(502, 'bad gateway'), { kind: 'unknown' }],
  ['JSON with 502', json(502, { result: 0 }), { kind: 'unknown' }],
  ['a redirect', text(302, '', 'text/html', { location: '/elsewhere' }), { kind: 'unknown' }],
  ['a broken connection', reset, { kind: 'unknown' }],
  ['half an answer', half, { kind: 'unknown' }],
  ['silence', silent, { kind: 'unknown' }],
  ['an answer without an end', endless, { kind: 'unknown' }],
]

test.each(ENDINGS)('a ticket answered by %s', async (_, step, ending) => {
  const wire = await startWire({ [TICKET]: step })
  // Only what never ends is given up on, however slow this machine is.
  const timeoutMs = step === silent || step === endless ? 300 : 60_000
  await expect(gatewayAt(wire.url).cancel(refund({ timeoutMs }))).resolves.toMatchObject(ending)
  expect(wire.seen).toHaveLength(1)
})

test('nothing is sent where nobody listens, or where the time for it is over', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = z.object({ port: z.number() }).parse(server.address())
  await new Promise((resolve) => server.close(resolve))
  await expect(gatewayAt(`http://127.0.0.1:${port}`).cancel(refund())).resolves.toMatchObject({ kind: 'notSent' })
  const wire = await startWire({ [TICKET]: json(200, { result: 1 }) })
  await expect(gatewayAt(wire.url).cancel(refund({ mayStillSend: () => false }))).resolves.toMatchObject({
    kind: 'notSent',
  })
  expect(wire.seen).toEqual([])
})

test.each([
  ['no amount', { money: money(0, 'USD') }],
  ['more than is left', { checksum: 1989 }],
  ['a message that does not begin with its refund', { reason: 'customer asked' }],
  ['an amount that Paymentwall cannot write', { money: money(1, 'KWD'), checksum: 1990 }],
] as const)('a ticket is never filed with %s', async (_, changes) => {
  const wire = await startWire({ [TICKET]: json(200, { result: 1 }) })
  await expect(gatewayAt(wire.url).cancel(refund(changes))).rejects.toThrow(RangeError)
  expect(wire.seen).toEqual([])
})

const PAYMENT = {
  object: 'payment',
  id: 'b900100200',
  created: 1_700_000_123,
  amount: '12.5000',
  currency: 'EUR',
  refunded: false,
  risk: 'approved',
  uid: 'buyer-77',
  product_id: 'order-1001',
  payment_system: 'cc',
}
const looked = async (answer: Step) => {
  const wire = await startWire({ [STATUS]: answer })
  return gatewayAt(wire.url).look(REF)
}

test('a payment is seen as some of the truth: what the call cannot show is not missing', async () => {
  const wire = await startWire({ [STATUS]: json(200, PAYMENT) })
  await expect(gatewayAt(wire.url).look(REF)).resolves.toEqual({
    gateway: 'paymentwall/main',
    gatewayRef: 'b900100200',
    merchantUid: 'order-1001',
    provider: 'paymentwall',
    ours: true,
    status: 'paid',
    statusSaid: 'approved',
    amount: 1250,
    currency: 'EUR',
    channel: null,
    returned: 0,
    entries: [],
    paidAt: '2023-11-14T22:15:23.000Z',
    failedAt: null,
    failReason: null,
    paymentwallRef: 'b900100200',
    payMethod: 'cc',
    payerCountry: null,
    partial: true,
  })
  const asked = Object.fromEntries(new URL(`http://x${wire.seen[0]?.line.split(' ')[1]}`).searchParams)
  expect(asked).toEqual(signed({ key: KEY, ref: 'b900100200' }, SECRET, 3))
})

test.each([
  [{ refunded: true }, { status: 'cancelled', returned: 1250, entries: [] }],
  [{ risk: 'pending' }, { status: 'ready' }],
  [{ risk: 'declined' }, { status: 'failed' }],
  [{ risk: 'rejected by somebody' }, { status: 'unrecognized', statusSaid: 'rejected by somebody' }],
  [{ risk: null }, { status: 'unrecognized' }],
  [{ amount: 12.5 }, { amount: 1250 }],
] as const)('%j is read as %j', async (changes, evidence) => {
  await expect(looked(json(200, { ...PAYMENT, ...changes }))).resolves.toMatchObject(evidence)
})

test('by its reference a list of one is the payment, too', async () => {
  await expect(looked(json(200, [PAYMENT]))).resolves.toMatchObject({ status: 'paid' })
  await expect(looked(json(200, []))).resolves.toBeUndefined()
})

test.each([
  ['refunded as a word', { refunded: 'yes' }],
  ['refunded as a sum', { refunded: 4.25 }],
  ['no refunded', { refunded: undefined }],
  ['an amount that is none', { amount: '12,50' }],
  ['decimals that the currency has not', { amount: '12.5001' }],
  ['an unknown currency', { currency: 'XXB' }],
  ['another payment', { id: 'b1' }],
] as const)('%s is an answer that cannot be read', async (_, changes) => {
  await expect(looked(json(200, { ...PAYMENT, ...changes }))).rejects.toMatchObject({ kind: 'gatewayAnswerUnreadable' })
})

const error = (said: string, code: number) => json(200, { type: 'Error', object: 'Error', error: said, code })
test.each([
  ['a wrong signature', error('Request signature is invalid', 4009), 'gatewayKeysRefused'],
  ['no access', error('You do not have access to the developers API', 4008), 'gatewayKeysRefused'],
  ['a call that was never enabled', error('Payment Status API is not enabled', 4001), 'gatewayKeysRefused'],
  ['HTTP 403', text(403, 'no'), 'gatewayKeysRefused'],
  ['HTTP 500', text(500, 'oops'), 'gatewayUnavailable'],
  ['a broken connection', reset, 'gatewayUnavailable'],
  ['a page', text(200, '<html></html>'), 'gatewayAnswerUnreadable'],
] as const)('%s is a look that failed', async (_, step, kind) => {
  await expect(looked(step)).rejects.toMatchObject({ kind })
})

test('a payment that it does not know is not shown', async () => {
  await expect(looked(error('Payment is not found', 4010))).resolves.toBeUndefined()
  await expect(looked(text(404, ''))).resolves.toBeUndefined()
})

test('an order is asked for by its buyer, and cannot be asked for without', async () => {
  const wire = await startWire({ [STATUS]: json(200, [PAYMENT, { ...PAYMENT, id: 'b2', product_id: 'order-1002' }]) })
  const gateway = gatewayAt(wire.url)
  await expect(gateway.lookByOrder(merchantUid('order-1001'), 'buyer-77')).resolves.toMatchObject([
    { gatewayRef: 'b900100200' },
  ])
  expect(wire.seen[0]?.line).toContain('uid=buyer-77&ag_external_id=order-1001')
  await expect(gateway.lookByOrder(merchantUid('order-1001'))).rejects.toMatchObject({ kind: 'cannotLook' })
})

test('where the status call is off nobody is asked', async () => {
  const wire = await startWire({ [STATUS]: json(200, PAYMENT) })
  const gateway = gatewayAt(wire.url, { statusApi: false })
  await expect(gateway.look(REF)).rejects.toMatchObject({ kind: 'cannotLook' })
  await expect(gateway.lookMany([REF])).rejects.toMatchObject({ kind: 'cannotLook' })
  await expect(gateway.lookByOrder(merchantUid('order-1001'), 'buyer-77')).rejects.toMatchObject({ kind: 'cannotLook' })
  expect(wire.seen).toEqual([])
})

test('there is no list, nothing to register, and the account is its project', async () => {
  const gateway = gatewayAt('http://127.0.0.1:9')
  expect(gateway.list).toBeUndefined()
  const order = { merchantUid: merchantUid('o'), amount: 1990, currency: 'USD', channel: 'live' } as const
  await expect(gateway.register(order)).resolves.toEqual({ kind: 'registered' })
  await expect(gateway.account()).resolves.toEqual([`paymentwall/${KEY}`])
})
