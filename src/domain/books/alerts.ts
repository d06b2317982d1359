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
  | 'foreignTicket'
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
  | 'deliveryUntold'
  | 'firstGoesBack'
  | 'fitsSeveral'
  | 'gatewayForgot'
  | 'gift'
  | 'hintsForged'
  | 'hintsParked'
  | 'inboxFlood'
  | 'largerThanAsked'
  | 'matchedByAmount'
  | 'namedLate'
  | 'noticeParked'
  | 'overReturned'
  | 'overdue'
  | 'overdueOver'
  | 'overtakenTicket'
  | 'paidBackTwice'
  | 'payerUnseen'
  | 'refundLimitNear'
  | 'refused'
  | 'returnedTwice'
  | 'reversed'
  | 'rowWentBack'
  | 'sagaWithoutRow'
  | 'signedUnclear'
  | 'smallerThanAsked'
  | 'statusUnknown'
  | 'sumsDiffer'
  | 'supersededPaid'
  | 'sweepUnreadable'

type FamilyOf<Kind extends string> = Kind extends `${infer Family}.${string}` ? Family : Kind
/** What stands before the dot, or the kind itself. */
export type AlertFamily = FamilyOf<AlertKind>

/**
 * Whether it is about money that waits for `accept`, `refund` or `release`: then it tells the mark
 * that such a command names. An alert about a refund tells its refund's mark whatever its kind.
 */
const DECIDES_ON_MONEY: Readonly<Record<AlertFamily, boolean>> = {
  contradicted: true,
  held: true,
  payment: true,
  stray: true,
  refund: false,
  blocked: false,
  accountDiffers: false,
  approvalNeeded: false,
  cancelRequested: false,
  deliveryUntold: false,
  firstGoesBack: false,
  fitsSeveral: false,
  gatewayForgot: false,
  gift: false,
  hintsForged: false,
  hintsParked: false,
  inboxFlood: false,
  largerThanAsked: false,
  matchedByAmount: false,
  namedLate: false,
  noticeParked: false,
  overReturned: false,
  overdue: false,
  overdueOver: false,
  overtakenTicket: false,
  paidBackTwice: false,
  payerUnseen: false,
  refundLimitNear: false,
  refused: false,
  returnedTwice: false,
  reversed: false,
  rowWentBack: false,
  sagaWithoutRow: false,
  signedUnclear: false,
  smallerThanAsked: false,
  statusUnknown: false,
  sumsDiffer: false,
  supersededPaid: false,
  sweepUnreadable: false,
}

export const decidesOnMoney = (kind: AlertKind): boolean =>
  Object.entries(DECIDES_ON_MONEY).some(
    ([family, decides]) => decides && (kind === family || kind.startsWith(`${family}.`)),
  )
