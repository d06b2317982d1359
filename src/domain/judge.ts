// The judge: what evidence of one attempt moves in the books. Evidence is always booked; requests are judged elsewhere.
// Must not know: where the evidence came from, SQL, Temporal. Pure: the same books and evidence give the same decision.
import { balanceOf, bookedTotal, refundsOf, sumsOf } from './balance.ts'
import type { Attempt, AttemptReason, Books, Decision, LatePolicy, Payment, SecondPolicy } from './books.ts'
import {
  alert,
  attemptIn,
  decided,
  draftOf,
  moveOrder,
  moveRefund,
  putAttempt,
  type Draft,
  type Setting,
} from './draft.ts'
import { bookEntries } from './entries.ts'
import type { Evidence } from './gateway.ts'
import { merchantUid, paymentWorkflowId, strayWorkflowId } from './ids.ts'
import { printMoney } from './money.ts'
import { policyRefund } from './policyRefunds.ts'
import { ticketMayLive, refundReserves } from './refund.ts'

export type Policies = { readonly late: LatePolicy; readonly second: SecondPolicy }
export type JudgeSetting = Setting & {
  /** Began-time of the look, by the database's clock: evidence older than what is booked is dropped. */
  readonly asOf: string
  readonly policies: Policies
}

/** Judges one attempt's evidence. `undefined`: the evidence is older than what is booked, nothing may move. */
export function judge(books: Books, evidence: Evidence, setting: JudgeSetting): Decision | undefined {
  const before = books.attempts.find((attempt) => attempt.gatewayRef === evidence.gatewayRef)
  if (before && Date.parse(setting.asOf) < Date.parse(before.evidenceAsOf)) return undefined
  const draft = draftOf(books, setting)
  noteAttempt(draft, before, evidence, setting)
  bookEntries(draft, evidence, setting.asOf)
  noteSums(draft, before, evidence)
  classify(draft, evidence, setting)
  overtake(draft, evidence)
  moveOrderBy(draft, evidence)
  return decided(draft)
}

export function paidByEvidence(evidence: Evidence): boolean {
  if (evidence.status === 'paid') return true
  return (
    evidence.status === 'cancelled' &&
    (evidence.paidAt !== null || evidence.returned > 0 || evidence.entries.length > 0)
  )
}

function noteAttempt(draft: Draft, before: Attempt | undefined, evidence: Evidence, { asOf, now }: JudgeSetting): void {
  const { gateway, gatewayRef, status, amount, currency, channel, failReason, payMethod } = evidence
  const wait = {
    attention: 'none',
    owner: null,
    snoozedUntil: null,
    acknowledgedLevel: null,
    waitingSince: now,
    lastCheckpointAt: now,
    nextCheckpointAt: null,
    nextCheckpointLevel: null,
  } as const
  const fresh = {
    ...wait,
    everPaid: false,
    paidOrdinal: null,
    accepted: false,
    because: null,
    chargedBack: false,
    entries: [],
  } as const
  // Money that came before its order was recorded is judged anew once the order is known.
  const adopted =
    before && before.merchantUid === null && draft.payment ? { ...before, everPaid: false, because: null } : before
  const known = adopted ?? { ...fresh, paymentwallRef: null, payerCountry: null, paidAt: null }
  const owner = draft.payment ? draft.payment.merchantUid : null
  putAttempt(draft, {
    ...known,
    gateway,
    gatewayRef,
    merchantUid: owner,
    saidMerchantUid: evidence.merchantUid,
    status,
    amount: before?.everPaid ? before.amount : amount,
    currency: before?.everPaid ? before.currency : currency,
    channel,
    failReason,
    payMethod,
    gatewayReturned: evidence.returned,
    evidenceAsOf: asOf,
    lookFailedAt: null,
    lookFailedSaid: null,
    paidAt: evidence.paidAt ?? known.paidAt,
    paymentwallRef: evidence.paymentwallRef ?? known.paymentwallRef,
    payerCountry: evidence.payerCountry ?? known.payerCountry,
  })
  if (!before)
    draft.journal.push({
      what: 'attempt.seen',
      gatewayRef,
      to: status,
      why: 'the gateway shows this attempt for the order',
      facts: { amount, currency, channel },
    })
  else if (before.status !== status)
    draft.journal.push({
      what: 'attempt.status',
      gatewayRef,
      from: before.status,
      to: status,
      why: failReason ?? 'the gateway says so',
    })
  if (before?.everPaid && (before.amount !== amount || before.currency !== currency)) {
    page(
      draft,
      evidence,
      'amountChanged',
      `the gateway now names ${printMoney(evidence)} for an attempt booked as ${printMoney(before)}; ask the gateway which is right`,
    )
  }
}

/** The gateway's own total and its entries should agree; while they do not, no new ticket is filed (design.md §6.3a). */
function noteSums(draft: Draft, before: Attempt | undefined, evidence: Evidence): void {
  const listed = evidence.entries.reduce((total, entry) => total + entry.amount, 0)
  if (listed === evidence.returned || before?.gatewayReturned === evidence.returned) return
  const facts = { listed, returned: evidence.returned }
  const why = 'the gateway counts another sum as returned than its cancel entries add up to'
  draft.journal.push({ what: 'attempt.sumsDiffer', gatewayRef: evidence.gatewayRef, why, facts })
}

/** The first time that an attempt is seen as paid: whether it settles the order, or why not. */
function classify(draft: Draft, evidence: Evidence, setting: JudgeSetting): void {
  const attempt = attemptIn(draft, evidence.gatewayRef)
  if (!attempt || attempt.everPaid || !paidByEvidence(evidence)) return
  const paidOrdinal = 1 + draft.attempts.filter((other) => other.everPaid).length
  const because = reasonFor(draft, attempt)
  const accepted = because === 'asOrdered' || (because === 'late' && latePolicy(draft.payment, setting) === 'accept')
  const paid: Attempt = {
    ...attempt,
    everPaid: true,
    paidOrdinal,
    because,
    accepted,
    waitingSince: setting.now,
    lastCheckpointAt: setting.now,
  }
  putAttempt(draft, paid)
  if (accepted && draft.payment) draft.payment = { ...draft.payment, acceptedRef: attempt.gatewayRef }
  draft.journal.push({
    what: accepted ? 'attempt.accepted' : 'attempt.paid',
    gatewayRef: attempt.gatewayRef,
    to: because,
    why: SENTENCES[because],
    facts: { amount: attempt.amount, currency: attempt.currency, channel: attempt.channel },
  })
  if (because === 'alreadyReturned') return
  if (attempt.channel === 'test') policyRefund(draft, paid, 'testChannel', 'test money on a real card goes back')
  else if (because === 'second' && setting.policies.second === 'refund')
    policyRefund(draft, paid, 'second', 'second payment of an order that is already paid')
  else if (because === 'late' && latePolicy(draft.payment, setting) === 'refund')
    policyRefund(draft, paid, 'late', 'paid after the order was closed')
  else if (!accepted) hold(draft, paid)
}

const SENTENCES: Record<AttemptReason, string> = {
  asOrdered: 'paid as ordered, in time',
  amountDiffers: 'paid with another amount than ordered',
  currencyDiffers: 'paid in another currency than ordered',
  channelDiffers: 'paid through another channel (live or test) than ordered',
  late: 'paid after the order was expired or closed',
  second: 'paid for an order that another attempt has settled',
  unknownOrder: 'paid for an order that is unknown here',
  alreadyReturned: 'first seen when all of it had already been returned',
}

function reasonFor(draft: Draft, attempt: Attempt): AttemptReason {
  const { payment } = draft
  if (!payment) return 'unknownOrder'
  if (bookedTotal(attempt) >= attempt.amount) return 'alreadyReturned'
  if (payment.acceptedRef !== null) return 'second'
  if (attempt.currency !== payment.currency) return 'currencyDiffers'
  if (attempt.amount !== payment.amount) return 'amountDiffers'
  if (attempt.channel !== payment.channel) return 'channelDiffers'
  return payment.orderState === 'expired' || payment.orderState === 'closed' ? 'late' : 'asOrdered'
}

const latePolicy = (payment: Payment | undefined, setting: JudgeSetting): LatePolicy =>
  payment?.latePolicy ?? setting.policies.late

function hold(draft: Draft, attempt: Attempt): void {
  const saga =
    attempt.because === 'second' || !draft.payment
      ? strayWorkflowId(attempt.gateway, attempt.gatewayRef)
      : paymentWorkflowId(draft.payment.merchantUid)
  const because = SENTENCES[attempt.because ?? 'unknownOrder']
  const { amount, currency } = attempt
  const sentence = `${printMoney(attempt)} ${because}; accept it or refund it`
  alert(draft, {
    level: attempt.because === 'late' ? 'remind' : 'warn',
    kind: `held.${attempt.because ?? 'unknownOrder'}`,
    saga,
    sentence,
    amount,
    currency,
  })
}

/** Where booked money overtakes reservations, refunds that no longer fit are superseded, newest first (design.md §4). */
function overtake(draft: Draft, evidence: Evidence): void {
  const attempt = attemptIn(draft, evidence.gatewayRef)
  if (!attempt?.everPaid) return
  const newestFirst = refundsOf(draft, attempt)
    .filter(refundReserves)
    .toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
  for (const refund of newestFirst) {
    if (balanceOf(draft, attempt) >= 0) return
    const lives = ticketMayLive(refund)
    const moved = moveRefund(draft, refund.refundId, 'overtaken', {
      why: 'money that moved elsewhere took what this refund had reserved',
    })
    if (moved && lives)
      page(
        draft,
        evidence,
        'overtakenTicket',
        `refund ${refund.refundId} was overtaken by money that moved elsewhere; ask the desk to drop its ticket`,
      )
  }
  if (balanceOf(draft, attempt) < 0) {
    const { returned, paid } = sumsOf(draft, attempt)
    page(
      draft,
      evidence,
      'overReturned',
      `more is returned or reserved than was paid: ${returned} of ${paid} ${attempt.currency} in minor units`,
    )
  }
}

/** A failure or a new attempt moves the order only while no money came; a decline never makes a payment late. */
function moveOrderBy(draft: Draft, evidence: Evidence): void {
  const why = evidence.failReason ?? 'the gateway says so'
  const latest = draft.attempts.every((other) => other.gatewayRef === evidence.gatewayRef || other.status === 'failed')
  if (draft.attempts.some((attempt) => attempt.everPaid)) return
  if (evidence.status === 'failed' && latest) moveOrder(draft, 'declined', { why })
  if (evidence.status === 'ready') moveOrder(draft, 'newAttempt', { why: 'a new attempt was begun' })
}

export function page(draft: Draft, evidence: Evidence, kind: AlertKind, sentence: string): void {
  const saga = draft.payment
    ? paymentWorkflowId(merchantUid(draft.payment.merchantUid))
    : strayWorkflowId(evidence.gateway, evidence.gatewayRef)
  alert(draft, {
    level: 'page',
    kind,
    saga,
    sentence: `${evidence.gatewayRef}: ${sentence}`,
    amount: evidence.amount,
    currency: evidence.currency,
  })
}
