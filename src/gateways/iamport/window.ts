// What the checkout page opens i'mport's payment window with, and the typed refusals (iamport.md §7).
// Must not know: HTTP, databases, the environment. Pure.
import { z } from 'zod'
import { isCurrency, type Currency } from '../../domain/currencies.ts'
import { Failure } from '../../domain/failures.ts'
import type { Channel } from '../../domain/gateway.ts'
import type { MerchantUid } from '../../domain/ids.ts'
import { money, printMoney, toMajor, type Money } from '../../domain/money.ts'

export type WindowOptions = {
  /** The account's code for IMP.init. */
  readonly code: string | undefined
  /** The console's key of the order's channel; without one the console's default Paymentwall channel is used. */
  readonly channelKey: string | undefined
  readonly order: {
    readonly merchantUid: MerchantUid
    readonly amount: number
    readonly currency: string
    readonly name: string
    readonly channel: Channel
    readonly country?: string
    readonly widget?: 'pw_1' | 't3_1'
    readonly returnUrl?: string
  }
  readonly buyer: { readonly name: string; readonly email: string }
  readonly noticeUrl: string
}

/** Keys of `requestPay` are the vendor's. */
export type IamportWindow = {
  readonly script: 'https://cdn.iamport.kr/v1/iamport.js'
  readonly init: string | null
  readonly requestPay: Readonly<Record<string, string | number | Readonly<Record<string, string>>>>
}

/** Funds and units of account: codes of ISO 4217 in which no buyer can be charged. All others may be local ones. */
const NO_SHOP_CURRENCY: readonly string[] = ['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW']
/** The only minimum that is documented; the maximum (USD 500) can be raised at Paymentwall (iamport.md §4.3). */
const MINIMUM: Money = { amount: 30, currency: 'EUR' }
const EMAIL = z.email().max(64)

/** What the page hands to IMP.init and IMP.request_pay. Throws a Failure with a sentence for what cannot be paid. */
export function iamportWindow({ code, channelKey, order, buyer, noticeUrl }: WindowOptions): IamportWindow {
  const { country, widget = 'pw_1', returnUrl } = order
  return {
    script: 'https://cdn.iamport.kr/v1/iamport.js',
    init: code ?? null,
    requestPay: {
      ...(channelKey === undefined ? { pg: 'paymentwall' } : { channelKey }),
      pay_method: 'card',
      merchant_uid: order.merchantUid,
      name: titleOf(order.name),
      amount: amountOf(order.amount, currencyOf(order.currency)),
      currency: order.currency,
      ...buyerOf(buyer),
      ...(returnUrl === undefined ? {} : { m_redirect_url: webAddress(returnUrl) }),
      notice_url: noticeUrl,
      bypass: {
        widget_code: widget,
        ps: 'all',
        ...(country === undefined ? {} : { country_code: countryOf(country) }),
      },
    },
  }
}

function titleOf(name: string): string {
  if (/^[^\p{C}]{1,40}$/u.test(name.trim())) return name.trim()
  throw new Failure('invalidRequest', 'The name of the order has 1 to 40 characters.', { field: 'name' })
}

function currencyOf(code: string): Currency {
  if (isCurrency(code) && !NO_SHOP_CURRENCY.includes(code)) return code
  const sentence = `Paymentwall cannot charge in "${code.slice(0, 10)}"; use a currency such as USD, EUR, KRW or JPY.`
  throw new Failure('currencyNotSupported', sentence, { field: 'currency' })
}

function amountOf(minor: number, currency: Currency): number {
  const field = { field: 'amount' }
  if (!(minor > 0)) throw new Failure('amountOutOfLimits', 'The amount of a payment is above zero.', field)
  if (currency === MINIMUM.currency && minor < MINIMUM.amount) {
    throw new Failure('amountOutOfLimits', `Paymentwall takes no payment below ${printMoney(MINIMUM)}.`, field)
  }
  try {
    return toMajor(money(minor, currency))
  } catch (error) {
    if (error instanceof RangeError)
      throw new Failure('amountOutOfLimits', `The amount is unusable: ${error.message}.`, field)
    throw error
  }
}

/** Paymentwall needs a first and a last name; i'mport keeps 16 characters of it and 64 of the address. */
function buyerOf({ name, email }: WindowOptions['buyer']): { buyer_name: string; buyer_email: string } {
  const trimmed = name.trim()
  if (!/^[^\p{C}\s]+ [^\p{C}]+$/u.test(trimmed)) {
    const sentence = 'The buyer\'s name is written "First Last", with a space between: Paymentwall needs both.'
    throw new Failure('buyerInvalid', sentence, { field: 'buyer.name' })
  }
  if (trimmed.length > 16) {
    throw new Failure('buyerInvalid', "The buyer's name has at most 16 characters at i'mport: shorten it.", {
      field: 'buyer.name',
    })
  }
  if (!EMAIL.safeParse(email).success) {
    const sentence = "The buyer's email is an address of at most 64 characters: the receipt is sent there."
    throw new Failure('buyerInvalid', sentence, { field: 'buyer.email' })
  }
  return { buyer_name: trimmed, buyer_email: email }
}

function countryOf(code: string): string {
  if (/^[A-Za-z]{2}$/.test(code)) return code.toUpperCase()
  throw new Failure('invalidRequest', 'A country is two letters of ISO 3166, for example DE.', { field: 'country' })
}

function webAddress(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url
  throw new Failure('invalidRequest', 'The return address is a whole http or https URL.', { field: 'returnUrl' })
}

/** Names are compared in lower case and without separators, so that `customer_uid` and `customerUid` are one. */
const CARD_FIELDS: readonly string[] = ['card', 'cardnumber', 'expiry', 'cvc', 'birth', 'pwd2digit', 'keyin']
const API_FIELDS: readonly string[] = ['customeruid', 'billingkey', 'onetime', 'schedule', 'schedules', 'recurring']
const METHOD_FIELDS: readonly string[] = ['paymethod', 'paymentmethod', 'method', 'channel', 'type']
const API_METHODS: readonly string[] = ['api', 'keyin', 'recurring', 'billing', 'billingkey', 'subscription']

/** Key-in and recurring ("API") payments are being prepared at i'mport (design.md §3.8): whoever asks is told so. */
export function refuseApiPayment(request: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(request)) {
    if (value === undefined || value === null || value === false) continue
    const name = bare(field)
    const asksForOne = METHOD_FIELDS.includes(name) && typeof value === 'string' && API_METHODS.includes(bare(value))
    if (!asksForOne && !API_FIELDS.includes(name) && !CARD_FIELDS.includes(name)) continue
    const sentence =
      `"${field}" asks for a key-in or recurring payment; i'mport is still preparing those for Paymentwall. ` +
      'Nothing was recorded: open a payment window instead.'
    throw new Failure('apiPaymentNotSupported', sentence, { field })
  }
}

function bare(text: string): string {
  return text.toLowerCase().replace(/[-_ ]/g, '')
}
