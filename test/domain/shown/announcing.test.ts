// What a checkpoint tells: each step of a schedule once and at its own level, quiet looks nothing, and a changed patience what it asks for by now.
// Must not know: how patience is computed, how alerts leave.
import { describe, expect, test } from 'vitest'
import type { Attention, Books, Refund } from '../../../src/domain/books/books.ts'
import { isReplanned, planRefund, replanRefund } from '../../../src/domain/books/waits.ts'
import { refundId } from '../../../src/domain/ids.ts'
import { raisePayment, raiseRefund } from '../../../src/domain/moves/time.ts'
import { parsePatience } from '../../../src/domain/patience.ts'
import {
  anAttempt,
  anEvidence,
  aRefund,
  AT,
  DAY,
  HOUR,
  judged,
  kindsOf,
  later,
  MINUTE,
  PATIENCE,
  refundOf,
  theBooks,
  unpaidBooks,
} from '../../support/books.ts'

const setting = (ms: number) => ({ now: later(ms), patience: PATIENCE })
const booksOf = (shown: Parameters<typeof aRefund>[0], ms = 0): Books =>
  theBooks({ refunds: [planRefund(aRefund(shown), PATIENCE, later(ms), false)] })

/** Checkpoints at these moments, one after the other: what each told, and the attention after it. */
function walk(begin: Books, moments: readonly number[]): readonly (readonly [readonly string[], Attention])[] {
  let books = begin
  return moments.map((ms) => {
    const decision = raiseRefund(books, refundId('r1'), undefined, setting(ms))
    books = decision.books
    return [kindsOf(decision), refundOf(books).attention] as const
  })
}

describe('a checkpoint', () => {
  test('tells each step once and at its own level, where attention is louder already too', () => {
    const told = walk(booksOf({ state: 'refused' }), [DAY, 3 * DAY, 7 * DAY, 14 * DAY])
    expect(told).toEqual([
      [['remind refund.refused'], 'warn'],
      [['warn refund.refused'], 'warn'],
      [['page refund.refused'], 'page'],
      [['page refund.refused'], 'page'],
    ])
  })

  test('that only looks again tells nobody, however loud the refund is already', () => {
    const begin = { state: 'unknown', stateSince: later(4 * DAY), lastCheckpointAt: later(3 * DAY) } as const
    const looks = [MINUTE, 10 * MINUTE, HOUR].map((ms) => 4 * DAY + ms)
    const told = walk(booksOf(begin, 4 * DAY), looks)
    expect(told).toEqual([
      [[], 'warn'],
      [[], 'warn'],
      [['warn refund.unknown'], 'warn'],
    ])
  })

  test('that comes late makes one alert of all steps that were missed, at the loudest of their levels', () => {
    expect(walk(booksOf({}), [5 * DAY])).toEqual([[['warn refund.ticketOpen'], 'warn']])
  })

  test('that is repeated tells nothing twice', () => {
    expect(walk(booksOf({}), [DAY, DAY])).toEqual([
      [['remind refund.ticketOpen'], 'remind'],
      [[], 'remind'],
    ])
  })

  test('at the end of a snooze tells, though no step fell due', () => {
    const begin = { attention: 'warn', lastCheckpointAt: later(3 * DAY), snoozedUntil: later(5 * DAY) } as const
    expect(walk(booksOf(begin, 4 * DAY), [5 * DAY])).toEqual([[['remind refund.ticketOpen'], 'warn']])
  })

  test('does not lower what a person has raised', () => {
    const books = booksOf({})
    const [refund] = books.refunds
    const warned = { ...books, refunds: refund ? [{ ...refund, attention: 'warn' } as const] : [] }
    expect(walk(warned, [DAY])).toEqual([[['remind refund.ticketOpen'], 'warn']])
  })

  test('of money with a wrong amount reminds of it at the reminder, and warns at the warning', () => {
    let { books } = judged(unpaidBooks(), anEvidence({ amount: 9_000 }), { asOf: AT })
    const told = [DAY, 3 * DAY].map((ms) => {
      const decision = raisePayment(books, undefined, setting(ms))
      books = decision.books
      return [...kindsOf(decision), books.payment?.attention]
    })
    expect(told).toEqual([
      ['remind payment.quarantined', 'warn'],
      ['warn payment.quarantined', 'warn'],
    ])
  })
})

describe('a patience that changed while a refund waits', () => {
  const reminded = (shown: Parameters<typeof aRefund>[0] = {}): Refund =>
    planRefund(aRefund({ lastCheckpointAt: later(DAY), ...shown }), PATIENCE, later(DAY), false)
  const replanned = (refund: Refund, text: string) => replanRefund(refund, parsePatience(text), later(2 * DAY))

  test('makes a checkpoint due at once where it asks for more than was told, which tells it', () => {
    const due = replanned(reminded(), '12h warn, 30d page')
    expect(due).toMatchObject({ attention: 'remind', nextCheckpointAt: later(2 * DAY), nextCheckpointLevel: 'warn' })
    const books = theBooks({ refunds: [due], attempts: [anAttempt()] })
    const patience = parsePatience('12h warn, 30d page')
    const told = raiseRefund(books, refundId('r1'), undefined, { now: later(2 * DAY), patience })
    expect(kindsOf(told)).toEqual(['warn refund.ticketOpen'])
    expect(refundOf(told.books)).toMatchObject({ attention: 'warn', nextCheckpointAt: later(30 * DAY) })
  })

  test('tells nobody before the end of a snooze', () => {
    const until = later(6 * DAY)
    const refund = reminded({ snoozedUntil: until })
    expect(replanned(refund, '12h warn, 30d page')).toMatchObject({ attention: 'remind', nextCheckpointAt: until })
  })

  test('takes back nothing that was told, and moves the next checkpoint', () => {
    const refund = replanned(reminded(), '10d page')
    expect(refund).toMatchObject({
      attention: 'remind',
      nextCheckpointAt: later(10 * DAY),
      nextCheckpointLevel: 'page',
    })
  })

  test.each([
    ['24h remind, 72h warn, 7d page', false],
    ['24h remind, 72h warn', false],
    ['24h remind, 72h page', true],
    ['24h remind, 73h warn', true],
    ['24h warn, 72h warn', true],
    ['24h remind, 36h warn', true],
  ])('is noticed by what it plans: "%s": %s', (text, changed) => {
    expect(isReplanned(reminded(), parsePatience(text), later(26 * HOUR))).toBe(changed)
  })
})
