// Every kind of alert that a person may get. The runbook has a line for each, and the compiler sees
// to it.
// Must not know: how loud an alert is, who raises it, how it is delivered.
import type { AttemptReason } from '../payment.ts'
import type { RefundState } from '../refund.ts'

/** Why no ticket can be filed. */
export type BlockedBecause =
  | 'noAttempt'
  | 'notRefundable'
  | 'limitPassed'
  | 'balanceDiffers'
  | 'contradicted'
  | 'firstGoesBack'
  | 'rowWentBack'
  | 'approvalNeeded'

export type AlertKind =
  /** A checkpoint has looked, and the refund still waits. */
  | `refund.${RefundState}`
  /** A checkpoint has looked, and nobody has decided on the money. */
  | `payment.${'held' | 'quarantined' | 'contradicted'}`
  | `held.${AttemptReason}`
  | `stray.${AttemptReason}`
  | `blocked.${BlockedBecause}`
  | 'accountDiffers'
  | 'approvalNeeded'
  | 'cancelRequested'
  | 'contradicted'
  | 'firstGoesBack'
  | 'fitsSeveral'
  | 'gatewayForgot'
  | 'hintsParked'
  | 'inboxFlood'
  | 'largerThanAsked'
  | 'matchedByAmount'
  | 'noticeParked'
  | 'overReturned'
  | 'overdue'
  | 'overdueOver'
  | 'overtakenTicket'
  | 'paidBackTwice'
  | 'refundLimitNear'
  | 'refused'
  | 'returnedTwice'
  | 'reversed'
  | 'rowWentBack'
  | 'sagaWithoutRow'
  | 'smallerThanAsked'
  | 'sumsDiffer'
  | 'supersededPaid'
  | 'sweepUnreadable'
