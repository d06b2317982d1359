// Evidence that names some of what is true, made whole by our own books: what it does not show
// stands as it is booked.
// Must not know: where the evidence came from, what follows. So it only adds: nothing is missing in
// it, no status goes back.
import { bookedTotal } from '../../books/balance.ts'
import type { Attempt } from '../../books/books.ts'
import type { CancelEntry, Evidence } from '../../gateway.ts'
import { groupsOf, type Group } from './entries/groups.ts'

const RANK: Readonly<Record<Evidence['status'], number>> = {
  unrecognized: 0,
  ready: 1,
  failed: 2,
  paid: 3,
  cancelled: 4,
}

export function madeWhole(before: Attempt | undefined, evidence: Evidence): Evidence {
  const booked = groupsOf(before?.entries ?? []).filter(({ gone }) => !gone)
  const known = new Set((before?.entries ?? []).map(({ cancellationId }) => cancellationId))
  const fresh = evidence.entries.filter(({ cancellationId: id }) => id === null || !known.has(id))
  const there = booked.filter(
    (group) => !fresh.some((entry) => isNowNamed(group, entry, evidence.amount - sum(booked))),
  )
  const counted = sum(there) + sum(fresh)
  const rest = evidence.returned >= evidence.amount ? Math.max(0, evidence.amount - counted) : 0
  const entries = [...there.map(shownAs), ...fresh, ...(rest > 0 ? [nameless(rest)] : [])]
  return {
    ...evidence,
    ...(before && RANK[before.status] > RANK[evidence.status] && { status: before.status, statusSaid: before.status }),
    failReason: evidence.failReason ?? before?.failReason ?? null,
    returned: counted + rest,
    entries,
  }
}

/** What was booked without a name has one by now: there is no room for it beside. */
const isNowNamed = ({ base, amount }: Group, entry: CancelEntry, room: number): boolean =>
  base.cancellationId === null && base.reason === '' && amount === entry.amount && entry.amount > room

/** All that is not booked yet. */
export const leftOf = (attempt: Attempt): number => Math.max(0, attempt.amount - bookedTotal(attempt))

const sum = (parts: readonly { readonly amount: number }[]): number =>
  parts.reduce((total, { amount }) => total + amount, 0)

const shownAs = ({ base, amount }: Group): CancelEntry => ({
  cancellationId: base.cancellationId,
  amount,
  cancelledAt: base.cancelledAt,
  reason: base.reason,
  mark: null,
})

const nameless = (amount: number): CancelEntry => ({
  cancellationId: null,
  amount,
  cancelledAt: null,
  reason: '',
  mark: null,
})
