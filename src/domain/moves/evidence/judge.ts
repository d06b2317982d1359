// The judge: what evidence of an order's attempts moves in the books. Evidence is always booked;
// requests are judged elsewhere.
// Must not know: where the evidence came from, SQL, Temporal. Pure: the same books and evidence
// give the same decision.
import { balanceOf } from '../../books/balance.ts'
import type { Attempt, Books, Decision } from '../../books/books.ts'
import { attemptIn, decided, draftOf, moveOrder, moveRefund, putRefund, raise, type Draft } from '../../books/draft.ts'
import { orderHeld } from '../../books/holds.ts'
import type { Evidence } from '../../gateway.ts'
import { orderAfter } from '../../payment.ts'
import { REFUND_STATES } from '../../refund.ts'
import { openIntent } from '../tickets.ts'
import { noteAttempt, noteSums } from './attempts.ts'
import { classify, type JudgeSetting } from './classify.ts'
import { goOn, inAnotherCurrency, namesAnotherOrder } from './contradictions.ts'
import { bookEntries } from './entries/entries.ts'
import { overtake } from './overtaking.ts'
import { noteRequests } from './requests.ts'
import { firstTakenByOthers, firstWentBack } from './second.ts'
import { madeWhole } from './some.ts'

export type { JudgeSetting, Policies } from './classify.ts'
export { paidByEvidence } from './classify.ts'

/** Judges one attempt's evidence. `undefined`: it is older than what is booked and adds nothing. */
export function judge(books: Books, evidence: Evidence, setting: JudgeSetting): Decision | undefined {
  const before = books.attempts.find((attempt) => attempt.gatewayRef === evidence.gatewayRef)
  const decision = judgeAll(books, [evidence], setting)
  return isOlder(before, setting) && decision.journal.length === 0 ? undefined : decision
}

/**
 * All evidence of one order over one draft, so that an order with thousands of attempts is saved
 * once.
 */
export function judgeAll(books: Books, evidences: readonly Evidence[], setting: JudgeSetting): Decision {
  const draft = draftOf(books, setting)
  for (const evidence of evidences) judgeOne(draft, evidence, setting)
  moveOrderBy(
    draft,
    evidences.filter((evidence) => attemptIn(draft, evidence.gatewayRef)?.saidMerchantUid === evidence.merchantUid),
  )
  blockWhereFirstWentBack(draft, books)
  if (orderHeld(books) && !orderHeld(draft)) goOn(draft, 'the evidence agrees with the books again')
  return decided(draft)
}

const isOlder = (before: Attempt | undefined, { number }: JudgeSetting): boolean =>
  before !== undefined && number < before.evidenceNumber

/**
 * Presence is additive, absence is ordered: older evidence may only add an entry that was never
 * booked.
 */
function judgeOne(draft: Draft, shown: Evidence, setting: JudgeSetting): void {
  const before = attemptIn(draft, shown.gatewayRef)
  const evidence = shown.partial ? madeWhole(before, shown) : shown
  const older = isOlder(before, setting)
  if (!older) noteAttempt(draft, before, evidence, setting)
  if (namesAnotherOrder(before, evidence) || inAnotherCurrency(before, evidence)) return
  const balanceBefore = before && before.everPaid ? balanceOf(draft, before) : undefined
  // A status that this program does not know is kept, and moves nothing.
  if (evidence.status !== 'unrecognized') {
    bookEntries(draft, evidence, setting.asOf, older)
    if (!older) noteSums(draft, evidence)
    if (!older && evidence.tickets) noteRequests(draft, evidence)
  }
  if (!older) classify(draft, evidence, setting)
  overtake(draft, evidence.gatewayRef, balanceBefore)
}

/**
 * A failure or a new attempt moves the order only while no money came; a decline never makes a
 * payment late.
 */
function moveOrderBy(draft: Draft, evidences: readonly Evidence[]): void {
  const { payment } = draft
  if (!payment || draft.attempts.some(({ everPaid }) => everPaid)) return
  const failed = evidences.find(({ status }) => status === 'failed')
  if (evidences.some(({ status }) => status === 'ready')) {
    moveOrder(draft, 'newAttempt', { why: 'a new attempt was begun' })
  } else if (
    failed &&
    orderAfter(payment.orderState, 'declined') &&
    draft.attempts.every(({ status }) => status === 'failed')
  ) {
    moveOrder(draft, 'declined', { why: failed.failReason ?? 'the gateway says so' })
  }
}

const BOTH =
  'others took back the payment that had settled the order (console or chargeback), while this second payment was on its way back by policy: with both gone the order is unpaid'

/**
 * Only at the moment in which the first one goes: what was sent cannot be called back, and somebody
 * is told.
 */
function blockWhereFirstWentBack(draft: Draft, before: Books): void {
  if (firstTakenByOthers(before) || !firstTakenByOthers(draft)) return
  for (const refund of draft.refunds.filter((each) => firstWentBack(draft, each))) {
    const waits = refund.state === 'requested' && openIntent(refund) === undefined
    if (waits) {
      const why = `${BOTH}; retryTicket sends it, accept keeps it`
      const blocked = moveRefund(draft, refund.refundId, 'notRefundable', { why, facts: { kind: 'firstGoesBack' } })
      if (blocked) putRefund(draft, { ...blocked, blockedBecause: 'firstGoesBack', attention: 'page' })
      raise(draft, 'page', refund, 'blocked.firstGoesBack', why)
    } else if (REFUND_STATES[refund.state].waits)
      raise(
        draft,
        'page',
        refund,
        'firstGoesBack',
        `${BOTH}; its ticket is on its way: ask the desk to drop it, or let it go`,
      )
  }
}
