// The client against a started program: an order from its opening to its money back, refusals as types, notices; and
// that what is sent again is only what is safe. Its printed types are held against the document.
// Must not know: how the API does anything.
import { readFileSync } from 'node:fs'
import { expect, expectTypeOf, test as plain } from 'vitest'
import {
  answerOf,
  createClient,
  isProblem,
  NoticeForged,
  SagaMisread,
  SagaProblem,
  SagaUnreachable,
  StateNotReached,
  verifyNotice,
  waitForState,
  type Payment,
} from '../../src/client/index.ts'
import { NEXT_SECRET, openCheckout, SECRET } from '../support/checkout.ts'
import { ROOT } from '../support/readme.ts'
import { eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'
import { printedTypes, TYPES_FILE } from './types.ts'

const checkout = await openCheckout([SECRET])
const KEYS = { checkout: 'a-key-of-the-checkout', ops: 'a-key-of-somebody-in-ops' }
const test = shopTest({ ...checkout.environment, API_KEYS: `shop:checkout:${KEYS.checkout},ann:ops:${KEYS.ops}` })

const clientOf = ({ api }: OwnShop, key: string = KEYS.checkout) => createClient({ url: `${api}/`, key })
const buyer = { name: 'Ann Roe', email: 'ann@example.com' }
const orderOf = (merchantUid: string) => ({ merchantUid, amount: 1990, currency: 'USD', name: 'Gold', buyer })

test('an order is opened, paid and refunded, and each state is waited for', async ({ shop, sim }) => {
  const saga = clientOf(shop)
  const merchantUid = fresh('order')
  const { payment, window } = await saga.openPayment(orderOf(merchantUid))
  expect(payment.state).toBe('prepared')
  expect(window).not.toBeNull()
  const impUid = await sim.pay(merchantUid)
  await saga.returned(merchantUid, { gatewayRef: impUid })
  const paid = await waitForState(saga, { merchantUid }, ['paid'])
  expectTypeOf(paid).toEqualTypeOf<Payment>()
  expect(paid).toMatchObject({ accepted: true, paid: 1990 })

  const refundId = fresh('refund')
  const asked = await saga.askRefund(merchantUid, { refundId, reason: 'not wanted' })
  expect(asked).toMatchObject({ refundId, amount: 1990, waitingForCancellation: true })
  expect(await saga.askRefund(merchantUid, { refundId, reason: 'not wanted' })).toMatchObject({ refundId })
  await waitForState(saga, { refundId }, ['ticketOpen'])
  const [ticket] = await sim.tickets(merchantUid)
  await sim.complete(ticket?.id ?? 'none')
  expect(await waitForState(saga, { refundId }, ['refunded'])).toMatchObject({ state: 'refunded' })
  expect((await saga.order(merchantUid)).payment.state).toBe('cancelled')
})

test('a refusal is an error with its code, its sentence and its facts', async ({ shop }) => {
  const saga = clientOf(shop)
  const merchantUid = fresh('order')
  await saga.openPayment(orderOf(merchantUid))
  const refused = await saga.askRefund(merchantUid, { refundId: fresh('refund'), reason: 'early' }).catch(caught)
  expect(refused).toBeInstanceOf(SagaProblem)
  expect(isProblem(refused, 'paymentNotPaid')).toBe(true)
  expect(isProblem(refused, 'alreadyPaid')).toBe(false)
  const other = await saga.openPayment({ ...orderOf(merchantUid), amount: 5 }).catch(caught)
  expect(other).toMatchObject({ code: 'conflict', status: 409, problem: { differs: ['amount'] } })
  expect(await saga.refund('unknown').catch(caught)).toMatchObject({ code: 'notFound' })
  const stranger = clientOf(shop, 'a-key-that-nobody-knows')
  expect(await stranger.order(merchantUid).catch(caught)).toMatchObject({ code: 'unauthorized' })
})

test('a state that is not reached in time is told with what was shown last', async ({ shop }) => {
  const saga = clientOf(shop)
  const merchantUid = fresh('order')
  await saga.openPayment(orderOf(merchantUid))
  const late = await waitForState(saga, { merchantUid }, ['paid'], { withinMs: 1 }).catch(caught)
  expect(late).toBeInstanceOf(StateNotReached)
  expect(late).toMatchObject({ last: { merchantUid, state: 'prepared' } })
})

test('every call of the document is there, typed by its path; a command carries one key', async ({ shop }) => {
  const { refundId } = await shop.paidThenRefunded()
  const ops = clientOf(shop, KEYS.ops)
  const params = { path: { refundId } }
  const named = await answerOf(ops.calls.POST('/refunds/{refundId}/acknowledge', { params, body: { owner: 'ann' } }))
  expect(named.answer).toBe('done')
  const { refunds } = await answerOf(ops.calls.GET('/stuck', { params: { query: { attention: 'none' } } }))
  expect(refunds.map(({ refund }) => refund.refundId)).toContain(refundId)
  expect(refunds.find(({ refund }) => refund.refundId === refundId)?.refund.owner).toBe('ann')
  // @ts-expect-error a command that moves money names what its person saw
  const unseen = ops.calls.POST('/refunds/{refundId}/retry-ticket', { params, body: { reason: 'lost' } })
  expect(await unseen.catch(caught)).toMatchObject({ code: 'invalidRequest' })
})

test('a notice is verified, and told apart from a forged, an old and an unsigned one', async ({ shop }) => {
  const { merchantUid } = await shop.paid()
  await eventually(() => checkout.lines(merchantUid)).toContain('2 payment.paid')
  const { body, headers } = about(merchantUid, 'payment.paid')
  const notice = verifyNotice(body, headers, `${NEXT_SECRET},${SECRET}`)
  expect(notice).toMatchObject({ type: 'payment.paid', payment: { merchantUid, accepted: true } })
  expect(verifyNotice(new TextEncoder().encode(body), new Headers(headers), [SECRET]).id).toBe(notice.id)
  const hour = String(Number(headers['webhook-timestamp']) - 3_600)
  for (const forged of [
    () => verifyNotice(body.replace('payment.paid', 'payment.closed'), headers, SECRET),
    () => verifyNotice(body, headers, NEXT_SECRET),
    () => verifyNotice(body, { ...headers, 'webhook-timestamp': hour }, SECRET),
    () => verifyNotice(body, { ...headers, 'webhook-id': 'another' }, SECRET),
    () => verifyNotice(body, {}, SECRET),
    () => verifyNotice(body, headers, []),
  ])
    expect(forged).toThrow(NoticeForged)
})

const problem = (status: number, code: string) =>
  new Response(JSON.stringify({ type: 'about:blank', title: code, status, code, detail: 'not now' }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  })

/** A client whose line answers as it is told, one answer a try; what it was sent. */
function played(answers: readonly (() => Response)[]) {
  const sent: Request[] = []
  const fetch = (request: Request) => {
    const answer = answers[sent.push(request) - 1]
    return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError('hung up'))
  }
  return { sent, saga: createClient({ url: 'http://saga.test', pausesMs: [0, 0], fetch }) }
}
const away = () => problem(503, 'temporarilyUnavailable')

plain('what may be asked later is asked again, with the same body, until it is answered', async () => {
  const { sent, saga } = played([away, away, () => Response.json({ refund: { refundId: 'r-1' } }, { status: 202 })])
  expect(await saga.askRefund('o-1', { refundId: 'r-1', reason: 'x' })).toEqual({ refundId: 'r-1' })
  expect(await Promise.all(sent.map((request) => request.text()))).toEqual(
    Array.from({ length: 3 }, () => '{"refundId":"r-1","reason":"x"}'),
  )
})

plain('a command is sent again under one key, and under the one that was given', async () => {
  const { sent, saga } = played([away])
  const given = { params: { path: { refundId: 'r-1' } }, body: { reason: 'x' } }
  await expect(saga.calls.POST('/refunds/{refundId}/withdraw', given)).rejects.toBeInstanceOf(SagaUnreachable)
  const keys = sent.map((request) => request.headers.get('idempotency-key'))
  expect([keys.length, new Set(keys).size]).toEqual([3, 1])
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  const own = played([away, away, away])
  const keyed = { params: { ...given.params, header: { 'idempotency-key': 'mine' } }, body: given.body }
  await expect(own.saga.calls.POST('/refunds/{refundId}/withdraw', keyed)).rejects.toMatchObject({ status: 503 })
  expect(own.sent.map((request) => request.headers.get('idempotency-key'))).toEqual(['mine', 'mine', 'mine'])
})

plain('what is refused when it is made again is sent once, and so is what was refused', async () => {
  const once = played([away])
  await expect(once.saga.calls.POST('/filing/release', { body: { reason: 'x' } })).rejects.toBeInstanceOf(SagaProblem)
  expect(once.sent).toHaveLength(1)
  const refused = played([() => problem(409, 'conflict')])
  await expect(refused.saga.order('o-1')).rejects.toMatchObject({ code: 'conflict' })
  expect(refused.sent).toHaveLength(1)
})

plain('what another program answers is no answer', async () => {
  const { saga } = played([() => new Response('<html>', { headers: { 'content-type': 'text/html' } })])
  await expect(saga.order('o-1')).rejects.toBeInstanceOf(SagaMisread)
})

plain('the printed types are those of the document', async () => {
  expect(readFileSync(ROOT + TYPES_FILE, 'utf8')).toBe(await printedTypes())
})

const caught = (error: unknown) => error
function about(merchantUid: string, type: string) {
  const found = checkout.received().find(({ body }) => body.includes(merchantUid) && body.includes(`"type":"${type}"`))
  if (!found) throw new Error('no notice of it was received')
  return found
}
