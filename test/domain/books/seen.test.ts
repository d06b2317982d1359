// The mark of what a person saw: another one for every fact that money is decided on, the same whatever looks and people's words bring.
// Must not know: commands, how a mark is made.
import { expect, test } from 'vitest'
import type { Attempt, Books, Refund } from '../../../src/domain/books/books.ts'
import { seenOf, seenOfRefund } from '../../../src/domain/books/seen.ts'
import { block } from '../../../src/domain/moves/tickets.ts'
import { cancelRequested, raiseRefund } from '../../../src/domain/moves/time.ts'
import {
  aBooked,
  anAttempt,
  aPayment,
  aRefund,
  aTicket,
  DAY,
  later,
  refundOf,
  SECOND_REF,
  anEntry,
  anEvidence,
  judged,
  PATIENCE,
  theBooks,
  unpaidBooks,
} from '../../support/books.ts'

const marked = (refund: Partial<Omit<Refund, 'refundId'>>, attempt: Partial<Attempt> = {}): string => {
  const books = theBooks({ attempts: [anAttempt(attempt)], refunds: [aRefund(refund)] })
  return seenOfRefund(books, refundOf(books))
}
const filed = aTicket()

test('a mark is short enough to be pasted', () => {
  expect(marked({})).toMatch(/^[0-9a-f]{16}$/)
  expect(seenOf(theBooks())).toMatch(/^[0-9a-f]{16}$/)
})

test('each money fact of a refund has a mark of its own', () => {
  const marks = [
    marked({}),
    marked({ state: 'requested' }),
    marked({ tickets: [] }),
    marked({ tickets: [aTicket({ outcome: null })] }),
    marked({ tickets: [aTicket({ outcome: 'unknown' })] }),
    marked({ tickets: [filed, aTicket({ authorisedBy: 'retry-2' })] }),
    marked({ tickets: [filed, aTicket({ authorisedBy: 'retry-2', outcome: 'notSent' })] }),
    marked({ ticketDead: true }),
    marked({}, { entries: [aBooked({ amount: 4_000 })], gatewayReturned: 4_000 }),
  ]
  expect(new Set(marks).size).toBe(marks.length)
})

test('a look that brings nothing, a checkpoint, an owner and a snooze leave the mark of a refund as it is', () => {
  const waited: Partial<Refund> = {
    attention: 'page',
    owner: 'ann',
    acknowledgedLevel: 'warn',
    snoozedUntil: later(9 * DAY),
    lastCheckpointAt: later(7 * DAY),
    nextCheckpointAt: later(14 * DAY),
    said: 'a ticket is open',
  }
  const looked = {
    evidenceAsOf: later(DAY),
    evidenceNumber: 7,
    lookFailedAt: later(2 * DAY),
    lookFailedSaid: 'no answer',
  }
  expect(marked(waited, looked)).toBe(marked({}))
  const tickets = [filed, aTicket({ authorisedBy: 'retry-2' })]
  expect(marked({ tickets: tickets.toReversed() })).toBe(marked({ tickets }))
})

test('an alert names the mark wherever its reader may decide on money, as it is once all has moved', () => {
  const open = theBooks({ refunds: [aRefund({ nextCheckpointAt: later(DAY) })] })
  const id = refundOf(open).refundId
  const now = { now: later(8 * DAY), patience: PATIENCE }
  const requested = theBooks({ refunds: [aRefund({ state: 'requested', tickets: [] })] })
  const decisions = [
    raiseRefund(open, id, undefined, now),
    block(
      requested,
      id,
      { kind: 'notRefundable', sentence: { en: 'cash goes back to nobody', ko: 'cash goes back to nobody' } },
      now,
    ),
    cancelRequested(open, `refund:${id}`, now),
  ]
  for (const { books, alerts } of decisions)
    expect(alerts.map(({ sentence }) => sentence.en)).toEqual([
      expect.stringContaining(`; its mark is ${seenOfRefund(books, refundOf(books))}`),
    ])
  const late = judged(unpaidBooks({ orderState: 'closed' }), anEvidence())
  expect(late.alerts.map(({ sentence }) => sentence.en)).toEqual([
    expect.stringContaining(`; its mark is ${seenOf(late.books)}`),
  ])
})

test('an alert about a refund that is over names none: nothing is left to decide', () => {
  const settled = theBooks({ refunds: [aRefund({ state: 'settledElsewhere', paidElsewhere: 10_000 })] })
  const { alerts } = judged(settled, anEvidence({ entries: [anEntry()] }))
  expect(alerts.find(({ kind }) => kind === 'paidBackTwice')?.sentence.en).toMatch(/./)
  for (const { sentence } of alerts) expect(sentence.en).not.toContain('its mark is')
})

test('each money fact of a payment has a mark of its own, and its waiting has none', () => {
  const late = anAttempt({ accepted: false, because: 'late' })
  const of = (shown: Partial<Books>): string => seenOf(theBooks(shown))
  const marks = [
    of({}),
    of({ attempts: [late] }),
    of({ attempts: [{ ...late, amount: 9_000 }] }),
    of({ attempts: [anAttempt(), anAttempt({ gatewayRef: SECOND_REF, accepted: false, because: 'second' })] }),
    of({ attempts: [anAttempt({ entries: [aBooked({ amount: 4_000 })], gatewayReturned: 4_000 })] }),
    of({ attempts: [anAttempt({ contradiction: 'shown as failed' })] }),
    of({ attempts: [anAttempt({ contradiction: 'shown as failed', released: 'shown as failed' })] }),
    seenOf({ payment: undefined, attempts: [late], refunds: [] }),
  ]
  expect(new Set(marks).size).toBe(marks.length)
  const payment = aPayment({ acceptedRef: anAttempt().gatewayRef, attention: 'warn', owner: 'ann' })
  expect(of({ payment, attempts: [anAttempt({ evidenceAsOf: later(DAY) })] })).toBe(of({}))
})
