// Looks, lists, registration and deliveries against a wire that answers as a test says.
// Must not know: the simulator, rows.
import { expect, test } from 'vitest'
import { gatewayRef, merchantUid } from '../../../src/domain/ids.ts'
import { failureOf, json, lacking, text } from '../wire.ts'
import { PAID, PAYMENT, REF, REQUESTED, STORE, storeOn, TRANSACTION, TRANSACTIONS } from './store.ts'

const ORDER = merchantUid('ord-1')
const OTHER_TRANSACTION = '0191c2d4-0000-4b10-9d51-2f6e0a8b3c41'
const notFound = json(404, { type: 'PAYMENT_NOT_FOUND' })
const asTransaction = (id: string, more: object = {}) => ({
  ...lacking(PAID, 'transactionId', 'disputes'),
  id,
  paymentId: 'ord-1',
  ...more,
})

test('a paid payment with an open ticket: nothing has gone back, and the ticket is told', async () => {
  const { gateway, seen, notes } = await storeOn({ [PAYMENT]: json(200, { ...PAID, cancellations: [REQUESTED] }) })
  await expect(gateway.look(REF)).resolves.toEqual({
    gateway: 'portone/main',
    gatewayRef: REF,
    merchantUid: 'ord-1',
    provider: 'PAYMENTWALL',
    ours: true,
    status: 'paid',
    statusSaid: 'PAID',
    amount: 1990,
    currency: 'USD',
    channel: 'live',
    returned: 0,
    entries: [],
    tickets: [
      {
        id: REQUESTED.id,
        amount: 500,
        requestedAt: '2026-08-06T02:10:00.000Z',
        reason: '#rf-3 customer asked',
        mark: null,
        state: 'open',
      },
    ],
    paidAt: '2026-08-05T02:06:10.000Z',
    failedAt: null,
    failReason: null,
    paymentwallRef: null,
    payMethod: null,
    payerCountry: null,
  })
  expect(seen[0]?.line).toBe(`GET /payments/ord-1?storeId=${STORE}`)
  expect(notes).toEqual([])
})

test('what has gone back is an entry, what was refused is a ticket at its end', async () => {
  const cancellations = [
    { ...REQUESTED, status: 'SUCCEEDED', id: 'a', cancelledAt: '2026-08-07T00:00:00+09:00' },
    { ...REQUESTED, status: 'SUCCEEDED', id: 'b', trigger: 'CHARGEBACK', reason: 'card fraud' },
    { ...REQUESTED, status: 'SUCCEEDED', id: 'c', trigger: 'CONSOLE' },
    { ...REQUESTED, status: 'SUCCEEDED', id: 'd', trigger: undefined, reason: '관리자페이지취소' },
    { ...REQUESTED, status: 'SUCCEEDED', id: 'e', totalAmount: 0 },
    { ...REQUESTED, status: 'FAILED', id: 'f' },
    { ...REQUESTED, status: 'TOMORROW', id: 'g' },
  ]
  const amount = { ...PAID.amount, cancelled: 2_000 }
  const { gateway, notes } = await storeOn({
    [PAYMENT]: json(200, { ...PAID, status: 'PARTIAL_CANCELLED', amount, cancellations }),
  })
  const evidence = await gateway.look(REF)
  expect(evidence).toMatchObject({ status: 'cancelled', returned: 2_000 })
  expect(evidence?.entries.map(({ cancellationId, cancelledAt, mark }) => [cancellationId, cancelledAt, mark])).toEqual(
    [
      ['a', '2026-08-06T15:00:00.000Z', null],
      ['b', '2026-08-06T02:10:00.000Z', 'chargeback'],
      ['c', '2026-08-06T02:10:00.000Z', 'console'],
      ['d', '2026-08-06T02:10:00.000Z', 'console'],
    ],
  )
  expect(evidence?.tickets?.map(({ id, state }) => [id, state])).toEqual([['f', 'refused']])
  expect(notes).toEqual(['cancellations[].status'])
})

test.each([
  ['READY', 'ready'],
  ['PAY_PENDING', 'ready'],
  ['FAILED', 'failed'],
  ['CANCELLED', 'cancelled'],
  ['VIRTUAL_ACCOUNT_ISSUED', 'unrecognized'],
  ['SOMETHING_NEW', 'unrecognized'],
])('%s is %s', async (status, ours) => {
  const { gateway } = await storeOn({ [PAYMENT]: json(200, { ...PAID, status }) })
  await expect(gateway.look(REF)).resolves.toMatchObject({ status: ours, statusSaid: status })
})

test('without a channel it is of a channel that is not known, and of ours; without requests nothing is said of tickets', async () => {
  const { gateway, notes } = await storeOn({ [PAYMENT]: json(200, lacking(PAID, 'channel')) })
  const evidence = await gateway.look(REF)
  expect(evidence).toMatchObject({ channel: null, provider: null, ours: true })
  expect(evidence).not.toHaveProperty('tickets')
  expect(notes).toEqual(['channel'])
})

test("another provider's payment is not ours; another store's, and one of V1, are not shown", async () => {
  const channel = { ...PAID.channel, pgProvider: 'TOSSPAYMENTS' }
  const { gateway } = await storeOn({
    [PAYMENT]: [
      json(200, { ...PAID, channel }),
      json(200, { ...PAID, storeId: 'store-2' }),
      json(200, { ...PAID, version: 'V1' }),
    ],
  })
  await expect(gateway.look(REF)).resolves.toMatchObject({ ours: false, provider: 'TOSSPAYMENTS' })
  await expect(gateway.look(REF)).resolves.toBeUndefined()
  await expect(gateway.look(REF)).resolves.toBeUndefined()
})

test('an unknown order is not shown; a page in between, 403 and 500 are asked again', async () => {
  const { gateway } = await storeOn({
    [PAYMENT]: [notFound, text(404, '<html></html>'), json(500, {}), json(404, { type: 'STORE_NOT_FOUND' })],
  })
  await expect(gateway.look(REF)).resolves.toBeUndefined()
  for (const _ of [1, 2, 3]) expect((await failureOf(gateway.look(REF))).kind).toBe('gatewayUnavailable')
})

test.each([
  [401, 'UNAUTHORIZED'],
  [403, 'FORBIDDEN'],
])('HTTP %d is about our secret', async (status, type) => {
  const { gateway } = await storeOn({ [PAYMENT]: json(status, { type, message: 'expired' }) })
  const failure = await failureOf(gateway.look(REF))
  expect(failure.kind).toBe('gatewayKeysRefused')
  expect(failure.message).toContain('PORTONE_API_SECRET')
  expect(failure.message).not.toContain('the-secret')
})

test('another attempt than the one that is shown is asked for among all; one that is not there cannot be looked at', async () => {
  const script = {
    [PAYMENT]: json(200, PAID),
    [TRANSACTIONS]: json(200, {
      items: [asTransaction(TRANSACTION), asTransaction(OTHER_TRANSACTION, { status: 'FAILED' })],
    }),
  }
  const { gateway } = await storeOn(script)
  const other = await gateway.look(gatewayRef(`ord-1:${OTHER_TRANSACTION}`))
  expect(other).toMatchObject({ status: 'failed', gatewayRef: `ord-1:${OTHER_TRANSACTION}`, merchantUid: 'ord-1' })
  expect(other).not.toHaveProperty('tickets')
  expect((await failureOf(gateway.look(gatewayRef('ord-1:none')))).kind).toBe('cannotLook')
  const found = await gateway.lookByOrder(ORDER)
  expect(found.map((each) => [each.gatewayRef, each.status])).toEqual([
    [REF, 'paid'],
    [`ord-1:${OTHER_TRANSACTION}`, 'failed'],
  ])
})

test.each([
  ['gone', json(404, { type: 'NOT_FOUND' })],
  ['of another form', json(200, { attempts: [] })],
])('a list of transactions that is %s hides nothing of what the payment shows', async (_, step) => {
  const { gateway, notes } = await storeOn({ [PAYMENT]: json(200, PAID), [TRANSACTIONS]: step })
  await expect(gateway.lookByOrder(ORDER)).resolves.toMatchObject([{ gatewayRef: REF }])
  expect(notes).toEqual(['transactions'])
})

test.each([
  ['another order', { ...PAID, id: 'ord-2' }, 'id'],
  ['an unknown currency', { ...PAID, currency: 'ABC' }, 'currency'],
  ['a sum with decimals', { ...PAID, amount: { ...PAID.amount, total: 19.9 } }, 'amount.total'],
  ['a negative sum', { ...PAID, amount: { ...PAID.amount, cancelled: -1 } }, 'amount.cancelled'],
  ['no sums', lacking(PAID, 'amount'), 'amount'],
  [
    'a request without an amount',
    { ...PAID, cancellations: [lacking(REQUESTED, 'totalAmount')] },
    'cancellations[0].totalAmount',
  ],
  ['an id that no reference can hold', { ...PAID, transactionId: 'a:b' }, 'id'],
])('%s is not taken over', async (_, wire, field) => {
  const { gateway } = await storeOn({ [PAYMENT]: json(200, wire) })
  const failure = await failureOf(gateway.look(REF))
  expect(failure.kind).toBe('gatewayAnswerUnreadable')
  expect(failure.details).toEqual({ field })
})

const ASKED = { from: new Date('2026-08-05T00:00:00.900Z'), to: new Date('2026-08-06T00:00:00.100Z'), page: 1, size: 2 }

test('a list asks for what is ours by the time of its status, and leaves out what is not', async () => {
  const items = [
    PAID,
    { ...PAID, version: 'V1' },
    { ...PAID, storeId: 'store-2' },
    { ...PAID, id: 'ord-3', currency: 'ABC' },
  ]
  const { gateway, seen } = await storeOn({
    'GET /payments': json(200, { items, page: { number: 0, size: 2, totalCount: 4 } }),
  })
  const page = await gateway.list({ ...ASKED, status: 'cancelled' })
  const asked = JSON.parse(new URL(`http://x${seen[0]?.line.split(' ')[1]}`).searchParams.get('requestBody') ?? '')
  expect(asked).toEqual({
    page: { number: 0, size: 2 },
    filter: {
      storeId: STORE,
      version: 'V2',
      pgProvider: ['PAYMENTWALL'],
      status: ['CANCELLED', 'PARTIAL_CANCELLED'],
      timestampType: 'STATUS_CHANGED_AT',
      from: '2026-08-05T00:00:00.000Z',
      until: '2026-08-06T00:00:01.000Z',
      sortBy: 'STATUS_CHANGED_AT',
      sortOrder: 'ASC',
    },
  })
  expect(page).toMatchObject({ total: null, more: true, listed: [{ gatewayRef: REF }] })
  expect(page.unreadable).toMatchObject([{ gatewayRef: `ord-3:${TRANSACTION}`, merchantUid: 'ord-3', ours: true }])
})

test('a short page is the last one, and an empty one whatever it counts', async () => {
  const { gateway } = await storeOn({
    'GET /payments': [
      json(200, { items: [PAID] }),
      json(200, { items: [], page: { totalCount: 9 } }),
      json(400, { type: 'INVALID_REQUEST' }),
    ],
  })
  await expect(gateway.list({ ...ASKED, status: 'paid' })).resolves.toMatchObject({ more: false })
  await expect(gateway.list({ ...ASKED, status: 'paid' })).resolves.toMatchObject({ more: false, listed: [] })
  // A filter that is not taken must never look like an empty list.
  expect((await failureOf(gateway.list({ ...ASKED, status: 'paid' }))).kind).toBe('gatewayUnavailable')
})

test('a page beyond what PortOne gives is not asked for', async () => {
  const { gateway, seen } = await storeOn({})
  expect((await failureOf(gateway.list({ ...ASKED, status: 'paid', page: 601, size: 100 }))).kind).toBe(
    'gatewayAnswerUnreadable',
  )
  expect(seen).toEqual([])
})

test('registering is repeated as it is, and PortOne alone refuses', async () => {
  const order = { merchantUid: ORDER, amount: 1990, currency: 'USD', channel: 'live' } as const
  const { gateway, seen } = await storeOn({
    'POST /payments/ord-1/pre-register': [
      json(200, {}),
      json(409, { type: 'ALREADY_PAID' }),
      json(403, { type: 'WALL' }),
    ],
  })
  await expect(gateway.register(order)).resolves.toEqual({ kind: 'registered' })
  expect(seen[0]?.body).toBe('{"storeId":"store-demo","totalAmount":1990,"currency":"USD"}')
  await expect(gateway.register(order)).resolves.toMatchObject({ kind: 'refused' })
  expect((await failureOf(gateway.register(order))).kind).toBe('gatewayUnavailable')
})

test('the account is the store, once the secret may read it', async () => {
  const { gateway } = await storeOn({
    'GET /payments': [json(200, { items: [] }), json(401, { type: 'UNAUTHORIZED' })],
  })
  await expect(gateway.account()).resolves.toEqual([`portone/${STORE}`])
  expect((await failureOf(gateway.account())).kind).toBe('gatewayKeysRefused')
})

const DELIVERY = {
  gatewayRef: REF,
  merchantUid: ORDER,
  channel: 'live',
  kind: 'digital',
  status: 'delivered',
  email: 'ann@example.com',
  refundable: false,
  reason: null,
  details: 'sent by mail',
  carrier: null,
  trackingId: null,
  estimatedAt: null,
  estimatedUpdateAt: null,
  address: null,
} as const

test('a delivery names the transaction; what PortOne demands and nobody said is asked for', async () => {
  const { gateway, seen } = await storeOn({
    'POST /paymentwall/delivery/confirm': [
      json(200, {}),
      json(404, { type: 'PAYMENT_NOT_FOUND', message: 'no' }),
      json(500, {}),
    ],
  })
  await expect(gateway.confirmDelivery(DELIVERY)).resolves.toEqual({ kind: 'taken' })
  expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({
    transactionId: TRANSACTION,
    deliveryType: 'DIGITAL',
    deliveryStatus: 'DELIVERED',
    refundable: false,
    details: 'sent by mail',
    shippingAddressEmail: 'ann@example.com',
  })
  await expect(gateway.confirmDelivery(DELIVERY)).resolves.toEqual({ kind: 'refused', said: 'PAYMENT_NOT_FOUND: no' })
  expect((await failureOf(gateway.confirmDelivery(DELIVERY))).kind).toBe('gatewayUnavailable')
  for (const lacks of [{ refundable: null }, { details: null }, { kind: 'physical' }] as const)
    await expect(gateway.confirmDelivery({ ...DELIVERY, ...lacks })).resolves.toMatchObject({ kind: 'refused' })
  expect(seen).toHaveLength(3)
})
