// The control API: the buyer, the people at the desk, and what
// the merchant hears of them (iamport.md §6).
// Must not know the direct wire, which has a file of its own.
import { expect, test } from 'vitest'
import { call, eventually, startMerchant, startTogether } from './support.ts'

test('a payment is told to the webhook address, or to its own notice_url', async () => {
  const { merchant, pay } = await startTogether()
  const other = await startMerchant()
  const impUid = await pay()
  await eventually(() => merchant.bodies()).toEqual([{ imp_uid: impUid, merchant_uid: 'order-1', status: 'paid' }])
  const elsewhere = await pay({ noticeUrl: other.url })
  await eventually(() => other.bodies()).toMatchObject([{ imp_uid: elsewhere, status: 'paid' }])
  expect(merchant.heard).toHaveLength(1)
})

test('amount and currency come from the registration, else they must be given', async () => {
  const { ask, desk } = await startTogether()
  await ask('POST', '/payments/prepare', { merchant_uid: 'prepared', amount: 19.9, currency: 'USD' })
  await ask('POST', '/payments/prepare', { merchant_uid: 'won', amount: 1004 })
  await desk('POST', 'pay', { merchantUid: 'prepared', outcome: 'paid' })
  await desk('POST', 'pay', { merchantUid: 'won', outcome: 'paid' })
  expect((await desk('GET', 'payments')).body).toMatchObject({
    payments: [
      { merchantUid: 'prepared', status: 'paid', amount: 1990, cancelAmount: 0, currency: 'USD', sandbox: false },
      { merchantUid: 'won', amount: 1004, currency: 'KRW' },
    ],
  })
  const unknown = await desk('POST', 'pay', { merchantUid: 'unknown', outcome: 'paid', amount: 1 })
  expect(unknown).toMatchObject({ status: 422, body: { error: expect.stringContaining('prepare it, or give both') } })
})

test('a decline is told to nobody and stays', async () => {
  const { merchant, pay, ask, desk } = await startTogether()
  const impUid = await pay({ outcome: 'declined' })
  expect((await ask('GET', `/payments/${impUid}`)).body).toMatchObject({
    response: { status: 'failed', paid_at: 0, fail_reason: expect.any(String) },
  })
  expect(await desk('POST', `payments/${impUid}/approve`)).toMatchObject({ status: 409 })
  expect(merchant.heard).toEqual([])
})

test('a late approval turns failed into paid, and is told', async () => {
  const { merchant, pay, ask, desk } = await startTogether()
  const impUid = await pay({ outcome: 'approvedLate' })
  expect((await ask('GET', `/payments/${impUid}`)).body).toMatchObject({
    response: { status: 'failed', fail_reason: '(PG사 결제 장애) Internal error' },
  })
  expect(merchant.heard).toEqual([])
  await desk('POST', `payments/${impUid}/approve`)
  await eventually(() => merchant.bodies()).toMatchObject([{ imp_uid: impUid, status: 'paid' }])
  expect((await ask('GET', `/payments/${impUid}`)).body).toMatchObject({
    response: { status: 'paid', fail_reason: null },
  })
})

test('a completed ticket is booked with its reason and told with its cancellation id', async () => {
  const { merchant, pay, ask, desk, tickets } = await startTogether()
  const impUid = await pay()
  await ask('POST', '/payments/cancel', { imp_uid: impUid, reason: '고객 요청 #r-1' })
  const path = `tickets/${(await tickets())[0]?.id}/complete`
  expect(await desk('POST', path)).toMatchObject({ status: 200, body: { ticket: { state: 'completed' } } })
  await eventually(() => merchant.heard.length).toBe(2)
  const told = merchant.bodies()[1]
  expect(told).toMatchObject({ imp_uid: impUid, status: 'cancelled', cancellation_id: expect.stringMatching(/^cncl_/) })
  const history = [{ amount: 19.9, reason: '고객 요청 #r-1' }]
  expect((await ask('GET', `/payments/${impUid}`)).body).toMatchObject({ response: { cancel_history: history } })
  expect(await desk('POST', path)).toMatchObject({ status: 409, body: { error: expect.stringContaining('completed') } })
})

test('the desk may give back another amount, never more than is left', async () => {
  const { pay, ask, desk, tickets } = await startTogether()
  const impUid = await pay()
  await ask('POST', '/payments/cancel', { imp_uid: impUid, amount: 5 })
  await ask('POST', '/payments/cancel', { imp_uid: impUid, amount: 19.9 })
  const [first, second] = await tickets()
  expect(await desk('POST', `tickets/${first?.id}/complete`, { amount: 1991 })).toMatchObject({ status: 422 })
  expect(await desk('POST', `tickets/${first?.id}/complete`, { amount: 700 })).toMatchObject({ status: 200 })
  expect(await desk('POST', `tickets/${second?.id}/complete`)).toMatchObject({ status: 422 })
  expect(await desk('POST', `tickets/${second?.id}/complete`, { amount: 1290 })).toMatchObject({ status: 200 })
  expect((await desk('GET', 'payments')).body).toMatchObject({ payments: [{ cancelAmount: 1990 }] })
})

test('a refused ticket is silence', async () => {
  const { merchant, pay, ask, desk, tickets } = await startTogether()
  const impUid = await pay()
  await eventually(() => merchant.heard.length).toBe(1)
  await ask('POST', '/payments/cancel', { imp_uid: impUid })
  await desk('POST', `tickets/${(await tickets())[0]?.id}/refuse`)
  expect(await tickets()).toMatchObject([{ state: 'refused' }])
  expect((await ask('GET', `/payments/${impUid}`)).body).toMatchObject({
    response: { status: 'paid', cancel_history: [] },
  })
  expect(merchant.heard).toHaveLength(1)
})

test('console cancels and chargebacks say what they are, and are told', async () => {
  const { merchant, pay, ask, desk } = await startTogether()
  const impUid = await pay()
  await desk('POST', `payments/${impUid}/consoleCancel`, { amount: 990 })
  await desk('POST', `payments/${impUid}/chargeback`)
  expect((await ask('GET', `/payments/${impUid}`)).body).toMatchObject({
    response: {
      cancel_amount: 19.9,
      cancel_history: [
        { amount: 9.9, reason: 'console cancel' },
        { amount: 10, reason: 'chargeback' },
      ],
    },
  })
  await eventually(() => merchant.heard.length).toBe(3)
  expect(await desk('POST', `payments/${impUid}/chargeback`)).toMatchObject({ status: 422 })
})

test('a reversed cancel is gone, without a word', async () => {
  const { merchant, pay, ask, desk } = await startTogether()
  const impUid = await pay()
  await desk('POST', `payments/${impUid}/consoleCancel`, { amount: 990 })
  await desk('POST', `payments/${impUid}/chargeback`, { amount: 500 })
  await eventually(() => merchant.heard.length).toBe(3)
  await desk('POST', `payments/${impUid}/reverse`, { amount: 990 })
  expect((await ask('GET', `/payments/${impUid}`)).body).toMatchObject({
    response: { status: 'cancelled', cancel_amount: 5, cancel_history: [{ reason: 'chargeback' }] },
  })
  await desk('POST', `payments/${impUid}/reverse`)
  expect((await ask('GET', `/payments/${impUid}`)).body).toMatchObject({
    response: { status: 'paid', cancel_amount: 0, cancelled_at: 0, cancel_reason: null, cancel_history: [] },
  })
  expect(await desk('POST', `payments/${impUid}/reverse`)).toMatchObject({ status: 409 })
  expect(merchant.heard).toHaveLength(3)
})

test('bad control calls are answered with a sentence', async () => {
  const { simulator, desk } = await startTogether()
  const order = { merchantUid: 'o', outcome: 'paid', amount: 1, currency: 'USD' }
  for (const wrong of [
    { amount: 1.5 },
    { currency: 'usd' },
    { outcome: 'maybe' },
    { country: 'D' },
    { colour: 'red' },
  ]) {
    const said = await desk('POST', 'pay', { ...order, ...wrong })
    expect(said, JSON.stringify(wrong)).toMatchObject({ status: 422, body: { error: expect.any(String) } })
  }
  expect(await desk('POST', 'pay', [])).toMatchObject({
    status: 422,
    body: { error: 'The body is not a JSON object.' },
  })
  expect(await desk('POST', 'tickets/nope/complete')).toMatchObject({
    status: 404,
    body: { error: expect.any(String) },
  })
  expect(await desk('POST', 'payments/nope/chargeback')).toMatchObject({ status: 404 })
  expect(await desk('GET', 'nonsense')).toMatchObject({ status: 404, body: { error: expect.any(String) } })
  const large = await call(simulator.url, 'POST', '/__sim/pay', { ...order, merchantUid: 'x'.repeat(70_000) })
  expect(large).toMatchObject({ status: 413, body: { error: 'The body is larger than 64 KiB.' } })
})

test('calls are counted by route until the reset, which leaves nothing but the token', async () => {
  const { pay, ask, desk } = await startTogether()
  const impUid = await pay()
  await ask('GET', `/payments/${impUid}`)
  await ask('GET', `/payments/findAll/order-1/paid`)
  await ask('POST', '/payments/cancel', { imp_uid: impUid })
  await desk('PUT', 'faults', { reads: 'slow' })
  expect((await desk('GET', 'calls')).body).toEqual({
    calls: {
      'POST /users/getToken': 1,
      'GET /payments/:imp_uid': 1,
      'GET /payments/findAll/:merchant_uid': 1,
      'POST /payments/cancel': 1,
    },
  })
  await desk('POST', 'reset')
  expect((await desk('GET', 'calls')).body).toEqual({ calls: {} })
  expect((await desk('GET', 'payments')).body).toEqual({ payments: [] })
  expect((await desk('GET', 'tickets')).body).toEqual({ tickets: [] })
  expect((await desk('GET', 'faults')).body).toMatchObject({ reads: 'ok' })
  expect(await ask('GET', `/payments/${impUid}`)).toMatchObject({ status: 404 })
})

test('its old address leads to its page', async () => {
  const { desk } = await startTogether()
  const page = await desk('GET', '')
  expect(page).toMatchObject({ status: 200, text: expect.stringContaining('<h1>The desk at Paymentwall</h1>') })
})
