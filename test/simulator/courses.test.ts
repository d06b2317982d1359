// What becomes of a payment by itself, by the clock: reviews, fraud, gifts, renewals, late
// confirmations; and how the buyer comes back.
// Must not know real time.
import { expect, test } from 'vitest'
import { startDirect } from './direct.ts'
import { eventually, startMerchant, startTogether } from './support.ts'

test.each([
  ['reviewAccepted', '2m', ['200', '201']],
  ['reviewDeclined', '2m', ['200', '202']],
  ['fraudLater', '1d', ['0', '2.2']],
  ['goodwill', '1d', ['0', '1']],
  ['renewalsFail', '90d', ['0', '0', '0', '14']],
  ['subscriptionEnds', '30d', ['0', '12', '13']],
])('%s, after %s: %j', async (course, advance, expected) => {
  const { payDirect, pass, types } = await startDirect()
  await payDirect({ course })
  await eventually(() => types().length).toBe(1)
  await pass(advance)
  expect(types()).toEqual(expected)
})

test('each renewal has a ref of its own, and what is taken back of a subscription has a negative length', async () => {
  const { payDirect, pass, pingbacks, desk } = await startDirect()
  const ref = await payDirect({ course: 'renewalsFail' })
  await pass('30d')
  expect(new Set(pingbacks().map((each) => each.ref)).size).toBe(2)
  expect(pingbacks()[0]).toMatchObject({ slength: '1', speriod: 'month' })
  await desk('POST', `payments/${ref}/consoleCancel`)
  await eventually(() => pingbacks()[2]).toMatchObject({ type: '2', slength: '-1', speriod: 'month', ref })
})

test('a payment that the review declines is none', async () => {
  const { payDirect, pass, file, look } = await startDirect()
  const ref = await payDirect({ course: 'reviewDeclined' })
  await pass('1h')
  expect((await look({ ref })).body).toMatchObject({ type: 'Error' })
  expect((await file({ ref, type: '1', message: 'm' })).body).toMatchObject({ result: 0 })
})

test("i'mport has words for two of them, and nobody hears of the others", async () => {
  const { pay, look, pass, desk } = await startTogether()
  const impUid = await pay({ course: 'reviewAccepted' })
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'failed' })
  await pass('2m')
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'paid' })
  const order = { merchantUid: 'order-2', amount: 1990, currency: 'USD' }
  expect(await desk('POST', 'pay', { ...order, course: 'goodwill' })).toMatchObject({ status: 409 })
  expect(await desk('POST', 'pay', { ...order, course: 'goodwill', outcome: 'ready' })).toMatchObject({ status: 422 })
})

test('a late approval comes by itself at its time, once, and not where the desk was faster', async () => {
  const { pay, look, pass, desk, merchant } = await startTogether()
  const impUid = await pay({ outcome: 'approvedLate', approveAfter: '24h' })
  await pass('23h')
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'failed' })
  expect(merchant.heard).toEqual([])
  await pass('1h')
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'paid' })
  const early = await pay({ merchantUid: 'early', outcome: 'approvedLate', approveAfter: '24h' })
  await desk('POST', `payments/${early}/approve`)
  await pass('2d')
  await eventually(() => merchant.bodies()).toMatchObject([{ imp_uid: impUid }, { imp_uid: early }])
})

test('a method that is confirmed late is paid when it is', async () => {
  const { payDirect, pass, types } = await startDirect()
  await payDirect({ method: 'konbini', confirmed: 'late' })
  await pass('95h')
  expect(types()).toEqual([])
  await pass('1h')
  expect(types()).toEqual(['0'])
})

test('the buyer comes back with what a browser brings, after the webhook or before it', async () => {
  const { pay, desk, pass, merchant } = await startTogether()
  const returnUrl = `${merchant.url}/back`
  await desk('PUT', 'faults', { iamport: { redirect: 'afterWebhook' } })
  const impUid = await pay({ returnUrl })
  await eventually(() => merchant.heard.map(({ path }) => path)).toEqual(['/hooks', '/hooks/back'])
  const brought = Object.fromEntries(merchant.heard[1]?.query ?? [])
  expect(brought).toEqual({ imp_uid: impUid, merchant_uid: 'order-1' })
  await desk('PUT', 'faults', { iamport: { redirect: 'beforeWebhook' } })
  await pay({ returnUrl })
  await pass('1m')
  expect(merchant.heard.slice(2).map(({ path }) => path)).toEqual(['/hooks/back', '/hooks'])
})

test('a buyer who failed brings an error, one at Paymentwall itself the ref where the address wants it', async () => {
  const { pay, merchant } = await startTogether()
  await pay({ outcome: 'declined', returnUrl: merchant.url })
  await eventually(() => merchant.heard[0]?.query.get('error_code')).toBe('F400')
  const ref = await pay({ gateway: 'paymentwall', returnUrl: `${merchant.url}/done?r=$ref` })
  await eventually(() => merchant.heard.map(({ query }) => query.get('r'))).toContain(ref)
})

test('the addresses of a payment are of this machine', async () => {
  const { desk } = await startTogether()
  const order = { merchantUid: 'order-1', amount: 1, currency: 'USD' }
  for (const name of ['returnUrl', 'pingbackUrl']) {
    const said = await desk('POST', 'pay', { ...order, [name]: 'https://shop.example/' })
    expect(said).toMatchObject({ status: 422, body: { error: expect.stringContaining('address of this machine') } })
  }
})

test('a payment’s own pingback address is heeded where the project says so', async () => {
  const { payDirect, desk, merchant } = await startDirect()
  const own = await startMerchant()
  await payDirect({ pingbackUrl: own.url })
  await eventually(() => merchant.heard.length).toBe(1)
  await desk('PUT', 'faults', { projects: { direct: { ownPingbackUrl: 'heeded' } } })
  await payDirect({ pingbackUrl: own.url })
  await eventually(() => own.heard.length).toBe(1)
  expect(merchant.heard).toHaveLength(1)
})
