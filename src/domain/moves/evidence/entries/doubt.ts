// Refunds that an entry closed by its amount alone, or could have: what is in doubt, and what ends
// it (design.md §5).
// Must not know: how entries are paired. The money has moved either way; the doubt is whose it was.
import type { Attempt, BookedEntry, Refund } from '../../../books/books.ts'
import { attemptIn, putAttempt, putRefund, raise, draftedRefund, type Draft } from '../../../books/draft.ts'
import { planRefund } from '../../../books/waits.ts'
import type { CancelEntry } from '../../../gateway.ts'
import type { GatewayRef } from '../../../ids.ts'
import { printMoney } from '../../../money.ts'
import { closedByAmount, refundClosed, ticketMayLive } from '../../../refund.ts'
import { WENT_BACK } from '../../../shown/words/told.ts'
import { inEach } from '../../../../language.ts'
import { outsideRefund } from '../../policyRefunds.ts'
import { groupsOf, restKey } from './groups.ts'
import { fittingByAmount, saysItIs } from './matching.ts'

/** Booked to this refund, and not by anything that it says. */
export const rowsInDoubt = (draft: Draft, attempt: Attempt, refund: Refund): readonly BookedEntry[] =>
  attempt.entries.filter(
    ({ refundId, gone, reason }) => refundId === refund.refundId && !gone && !saysItIs(draft, attempt, refund, reason),
  )

/**
 * An entry that names the refund has come: as far as it goes, what only fitted by its amount was
 * somebody else's. What it leaves stays in doubt.
 */
export function takeAsOutside(draft: Draft, attempt: Attempt, refund: Refund, named: CancelEntry): void {
  let left = named.amount
  for (const row of rowsInDoubt(draft, attempt, refund)) {
    const amount = Math.min(row.amount, left)
    left -= amount
    if (amount > 0) moveOut(draft, attempt.gatewayRef, row, amount)
  }
  const after = attemptIn(draft, attempt.gatewayRef) ?? attempt
  if (rowsInDoubt(draft, after, refund).length === 0)
    confirm(draft, refund, 'an entry names it; the one that had closed it by amount is booked as moved outside')
}

/** A booked row names a refund by now, or none that we know. */
export function nowNamed(draft: Draft, ref: GatewayRef, row: BookedEntry, named: Refund | undefined): void {
  const refund = draftedRefund(draft, row.refundId)
  const attempt = attemptIn(draft, ref)
  if (!refund || !attempt) return
  if (refund.origin === 'outside') {
    if (named) tellWhoseItWas(draft, named, row)
  } else if (named && named.refundId !== refund.refundId) doubt(draft, refund, named)
  else if (closedByAmount(refund) && rowsInDoubt(draft, attempt, refund).length === 0)
    confirm(draft, refund, 'the entry that closed it by amount names it by now')
}

/**
 * What was left of a reason, or the amount, spoke for this refund; the whole of it speaks for
 * another.
 */
function doubt(draft: Draft, refund: Refund, named: Refund): void {
  const { patience, now } = draft.setting
  const doubted = { ...refund, matchedByAmount: true }
  if (!refund.matchedByAmount) putRefund(draft, planRefund({ ...doubted, stateSince: now }, patience, now, false))
  const sentence = inEach(WENT_BACK.namesAnother, { other: named.refundId })
  raise(draft, 'page', refund, 'matchedByAmount', sentence)
}

/**
 * What is booked as moved outside stays there, for the checkout has heard of it; but whoever waits
 * for that very money must not ask for it once more.
 */
function tellWhoseItWas(draft: Draft, named: Refund, row: BookedEntry): void {
  if (refundClosed(named) && !(named.state === 'superseded' && ticketMayLive(named))) return
  const amount = printMoney({ amount: row.amount, currency: named.currency })
  const sentence = inEach(WENT_BACK.namedLate, { amount, outside: row.refundId })
  raise(draft, 'page', named, 'namedLate', sentence)
}

/**
 * It could be the answer to any of them: nobody here can tell, and the one that it was would wait
 * for nothing.
 */
export function tellWhomItFits(draft: Draft, attempt: Attempt, entry: CancelEntry): void {
  const fitting = fittingByAmount(draft, attempt, entry)
  const names = fitting.map(({ refundId }) => refundId).join(', ')
  const amount = printMoney({ amount: entry.amount, currency: attempt.currency })
  const sentence = inEach(WENT_BACK.fitsSeveral, { amount, refunds: names })
  for (const refund of fitting) raise(draft, 'warn', refund, 'fitsSeveral', sentence)
}

function confirm(draft: Draft, refund: Refund, why: string): void {
  const { patience, now } = draft.setting
  const { refundId, gatewayRef } = refund
  putRefund(draft, planRefund({ ...refund, matchedByAmount: false }, patience, now, false))
  draft.journal.push({ what: 'refund.confirmed', refundId, gatewayRef, to: 'refunded', why })
}

/** So much of a booked row is money that moved outside: the whole row, or a row of its own. */
function moveOut(draft: Draft, ref: GatewayRef, row: BookedEntry, amount: number): void {
  const attempt = attemptIn(draft, ref)
  const group = attempt && groupsOf(attempt.entries).find(({ rows }) => rows.some(({ key }) => key === row.key))
  if (!group) return
  const whole = amount === row.amount
  const key = whole ? row.key : restKey(attempt.entries, group)
  const { refundId } = outsideRefund(draft, attempt, { key, amount, reason: row.reason }, 'outside')
  const rest = { ...row, amount: row.amount - amount }
  const moved = { ...row, key, amount, refundId }
  const entries = attempt.entries.flatMap((each) => (each.key !== row.key ? each : whole ? moved : [rest, moved]))
  putAttempt(draft, { ...attempt, entries })
}
