// What the checkout page opens i'mport's payment window with, and what is asked of its buyer
// (iamport.md §7, §13).
// Must not know: HTTP, databases, the environment. Pure. The order's shape was judged when it was
// recorded.
import { z } from 'zod'
import { Failure } from '../../domain/failures.ts'
import type { Gateway, Buyer, WindowOrder } from '../../domain/gateway.ts'
import { money, toMajor, type Money } from '../../domain/money.ts'
import { LINE } from '../../domain/text.ts'
import { chargeRefusal } from '../charge.ts'

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

/** What the page hands to IMP.init and IMP.request_pay; a refusal for what cannot be paid. */
export function iamportWindow({ code, channelKey, order, buyer, noticeUrl }: WindowOptions): IamportWindow | Failure {
  const { country, returnUrl } = order
  const amount = chargeOf(order)
  if (amount instanceof Failure) return amount
  const widget = widgetOf(order.widget)
  if (widget instanceof Failure) return widget
  const shownBuyer = buyerOf(buyer)
  if (shownBuyer instanceof Failure) return shownBuyer
  return {
    script: 'https://cdn.iamport.kr/v1/iamport.js',
    init: code ?? null,
    requestPay: {
      ...(channelKey === undefined ? { pg: 'paymentwall' } : { channelKey }),
      pay_method: 'card',
      merchant_uid: order.merchantUid,
      name: order.name,
      amount,
      currency: order.currency,
      ...shownBuyer,
      ...(returnUrl === null ? {} : { m_redirect_url: returnUrl }),
      notice_url: noticeUrl,
      bypass: {
        widget_code: widget,
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
function buyerOf({ name, email }: WindowOptions['buyer']): { buyer_name: string; buyer_email: string } | Failure {
  const trimmed = name.trim()
  const field = { field: 'buyer.name' }
  if (!LINE.test(trimmed) || !/^\S+ .*\S$/u.test(trimmed)) {
    const sentence = 'The buyer\'s name is written "First Last", with a space between: Paymentwall needs both.'
    return new Failure('buyerInvalid', sentence, field)
  }
  if (Array.from(trimmed).length > LONGEST_NAME)
    return new Failure('buyerInvalid', `The buyer's name has at most ${LONGEST_NAME} characters: shorten it.`, field)
  if (!EMAIL.safeParse(email).success) {
    const sentence = "The buyer's email is an address of at most 64 characters: the receipt is sent there."
    return new Failure('buyerInvalid', sentence, { field: 'buyer.email' })
  }
  return { buyer_name: trimmed, buyer_email: email }
}

/**
 * The only minimum that is documented; the maximum (USD 500) can be raised at Paymentwall
 * (iamport.md §4.3).
 */
const MINIMUM: Money = { amount: 30, currency: 'EUR' }
const WIDGETS = ['pw_1', 't3_1'] as const

export const accepts: Gateway['accepts'] = (order) =>
  [chargeOf(order), widgetOf(order.widget)].find((each) => each instanceof Failure)

/** The number that the window shows and i'mport registers; a refusal for what cannot be charged. */
function chargeOf({ amount, currency }: Money): number | Failure {
  const field = { field: 'amount' }
  const refusal = chargeRefusal({ amount, currency }, MINIMUM)
  if (refusal) return refusal
  try {
    return toMajor(money(amount, currency))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return new Failure('amountOutOfLimits', `The amount is unusable: ${error.message}.`, field)
  }
}

/** Where none is asked for, i'mport's own. */
function widgetOf(code: string | null): (typeof WIDGETS)[number] | Failure {
  if (code === null) return WIDGETS[0]
  const known = WIDGETS.find((widget) => widget === code)
  if (known !== undefined) return known
  const sentence = `Paymentwall's widgets at i'mport are ${WIDGETS.join(' and ')}; leave the widget out for ${WIDGETS[0]}.`
  return new Failure('invalidRequest', sentence, { field: 'widget' })
}
