// The judge: what evidence of one attempt moves in the books. Evidence is always booked; requests are judged elsewhere.
// Must not know: where the evidence came from, SQL, Temporal. Pure: the same books and evidence give the same decision.
import { noteAttempt, noteSums } from './attempts.ts'
import { balanceOf } from './balance.ts'
import type { Books, Decision } from './books.ts'
import { classify, type JudgeSetting } from './classify.ts'
import { decided, draftOf, moveOrder, type Draft } from './draft.ts'
import { bookEntries } from './entries.ts'
import type { Evidence } from './gateway.ts'
import { overtake } from './overtaking.ts'

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
  overtake(draft, evidence.gatewayRef, before && balanceOf(books, before))
  moveOrderBy(draft, evidence)
  return decided(draft)
}

/** A failure or a new attempt moves the order only while no money came; a decline never makes a payment late. */
function moveOrderBy(draft: Draft, evidence: Evidence): void {
  const why = evidence.failReason ?? 'the gateway says so'
  const latest = draft.attempts.every((other) => other.gatewayRef === evidence.gatewayRef || other.status === 'failed')
  if (draft.attempts.some((attempt) => attempt.everPaid)) return
  if (evidence.status === 'failed' && latest) moveOrder(draft, 'declined', { why })
  if (evidence.status === 'ready') moveOrder(draft, 'newAttempt', { why: 'a new attempt was begun' })
}
