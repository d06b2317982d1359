// What i'mport's reads and the registration answer, and what each failure is called; tokens are kept and renewed.
// Must not know: the simulator; each answer here is written by the test itself.
import { expect, test } from 'vitest'
import { Failure } from '../../src/domain/failures.ts'
import type { Order } from '../../src/domain/gateway.ts'
import { gatewayRef, merchantUid } from '../../src/domain/ids.ts'
import { gatewayOn, json, no, PAYMENT, reset, text, token, unauthorized, yes, type Script } from './wire.ts'

const TOKEN = 'POST /users/getToken'
const LOOK = 'GET /payments/imp_1'
const FIND = 'GET /payments/findAll/ord-1'
const LIST = 'GET /payments/status/cancelled'
const PREPARE = 'POST /payments/prepare'
const PREPARED = 'GET /payments/prepare/ord-1'
const REF = gatewayRef('imp_1')
const ORDER: Order = { merchantUid: merchantUid('ord-1'), amount: 1990, currency: 'USD', channel: 'live' }

async function look(script: Script) {
  const { gateway, sent } = await gatewayOn(script)
  return { answer: gateway.look(REF), sent }
}

async function failureOf(answer: Promise<unknown>): Promise<Failure> {
  const error = await answer.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  )
  if (error instanceof Failure) return error
  throw error
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
  ['HTML', text(200, '<html>'), 'gatewayAnswerUnreadable', /\(body\)/],
  ['an HTML 404', text(404, '<html>'), 'gatewayAnswerUnreadable', /\(body\)/],
  ['a redirect', text(302, '', 'text/html', { location: '/' }), 'gatewayAnswerUnreadable', /\(body\)/],
  ['code 0 with HTTP 404', json(404, { code: 0 }), 'gatewayAnswerUnreadable', /HTTP 404 and yet with code 0/],
  ['an array', json(200, []), 'gatewayAnswerUnreadable', /\(body\)/],
  ['no payment', yes(null), 'gatewayAnswerUnreadable', /at response:/],
  ['another payment', yes({ ...PAYMENT, imp_uid: 'imp_2' }), 'gatewayAnswerUnreadable', /response\.imp_uid/],
  ['code 1 with HTTP 200', no(200, 1, '안돼'), 'gatewayRefused', /안돼/],
  ['HTTP 400', no(400, -1, 'bad status'), 'gatewayRefused', /bad status/],
  ['a 404 of somebody else', no(404, 404, 'no such route'), 'gatewayRefused', /no such route/],
  ['401 twice', unauthorized, 'gatewayKeysRefused', /Unauthorized/],
] as const)('a look answered with %s', async ([, step, kind, said]) => {
  const { answer } = await look({ [LOOK]: step })
  expect(await failureOf(answer)).toMatchObject({ kind, message: expect.stringMatching(said) })
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

// Attempts of an order

const attempt = (imp_uid: string, more: object = {}): object => ({ ...PAYMENT, imp_uid, ...more })
const page = (list: readonly unknown[], next: number) => yes({ total: 9, previous: 0, next, list })

test('all pages of an order are read, each attempt once', async () => {
  const script = {
    [FIND]: [page([attempt('imp_1'), attempt('imp_2')], 2), page([attempt('imp_2'), attempt('imp_3')], 0)],
  }
  const { gateway, sent } = await gatewayOn(script)
  const found = await gateway.lookByOrder(ORDER.merchantUid)
  expect(found.map(({ gatewayRef }) => gatewayRef)).toEqual(['imp_1', 'imp_2', 'imp_3'])
  expect(found.every(({ payerCountry }) => payerCountry === null)).toBe(true)
  expect(sent(FIND).map(({ line }) => line)).toEqual(
    [1, 2].map((page) => `${FIND}?page=${page}&limit=100&sorting=started&include_sandbox=true`),
  )
})

test('an order without attempts is an empty list', async () => {
  const { gateway } = await gatewayOn({ [FIND]: no(404, -1, '존재하지 않는 결제정보입니다.') })
  await expect(gateway.lookByOrder(ORDER.merchantUid)).resolves.toEqual([])
})

test('attempts that name another order are none of this one', async () => {
  const { gateway } = await gatewayOn({
    [FIND]: page([attempt('imp_1', { merchant_uid: 'ORD-1' }), attempt('imp_2')], 0),
  })
  const found = await gateway.lookByOrder(ORDER.merchantUid)
  expect(found.map(({ gatewayRef }) => gatewayRef)).toEqual(['imp_2'])
})

test.for([
  [
    'one of them cannot be read',
    [page([attempt('imp_1'), attempt('imp_2', { amount: '1' })], 0)],
    /response\.list\[1\]\.amount/,
  ],
  ['a later page is missing', [page([attempt('imp_1')], 2), no(404, -1, 'gone')], /at response:/],
  ['the pages do not end', [page([attempt('imp_1')], 2)], /more than 50 pages/],
] as const)('attempts are never half a list: %s', async ([, steps, said]) => {
  const { gateway } = await gatewayOn({ [FIND]: steps })
  const failure = await failureOf(gateway.lookByOrder(ORDER.merchantUid))
  expect(failure).toMatchObject({ kind: 'gatewayAnswerUnreadable', message: expect.stringMatching(said) })
})

// What changed

const FROM = new Date('2026-08-06T00:00:00.900Z')
const TO = new Date('2026-08-06T01:00:00.100Z')

test('a list asks ascending by update within whole seconds around the range', async () => {
  const { gateway, sent } = await gatewayOn({ [LIST]: page([attempt('imp_1')], 3) })
  await expect(gateway.list('cancelled', FROM, TO, 2)).resolves.toMatchObject({ more: true, unreadable: 0 })
  expect(sent('GET')[0]?.line).toBe(
    `${LIST}?from=1785974400&to=1785978001&page=2&limit=100&sorting=updated&include_sandbox=true`,
  )
})

test('a listed payment that cannot be read is counted and hides no other', async () => {
  const { gateway } = await gatewayOn({
    [LIST]: page([attempt('imp_1'), null, attempt('imp_3', { currency: '?' })], 0),
  })
  const { listed, more, unreadable } = await gateway.list('cancelled', FROM, TO, 1)
  expect([listed.map(({ gatewayRef }) => gatewayRef), more, unreadable]).toEqual([['imp_1'], false, 2])
})

test('a page that is no list is a failure, not an empty page', async () => {
  const { gateway } = await gatewayOn({ [LIST]: yes({ total: 3 }) })
  expect(await failureOf(gateway.list('cancelled', FROM, TO, 1))).toMatchObject({
    kind: 'gatewayAnswerUnreadable',
    details: { field: 'response.list' },
  })
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
