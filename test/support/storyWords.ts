// Words that the endings of several stories share, typed by hand from what the journal and the
// notices are to say.
// Must not know: which stories use them.
import { checkoutAsks, pays } from './storyActs.ts'

export const AS_ORDERED = 'attempt.accepted: paid as ordered, in time'
export const LATE = 'attempt.paid: paid after the order was expired or closed'
export const OUTSIDE = 'refund.outside: the gateway booked a cancel that no refund of ours asked for'
export const SECOND = 'attempt.paid: paid for an order that another attempt has settled'
export const OTHER_CHANNEL = 'attempt.paid: paid through another channel (live or test) than ordered'
export const BY_TICKET = 'refund.requested payment.cancelPending refund.ticketOpen refund.refunded payment.cancelled'
export const DONE = 'payment COMPLETED'
export const BOTH_DONE = 'payment COMPLETED, refund COMPLETED'

export const paid = { do: pays(), shows: 'paid accepted | asOrdered paid |' }
export const asked = {
  do: checkoutAsks,
  shows: 'cancelPending accepted | asOrdered cancelPending | checkout ticketOpen 19000',
}
export const nothing = { tickets: '', deliveries: 0, alerts: '', sagas: DONE } as const
