// Money that went back takes what other refunds had reserved: those that no longer fit are
// superseded, newest first (design.md §4).
// Must not know: whether the gateway booked it or a person said so.
import { balanceOf, refundsOf, sumsOf } from '../../books/balance.ts'
import type { Attempt } from '../../books/books.ts'
import { attemptIn, moveRefund, pageAbout, type Draft } from '../../books/draft.ts'
import type { GatewayRef } from '../../ids.ts'
import { refundReserves, ticketMayLive } from '../../refund.ts'

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
    const sentence = `refund ${refund.refundId} was overtaken by money that moved elsewhere; ask the desk to drop its ticket`
    if (moved && lives) pageAbout(draft, attempt, 'overtakenTicket', sentence)
  }
  pageOverReturned(draft, attempt, balanceBefore)
}

/** Told once for each balance: the same look repeated says nothing new. */
function pageOverReturned(draft: Draft, attempt: Attempt, before: number | undefined): void {
  const balance = balanceOf(draft, attempt)
  if (balance >= 0 || balance === before) return
  const { returned, reserved, paid } = sumsOf(draft, attempt)
  const sentence = `${returned} returned and ${reserved} reserved of ${paid} ${attempt.currency} paid, in minor units: more than there was`
  pageAbout(draft, attempt, 'overReturned', sentence)
}
