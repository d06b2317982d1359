// What the checkout page opens i'mport's payment window with, and what is asked of its buyer
// (iamport.md §7, §13).
// Must not know: HTTP, databases, the environment. Pure. The order's shape was judged when it was
// recorded.
import { z } from 'zod'
import { Failure } from '../../domain/failures.ts'
import type { Buyer, WindowOrder } from '../../domain/gateway.ts'
import { LINE } from '../../domain/text.ts'
import { chargeOf, widgetOf } from './limits.ts'

export type WindowOptions = {
  /** The account's code for IMP.init. */
  readonly code: string | undefined
  /** The console's key of the order's channel; without one the console's default Paymentwall channel is used. */
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

/** What the page hands to IMP.init and IMP.request_pay. Throws a Failure with a sentence for what cannot be paid. */
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
