// What the simulator remembers: payments, their booked cancels, tickets, registered amounts; and what follows from them.
// Must not know the disk, the wires or the people at the desk.
import { z } from 'zod'

const minor = z.number().int()

/** A cancel that was carried out. Open tickets are not here: no endpoint ever shows them (iamport.md §10). */
const CANCEL = z.object({
  cancellationId: z.string(),
  amount: minor,
  reason: z.string(),
  cancelledAt: z.number(),
})
export type Cancel = z.infer<typeof CANCEL>

export const PAYMENT = z.object({
  /** i'mport's id. A payment made at Paymentwall directly has none there: its `ref` stands here too. */
  impUid: z.string(),
  /** Counts up in the order of making. */
  number: z.number().int(),
  merchantUid: z.string(),
  gateway: z.enum(['iamport', 'paymentwall']),
  ref: z.string(),
  uid: z.string(),
  method: z.string(),
  country: z.string().nullable(),
  currency: z.string(),
  amount: minor,
  sandbox: z.boolean(),
  noticeUrl: z.string().nullable(),
  outcome: z.enum(['paid', 'failed']),
  underReview: z.boolean(),
  failReason: z.string().nullable(),
  startedAt: z.number(),
  paidAt: z.number(),
  failedAt: z.number(),
  updatedAtMs: z.number(),
  cancels: z.array(CANCEL),
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
  /** Whether all that was left was asked for: Paymentwall tells the two apart in its pingback (paymentwall.md §6.3). */
  whole: z.boolean(),
  state: z.enum(['open', 'completed', 'refused']),
  openedAt: z.string(),
})
export type Ticket = z.infer<typeof TICKET>

/** `amount` as it was sent, in major units: without a currency its decimals are not known (iamport.md §3.3). */
export const PREPARED = z.object({ merchantUid: z.string(), amount: z.number(), currency: z.string().nullable() })
export type Prepared = z.infer<typeof PREPARED>

export function returnedOf(payment: Payment): number {
  return payment.cancels.reduce((sum, cancel) => sum + cancel.amount, 0)
}

export function leftOf(payment: Payment): number {
  return payment.outcome === 'paid' ? payment.amount - returnedOf(payment) : 0
}

/** V1 has no partial_cancelled: one booked cancel of any size makes a payment `cancelled` (iamport.md §5). */
export function statusOf(payment: Payment): 'paid' | 'cancelled' | 'failed' {
  return payment.outcome === 'paid' && payment.cancels.length > 0 ? 'cancelled' : payment.outcome
}

/** When the payment took its present status, in Unix seconds: what `from` and `to` look at (iamport.md §3.2). */
export function statusTimeOf(payment: Payment): number {
  if (payment.outcome === 'failed') return payment.failedAt
  return payment.cancels.at(-1)?.cancelledAt ?? payment.paidAt
}
