// Each fault of the control API, seen from the merchant's side.
// Must not know how long a fault takes: only what comes, what does not, and in which order.
import { expect, test } from 'vitest'
import { startSimulator } from '../../src/simulator/app.ts'
import { LIKELIEST_WAYS } from '../../src/simulator/iamport/switches.ts'
import { LIKELIEST } from '../../src/simulator/iamport/wire.ts'
import { USUAL_PROJECT } from '../../src/simulator/paymentwall/project.ts'
import { LIKELIEST_V2 } from '../../src/simulator/portone/switches.ts'
import { RIGHT } from '../../src/simulator/world/setUp.ts'
import { eventually, startTogether, staysSilent } from './support.ts'

test('faults are set one by one and shown together', async () => {
  const { desk } = await startTogether()
  await desk('PUT', 'faults', { webhooks: 'drop' })
  const words = { webhooks: 'drop', cancel: 'refuse', reads: 'ok', token: 'ok', account: 'ours' }
  const groups = {
    lists: { paid: 'ok', cancelled: 'ok', failed: 'ok' },
    wire: LIKELIEST,
    iamport: LIKELIEST_WAYS,
    portone: LIKELIEST_V2,
    projects: { iamport: USUAL_PROJECT, direct: USUAL_PROJECT },
    setUp: RIGHT,
  }
  const now = { ...words, ...groups }
  expect((await desk('PUT', 'faults', { cancel: 'refuse' })).body).toEqual(now)
  expect((await desk('GET', 'faults')).body).toEqual(now)
  expect(await desk('PUT', 'faults', { cancel: 'maybe' })).toMatchObject({
    status: 422,
    body: { error: expect.any(String) },
  })
})

test("what is wrong in the vendors' consoles is switched one by one, and right again after a reset", async () => {
  const { desk } = await startTogether()
  await desk('PUT', 'faults', { setUp: { channels: 'none' } })
  const { body } = await desk('PUT', 'faults', { setUp: { keys: 'wrong' } })
  expect(body).toMatchObject({ setUp: { ...RIGHT, channels: 'none', keys: 'wrong' } })
  expect(await desk('PUT', 'faults', { setUp: { keys: 'lost' } })).toMatchObject({ status: 422 })
  await desk('POST', 'reset', {})
  expect((await desk('GET', 'faults')).body).toMatchObject({ setUp: RIGHT })
})

test('webhooks drop: never sent, not even afterwards', async () => {
  const { merchant, pay, desk } = await startTogether()
  await desk('PUT', 'faults', { webhooks: 'drop' })
  await pay({ merchantUid: 'lost' })
  await desk('PUT', 'faults', { webhooks: 'deliver' })
  await pay({ merchantUid: 'sent' })
  await eventually(() => merchant.bodies()).toMatchObject([{ merchant_uid: 'sent' }])
})

test('webhooks duplicate: the same one twice', async () => {
  const { merchant, pay, desk } = await startTogether()
  await desk('PUT', 'faults', { webhooks: 'duplicate' })
  await pay()
  await eventually(() => merchant.heard.length).toBe(2)
  expect(merchant.bodies()[0]).toEqual(merchant.bodies()[1])
})

test('webhooks delay: a later one overtakes', async () => {
  const { merchant, pay, desk } = await startTogether()
  await desk('PUT', 'faults', { webhooks: 'delay' })
  await pay({ merchantUid: 'first' })
  await desk('PUT', 'faults', { webhooks: 'deliver' })
  await pay({ merchantUid: 'second' })
  await eventually(() => merchant.bodies()).toMatchObject([{ merchant_uid: 'second' }, { merchant_uid: 'first' }])
})

test('webhooks reorder: the second comes before the first; one alone comes in the end', async () => {
  const { merchant, pay, desk } = await startTogether()
  await desk('PUT', 'faults', { webhooks: 'reorder' })
  await pay({ merchantUid: 'first' })
  await pay({ merchantUid: 'second' })
  await eventually(() => merchant.bodies()).toMatchObject([{ merchant_uid: 'second' }, { merchant_uid: 'first' }])
  await pay({ merchantUid: 'alone' })
  await eventually(() => merchant.heard.length).toBe(3)
})

test('a webhook target that is not there, or not an answer, harms nothing', async () => {
  const lines: string[] = []
  const { simulator, pay, desk } = await startTogether({ log: (line) => lines.push(line) })
  simulator.setWebhookUrl('http://127.0.0.1:1/nobody')
  await pay()
  await eventually(() => lines).toContainEqual(expect.stringContaining('ECONNREFUSED'))
  simulator.setWebhookUrl('not a url')
  await pay()
  await eventually(() => lines).toContainEqual(expect.stringContaining('Invalid URL'))
  expect((await desk('GET', 'payments')).status).toBe(200)
})

test('cancel refuse: HTTP 200 with code -1, no ticket', async () => {
  const { pay, ask, desk, tickets } = await startTogether()
  const impUid = await pay()
  await desk('PUT', 'faults', { cancel: 'refuse' })
  const said = await ask('POST', '/payments/cancel', { imp_uid: impUid })
  expect(said).toMatchObject({ status: 200, body: { code: -1, response: null } })
  expect(await tickets()).toEqual([])
})

test('cancel instant: the webhook is there before the answer', async () => {
  const { merchant, pay, ask, desk, tickets } = await startTogether()
  const impUid = await pay()
  await eventually(() => merchant.heard.length).toBe(1)
  await desk('PUT', 'faults', { cancel: 'instant' })
  const said = await ask('POST', '/payments/cancel', { imp_uid: impUid, reason: 'now #r-1' })
  expect(merchant.bodies()[1]).toMatchObject({ status: 'cancelled' })
  expect(said.body).toMatchObject({ response: { status: 'cancelled', cancel_history: [{ reason: 'now #r-1' }] } })
  expect(await tickets()).toEqual([])
})

test.each([
  ['lostAnswer', 1],
  ['timeoutBefore', 0],
])('cancel %s: no answer, %i ticket', async (cancel, count) => {
  const { simulator, token, pay, desk, tickets } = await startTogether()
  const impUid = await pay()
  await desk('PUT', 'faults', { cancel })
  const silent = staysSilent(simulator.url, '/payments/cancel', { imp_uid: impUid }, { authorization: token })
  await expect(silent).resolves.toBe(true)
  await eventually(() => tickets()).toHaveLength(count)
})

test('cancel error500: a page instead of JSON, no ticket', async () => {
  const { pay, ask, desk, tickets } = await startTogether()
  const impUid = await pay()
  await desk('PUT', 'faults', { cancel: 'error500' })
  expect(await ask('POST', '/payments/cancel', { imp_uid: impUid })).toMatchObject({ status: 500, body: undefined })
  expect(await tickets()).toEqual([])
})

test('cancel error500After: the same page, and a ticket', async () => {
  const { pay, ask, desk, tickets } = await startTogether()
  const impUid = await pay()
  await desk('PUT', 'faults', { cancel: 'error500After' })
  expect(await ask('POST', '/payments/cancel', { imp_uid: impUid })).toMatchObject({ status: 500, body: undefined })
  expect(await tickets()).toMatchObject([{ impUid, state: 'open' }])
})

test('reads error500 breaks reading and nothing else', async () => {
  const { pay, ask, desk } = await startTogether()
  const impUid = await pay()
  await desk('PUT', 'faults', { reads: 'error500' })
  expect(await ask('GET', `/payments/${impUid}`)).toMatchObject({ status: 500 })
  expect(await ask('POST', '/payments/cancel', { imp_uid: impUid })).toMatchObject({ status: 200 })
})

test('reads forbidden403: an envelope that is no answer, and no cancel is touched', async () => {
  const { pay, ask, desk } = await startTogether()
  const impUid = await pay()
  await desk('PUT', 'faults', { reads: 'forbidden403' })
  const forbidden = { code: -1, message: expect.any(String), response: null }
  expect(await ask('GET', `/payments/${impUid}`)).toMatchObject({ status: 403, body: forbidden })
  expect(await ask('POST', '/payments/cancel', { imp_uid: impUid })).toMatchObject({ status: 200, body: { code: 0 } })
})

test('lists: one status list fails alone, and is named alone', async () => {
  const { pay, ask, desk } = await startTogether()
  await pay()
  await desk('PUT', 'faults', { lists: { cancelled: 'error500' } })
  const set = await desk('PUT', 'faults', { lists: { failed: 'forbidden403' } })
  expect(set.body).toMatchObject({ lists: { paid: 'ok', cancelled: 'error500', failed: 'forbidden403' } })
  expect(await ask('GET', '/payments/status/paid')).toMatchObject({ status: 200, body: { response: { total: 1 } } })
  expect(await ask('GET', '/payments/status/cancelled')).toMatchObject({ status: 500, body: undefined })
  expect(await ask('GET', '/payments/status/failed')).toMatchObject({ status: 403, body: { code: -1 } })
  expect(await ask('GET', '/payments/status/all')).toMatchObject({ status: 200 })
})

test('account other: nothing of ours is known, the token works, other channels are shown', async () => {
  const { pay, ask, desk } = await startTogether()
  const impUid = await pay()
  const ours = (await ask('GET', '/users/pg')).body
  await desk('PUT', 'faults', { account: 'other' })
  for (const path of [`/payments/${impUid}`, '/payments/find/order-1', '/payments/findAll/order-1']) {
    expect(await ask('GET', path), path).toMatchObject({ status: 404, body: { code: -1 } })
  }
  expect(await ask('GET', `/payments?imp_uid[]=${impUid}`)).toMatchObject({ status: 404 })
  expect((await ask('GET', '/payments/status/all')).body).toMatchObject({ code: 0, response: { total: 0, list: [] } })
  const channels = await ask('GET', '/users/pg')
  expect(channels).toMatchObject({ status: 200, body: { response: [{ pg_provider: 'paymentwall' }, {}] } })
  expect(channels.text).not.toContain('1111aaaa2222bbbb3333cccc4444dddd')
  await desk('PUT', 'faults', { account: 'ours' })
  expect((await ask('GET', '/users/pg')).body).toEqual(ours)
  expect(await ask('GET', `/payments/${impUid}`)).toMatchObject({ status: 200 })
})

test('account other: a cancel finds no such payment and files nothing', async () => {
  const { pay, ask, desk, tickets } = await startTogether()
  const impUid = await pay()
  await desk('PUT', 'faults', { account: 'other' })
  for (const request of [{ imp_uid: impUid }, { merchant_uid: 'order-1' }]) {
    expect(await ask('POST', '/payments/cancel', request)).toMatchObject({
      status: 200,
      body: { code: 1, message: '취소할 결제건이 존재하지 않습니다.' },
    })
  }
  expect(await tickets()).toEqual([])
})

test('account other: registrations stand in a store of their own', async () => {
  const { ask, desk } = await startTogether()
  const order = { merchant_uid: 'order-1', amount: 19.9, currency: 'USD' }
  await ask('POST', '/payments/prepare', order)
  await desk('PUT', 'faults', { account: 'other' })
  expect(await ask('GET', '/payments/prepare/order-1')).toMatchObject({ status: 404 })
  expect(await ask('POST', '/payments/prepare', { ...order, amount: 5 })).toMatchObject({ body: { code: 0 } })
  expect((await ask('GET', '/payments/prepare/order-1')).body).toMatchObject({ response: { amount: 5 } })
  await desk('PUT', 'faults', { account: 'ours' })
  expect((await ask('GET', '/payments/prepare/order-1')).body).toMatchObject({ response: { amount: 19.9 } })
})

test('reads slow: what is answered late was true when it was asked', async () => {
  const { pay, ask, desk } = await startTogether()
  const impUid = await pay()
  await desk('PUT', 'faults', { reads: 'slow' })
  const slow = ask('GET', `/payments/${impUid}`)
  await eventually(async () => (await desk('GET', 'calls')).text).toContain('GET /payments/:imp_uid')
  await desk('POST', `payments/${impUid}/consoleCancel`)
  expect((await slow).body).toMatchObject({ response: { status: 'paid' } })
})

test('token expireNow: old tokens end, a new one works, the fault is over', async () => {
  const { token, ask, desk, simulator } = await startTogether()
  expect((await desk('PUT', 'faults', { token: 'expireNow' })).body).toMatchObject({ token: 'ok' })
  expect(await ask('GET', '/users/pg')).toMatchObject({ status: 401 })
  const keys = { imp_key: 'sim-key', imp_secret: 'sim-secret' }
  const login = await fetch(`${simulator.url}/users/getToken`, { method: 'POST', body: new URLSearchParams(keys) })
  const issued = await login.text()
  expect(issued).not.toContain(token)
  const next = /"access_token":"([0-9a-f]+)"/.exec(issued)?.[1] ?? ''
  const again = await fetch(`${simulator.url}/users/pg`, { headers: { authorization: next } })
  expect(again.status).toBe(200)
})

test('a taken port is an error at the start', async () => {
  const { simulator } = await startTogether()
  const second = startSimulator({ host: '127.0.0.1', port: simulator.port, webhookUrl: '' })
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('closing cuts the callers that wait for ever', async () => {
  const { pay, desk, token, simulator } = await startTogether()
  const impUid = await pay()
  await desk('PUT', 'faults', { cancel: 'timeoutBefore' })
  const headers = { authorization: token, 'content-type': 'application/json' }
  const body = JSON.stringify({ imp_uid: impUid })
  const waiting = fetch(`${simulator.url}/payments/cancel`, { method: 'POST', headers, body })
  const cut = expect(waiting).rejects.toThrow('fetch failed')
  await eventually(async () => (await desk('GET', 'calls')).text).toContain('POST /payments/cancel')
  await simulator.close()
  await cut
})
