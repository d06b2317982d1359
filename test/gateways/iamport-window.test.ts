// The payment window's parameters as the browser SDK wants them, and the refusals that a checkout can act on.
// Must not know: HTTP, databases.
import { expect, test } from 'vitest'
import { must } from '../../src/domain/failures.ts'
import { merchantUid } from '../../src/domain/ids.ts'
import { accepts, iamportWindow, type WindowOptions } from '../../src/gateways/iamport/window.ts'

const ORDER: WindowOptions['order'] = {
  merchantUid: merchantUid('ord-1'),
  amount: 1990,
  currency: 'USD',
  name: 'Gold pack',
  country: null,
  widget: null,
  returnUrl: null,
}
const OPTIONS: WindowOptions = {
  code: 'imp00000000',
  channelKey: 'channel-key-1',
  order: ORDER,
  buyer: { name: 'Ann Roe', email: 'ann@example.com' },
  noticeUrl: 'https://shop.example/webhooks/iamport',
}

const ordered = (order: Partial<WindowOptions['order']>) =>
  must(iamportWindow({ ...OPTIONS, order: { ...ORDER, ...order } }))
const bought = (buyer: Partial<WindowOptions['buyer']>) =>
  must(iamportWindow({ ...OPTIONS, buyer: { ...OPTIONS.buyer, ...buyer } }))

test('the window of an order with everything in it', () => {
  expect(ordered({ country: 'DE', widget: 't3_1', returnUrl: 'https://shop.example/return' })).toEqual({
    script: 'https://cdn.iamport.kr/v1/iamport.js',
    init: 'imp00000000',
    requestPay: {
      channelKey: 'channel-key-1',
      pay_method: 'card',
      merchant_uid: 'ord-1',
      name: 'Gold pack',
      amount: 19.9,
      currency: 'USD',
      buyer_name: 'Ann Roe',
      buyer_email: 'ann@example.com',
      m_redirect_url: 'https://shop.example/return',
      notice_url: 'https://shop.example/webhooks/iamport',
      bypass: { widget_code: 't3_1', ps: 'all', country_code: 'DE' },
    },
  })
})

test('without a channel key the gateway is named, and what was not asked for is left out', () => {
  const { init, requestPay } = must(iamportWindow({ ...OPTIONS, code: undefined, channelKey: undefined }))
  expect(init).toBeNull()
  expect(requestPay).toMatchObject({ pg: 'paymentwall', bypass: { widget_code: 'pw_1', ps: 'all' } })
  expect(Object.keys(requestPay)).not.toEqual(expect.arrayContaining(['channelKey']))
  expect(Object.keys(requestPay)).not.toEqual(expect.arrayContaining(['m_redirect_url']))
  expect(requestPay.bypass).not.toHaveProperty('country_code')
})

test.for([
  [{ amount: 19_000, currency: 'KRW' }, 19_000],
  [{ amount: 1_001, currency: 'KWD' }, 1.001],
  [{ amount: 30, currency: 'EUR' }, 0.3],
  [{ amount: 1_000_000, currency: 'USD' }, 10_000],
] as const)('%j is asked as the number %d', ([order, amount]) => {
  expect(ordered(order).requestPay).toMatchObject({ amount, currency: order.currency })
})

test.for([
  [{ amount: 0 }, 'amountOutOfLimits', /above zero/],
  [{ amount: -1 }, 'amountOutOfLimits', /above zero/],
  [{ amount: Number.NaN }, 'amountOutOfLimits', /above zero/],
  [{ amount: 0.5 }, 'amountOutOfLimits', /whole number of minor units/],
  [{ amount: Number.MAX_SAFE_INTEGER }, 'amountOutOfLimits', /without loss/],
  [{ amount: 29, currency: 'EUR' }, 'amountOutOfLimits', /below EUR 0\.30/],
  [{ currency: 'CLF' }, 'currencyNotSupported', /charge in CLF/],
  [{ widget: 'p1_1' }, 'invalidRequest', /pw_1 and t3_1/],
] as const)('the order %j is refused as %s, by the window and before it is recorded', ([order, kind, said]) => {
  const refusal = expect.objectContaining({ kind, message: expect.stringMatching(said) })
  expect(() => ordered(order)).toThrow(refusal)
  expect(accepts({ ...ORDER, channel: 'live', ...order })).toEqual(refusal)
})

test.for([
  { amount: 1 },
  { amount: 30, currency: 'EUR' },
  { amount: 9_000_000_000, currency: 'KRW' },
  { widget: 't3_1' },
] as const)('the order %j is accepted', (order) => {
  expect(accepts({ ...ORDER, channel: 'live', ...order })).toBeUndefined()
})

test.for([
  [{ name: 'Ann' }, /"First Last"/],
  [{ name: ' Ann ' }, /"First Last"/],
  [{ name: '홍길동' }, /"First Last"/],
  [{ name: 'Ann\u0000 Roe' }, /"First Last"/],
  [{ name: 'Ann\u001b[2J Roe' }, /"First Last"/],
  [{ name: 'Ann \ud83d' }, /"First Last"/],
  [{ name: `Ann ${'x'.repeat(97)}` }, /at most 100/],
  [{ email: 'ann' }, /email/],
  [{ email: 'ann@example.com, eve@example.com' }, /email/],
  [{ email: `${'a'.repeat(53)}@example.com` }, /at most 64/],
] as const)('the buyer %j is refused with a sentence', ([buyer, said]) => {
  expect(() => bought(buyer)).toThrow(
    expect.objectContaining({ kind: 'buyerInvalid', message: expect.stringMatching(said) }),
  )
})

test.for([
  { name: 'Maximiliana Longname' },
  { name: `Ann ${'x'.repeat(96)}` },
  { name: '길동 홍' },
  { name: 'Ana María de la Cruz' },
  { email: `${'a'.repeat(52)}@example.com` },
])('the buyer %j is sent as it is', (buyer) => {
  const { name, email } = { ...OPTIONS.buyer, ...buyer }
  expect(bought(buyer).requestPay).toMatchObject({ buyer_name: name, buyer_email: email })
})
