// The judge of what a checkout asks for: what is taken, and as what; what is refused, and with
// which sentence; and that the documents say the same.
// Must not know: by which door it comes.
import { describe, expect, test } from 'vitest'
import {
  askItsGateway,
  filledIn,
  readMerchantUid,
  readOrder,
  readOrderAndBuyer,
  readAskedRefund,
  readRefundId,
  readAskedRefundOfOrder,
} from '../../../src/domain/books/order.ts'
import { Failure, must } from '../../../src/domain/failures.ts'
import { fitting } from '../../../src/domain/form.ts'
import type { Gateway } from '../../../src/domain/gateway.ts'
import { gatewayName } from '../../../src/domain/ids.ts'
import { accepts } from '../../../src/gateways/iamport/window.ts'
import { paymentBody, refundBody } from '../../../src/http/resources/schemas.ts'
import { BAD_ID, BAD_IDS, BAD_ORDERS, BAD_REFUNDS } from '../../support/badRequests.ts'

const MAIN = gatewayName('iamport/main')
const DEFAULTS = { gateway: MAIN, channel: 'live', expiryMs: 1_800_000 } as const
const AT = '2026-03-02T12:00:00.000Z'
const GATEWAYS = new Map([[MAIN, { accepts }]])
const BUYER = { name: 'Ann Roe', email: 'ann@example.com' }
const ORDER = { merchantUid: 'ord-1', amount: 1_990, currency: 'USD', name: 'Gold pack' }
const REFUND = { refundId: 'r-1', reason: 'customer request' }
const LEFT_OUT = {
  returnUrl: null,
  country: null,
  widget: null,
  latePolicy: null,
  goods: null,
  gateway: null,
  channel: null,
  expiresInMs: null,
}

/** As both doors do it with an order that is not recorded. */
const judged = (input: unknown) => {
  const order = filledIn(fitting(readOrder(input)), DEFAULTS, AT)
  must(askItsGateway(GATEWAYS, order))
  return order
}
const refusalOf = (read: () => unknown): Failure => {
  try {
    read()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('an order', () => {
  test('needs four fields', () => {
    expect(fitting(readOrder(ORDER))).toEqual({ ...ORDER, ...LEFT_OUT })
    expect(judged(ORDER)).toEqual({
      ...ORDER,
      returnUrl: null,
      country: null,
      widget: null,
      latePolicy: null,
      goods: null,
      gateway: MAIN,
      channel: 'live',
      expiresAt: '2026-03-02T12:30:00.000Z',
    })
  })

  test.each([
    [{ name: '  Gold pack ' }, { name: 'Gold pack' }],
    [{ name: ' 금 꾸러미' }, { name: '금 꾸러미' }],
    [{ name: '👍'.repeat(40) }, { name: '👍'.repeat(40) }],
    [{ name: '👨‍👩‍👧' }, { name: '👨‍👩‍👧' }],
    [{ country: 'de' }, { country: 'DE' }],
    [{ returnUrl: ' HTTPS://shop.test/back?a=1#b ' }, { returnUrl: 'HTTPS://shop.test/back?a=1#b' }],
    [{ returnUrl: 'http://localhost:3000/' }, { returnUrl: 'http://localhost:3000/' }],
    [{ expiresIn: '60s' }, { expiresInMs: 60_000 }],
    [{ expiresIn: '30d' }, { expiresInMs: 2_592_000_000 }],
    [{ latePolicy: 'accept' }, { latePolicy: 'accept' }],
    [{ channel: 'test' }, { channel: 'test' }],
    [{ gateway: 'paymentwall/main' }, { gateway: 'paymentwall/main' }],
    [{ widget: 't3_1' }, { widget: 't3_1' }],
    [{ amount: Number.MAX_SAFE_INTEGER }, { amount: Number.MAX_SAFE_INTEGER }],
    [{ country: undefined, colour: undefined }, { country: null }],
  ])('with %j is taken as %j', (change, read) => {
    expect(fitting(readOrder({ ...ORDER, ...change }))).toEqual({ ...ORDER, ...LEFT_OUT, ...read })
    const sent: unknown = JSON.parse(JSON.stringify({ ...ORDER, buyer: BUYER, ...change }))
    expect(paymentBody.safeParse(sent).success).toBe(true)
  })

  test.each(BAD_ORDERS)('with %j is refused as %s: %s', (change, kind, said) => {
    const failure = refusalOf(() => judged({ ...ORDER, ...change }))
    expect([failure.kind, failure.message]).toEqual([kind, expect.stringContaining(said)])
    const alsoWithBuyer = () => fitting(readOrderAndBuyer({ ...ORDER, ...change, buyer: BUYER }))
    const isOfShape = readOrderOrRefusal({ ...ORDER, ...change })
    if (isOfShape !== undefined) expect(refusalOf(alsoWithBuyer)).toEqual(isOfShape)
  })

  test.each(BAD_IDS)('has no merchantUid such as %j', (merchantUid) => {
    for (const read of [readOrder, readMerchantUid]) {
      const input = read === readOrder ? { ...ORDER, merchantUid } : { merchantUid }
      expect(read(input)).toEqual({ fits: false, faults: [{ path: 'merchantUid', message: BAD_ID }] })
    }
  })

  test.each([undefined, null, 7, 'ord-1', [], [ORDER]])('is not %j', (input) => {
    expect(readOrder(input)).toEqual({ fits: false, faults: [{ path: '', message: 'must be one JSON object' }] })
    expect(refusalOf(() => judged(input)).message).toBe(
      'The request does not fit: the request: must be one JSON object. Nothing was recorded.',
    )
  })

  test('has at most twenty faults told, and the rest counted', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x${index}`.padEnd(200, 'y'), 1]))
    const { message, details } = refusalOf(() => judged({ ...ORDER, ...many }))
    expect(message).toContain('and 480 more')
    expect(message.length).toBeLessThan(3_000)
    expect(details['faults']).toHaveLength(20)
  })

  test('has its buyer over HTTP only', () => {
    expect(fitting(readOrderAndBuyer({ ...ORDER, buyer: BUYER })).buyer).toEqual({ id: null, ...BUYER })
    expect(readOrder({ ...ORDER, buyer: BUYER })).toMatchObject({ faults: [{ path: 'buyer' }] })
    expect(readOrderAndBuyer(ORDER)).toMatchObject({ faults: [{ path: 'buyer', message: 'must be one JSON object' }] })
    const bad = { ...BUYER, name: 'Ann\u001b Roe', phone: '1' }
    expect(readOrderAndBuyer({ ...ORDER, buyer: bad })).toMatchObject({
      faults: [{ path: 'buyer.name' }, { path: 'buyer.phone' }],
    })
  })
})

/** The refusal by shape, without a gateway; undefined where the shape is good. */
function readOrderOrRefusal(input: unknown): Failure | undefined {
  try {
    const read = readOrder(input)
    return read.fits ? undefined : refusalOf(() => fitting(read))
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

test('a gateway is asked last, and only the one that the order names', () => {
  const asked: unknown[] = []
  const one: Pick<Gateway, 'accepts'> = { accepts: (order) => void asked.push(order) }
  const order = filledIn(fitting(readOrder(ORDER)), DEFAULTS, AT)
  askItsGateway(new Map([[MAIN, one]]), order)
  expect(asked).toEqual([order])
  const failure = refusalOf(() => must(askItsGateway(new Map(), order)))
  expect(failure.message).toContain('configured: none')
})

describe('a refund', () => {
  test('is of all that is left where no amount is written', () => {
    expect(fitting(readAskedRefund(REFUND))).toEqual({ ...REFUND, amount: null })
    expect(fitting(readAskedRefundOfOrder({ ...REFUND, merchantUid: 'ord-1', amount: 5, reason: ' x ' }))).toEqual({
      ...REFUND,
      merchantUid: 'ord-1',
      amount: 5,
      reason: 'x',
    })
  })

  test.each(BAD_REFUNDS)('with %j is refused as %s: %s', (change, kind, said) => {
    const inPath = refusalOf(() => fitting(readAskedRefund({ ...REFUND, ...change })))
    const inBody = refusalOf(() => fitting(readAskedRefundOfOrder({ ...REFUND, merchantUid: 'ord-1', ...change })))
    expect([inPath.kind, inPath.message]).toEqual([kind, expect.stringContaining(said)])
    expect(inBody).toEqual(inPath)
  })

  test.each(BAD_IDS)('has no refundId such as %j', (refundId) => {
    const faults = [{ path: 'refundId', message: BAD_ID }]
    expect(readAskedRefund({ ...REFUND, refundId })).toEqual({ fits: false, faults })
    expect(readRefundId({ refundId })).toEqual({ fits: false, faults })
  })

  test("may not be asked for under an id of the program's own, but such a one may be named", () => {
    expect(readAskedRefund({ ...REFUND, refundId: 'auto.1' })).toMatchObject({ faults: [{ path: 'refundId' }] })
    expect(fitting(readRefundId({ refundId: 'auto.1' }))).toEqual({ refundId: 'auto.1' })
  })

  test('does not name its order twice', () => {
    expect(readAskedRefund({ ...REFUND, merchantUid: 'ord-2' })).toMatchObject({ faults: [{ path: 'merchantUid' }] })
  })
})

describe('the documents', () => {
  /**
   * What JSON Schema does not say: whether a currency exists, how long a duration is, what an
   * object's other names ask for.
   */
  const beyond = new Set(['XYZ', '59s', '31d', '999999d', 'iamport/other', 'p1_1', 'CLF', 'half \ud83d'])
  const saidBy = (change: object) =>
    !Object.values(change).some((value) => beyond.has(String(value)) || value === Number.MAX_SAFE_INTEGER)

  test.each(BAD_ORDERS.filter(([change, kind]) => saidBy(change) && kind !== 'amountOutOfLimits'))(
    'refuse an order with %j too',
    (change) => expect(paymentBody.safeParse({ ...ORDER, buyer: BUYER, ...change }).success).toBe(false),
  )
  test.each(BAD_REFUNDS)('refuse a refund with %j too', (change) =>
    expect(refundBody.safeParse({ ...REFUND, ...change }).success).toBe(false),
  )
})
