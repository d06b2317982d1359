// What the log keeps of each call, and what it must never show.
// Must not know how the log is kept.
import { expect, test } from 'vitest'
import { z } from 'zod'
import { shownBody, shownPath } from '../../src/simulator/log/mask.ts'
import { makeTraffic, type Call } from '../../src/simulator/log/traffic.ts'
import { eventually, startTogether } from './support.ts'

const ENTRY = z.strictObject({
  number: z.number(),
  at: z.iso.datetime(),
  direction: z.enum(['in', 'out']),
  from: z.enum(['merchant', 'iamport', 'paymentwall']),
  to: z.enum(['merchant', 'iamport', 'paymentwall']),
  method: z.string(),
  path: z.string(),
  status: z.number().nullable(),
  body: z.string().nullable(),
  answer: z.string().nullable(),
  moved: z.string().nullable(),
})

async function startLogged() {
  const running = await startTogether()
  const log = async (after = 0) =>
    z.object({ log: z.array(ENTRY) }).parse((await running.desk('GET', `log?after=${after}`)).body).log
  return { ...running, log }
}

test('a payment is a pingback out and in, and a webhook out; numbers go up, newest last', async () => {
  const { pay, log, merchant } = await startLogged()
  const last = (await log()).at(-1)?.number ?? 0
  const impUid = await pay({ country: 'DE' })
  await eventually(() => merchant.heard.length).toBe(1)
  await eventually(async () => (await log(last)).length).toBe(3)
  const entries = await log(last)
  expect(entries.map(({ number }) => number)).toEqual([last + 1, last + 2, last + 3])
  const door = expect.stringMatching(/^\/paymentwall\/webhook\?uid=buyer&goodsid=order-1&.*type=0&.*sig=\*\*\*$/)
  const pingback = { from: 'paymentwall', to: 'iamport', method: 'GET', path: door, status: 200, answer: 'OK' }
  expect(entries).toContainEqual(
    expect.objectContaining({ ...pingback, direction: 'in', moved: `${impUid} paid at i'mport` }),
  )
  expect(entries).toContainEqual(expect.objectContaining({ ...pingback, direction: 'out', moved: 'paid 19.90 USD' }))
  const webhook = { direction: 'out', from: 'iamport', to: 'merchant', method: 'POST', path: '/hooks', status: 200 }
  expect(entries).toContainEqual(expect.objectContaining({ ...webhook, body: expect.stringContaining(impUid) }))
})

test('secrets, tokens, signatures and the buyer are masked, whatever comes in', async () => {
  const { pay, ask, token, log, simulator } = await startLogged()
  const impUid = await pay()
  await ask('GET', `/payments/${impUid}?_token=${token}`)
  const delivery = { type: 'digital', status: 'delivered', shipping_address_email: 'ann@example.com' }
  await ask('POST', '/paymentwall/delivery', { imp_uid: impUid, merchant_uid: 'order-1', ...delivery })
  await fetch(`${simulator.url}/api/subscription?uid=u&email=ann@example.com&customer[firstname]=Ann&sign=abc`)
  await eventually(async () => JSON.stringify(await log())).toContain('/api/subscription')
  const text = JSON.stringify(await log())
  for (const secret of [token, 'sim-key', 'sim-secret', 'ann@example.com', 'Ann', 'sign=abc']) {
    expect(text, secret).not.toContain(secret)
  }
  expect(text).toContain('POST')
  expect(text).toContain('access_token')
})

test('a call that is not answered, or broken, is there too', async () => {
  const { pay, ask, desk, log } = await startLogged()
  const impUid = await pay()
  await desk('PUT', 'faults', { reads: 'error500' })
  await ask('GET', `/payments/${impUid}`)
  const read = { direction: 'in', from: 'merchant', to: 'iamport', path: `/payments/${impUid}`, status: 500 }
  expect((await log()).at(-1)).toMatchObject({ ...read, answer: expect.stringMatching(/^\(text\/html, \d+ bytes\)$/) })
  expect((await desk('GET', 'log?after=x')).status).toBe(422)
})

test('a ticket is said to be moved', async () => {
  const { pay, ask, log } = await startLogged()
  await ask('POST', '/payments/cancel', { imp_uid: await pay(), amount: 5 })
  expect((await log()).find(({ path }) => path === '/payments/cancel')).toMatchObject({
    moved: expect.stringMatching(/^ticket-\w+ opened for 5\.00 USD$/),
  })
})

test('it keeps the last thousand', () => {
  const traffic = makeTraffic(() => 0)
  const sent = { type: '', body: '' }
  const call: Call = {
    direction: 'in',
    from: 'merchant',
    to: 'iamport',
    method: 'GET',
    path: '/',
    sent,
    answer: undefined,
    moved: null,
  }
  for (let count = 0; count < 1_500; count += 1) traffic.note(call)
  const kept = traffic.after(0)
  expect([kept.length, kept[0]?.number, kept.at(-1)?.number]).toEqual([1_000, 501, 1_500])
})

test.each([
  [
    'application/json',
    '{"imp_uid":"imp_1","buyer_name":"Ann Roe","memo":"from ann@b.example"}',
    '{"imp_uid":"imp_1","buyer_name":"***","memo":"from ***"}',
  ],
  [
    'application/x-www-form-urlencoded',
    'ref=b1&sign=ff&message=ask+ann%40b.example',
    'ref=b1&sign=***&message=ask ***',
  ],
  ['application/json', 'nonsense with ann@b.example', '(application/json, 27 bytes)'],
  ['text/plain', 'OK', 'OK'],
  ['multipart/form-data; boundary=x', 'ann@b.example', '(multipart/form-data, 13 bytes)'],
  ['application/json', '', null],
])('%s: %s is shown as %s', (type, body, shown) => {
  expect(shownBody(type, body)).toBe(shown)
})

test('long bodies are short, and a path without a query stays as it is', () => {
  expect(shownBody('text/plain', 'x'.repeat(5_000))?.length).toBeLessThan(500)
  expect(shownBody('application/json', JSON.stringify({ list: 'x'.repeat(100_000) }))).toMatch(/^\(application\/json/)
  expect(shownPath('/payments/imp_1')).toBe('/payments/imp_1')
})
