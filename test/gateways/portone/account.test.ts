// Settings of a PortOne store, the window that it opens, and that without settings there is none.
// Must not know: HTTP, rows.
import { expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failures.ts'
import type { Buyer, WindowOrder } from '../../../src/domain/gateway.ts'
import { merchantUid } from '../../../src/domain/ids.ts'
import { createGateways } from '../../../src/gateways/index.ts'
import { acceptsWith, portoneWindow } from '../../../src/gateways/portone/window.ts'
import { settingsOf } from '../../support/gatewaySettings.ts'
import { OTHER_SECRET, SECRET, STORE } from './store.ts'

const SET = { PORTONE_API_SECRET: 's', PORTONE_STORE_ID: STORE, PORTONE_WEBHOOK_SECRET: `${SECRET}, ${OTHER_SECRET}` }
const V1 = { IAMPORT_KEY: 'k', IAMPORT_SECRET: 's' }

test('it stands beside the others, and is not there without its settings', () => {
  expect([...createGateways(settingsOf(V1), undefined).keys()]).toEqual(['iamport/main'])
  expect([...createGateways(settingsOf({ ...V1, ...SET }), undefined).keys()]).toEqual(['iamport/main', 'portone/main'])
})

test.each([
  ['no base64', 'whsec_%%%%%%%%%%%%%%%%%%%%'],
  ['no secret of webhooks', 'portone-secret'],
  ['too many', Array.from({ length: 5 }, () => SECRET).join(',')],
])('%s is refused in a sentence without the secret', (_, text) => {
  expect(() => settingsOf({ ...SET, PORTONE_WEBHOOK_SECRET: text })).toThrow(/base64|at most/)
})

const ORDER = {
  merchantUid: merchantUid('ord-1'),
  amount: 1990,
  currency: 'USD',
  channel: 'live',
  name: 'Gold pack',
  country: 'DE',
  widget: null,
  returnUrl: 'https://shop.example.com/back',
} as const
const BUYER = { id: 'Buyer-77', name: 'Ann Roe', email: 'ann@example.com' }
const KEYS = { live: 'channel-key-1' }
const opened = (changes: Partial<WindowOrder> = {}, buyer: Partial<Buyer> = {}) =>
  portoneWindow({ storeId: STORE, channelKeys: KEYS, order: { ...ORDER, ...changes }, buyer: { ...BUYER, ...buyer } })

test('the window has minor units, the buyer, and no method', () => {
  expect(opened()).toEqual({
    script: 'https://cdn.portone.io/v2/browser-sdk.js',
    requestPayment: {
      storeId: STORE,
      channelKey: 'channel-key-1',
      paymentId: 'ord-1',
      orderName: 'Gold pack',
      totalAmount: 1990,
      currency: 'USD',
      customer: { customerId: 'Buyer-77', email: 'ann@example.com', fullName: 'Ann Roe' },
      redirectUrl: 'https://shop.example.com/back',
      bypass: { paymentwall: { widget: 'pw_1', country_code: 'DE' } },
    },
  })
})

test.each<[string, Partial<WindowOrder>, Partial<Buyer>]>([
  ['buyerInvalid', {}, { id: null }],
  ['buyerInvalid', {}, { id: 'x'.repeat(65) }],
  ['buyerInvalid', {}, { email: 'nobody' }],
  ['invalidRequest', { widget: 'p1' }, {}],
  ['invalidRequest', { channel: 'test' }, {}],
  ['amountOutOfLimits', { amount: 29 }, {}],
  ['currencyNotSupported', { currency: 'CLF' }, {}],
])('%s refuses %j %j', (kind, changes, buyer) => {
  const refusal = opened(changes, buyer)
  expect(refusal).toBeInstanceOf(Failure)
  expect(refusal).toMatchObject({ kind })
  if (Object.keys(buyer).length === 0) expect(acceptsWith(KEYS)({ ...ORDER, ...changes })).toMatchObject({ kind })
})
