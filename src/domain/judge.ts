// The judge: what evidence of one attempt moves in the books. Evidence is always booked; requests are judged elsewhere.
// Must not know: where the evidence came from, SQL, Temporal. Pure: the same books and evidence give the same decision.
import { noteAttempt, noteSums } from './attempts.ts'
import { balanceOf, refundsOf, sumsOf } from './balance.ts'
import type { Attempt, Books, Decision } from './books.ts'
import { classify, type JudgeSetting } from './classify.ts'
import { attemptIn, decided, draftOf, moveOrder, moveRefund, pageAbout, type Draft } from './draft.ts'
import { bookEntries } from './entries.ts'
import type { Evidence } from './gateway.ts'
import { ticketMayLive, refundReserves } from './refund.ts'

export type { JudgeSetting, Policies } from './classify.ts'
export { paidByEvidence } from './classify.ts'

/** Judges one attempt's evidence. `undefined`: the evidence is older than what is booked, nothing may move. */
export function judge(books: Books, evidence: Evidence, setting: JudgeSetting): Decision | undefined {
  const before = books.attempts.find((attempt) => attempt.gatewayRef === evidence.gatewayRef)
  if (before && Date.parse(setting.asOf) < Date.parse(before.evidenceAsOf)) return undefined
  const draft = draftOf(books, setting)
  noteAttempt(draft, before, evidence, setting)
  bookEntries(draft, evidence, setting.asOf)
  noteSums(draft, before, evidence)
  classify(draft, evidence, setting)
  overtake(draft, evidence, before && balanceOf(books, before))
  moveOrderBy(draft, evidence)
  return decided(draft)
}

/** Where booked money overtakes reservations, refunds that no longer fit are superseded, newest first (design.md §4). */
function overtake(draft: Draft, evidence: Evidence, balanceBefore: number | undefined): void {
  const attempt = attemptIn(draft, evidence.gatewayRef)
  if (!attempt?.everPaid) return
  const newestFirst = refundsOf(draft, attempt)
    .filter(refundReserves)
    .toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
  for (const refund of newestFirst) {
    if (balanceOf(draft, attempt) >= 0) return
    const lives = ticketMayLive(refund)
    const why = 'money that moved elsewhere took what this refund had reserved'
    const moved = moveRefund(draft, refund.refundId, 'overtaken', { why })
    const sentence = `refund ${refund.refundId} was overtaken by money that moved elsewhere; ask the desk to drop its ticket`
    if (moved && lives) pageAbout(draft, evidence, 'overtakenTicket', sentence)
  }
  pageOverReturned(draft, attempt, evidence, balanceBefore)
}

/** Told once for each balance: the same look repeated says nothing new. */
function pageOverReturned(draft: Draft, attempt: Attempt, evidence: Evidence, before: number | undefined): void {
  const balance = balanceOf(draft, attempt)
  if (balance >= 0 || balance === before) return
  const { returned, reserved, paid } = sumsOf(draft, attempt)
  const sentence = `${returned} returned and ${reserved} reserved of ${paid} ${attempt.currency} paid, in minor units: more than there was`
  pageAbout(draft, evidence, 'overReturned', sentence)
}

/** A failure or a new attempt moves the order only while no money came; a decline never makes a payment late. */
function moveOrderBy(draft: Draft, evidence: Evidence): void {
  const why = evidence.failReason ?? 'the gateway says so'
  const latest = draft.attempts.every((other) => other.gatewayRef === evidence.gatewayRef || other.status === 'failed')
  if (draft.attempts.some((attempt) => attempt.everPaid)) return
  if (evidence.status === 'failed' && latest) moveOrder(draft, 'declined', { why })
  if (evidence.status === 'ready') moveOrder(draft, 'newAttempt', { why: 'a new attempt was begun' })
}
