// i'mport's reading endpoints, tokens and registrations, as iamport.md §2 and §3 have them.
// Must not know cancels, which have a file of their own.
import { expect, test } from 'vitest'
import { z } from 'zod'
import { call, startTogether } from './support.ts'

const NOT_FOUND = { code: -1, message: '존재하지 않는 결제정보입니다.', response: null }

test('keys: missing, wrong, right as JSON or as a form', async () => {
  const { simulator, token } = await startTogether()
  const login = (body: object | string) => call(simulator.url, 'POST', '/users/getToken', body)
  expect(await login({ imp_key: 'sim-key' })).toMatchObject({
    status: 400,
    body: { code: -1, message: 'imp_key, imp_secret 파라메터가 누락되었습니다.' },
  })
  expect(await login({ imp_key: 'sim-key', imp_secret: 'wrong' })).toMatchObject({
    status: 401,
    body: { code: -1, message: '인증에 실패하였습니다. API키와 secret을 확인하세요.', response: null },
  })
  const form = await login('imp_key=sim-key&imp_secret=sim-secret')
  expect(form).toMatchObject({ status: 200, body: { code: 0, message: null, response: { access_token: token } } })
})

test('a token may come in four ways, and nothing is told without one', async () => {
  const { simulator, token } = await startTogether()
  const status = async (headers: Record<string, string>, query = '') =>
    (await call(simulator.url, 'GET', `/users/pg${query}`, undefined, headers)).status
  expect(await status({ authorization: token })).toBe(200)
  expect(await status({ authorization: `Bearer ${token}` })).toBe(200)
  expect(await status({ 'x-imptokenheader': token })).toBe(200)
  expect(await status({}, `?_token=${token}`)).toBe(200)
  const refused = await call(simulator.url, 'GET', '/users/pg', undefined, { authorization: 'other' })
  expect(refused).toMatchObject({ status: 401, body: { code: -1, message: 'Unauthorized', response: null } })
})

test('a payment has every field, in alphabetical order, in major units, and one that nobody knows', async () => {
  const { pay, ask } = await startTogether()
  const impUid = await pay({ country: 'DE' })
  const said = await ask('GET', `/payments/${impUid}`)
  expect(said).toMatchObject({
    status: 200,
    body: {
      code: 0,
      message: null,
      response: {
        imp_uid: impUid,
        merchant_uid: 'order-1',
        amount: 19.9,
        cancel_amount: 0,
        currency: 'USD',
        status: 'paid',
        sandbox: false,
        pay_method: 'card',
        pg_provider: 'paymentwall',
        pg_tid: expect.stringMatching(/^b\d+$/),
        failed_at: 0,
        cancelled_at: 0,
        fail_reason: null,
        cancel_reason: null,
        cancel_history: [],
        risk_hint: { level: 'none', reviewed: false },
      },
    },
  })
  const names = Object.keys(z.object({ response: z.looseObject({}) }).parse(said.body).response)
  expect(names).toEqual([...names].sort())
  expect(names).not.toContain('extension')
})

test('the buyer country comes only with extension=true', async () => {
  const { pay, ask } = await startTogether()
  const impUid = await pay({ country: 'DE' })
  const said = await ask('GET', `/payments/${impUid}?extension=true`)
  expect(said.body).toMatchObject({ response: { extension: { country_code: 'DE' } } })
})

test('a test payment is not found by its imp_uid unless asked for', async () => {
  const { pay, ask } = await startTogether()
  const impUid = await pay({ sandbox: true })
  expect(await ask('GET', `/payments/${impUid}`)).toMatchObject({ status: 404, body: NOT_FOUND })
  expect(await ask('GET', `/payments/${impUid}?include_sandbox=true`)).toMatchObject({
    status: 200,
    body: { response: { sandbox: true } },
  })
})

test('include_sandbox is no matter of the other reads: they show a test payment with it and without', async () => {
  const { pay, ask, look } = await startTogether()
  const impUid = await pay({ sandbox: true })
  for (const query of ['', 'include_sandbox=true']) {
    expect(await look(`/payments/find/order-1?${query}`)).toMatchObject({ imp_uid: impUid })
    expect(await look(`/payments/findAll/order-1?${query}`)).toMatchObject({ total: 1 })
    expect(await look(`/payments/status/paid?${query}`)).toMatchObject({ total: 1 })
    expect(await ask('GET', `/payments?imp_uid[]=${impUid}&${query}`)).toMatchObject({ status: 200 })
  }
})

test('a call that the API does not have is answered with an envelope', async () => {
  const { ask } = await startTogether()
  for (const [method, path] of [
    ['GET', '/users/nothing'],
    ['GET', '/subscribe/customers/u-1'],
    ['PUT', '/payments/cancel'],
  ] as const) {
    const said = { status: 404, body: { code: -1, message: expect.any(String), response: null } }
    expect(await ask(method, path), path).toMatchObject(said)
  }
})

test('several at once: 200 for all, 207 for some, 404 for none', async () => {
  const { pay, ask } = await startTogether()
  const first = await pay()
  await pay({ merchantUid: 'order-2' })
  const all = await ask('GET', `/payments?imp_uid[]=${first}&merchant_uid[]=order-2`)
  expect(all).toMatchObject({
    status: 200,
    body: { code: 0, response: [{ imp_uid: first }, { merchant_uid: 'order-2' }] },
  })
  expect(await ask('GET', `/payments?imp_uid[]=${first}&imp_uid[]=imp_0`)).toMatchObject({
    status: 207,
    body: { code: 0 },
  })
  expect(await ask('GET', '/payments?imp_uid[]=imp_0')).toMatchObject({ status: 404, body: NOT_FOUND })
  expect(await ask('GET', '/payments')).toMatchObject({ status: 400 })
})

test('find gives the first by sorting, of one status where asked', async () => {
  const { pay, ask } = await startTogether()
  const declined = await pay({ outcome: 'declined' })
  const paid = await pay()
  const found = async (path: string) => (await ask('GET', `/payments/find/${path}`)).body
  expect(await found('order-1')).toMatchObject({ response: { imp_uid: paid } })
  expect(await found('order-1?sorting=started')).toMatchObject({ response: { imp_uid: declined } })
  expect(await found('order-1/failed')).toMatchObject({ response: { imp_uid: declined } })
  expect(await found('order-1/cancelled')).toEqual(NOT_FOUND)
  expect(await ask('GET', '/payments/find/order-1/nonsense')).toMatchObject({ status: 400, body: { code: -1 } })
})

test('findAll gives pages with the numbers of their neighbours', async () => {
  const { pay, ask } = await startTogether()
  const made = [await pay(), await pay(), await pay()]
  const page = async (query: string) => (await ask('GET', `/payments/findAll/order-1?${query}`)).body
  expect(await page('limit=2')).toMatchObject({
    response: { total: 3, previous: 0, next: 2, list: [{ imp_uid: made[2] }, { imp_uid: made[1] }] },
  })
  expect(await page('limit=2&page=2')).toMatchObject({
    response: { total: 3, previous: 1, next: 0, list: [{ imp_uid: made[0] }] },
  })
  expect(await ask('GET', '/payments/findAll/order-1?page=0')).toMatchObject({ status: 400 })
  expect(await ask('GET', '/payments/findAll/unknown')).toMatchObject({ status: 404, body: NOT_FOUND })
})

test('status lists: by the time of the present status, at most 90 days', async () => {
  const { pay, ask, desk } = await startTogether()
  const paid = await pay()
  const cancelled = await pay({ merchantUid: 'order-2' })
  await desk('POST', `payments/${cancelled}/consoleCancel`, { amount: 1 })
  const list = async (path: string) => (await ask('GET', `/payments/status/${path}`)).body
  expect(await list('paid')).toMatchObject({ response: { total: 1, list: [{ imp_uid: paid }] } })
  expect(await list('cancelled')).toMatchObject({ response: { total: 1, list: [{ imp_uid: cancelled }] } })
  expect(await list('failed')).toMatchObject({ response: { total: 0, next: 0, list: [] } })
  expect(await list('all?sorting=updated')).toMatchObject({
    response: { list: [{ imp_uid: paid }, { imp_uid: cancelled }] },
  })
  expect(await list('all?from=1000&to=2000')).toMatchObject({ response: { total: 0 } })
  expect(await ask('GET', '/payments/status/all?from=0&to=7776001')).toMatchObject({ status: 400 })
  expect(await ask('GET', '/payments/status/partial')).toMatchObject({ status: 400 })
  expect(await ask('GET', '/payments/status/all?page=x')).toMatchObject({ status: 400 })
})

test('prepare: registered once, changed by PUT, read by GET', async () => {
  const { ask } = await startTogether()
  const order = { merchant_uid: 'order-1', amount: 19.9, currency: 'USD' }
  expect(await ask('PUT', '/payments/prepare', order)).toMatchObject({ status: 404 })
  expect(await ask('POST', '/payments/prepare', order)).toMatchObject({
    status: 200,
    body: { code: 0, response: order },
  })
  const again = await ask('POST', '/payments/prepare', order)
  expect(again).toMatchObject({
    status: 200,
    body: { code: 1, message: expect.stringContaining('이미 등록된 merchant_uid') },
  })
  await ask('PUT', '/payments/prepare', { ...order, amount: 20 })
  expect((await ask('GET', '/payments/prepare/order-1')).body).toMatchObject({ response: { ...order, amount: 20 } })
  expect(await ask('GET', '/payments/prepare/unknown')).toMatchObject({ status: 404, body: { code: -1 } })
  expect(await ask('POST', '/payments/prepare', { merchant_uid: 'x'.repeat(41), amount: 1 })).toMatchObject({
    status: 400,
  })
})

test("Paymentwall's delivery error hides in a good envelope", async () => {
  const { pay, ask } = await startTogether()
  const good = { imp_uid: await pay(), merchant_uid: 'order-1', type: 'digital', status: 'delivered' }
  const email = { shipping_address_email: 'ann@example.com' }
  const path = '/paymentwall/delivery'
  expect((await ask('POST', path, { ...good, ...email })).body).toMatchObject({ code: 0, response: { success: 1 } })
  expect((await ask('POST', path, good)).body).toMatchObject({ code: 0, response: { error_code: 1 } })
  expect(await ask('POST', path, { ...good, ...email, imp_uid: 'imp_0' })).toMatchObject({ status: 404 })
})

test('non-ASCII text and slashes travel escaped', async () => {
  const { ask } = await startTogether()
  const said = await ask('GET', '/payments/imp_0')
  expect(said.text).toMatch(/^[\x20-\x7e]+$/)
  expect(said.body).toEqual(NOT_FOUND)
})
