// What the first step of a saga does over real rows: records, reads, or refuses; and that a refusal
// disturbs no row of that name.
// Must not know: Temporal.
import { sql } from 'kysely'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { beginPayment, beginRefund } from '../../activities/begin/begin.ts'
import { recordRefund } from '../../src/db/books/record.ts'
import { transact } from '../../src/db/connect.ts'
import { Failure } from '../../src/domain/failures.ts'
import { merchantUid, refundId, type MerchantUid } from '../../src/domain/ids.ts'
import { accepts } from '../../src/gateways/iamport/window.ts'
import { activityDeps } from '../support/activityDeps.ts'
import { AT, GATEWAY, later, MINUTE, PATIENCE } from '../support/books.ts'
import { emptyQueues, freshOrder, paidOrder, readBooks, recordPrepared } from '../support/booksDatabase.ts'
import { scriptedGateway } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

const database = await openTestDatabase()
const { db } = database
afterAll(database.close)
beforeEach(() => emptyQueues(db))

const deps = activityDeps(db, { ...scriptedGateway(), accepts })
const now = later(MINUTE)

const startPayment = (id: MerchantUid, changes: object = {}) =>
  beginPayment(deps, { input: { merchantUid: id, ...changes }, workflowId: `payment:${id}`, now })
const startRefund = (id: string, changes: object = {}) =>
  beginRefund(deps, { input: { refundId: id, ...changes }, workflowId: `refund:${id}`, now })
const refusalOf = async (start: Promise<unknown>): Promise<Failure> => {
  const failed: unknown = await start.catch((error: unknown) => error)
  if (!(failed instanceof Failure)) throw new Error('it was not refused')
  return failed
}
/** The wakes of this saga: how many seconds after now each is due. */
const wakesOf = async (saga: string) => {
  const seconds = sql<number>`round(extract(epoch from due_at - created_at))::int`
  const { rows } = await sql<{ due: number }>`
    select ${seconds} as due from outbox where kind = 'wake' and target = ${saga}`.execute(db)
  return rows.map(({ due }) => due)
}
const journalled = (id: MerchantUid) =>
  db.selectFrom('journal').select('what').where('merchantUid', '=', id).orderBy('id').execute()
/** As `recordPrepared` records it. */
const AS_RECORDED = { amount: 10_000, currency: 'KRW', name: 'a hat' }

describe('a start with a whole order', () => {
  test('records it with what was left out, and wakes nobody: its own saga runs', async () => {
    const { order } = freshOrder()
    const step = await startPayment(order, { ...AS_RECORDED, name: ' a hat ', country: 'de', expiresIn: '45m' })
    expect(step).toMatchObject({ state: 'opening', next: { do: 'open' } })
    const { payment } = await readBooks(db, { merchantUid: order })
    expect(payment).toMatchObject({ ...AS_RECORDED, country: 'DE', channel: 'live', gateway: GATEWAY })
    expect(payment?.expiresAt).toBe(later(46 * MINUTE))
    expect(await journalled(order)).toEqual([{ what: 'order.recorded' }])
    expect(await wakesOf(`payment:${order}`)).toEqual([])
  })

  test('that is recorded goes on with its row, however often it is repeated', async () => {
    const { order } = freshOrder()
    const whole = { ...AS_RECORDED, expiresIn: '45m' }
    await startPayment(order, whole)
    for (const again of [whole, AS_RECORDED, {}])
      expect(await startPayment(order, again)).toMatchObject({ state: 'opening' })
    expect(await journalled(order)).toHaveLength(1)
  })

  test.each([
    [{ amount: 99_999 }, ['amount']],
    [{ amount: 99_999, currency: 'USD', name: 'a car' }, ['amount', 'currency', 'name']],
    [{ channel: 'test' }, ['channel']],
    [{ country: 'de', returnUrl: 'https://shop.test/' }, ['returnUrl', 'country']],
    [{ widget: 't3_1', latePolicy: 'accept' }, ['widget', 'latePolicy']],
    [{ gateway: 'paymentwall/main' }, ['gateway']],
    [{ expiresIn: '45m' }, ['expiresIn']],
    [{ widget: 'p1_1', amount: 1, currency: 'EUR' }, ['amount', 'currency', 'widget']],
  ])('that differs in %j from the recorded one is a conflict that names it', async (change, differs) => {
    const { order } = freshOrder()
    await recordPrepared(db, order)
    const before = await readBooks(db, { merchantUid: order })
    const failure = await refusalOf(startPayment(order, { ...AS_RECORDED, ...change }))
    expect(failure).toMatchObject({ kind: 'conflict', details: { differs } })
    expect(failure.message).toBe(
      `${order} is recorded as another order; it differs in ${differs.join(', ')}. That one was kept as it is; use a new merchantUid for a new order.`,
    )
    expect(await readBooks(db, { merchantUid: order })).toEqual(before)
    expect(await journalled(order)).toEqual([])
  })

  test.each([
    [{ currency: 'CLF' }, 'currencyNotSupported'],
    [{ currency: 'EUR', amount: 29 }, 'amountOutOfLimits'],
    [{ widget: 'p1_1' }, 'invalidRequest'],
    [{ gateway: 'iamport/other' }, 'invalidRequest'],
    [{ name: 'nul\u0000' }, 'invalidRequest'],
    [{ name: 'escape\u001b[2J' }, 'invalidRequest'],
  ])('that no gateway or no database takes, %j, is %s and leaves no row', async (change, kind) => {
    const { order } = freshOrder()
    expect((await refusalOf(startPayment(order, { ...AS_RECORDED, ...change }))).kind).toBe(kind)
    expect((await readBooks(db, { merchantUid: order })).payment).toBeUndefined()
    expect(await wakesOf(`payment:${order}`)).toEqual([])
  })
})

describe('a refused start', () => {
  test.each([
    ['another order', { ...AS_RECORDED, amount: 1 }],
    ['what is no order', { colour: 'red' }],
  ])('with %s wakes the saga of an open row, once its own run is over', async (_, changes) => {
    const { order } = freshOrder()
    await recordPrepared(db, order)
    await refusalOf(startPayment(order, changes))
    expect(await wakesOf(`payment:${order}`)).toEqual([2])
  })

  test('under the name of another saga wakes that one', async () => {
    const { order } = freshOrder()
    await recordPrepared(db, order)
    const input = { ...AS_RECORDED, merchantUid: 'another' }
    await refusalOf(beginPayment(deps, { input, workflowId: `payment:${order}`, now }))
    expect(await wakesOf(`payment:${order}`)).toEqual([2])
  })

  test('wakes nobody where the row is closed, or where no row is', async () => {
    const { order } = await paidOrder(db)
    await emptyQueues(db)
    expect((await refusalOf(startPayment(order, { ...AS_RECORDED, amount: 1 }))).kind).toBe('conflict')
    expect((await refusalOf(startPayment(merchantUid('nobody')))).kind).toBe('notFound')
    expect((await refusalOf(startRefund('nobody'))).kind).toBe('notFound')
    for (const workflowId of ['payment:..', 'payment:a b', 'stray:iamport/main:imp_1', 'anything'])
      await refusalOf(beginPayment(deps, { input: {}, workflowId, now }))
    expect(await db.selectFrom('outbox').select('target').where('kind', '=', 'wake').execute()).toEqual([])
  })
})

describe('a start with a whole refund', () => {
  const recorded = async (amount: number | null) => {
    const { order } = await paidOrder(db)
    const id = refundId(`${order}-r`)
    const asked = { merchantUid: order, refundId: id, amount, reason: 'sent back', origin: 'checkout' } as const
    const mover = { who: 'checkout', at: AT, saga: null, links: () => null, patience: PATIENCE, rules: deps.rules }
    await transact(db, 'request', (trx) => recordRefund(trx, asked, mover))
    await emptyQueues(db)
    return { order, id, same: { merchantUid: order, reason: 'sent back', ...(amount !== null && { amount }) } }
  }

  test('that is recorded goes on with its row', async () => {
    const { id, same } = await recorded(500)
    for (const again of [same, {}]) expect(await startRefund(id, again)).toMatchObject({ state: 'requested' })
  })

  test.each([
    [{ amount: 501 }, ['amount']],
    [{ amount: undefined }, ['amount']],
    [{ reason: 'broken' }, ['reason']],
    [{ merchantUid: 'nobody' }, ['merchantUid']],
    [{ merchantUid: 'nobody', amount: 1, reason: 'x' }, ['merchantUid', 'amount', 'reason']],
  ])('that differs in %j is a conflict that names it, and the recorded one goes on', async (change, differs) => {
    const { id, order, same } = await recorded(500)
    const before = await readBooks(db, { merchantUid: order })
    const failure = await refusalOf(startRefund(id, { ...same, ...change }))
    expect(failure).toMatchObject({ kind: 'conflict', details: { differs } })
    expect(failure.message).toBe(
      `refund ${id} is recorded as another refund; it differs in ${differs.join(', ')}. That one was kept as it is; use a new refundId for another refund.`,
    )
    expect(await readBooks(db, { merchantUid: order })).toEqual(before)
    expect(await wakesOf(`refund:${id}`)).toEqual([2])
  })

  test("under an id of the program's own is refused, and named alone it is not", async () => {
    const { order } = await paidOrder(db)
    const failure = await refusalOf(startRefund('auto.x', { merchantUid: order, reason: 'mine' }))
    expect([failure.kind, failure.message]).toEqual(['invalidRequest', expect.stringContaining('refundId: must not')])
    expect((await refusalOf(startRefund('auto.x'))).kind).toBe('notFound')
  })
})
