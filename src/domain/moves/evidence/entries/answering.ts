// A cancel entry answers a refund: all of it, a part, or more than it asked for; or nobody's, and
// then it is money that moved outside.
// Must not know: why it is this refund's (matching.ts), which entries are new (pairing.ts).
import { remainingOf } from '../../../books/balance.ts'
import type { Attempt, BookedEntry, Refund } from '../../../books/books.ts'
import { attemptIn, moveRefund, putAttempt, putRefund, raise, draftedRefund, type Draft } from '../../../books/draft.ts'
import { planRefund } from '../../../books/waits.ts'
import type { CancelEntry } from '../../../gateway.ts'
import type { GatewayRef, RefundId } from '../../../ids.ts'
import { printMoney } from '../../../money.ts'
import { closedByAmount, refundClosed } from '../../../refund.ts'
import { WENT_BACK } from '../../../shown/words/told.ts'
import { inEach, type Said } from '../../../../language.ts'
import { outsideRefund } from '../../policyRefunds.ts'
import { rowsInDoubt } from './doubt.ts'
import { EXCESS } from './groups.ts'
import type { Match } from './matching.ts'

/** Something of the refund still waits to be answered. */
export function bookAnswer(draft: Draft, attempt: Attempt, entry: CancelEntry, key: string, match: Match): void {
  const { matchedBy } = match
  const current = draftedRefund(draft, match.refund.refundId) ?? match.refund
  const remaining = remainingOf(current, attempt)
  const doubted = current.matchedByAmount && rowsInDoubt(draft, attempt, current).length > 0
  const refund = { ...current, matchedByAmount: matchedBy === 'amount' || doubted }
  if (refund.matchedByAmount !== current.matchedByAmount) putRefund(draft, refund)
  const { gatewayRef, currency } = attempt
  const facts = { matchedBy, entry: key, amount: entry.amount, cancelledAt: entry.cancelledAt }
  addEntry(draft, attempt, entry, key, Math.min(entry.amount, remaining), refund.refundId)
  if (entry.amount < remaining) {
    const why = 'the gateway booked less than this refund asked for'
    draft.journal.push({ what: 'refund.partlyBooked', refundId: refund.refundId, gatewayRef, why, facts })
    const part = inEach(WENT_BACK.part, {
      booked: printMoney({ amount: entry.amount, currency }),
      asked: printMoney({ amount: remaining, currency }),
    })
    const smaller = refundClosed(refund) ? WENT_BACK.smallerOver : WENT_BACK.smaller
    if (!pageWhereOver(draft, refund, part)) raise(draft, 'warn', refund, 'smallerThanAsked', inEach(smaller, { part }))
    return
  }
  close(draft, refund, facts)
  if (matchedBy === 'amount') raise(draft, 'warn', refund, 'matchedByAmount', WENT_BACK.byAmount)
  const excess = entry.amount - remaining
  if (excess === 0) return
  bookOutside(draft, attemptIn(draft, gatewayRef) ?? attempt, entry, key + EXCESS, excess)
  const sentence = inEach(WENT_BACK.larger, { excess: printMoney({ amount: excess, currency }) })
  raise(draft, 'page', refund, 'largerThanAsked', sentence)
}

function close(draft: Draft, refund: Refund, facts: Readonly<Record<string, unknown>>): void {
  const { refundId, gatewayRef } = refund
  const because = { why: 'the gateway booked the cancel', facts }
  if (moveRefund(draft, refundId, 'cancelled', because)) {
    pageWhereOver(draft, refund, WENT_BACK.all)
    return
  }
  draft.journal.push({ what: 'refund.evidence', refundId, gatewayRef, ...because })
  // A person had said that it is over, and now it is in doubt: from now on somebody is asked again.
  const { now, patience } = draft.setting
  if (closedByAmount(refund)) putRefund(draft, planRefund({ ...refund, stateSince: now }, patience, now, false))
}

/**
 * Money of a refund that had ended otherwise, all or a part of it: gone back twice, or beside what
 * had overtaken it.
 */
function pageWhereOver(draft: Draft, refund: Refund, part: Said): boolean {
  if (refund.state === 'settledElsewhere')
    raise(draft, 'page', refund, 'paidBackTwice', inEach(WENT_BACK.byBankToo, { part }))
  else if (refund.state === 'superseded')
    raise(draft, 'page', refund, 'supersededPaid', inEach(WENT_BACK.overtaken, { part }))
  else return false
  return true
}

export function bookOutside(draft: Draft, attempt: Attempt, entry: CancelEntry, key: string, amount: number): void {
  const refund = outsideRefund(draft, attempt, { key, amount, reason: entry.reason }, 'outside')
  addEntry(draft, attempt, entry, key, amount, refund.refundId)
  if (entry.mark === 'chargeback') noteChargeback(draft, attempt.gatewayRef)
}

function noteChargeback(draft: Draft, ref: GatewayRef): void {
  const attempt = attemptIn(draft, ref)
  if (attempt) putAttempt(draft, { ...attempt, chargedBack: true })
  if (draft.payment) draft.payment = { ...draft.payment, chargedBack: true }
}

function addEntry(draft: Draft, attempt: Attempt, entry: CancelEntry, key: string, amount: number, id: RefundId): void {
  const { cancellationId, cancelledAt, reason } = entry
  const booked: BookedEntry = {
    key,
    cancellationId,
    amount,
    cancelledAt,
    reason,
    refundId: id,
    missingSince: null,
    gone: false,
  }
  putAttempt(draft, { ...attempt, entries: [...attempt.entries, booked] })
}

/** Changes what a booked row says; never its amount. */
export function rename(draft: Draft, ref: GatewayRef, key: string, learnt: Partial<Omit<BookedEntry, 'amount'>>): void {
  const attempt = attemptIn(draft, ref)
  if (!attempt) return
  const entries = attempt.entries.map((other) => (other.key === key ? { ...other, ...learnt } : other))
  putAttempt(draft, { ...attempt, entries })
}
