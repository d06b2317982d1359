// Two levels, as in life: Paymentwall tells i'mport by pingback, and i'mport tells the merchant by
// webhook. What i'mport has not heard, nobody can learn from it.
// Must not know how i'mport remembers what it heard.
import { expect, test } from 'vitest'
import { PROJECT_SECRET } from '../../src/simulator/credentials.ts'
import { signPingback, type Parameters } from '../../src/simulator/paymentwall/signature.ts'
import { call, eventually, startTogether } from './support.ts'

const lost = { projects: { iamport: { pingbacks: 'lost' } } }
const found = { projects: { iamport: { pingbacks: 'deliver' } } }

test("a payment whose pingback is lost is no payment at i'mport, until the repeat comes", async () => {
  const { pay, look, desk, pass, merchant } = await startTogether()
  await desk('PUT', 'faults', lost)
  const impUid = await pay()
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'ready', paid_at: 0 })
  expect((await desk('GET', 'payments')).body).toMatchObject({ payments: [{ impUid, status: 'paid' }] })
  await desk('PUT', 'faults', found)
  await pass('29m')
  expect(merchant.heard).toEqual([])
  await pass('1m')
  await eventually(() => merchant.bodies()).toEqual([{ imp_uid: impUid, merchant_uid: 'order-1', status: 'paid' }])
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'paid' })
})

test('a late approval that is lost leaves the failure standing', async () => {
  const { pay, look, desk, pass } = await startTogether()
  const impUid = await pay({ outcome: 'approvedLate' })
  await desk('PUT', 'faults', lost)
  await desk('POST', `payments/${impUid}/approve`)
  const failed = { status: 'failed', fail_reason: '(PG사 결제 장애) Internal error' }
  expect(await look(`/payments/${impUid}`)).toMatchObject(failed)
  await desk('PUT', 'faults', found)
  await pass('30m')
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'paid', fail_reason: null })
})

test('a worked ticket whose pingback is lost shows nothing, and counts as balance', async () => {
  const { pay, ask, look, desk, pass, tickets, merchant } = await startTogether()
  const impUid = await pay()
  await ask('POST', '/payments/cancel', { imp_uid: impUid, amount: 5, reason: 'part' })
  await desk('PUT', 'faults', lost)
  await desk('POST', `tickets/${(await tickets())[0]?.id}/complete`)
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'paid', cancel_amount: 0, cancel_history: [] })
  const all = { imp_uid: impUid, checksum: 19.9 }
  expect((await ask('POST', '/payments/cancel', all)).body).toMatchObject({ code: 0 })
  await desk('PUT', 'faults', found)
  await pass('30m')
  const entry = { amount: 5, reason: 'part' }
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'cancelled', cancel_history: [entry] })
  await eventually(() => merchant.bodies()).toMatchObject([{ status: 'paid' }, { status: 'cancelled' }])
})

test('moves from outside are heard by their kind, the oldest first', async () => {
  const { pay, look, desk, pass } = await startTogether()
  const impUid = await pay()
  await desk('PUT', 'faults', lost)
  await desk('POST', `payments/${impUid}/consoleCancel`, { amount: 100 })
  await desk('PUT', 'faults', found)
  await desk('POST', `payments/${impUid}/chargeback`, { amount: 200 })
  expect(await look(`/payments/${impUid}`)).toMatchObject({
    cancel_amount: 2,
    cancel_history: [{ reason: 'chargeback' }],
  })
  await pass('30m')
  expect(await look(`/payments/${impUid}`)).toMatchObject({ cancel_amount: 3 })
})

test('a pingback that comes twice, or four times at once, is one webhook', async () => {
  for (const pingbacks of ['duplicate', 'concurrent']) {
    const { pay, desk, merchant } = await startTogether()
    await desk('PUT', 'faults', { projects: { iamport: { pingbacks } } })
    const impUid = await pay()
    await desk('POST', `payments/${impUid}/consoleCancel`)
    await eventually(() => merchant.bodies()).toMatchObject([{ status: 'paid' }, { status: 'cancelled' }])
  }
})

test.each(['badSignature', 'downgrade', 'extraParameter'])(
  "%s: i'mport takes none of it, and hears it later",
  async (pingbacks) => {
    const { pay, look, desk, pass } = await startTogether()
    await desk('PUT', 'faults', { projects: { iamport: { pingbacks } } })
    const impUid = await pay()
    expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'ready' })
    await desk('PUT', 'faults', found)
    await pass('30m')
    expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'paid' })
  },
)

test('a project whose signature version is too low never gets a result back', async () => {
  const { pay, look, desk, pass, merchant } = await startTogether()
  await desk('PUT', 'faults', { projects: { iamport: { signVersion: 2 } } })
  const impUid = await pay()
  await pass('2h')
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'ready' })
  expect(merchant.heard).toEqual([])
})

test('without the custom parameter nobody knows the country', async () => {
  const { pay, look, desk } = await startTogether()
  const country = async () => (await look(`/payments/${await pay({ country: 'DE' })}?extension=true`)).extension
  expect(await country()).toEqual({ country_code: 'DE' })
  await desk('PUT', 'faults', { projects: { iamport: { parameters: {} } } })
  expect(await country()).toEqual({})
})

test("i'mport's door: what is not signed, or about nothing of its own, is not taken; what is known moves nothing", async () => {
  const { simulator, pay, look, desk, merchant } = await startTogether()
  const ref = async (id: string) => String((await look(`/payments/${id}`)).pg_tid)
  const [unpaid, paid] = [await pay({ outcome: 'ready' }), await pay()]
  const base = { uid: 'buyer', goodsid: 'order-1', slength: '', speriod: '', type: '0' }
  const knock = (parameters: Parameters, secret = PROJECT_SECRET) => {
    const query = new URLSearchParams(signPingback(parameters, secret, 3)).toString()
    return call(simulator.url, 'GET', `/paymentwall/webhook?${query}`)
  }
  expect(await knock({ ...base, ref: await ref(paid) }, 'another secret')).toMatchObject({ status: 401 })
  expect(await knock({ ...base, ref: 'b0' })).toMatchObject({ status: 404 })
  expect(await knock({ ...base, goodsid: 'other', ref: await ref(paid) })).toMatchObject({ status: 404 })
  for (const id of [unpaid, paid]) {
    expect(await knock({ ...base, ref: await ref(id) })).toMatchObject({ status: 200, text: 'OK' })
  }
  expect(await look(`/payments/${unpaid}`)).toMatchObject({ status: 'ready' })
  await desk('POST', `payments/${paid}/consoleCancel`)
  await eventually(() => merchant.bodies()).toMatchObject([{ status: 'paid' }, { status: 'cancelled' }])
})

test('another provider on the account answers at once, by no pingback', async () => {
  const { pay, look, desk } = await startTogether()
  await desk('PUT', 'faults', lost)
  expect(await look(`/payments/${await pay({ pgProvider: 'tosspayments' })}`)).toMatchObject({ status: 'paid' })
})

test('a payment of the direct project knows only its own pingbacks', async () => {
  const { pay, desk, merchant } = await startTogether()
  await desk('PUT', 'faults', lost)
  const impUid = await pay({ gateway: 'paymentwall' })
  await eventually(() => merchant.heard.map(({ query }) => query.get('ref'))).toEqual([impUid])
})
