// Money that went back takes what other refunds had reserved: those that no longer fit are
// superseded, newest first (design.md §4).
// Must not know: whether the gateway booked it or a person said so.
import { balanceOf, refundsOf, sumsOf } from '../../books/balance.ts'
import type { Attempt } from '../../books/books.ts'
import { attemptIn, moveRefund, pageAbout, type Draft } from '../../books/draft.ts'
import type { GatewayRef } from '../../ids.ts'
import { printMoney } from '../../money.ts'
import { refundReserves, ticketMayLive } from '../../refund.ts'
import { WENT_BACK } from '../../shown/words/told.ts'
import { inEach } from '../../../language.ts'

/**
 * `balanceBefore`: what was left before that money went back; undefined where nothing was known of
 * the attempt.
 */
export function overtake(draft: Draft, ref: GatewayRef, balanceBefore: number | undefined): void {
  const attempt = attemptIn(draft, ref)
  if (!attempt?.everPaid) return
  const newestFirst = refundsOf(draft, attempt)
    .filter(refundReserves)
    .toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
  for (const refund of newestFirst) {
    if (balanceOf(draft, attempt) >= 0) return
    const lives = ticketMayLive(refund)
    const why = 'money that moved elsewhere took what this refund had reserved'
    const moved = moveRefund(draft, refund.refundId, 'overtaken', { why })
    const sentence = inEach(WENT_BACK.tookReserved, { refund: refund.refundId })
    if (moved && lives) pageAbout(draft, attempt, 'overtakenTicket', sentence)
  }
  pageOverReturned(draft, attempt, balanceBefore)
}

/** Told once for each balance: the same look repeated says nothing new. */
function pageOverReturned(draft: Draft, attempt: Attempt, before: number | undefined): void {
  const balance = balanceOf(draft, attempt)
  if (balance >= 0 || balance === before) return
  const { returned, reserved, paid } = sumsOf(draft, attempt)
  const printed = (amount: number) => printMoney({ amount, currency: attempt.currency })
  const sums = { returned: printed(returned), reserved: printed(reserved), paid: printed(paid) }
  pageAbout(draft, attempt, 'overReturned', inEach(WENT_BACK.overReturned, sums))
}
