// The runbook: for each kind of alert the heading of docs/runbook.md that says what to do, and in
// one line what the person may do.
// Must not know: how an alert is delivered. A kind without a line does not compile; a heading that
// is missing fails a test.
import type { AlertKind } from '../domain/books/alerts.ts'
import { MAY_DO } from '../domain/shown/words/alerts.ts'
import type { Said } from '../language.ts'

export type RunbookLine = { readonly anchor: string; readonly mayDo: Said }

const SILENT = {
  anchor: 'the-desk-is-silent',
  mayDo: MAY_DO.silent,
}
const UNKNOWN = {
  anchor: 'the-answer-of-a-cancel-was-lost',
  mayDo: MAY_DO.unknown,
}
const BLOCKED = {
  anchor: 'a-refund-cannot-be-filed',
  mayDo: MAY_DO.blocked,
}
const REFUSED = {
  anchor: 'a-refund-was-refused',
  mayDo: MAY_DO.refused,
}
const REVERSED = {
  anchor: 'a-booked-cancel-is-gone-again',
  mayDo: MAY_DO.reversed,
}
const DECIDE = {
  anchor: 'money-waits-for-a-decision',
  mayDo: MAY_DO.decide,
}
const TWICE = {
  anchor: 'paid-back-twice-or-too-much',
  mayDo: MAY_DO.twice,
}
const DIFFERS = {
  anchor: 'booked-amounts-differ',
  mayDo: MAY_DO.differs,
}
const HINTS = {
  anchor: 'hints-could-not-be-looked-at',
  mayDo: MAY_DO.hints,
}
const COMPARE = {
  anchor: 'temporal-and-the-database-differ',
  mayDo: MAY_DO.compare,
}
const APPROVE = {
  anchor: 'another-person-must-approve',
  mayDo: MAY_DO.approve,
}
const WENT_BACK = {
  anchor: 'a-database-was-restored',
  mayDo: MAY_DO.wentBack,
}

const AGAINST = {
  anchor: 'the-gateway-speaks-against-our-books',
  mayDo: MAY_DO.against,
}
const FIRST = {
  anchor: 'the-first-payment-went-back-too',
  mayDo: MAY_DO.first,
}
const FOREIGN = {
  anchor: 'another-cancel-is-open-at-the-gateway',
  mayDo: MAY_DO.foreign,
}
const ACCOUNT = {
  anchor: 'the-gateway-answers-for-another-account',
  mayDo: MAY_DO.account,
}
const SIGNED = {
  anchor: 'a-signed-message-needs-a-person',
  mayDo: MAY_DO.signed,
}
const OVERDUE = 'rows-are-overdue'

export const RUNBOOK: Readonly<Record<AlertKind, RunbookLine>> = {
  'refund.requested': SILENT,
  'refund.ticketOpen': SILENT,
  'refund.unknown': UNKNOWN,
  'refund.blocked': BLOCKED,
  'refund.refused': REFUSED,
  'refund.reversed': REVERSED,
  'refund.settledElsewhere': SILENT,
  'refund.withdrawn': SILENT,
  'refund.superseded': SILENT,
  'refund.refunded': SILENT,
  'payment.held': DECIDE,
  'payment.quarantined': DECIDE,
  'payment.contradicted': AGAINST,
  'held.asOrdered': DECIDE,
  'held.amountDiffers': DECIDE,
  'held.currencyDiffers': DECIDE,
  'held.channelDiffers': DECIDE,
  'held.providerDiffers': DECIDE,
  'held.firstSeenCancelled': DECIDE,
  'held.firstInDoubt': DECIDE,
  'held.late': DECIDE,
  'held.second': DECIDE,
  'held.unknownOrder': DECIDE,
  'held.alreadyReturned': DECIDE,
  'stray.asOrdered': DECIDE,
  'stray.amountDiffers': DECIDE,
  'stray.currencyDiffers': DECIDE,
  'stray.channelDiffers': DECIDE,
  'stray.providerDiffers': DECIDE,
  'stray.firstSeenCancelled': DECIDE,
  'stray.firstInDoubt': DECIDE,
  'stray.late': DECIDE,
  'stray.second': DECIDE,
  'stray.unknownOrder': DECIDE,
  'stray.alreadyReturned': DECIDE,
  'blocked.noAttempt': BLOCKED,
  'blocked.notRefundable': BLOCKED,
  'blocked.limitPassed': BLOCKED,
  'blocked.balanceDiffers': BLOCKED,
  'blocked.contradicted': AGAINST,
  'blocked.firstGoesBack': FIRST,
  'blocked.foreignTicket': FOREIGN,
  'blocked.rowWentBack': WENT_BACK,
  'blocked.approvalNeeded': APPROVE,
  contradicted: AGAINST,
  firstGoesBack: FIRST,
  accountDiffers: ACCOUNT,
  gift: SIGNED,
  signedUnclear: SIGNED,
  gatewayForgot: ACCOUNT,
  refused: REFUSED,
  reversed: REVERSED,
  rowWentBack: WENT_BACK,
  matchedByAmount: {
    anchor: 'a-cancel-that-does-not-name-its-refund',
    mayDo: MAY_DO.matchedByAmount,
  },
  fitsSeveral: {
    anchor: 'a-cancel-that-does-not-name-its-refund',
    mayDo: MAY_DO.fitsSeveral,
  },
  namedLate: {
    anchor: 'a-cancel-that-does-not-name-its-refund',
    mayDo: MAY_DO.namedLate,
  },
  smallerThanAsked: DIFFERS,
  statusUnknown: {
    anchor: 'a-status-that-means-nothing-here',
    mayDo: MAY_DO.statusUnknown,
  },
  sumsDiffer: DIFFERS,
  largerThanAsked: TWICE,
  overReturned: TWICE,
  paidBackTwice: TWICE,
  returnedTwice: TWICE,
  supersededPaid: TWICE,
  overdue: {
    anchor: OVERDUE,
    mayDo: MAY_DO.overdue,
  },
  overdueOver: { anchor: OVERDUE, mayDo: MAY_DO.overdueOver },
  overtakenTicket: {
    anchor: 'other-money-overtook-a-refund',
    mayDo: MAY_DO.overtakenTicket,
  },
  approvalNeeded: APPROVE,
  cancelRequested: {
    anchor: 'request-cancellation-was-pressed',
    mayDo: MAY_DO.cancelRequested,
  },
  deliveryUntold: {
    anchor: 'a-delivery-that-nobody-told',
    mayDo: MAY_DO.deliveryUntold,
  },
  hintsForged: {
    anchor: 'messages-with-a-wrong-signature',
    mayDo: MAY_DO.hintsForged,
  },
  hintsParked: HINTS,
  inboxFlood: {
    anchor: 'more-webhooks-come-than-are-kept',
    mayDo: MAY_DO.inboxFlood,
  },
  noticeParked: {
    anchor: 'the-checkout-does-not-take-notices',
    mayDo: MAY_DO.noticeParked,
  },
  payerUnseen: {
    anchor: 'a-buyer-came-back-and-nobody-can-look',
    mayDo: MAY_DO.payerUnseen,
  },
  refundLimitNear: {
    anchor: 'a-refund-cannot-be-filed',
    mayDo: MAY_DO.refundLimitNear,
  },
  sweepUnreadable: HINTS,
  sagaWithoutRow: COMPARE,
}

const lines: ReadonlyMap<string, RunbookLine> = new Map(Object.entries(RUNBOOK))

/** Of a kind that an older or newer version wrote: the runbook as a whole. */
export const runbookLine = (kind: string): RunbookLine =>
  lines.get(kind) ?? { anchor: 'runbook', mayDo: MAY_DO.runbook }
