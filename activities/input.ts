// What a workflow may be started with by any Temporal client: parsed here, refused with all its faults at once.
// Must not know: HTTP. The buyer never comes this way.
import { z } from 'zod'
import { isCurrency } from '../src/domain/currencies.ts'
import { Failure } from '../src/domain/failures.ts'
import type { Channel } from '../src/domain/gateway.ts'
import {
  gatewayName,
  merchantUid,
  OWN_ID,
  refundId,
  strayNamedBy,
  type GatewayName,
  type GatewayRef,
  type MerchantUid,
  type RefundId,
} from '../src/domain/ids.ts'
import { parseDurationMs } from '../src/domain/patience.ts'
import type { OrderRequest } from '../src/domain/requests.ts'

export type OrderDefaults = { readonly gateway: GatewayName; readonly channel: Channel; readonly expiryMs: number }

const ownId = z.string().regex(OWN_ID, '1 to 40 characters of A-Z a-z 0-9 . _ -')
const amount = z.number().int().positive().max(Number.MAX_SAFE_INTEGER)
const duration = z.string().refine((text) => /^\d{1,6}[smhd]$/.test(text), 'a duration like 30m')

const idOnly = z.strictObject({ merchantUid: ownId })
const order = z.strictObject({
  merchantUid: ownId,
  amount,
  currency: z.string().refine(isCurrency, 'a currency code of ISO 4217'),
  name: z.string().min(1).max(40),
  channel: z.enum(['live', 'test']).optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'two capital letters')
    .optional(),
  returnUrl: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
  expiresIn: duration.optional(),
  latePolicy: z.enum(['hold', 'refund', 'accept']).optional(),
  gateway: z
    .string()
    .regex(/^(iamport|paymentwall)\/[a-z0-9-]{1,30}$/, 'kind/account')
    .optional(),
  widget: z.enum(['pw_1', 't3_1']).optional(),
})

/** The id alone where the row exists already, or the whole order. Throws a Failure that lists every fault. */
export function parsePaymentInput(
  input: unknown,
  now: string,
  defaults: OrderDefaults,
): { id: MerchantUid; order: OrderRequest | undefined } {
  const short = idOnly.safeParse(input)
  if (short.success) return { id: merchantUid(short.data.merchantUid), order: undefined }
  const asked = parsed(order, input)
  const { expiresIn, currency } = asked
  const expiryMs = expiresIn === undefined ? defaults.expiryMs : parseDurationMs(expiresIn)
  const id = merchantUid(asked.merchantUid)
  return {
    id,
    order: {
      merchantUid: id,
      amount: asked.amount,
      currency,
      name: asked.name,
      gateway: asked.gateway === undefined ? defaults.gateway : gatewayName(asked.gateway),
      channel: asked.channel ?? defaults.channel,
      country: asked.country ?? null,
      returnUrl: asked.returnUrl ?? null,
      latePolicy: asked.latePolicy ?? null,
      widget: asked.widget ?? null,
      expiresAt: new Date(Date.parse(now) + expiryMs).toISOString(),
    },
  }
}

const refundIdOnly = z.strictObject({ refundId: ownId })
const refund = z.strictObject({
  refundId: ownId,
  merchantUid: ownId,
  amount: amount.optional(),
  reason: z.string().min(1).max(200),
})
export type AskedRefund = { readonly merchantUid: MerchantUid; readonly amount: number | null; readonly reason: string }

export function parseRefundInput(input: unknown): { id: RefundId; asked: AskedRefund | undefined } {
  const short = refundIdOnly.safeParse(input)
  if (short.success) return { id: refundId(short.data.refundId), asked: undefined }
  const { refundId: id, merchantUid: uid, amount: wanted, reason } = parsed(refund, input)
  return { id: refundId(id), asked: { merchantUid: merchantUid(uid), amount: wanted ?? null, reason } }
}

const stray = z.strictObject({ gateway: z.string(), gatewayRef: z.string() })

/** A stray is always a row already: its input only names it. */
export function parseStrayInput(input: unknown): { gateway: GatewayName; gatewayRef: GatewayRef } {
  const asked = parsed(stray, input)
  const named = strayNamedBy(`stray:${asked.gateway}:${asked.gatewayRef}`)
  if (!named)
    throw new Failure('invalidRequest', "the workflow's input was refused: gateway is kind/account, gatewayRef its id")
  return named
}

function parsed<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`)
  throw new Failure('invalidRequest', `the workflow's input was refused: ${faults.join('; ')}`, { faults })
}
