// The shapes of what callers send: form only. Orders and refunds are judged in
// src/domain/books/order.ts, by both doors; here they are documents.
// Must not know: routes, rows. Every fault is a sentence that names the rule and never the value.
import { z } from 'zod'
import { ATTENTIONS } from '../../domain/books/books.ts'
import {
  CHANNELS,
  COUNTRY,
  DURATION,
  LATE_POLICIES,
  ORDER_LIMITS,
  WEB_ADDRESS,
  WIDGET,
} from '../../domain/books/order.ts'
import {
  GATEWAY_NAME,
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

const ownId = z.string(OWN_ID_RULE).regex(OWN_ID, OWN_ID_RULE)
export const merchantUidSchema = ownId.transform(merchantUid)
export const refundIdSchema = ownId.transform(refundId)

const REF_SENTENCE = 'must be 1 to 80 printable characters without spaces'
/** A path step of "." or ".." means another path to every client and server on the way. */
export const gatewayRefSchema = z
  .string(REF_SENTENCE)
  .regex(/^(?!\.{1,2}$)[\x21-\x7e]{1,80}$/, REF_SENTENCE)
  .transform(gatewayRef)

/** As documents say it; whether the account is configured is judged with the order. */
const KINDS_OF_ACCOUNTS = new RegExp(`^(${KINDS.map(({ kind }) => kind).join('|')})\\/[a-z0-9-]{1,30}$`)
const gatewaySchema = z.string(GATEWAY_NAME_RULE).regex(GATEWAY_NAME, GATEWAY_NAME_RULE).transform(gatewayName)

/** One line of text, trimmed, by the rule of all text. */
const line = (most: number) =>
  z
    .string(`must be text of 1 to ${most} characters`)
    .trim()
    .min(1, 'must not be empty')
    .max(most, `must have at most ${most} characters`)
    .regex(LINE, 'must not contain control characters, line breaks or what turns the direction of writing')

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

/** For documents only. */
export const paymentBody = z
  .strictObject({
    merchantUid: ownId,
    amount,
    currency: z.string().regex(/^[A-Z]{3}$/),
    name: line(name),
    buyer: z.strictObject({ id: line(buyerId).optional(), name: line(buyerName), email: line(buyerEmail) }),
    returnUrl: z.string().trim().max(returnUrl).regex(WEB_ADDRESS).optional(),
    channel: z.enum(CHANNELS).optional(),
    country: z.string().regex(COUNTRY).optional(),
    expiresIn: z.string().regex(DURATION).optional(),
    latePolicy: z.enum(LATE_POLICIES).optional(),
    gateway: z.string().regex(KINDS_OF_ACCOUNTS).optional(),
    widget: z.string().regex(WIDGET).meta({ description: 'One that the gateway has: pw_1, t3_1' }).optional(),
  })
  .meta({ id: 'PaymentRequest' })

/** For documents only. */
export const refundBody = z
  .strictObject({ refundId: ownId, amount: amount.optional(), reason: line(reason) })
  .meta({ id: 'RefundRequest' })

export const returnedBody = z.strictObject({ gatewayRef: gatewayRefSchema.optional() })
export const closeBody = z.strictObject({ reason: line(200) })
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
export const strayParams = z
  .strictObject({ kind: z.string(), account: z.string(), gatewayRef: gatewayRefSchema })
  .transform(({ kind, account, gatewayRef: ref }, context) => {
    const gateway = gatewaySchema.safeParse(`${kind}/${account}`)
    if (gateway.success) return { gateway: gateway.data, gatewayRef: ref }
    context.addIssue({ code: 'custom', path: ['account'], message: GATEWAY_NAME_RULE })
    return z.NEVER
  })

export const accountParams = z
  .strictObject({ kind: z.string(), account: z.string() })
  .transform(({ kind, account }, context) => {
    const gateway = gatewaySchema.safeParse(`${kind}/${account}`)
    if (gateway.success) return { gateway: gateway.data }
    context.addIssue({ code: 'custom', path: ['account'], message: GATEWAY_NAME_RULE })
    return z.NEVER
  })

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
export const olderThan = duration(0, 3_650 * DAY_MS, 'must be a duration, for example 24h').optional()
export const refundsQuery = z.strictObject({
  state: z.enum(refundStates, `must be one of ${refundStates.join(', ')}`).optional(),
  attention: choiceOf(ATTENTIONS).optional(),
  olderThan,
  limit,
  cursor,
})
