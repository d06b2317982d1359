// Books for tests: builders that give defaults, so that a test shows only what matters to it.
// Must not know: SQL. An order of 10,000 won, paid by attempt imp_1, on a Monday noon in Seoul.
import { shownState } from '../../src/domain/books/balance.ts'
import type { Attempt, BookedEntry, Books, Decision, Payment, Refund, Ticket } from '../../src/domain/books/books.ts'
import type { CancelEntry, Evidence } from '../../src/domain/gateway.ts'
import { gatewayName, gatewayRef, merchantUid, refundId } from '../../src/domain/ids.ts'
import { judge, type JudgeSetting } from '../../src/domain/moves/evidence/judge.ts'
import { parsePatience } from '../../src/domain/patience.ts'

export const AT = '2026-03-02T03:00:00.000Z'
export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 86_400_000
export const later = (ms: number, from: string = AT): string => new Date(Date.parse(from) + ms).toISOString()

export const PATIENCE = parsePatience('24h remind, 72h warn, 7d page, then every 7d page')
export const GATEWAY = gatewayName('iamport/main')
export const ORDER = merchantUid('order-1')
export const REF = gatewayRef('imp_1')
export const SECOND_REF = gatewayRef('imp_2')

const WAIT = {
  attention: 'none',
  owner: null,
  snoozedUntil: null,
  acknowledgedLevel: null,
  waitingSince: AT,
  lastCheckpointAt: AT,
  nextCheckpointAt: null,
  nextCheckpointLevel: null,
} as const

export function aPayment(shown: Partial<Payment> = {}): Payment {
  return {
    ...WAIT,
    merchantUid: ORDER,
    gateway: GATEWAY,
    orderState: 'prepared',
    state: shown.orderState ?? 'prepared',
    amount: 10_000,
    currency: 'KRW',
    channel: 'live',
    name: 'a hat',
    returnUrl: null,
    country: null,
    widget: null,
    latePolicy: null,
    goods: null,
    deliveryToldAt: null,
    deliveryAwaitedSince: null,
    expiresAt: later(30 * MINUTE),
    acceptedRef: null,
    chargedBack: false,
    closedReason: null,
    tries: 0,
    nextTryAt: null,
    createdAt: AT,
    ...shown,
  }
}

export function anAttempt(shown: Partial<Attempt> = {}): Attempt {
  return {
    ...WAIT,
    gateway: GATEWAY,
    gatewayRef: REF,
    merchantUid: ORDER,
    saidMerchantUid: ORDER,
    status: 'paid',
    amount: 10_000,
    saidAmount: 10_000,
    currency: 'KRW',
    channel: 'live',
    everPaid: true,
    paidOrdinal: 1,
    paidAt: AT,
    accepted: true,
    because: 'asOrdered',
    provider: 'paymentwall',
    contradiction: null,
    released: null,
    sumsTold: null,
    foreignTickets: null,
    chargedBack: false,
    gatewayReturned: 0,
    failReason: null,
    paymentwallRef: 'b1',
    payMethod: 'card',
    payerCountry: 'KR',
    entries: [],
    evidenceAsOf: AT,
    evidenceNumber: Date.parse(shown.evidenceAsOf ?? AT),
    lookFailedAt: null,
    lookFailedSaid: null,
    ...shown,
  }
}

export function aTicket(shown: Partial<Ticket> = {}): Ticket {
  return {
    authorisedBy: 'submit',
    intentAt: AT,
    sentReason: '#r1 too small',
    outcome: 'filed',
    said: null,
    dead: false,
    shownAs: null,
    sentCall: null,
    repeatUntil: null,
    repeatedAt: null,
    ...shown,
  }
}

/** A refund of all that was paid, with its ticket open. */
export function aRefund(shown: Partial<Omit<Refund, 'refundId'>> & { refundId?: string } = {}): Refund {
  const { refundId: id = 'r1', amount = 10_000, ...rest } = shown
  return {
    ...WAIT,
    refundId: refundId(id),
    merchantUid: ORDER,
    gateway: GATEWAY,
    gatewayRef: REF,
    amount,
    askedAmount: amount,
    currency: 'KRW',
    reason: 'too small',
    origin: 'checkout',
    state: 'ticketOpen',
    testChannel: false,
    authorisation: 'submit',
    ticketDead: false,
    matchedByAmount: false,
    paidElsewhere: 0,
    blockedBecause: null,
    said: null,
    tries: 0,
    nextTryAt: null,
    tickets: [aTicket({ sentReason: `#${id} ${shown.reason ?? 'too small'}` })],
    createdAt: AT,
    stateSince: AT,
    ...rest,
  }
}

export function anEntry(shown: Partial<CancelEntry> = {}): CancelEntry {
  return {
    cancellationId: 'c1',
    amount: 10_000,
    cancelledAt: later(HOUR),
    reason: '#r1 too small',
    mark: null,
    ...shown,
  }
}

export const aBooked = (shown: Partial<BookedEntry> = {}): BookedEntry => ({
  cancellationId: 'c1',
  amount: 10_000,
  cancelledAt: later(HOUR),
  reason: '#r1 too small',
  key: shown.cancellationId ?? 'c1',
  refundId: refundId('r1'),
  missingSince: null,
  gone: false,
  ...shown,
})

/** What the gateway says of imp_1: paid as ordered; with entries, as much returned as they add up to. */
export function anEvidence(shown: Partial<Evidence> = {}): Evidence {
  const { entries = [] } = shown
  const amount = shown.amount ?? 10_000
  const returned = shown.returned ?? entries.reduce((sum, entry) => sum + entry.amount, 0)
  const status = shown.status ?? (returned >= amount ? 'cancelled' : 'paid')
  return {
    gateway: GATEWAY,
    gatewayRef: REF,
    merchantUid: ORDER,
    provider: 'paymentwall',
    ours: true,
    statusSaid: status,
    currency: 'KRW',
    channel: 'live',
    paidAt: status === 'paid' || status === 'cancelled' ? AT : null,
    failedAt: null,
    failReason: status === 'failed' ? 'card declined' : null,
    paymentwallRef: 'b1',
    payMethod: 'card',
    payerCountry: 'KR',
    ...shown,
    amount,
    returned,
    status,
    entries,
  }
}

/** Books of the order, paid and accepted unless the test says otherwise; the shown state follows from them. */
export function theBooks(shown: Partial<Books> = {}): Books {
  const attempts = shown.attempts ?? [anAttempt()]
  const accepted = attempts.find((attempt) => attempt.accepted)
  const payment = 'payment' in shown ? shown.payment : aPayment({ acceptedRef: accepted?.gatewayRef ?? null })
  const books = { payment, attempts, refunds: shown.refunds ?? [] }
  return { ...books, payment: payment && { ...payment, state: shownState(books, payment) } }
}

export const unpaidBooks = (shown: Partial<Payment> = {}): Books => ({
  payment: aPayment(shown),
  attempts: [],
  refunds: [],
})

export function setting(shown: Partial<JudgeSetting> = {}): JudgeSetting {
  const asOf = shown.asOf ?? shown.now ?? later(2 * HOUR)
  const number = shown.number ?? Date.parse(asOf)
  return { now: asOf, patience: PATIENCE, policies: { late: 'hold', second: 'refund' }, ...shown, asOf, number }
}

/** Judges, and fails where the evidence was dropped. */
export function judged(books: Books, evidence: Evidence, shown: Partial<JudgeSetting> = {}): Decision {
  const decision = judge(books, evidence, setting(shown))
  if (!decision) throw new Error('the evidence was dropped as older than what is booked')
  return decision
}

export function refundOf({ refunds }: Books, id = 'r1'): Refund {
  const found = refunds.find((refund) => refund.refundId === id)
  if (!found) throw new Error(`no refund ${id}; there are ${refunds.map((each) => each.refundId).join(', ')}`)
  return found
}

export function attemptIn({ attempts }: Books, ref: string = REF): Attempt {
  const found = attempts.find((attempt) => attempt.gatewayRef === ref)
  if (!found) throw new Error(`no attempt ${ref}`)
  return found
}

export const kindsOf = ({ alerts }: Decision): readonly string[] => alerts.map(({ level, kind }) => `${level} ${kind}`)
export const linesOf = ({ journal }: Decision): readonly string[] => journal.map(({ what }) => what)
