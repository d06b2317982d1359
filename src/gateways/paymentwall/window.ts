// The signed address of Paymentwall's widget, and what can be paid in it (paymentwall.md §3, §4).
// Must not know: HTTP, databases, the environment. Pure. The order's shape was judged when it was
// recorded.
import { z } from 'zod'
import { exponentOf } from '../../domain/currencies.ts'
import { Failure } from '../../domain/failures.ts'
import type { Buyer, Gateway, WindowOrder } from '../../domain/gateway.ts'
import { merchantUid } from '../../domain/ids.ts'
import { majorText, printMoney, type Money } from '../../domain/money.ts'
import { LINE } from '../../domain/text.ts'
import { chargeRefusal } from '../charge.ts'
import { signed, type Parameters, type SignVersion } from './signature.ts'

export type WidgetOptions = {
  readonly apiUrl: string
  readonly key: string
  readonly secret: string
  readonly version: SignVersion
  readonly order: WindowOrder
  readonly buyer: Buyer
  readonly pingbackUrl: string
}
export type PaymentwallWindow = { readonly url: string }

export const widgetShape = z
  .strictObject({ url: z.string() })
  .meta({ id: 'WidgetWindow', description: 'Open `url` in a frame, or send the buyer there.' })

/**
 * Wants to be asked for with version 1.2 (paymentwall.md §3.3); t3 is the same widget in
 * Terminal3's dress.
 */
const WIDGETS = { pw_1: { version: '1.2' }, t3_1: {} } as const satisfies Record<string, Parameters>
type Widget = keyof typeof WIDGETS
/** Paymentwall's amounts have two decimals, and no more (paymentwall.md §3.2). */
const DECIMALS = 2
/** The least that a payment may be, where it is known (paymentwall.md §3.2). */
const MINIMUM: Money = { amount: 30, currency: 'USD' }
const UID_LENGTH = 64
const NAME_LENGTH = 256
const EMAIL = z.email().max(256)

export const acceptsOrder: Gateway['accepts'] = (order) =>
  [chargeOf(order), widgetOf(order.widget)].find((each) => each instanceof Failure)

/** What the page opens; a refusal for what cannot be paid. */
export function paymentwallWindow(options: WidgetOptions): PaymentwallWindow | Failure {
  const { apiUrl, key, secret, version, order, buyer, pingbackUrl } = options
  const amount = chargeOf(order)
  if (amount instanceof Failure) return amount
  const widget = widgetOf(order.widget)
  if (widget instanceof Failure) return widget
  const shownBuyer = buyerOf(buyer)
  if (shownBuyer instanceof Failure) return shownBuyer
  const parameters: Parameters = {
    key,
    widget,
    ...WIDGETS[widget],
    amount,
    currencyCode: order.currency,
    ag_name: order.name.slice(0, NAME_LENGTH),
    ag_external_id: order.merchantUid,
    ag_type: 'fixed',
    ...shownBuyer,
    ...(order.country === null ? {} : { country_code: order.country }),
    ...(order.returnUrl === null ? {} : { success_url: order.returnUrl }),
    // Counts only where Paymentwall has enabled it; elsewhere the project's own address does
    // (paymentwall.md §3.2).
    pingback_url: pingbackUrl,
    // The test method alone, which charges nothing: no real card can be used for a test order
    // (paymentwall.md §10).
    ...(order.channel === 'test' ? { ps: 'test', test_mode: '1' } : { ps: 'all' }),
  }
  const query = new URLSearchParams(signed(parameters, secret, version))
  return { url: `${apiUrl.replace(/\/+$/, '')}/api/subscription/?${query.toString()}` }
}

/**
 * The address of a widget for an order that nobody opened and nobody will pay: whether it opens at
 * all.
 */
export function trialWidget(
  project: Pick<WidgetOptions, 'apiUrl' | 'key' | 'secret' | 'version'>,
  pingbackUrl: string,
): string {
  const order = {
    merchantUid: merchantUid('set-up-doctor'),
    amount: 100,
    currency: 'USD',
    channel: 'live',
    name: 'Set-up doctor',
    country: null,
    widget: null,
    returnUrl: null,
  } as const
  const buyer = { id: 'set-up-doctor', name: 'Set-up Doctor', email: 'set-up-doctor@example.com' }
  const made = paymentwallWindow({ ...project, order, buyer, pingbackUrl })
  if (made instanceof Failure) throw made
  return made.url
}

/** Decimal text for the wire; a refusal for what cannot be charged. */
export function chargeOf({ amount, currency }: Money): string | Failure {
  const field = { field: 'amount' }
  const refusal = chargeRefusal({ amount, currency }, MINIMUM)
  if (refusal) return refusal
  const text = wireAmount({ amount, currency })
  if (text !== undefined) return text
  const sentence = `Paymentwall counts two decimals, and ${printMoney({ amount, currency })} has more: round it.`
  return new Failure('amountOutOfLimits', sentence, field)
}

/** As Paymentwall writes amounts; undefined where it has no way to write this one. */
export function wireAmount(value: Money): string | undefined {
  const text = majorText(value)
  const beyond = exponentOf(value.currency) - DECIMALS
  if (beyond <= 0) return text
  return /^0+$/.test(text.slice(-beyond)) ? text.slice(0, -beyond) : undefined
}

/** pw_1 where none is asked for. */
function widgetOf(code: string | null): Widget | Failure {
  const wanted = code ?? 'pw_1'
  if (wanted === 'pw_1' || wanted === 't3_1') return wanted
  const sentence = `Paymentwall's widgets here are ${Object.keys(WIDGETS).join(' and ')}; leave the widget out for pw_1.`
  return new Failure('invalidRequest', sentence, { field: 'widget' })
}

/**
 * Who pays, for ever the same: Paymentwall knows buyers by it, and does not tell capital letters
 * from small ones.
 */
function buyerOf({ id, name, email }: Buyer): Parameters | Failure {
  const uid = id?.trim() ?? ''
  if (uid === '' || !LINE.test(uid) || Array.from(uid).length > UID_LENGTH) {
    const sentence = `Paymentwall knows a buyer by an id that stays the same: send buyer.id, of 1 to ${UID_LENGTH} characters.`
    return new Failure('buyerInvalid', sentence, { field: 'buyer.id' })
  }
  if (!EMAIL.safeParse(email).success)
    return new Failure('buyerInvalid', "The buyer's email is an address: the receipt is sent there.", {
      field: 'buyer.email',
    })
  return { uid, email, ...namesOf(name) }
}

/**
 * Part of the profile by which fraud is judged; one that is not written "First Last" is left out.
 */
function namesOf(name: string): Parameters {
  const [, first, last] = /^(\S+)\s+(\S.*)$/u.exec(name.trim()) ?? []
  if (first === undefined || last === undefined || !LINE.test(name)) return {}
  return { 'customer[firstname]': first, 'customer[lastname]': last }
}
