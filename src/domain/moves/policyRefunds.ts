// Refunds that this program makes by itself: test money, a second payment, late money, and money
// that moved elsewhere.
// Must not know: SQL, hashing. Ids are deterministic, so the same reason found twice makes one
// refund.
import { balanceOf } from '../books/balance.ts'
import { freshWait, type Attempt, type Refund } from '../books/books.ts'
import { putRefund, draftedRefund, type Draft } from '../books/draft.ts'
import { markOf } from '../text.ts'
import { planRefund } from '../books/waits.ts'
import { AUTO_PREFIX, refundId, type RefundId } from '../ids.ts'
import type { RefundOrigin, RefundState } from '../refund.ts'

type PolicyReason = 'testChannel' | 'second' | 'late'

/**
 * A refund of all that is left of an attempt, asked for by policy; none where nothing is left or it
 * exists already.
 */
export function policyRefund(draft: Draft, attempt: Attempt, because: PolicyReason, why: string): void {
  const id = autoId(because, attempt.gatewayRef)
  const amount = balanceOf(draft, attempt)
  if (draftedRefund(draft, id) || amount <= 0) return
  const origin = because === 'testChannel' ? 'testChannel' : 'policy'
  putRefund(draft, newRefund(draft, attempt, { id, amount, origin, state: 'requested', reason: why }))
  draft.journal.push({ what: 'refund.requested', refundId: id, gatewayRef: attempt.gatewayRef, to: 'requested', why })
}

/**
 * The refund row that stands for money which moved without us: it is born `refunded`, its entry is
 * its evidence.
 */
export function outsideRefund(
  draft: Draft,
  attempt: Attempt,
  entry: { key: string; amount: number; reason: string },
  origin: RefundOrigin,
): Refund {
  const id = autoId('outside', `${attempt.gatewayRef}/${entry.key}`)
  const reason = entry.reason || 'moved outside'
  const refund = newRefund(draft, attempt, { id, amount: entry.amount, origin, state: 'refunded', reason })
  putRefund(draft, refund)
  const why = 'the gateway booked a cancel that no refund of ours asked for'
  draft.journal.push({
    what: 'refund.outside',
    refundId: id,
    gatewayRef: attempt.gatewayRef,
    to: 'refunded',
    why,
    facts: { amount: entry.amount, reason },
  })
  return refund
}

type Wanted = { id: RefundId; amount: number; origin: RefundOrigin; state: RefundState; reason: string }

export function newRefund(draft: Draft, attempt: Attempt, wanted: Wanted): Refund {
  const { now, patience } = draft.setting
  const refund: Refund = {
    ...freshWait(now),
    refundId: wanted.id,
    merchantUid: attempt.merchantUid,
    gateway: attempt.gateway,
    gatewayRef: attempt.gatewayRef,
    amount: wanted.amount,
    askedAmount: wanted.amount,
    currency: attempt.currency,
    reason: wanted.reason,
    origin: wanted.origin,
    state: wanted.state,
    testChannel: attempt.channel === 'test',
    authorisation: 'submit',
    ticketDead: false,
    matchedByAmount: false,
    paidElsewhere: 0,
    blockedBecause: null,
    said: null,
    tries: 0,
    nextTryAt: null,
    tickets: [],
    createdAt: now,
    stateSince: now,
  }
  return planRefund(refund, patience, now, false)
}

/**
 * At most 40 characters: the prefix, the reason, and 64 bits of the reference by two 32-bit FNV-1a
 * sums.
 */
export function autoId(because: string, about: string): RefundId {
  return refundId(`${AUTO_PREFIX}${because}.${markOf(about)}`)
}
