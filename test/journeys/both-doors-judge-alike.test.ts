// HTTP and any Temporal client are two doors to one judge: what one refuses the other refuses, with
// the same code and the same sentence.
// Must not know: how a refusal is made.
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { BAD_ORDERS, BAD_REFUNDS } from '../support/badRequests.ts'
import { eventually, fresh, shopTest, type Shop } from '../support/shop.ts'
import { failureOf, startPaymentSaga, startRefundSaga } from '../support/starts.ts'

const test = shopTest()

const ORDER = { amount: 1_990, currency: 'USD', name: 'Gold pack' }
const BUYER = { name: 'Ann Roe', email: 'ann@example.com' }
type Fields = Readonly<Record<string, unknown>>
type Refusal = { readonly code: string; readonly sentence: string }

const problem = z.looseObject({ code: z.string(), detail: z.string() })
async function overHttp({ call }: Shop, path: string, body: Fields): Promise<Refusal> {
  const answer = await call('POST', path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBeGreaterThanOrEqual(400)
  const { code, detail } = problem.parse(answer.body)
  return { code, sentence: detail }
}
async function byTemporal(handle: { result(): Promise<unknown> }): Promise<Refusal> {
  const { type, message } = await failureOf(handle)
  return { code: type, sentence: message }
}

const orderOverHttp = (shop: Shop, id: string, fields: Fields) =>
  overHttp(shop, '/payments', { ...ORDER, buyer: BUYER, merchantUid: id, ...fields })
const orderByTemporal = async ({ client }: Shop, id: string, fields: Fields) =>
  byTemporal(await startPaymentSaga(client, { ...ORDER, merchantUid: id, ...fields }, `payment:${id}`))
const refundOverHttp = (shop: Shop, order: string, id: string, fields: Fields) =>
  overHttp(shop, `/payments/${order}/refunds`, { refundId: id, reason: 'customer request', ...fields })
const refundByTemporal = async ({ client }: Shop, merchantUid: string, refundId: string, fields: Fields) =>
  byTemporal(
    await startRefundSaga(
      client,
      { merchantUid, refundId, reason: 'customer request', ...fields },
      `refund:${refundId}`,
    ),
  )
const runsOf = async ({ client }: Shop, workflowId: string) =>
  (await client.workflow.getHandle(workflowId).describe()).status.name

describe('an order that is good but for one thing', () => {
  test.for(BAD_ORDERS)('%j is refused by both as %s: %s', async ([change, code, said], { shop }) => {
    const id = fresh('order')
    const refused = await orderOverHttp(shop, id, change)
    expect(refused).toEqual({ code, sentence: expect.stringContaining(said) })
    expect(await orderByTemporal(shop, id, change)).toEqual(refused)
    expect(await shop.call('GET', `/payments/${id}`)).toMatchObject({ status: 404 })
  })
})

test('what is taken is recorded alike', async ({ shop }) => {
  const given = {
    country: 'de',
    returnUrl: 'https://shop.test/back',
    expiresIn: '45m',
    name: ' Gold pack ',
    goods: 'physical',
  }
  const [one, other] = [fresh('order'), fresh('order')]
  await shop.call('POST', '/payments', { ...ORDER, ...given, buyer: BUYER, merchantUid: one })
  await startPaymentSaga(shop.client, { ...ORDER, ...given, merchantUid: other }, `payment:${other}`)
  await eventually(() => shop.payment(other).catch(() => undefined)).toMatchObject({ state: 'prepared' })
  const fields = [
    'name',
    'country',
    'returnUrl',
    'widget',
    'channel',
    'gateway',
    'latePolicy',
    'goods',
    'amount',
  ] as const
  const rows = await shop.db.selectFrom('payments').select(fields).where('amount', '=', 1_990).execute()
  expect(rows).toHaveLength(2)
  expect(rows[0]).toEqual(rows[1])
  expect(rows[0]).toMatchObject({
    name: 'Gold pack',
    country: 'DE',
    returnUrl: 'https://shop.test/back',
    goods: 'physical',
  })
})

describe('a refund', () => {
  test('that is good but for one thing is refused by both', async ({ shop }) => {
    const { merchantUid } = await shop.paid()
    for (const [change, code, said] of BAD_REFUNDS) {
      const id = fresh('refund')
      const refused = await refundOverHttp(shop, merchantUid, id, change)
      expect(refused, JSON.stringify(change)).toEqual({ code, sentence: expect.stringContaining(said) })
      expect(await refundByTemporal(shop, merchantUid, id, change), JSON.stringify(change)).toEqual(refused)
      expect(await shop.call('GET', `/refunds/${id}`)).toMatchObject({ status: 404 })
    }
  })

  test('that the books refuse is refused by both', async ({ shop }) => {
    const { merchantUid } = await shop.paid()
    const unpaid = (await shop.open()).merchantUid
    for (const [order, fields, code] of [
      [merchantUid, { amount: 19_001 }, 'refundExceedsBalance'],
      [merchantUid, { amount: 1 }, 'partialRefundNotSupported'],
      [unpaid, {}, 'paymentNotPaid'],
      [fresh('nobody'), {}, 'notFound'],
    ] as const) {
      const id = fresh('refund')
      const refused = await refundOverHttp(shop, order, id, fields)
      expect(refused.code).toBe(code)
      expect(await refundByTemporal(shop, order, id, fields)).toEqual(refused)
    }
  })

  test('that is recorded and differs is a conflict at both, and goes on', async ({ shop, sim }) => {
    const another = (await shop.paid()).merchantUid
    // Side by side: each waits until its own saga is woken again, which is seconds after it was refused.
    const cases = [
      [undefined, { amount: 19_000 }, 'amount'],
      [undefined, { reason: 'broken', amount: 5 }, 'amount, reason'],
      [another, {}, 'merchantUid'],
    ] as const
    const judged = cases.map(async ([order, fields, differs]) => {
      const { merchantUid, refundId } = await shop.paidThenRefunded()
      const before = await shop.refund(refundId)
      await expect(refundByTemporal(shop, merchantUid, refundId, { amount: 5 })).rejects.toThrow(
        WorkflowExecutionAlreadyStartedError,
      )
      await shop.client.workflow.getHandle(`refund:${refundId}`).terminate('by the test')
      const refused = await refundOverHttp(shop, order ?? merchantUid, refundId, fields)
      expect(refused).toEqual({ code: 'conflict', sentence: expect.stringContaining(`it differs in ${differs}. `) })
      expect(await refundByTemporal(shop, order ?? merchantUid, refundId, fields)).toEqual(refused)
      await eventually(() => runsOf(shop, `refund:${refundId}`)).toBe('RUNNING')
      expect(await shop.refund(refundId)).toEqual(before)
      const [ticket, ...more] = await sim.tickets(merchantUid)
      expect(more).toEqual([])
      await sim.complete(ticket?.id ?? '')
      await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
    })
    await Promise.all(judged)
  })
})

describe('an order that is recorded', () => {
  test('and asked for with another amount is a conflict at both; its own saga goes on', async ({ shop, sim }) => {
    const cases = [
      [{ amount: 99_999 }, 'amount'],
      [{ amount: 1, currency: 'EUR', widget: 'p1_1', name: 'a car' }, 'amount, currency, name, widget'],
      [{ expiresIn: '45m' }, 'expiresIn'],
    ] as const
    const judged = cases.map(async ([fields, differs]) => {
      const { merchantUid } = await shop.open({ amount: 1_990, currency: 'USD' })
      const saga = `payment:${merchantUid}`
      const before = [await shop.payment(merchantUid), await shop.journal(merchantUid)]
      await expect(orderByTemporal(shop, merchantUid, { amount: 99_999 })).rejects.toThrow(
        WorkflowExecutionAlreadyStartedError,
      )
      await shop.client.workflow.getHandle(saga).terminate('by the test')
      const refused = await orderOverHttp(shop, merchantUid, fields)
      expect(refused).toEqual({ code: 'conflict', sentence: expect.stringContaining(`it differs in ${differs}. `) })
      expect(await orderByTemporal(shop, merchantUid, fields)).toEqual(refused)
      await eventually(() => runsOf(shop, saga)).toBe('RUNNING')
      expect([await shop.payment(merchantUid), await shop.journal(merchantUid)]).toEqual(before)

      await sim.pay(merchantUid)
      await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid', accepted: true })
      await eventually(() => runsOf(shop, saga)).toBe('COMPLETED')
      expect(await orderByTemporal(shop, merchantUid, { amount: 99_999 })).toMatchObject({ code: 'conflict' })
      expect(await shop.payment(merchantUid)).toMatchObject({ state: 'paid', amount: 1_990, currency: 'USD' })
    })
    await Promise.all(judged)
  })

  test('goes on by its id alone, and by the very same order', async ({ shop, sim }) => {
    const { merchantUid } = await shop.open({ amount: 1_990, currency: 'USD' })
    const saga = `payment:${merchantUid}`
    for (const input of [{ merchantUid }, { ...ORDER, merchantUid }]) {
      await shop.client.workflow.getHandle(saga).terminate('by the test')
      await startPaymentSaga(shop.client, input, saga)
      expect(await runsOf(shop, saga)).toBe('RUNNING')
    }
    await sim.pay(merchantUid)
    await eventually(() => runsOf(shop, saga)).toBe('COMPLETED')
    const again = await startPaymentSaga(shop.client, { ...ORDER, merchantUid }, saga)
    expect(await again.result()).toEqual({ state: 'paid' })
  })
})
