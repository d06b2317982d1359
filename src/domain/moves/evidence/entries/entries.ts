// Booking cancel entries: each once, to the refund that it answers, else as money that moved
// outside; and entries that went missing.
// Must not know: SQL, wire formats, how entries are paired (pairing.ts) or matched (matching.ts).
import { remainingOf } from '../../../books/balance.ts'
import type { BookedEntry } from '../../../books/books.ts'
import { attemptIn, putRefund, raise, draftedRefund, type Draft } from '../../../books/draft.ts'
import { contradicted } from '../../../books/holds.ts'
import type { CancelEntry, Evidence } from '../../../gateway.ts'
import type { GatewayRef } from '../../../ids.ts'
import { closedByAmount } from '../../../refund.ts'
import { bookAnswer, bookOutside, rename } from './answering.ts'
import { nowNamed, takeAsOutside, tellWhomItFits } from './doubt.ts'
import { newKey, restKey, type Group } from './groups.ts'
import { frontMarker } from './markers.ts'
import { matchEntry, namedRefund } from './matching.ts'
import { pair, type Fresh, type Pairs } from './pairing.ts'
import { countedAgain, foundAgain, missed } from './reversal.ts'
import { printMoney } from '../../../money.ts'
import { inEach } from '../../../../language.ts'
import { WENT_BACK } from '../../../shown/words/told.ts'

/**
 * `older`: the evidence is older than what is booked: it only adds entries that were never booked.
 * Evidence that speaks against the books shows what it shows, and proves nothing by what it lacks.
 */
export function bookEntries(draft: Draft, evidence: Evidence, asOf: string, older: boolean): void {
  const ref = evidence.gatewayRef
  const attempt = attemptIn(draft, ref)
  if (!attempt || (attempt.entries.length === 0 && evidence.entries.length === 0)) return
  const nameOf = (reason: string) => namedRefund(draft, attempt, reason)?.refundId ?? frontMarker(reason)
  const pairs = pair(attempt.entries, evidence, { older, newestReturned: attempt.gatewayReturned, nameOf })
  if (!older) noteShown(draft, ref, pairs)
  for (const { entry, amount, of } of surestFirst(draft, ref, pairs.fresh))
    bookOne(draft, ref, { ...entry, amount }, of)
  if (older || contradicted(attempt)) return
  for (const { rows } of pairs.missing) for (const row of rows) missed(draft, ref, row, asOf)
}

/** Before anything is booked: an entry may say by now whose it is. */
function noteShown(draft: Draft, ref: GatewayRef, { returned, shown, renamed }: Pairs): void {
  for (const { group, sure } of returned) for (const row of group.rows) countedAgain(draft, ref, row, sure)
  for (const { rows } of [...shown.map(({ group }) => group), ...renamed])
    for (const row of rows) foundAgain(draft, ref, row)
  for (const { group, entry, sure } of [...returned, ...shown]) if (sure) learn(draft, ref, group, entry)
}

/**
 * What names its refund comes before what only fits: of two that fit, one may be answered by then.
 */
function surestFirst(draft: Draft, ref: GatewayRef, fresh: readonly Fresh[]): readonly Fresh[] {
  const attempt = attemptIn(draft, ref)
  const sure = fresh.filter(({ entry, amount }) => {
    const match = attempt && matchEntry(draft, attempt, { ...entry, amount })
    return match !== undefined && match.matchedBy !== 'amount'
  })
  return [...sure, ...fresh.filter((each) => !sure.includes(each))]
}

/** `of`: the booked entry of which this is what counts by now. */
function bookOne(draft: Draft, ref: GatewayRef, entry: CancelEntry, of: Group | undefined): void {
  const before = attemptIn(draft, ref)
  if (!before) return
  const match = matchEntry(draft, before, entry)
  const names = match?.matchedBy === 'refundId' || match?.matchedBy === 'reason'
  if (match && names && closedByAmount(match.refund)) takeAsOutside(draft, before, match.refund, entry)
  const attempt = attemptIn(draft, ref) ?? before
  const key = of ? restKey(attempt.entries, of) : newKey(attempt.entries, entry.cancellationId)
  const remaining = match ? remainingOf(match.refund, attempt) : 0
  if (match && remaining > 0) {
    bookAnswer(draft, attempt, entry, key, match)
    return
  }
  const amount = printMoney({ amount: entry.amount, currency: attempt.currency })
  if (match) raise(draft, 'page', match.refund, 'returnedTwice', inEach(WENT_BACK.namedTwice, { amount }))
  else tellWhomItFits(draft, attempt, entry)
  bookOutside(draft, attempt, entry, key, entry.amount)
}

/**
 * What an entry says later, and did not say at first: its id, its time, its reason. What was booked
 * is not taken back.
 */
function learn(draft: Draft, ref: GatewayRef, { base }: Group, entry: CancelEntry): void {
  const attempt = attemptIn(draft, ref)
  if (!attempt) return
  const names = (reason: string) => namedRefund(draft, attempt, reason)
  const named = names(entry.reason)
  const saysMore = base.reason === '' || (named !== undefined && names(base.reason) === undefined)
  const learnt = {
    ...(base.cancellationId === null && entry.cancellationId !== null && { cancellationId: entry.cancellationId }),
    ...(base.cancelledAt === null && entry.cancelledAt !== null && { cancelledAt: entry.cancelledAt }),
    ...(saysMore && entry.reason !== base.reason && { reason: entry.reason }),
  }
  if (Object.keys(learnt).length === 0) return
  rename(draft, ref, base.key, learnt)
  if (learnt.reason === undefined) return
  explain(draft, ref, base, learnt.reason)
  nowNamed(draft, ref, base, named)
}

/** What moved outside is read by people under the reason that the gateway gives for it. */
function explain(draft: Draft, ref: GatewayRef, { refundId, reason: before }: BookedEntry, reason: string): void {
  const refund = draftedRefund(draft, refundId)
  if (refund?.origin !== 'outside' || before !== '') return
  putRefund(draft, { ...refund, reason })
  const why = 'the gateway says by now why it booked this cancel'
  draft.journal.push({ what: 'refund.explained', refundId, gatewayRef: ref, why, facts: { reason } })
}
