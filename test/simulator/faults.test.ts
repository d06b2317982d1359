// Each fault of the control API, seen from the merchant's side.
// Must not know how long a fault takes: only what comes, what does not, and in which order.
import { expect, test } from 'vitest'
import { startSimulator } from '../../src/simulator/app.ts'
import { eventually, startTogether, staysSilent } from './support.ts'

test('faults are set one by one and shown together', async () => {
  const { desk } = await startTogether()
  await desk('PUT', 'faults', { webhooks: 'drop' })
  const now = { webhooks: 'drop', cancel: 'refuse', reads: 'ok', token: 'ok' }
  expect((await desk('PUT', 'faults', { cancel: 'refuse' })).body).toEqual(now)
  expect((await desk('GET', 'faults')).body).toEqual(now)
  expect(await desk('PUT', 'faults', { cancel: 'maybe' })).toMatchObject({
    status: 422,
    body: { error: expect.any(String) },
  })
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

test('reads error500 breaks reading and nothing else', async () => {
  const { pay, ask, desk } = await startTogether()
  const impUid = await pay()
  await desk('PUT', 'faults', { reads: 'error500' })
  expect(await ask('GET', `/payments/${impUid}`)).toMatchObject({ status: 500 })
  expect(await ask('POST', '/payments/cancel', { imp_uid: impUid })).toMatchObject({ status: 200 })
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
