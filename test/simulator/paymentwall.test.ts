// Paymentwall's own wire: widget, tickets, status, delivery, pingbacks (paymentwall.md §3-§8).
// Must not know i'mport, except that neither sees the other's payments.
import { expect, test } from 'vitest'
import { PROJECT_SECRET } from '../../src/simulator/credentials.ts'
import { sign } from '../../src/simulator/paymentwall/signature.ts'
import { signed, startDirect } from './direct.ts'
import { call, eventually, startMerchant, staysSilent } from './support.ts'

test("a payment is told by a signed GET, and i'mport does not know it", async () => {
  const { merchant, payDirect, pingbacks, ask, desk } = await startDirect()
  const ref = await payDirect()
  await eventually(() => merchant.heard.length).toBe(1)
  expect(merchant.heard[0]).toMatchObject({ method: 'GET', path: '/hooks' })
  const told = pingbacks()[0] ?? {}
  expect(told).toEqual({
    uid: 'buyer-77',
    goodsid: 'order-1',
    slength: '',
    speriod: '',
    type: '0',
    ref,
    sign_version: '3',
    sig: sign(told, PROJECT_SECRET, 3),
  })
  expect(await ask('GET', `/payments/${ref}`)).toMatchObject({ status: 404 })
  expect((await ask('POST', '/payments/cancel', { imp_uid: ref })).body).toMatchObject({ code: 1 })
  expect((await desk('GET', 'payments')).body).toMatchObject({ payments: [{ impUid: ref, merchantUid: 'order-1' }] })
})

test('custom parameters and the test mark are signed too', async () => {
  const pingbackParameters = {
    price: 'PRODUCT_PRICE',
    price_ccy: 'PRODUCT_CURRENCY_CODE',
    country_code: 'COUNTRY_CODE',
  }
  const { payDirect, pingbacks } = await startDirect({ pingbackParameters, pingbackSignVersion: 2 })
  const ref = await payDirect({ sandbox: true, country: 'DE' })
  expect(ref).toMatch(/^t/)
  await eventually(() => pingbacks().length).toBe(1)
  const told = pingbacks()[0] ?? {}
  expect(told).toMatchObject({ is_test: '1', price: '19.90', price_ccy: 'USD', country_code: 'DE', sign_version: '2' })
  expect(told.sig).toBe(sign(told, PROJECT_SECRET, 2))
})

test('a full ticket ends as type 2 with reason 9, a part as type 220 with its amount', async () => {
  const { payDirect, file, tickets, desk, pingbacks } = await startDirect()
  const ref = await payDirect()
  const part = { ref, type: '5', amount: '4.25', message: 'partial', merchant_refund_id: 'rf-3' }
  expect((await file(part)).body).toEqual({ result: 1 })
  expect((await file({ ref, type: '1', message: 'all', merchant_refund_id: 'rf-4' }, 2)).body).toEqual({ result: 1 })
  const [first, second] = await tickets()
  expect(first).toMatchObject({ amount: 425, state: 'open' })
  await desk('POST', `tickets/${first?.id}/complete`)
  await eventually(() => pingbacks().length).toBe(2)
  expect(pingbacks()[1]).toMatchObject({ type: '220', ref, refund_amount: '4.25', merchant_refund_id: 'rf-3' })
  await desk('POST', `tickets/${second?.id}/complete`, { amount: 1565 })
  await eventually(() => pingbacks().length).toBe(3)
  expect(pingbacks()[2]).toMatchObject({ type: '2', reason: '9', ref, merchant_refund_id: 'rf-4' })
})

test('moves from outside carry no refund id', async () => {
  const { payDirect, desk, pingbacks } = await startDirect()
  const ref = await payDirect()
  await desk('POST', `payments/${ref}/consoleCancel`, { amount: 90 })
  await eventually(() => pingbacks().length).toBe(2)
  await desk('POST', `payments/${ref}/chargeback`)
  await eventually(() => pingbacks().length).toBe(3)
  expect(pingbacks()[1]).toMatchObject({ type: '220', refund_amount: '0.90' })
  expect(pingbacks()[1]).not.toHaveProperty('merchant_refund_id')
  expect(pingbacks()[2]).toMatchObject({ type: '2', reason: '1' })
})

test('tickets that are not filed, and why', async () => {
  const { simulator, payDirect, file, tickets } = await startDirect()
  const ref = await payDirect()
  const none = 'You do not have access to the developers API'
  const post = (form: string) => call(simulator.url, 'POST', '/developers/api/ticket', form)
  expect((await post(`${signed({ ref, type: '1' })}0`)).body).toEqual({ result: 0, errors: [none] })
  expect((await post(signed({ ref, type: '1', key: 'other' }))).body).toEqual({ result: 0, errors: [none] })
  expect((await file({ type: '1' })).body).toEqual({ result: 0, errors: ['Either ref or uid is required'] })
  expect((await file({ type: '1', ref: 'b0' })).body).toMatchObject({ result: 0 })
  expect((await file({ type: '5', ref, amount: 'x' })).body).toMatchObject({ result: 0 })
  expect((await file({ type: '1', ref: 'none', test_mode: '1' })).body).toEqual({ result: 1 })
  expect(await tickets()).toEqual([])
  expect((await file({ type: '1', uid: 'buyer-77' })).body).toEqual({ result: 1 })
  expect(await tickets()).toMatchObject([{ impUid: ref, amount: 1990 }])
})

test('the cancel faults hold for tickets as well', async () => {
  const { simulator, payDirect, file, tickets, desk, pingbacks } = await startDirect()
  const ticket = { ref: await payDirect(), type: '1', message: 'm' }
  await eventually(() => pingbacks().length).toBe(1)
  await desk('PUT', 'faults', { cancel: 'refuse' })
  expect((await file(ticket)).body).toMatchObject({ result: 0, errors: [expect.any(String)] })
  await desk('PUT', 'faults', { cancel: 'error500' })
  expect(await file(ticket)).toMatchObject({ status: 500 })
  await desk('PUT', 'faults', { cancel: 'timeoutBefore' })
  const silent = () => staysSilent(simulator.url, '/developers/api/ticket', signed(ticket), {})
  await expect(silent()).resolves.toBe(true)
  expect(await tickets()).toEqual([])
  await desk('PUT', 'faults', { cancel: 'lostAnswer' })
  await expect(silent()).resolves.toBe(true)
  await eventually(() => tickets()).toMatchObject([{ state: 'open' }])
  await desk('PUT', 'faults', { cancel: 'error500After' })
  expect(await file(ticket)).toMatchObject({ status: 500 })
  expect(await tickets()).toHaveLength(2)
  await desk('PUT', 'faults', { cancel: 'instant' })
  await file(ticket)
  expect(pingbacks()[1]).toMatchObject({ type: '2', reason: '9' })
})

test('status: one object by ref, a list by uid and order, no parts in `refunded`', async () => {
  const { payDirect, look, desk } = await startDirect()
  const ref = await payDirect()
  const payment = {
    object: 'payment',
    id: ref,
    amount: '19.90',
    currency: 'USD',
    refunded: false,
    product_id: 'order-1',
  }
  expect((await look({ ref })).body).toMatchObject(payment)
  expect((await look({ uid: 'buyer-77', ag_external_id: 'order-1' })).body).toMatchObject([payment])
  expect((await look({ uid: 'other', ag_external_id: 'order-1' })).body).toEqual([])
  await desk('POST', `payments/${ref}/consoleCancel`, { amount: 990 })
  expect((await look({ ref })).body).toMatchObject({ refunded: false })
  await desk('POST', `payments/${ref}/consoleCancel`)
  expect((await look({ ref })).body).toMatchObject({ refunded: true })
  expect((await look({ ref: 'b0' })).body).toMatchObject({ type: 'Error' })
})

test('status: a wrong signature is an error object', async () => {
  const { simulator } = await startDirect()
  const said = await call(simulator.url, 'GET', '/api/rest/payment/?key=x&ref=y&sign=z')
  expect(said.body).toEqual({ type: 'Error', object: 'Error', error: 'Request signature is invalid', code: 4009 })
})

test('the widget is a page for good signatures, and another page for bad ones; neither repeats what an address says', async () => {
  const { simulator } = await startDirect()
  const order = { uid: 'u', widget: 'pw_1', ag_name: '<b>"Pass"</b>', ag_external_id: '</script>', 'history[x]': '1' }
  const show = (query: string) => call(simulator.url, 'GET', `/api/subscription?${query}`)
  const page = await show(signed({ ...order, amount: '12.50', currencyCode: 'EUR' }, 2))
  expect(page).toMatchObject({ status: 200, text: expect.stringContaining('/browser/window.js') })
  expect(page.text).not.toMatch(/12\.50|"Pass"/)
  for (const wrong of [`${signed(order)}&more=1`, `${signed(order)}&uid=u`, 'key=x']) {
    expect(await show(wrong)).toMatchObject({ status: 200, text: expect.stringContaining('not authorized') })
  }
})

test('delivery is guarded by the secret', async () => {
  const { simulator, payDirect } = await startDirect()
  const fields = {
    payment_id: await payDirect(),
    type: 'digital',
    status: 'delivered',
    'shipping_address[email]': 'a@b.c',
  }
  const form = new URLSearchParams(fields).toString()
  const send = (body: string, key: string) => call(simulator.url, 'POST', '/api/delivery', body, { 'x-apikey': key })
  expect((await send(form, PROJECT_SECRET)).body).toEqual({ success: 1 })
  expect((await send(form, 'wrong')).body).toMatchObject({ error: expect.any(String) })
  expect((await send('payment_id=b0', PROJECT_SECRET)).body).toMatchObject({ error: expect.any(String) })
})

test('a pingback is sent again until it is answered with 200 and OK', async () => {
  const answers = [
    { status: 500, body: 'OK' },
    { status: 200, body: 'ok' },
    { status: 200, body: 'OK' },
  ]
  const slow = await startMerchant(answers)
  const { payDirect, simulator } = await startDirect({ pingbackRetries: { everyMs: 10, times: 5 } })
  simulator.setPingbackUrl(slow.url)
  await payDirect()
  await eventually(() => slow.heard.length).toBe(3)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(slow.heard).toHaveLength(3)
})
