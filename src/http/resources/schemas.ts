// The shapes of what callers send: form only. Orders and refunds are judged in
// src/domain/books/order.ts, by both doors; here they are documents.
// Must not know: routes, rows. Every fault is a sentence that names the rule and never the value.
import { z } from 'zod'
import { ATTENTIONS } from '../../domain/books/books.ts'
import {
  CHANNELS,
  COUNTRY,
  DURATION,
  GOODS,
  LATE_POLICIES,
  ORDER_LIMITS,
  WEB_ADDRESS,
  WIDGET,
} from '../../domain/books/order.ts'
import { CURRENCIES } from '../../domain/currencies.ts'
import { DELIVERY_STATUSES } from '../../domain/gateway.ts'
import {
  AUTO_PREFIX,
  GATEWAY_NAME_RULE,
  OWN_ID,
  OWN_ID_RULE,
  gatewayName,
  gatewayRef,
  merchantUid,
  refundId,
} from '../../domain/ids.ts'
import { parseDurationMs } from '../../domain/patience.ts'
import { PAYMENT_STATES } from '../../domain/payment.ts'
import { REFUND_STATES, type RefundState } from '../../domain/refund.ts'
import { LINE } from '../../domain/text.ts'
import { KINDS } from '../../gateways/index.ts'
import { FILLED_LINE } from '../document/blank.ts'
import { MINUTE_TO_MONTH, UP_TO_TEN_YEARS } from '../document/durations.ts'

const ownId = z.string(OWN_ID_RULE).regex(OWN_ID, OWN_ID_RULE)
export const merchantUidSchema = ownId
  .meta({ description: "The checkout's own id of the order" })
  .transform(merchantUid)
export const refundIdSchema = ownId.meta({ description: "The caller's own id of the refund" }).transform(refundId)
/** For documents only: an id that a caller may give to a refund. */
const newRefundId = z
  .string()
  .regex(new RegExp(OWN_ID.source.replace('(?!', `(?!${AUTO_PREFIX.replace('.', '\\.')}|`)))
  .meta({ description: `The caller's own id of the refund; "${AUTO_PREFIX}" begins this program's own` })

const REF_SENTENCE = 'must be 1 to 80 printable characters without spaces'
/** A path step of "." or ".." means another path to every client and server on the way. */
export const gatewayRefSchema = z
  .string(REF_SENTENCE)
  .regex(/^(?!\.{1,2}$)[\x21-\x7e]{1,80}$/, REF_SENTENCE)
  .transform(gatewayRef)

/** As documents say it; whether the account is configured is judged with the order. */
const KINDS_OF_ACCOUNTS = new RegExp(`^(${KINDS.map(({ kind }) => kind).join('|')})\\/[a-z0-9-]{1,30}$`)

/** One line of text, trimmed, by the rule of all text; characters are counted, not their halves. */
const line = (most: number) =>
  z
    .string(`must be text of 1 to ${most} characters`)
    .trim()
    .min(1, 'must not be empty')
    .refine((text) => Array.from(text).length <= most, `must have at most ${most} characters`)
    .regex(LINE, 'must not contain control characters, line breaks or what turns the direction of writing')
    .meta({ maxLength: most, pattern: FILLED_LINE })

export const choiceOf = <const T extends readonly [string, ...string[]]>(names: T) =>
  z.enum(names, `must be one of ${names.join(', ')}`)

/** Milliseconds. */
const duration = (leastMs: number, mostMs: number, sentence: string) =>
  z
    .string(sentence)
    .regex(DURATION, sentence)
    .transform(parseDurationOr0)
    .refine((ms) => ms >= leastMs && ms <= mostMs, sentence)

/** The form was checked; what is longer than the domain counts is caught by the bounds. */
function parseDurationOr0(text: string): number {
  try {
    return parseDurationMs(text)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

const DAY_MS = 86_400_000

const amount = z.int().positive()
const { buyerId, buyerName, buyerEmail, name, reason, returnUrl } = ORDER_LIMITS

/** For documents only; hosts in other letters are taken too, where a browser would take them. */
const USUAL_ADDRESS =
  '^[Hh][Tt]{2}[Pp][Ss]?:\\/\\/([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\\.)*[A-Za-z]+(:\\d{1,4})?(\\/[!-~]*)?$'

/** For documents only. */
export const paymentBody = z
  .strictObject({
    merchantUid: ownId,
    amount,
    currency: z.enum(CURRENCIES).meta({ description: 'Of ISO 4217; which of them an account takes is its own to say' }),
    name: line(name),
    buyer: z.strictObject({ id: line(buyerId).optional(), name: line(buyerName), email: line(buyerEmail) }),
    returnUrl: z.string().trim().max(returnUrl).regex(WEB_ADDRESS).meta({ pattern: USUAL_ADDRESS }).optional(),
    channel: z.enum(CHANNELS).optional(),
    country: z.string().regex(COUNTRY).optional(),
    expiresIn: z.string().regex(DURATION).meta({ pattern: MINUTE_TO_MONTH }).optional(),
    latePolicy: z.enum(LATE_POLICIES).optional(),
    goods: z
      .enum(GOODS)
      .optional()
      .meta({ description: 'Of physical ones a delivery must be told: people are warned where none was' }),
    gateway: z.string().regex(KINDS_OF_ACCOUNTS).optional(),
    widget: z.string().regex(WIDGET).meta({ description: 'One that the gateway has: pw_1, t3_1' }).optional(),
  })
  .meta({ id: 'PaymentRequest' })

/** For documents only. */
export const refundBody = z
  .strictObject({
    refundId: newRefundId,
    amount: amount.optional().meta({ description: 'Minor units; left out: all that is left' }),
    reason: line(reason),
  })
  .meta({ id: 'RefundRequest' })

export const returnedBody = z.strictObject({ gatewayRef: gatewayRefSchema.optional() })
export const closeBody = z.strictObject({ reason: line(200) })

const maybe = (most: number) => line(most).nullable().default(null)
const deliveryTime = z.iso
  .datetime({ offset: true, error: 'must be a time with its zone, for example 2026-11-01T00:00:00Z' })
  .nullable()
  .default(null)
const deliveryAddress = z.strictObject(
  {
    country: z.string('must be two letters').regex(/^[A-Z]{2}$/, 'must be two letters, such as DE'),
    city: line(100),
    zip: line(20),
    state: line(100).default('N/A'),
    street: line(200),
    phone: line(40),
    firstName: line(100),
    lastName: line(100),
  },
  { error: ({ code }) => (code === 'invalid_type' ? 'is needed for what is shipped' : undefined) },
)
const deliveryFields = {
  status: choiceOf(DELIVERY_STATUSES),
  email: z.email('must be an address of e-mail').max(256),
  refundable: z.boolean().nullable().default(null),
  reason: maybe(200),
  details: maybe(500),
  carrier: maybe(100),
  trackingId: maybe(100),
  estimatedAt: deliveryTime,
  estimatedUpdateAt: deliveryTime,
}
export const deliveryBody = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject({
        kind: z.literal('digital'),
        ...deliveryFields,
        address: deliveryAddress.nullable().default(null),
      }),
      z.strictObject({ kind: z.literal('physical'), ...deliveryFields, address: deliveryAddress }),
    ],
    { error: ({ code }) => (code === 'invalid_union' ? 'must be one of digital, physical' : undefined) },
  )
  .meta({ id: 'Delivery' })
export const reasonBody = z.strictObject({ reason: line(500) })

const TIME_SENTENCE = 'must be a time with its zone, for example 2026-11-01T00:00:00Z'
const time = z.iso.datetime({ offset: true, error: TIME_SENTENCE }).transform((text) => new Date(text))
export const sweepBody = z
  .strictObject({ from: time, to: time })
  .refine(({ from, to }) => from < to, 'from must be before to')
  .meta({ id: 'SweepRequest' })
export const sweepParams = z.strictObject({ id: z.uuid('must be the id of a catch-up') })

export const merchantUidParams = z.strictObject({ merchantUid: merchantUidSchema })
export const refundIdParams = z.strictObject({ refundId: refundIdSchema })
/** The account's name has a slash in it, so it takes two steps of the path. */
const accountSteps = {
  kind: z.string().regex(/^[a-z0-9]{1,20}$/, GATEWAY_NAME_RULE),
  account: z.string().regex(/^[a-z0-9-]{1,30}$/, GATEWAY_NAME_RULE),
}
export const strayParams = z
  .strictObject({ ...accountSteps, gatewayRef: gatewayRefSchema })
  .transform(({ kind, account, gatewayRef: ref }) => ({ gateway: gatewayName(`${kind}/${account}`), gatewayRef: ref }))

export const accountParams = z
  .strictObject(accountSteps)
  .transform(({ kind, account }) => ({ gateway: gatewayName(`${kind}/${account}`) }))

export const count = (least: number, most: number) => {
  const sentence = `must be a whole number from ${least} to ${most}`
  return z.coerce.number(sentence).int(sentence).min(least, sentence).max(most, sentence)
}
const limit = count(1, 100).default(20)
const cursor = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,300}$/, 'must be the cursor of the page before')
  .optional()

export const waitQuery = z.strictObject({ wait: count(0, 30).default(0) })
export const journalQuery = z.strictObject({ limit: count(1, 1000).default(200) })

type PaymentState = keyof typeof PAYMENT_STATES
const isPaymentState = (name: string): name is PaymentState => Object.hasOwn(PAYMENT_STATES, name)
const isRefundState = (name: string): name is RefundState => Object.hasOwn(REFUND_STATES, name)
export const paymentStates = Object.keys(PAYMENT_STATES).filter(isPaymentState)
export const refundStates = Object.keys(REFUND_STATES).filter(isRefundState)

export const straysQuery = z.strictObject({ limit, cursor })
export const noticesQuery = z.strictObject({ merchantUid: merchantUidSchema, limit, cursor })
export const noticeParams = z.strictObject({ id: z.uuid('must be the id of a notice') })

export const paymentsQuery = z.strictObject({
  state: z.enum(paymentStates, `must be one of ${paymentStates.join(', ')}`).optional(),
  limit,
  cursor,
})
export const olderThan = duration(0, 3_650 * DAY_MS, 'must be a duration, for example 24h')
  .meta({ pattern: UP_TO_TEN_YEARS, description: 'Waiting for longer than this' })
  .optional()
export const refundsQuery = z.strictObject({
  state: z.enum(refundStates, `must be one of ${refundStates.join(', ')}`).optional(),
  attention: choiceOf(ATTENTIONS).optional(),
  olderThan,
  limit,
  cursor,
})
