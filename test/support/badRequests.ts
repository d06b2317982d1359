// Orders and refunds that no door takes, as changes of good ones: what is wrong with each, and how
// it is refused.
// Must not know: by which door they come.
import type { FailureKind } from '../../src/domain/failures.ts'

export type Bad = readonly [change: Readonly<Record<string, unknown>>, kind: FailureKind, said: string]

const ID = 'must be 1 to 40 characters of A-Z a-z 0-9 . _ - and not "." or ".."'
const AMOUNT = 'amount: must be a whole number of minor units above zero'
const TEXT = 'must not contain control characters, line breaks or halves of characters'
const TURNED = 'must not contain characters that turn the direction of writing'
const NAME = 'name: must be text of 1 to 40 characters'
const REASON = 'reason: must be text of 1 to 200 characters'
const URL = 'returnUrl: must be a whole http or https URL of at most 2000 characters'
const EXPIRY = 'expiresIn: must be 1 minute to 30 days, for example 30m or 24h'
const COUNTRY = 'country: must be two letters of ISO 3166, for example DE'
const CURRENCY = 'must be a code of ISO 4217 in capital letters, such as USD, EUR, KRW or JPY'
const API = 'asks for a key-in or recurring payment; those are still being prepared for Paymentwall'

/**
 * Each alone, in an order that is good but for it. A merchantUid that is wrong is in no workflow
 * id, so it is not here.
 */
export const BAD_ORDERS: readonly Bad[] = [
  [{ amount: undefined }, 'invalidRequest', AMOUNT],
  [{ amount: 0 }, 'invalidRequest', AMOUNT],
  [{ amount: -1 }, 'invalidRequest', AMOUNT],
  [{ amount: 19.9 }, 'invalidRequest', AMOUNT],
  [{ amount: '1990' }, 'invalidRequest', AMOUNT],
  [{ amount: 2 ** 53 }, 'invalidRequest', AMOUNT],
  [{ currency: 7 }, 'invalidRequest', `currency: ${CURRENCY}`],
  [{ currency: 'won' }, 'currencyNotSupported', `The currency ${CURRENCY}`],
  [{ currency: 'usd' }, 'currencyNotSupported', `The currency ${CURRENCY}`],
  [{ currency: 'XYZ' }, 'currencyNotSupported', `The currency ${CURRENCY}`],
  [{ currency: 'CLF' }, 'currencyNotSupported', 'Paymentwall cannot charge in CLF'],
  [{ amount: 29, currency: 'EUR' }, 'amountOutOfLimits', 'Paymentwall takes no payment below EUR 0.30'],
  [{ amount: Number.MAX_SAFE_INTEGER }, 'amountOutOfLimits', 'without loss'],
  [{ name: undefined }, 'invalidRequest', NAME],
  [{ name: '' }, 'invalidRequest', NAME],
  [{ name: '   ' }, 'invalidRequest', NAME],
  [{ name: 'n'.repeat(41) }, 'invalidRequest', NAME],
  [{ name: 'two\nlines' }, 'invalidRequest', `name: ${TEXT}`],
  [{ name: 'two\u2028lines' }, 'invalidRequest', `name: ${TEXT}`],
  [{ name: 'nul\u0000' }, 'invalidRequest', `name: ${TEXT}`],
  [{ name: 'escape\u001b[2J' }, 'invalidRequest', `name: ${TEXT}`],
  [{ name: 'half \ud83d' }, 'invalidRequest', `name: ${TEXT}`],
  [{ name: 'turned \u202efdp.exe' }, 'invalidRequest', `name: ${TURNED}`],
  [{ returnUrl: 'https://shop.test/\u202e' }, 'invalidRequest', URL],
  [{ returnUrl: 'nowhere' }, 'invalidRequest', URL],
  [{ returnUrl: '/return' }, 'invalidRequest', URL],
  [{ returnUrl: 'https:shop.test' }, 'invalidRequest', URL],
  [{ returnUrl: 'https://' }, 'invalidRequest', URL],
  [{ returnUrl: 'https://shop.test/a b' }, 'invalidRequest', URL],
  [{ returnUrl: 'https://shop.test/\u0000' }, 'invalidRequest', URL],
  [{ returnUrl: 'ftp://shop.test' }, 'invalidRequest', URL],
  [{ returnUrl: 'javascript:alert(1)' }, 'invalidRequest', URL],
  [{ returnUrl: `https://shop.test/${'x'.repeat(2_000)}` }, 'invalidRequest', URL],
  [{ returnUrl: null }, 'invalidRequest', URL],
  [{ country: 'DEU' }, 'invalidRequest', COUNTRY],
  [{ country: 'D1' }, 'invalidRequest', COUNTRY],
  [{ expiresIn: '59s' }, 'invalidRequest', EXPIRY],
  [{ expiresIn: '31d' }, 'invalidRequest', EXPIRY],
  [{ expiresIn: '999999d' }, 'invalidRequest', EXPIRY],
  [{ expiresIn: 'soon' }, 'invalidRequest', EXPIRY],
  [{ expiresIn: 1_800 }, 'invalidRequest', EXPIRY],
  [{ latePolicy: 'keep' }, 'invalidRequest', 'latePolicy: must be one of hold, refund, accept'],
  [{ goods: 'parcels' }, 'invalidRequest', 'goods: must be one of physical, digital'],
  [{ channel: 'sandbox' }, 'invalidRequest', 'channel: must be one of live, test'],
  [{ gateway: 'stripe' }, 'invalidRequest', 'gateway: must be a gateway account, kind/name'],
  [{ gateway: 'iamport/other' }, 'invalidRequest', 'The gateway iamport/other is not configured here'],
  [{ widget: 'pw 1' }, 'invalidRequest', "widget: must be a widget's code, for example pw_1"],
  [{ widget: 'p1_1' }, 'invalidRequest', 'pw_1 and t3_1'],
  [{ colour: 'red' }, 'invalidRequest', 'colour: is not a field of this request'],
  [{ 'es\u001bcape': 1 }, 'invalidRequest', 'es?cape: is not a field of this request'],
  [{ customer_uid: 'card-1' }, 'apiPaymentNotSupported', `"customer_uid" ${API}`],
  [{ cardNumber: '4242424242424242' }, 'apiPaymentNotSupported', `"cardNumber" ${API}`],
  [{ channel: 'api' }, 'apiPaymentNotSupported', `"channel" ${API}`],
  [
    { amount: 0, currency: 'won', name: '', x: 1 },
    'invalidRequest',
    `${AMOUNT}; currency: ${CURRENCY}; ${NAME}; x: is`,
  ],
]

/**
 * Each alone, in a refund that is good but for it; a refundId that is wrong is in no workflow id.
 */
export const BAD_REFUNDS: readonly Bad[] = [
  [{ amount: 0 }, 'invalidRequest', AMOUNT],
  [{ amount: -1 }, 'invalidRequest', AMOUNT],
  [{ amount: 1.5 }, 'invalidRequest', AMOUNT],
  [{ amount: null }, 'invalidRequest', AMOUNT],
  [{ reason: undefined }, 'invalidRequest', REASON],
  [{ reason: ' ' }, 'invalidRequest', REASON],
  [{ reason: 'r'.repeat(201) }, 'invalidRequest', REASON],
  [{ reason: 'nul\u0000' }, 'invalidRequest', `reason: ${TEXT}`],
  [{ reason: 'escape\u001b[2J' }, 'invalidRequest', `reason: ${TEXT}`],
  [{ reason: 'half \ud83d' }, 'invalidRequest', `reason: ${TEXT}`],
  [{ reason: 'turned \u2066' }, 'invalidRequest', `reason: ${TURNED}`],
  [{ gatewayRef: 'imp_1' }, 'invalidRequest', 'gatewayRef: is not a field of this request'],
  [{ amount: 0, reason: '' }, 'invalidRequest', `${AMOUNT}; ${REASON}`],
]

/** Ids that no row may have, by whichever field they come. */
export const BAD_IDS: readonly unknown[] = [
  undefined,
  null,
  7,
  '',
  'a b',
  'a/b',
  '.',
  '..',
  'x'.repeat(41),
  'nul\u0000',
]
export const BAD_ID = ID
