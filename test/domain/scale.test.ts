// Orders with thousands of attempts (card testing): the work grows with their number, and not with
// its square.
// Must not know: SQL. Counted in elements that array methods walk over, never by a clock.
import { describe, expect, test } from 'vitest'
import type { Books } from '../../src/domain/books/books.ts'
import { noticesOf, wakesOf } from '../../src/domain/books/outgoing.ts'
import type { Evidence } from '../../src/domain/gateway.ts'
import { gatewayRef } from '../../src/domain/ids.ts'
import { judgeAll } from '../../src/domain/moves/evidence/judge.ts'
import { anEvidence, DAY, later, setting, theBooks, unpaidBooks } from '../support/books.ts'

const WALKS = [
  'every',
  'filter',
  'find',
  'findIndex',
  'flatMap',
  'forEach',
  'indexOf',
  'map',
  'some',
  'toSorted',
] as const

const ARRAYS: object = Array.prototype

/**
 * How many elements are walked over while `work` runs: each method is taken to walk its whole
 * array.
 */
function walked(work: () => void): number {
  const methods = WALKS.map((name) => [name, Object.getOwnPropertyDescriptor(ARRAYS, name)] as const)
  let count = 0
  try {
    for (const [name, descriptor] of methods) {
      const method: unknown = descriptor?.value
      if (!descriptor || typeof method !== 'function') throw new Error(`arrays have no ${name}`)
      const counting = function (this: readonly unknown[], ...args: readonly unknown[]): unknown {
        count += this.length
        return Reflect.apply(method, this, args)
      }
      Object.defineProperty(ARRAYS, name, { ...descriptor, value: counting })
    }
    work()
  } finally {
    for (const [name, descriptor] of methods) if (descriptor) Object.defineProperty(ARRAYS, name, descriptor)
  }
  return count
}

const attempts = (many: number, shown: Partial<Evidence>): readonly Evidence[] =>
  Array.from({ length: many }, (_, index) => anEvidence({ gatewayRef: gatewayRef(`imp_${index + 10}`), ...shown }))

/** The look that first shows so many attempts, and one that shows them again. */
function looks(begin: () => Books, many: number, shown: Partial<Evidence>) {
  const evidences = attempts(many, shown)
  const first = judgeAll(begin(), evidences, setting({ asOf: later(DAY) }))
  return { evidences, first }
}
const ORDERS: readonly (readonly [string, () => Books, Partial<Evidence>])[] = [
  ['declined attempts of an unpaid order', () => unpaidBooks(), { status: 'failed' }],
  ['declined attempts of a paid order', () => theBooks(), { status: 'failed' }],
  ['attempts that were begun', () => unpaidBooks(), { status: 'ready' }],
]

describe.each(ORDERS)('%s', (_name, begin, shown) => {
  test('are judged in twice the work where they are twice as many', () => {
    const work = (many: number): number => {
      const evidences = attempts(many, shown)
      return walked(() => void judgeAll(begin(), evidences, setting({ asOf: later(DAY) })))
    }
    expect(work(2_000) / work(1_000)).toBeLessThan(2.5)
  })

  test('are judged again in twice the work, with what must leave because of them', () => {
    const work = (many: number): number => {
      const { evidences, first } = looks(begin, many, shown)
      return walked(() => {
        const again = judgeAll(first.books, evidences, setting({ asOf: later(2 * DAY) }))
        wakesOf(first.books, again, null)
        noticesOf(first.books, again, () => null)
      })
    }
    expect(work(2_000) / work(1_000)).toBeLessThan(2.5)
  })

  test('are 3,000 attempts once, and leave nothing the second time', () => {
    const { evidences, first } = looks(begin, 3_000, shown)
    expect(first.books.attempts.length).toBeGreaterThanOrEqual(3_000)
    expect(first.journal.filter(({ what }) => what === 'attempt.seen')).toHaveLength(3_000)
    const again = judgeAll(first.books, evidences, setting({ asOf: later(2 * DAY) }))
    expect([again.journal, again.alerts, again.books.attempts.length]).toEqual([[], [], first.books.attempts.length])
  })
})

test('one that is paid among 3,000 declined ones settles the order', () => {
  const declined = attempts(3_000, { status: 'failed' })
  const { books } = judgeAll(unpaidBooks(), [...declined, anEvidence()], setting({ asOf: later(DAY) }))
  expect(books.payment).toMatchObject({ state: 'paid', acceptedRef: 'imp_1' })
})

test('200 that were all paid beside the first are each asked back once', () => {
  const { first, evidences } = looks(() => theBooks(), 200, {})
  const again = judgeAll(first.books, evidences, setting({ asOf: later(2 * DAY) }))
  expect(again.books.refunds.filter(({ origin }) => origin === 'policy')).toHaveLength(200)
  expect(again.journal).toEqual([])
})
