// What a look and the registration answer, and what each failure is called; tokens are kept and
// renewed.
// Must not know: the simulator; each answer here is written by the test itself.
import { expect, test } from 'vitest'
import { FAILURES } from '../../src/domain/failures.ts'
import type { Order } from '../../src/domain/gateway.ts'
import { gatewayRef, merchantUid } from '../../src/domain/ids.ts'
import {
  failureOf,
  gatewayOn,
  json,
  lacking,
  no,
  PAYMENT,
  reset,
  text,
  token,
  unauthorized,
  yes,
  type Script,
} from './wire.ts'

const TOKEN = 'POST /users/getToken'
const LOOK = 'GET /payments/imp_1'
const PREPARE = 'POST /payments/prepare'
const PREPARED = 'GET /payments/prepare/ord-1'
const REF = gatewayRef('imp_1')
const ORDER: Order = { merchantUid: merchantUid('ord-1'), amount: 1990, currency: 'USD', channel: 'live' }

async function look(script: Script) {
  const { gateway, sent } = await gatewayOn(script)
  return { answer: gateway.look(REF), sent }
}

test('a look asks for the extension and for test payments, and brings the payer country', async () => {
  const { answer, sent } = await look({ [LOOK]: yes({ ...PAYMENT, extension: { country_code: 'de' } }) })
  await expect(answer).resolves.toMatchObject({ gatewayRef: 'imp_1', amount: 1990, payerCountry: 'DE' })
  expect(sent('GET')[0]?.line).toBe('GET /payments/imp_1?extension=true&include_sandbox=true')
})

test('a payment that the gateway does not know is undefined', async () => {
  const { answer } = await look({ [LOOK]: no(404, -1, '존재하지 않는 결제정보입니다.') })
  await expect(answer).resolves.toBeUndefined()
})

test.for([
  ['HTTP 500', json(500, {}), 'gatewayUnavailable', /HTTP 500/],
  ['HTTP 429', no(429, -1, 'slow down'), 'gatewayUnavailable', /HTTP 429/],
  ['a lost answer', reset, 'gatewayUnavailable', /connection broke/],
  ['an HTML 502', text(502, '<html>'), 'gatewayUnavailable', /HTTP 502/],
  ['an HTML 404', text(404, '<html>'), 'gatewayUnavailable', /HTTP 404 without a word of i'mport's/],
  ['an HTML 403', text(403, '<html>blocked'), 'gatewayUnavailable', /HTTP 403 without a word of i'mport's/],
  ['a 403 with JSON of a firewall', json(403, { message: 'Forbidden' }), 'gatewayUnavailable', /HTTP 403 without/],
  ['a 403 with JSON that looks like an envelope', no(403, 403, 'blocked'), 'gatewayUnavailable', /HTTP 403, code 403/],
  ['a 403 with an envelope', no(403, -1, 'not from here'), 'gatewayUnavailable', /not from here/],
  ['a redirect', text(302, '', 'text/html', { location: '/' }), 'gatewayUnavailable', /HTTP 302/],
  ['code 1 with HTTP 200', no(200, 1, '안돼'), 'gatewayUnavailable', /안돼/],
  ['HTTP 400', no(400, -1, 'bad status'), 'gatewayUnavailable', /bad status/],
  ['a 404 of somebody else', no(404, 404, 'no such route'), 'gatewayUnavailable', /no such route/],
  ['a 404 with another code', no(404, 1, '?'), 'gatewayUnavailable', /HTTP 404, code 1/],
  ['HTML', text(200, '<html>'), 'gatewayAnswerUnreadable', /\(body\)/],
  ['code 0 with HTTP 404', json(404, { code: 0 }), 'gatewayAnswerUnreadable', /HTTP 404 and yet with code 0/],
  ['an array', json(200, []), 'gatewayAnswerUnreadable', /\(body\)/],
  ['no payment', yes(null), 'gatewayAnswerUnreadable', /at response:/],
  ['another payment', yes({ ...PAYMENT, imp_uid: 'imp_2' }), 'gatewayAnswerUnreadable', /response\.imp_uid/],
  ['more than 1 MiB', text(200, ' '.repeat(1024 * 1024 + 1)), 'gatewayAnswerTooLarge', /larger than 1048576 bytes/],
  ['a 404 of more than 1 MiB', text(404, ' '.repeat(1024 * 1024 + 1)), 'gatewayUnavailable', /larger than/],
  ['401 twice', unauthorized, 'gatewayKeysRefused', /Unauthorized/],
] as const)('a look answered with %s', async ([, step, kind, said]) => {
  const { answer } = await look({ [LOOK]: step })
  expect(await failureOf(answer)).toMatchObject({ kind, message: expect.stringMatching(said) })
})

test('a no that is not "not found" is tried again like an outage, and keeps its status and code', async () => {
  const { answer } = await look({ [LOOK]: no(403, -3, 'not from this address') })
  const failure = await failureOf(answer)
  expect(failure.details).toEqual({ route: '/payments/{imp_uid}', status: 403, code: '-3' })
  expect(FAILURES[failure.kind].retry).toBe(true)
})

test('a look at a payment that lacks what describes it is evidence all the same', async () => {
  const { gateway, notes } = await gatewayOn({ [LOOK]: yes(lacking(PAYMENT, 'sandbox', 'pg_provider')) })
  await expect(gateway.look(REF)).resolves.toMatchObject({ channel: null, provider: null, ours: true, amount: 1990 })
  expect(notes).toEqual(['pg_provider', 'sandbox'])
})

test.for([
  ['refused', no(401, -1, '인증에 실패하였습니다.'), 'gatewayKeysRefused'],
  ['missing', no(400, -1, 'imp_key, imp_secret 파라메터가 누락되었습니다.'), 'gatewayKeysRefused'],
  ['answered with 500', no(500, -1, ''), 'gatewayUnavailable'],
  ['answered with HTML', text(200, '<html>'), 'gatewayAnswerUnreadable'],
  ['answered without a token', yes({ now: 1, expired_at: 2 }), 'gatewayAnswerUnreadable'],
] as const)('keys %s', async ([, step, kind]) => {
  const { answer, sent } = await look({ [TOKEN]: step, [LOOK]: yes(PAYMENT) })
  const failure = await failureOf(answer)
  expect(failure).toMatchObject({ kind })
  expect(JSON.stringify([failure.message, failure.details])).not.toMatch(/the-key|the-secret/)
  expect(sent(LOOK)).toHaveLength(0)
})

test.each(['.', '..'])('"%s", which a URL would resolve as a path, is an id of nothing', (id) => {
  expect(() => gatewayRef(id)).toThrow(RangeError)
  expect(() => merchantUid(id)).toThrow(RangeError)
})

test('a slash in a reference stays in its step of the path', async () => {
  const { gateway, sent } = await gatewayOn({})
  await expect(gateway.look(gatewayRef('a/../b?c#d'))).resolves.toBeUndefined()
  expect(sent('GET')[0]?.line).toMatch(/^GET \/payments\/a%2F\.\.%2Fb%3Fc%23d\?/)
})

// Tokens

test('a token is kept until a minute before its end, by the monotonic clock', async () => {
  let now = 5_000_000
  const script = { [TOKEN]: [token('token-1'), token('token-2')], [LOOK]: yes(PAYMENT) }
  const { gateway, sent } = await gatewayOn(script, { clock: () => now })
  await gateway.look(REF)
  now += 1739_999
  await gateway.look(REF)
  expect(sent(TOKEN)).toHaveLength(1)
  now += 1
  await gateway.look(REF)
  expect(sent(LOOK).map(({ headers }) => headers.authorization)).toEqual([
    'Bearer token-1',
    'Bearer token-1',
    'Bearer token-2',
  ])
})

test('callers at the same time share one token request, and one renewal after its failure', async () => {
  const { gateway, sent } = await gatewayOn({ [TOKEN]: [reset, token('token-1')], [LOOK]: yes(PAYMENT) })
  const failed = await Promise.allSettled([gateway.look(REF), gateway.look(REF), gateway.look(REF)])
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  await Promise.all([gateway.look(REF), gateway.look(REF), gateway.look(REF)])
  expect(sent(TOKEN)).toHaveLength(2)
})

test('a read answered with 401 is repeated once with a new token', async () => {
  const { answer, sent } = await look({ [TOKEN]: [token('old'), token('new')], [LOOK]: [unauthorized, yes(PAYMENT)] })
  await expect(answer).resolves.toMatchObject({ status: 'paid' })
  expect(sent(LOOK).map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new'])
})

test.for([
  ['nothing', {}],
  ['a word', { now: 'today', expired_at: 'tomorrow' }],
] as const)('a token that says %s of its end is kept for four minutes', async ([, times]) => {
  let now = 0
  const script = { [TOKEN]: yes({ access_token: 'token-1', ...times }), [LOOK]: yes(PAYMENT) }
  const { gateway, sent } = await gatewayOn(script, { clock: () => now })
  await gateway.look(REF)
  now += 239_999
  await gateway.look(REF)
  expect(sent(TOKEN)).toHaveLength(1)
  now += 1
  await gateway.look(REF)
  expect(sent(TOKEN)).toHaveLength(2)
})

test('each exchange is told by its route, without ids', async () => {
  const calls: string[] = []
  const onCall = (route: string, _ms: number, outcome: string): unknown => calls.push(`${route} ${outcome}`)
  const { gateway } = await gatewayOn({ [LOOK]: [yes(PAYMENT), reset] }, { onCall })
  await gateway.look(REF)
  await failureOf(gateway.look(REF))
  expect(calls).toEqual(['/users/getToken 200', '/payments/{imp_uid} 200', '/payments/{imp_uid} lost'])
})

test('an address that is none is refused at once', async () => {
  for (const apiUrl of ['', 'api.iamport.kr', 'ftp://x', 'http://name:secret@x', 'http://x?y']) {
    await expect(gatewayOn({}, { apiUrl })).rejects.toThrow(/address is an http or https URL/)
  }
})

// Registration

test('an order is registered with amount and currency', async () => {
  const { gateway, sent } = await gatewayOn({
    [PREPARE]: yes({ merchant_uid: 'ord-1', amount: 19.9, currency: 'USD' }),
  })
  await expect(gateway.register(ORDER)).resolves.toEqual({ kind: 'registered' })
  expect(JSON.parse(sent(PREPARE)[0]?.body ?? '')).toEqual({ merchant_uid: 'ord-1', amount: 19.9, currency: 'USD' })
})

test.for([
  ['the same', { amount: 19.9, currency: 'USD' }, { kind: 'registered' }],
  [
    'another amount',
    { amount: 20, currency: 'USD' },
    { kind: 'refused', said: 'ord-1 is registered already with USD 20.00, not with USD 19.90' },
  ],
  [
    'another currency',
    { amount: 1990, currency: 'KRW' },
    { kind: 'refused', said: 'ord-1 is registered already with KRW 1,990, not with USD 19.90' },
  ],
  [
    'no currency',
    { amount: 19.9, currency: null },
    { kind: 'refused', said: 'ord-1 is registered already with 19.9 without a usable currency, not with USD 19.90' },
  ],
] as const)('an order that is registered already with %s', async ([, registered, answer]) => {
  const { gateway } = await gatewayOn({ [PREPARE]: no(200, 1, '이미 등록된'), [PREPARED]: yes(registered) })
  await expect(gateway.register(ORDER)).resolves.toEqual(answer)
})

test('a refusal of an order that is not registered says what the gateway said', async () => {
  const { gateway } = await gatewayOn({ [PREPARE]: no(400, -1, 'not in this currency'), [PREPARED]: no(404, -1, '-') })
  await expect(gateway.register(ORDER)).resolves.toEqual({ kind: 'refused', said: 'not in this currency' })
})

test('a registered amount may be text, and may have the noise of a float', async () => {
  for (const amount of ['19.90', 19.900000000000002]) {
    const registered = yes({ amount, currency: 'USD' })
    const { gateway } = await gatewayOn({ [PREPARE]: no(200, 1, '-'), [PREPARED]: registered })
    await expect(gateway.register(ORDER)).resolves.toEqual({ kind: 'registered' })
  }
})

test.for([
  ['the registration by a firewall in JSON', no(403, 403, 'blocked'), no(404, -1, '-')],
  ['the registration by a firewall in HTML', text(403, '<html>'), no(404, -1, '-')],
  ['the registration by a proxy with a code', no(400, 400, 'bad request'), no(404, -1, '-')],
  ['the registration, for the route is not there', no(404, 404, 'no route'), no(404, -1, '-')],
  ['the reading of what is registered', no(400, -1, '-'), no(403, 403, 'blocked')],
  ['the reading of what is registered, for the route is not there', no(400, -1, '-'), no(404, 404, 'no route')],
] as const)('an order is not refused for good where %s is turned away', async ([, prepare, prepared]) => {
  const { gateway } = await gatewayOn({ [PREPARE]: prepare, [PREPARED]: prepared })
  expect(await failureOf(gateway.register(ORDER))).toMatchObject({ kind: 'gatewayUnavailable' })
})

test('an amount that a JSON number cannot carry is refused, not rounded', async () => {
  const { gateway, sent } = await gatewayOn({ [PREPARE]: yes({}) })
  const answer = await gateway.register({ ...ORDER, amount: Number.MAX_SAFE_INTEGER })
  expect([answer.kind, sent(PREPARE).length]).toEqual(['refused', 0])
})

test.for([
  ['the registration is lost', { [PREPARE]: reset }, 'gatewayUnavailable'],
  ['the registration fails', { [PREPARE]: no(500, 1, '-') }, 'gatewayUnavailable'],
  [
    'reading what is registered fails',
    { [PREPARE]: no(200, 1, '-'), [PREPARED]: no(503, -1, '-') },
    'gatewayUnavailable',
  ],
  [
    'what is registered cannot be read',
    { [PREPARE]: no(200, 1, '-'), [PREPARED]: yes({ currency: 'USD' }) },
    'gatewayAnswerUnreadable',
  ],
] as const)('whether an order is registered is not known: %s', async ([, script, kind]) => {
  const { gateway } = await gatewayOn(script)
  expect(await failureOf(gateway.register(ORDER))).toMatchObject({ kind })
})
