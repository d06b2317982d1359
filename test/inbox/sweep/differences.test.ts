// What counts as different between a list and the evidence kept last.
// Must not know: databases, how lists are walked.
import { expect, test } from 'vitest'
import type { Known, KnownAttempt } from '../../../src/db/hints/listed.ts'
import type { CancelEntry, Evidence } from '../../../src/domain/gateway.ts'
import { differsFromKept } from '../../../src/inbox/sweep/differences.ts'
import { later, MINUTE } from '../../support/books.ts'
import { shownAs } from './listing.ts'

const attempt: KnownAttempt = {
  gatewayRef: 'imp_1',
  merchantUid: 'order-1',
  saidMerchantUid: 'order-1',
  status: 'paid',
  amount: 10_000,
  currency: 'KRW',
  gatewayReturned: 0,
  entryAmounts: [],
}
const known = (row: Partial<KnownAttempt> | undefined, orders: readonly string[] = ['order-1']): Known => ({
  attempts: new Map(row === undefined ? [] : [['imp_1', { ...attempt, ...row }]]),
  orders: new Set(orders),
  waiting: new Set(),
})
const entry = (amount: number, shown: Partial<CancelEntry> = {}): CancelEntry => ({
  cancellationId: null,
  amount,
  cancelledAt: later(amount),
  reason: `#r${amount}`,
  mark: null,
  ...shown,
})
const back = (...entries: readonly CancelEntry[]): Evidence =>
  shownAs({ status: 'cancelled', returned: 10_000, entries })
const allBack = (...entryAmounts: readonly number[]): Known =>
  known({ status: 'cancelled', gatewayReturned: 10_000, entryAmounts })

test.each<[string, Evidence, Known, boolean]>([
  ['the same as was kept', shownAs(), known({}), false],
  ['another status', back(entry(10_000)), known({}), true],
  ['another amount', shownAs({ amount: 9_000 }), known({}), true],
  ['another currency', shownAs({ currency: 'USD' }), known({}), true],
  ['another order', shownAs({ merchantUid: 'order-2' }), known({}), true],
  ['more returned', shownAs({ status: 'paid', returned: 1_000 }), known({}), true],
  ['a cancel that is booked', back(entry(10_000)), allBack(10_000), false],
  ['booked cancels in another order', back(entry(6_000), entry(4_000)), allBack(4_000, 6_000), false],
  [
    'booked cancels whose ids came later',
    back(entry(6_000, { cancellationId: 'c1' }), entry(4_000)),
    allBack(4_000, 6_000),
    false,
  ],
  ['one cancel where two are booked', back(entry(10_000)), allBack(4_000, 6_000), true],
  ['other cancels of the same sum', back(entry(5_000), entry(5_000, { reason: 'x' })), allBack(4_000, 6_000), true],
  ['a booked cancel, listed without its entries', back(), allBack(10_000), false],
  ['two booked cancels, one of them listed', back(entry(6_000)), allBack(4_000, 6_000), false],
  ['more cancels than went back', back(entry(6_000), entry(7_000)), allBack(4_000, 6_000), true],
  ['an unknown attempt of a known order', shownAs(), known(undefined), true],
  ['an unknown failed attempt of a known order', shownAs({ status: 'failed' }), known(undefined), true],
  ["another provider's attempt of a known order", shownAs({ ours: false }), known(undefined), true],
  ["another provider's attempt that is known", shownAs({ ours: false }), known({}), false],
  ['money for an unknown order', shownAs(), known(undefined, []), true],
  ['returned money of an unknown order', back(entry(10_000)), known(undefined, []), true],
  ['a failed attempt of an unknown order', shownAs({ status: 'failed' }), known(undefined, []), false],
  ['money kept without an order that is known by now', shownAs(), known({ merchantUid: null }), true],
  ['a later time of the same', shownAs({ paidAt: later(MINUTE) }), known({}), false],
])('differs: %s', (_what, evidence, what, expected) => {
  expect(differsFromKept(evidence, what)).toBe(expected)
})
