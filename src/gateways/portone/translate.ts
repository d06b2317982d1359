// From PortOne's payment, or one transaction of it, to our evidence; and what can be said of one
// that is unreadable (portone.md §4, §5). Pure.
// Must not know: HTTP, orders, refunds. It judges nothing; sums that disagree are both kept.
import { z } from 'zod'
import { isCurrency } from '../../domain/currencies.ts'
import { Failure } from '../../domain/failures.ts'
import type { CancelEntry, Evidence, ForeignMark, SeenTicket, Unreadable } from '../../domain/gateway.ts'
import type { GatewayName } from '../../domain/ids.ts'
import { plainSaid, notReadable } from './exchange.ts'
import { refNaming } from './ref.ts'

const PAYMENTWALL = 'PAYMENTWALL'
/** The console's own reason, the same for each cancel there (portone.md §5). */
const CONSOLE_REASON = '관리자페이지취소'
const REASON_LENGTH = 2_000
const STATUS_LENGTH = 32

/** How one store's answers are read. */
export type StoreReading = {
  readonly name: GatewayName
  readonly storeId: string
  /** Told of each field that describes and says nothing usable, with what stands in. */
  readonly onMissing: (field: string, stoodIn: string) => void
}

const minor = z.int().nonnegative()
const time = z
  .string()
  .transform((text) => new Date(text))
  .refine((date) => !Number.isNaN(date.getTime()) && date.getUTCFullYear() < 10_000, 'it is not a time')
  .transform((date) => date.toISOString())
/** What describes must never hide the money beside it. */
const remark = z.string().nullish().catch(null)
const moment = time.nullish().catch(null)

const CANCELLATION = z.object({
  status: z.string(),
  id: z.string().regex(/^[^\p{C}]{1,200}$/u),
  totalAmount: minor,
  reason: z.string().catch(''),
  requestedAt: moment,
  cancelledAt: moment,
  trigger: remark,
})
type Cancellation = z.infer<typeof CANCELLATION>

const PAYMENT = z.object({
  status: z.string(),
  storeId: z.string(),
  version: remark,
  channel: z.object({ type: remark, pgProvider: remark }).nullish().catch(null),
  amount: z.object({ total: minor, discount: minor.catch(0), cancelled: minor }),
  currency: z.string().refine(isCurrency, 'it is not a currency code of ISO 4217 that this program counts in'),
  cancellations: z.array(CANCELLATION).nullish(),
  paidAt: moment,
  failedAt: moment,
  failure: z.object({ reason: remark, pgMessage: remark }).nullish().catch(null),
  pgTxId: remark,
  method: z.object({ type: remark }).nullish().catch(null),
})
/** A transaction has its own id where a payment has the order's (portone.md §5). */
const OF_PAYMENT = PAYMENT.extend({ id: z.string(), transactionId: z.string() })
const OF_TRANSACTION = PAYMENT.extend({ id: z.string(), paymentId: z.string() })

/**
 * Evidence from the payment that stood at `at`; undefined for one that is not this store's, or that
 * belongs to V1, which is another gateway. Throws a Failure that names the field.
 */
export function evidenceOf(reading: StoreReading, wire: unknown, at = ''): Evidence | undefined {
  const payment = shapedBy(OF_PAYMENT, wire, at)
  const ids = { paymentId: payment.id, transactionId: payment.transactionId }
  return isShown(reading, payment) ? toEvidence(reading, payment, ids, at) : undefined
}

/** The same of one element of an order's transactions: it shows no tickets (portone.md §5). */
export function evidenceOfTransaction(reading: StoreReading, wire: unknown, at: string): Evidence | undefined {
  const transaction = shapedBy(OF_TRANSACTION, wire, at)
  const ids = { paymentId: transaction.paymentId, transactionId: transaction.id }
  return isShown(reading, transaction) ? toEvidence(reading, transaction, ids, at) : undefined
}

type Wire = z.infer<typeof PAYMENT>

const isShown = ({ storeId }: StoreReading, wire: Pick<Wire, 'storeId' | 'version'>): boolean =>
  wire.storeId === storeId && wire.version !== 'V1'

function toEvidence(
  reading: StoreReading,
  wire: Wire,
  ids: { readonly paymentId: string; readonly transactionId: string },
  at: string,
): Evidence {
  const { status: said, currency, amount, channel, cancellations: shown } = wire
  const provider = channel?.pgProvider ?? null
  const status = statusOf(said)
  if (channel?.type == null && (status === 'paid' || status === 'cancelled'))
    reading.onMissing('channel', "the order's own channel, and that it is at Paymentwall")
  return {
    gateway: reading.name,
    gatewayRef: refAt(ids, at),
    merchantUid: ids.paymentId,
    provider: provider && plainSaid(provider).slice(0, 100),
    ours: provider === null || isPaymentwall(provider),
    status,
    statusSaid: plainSaid(said).slice(0, STATUS_LENGTH),
    amount: amount.total - amount.discount,
    currency,
    channel: channelOf(channel?.type),
    returned: amount.cancelled,
    entries: (shown ?? []).filter(isBooked).map(entryOf),
    // Left out where nothing was said: then what is not shown proves nothing.
    ...(shown && { tickets: shown.flatMap((each) => ticketOf(reading, each)) }),
    paidAt: wire.paidAt ?? null,
    failedAt: wire.failedAt ?? null,
    failReason: plainSaid(wire.failure?.reason ?? wire.failure?.pgMessage ?? '') || null,
    paymentwallRef: plainSaid(wire.pgTxId ?? '') || null,
    payMethod: plainSaid(wire.method?.type ?? '').slice(0, 100) || null,
    // No documented field has it (portone.md §1.12).
    payerCountry: null,
  }
}

function refAt(
  ids: { readonly paymentId: string; readonly transactionId: string },
  at: string,
): Evidence['gatewayRef'] {
  try {
    return refNaming(ids)
  } catch (error) {
    if (error instanceof RangeError) throw notReadable(under(at, 'id'), error.message)
    throw error
  }
}

function statusOf(said: string): Evidence['status'] {
  switch (said) {
    case 'READY':
    case 'PAY_PENDING':
      return 'ready'
    case 'PAID':
      return 'paid'
    case 'PARTIAL_CANCELLED':
    case 'CANCELLED':
      return 'cancelled'
    case 'FAILED':
      return 'failed'
  }
  return 'unrecognized'
}

const isPaymentwall = (provider: string): boolean => provider.trim().toUpperCase() === PAYMENTWALL

function channelOf(type: string | null | undefined): Evidence['channel'] {
  if (type === 'LIVE') return 'live'
  return type === 'TEST' ? 'test' : null
}

/** Nothing went back by one of nothing. */
const isBooked = ({ status, totalAmount }: Cancellation): boolean => status === 'SUCCEEDED' && totalAmount > 0

function entryOf({ id, totalAmount, reason, requestedAt, cancelledAt, trigger }: Cancellation): CancelEntry {
  return {
    cancellationId: id,
    amount: totalAmount,
    cancelledAt: cancelledAt ?? requestedAt ?? null,
    reason: reason.slice(0, REASON_LENGTH),
    mark: markOf(trigger, reason),
  }
}

/** A status that this program does not know yet says nothing: neither open, nor over. */
function ticketOf(
  { onMissing }: StoreReading,
  { status, id, totalAmount, reason, requestedAt, trigger }: Cancellation,
) {
  if (status !== 'REQUESTED' && status !== 'FAILED') {
    if (status !== 'SUCCEEDED') onMissing('cancellations[].status', 'nothing: the request is left out')
    return []
  }
  const ticket: SeenTicket = {
    id,
    amount: totalAmount,
    requestedAt: requestedAt ?? null,
    reason: reason.slice(0, REASON_LENGTH),
    mark: markOf(trigger, reason),
    state: status === 'REQUESTED' ? 'open' : 'refused',
  }
  return [ticket]
}

/** PortOne's people act like the console; without a trigger the console's fixed reason tells. */
function markOf(trigger: string | null | undefined, reason: string): ForeignMark | null {
  if (trigger === 'CHARGEBACK') return 'chargeback'
  if (trigger === 'CONSOLE' || trigger === 'PORTONE_ADMIN') return 'console'
  return trigger == null && reason.trim() === CONSOLE_REASON ? 'console' : null
}

/** Evidence, or what can be said of a payment that has none; undefined as for `evidenceOf`. */
export function readListed(reading: StoreReading, wire: unknown, at: string): Evidence | Unreadable | undefined {
  try {
    return evidenceOf(reading, wire, at)
  } catch (error) {
    if (error instanceof Failure) return unreadableOf(reading, wire, error.message)
    throw error
  }
}

export const isEvidence = (element: Evidence | Unreadable): element is Evidence => 'status' in element

const NAMED = z.object({
  id: remark,
  transactionId: remark,
  storeId: remark,
  version: remark,
  channel: z.object({ pgProvider: remark }).nullish().catch(null),
})

function unreadableOf(reading: StoreReading, wire: unknown, why: string): Unreadable | undefined {
  const { data } = NAMED.safeParse(wire)
  if (data && !isShown(reading, { storeId: data.storeId ?? reading.storeId, version: data.version })) return undefined
  const provider = data?.channel?.pgProvider ?? null
  const merchantUid = /^[^\p{C}]{1,200}$/u.exec(data?.id ?? '')?.[0] ?? null
  return { gatewayRef: refOrNull(data), merchantUid, ours: provider === null || isPaymentwall(provider), why }
}

function refOrNull(named: z.infer<typeof NAMED> | undefined): Unreadable['gatewayRef'] {
  try {
    return refNaming({ paymentId: named?.id ?? '', transactionId: named?.transactionId ?? '' })
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** Throws a Failure that names the field. */
export function shapedBy<T>(schema: z.ZodType<T>, value: unknown, at: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = (issue?.path ?? []).map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')
  throw notReadable((at + path).replace(/^\./, '') || '(body)', issue?.message ?? 'it does not fit')
}

const under = (at: string, field: string): string => (at === '' ? field : `${at}.${field}`)
