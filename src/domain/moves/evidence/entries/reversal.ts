// Booked cancels that the gateway no longer shows: two looks at least ten minutes apart decide that
// the money did not go back.
// Must not know: how entries are paired, when one is missing.
import { remainingOf } from '../../../books/balance.ts'
import type { BookedEntry } from '../../../books/books.ts'
import { attemptIn, moveRefund, putAttempt, raise, draftedRefund, type Draft } from '../../../books/draft.ts'
import type { GatewayRef } from '../../../ids.ts'
import { PAYMENT_STATES } from '../../../payment.ts'
import { WENT_BACK } from '../../../shown/words/told.ts'
import { inEach } from '../../../../language.ts'

const REVERSAL_AFTER_MS = 10 * 60_000

/** A newer look shows the entry: what was noted about its absence is taken back. */
export function foundAgain(draft: Draft, ref: GatewayRef, { key }: BookedEntry): void {
  const booked = rowIn(draft, ref, key)
  if (booked && booked.missingSince !== null && !booked.gone) replace(draft, ref, { ...booked, missingSince: null })
}

/**
 * An entry that was gone is shown and counted again: where nothing else is missing, its refund is
 * done after all. `sure`: more than its amount says that it is this one.
 */
export function countedAgain(draft: Draft, ref: GatewayRef, { key: name }: BookedEntry, sure: boolean): void {
  const booked = rowIn(draft, ref, name)
  if (!booked) return
  replace(draft, ref, { ...booked, missingSince: null, gone: false })
  const { refundId, key, amount } = booked
  const because = { why: 'the gateway shows and counts this cancel again', facts: { entry: key, amount } }
  const [refund, attempt] = [draftedRefund(draft, refundId), attemptIn(draft, ref)]
  const whole = refund !== undefined && attempt !== undefined && remainingOf(refund, attempt) === 0
  if (!whole || !moveRefund(draft, refundId, 'cancelled', because))
    draft.journal.push({ what: 'refund.evidence', refundId, gatewayRef: ref, ...because })
  if (refund?.state === 'settledElsewhere') raise(draft, 'page', refund, 'paidBackTwice', WENT_BACK.bookedAgain)
  if (refund && !sure) raise(draft, 'warn', refund, 'reversed', WENT_BACK.unsureAgain)
}

/**
 * A look that agrees with our books without the entry: noted the first time, reversed by a second
 * one ten minutes later.
 */
export function missed(draft: Draft, ref: GatewayRef, { key: name }: BookedEntry, asOf: string): void {
  const booked = rowIn(draft, ref, name)
  if (!booked) return
  const { refundId, key, amount, missingSince } = booked
  if (missingSince === null) {
    replace(draft, ref, { ...booked, missingSince: asOf })
    const why = 'a look did not show this booked cancel; a second look after ten minutes decides'
    draft.journal.push({ what: 'entry.missing', refundId, gatewayRef: ref, why, facts: { entry: key, amount } })
    return
  }
  if (Date.parse(asOf) - Date.parse(missingSince) < REVERSAL_AFTER_MS) return
  replace(draft, ref, { ...booked, gone: true })
  const because = {
    why: 'the booked cancel is gone from two looks at least ten minutes apart',
    facts: { entry: key, amount, missingSince },
  }
  const moved = moveRefund(draft, refundId, 'reversed', because)
  if (!moved) draft.journal.push({ what: 'entry.gone', refundId, gatewayRef: ref, ...because })
  const refund = moved ?? draftedRefund(draft, refundId)
  const sentence = inEach(WENT_BACK.reversed, { state: PAYMENT_STATES.quarantined })
  if (refund) raise(draft, 'page', refund, 'reversed', sentence)
}

/** As it stands by now: the same evidence may have moved it. */
const rowIn = (draft: Draft, ref: GatewayRef, name: string): BookedEntry | undefined =>
  attemptIn(draft, ref)?.entries.find(({ key }) => key === name)

function replace(draft: Draft, ref: GatewayRef, entry: BookedEntry): void {
  const attempt = attemptIn(draft, ref)
  if (!attempt) return
  const entries = attempt.entries.map((other) => (other.key === entry.key ? entry : other))
  putAttempt(draft, { ...attempt, entries })
}
