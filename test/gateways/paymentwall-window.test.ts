// The signed address of the widget, and the refusals that a checkout can act on.
// Must not know: HTTP, databases.
import { expect, test } from 'vitest'
import { must } from '../../src/domain/failures.ts'
import { merchantUid } from '../../src/domain/ids.ts'
import { signed } from '../../src/gateways/paymentwall/signature.ts'
import { acceptsOrder, paymentwallWindow, type WidgetOptions } from '../../src/gateways/paymentwall/window.ts'

const SECRET = '0f1e2d3c4b5a69788796a5b4c3d2e1f0'
const OPTIONS: WidgetOptions = {
  apiUrl: 'https://api.paymentwall.com/',
  key: '1111aaaa2222bbbb3333cccc4444dddd',
  secret: SECRET,
  version: 3,
  order: {
    merchantUid: merchantUid('ord-1'),
    amount: 1990,
    currency: 'USD',
    channel: 'live',
    name: 'Gold pack & more',
    country: null,
    widget: null,
    returnUrl: null,
  },
  buyer: { id: 'buyer-77', name: 'Ann Roe', email: 'ann@example.com' },
  pingbackUrl: 'https://shop.example/webhooks/paymentwall',
}
const parametersOf = (options: WidgetOptions) =>
  Object.fromEntries(new URL(must(paymentwallWindow(options)).url).searchParams)
const ordered = (order: Partial<WidgetOptions['order']>) =>
  parametersOf({ ...OPTIONS, order: { ...OPTIONS.order, ...order } })
const bought = (buyer: Partial<WidgetOptions['buyer']>) =>
  parametersOf({ ...OPTIONS, buyer: { ...OPTIONS.buyer, ...buyer } })

test('the widget of an order with everything in it', () => {
  const returnUrl = 'https://shop.example/return?r=$ref'
  const { url } = must(paymentwallWindow({ ...OPTIONS, order: { ...OPTIONS.order, country: 'DE', returnUrl } }))
  expect(url).toMatch(/^https:\/\/api\.paymentwall\.com\/api\/subscription\/\?/)
  const sent = Object.fromEntries(new URL(url).searchParams)
  const { sign, ...rest } = sent
  expect(rest).toEqual({
    key: OPTIONS.key,
    widget: 'pw_1',
    version: '1.2',
    amount: '19.90',
    currencyCode: 'USD',
    ag_name: 'Gold pack & more',
    ag_external_id: 'ord-1',
    ag_type: 'fixed',
    uid: 'buyer-77',
    email: 'ann@example.com',
    'customer[firstname]': 'Ann',
    'customer[lastname]': 'Roe',
    country_code: 'DE',
    success_url: returnUrl,
    pingback_url: 'https://shop.example/webhooks/paymentwall',
    ps: 'all',
    sign_version: '3',
  })
  expect(signed(rest, SECRET, 3).sign).toBe(sign)
})

test('the same order and buyer give the same window', () => {
  expect(paymentwallWindow(OPTIONS)).toEqual(paymentwallWindow(OPTIONS))
})

test('the dress of Terminal3 has no version, and other widgets are refused', () => {
  expect(ordered({ widget: 't3_1' })).toMatchObject({ widget: 't3_1' })
  expect(ordered({ widget: 't3_1' })).not.toHaveProperty('version')
  expect(() => ordered({ widget: 'p1' })).toThrow(expect.objectContaining({ kind: 'invalidRequest' }))
})

test('a test order can only be paid by the test method', () => {
  expect(ordered({ channel: 'test' })).toMatchObject({ ps: 'test', test_mode: '1' })
  expect(ordered({})).not.toHaveProperty('test_mode')
})

test.each([
  [1990, 'USD', '19.90'],
  [19_000, 'KRW', '19000'],
  [12_500, 'KWD', '12.50'],
] as const)('%i %s is written %s', (amount, currency, text) => {
  expect(ordered({ amount, currency })).toMatchObject({ amount: text, currencyCode: currency })
})

test.each([
  [0, 'USD', 'amountOutOfLimits'],
  [29, 'USD', 'amountOutOfLimits'],
  [12_501, 'KWD', 'amountOutOfLimits'],
  [100, 'CLF', 'currencyNotSupported'],
] as const)('%i %s is refused as %s, when it is asked for and in the window', (amount, currency, kind) => {
  const refusal = expect.objectContaining({ kind })
  expect(acceptsOrder({ ...OPTIONS.order, amount, currency })).toEqual(refusal)
  expect(() => ordered({ amount, currency })).toThrow(refusal)
})

test.each([
  [{ id: null }, /buyer\.id/],
  [{ id: '  ' }, /buyer\.id/],
  [{ id: 'x'.repeat(65) }, /buyer\.id/],
  [{ id: 'a\u0000' }, /buyer\.id/],
  [{ email: 'ann' }, /email/],
] as const)('the buyer %j is refused with a sentence', (buyer, sentence) => {
  expect(() => bought(buyer)).toThrow(
    expect.objectContaining({ kind: 'buyerInvalid', message: expect.stringMatching(sentence) }),
  )
})

test.each([{ name: 'Ann' }, { name: 'Ann\u0000 Roe' }])('%j is no profile, and no reason to refuse', (buyer) => {
  expect(bought(buyer)).not.toHaveProperty('customer[firstname]')
})
