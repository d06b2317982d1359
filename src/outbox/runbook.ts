// The runbook: for each kind of alert the heading of docs/runbook.md that says what to do, and in
// one line what the person may do.
// Must not know: how an alert is delivered. A kind without a line does not compile; a heading that
// is missing fails a test.
import type { AlertKind } from '../domain/books/alerts.ts'

export type RunbookLine = { readonly anchor: string; readonly mayDo: string }

const SILENT = {
  anchor: 'the-desk-is-silent',
  mayDo: 'write to the desk (ops letter), acknowledge it, and recheck after their answer',
}
const UNKNOWN = {
  anchor: 'the-answer-of-a-cancel-was-lost',
  mayDo: 'ask the desk whether the request reached them, then resolve it, or retry-ticket if it did not',
}
const BLOCKED = {
  anchor: 'a-refund-cannot-be-filed',
  mayDo: 'pay back by bank and resolve it as settledElsewhere, retry-ticket once the cause is gone, or withdraw it',
}
const REFUSED = {
  anchor: 'a-refund-was-refused',
  mayDo: 'read what the gateway said, then retry-ticket, withdraw, or resolve it',
}
const REVERSED = {
  anchor: 'a-booked-cancel-is-gone-again',
  mayDo: 'ask the desk where the money is, then retry-ticket or resolve it',
}
const DECIDE = {
  anchor: 'money-waits-for-a-decision',
  mayDo: 'accept it and deliver, or refund it',
}
const TWICE = {
  anchor: 'paid-back-twice-or-too-much',
  mayDo: 'compare the console, and ask the payer or the bank for what was too much',
}
const DIFFERS = {
  anchor: 'booked-amounts-differ',
  mayDo: 'compare the entry with the console; resolve the rest or ask the desk',
}
const HINTS = {
  anchor: 'hints-could-not-be-looked-at',
  mayDo: 'see ops inbox, mend the cause, and replay them',
}
const COMPARE = {
  anchor: 'temporal-and-the-database-differ',
  mayDo: 'find out whether a backup was restored before anybody terminates a workflow',
}
const APPROVE = {
  anchor: 'another-person-must-approve',
  mayDo: 'approve it with an approver key, or leave it',
}
const WENT_BACK = {
  anchor: 'a-database-was-restored',
  mayDo: 'hold filing (ops hold), ask the desk what reached them, run after-restore, then resolve it or retry-ticket',
}

const AGAINST = {
  anchor: 'the-gateway-speaks-against-our-books',
  mayDo:
    'compare the console, then release what you have seen (ops payment release), or wait for evidence that agrees again',
}
const FIRST = {
  anchor: 'the-first-payment-went-back-too',
  mayDo: 'accept the second payment and deliver, or retry-ticket its refund',
}
const ACCOUNT = {
  anchor: 'the-gateway-answers-for-another-account',
  mayDo: 'mend the keys, or accept the new account (ops account accept) where it was changed on purpose',
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
  'blocked.rowWentBack': WENT_BACK,
  'blocked.approvalNeeded': APPROVE,
  contradicted: AGAINST,
  firstGoesBack: FIRST,
  accountDiffers: ACCOUNT,
  gatewayForgot: ACCOUNT,
  refused: REFUSED,
  reversed: REVERSED,
  rowWentBack: WENT_BACK,
  matchedByAmount: {
    anchor: 'a-cancel-that-does-not-name-its-refund',
    mayDo:
      'ask the desk whether this ticket is done; resolve it as refunded with ticketDead, or wait for the entry that names it',
  },
  fitsSeveral: {
    anchor: 'a-cancel-that-does-not-name-its-refund',
    mayDo: 'ask the desk whose ticket was worked off, then resolve that refund as refused with ticketDead',
  },
  smallerThanAsked: DIFFERS,
  sumsDiffer: DIFFERS,
  largerThanAsked: TWICE,
  overReturned: TWICE,
  paidBackTwice: TWICE,
  returnedTwice: TWICE,
  supersededPaid: TWICE,
  overdue: {
    anchor: OVERDUE,
    mayDo:
      'see ops overdue; is a worker running, was something just deployed (the log of the worker), does Temporal answer (/readyz)',
  },
  overdueOver: { anchor: OVERDUE, mayDo: 'nothing; the log of that time says why it was late' },
  overtakenTicket: {
    anchor: 'other-money-overtook-a-refund',
    mayDo: 'ask the desk to drop the ticket; the checkout may ask again for what is left',
  },
  approvalNeeded: APPROVE,
  cancelRequested: {
    anchor: 'request-cancellation-was-pressed',
    mayDo: 'withdraw or resolve the refund, or close the order; the workflow goes on',
  },
  hintsParked: HINTS,
  inboxFlood: {
    anchor: 'more-webhooks-come-than-are-kept',
    mayDo: 'see who sends them (ops inbox) and stop them in front of us; what is known here is looked at as ever',
  },
  noticeParked: {
    anchor: 'the-checkout-does-not-take-notices',
    mayDo: 'mend the checkout, then resend them (ops notices resend); GET /payments shows everything',
  },
  refundLimitNear: {
    anchor: 'a-refund-cannot-be-filed',
    mayDo: 'ask the desk to hurry (ops letter); past the limit it is paid back by bank',
  },
  sweepUnreadable: HINTS,
  sagaWithoutRow: COMPARE,
}

const lines: ReadonlyMap<string, RunbookLine> = new Map(Object.entries(RUNBOOK))

/** Of a kind that an older or newer version wrote: the runbook as a whole. */
export const runbookLine = (kind: string): RunbookLine =>
  lines.get(kind) ?? { anchor: 'runbook', mayDo: 'see the runbook' }
