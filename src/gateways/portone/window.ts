// What a checkout's page hands to PortOne.requestPayment, and what can be paid in it (portone.md
// §9).
// Must not know: HTTP, databases, the environment. Pure. The order's shape was judged when it was
// recorded.
import { z } from 'zod'
import { Failure } from '../../domain/failures.ts'
import type { Buyer, Channel, Gateway, WindowOrder } from '../../domain/gateway.ts'
import type { Money } from '../../domain/money.ts'
import { LINE } from '../../domain/text.ts'
import { chargeRefusal } from '../charge.ts'

export type ChannelKeys = { readonly [C in Channel]?: string | undefined }
type WindowOptions = {
  readonly storeId: string
  readonly channelKeys: ChannelKeys
  readonly order: WindowOrder
  readonly buyer: Buyer
}
type Value = string | number | boolean | { readonly [name: string]: Value }
/** Keys of `requestPayment` are the vendor's. */
export type PortoneWindow = {
  readonly script: 'https://cdn.portone.io/v2/browser-sdk.js'
  readonly requestPayment: Readonly<Record<string, Value>>
}

const value: z.ZodType<Value> = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])),
])
export const portoneWindowShape = z
  .strictObject({ script: z.string(), requestPayment: z.record(z.string(), value) })
  .meta({ id: 'RequestPaymentWindow', description: 'Load `script`, then call PortOne.requestPayment(requestPayment).' })

/** The least that a payment may be, where it is known (portone.md §9). */
const MINIMUM: Money = { amount: 30, currency: 'USD' }
const WIDGETS = ['pw_1', 't3_1'] as const
const CUSTOMER_LENGTH = 64
const EMAIL = z.email().max(256)

/** The refusal, typed, of an order that no window can be opened for. */
export const acceptsWith =
  (channelKeys: ChannelKeys): Gateway['accepts'] =>
  (order) =>
    [chargeRefusal(order, MINIMUM), widgetOf(order.widget), keyOf(channelKeys, order.channel)].find(
      (each) => each instanceof Failure,
    )

export function portoneWindow({ storeId, channelKeys, order, buyer }: WindowOptions): PortoneWindow | Failure {
  const refusal = chargeRefusal(order, MINIMUM)
  if (refusal) return refusal
  const widget = widgetOf(order.widget)
  if (widget instanceof Failure) return widget
  const channelKey = keyOf(channelKeys, order.channel)
  if (channelKey instanceof Failure) return channelKey
  const customer = customerOf(buyer)
  if (customer instanceof Failure) return customer
  const { returnUrl, country } = order
  return {
    script: 'https://cdn.portone.io/v2/browser-sdk.js',
    // No payMethod, which Paymentwall does not support; no noticeUrls, for the console's address
    // hears of cancels too (portone.md §8, §9).
    requestPayment: {
      storeId,
      channelKey,
      paymentId: order.merchantUid,
      orderName: order.name,
      totalAmount: order.amount,
      currency: order.currency,
      customer,
      ...(returnUrl === null ? {} : { redirectUrl: returnUrl }),
      bypass: { paymentwall: { widget, ...(country === null ? {} : { country_code: country }) } },
    },
  }
}

function keyOf(keys: ChannelKeys, channel: Channel): string | Failure {
  const key = keys[channel]
  if (key !== undefined) return key
  const sentence = `PortOne opens no window for ${channel} orders: PORTONE_CHANNEL_KEY_${channel.toUpperCase()} is not set.`
  return new Failure('invalidRequest', sentence, { field: 'channel' })
}

/** pw_1 where none is asked for. */
function widgetOf(code: string | null): (typeof WIDGETS)[number] | Failure {
  if (code === null) return WIDGETS[0]
  const known = WIDGETS.find((widget) => widget === code)
  if (known !== undefined) return known
  const sentence = `Paymentwall's widgets at PortOne are ${WIDGETS.join(' and ')}; leave the widget out for ${WIDGETS[0]}.`
  return new Failure('invalidRequest', sentence, { field: 'widget' })
}

/** Both are required there; the id stays the same for one buyer (portone.md §9). */
function customerOf({ id, name, email }: Buyer): Readonly<Record<string, string>> | Failure {
  const customerId = id?.trim() ?? ''
  if (customerId === '' || !LINE.test(customerId) || Array.from(customerId).length > CUSTOMER_LENGTH) {
    const sentence = `Paymentwall knows a buyer by an id that stays the same: send buyer.id, of 1 to ${CUSTOMER_LENGTH} characters.`
    return new Failure('buyerInvalid', sentence, { field: 'buyer.id' })
  }
  if (!EMAIL.safeParse(email).success)
    return new Failure('buyerInvalid', "The buyer's email is an address: the receipt is sent there.", {
      field: 'buyer.email',
    })
  const fullName = name.trim()
  return { customerId, email, ...(fullName !== '' && LINE.test(fullName) ? { fullName } : {}) }
}
