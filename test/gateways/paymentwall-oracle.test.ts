// Pingbacks and widgets are verified by an implementation that is none of ours: the vendor's own library from npm.
// Must not know: our signatures' inside. The library is for tests alone (paymentwall.md §13).
import library from 'paymentwall'
import { expect, test } from 'vitest'
import { must } from '../../src/domain/failures.ts'
import type { Buyer, WindowOrder } from '../../src/domain/gateway.ts'
import { merchantUid } from '../../src/domain/ids.ts'
import { readPingback } from '../../src/gateways/paymentwall/pingback.ts'
import { paymentwallWindow } from '../../src/gateways/paymentwall/window.ts'
import { PROJECT_KEY, PROJECT_SECRET } from '../../src/simulator/credentials.ts'
import { pingbackOf } from '../../src/simulator/post/news.ts'
import { PAYMENT, type Cancel } from '../../src/simulator/world/model.ts'
import type { News } from '../../src/simulator/world/simulation.ts'

/** Its own number for goods, which a checkout is. */
const GOODS = 2
void new library.Configure(GOODS, PROJECT_KEY, PROJECT_SECRET)

const payment = (more: object = {}) =>
  PAYMENT.parse({
    impUid: 'b17000001230001',
    ref: 'b17000001230001',
    merchantUid: 'order-1',
    number: 1,
    gateway: 'paymentwall',
    uid: '구매자 & co',
    method: 'card',
    country: 'DE',
    currency: 'EUR',
    amount: 1250,
    sandbox: false,
    noticeUrl: null,
    outcome: 'paid',
    underReview: false,
    failReason: null,
    startedAt: 1_700_000_000,
    paidAt: 1_700_000_123,
    failedAt: 0,
    updatedAtMs: 1_700_000_123_000,
    cancels: [],
    ...more,
  })
const cancel = (origin: Cancel['origin'], amount: number): Cancel => ({
  cancellationId: 'cncl_1',
  amount,
  reason: 'x',
  origin,
  cancelledAt: 1_700_100_000,
  enableWebhook: false,
  chargebackReason: '1',
  ticketId: null,
})
const gone = (origin: Cancel['origin'], amount: number, merchantRefundId: string | null = null): News => ({
  kind: 'returned',
  cancel: cancel(origin, amount),
  all: amount === 1250,
  merchantRefundId,
})
const told = (type: string, reason: string | null = null): News => ({ kind: 'told', type, reason })

const STORIES: readonly (readonly [string, News, object?])[] = [
  ['paid', { kind: 'paid' }],
  ['paid by the test method', { kind: 'paid' }, { sandbox: true, ref: 't1700000123' }],
  ['given by customer service', told('1')],
  ['refunded by a ticket of ours', gone('call', 1250, 'rf-3')],
  ['refunded in the console', gone('console', 1250)],
  ['a part refunded by a ticket of ours', gone('call', 425, 'rf-3')],
  ['a part refunded in the console', gone('console', 425)],
  ['charged back', gone('chargeback', 1250)],
  ['a part charged back', gone('chargeback', 425)],
  ['in review', told('200')],
  ['review passed', told('201')],
  ['review declined', told('202')],
  ['a subscription cancelled', told('12')],
]
const VERSIONS = [1, 2, 3] as const
const customParameters = { price: 'PRODUCT_PRICE', price_ccy: 'PRODUCT_CURRENCY_CODE', country_code: 'COUNTRY_CODE' }
const queryOf = (news: News, more: object | undefined, signVersion: (typeof VERSIONS)[number]): string => {
  const { url } = pingbackOf(payment(more), news, 'http://shop/hooks', {
    secret: PROJECT_SECRET,
    signVersion,
    customParameters,
  })
  return new URL(url).search.slice(1)
}
const theirs = (query: string): boolean =>
  new library.Pingback(Object.fromEntries(new URLSearchParams(query)), '216.127.71.1').validate(false)
const ours = (query: string, version: (typeof VERSIONS)[number]): string =>
  readPingback({ secret: PROJECT_SECRET, version }, { query }).kind

const EACH = STORIES.flatMap(([name, news, more]) =>
  VERSIONS.map((version) => [name, version, queryOf(news, more, version)] as const),
)

test('there are 39 of them, and no two are alike', () => {
  expect(new Set(EACH.map(([, , query]) => query)).size).toBe(39)
})

test.each(EACH)('the simulator’s "%s", version %i, is taken by the library and by us', (_, version, query) => {
  expect(theirs(query)).toBe(true)
  expect(ours(query, version)).toBe('signed')
})

test.each(EACH)('a damaged "%s", version %i, is refused by both, whatever is damaged', (_, version, query) => {
  // Of version 1 what is beyond its six parameters is not signed, and so can be damaged unseen.
  const seen = version === 1 ? ['uid', 'goodsid', 'type', 'ref'] : [...new URLSearchParams(query).keys()]
  for (const name of seen.filter((each) => each !== 'sign_version')) {
    const damaged = new URLSearchParams(query)
    damaged.set(name, `${damaged.get(name)}1`)
    expect(theirs(damaged.toString()), name).toBe(false)
    expect(ours(damaged.toString(), version), name).toBe('forged')
  }
})

const ORDER: WindowOrder = {
  merchantUid: merchantUid('ord-1'),
  amount: 1990,
  currency: 'USD',
  channel: 'live',
  name: '황금 pack & more = 50%',
  country: 'KR',
  widget: null,
  returnUrl: 'https://shop.example/r?ref=$ref&x=1+1',
}
const BUYER: Buyer = { id: '구매자 77', name: 'Ana María de la Cruz', email: 'ana+1@example.com' }
const ORDERS: readonly (readonly [string, Partial<WindowOrder>])[] = [
  ['with everything', {}],
  ['with nothing', { country: null, returnUrl: null, name: 'x' }],
  ['in the dress of Terminal3', { widget: 't3_1' }],
  ['of the test channel', { channel: 'test' }],
  ['in won', { amount: 19_000, currency: 'KRW' }],
]

test.each(ORDERS.flatMap(([name, order]) => ([2, 3] as const).map((version) => [name, version, order] as const)))(
  'the library signs the widget of an order %s as we do, version %i',
  (_, version, order) => {
    const apiUrl = 'https://api.paymentwall.com'
    const keys = { key: PROJECT_KEY, secret: PROJECT_SECRET, version, pingbackUrl: 'https://shop.example/hooks' }
    const { url } = must(paymentwallWindow({ apiUrl, ...keys, order: { ...ORDER, ...order }, buyer: BUYER }))
    const { sign, ...rest } = Object.fromEntries(new URL(url).searchParams)
    expect(library.WidgetSignature.calculateSignature(rest, PROJECT_SECRET, String(version))).toBe(sign)
    const damaged = { ...rest, amount: '0.01' }
    expect(library.WidgetSignature.calculateSignature(damaged, PROJECT_SECRET, String(version))).not.toBe(sign)
  },
)
