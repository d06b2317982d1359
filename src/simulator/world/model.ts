// What the simulator remembers: payments, their booked cancels, tickets, registered amounts; and
// what follows from them.
// Must not know the disk, the wires or the people at the desk.
import { z } from 'zod'
import { PAYMENT_WIRE } from '../iamport/wire.ts'

const minor = z.number().int()
export const CURRENCY = z.string().regex(/^[A-Z]{3}$/, 'must be three capital letters, like USD')
export const PG_PROVIDER = z.string().min(1).max(16)

/**
 * A cancel that was carried out. Open tickets are not here: no
 * endpoint ever shows them (iamport.md §10).
 */
const CANCEL = z.object({
  cancellationId: z.string(),
  amount: minor,
  reason: z.string(),
  cancelledAt: z.number(),
  /** Who had it cancelled: the merchant by a call, a person in the console, or the buyer's bank. */
  origin: z.enum(['call', 'console', 'chargeback']).default('call'),
  /** Whether the cancel call asked for a webhook (iamport.md §4.1). */
  enableWebhook: z.boolean().default(false),
  /** Why a bank took it: 1, or 2 and 3 for fraud (paymentwall.md §5.3). */
  chargebackReason: z.enum(['1', '2', '3']).default('1'),
  /** The ticket that it answers. */
  ticketId: z.string().nullable().default(null),
})
export type Cancel = z.infer<typeof CANCEL>

/**
 * What every read shows in place of the truth, which stays as it
 * is: amounts in minor units, `status` any word.
 */
export const CONTRADICTION = z.strictObject({
  status: z.string().min(1).max(50).optional(),
  amount: minor.nonnegative().optional(),
  currency: CURRENCY.optional(),
  sandbox: z.boolean().optional(),
  merchantUid: z.string().min(1).max(256).optional(),
  pgProvider: PG_PROVIDER.optional(),
})

/** How people at Paymentwall treat the tickets of a payment (paymentwall.md §14). */
export const TICKET_ENDINGS = [
  'full',
  'partial',
  'silentRefusal',
  // Full, after two months.
  'veryLate',
  // Full, and the pingback does not say which refund it was.
  'withoutRefundId',
  // The money goes back a second time where there is enough; else it is only told a second time.
  'doneTwice',
  // The buyer's bank takes it all before people get there.
  'chargebackFirst',
  // Not filed: `result: 0`, code -1, or a page of a broken gateway.
  'result0',
  'html502',
  // Filed, and not answered; then full.
  'timeoutAfterFiling',
] as const
const TICKET_SCRIPT = z.object({
  ending: z.enum(TICKET_ENDINGS),
  /** From the filing of the ticket on. */
  afterMs: z.number().int(),
  /** Partial: so much of it; null: half. */
  amount: minor.nullable(),
})
export type TicketScript = z.infer<typeof TICKET_SCRIPT>

// A field that came later has a default, so that a folder of an earlier version still opens.
export const PAYMENT = z.object({
  /**
   * i'mport's id. A payment made at Paymentwall directly has none there: its `ref` stands here too.
   */
  impUid: z.string(),
  /** Counts up in the order of making. */
  number: z.number().int(),
  merchantUid: z.string(),
  gateway: z.enum(['iamport', 'paymentwall', 'portone']),
  ref: z.string(),
  uid: z.string(),
  method: z.string(),
  country: z.string().nullable(),
  currency: z.string(),
  amount: minor,
  sandbox: z.boolean(),
  noticeUrl: z.string().nullable(),
  /** `ready`: the buyer opened the window and left. */
  outcome: z.enum(['ready', 'paid', 'failed']),
  underReview: z.boolean(),
  failReason: z.string().nullable(),
  startedAt: z.number(),
  paidAt: z.number(),
  failedAt: z.number(),
  updatedAtMs: z.number(),
  cancels: z.array(CANCEL),
  pgProvider: PG_PROVIDER.default('paymentwall'),
  /**
   * Whether a webhook went out when it was paid: cancel webhooks may hang on it (iamport.md §13).
   */
  toldWhenPaid: z.boolean().default(true),
  vanished: z.boolean().default(false),
  /** What is bought for a time; null: bought once (paymentwall.md §5.1). */
  subscription: z.object({ length: z.number().int(), period: z.string() }).nullable().default(null),
  /** Null: its tickets wait for the desk. */
  script: TICKET_SCRIPT.nullable().default(null),
  /** Where its pingbacks are wanted; heeded only where the project says so. */
  pingbackUrl: z.string().nullable().default(null),
  contradiction: CONTRADICTION.default({}),
  /** Switches of this payment alone. */
  wire: PAYMENT_WIRE.nullable().default(null),
})
export type Payment = z.infer<typeof PAYMENT>

export const TICKET = z.object({
  id: z.string(),
  impUid: z.string(),
  merchantUid: z.string(),
  amount: minor,
  currency: z.string(),
  reason: z.string(),
  merchantRefundId: z.string().nullable(),
  /**
   * Whether all that was left was asked for: Paymentwall tells the
   * two apart in its pingback (paymentwall.md §6.3).
   */
  whole: z.boolean(),
  /** Whether the cancel call asked for a webhook (iamport.md §4.1). */
  enableWebhook: z.boolean().default(false),
  state: z.enum(['open', 'completed', 'refused']),
  /** Mislaid at the desk: open for everybody else, and nobody works it until it is found. */
  lost: z.boolean().default(false),
  openedAt: z.string(),
})
export type Ticket = z.infer<typeof TICKET>

/** Whose keys call i'mport: this store's, or another store's, which knows nothing of ours. */
export const ACCOUNT = z.enum(['ours', 'other'])
export type Account = z.infer<typeof ACCOUNT>

/**
 * `amount` as it was sent, in major units: without a currency
 * its decimals are not known (iamport.md §3.3).
 */
export const PREPARED = z.object({
  merchantUid: z.string(),
  amount: z.number(),
  currency: z.string().nullable(),
  account: ACCOUNT.default('ours'),
})
export type Prepared = z.infer<typeof PREPARED>

export function shownMerchantUid({ merchantUid, contradiction }: Payment): string {
  return contradiction.merchantUid ?? merchantUid
}

/** Paid through i'mport at Paymentwall: i'mport learns by pingback alone what becomes of it. */
export function isByPingback({ gateway, pgProvider }: Payment): boolean {
  return gateway === 'iamport' && pgProvider === 'paymentwall'
}

export function returnedOf(payment: Payment): number {
  return payment.cancels.reduce((sum, cancel) => sum + cancel.amount, 0)
}

export function leftOf(payment: Payment): number {
  return payment.outcome === 'paid' ? payment.amount - returnedOf(payment) : 0
}

/**
 * V1 has no partial_cancelled: one booked cancel of any size
 * makes a payment `cancelled` (iamport.md §5).
 */
export function statusOf(payment: Payment): 'ready' | 'paid' | 'cancelled' | 'failed' {
  return payment.outcome === 'paid' && payment.cancels.length > 0 ? 'cancelled' : payment.outcome
}

/**
 * When the payment took its present status, in Unix seconds:
 * what `from` and `to` look at (iamport.md §3.2).
 */
export function statusTimeOf(payment: Payment): number {
  if (payment.outcome === 'ready') return payment.startedAt
  if (payment.outcome === 'failed') return payment.failedAt
  return payment.cancels.at(-1)?.cancelledAt ?? payment.paidAt
}
