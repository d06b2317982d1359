// Random cancels through random distortions, in any order of delivery: the books never hold more
// than was counted, and end whole.
// Must not know: how entries are paired or matched. The truth only grows, so nothing may ever be
// called reversed.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { balanceOf, bookedTotal, remainingOf, sumsOf } from '../../../../src/domain/books/balance.ts'
import type { Books } from '../../../../src/domain/books/books.ts'
import type { CancelEntry, Evidence } from '../../../../src/domain/gateway.ts'
import { judge } from '../../../../src/domain/moves/evidence/judge.ts'
import {
  anEntry,
  anEvidence,
  aRefund,
  attemptIn,
  DAY,
  HOUR,
  later,
  MINUTE,
  setting,
  theBooks,
} from '../../../support/books.ts'

const REFUNDS = ['r-1', 'r-10', 'r2'] as const
const AMOUNTS = [1_000, 1_000, 1_500, 2_000] as const
const total = (parts: readonly { readonly amount: number }[]): number =>
  parts.reduce((sum, { amount }) => sum + amount, 0)

type Told = {
  /** How many of the true cancels had happened. */
  readonly upTo: number
  readonly order: readonly number[]
  readonly ids: 'all' | 'none' | 'some' | 'one for all'
  readonly times: boolean
  readonly reasons: 'whole' | 'cut' | 'blank' | 'prefixed'
  readonly history: 'whole' | 'empty' | 'part' | 'merged' | 'split'
}

const told: fc.Arbitrary<Told> = fc.record({
  upTo: fc.nat(5),
  order: fc.array(fc.nat(), { minLength: 6, maxLength: 6 }),
  ids: fc.constantFrom('all', 'none', 'some', 'one for all'),
  times: fc.boolean(),
  reasons: fc.constantFrom('whole', 'cut', 'blank', 'prefixed'),
  history: fc.constantFrom('whole', 'empty', 'part', 'merged', 'split'),
})
const truth = fc.array(
  fc.record({
    amount: fc.constantFrom(...AMOUNTS),
    reason: fc.constantFrom(...REFUNDS.map((id) => `#${id} too small`), 'desk', ''),
    minute: fc.nat(3),
  }),
  { minLength: 1, maxLength: 5 },
)
/** One after the other: each at a minute of its own. */
const timed = truth.map((made) => made.map((each, minute) => ({ ...each, minute })))
const asked = fc.array(fc.constantFrom(...AMOUNTS), { minLength: 3, maxLength: 3 })

const cancels = (made: readonly { amount: number; reason: string; minute: number }[]): readonly CancelEntry[] =>
  made.map(({ amount, reason, minute }, index) =>
    anEntry({ cancellationId: `c${index}`, amount, reason, cancelledAt: later(HOUR + minute * MINUTE) }),
  )

const timesOf = (entries: readonly { readonly cancelledAt: string | null }[]): readonly number[] =>
  entries.map(({ cancelledAt }) => Date.parse(cancelledAt ?? '')).toSorted((x, y) => x - y)

/**
 * What the gateway says of these cancels: always the full sum, and of the rest whatever it likes.
 */
function distorted(happened: readonly CancelEntry[], { order, ids, times, reasons, history }: Told): Evidence {
  const shuffled = happened
    .map((entry, index) => ({ entry, place: (order[index] ?? 0) % 7 }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ entry }) => entry)
  const shown = reshaped(history === 'part' ? shuffled.slice(1) : history === 'empty' ? [] : shuffled, history)
  const entries = shown.map((entry, index) => ({
    ...entry,
    cancellationId: idOf(entry, ids, index),
    cancelledAt: times ? entry.cancelledAt : null,
    reason: reworded(entry.reason, reasons),
  }))
  return anEvidence({ entries, returned: total(happened), amount: 10_000 })
}

function idOf({ cancellationId }: CancelEntry, ids: Told['ids'], index: number): string | null {
  if (ids === 'one for all') return 'receipt'
  return ids === 'none' || (ids === 'some' && index % 2 === 0) ? null : cancellationId
}

function reworded(reason: string, how: Told['reasons']): string {
  if (how === 'cut') return reason.slice(0, 4)
  if (how === 'blank') return ''
  return how === 'prefixed' && reason !== '' ? `[PG] ${reason}` : reason
}

function reshaped(entries: readonly CancelEntry[], history: Told['history']): readonly CancelEntry[] {
  const [one, two, ...rest] = entries
  if (history === 'merged' && one && two) return [{ ...one, amount: one.amount + two.amount }, ...rest]
  if (history !== 'split' || !one) return entries
  const half = one.amount / 2
  return [{ ...one, amount: half }, { ...one, amount: half, cancellationId: null }, ...entries.slice(1)]
}

const begin = (amounts: readonly number[]): Books =>
  theBooks({
    refunds: REFUNDS.map((refundId, index) =>
      aRefund({ refundId, amount: amounts[index] ?? 1_000, createdAt: later(index * MINUTE) }),
    ),
  })

/**
 * Answers numbered by how much had happened, delivered as they come; then one that is whole, and
 * the newest.
 */
function deliver(all: readonly CancelEntry[], answers: readonly Told[], amounts: readonly number[]): Books {
  const numbers = new Map(answers.toSorted((x, y) => x.upTo - y.upTo).map((each, number) => [each, number]))
  let [books, most] = [begin(amounts), 0]
  for (const answer of answers) {
    const evidence = distorted(all.slice(0, answer.upTo), answer)
    most = Math.max(most, evidence.returned)
    books = see(books, evidence, numbers.get(answer) ?? 0)
    mustHold(books, most)
  }
  books = see(books, anEvidence({ entries: all }), answers.length + 1)
  mustHold(books, total(all))
  return books
}

function see(books: Books, evidence: Evidence, number: number): Books {
  const asOf = later(DAY + number * 15 * MINUTE)
  return judge(books, evidence, setting({ asOf, number: Date.parse(asOf) }))?.books ?? books
}

/** What must hold whatever was told; as one list of faults, for it is asked after every answer. */
function mustHold(books: Books, most: number): void {
  const attempt = attemptIn(books)
  const { entries } = attempt
  const faults = {
    'booked, and never counted': bookedTotal(attempt) > most,
    'two rows of one name': new Set(entries.map(({ key }) => key)).size < entries.length,
    'missing or gone': entries.some(({ gone, missingSince }) => gone || missingSince !== null),
    reversed: books.refunds.some(({ state }) => state === 'reversed'),
    'returned and reserved beyond paid': balanceOf(books, attempt) < 0,
    'refunded without its money': books.refunds.some((r) => r.state === 'refunded' && remainingOf(r, attempt) > 0),
    'returned, and not booked': sumsOf(books, attempt).returned !== bookedTotal(attempt),
  }
  const found = Object.entries(faults).flatMap(([fault, is]) => (is ? [fault] : []))
  if (found.length > 0) throw new Error(found.join('; '))
}

describe('cancels that were told in any way and order', () => {
  test('are booked never beyond what was counted, none is ever reversed, and in the end all are booked', () => {
    fc.assert(
      fc.property(truth, asked, fc.array(told, { maxLength: 6 }), (made, amounts, answers) => {
        const all = cancels(made)
        expect(bookedTotal(attemptIn(deliver(all, answers, amounts)))).toBe(total(all))
      }),
      { numRuns: 600 },
    )
  })

  test('are each booked once, where none was merged or split, and the time tells them apart', () => {
    const plain = told.map((each) => ({
      ...each,
      times: true,
      history: each.history === 'part' ? ('part' as const) : ('whole' as const),
      ids: each.ids === 'one for all' ? ('none' as const) : each.ids,
    }))
    fc.assert(
      fc.property(timed, asked, fc.array(plain, { maxLength: 6 }), (made, amounts, answers) => {
        const all = cancels(made)
        const { entries } = attemptIn(deliver(all, answers, amounts))
        const booked = entries.filter(({ key }) => !key.includes('+'))
        expect(timesOf(booked)).toEqual(timesOf(all))
      }),
      { numRuns: 600 },
    )
  })

  test('move the same refunds in whatever order one answer lists them', () => {
    fc.assert(
      fc.property(timed, asked, told, (made, amounts, answer) => {
        const all = cancels(made)
        const evidence = distorted(all, { ...answer, times: true })
        const outcome = (entries: readonly CancelEntry[]) =>
          see(begin(amounts), { ...evidence, entries }, 1)
            .refunds.map(({ state, origin, amount }) => `${origin} ${state} ${amount}`)
            .toSorted()
        expect(outcome(evidence.entries.toReversed())).toEqual(outcome(evidence.entries))
      }),
      { numRuns: 300 },
    )
  })
})
