// What the checkout page opens i'mport's payment window with, and what is asked of its buyer
// (iamport.md §7, §13).
// Must not know: HTTP, databases, the environment. Pure. The order's shape was judged when it was
// recorded.
import { z } from 'zod'
import type { Currency } from '../../domain/currencies.ts'
import { Failure } from '../../domain/failures.ts'
import type { Gateway, Buyer, WindowOrder } from '../../domain/gateway.ts'
import { money, printMoney, toMajor, type Money } from '../../domain/money.ts'
import { LINE } from '../../domain/text.ts'

export type WindowOptions = {
  /** The account's code for IMP.init. */
  readonly code: string | undefined
  /**
   * The console's key of the order's channel; without one the console's default Paymentwall channel
   * is used.
   */
  readonly channelKey: string | undefined
  readonly order: Omit<WindowOrder, 'channel'>
  readonly buyer: Pick<Buyer, 'name' | 'email'>
  readonly noticeUrl: string
}

/** Keys of `requestPay` are the vendor's. */
export type IamportWindow = {
  readonly script: 'https://cdn.iamport.kr/v1/iamport.js'
  readonly init: string | null
  readonly requestPay: Readonly<Record<string, string | number | Readonly<Record<string, string>>>>
}

export const windowShape = z
  .strictObject({
    script: z.string(),
    init: z.string().nullable(),
    requestPay: z.record(z.string(), z.union([z.string(), z.number(), z.record(z.string(), z.string())])),
  })
  .meta({ id: 'Window', description: 'Load `script`, call IMP.init(init), then IMP.request_pay(requestPay).' })

const EMAIL = z.email().max(64)

/**
 * What the page hands to IMP.init and IMP.request_pay. Throws a Failure with a sentence for what
 * cannot be paid.
 */
export function iamportWindow({ code, channelKey, order, buyer, noticeUrl }: WindowOptions): IamportWindow {
  const { country, returnUrl } = order
  return {
    script: 'https://cdn.iamport.kr/v1/iamport.js',
    init: code ?? null,
    requestPay: {
      ...(channelKey === undefined ? { pg: 'paymentwall' } : { channelKey }),
      pay_method: 'card',
      merchant_uid: order.merchantUid,
      name: order.name,
      amount: chargeOf(order),
      currency: order.currency,
      ...buyerOf(buyer),
      ...(returnUrl === null ? {} : { m_redirect_url: returnUrl }),
      notice_url: noticeUrl,
      bypass: {
        widget_code: widgetOf(order.widget),
        ps: 'all',
        ...(country === null ? {} : { country_code: country }),
      },
    },
  }
}

const LONGEST_NAME = 100

/**
 * Paymentwall needs a first and a last name, and i'mport keeps 64 characters of the address. For
 * the name request_pay has no documented limit; 16 belongs to answers and server-side calls
 * (iamport.md §13), so it is sent as it is.
 */
function buyerOf({ name, email }: WindowOptions['buyer']): { buyer_name: string; buyer_email: string } {
  const trimmed = name.trim()
  const field = { field: 'buyer.name' }
  if (!LINE.test(trimmed) || !/^\S+ .*\S$/u.test(trimmed)) {
    const sentence = 'The buyer\'s name is written "First Last", with a space between: Paymentwall needs both.'
    throw new Failure('buyerInvalid', sentence, field)
  }
  if (Array.from(trimmed).length > LONGEST_NAME)
    throw new Failure('buyerInvalid', `The buyer's name has at most ${LONGEST_NAME} characters: shorten it.`, field)
  if (!EMAIL.safeParse(email).success) {
    const sentence = "The buyer's email is an address of at most 64 characters: the receipt is sent there."
    throw new Failure('buyerInvalid', sentence, { field: 'buyer.email' })
  }
  return { buyer_name: trimmed, buyer_email: email }
}

/**
 * Funds and units of account: codes of ISO 4217 in which no buyer can be charged. All others may be
 * local ones.
 */
const NO_SHOP_CURRENCY: readonly string[] = ['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW']
/**
 * The only minimum that is documented; the maximum (USD 500) can be raised at Paymentwall
 * (iamport.md §4.3).
 */
const MINIMUM: Money = { amount: 30, currency: 'EUR' }
const WIDGETS = ['pw_1', 't3_1'] as const

export const accepts: Gateway['accepts'] = (order) => {
  chargeOf(order)
  widgetOf(order.widget)
}

/**
 * The number that the window shows and i'mport registers. Throws a typed refusal for what cannot be
 * charged.
 */
function chargeOf({ amount, currency }: Money): number {
  const field = { field: 'amount' }
  refuseFunds(currency)
  if (!(amount > 0)) throw new Failure('amountOutOfLimits', 'The amount of a payment is above zero.', field)
  if (currency === MINIMUM.currency && amount < MINIMUM.amount)
    throw new Failure('amountOutOfLimits', `Paymentwall takes no payment below ${printMoney(MINIMUM)}.`, field)
  try {
    return toMajor(money(amount, currency))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new Failure('amountOutOfLimits', `The amount is unusable: ${error.message}.`, field)
  }
}

function refuseFunds(code: Currency): void {
  if (!NO_SHOP_CURRENCY.includes(code)) return
  const sentence = `Paymentwall cannot charge in ${code}; use a currency such as USD, EUR, KRW or JPY.`
  throw new Failure('currencyNotSupported', sentence, { field: 'currency' })
}

/** Where none is asked for, i'mport's own. */
function widgetOf(code: string | null): (typeof WIDGETS)[number] {
  if (code === null) return WIDGETS[0]
  const known = WIDGETS.find((widget) => widget === code)
  if (known !== undefined) return known
  const sentence = `Paymentwall's widgets at i'mport are ${WIDGETS.join(' and ')}; leave the widget out for ${WIDGETS[0]}.`
  throw new Failure('invalidRequest', sentence, { field: 'widget' })
}
