// Cancel entries as a gateway shows them: in any order, named late, without ids, merged, or not
// counted yet. Each is booked once.
// Must not know: SQL, how entries are paired. Money is what the gateway counts as returned, never
// more.
import { describe, expect, test } from 'vitest'
import { bookedTotal, checksumOf } from '../../../../src/domain/books/balance.ts'
import type { Books, Decision } from '../../../../src/domain/books/books.ts'
import type { CancelEntry, Evidence } from '../../../../src/domain/gateway.ts'
import type { JudgeSetting } from '../../../../src/domain/moves/evidence/judge.ts'
import { blockedBecause } from '../../../../src/domain/moves/tickets.ts'
import {
  aBooked,
  anAttempt,
  anEntry,
  anEvidence,
  aRefund,
  attemptIn,
  HOUR,
  judged,
  kindsOf,
  later,
  linesOf,
  MINUTE,
  refundOf,
  theBooks,
} from '../../../support/books.ts'

const half = { amount: 5_000 } as const
/**
 * An order of 10,000 won of which half is asked back by r1 and half by r2, both with open tickets.
 */
const two = (): Books => theBooks({ refunds: [aRefund(half), aRefund({ ...half, refundId: 'r2' })] })
const one = (): Books => theBooks({ refunds: [aRefund()] })
const at = (minutes: number): Partial<JudgeSetting> => ({ asOf: later(3 * HOUR + minutes * MINUTE) })
const see = (books: Books, entries: readonly CancelEntry[], minutes: number, shown: Partial<Evidence> = {}): Decision =>
  judged(books, anEvidence({ entries, ...shown }), at(minutes))

/**
 * One answer after the other, ten minutes between them: the last decision, and everything that was
 * told on the way.
 */
function seeAll(books: Books, answers: readonly (readonly CancelEntry[])[], shown: Partial<Evidence> = {}) {
  const decisions: Decision[] = []
  const begin = Math.max(0, (Date.parse(attemptIn(books).evidenceAsOf) - Date.parse(later(3 * HOUR))) / MINUTE + 10)
  for (const [index, entries] of answers.entries())
    decisions.push(see(decisions.at(-1)?.books ?? books, entries, begin + 10 * index, shown))
  return { books: decisions.at(-1)?.books ?? books, told: decisions.flatMap(kindsOf), lines: decisions.map(linesOf) }
}

const statesOf = ({ refunds }: Books) =>
  Object.fromEntries(refunds.map(({ refundId, origin, state }) => [origin === 'outside' ? origin : refundId, state]))
const rowsOf = (books: Books) => attemptIn(books).entries.map(({ refundId, amount }) => `${refundId} ${amount}`)
const sumIn = (books: Books): number => bookedTotal(attemptIn(books))

const first = anEntry({ ...half, cancellationId: null, reason: '#r1 too small' })
const second = anEntry({ ...half, cancellationId: null, reason: '#r2 too small' })

describe('an entry that says later what it did not say at first', () => {
  test.each([
    ['its id', { cancellationId: null }],
    ['its time', { cancelledAt: null }],
    ['its id and its time', { cancellationId: null, cancelledAt: null }],
    ['its reason', { reason: '' }],
    ['all but its amount', { cancellationId: null, cancelledAt: null, reason: '' }],
  ] as const)('(%s) is the same entry: booked once, and never gone', (_what, unsaid) => {
    const { books, told } = seeAll(one(), [[anEntry(unsaid)], [anEntry()], [anEntry()], [anEntry(unsaid)]])
    expect(rowsOf(books)).toEqual(['r1 10000'])
    expect(statesOf(books)).toEqual({ r1: 'refunded' })
    const { mark: _, ...whole } = anEntry()
    expect(attemptIn(books).entries).toMatchObject([{ ...whole, missingSince: null, gone: false }])
    expect(told.filter((kind) => kind !== 'warn matchedByAmount')).toEqual([])
  })

  const bare = anEntry({ amount: 4_000, cancellationId: null, cancelledAt: null, reason: '' })
  const desk = (id: string) => anEntry({ amount: 4_000, cancellationId: id, reason: 'desk' })

  test('where the list is whole: so what said nothing but its amount is known again by all', () => {
    const { books } = seeAll(theBooks(), [[bare], [desk('c1')]])
    expect(attemptIn(books).entries).toMatchObject([{ cancellationId: 'c1', reason: 'desk' }])
  })

  test('and not where another may be meant: nothing is learnt from an amount alone', () => {
    const partly = see(see(theBooks(), [bare], 0).books, [desk('c1')], 10, { returned: 8_000 }).books
    expect(attemptIn(partly).entries).toMatchObject([{ cancellationId: null, reason: '', cancelledAt: null }])
    expect(sumIn(see(partly, [desk('c1'), desk('c2')], 20).books)).toBe(8_000)
  })

  test('keeps its own name for good, so that what hangs on it stays', () => {
    const { books } = seeAll(one(), [[anEntry({ cancellationId: null })], [anEntry({ cancellationId: 'c7' })]])
    expect(attemptIn(books).entries).toMatchObject([{ key: '#1', cancellationId: 'c7' }])
  })

  test('is told from its equal by the id that both have by then', () => {
    const blank = (id: string | null) => anEntry({ ...half, cancellationId: id, reason: 'desk' })
    const { books } = seeAll(theBooks(), [[blank(null), blank(null)], [blank('c1'), blank('c2')], [blank('c2')]])
    const kept = attemptIn(books).entries.map(({ cancellationId, missingSince }) => [cancellationId, missingSince])
    expect(kept).toEqual([
      ['c1', later(3 * HOUR + 20 * MINUTE)],
      ['c2', null],
    ])
  })
})

describe('entries without ids', () => {
  test('of which the first vanishes: the refund that is missed is found by content', () => {
    const { books, told } = seeAll(two(), [[first, second], [second], [second]])
    expect(statesOf(books)).toEqual({ r1: 'reversed', r2: 'refunded' })
    expect(told).toEqual(['page reversed'])
  })

  test('of which the second vanishes: so it is with the other', () => {
    expect(statesOf(seeAll(two(), [[first, second], [first], [first]]).books)).toEqual({
      r1: 'refunded',
      r2: 'reversed',
    })
  })

  test('of the same second in another order are the same ones', () => {
    const { books, lines, told } = seeAll(two(), [
      [first, second],
      [second, first],
      [first, second],
    ])
    expect(rowsOf(books)).toEqual(['r1 5000', 'r2 5000'])
    expect([lines.slice(1), told]).toEqual([[[], []], []])
  })

  test('that are equal are two: 5,000 and 5,000 is 10,000, however often they are seen', () => {
    const equal = anEntry({ ...half, cancellationId: null, reason: 'desk' })
    const { books, lines } = seeAll(theBooks(), [
      [equal, equal],
      [equal, equal],
    ])
    expect([sumIn(books), books.refunds.length, lines[1]]).toEqual([10_000, 2, []])
  })

  test('that are equal stay two where one is left out, and one goes where the sum goes too', () => {
    const equal = anEntry({ ...half, cancellationId: null, reason: 'desk' })
    const both = see(theBooks(), [equal, equal], 0).books
    const partly = see(see(both, [equal], 10, { returned: 10_000 }).books, [equal], 20, { returned: 10_000 })
    expect([sumIn(partly.books), linesOf(partly)]).toEqual([10_000, []])
    const gone = see(see(partly.books, [equal], 30).books, [equal], 40)
    expect([sumIn(gone.books), kindsOf(gone)]).toEqual([5_000, ['page reversed']])
  })

  test('and without anything else that tells them apart: what went is not guessed, a person compares', () => {
    const bare = anEntry({ ...half, cancellationId: null, cancelledAt: null, reason: '' })
    const { books, told } = seeAll(two(), [[first, second], [bare], [bare]])
    expect(statesOf(books)).toEqual({ r1: 'refunded', r2: 'refunded' })
    expect(told).toEqual(['page sumsDiffer'])
  })

  test('and without its time is taken for the one that has its words', () => {
    const timed = (reason: string, minutes: number) => ({
      ...first,
      reason,
      cancelledAt: later(HOUR + minutes * MINUTE),
    })
    const [desk, bank] = [timed('desk', 1), timed('bank', 2)]
    const { books } = seeAll(theBooks(), [[desk, bank], [{ ...bank, cancelledAt: null }], [bank]])
    const reasons = attemptIn(books).entries.map(({ reason, gone }) => `${reason} ${gone ? 'gone' : 'there'}`)
    expect(reasons).toEqual(['desk gone', 'bank there'])
  })
})

describe('ids', () => {
  test('that differ are two entries, though all else is equal', () => {
    const entries = ['c1', 'c2'].map((cancellationId) => anEntry({ ...half, cancellationId, reason: 'desk' }))
    expect(sumIn(seeAll(theBooks(), [entries, entries]).books)).toBe(10_000)
    const apart = seeAll(theBooks(), [entries.slice(0, 1), entries.slice(1)], { returned: 10_000 })
    expect(attemptIn(apart.books).entries.map(({ cancellationId }) => cancellationId)).toEqual(['c1', 'c2'])
  })

  test('that stand on two entries stand for two', () => {
    const [thirty, seventy] = [anEntry({ amount: 3_000, reason: 'a' }), anEntry({ amount: 7_000, reason: 'b' })]
    const { books, lines, told } = seeAll(theBooks(), [
      [thirty, seventy],
      [seventy, thirty],
    ])
    expect([sumIn(books), lines[1], told]).toEqual([10_000, [], []])
  })

  test.each([
    ['3,000', 3_000, [7_000]],
    ['7,000', 7_000, [3_000]],
  ] as const)('that stand on two entries: where %s vanishes, that one is reversed', (_name, lost, kept) => {
    const entries = [anEntry({ amount: 3_000, reason: 'a' }), anEntry({ amount: 7_000, reason: 'b' })]
    const left = entries.filter(({ amount }) => amount !== lost)
    const { books } = seeAll(theBooks(), [entries, left, left])
    expect(books.refunds.filter(({ state }) => state === 'reversed')).toMatchObject([{ amount: lost }])
    expect(attemptIn(books).entries.flatMap(({ gone, amount }) => (gone ? [] : [amount]))).toEqual(kept)
  })

  test('that stand on equal amounts: the refund that is named by what is left stays', () => {
    const [r1, r2] = [anEntry({ ...first, cancellationId: 'c1' }), anEntry({ ...second, cancellationId: 'c1' })]
    const { books } = seeAll(two(), [[r1, r2], [r2], [r2]])
    expect(statesOf(books)).toEqual({ r1: 'reversed', r2: 'refunded' })
  })

  test('meet first what has none: of two that fit, the one with an id is not taken for a third', () => {
    const timeless = (cancellationId: string | null) =>
      anEntry({ amount: 1_000, cancellationId, cancelledAt: null, reason: 'desk' })
    const rows = [timeless(null), timeless('c1')]
    for (const booked of [rows, rows.toReversed()])
      for (const shown of [
        [timeless(null), timeless('c2')],
        [timeless('c2'), timeless(null)],
      ]) {
        const { books } = see(see(theBooks(), booked, 0).books, shown, 10, { returned: 3_500 })
        expect(attemptIn(books).entries).toHaveLength(2)
      }
  })

  test('that were all given anew prove nothing gone, and what is shown is found by content', () => {
    const entries = [first, second].map((entry, index) => ({ ...entry, cancellationId: `c${index + 1}` }))
    const anew = entries.map((entry) => ({ ...entry, cancellationId: `new-${entry.cancellationId}` })).toReversed()
    const { books, lines, told } = seeAll(two(), [entries, anew, anew])
    expect([rowsOf(books), lines.slice(1), told]).toEqual([['r1 5000', 'r2 5000'], [[], []], []])
    const left = anew.filter(({ reason }) => reason === second.reason)
    expect(statesOf(seeAll(books, [left, left]).books)).toEqual({ r1: 'reversed', r2: 'refunded' })
  })
})

describe('names', () => {
  test('of two refunds are two entries, though all else is equal', () => {
    const { books } = seeAll(two(), [[first], [second]], { returned: 10_000 })
    expect(statesOf(books)).toEqual({ r1: 'refunded', r2: 'refunded' })
  })

  test('of two refunds under one id are two entries', () => {
    const [r1, r2] = [first, second].map((entry) => ({ ...entry, cancellationId: 'c1' }))
    const { books } = seeAll(two(), [[r1 ?? first], [r2 ?? second]], { returned: 10_000 })
    expect(statesOf(books)).toEqual({ r1: 'refunded', r2: 'refunded' })
  })

  test('that are cut later are no other names', () => {
    const whole = anEntry({ ...half, cancellationId: null, reason: '#r-10 too small' })
    const before = theBooks({ refunds: [aRefund({ ...half, refundId: 'r-10' })] })
    const { books, lines } = seeAll(before, [[whole], [{ ...whole, reason: '#r-1' }], [whole]])
    expect([rowsOf(books), lines.slice(1)]).toEqual([['r-10 5000'], [[], []]])
  })
})

describe('what the gateway counts', () => {
  const desk = (amount: number, id: string | null, shown: Partial<CancelEntry> = {}) =>
    anEntry({ amount, cancellationId: id, reason: 'desk', ...shown })

  test.each([['c1'], [null]])(
    'limits what is booked of an entry (id %s); the rest follows once, when it counts',
    (id) => {
      const whole = [desk(8_000, id)]
      const partly = see(theBooks(), whole, 0, { returned: 5_000 })
      expect([sumIn(partly.books), checksumOf(attemptIn(partly.books))]).toEqual([5_000, 5_000])
      const all = see(partly.books, whole, 10)
      expect(sumIn(all.books)).toBe(8_000)
      expect(see(all.books, whole, 20)).toMatchObject({ journal: [], alerts: [] })
    },
  )

  test('limits what is booked for a refund too: it is done when all of it counts', () => {
    const partly = see(one(), [anEntry()], 0, { returned: 4_000 })
    expect(statesOf(partly.books)).toEqual({ r1: 'ticketOpen' })
    const all = see(partly.books, [anEntry()], 10)
    expect([statesOf(all.books), sumIn(all.books)]).toEqual([{ r1: 'refunded' }, 10_000])
  })

  test('once it has followed, takes nothing from an entry that comes after it', () => {
    const before = theBooks({ refunds: [aRefund({ refundId: 'r2', amount: 2_000 })] })
    const mine = desk(2_000, null, { reason: '#r2 too small', cancelledAt: later(2 * HOUR) })
    for (const id of ['c1', null]) {
      const whole = see(see(before, [desk(8_000, id)], 0, { returned: 6_000 }).books, [desk(8_000, id)], 10).books
      const both = see(whole, [mine, desk(8_000, id)], 20).books
      expect([statesOf(both).r2, sumIn(both)]).toEqual(['refunded', 10_000])
    }
  })

  test('is shared out between what follows and what is new', () => {
    const before = theBooks({ refunds: [aRefund({ refundId: 'r2', amount: 2_000 })] })
    const mine = desk(2_000, 'c2', { reason: '#r2 too small', cancelledAt: later(2 * HOUR) })
    const partly = see(before, [desk(8_000, 'c1')], 0, { returned: 5_000 }).books
    const { books } = see(partly, [desk(8_000, 'c1'), mine], 10)
    expect([statesOf(books).r2, sumIn(books)]).toEqual(['refunded', 10_000])
  })

  test('and lists, but does not count yet, is told once: nothing is booked', () => {
    const entries = [desk(3_000, 'c1'), desk(2_000, 'c2', { cancelledAt: later(2 * HOUR) })]
    const shown = { returned: 3_000 }
    const booked = see(theBooks(), entries.slice(0, 1), 0)
    const doubt = see(booked.books, entries, 10, shown)
    expect([sumIn(doubt.books), kindsOf(doubt), linesOf(doubt)]).toEqual([
      3_000,
      ['page sumsDiffer'],
      ['attempt.sumsDiffer'],
    ])
    expect(see(doubt.books, entries, 20, shown)).toMatchObject({ journal: [], alerts: [] })
    expect(sumIn(see(doubt.books, entries, 30).books)).toBe(5_000)
  })

  test('of several new entries is what is oldest, in whatever order they stand', () => {
    const entries = [desk(3_000, 'c1'), desk(2_000, 'c2', { cancelledAt: later(2 * HOUR) })]
    for (const shown of [entries, entries.toReversed()]) {
      const { books } = see(theBooks(), shown, 0, { returned: 3_000 })
      expect(attemptIn(books).entries.map(({ key, amount }) => [key, amount])).toEqual([['c1', 3_000]])
    }
  })

  test.each([
    [[desk(9_000, 'c3')], 9_000],
    [[desk(9_000, null)], 9_000],
    [[desk(9_000, 'c1')], 9_000],
  ])('is met by entries that were merged (%j): nothing is booked twice, nothing is gone', (merged, returned) => {
    const apart = [desk(6_000, 'c1'), desk(3_000, 'c2', { cancelledAt: later(2 * HOUR) })]
    const { books, told, lines } = seeAll(theBooks(), [apart, merged, merged, apart])
    expect([sumIn(books), told, lines.slice(1)]).toEqual([returned, [], [[], [], []]])
  })

  test('grows by what is merged into a booked entry: only that is new', () => {
    const { books } = seeAll(theBooks(), [[desk(6_000, null)], [desk(9_000, null, { cancelledAt: later(2 * HOUR) })]])
    expect(attemptIn(books).entries.map(({ amount }) => amount)).toEqual([6_000, 3_000])
  })

  test('is met by entries that were split: nothing is booked twice, nothing is gone, nobody is asked', () => {
    const split = [desk(6_000, 'c1'), desk(3_000, 'c2', { cancelledAt: later(2 * HOUR) })]
    for (const id of ['c1', null]) {
      const { books, told, lines } = seeAll(theBooks(), [[desk(9_000, id)], split, split])
      expect([sumIn(books), told, lines.slice(1)]).toEqual([9_000, [], [[], []]])
    }
  })

  test('of an entry that paid too much is booked in two rows, and found as one', () => {
    const before = theBooks({ refunds: [aRefund(half)] })
    for (const id of ['c1', null]) {
      const whole = [anEntry({ cancellationId: id })]
      const { books, lines } = seeAll(before, [whole, whole, whole])
      expect(attemptIn(books).entries.map(({ key, amount }) => [key, amount])).toEqual([
        [id ?? '#1', 5_000],
        [`${id ?? '#1'}+excess`, 5_000],
      ])
      expect(lines.slice(1)).toEqual([[], []])
      expect(statesOf(seeAll(books, [[], []]).books)).toEqual({ r1: 'reversed', outside: 'reversed' })
    }
  })

  test('and what it lists disagree: no ticket goes out, or more might go back than was paid', () => {
    const asked = aRefund({ amount: 2_000, state: 'requested', tickets: [] })
    const doubt = see(theBooks({ refunds: [asked] }), [desk(8_000, 'c1')], 0, { returned: 5_000 }).books
    expect(checksumOf(attemptIn(doubt))).toBe(5_000)
    expect(blockedBecause(doubt, refundOf(doubt), [], later(4 * HOUR))?.kind).toBe('balanceDiffers')
    const agreed = see(doubt, [desk(8_000, 'c1')], 10).books
    expect(blockedBecause(agreed, refundOf(agreed), [], later(4 * HOUR))).toBeUndefined()
  })
})

test('an entry that is back with less than it was booked with brings no more than it says', () => {
  const gone = aBooked({ amount: 4_000, reason: 'desk', gone: true, missingSince: later(HOUR) })
  const before = theBooks({
    attempts: [anAttempt({ entries: [gone] })],
    refunds: [aRefund({ amount: 4_000, state: 'reversed' })],
  })
  const { books } = see(before, [anEntry({ amount: 3_000, reason: 'desk' })], 0)
  expect([sumIn(books), refundOf(books).state]).toEqual([3_000, 'reversed'])
})
