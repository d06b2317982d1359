// How a cancel call may end: each branch of the decision table (iamport.md §4.2), by kind and by
// reason.
// Must not know: the simulator; each answer here is written by the test itself.
import { expect, onTestFinished, test, vi } from 'vitest'
import type { CancelRequest } from '../../src/domain/gateway.ts'
import { gatewayRef, refundId } from '../../src/domain/ids.ts'
import { money } from '../../src/domain/money.ts'
import {
  gatewayOn,
  half,
  json,
  lacking,
  no,
  PAYMENT,
  reset,
  silent,
  text,
  token,
  unauthorized,
  yes,
  type Script,
} from './wire.ts'

const CANCEL = 'POST /payments/cancel'
const TOKEN = 'POST /users/getToken'

function asked(changes: Partial<CancelRequest> = {}): CancelRequest {
  return {
    refundId: refundId('r-1'),
    authorisedBy: 'submit',
    gatewayRef: gatewayRef('imp_1'),
    money: money(500, 'USD'),
    checksum: 1990,
    reason: '#r-1 customer request',
    timeoutMs: 5_000,
    mayStillSend: () => true,
    ...changes,
  }
}

async function cancelled(script: Script, changes: Partial<CancelRequest> = {}) {
  const { gateway, sent } = await gatewayOn(script)
  const answer = await gateway.cancel(asked(changes))
  return { answer, posts: sent(CANCEL), tokens: sent(TOKEN) }
}

test('the request names amount and checksum in major units, asks for a webhook and keeps the marker', async () => {
  const { posts } = await cancelled({ [CANCEL]: yes(PAYMENT) })
  expect(posts).toHaveLength(1)
  expect(JSON.parse(posts[0]?.body ?? '')).toEqual({
    imp_uid: 'imp_1',
    amount: 5,
    checksum: 19.9,
    reason: '#r-1 customer request',
    enable_webhook: true,
  })
  expect(posts[0]?.headers).toMatchObject({ authorization: 'Bearer token-1' })
})

test('code 0 with the payment unchanged is answered, with evidence that says still paid', async () => {
  const { answer } = await cancelled({ [CANCEL]: yes(PAYMENT) })
  expect(answer).toMatchObject({ kind: 'answered', evidence: { status: 'paid', returned: 0, entries: [] } })
})

test('code 0 with the payment cancelled is answered, with the booked entry', async () => {
  const entry = { amount: 5, cancelled_at: 1_786_070_000, reason: '#r-1 customer request', cancellation_id: 'cncl_1' }
  const done = { ...PAYMENT, status: 'cancelled', cancel_amount: 5, cancel_history: [entry] }
  const { answer } = await cancelled({ [CANCEL]: yes(done) })
  expect(answer).toMatchObject({
    kind: 'answered',
    evidence: { status: 'cancelled', returned: 500, entries: [{ cancellationId: 'cncl_1', amount: 500 }] },
  })
})

test.for([
  ['without sandbox and provider', lacking(PAYMENT, 'sandbox', 'pg_provider'), { channel: null, ours: true }],
  ['with the noise of a float', { ...PAYMENT, amount: 30.299999999999997 }, { amount: 3030 }],
  ['with times in milliseconds', { ...PAYMENT, paid_at: 1_785_901_200_000 }, { paidAt: '2026-08-05T03:40:00.000Z' }],
  ['with an entry of nothing', { ...PAYMENT, cancel_history: [{ amount: 0 }] }, { entries: [] }],
] as const)('code 0 with a payment %s is answered, not unknown', async ([, payment, evidence]) => {
  const { answer } = await cancelled({ [CANCEL]: yes(payment) })
  expect(answer).toMatchObject({ kind: 'answered', evidence })
})

test.for([
  ['HTTP 200, code 1', no(200, 1, '이미 전액취소된 주문입니다.'), '1', '이미 전액취소된 주문입니다.'],
  ['HTTP 200, code -1', no(200, -1, '[3204|no]'), '-1', '[3204|no]'],
  ['HTTP 400 with an envelope', no(400, -1, 'bad'), '-1', 'bad'],
  ['no message', no(200, 1, null), '1', 'no reason given (code 1)'],
  ['a message that could not be stored', no(200, 1, 'a\u0000b'), '1', 'a b'],
] as const)('turned down: %s', async ([, step, code, said]) => {
  const { answer, posts } = await cancelled({ [CANCEL]: step })
  expect(answer).toEqual({ kind: 'turnedDown', code, said })
  expect(posts).toHaveLength(1)
})

test('a long message is cut at 500 characters', async () => {
  const { answer } = await cancelled({ [CANCEL]: no(200, 1, 'x'.repeat(2_000)) })
  expect(answer).toEqual({ kind: 'turnedDown', code: '1', said: 'x'.repeat(500) })
})

test.for([
  ['a connection closed after the request', reset, /the connection broke/],
  ['half a body', half, /the connection broke/],
  ['silence', silent, /no whole answer within 300 ms/],
  ['HTTP 500 after acceptance', json(500, { code: 0, message: null, response: PAYMENT }), /HTTP 500/],
  ['HTTP 500 with a refusal', no(500, 1, 'no'), /HTTP 500/],
  ['an HTML page with HTTP 502', text(502, '<html>bad gateway</html>'), /HTTP 502/],
  ['an HTML page with HTTP 200', text(200, '<html>hello</html>'), /\(body\): it is not JSON/],
  ['an HTML page with HTTP 403', text(403, '<html>blocked</html>'), /HTTP 403/],
  ['JSON of a firewall with HTTP 403', json(403, { message: 'Forbidden' }), /HTTP 403/],
  ['JSON of a proxy, with a code, with HTTP 403', no(403, 403, 'blocked'), /HTTP 403/],
  ['a redirect', text(302, '', 'text/html', { location: '/' }), /HTTP 302/],
  ['HTTP 201', json(201, { code: 0, message: null, response: PAYMENT }), /HTTP 201/],
  ['HTTP 400 and yet code 0', json(400, { code: 0, message: null, response: PAYMENT }), /HTTP 400 and yet code 0/],
  ['code 0 without a payment', yes(null), /cannot be read at response/],
  ['code 0 with an unreadable amount', yes({ ...PAYMENT, amount: 19.999 }), /response\.amount/],
  ['code 0 with another payment', yes({ ...PAYMENT, imp_uid: 'imp_2' }), /another payment/],
  ['an answer larger than 1 MiB', text(200, 'x'.repeat(1024 * 1024 + 1)), /larger than/],
] as const)('unknown: %s', async ([, step, said]) => {
  const { answer, posts } = await cancelled({ [CANCEL]: step }, step === silent ? { timeoutMs: 300 } : {})
  expect(answer).toEqual({ kind: 'unknown', said: expect.stringMatching(said) })
  expect(answer).not.toHaveProperty('said', expect.stringMatching(/nothing was changed/i))
  expect(posts).toHaveLength(1)
})

test('unknown: a fault on our own side after the call was sent', async () => {
  const onCall = (route: string): void => {
    if (route === '/payments/cancel') throw new Error('the metric is broken')
  }
  const { gateway } = await gatewayOn({ [CANCEL]: yes(PAYMENT) }, { onCall })
  await expect(gateway.cancel(asked())).resolves.toEqual({
    kind: 'unknown',
    said: expect.stringMatching(/may have taken/),
  })
})

test.for([
  ['keys refused', no(401, -1, '인증에 실패하였습니다.'), /does not take our keys: 인증에/],
  ['HTTP 500', no(500, -1, 'down'), /HTTP 500/],
  ['lost', reset, /the connection broke/],
  ['unreadable', yes({ access_token: 'has a space', now: 0, expired_at: 1800 }), /response\.access_token/],
] as const)('not sent: no token to be had, %s', async ([, step, said]) => {
  const { answer, posts } = await cancelled({ [TOKEN]: step, [CANCEL]: yes(PAYMENT) })
  expect(answer).toEqual({ kind: 'notSent', said: expect.stringMatching(said) })
  expect(posts).toHaveLength(0)
})

test('not sent: nobody listens', async () => {
  const { gateway } = await gatewayOn({}, { apiUrl: 'http://gateway.invalid' })
  await expect(gateway.cancel(asked())).resolves.toEqual({
    kind: 'notSent',
    said: expect.stringMatching(/name was not found/),
  })
})

test('not sent: the gateway goes away between the token and the call', async () => {
  const { gateway } = await gatewayOn({ [TOKEN]: token('token-1') })
  const gone = asked({
    mayStillSend: () => {
      const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
      vi.spyOn(globalThis, 'fetch').mockRejectedValueOnce(new TypeError('fetch failed', { cause: refused }))
      return true
    },
  })
  onTestFinished(() => void vi.restoreAllMocks())
  await expect(gateway.cancel(gone)).resolves.toEqual({ kind: 'notSent', said: expect.stringMatching(/refused/) })
})

test('not sent: the time for sending was over, asked after the token and before the call', async () => {
  const order: string[] = []
  const onCall = (route: string): unknown => order.push(route)
  const { gateway, sent } = await gatewayOn({ [CANCEL]: yes(PAYMENT) }, { onCall })
  const mayStillSend = (): boolean => order.push('asked') < 0
  await expect(gateway.cancel(asked({ mayStillSend }))).resolves.toEqual({
    kind: 'notSent',
    said: expect.stringMatching(/time for sending was over/),
  })
  expect(order).toEqual(['/users/getToken', 'asked'])
  expect(sent(CANCEL)).toHaveLength(0)
})

test('401 was not executed: a new token and one repeat', async () => {
  const { answer, posts, tokens } = await cancelled({
    [TOKEN]: [token('token-1'), token('token-2')],
    [CANCEL]: [unauthorized, yes(PAYMENT)],
  })
  expect(answer).toMatchObject({ kind: 'answered' })
  expect(posts.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
  expect(tokens).toHaveLength(2)
})

test('not sent: 401 twice', async () => {
  const { answer, posts } = await cancelled({ [CANCEL]: unauthorized })
  expect(answer).toEqual({ kind: 'notSent', said: expect.stringMatching(/refused a new token as well/) })
  expect(posts).toHaveLength(2)
})

test('not sent: 401, and the time is over before the repeat', async () => {
  let questions = 0
  const { answer, posts } = await cancelled({ [CANCEL]: unauthorized }, { mayStillSend: () => (questions += 1) < 2 })
  expect(answer).toEqual({ kind: 'notSent', said: expect.stringMatching(/time for sending was over/) })
  expect([posts.length, questions]).toEqual([1, 2])
})

test('not sent: 401, and no new token to be had', async () => {
  const { answer, posts } = await cancelled({
    [TOKEN]: [token('token-1'), no(401, -1, 'key withdrawn')],
    [CANCEL]: unauthorized,
  })
  expect(answer).toEqual({ kind: 'notSent', said: expect.stringMatching(/key withdrawn/) })
  expect(posts).toHaveLength(1)
})

test('unknown after a 401 stays unknown: the repeat may have been taken', async () => {
  const { answer, posts } = await cancelled({ [CANCEL]: [unauthorized, reset] })
  expect(answer).toMatchObject({ kind: 'unknown' })
  expect(posts).toHaveLength(2)
})

test.for([
  ['amount 0, which would cancel everything', { money: money(0, 'USD') }, /above zero/],
  ['a negative amount', { money: money(-1, 'USD') }, /above zero/],
  ['not a number', { money: { amount: Number.NaN, currency: 'USD' } }, /above zero/],
  ['more than the checksum', { checksum: 499 }, /larger than its checksum/],
  ['a reason without the marker', { reason: 'customer request' }, /begins with "#r-1 "/],
  ['a reason with the marker at its end', { reason: 'customer request #r-1' }, /begins with "#r-1 "/],
  ['a reason with a longer id in front', { reason: '#r-11 customer request' }, /begins with "#r-1 "/],
  ['no time-out', { timeoutMs: 0 }, /timeoutMs/],
] as const)('never made: %s', async ([, changes, said]) => {
  const { gateway, sent } = await gatewayOn({ [CANCEL]: yes(PAYMENT) })
  await expect(gateway.cancel(asked(changes))).rejects.toThrow(said)
  await expect(gateway.cancel(asked(changes))).rejects.toBeInstanceOf(RangeError)
  expect(sent('POST')).toHaveLength(0)
})

test('won are sent as they are, and a thousandth of a dinar with its three decimals', async () => {
  const won = await cancelled({ [CANCEL]: yes(PAYMENT) }, { money: money(19_000, 'KRW'), checksum: 19_000 })
  expect(JSON.parse(won.posts[0]?.body ?? '')).toMatchObject({ amount: 19_000, checksum: 19_000 })
  const dinar = await cancelled({ [CANCEL]: yes(PAYMENT) }, { money: money(1_001, 'KWD'), checksum: 1_002 })
  expect(JSON.parse(dinar.posts[0]?.body ?? '')).toMatchObject({ amount: 1.001, checksum: 1.002 })
})
