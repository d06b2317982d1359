// Requests for a cancel that the gateway shows: an open one of ours is its ticket, a failed one is a refusal, and one of
// anybody else holds ours until it has ended.
// Must not know: which gateway shows them.
import { describe, expect, test } from 'vitest'
import type { Refund } from '../../../../src/domain/books/books.ts'
import type { Evidence, SeenTicket } from '../../../../src/domain/gateway.ts'
import { blockedBecause } from '../../../../src/domain/moves/tickets.ts'
import type { RefundState } from '../../../../src/domain/refund.ts'
import {
  aBooked,
  anAttempt,
  anEntry,
  anEvidence,
  aRefund,
  AT,
  attemptIn,
  aTicket,
  HOUR,
  judged,
  kindsOf,
  later,
  linesOf,
  refundOf,
  theBooks,
} from '../../../support/books.ts'

const seen = (shown: Partial<SeenTicket> = {}): SeenTicket => ({
  id: 'request-1',
  amount: 10_000,
  requestedAt: AT,
  reason: '#r1 too small',
  mark: null,
  state: 'open',
  ...shown,
})
const showing = (...tickets: readonly SeenTicket[]): Evidence => anEvidence({ tickets })
const bookOf = (shown: Partial<Omit<Refund, 'refundId'>> = {}) => theBooks({ refunds: [aRefund(shown)] })

const NOT_SENT = { state: 'requested', tickets: [] } as const
describe('an open one that names our refund is its ticket', () => {
  test.each<[RefundState, Parameters<typeof bookOf>[0]]>([
    ['requested', NOT_SENT],
    ['requested', { state: 'requested', tickets: [aTicket({ outcome: 'notSent' })] }],
    ['unknown', { state: 'unknown', tickets: [aTicket({ outcome: 'unknown' })] }],
    ['blocked', { state: 'blocked', blockedBecause: 'balanceDiffers', tickets: [] }],
    ['refused', { state: 'refused', tickets: [aTicket({ outcome: 'refused' })] }],
  ])('from %s', (from, shown) => {
    const decision = judged(bookOf(shown), showing(seen()))
    const refund = refundOf(decision.books)
    expect(refund).toMatchObject({ state: 'ticketOpen', blockedBecause: null })
    expect(refund.tickets).toMatchObject([{ authorisedBy: 'submit', outcome: 'filed', shownAs: 'request-1' }])
    expect(decision.journal).toContainEqual(expect.objectContaining({ what: 'ticketShown', from, to: 'ticketOpen' }))
  })

  test('of one that no row knows the database has lost the intent: a person is told, once', () => {
    const decision = judged(bookOf(NOT_SENT), showing(seen()))
    expect(kindsOf(decision)).toEqual(['page rowWentBack'])
    expect(decision.journal).toContainEqual(expect.objectContaining({ what: 'refund.rowWentBack' }))
    expect(kindsOf(judged(decision.books, showing(seen()), { asOf: later(3 * HOUR) }))).toEqual([])
  })

  test('one that waits for it keeps the id, and nothing else moves', () => {
    const decision = judged(bookOf(), showing(seen()))
    expect(refundOf(decision.books)).toMatchObject({ state: 'ticketOpen', tickets: [{ shownAs: 'request-1' }] })
    expect(linesOf(decision)).toEqual([])
    expect(linesOf(judged(decision.books, showing(seen()), { asOf: later(3 * HOUR) }))).toEqual([])
  })

  test('while its call is under way the answer says how it ended', () => {
    const decision = judged(bookOf({ state: 'requested', tickets: [aTicket({ outcome: null })] }), showing(seen()))
    expect(refundOf(decision.books)).toMatchObject({ state: 'ticketOpen', tickets: [{ outcome: null }] })
  })

  test('by the id that is known, whatever its reason says by now', () => {
    const books = bookOf({ state: 'unknown', tickets: [aTicket({ outcome: 'unknown', shownAs: 'request-1' })] })
    expect(refundOf(judged(books, showing(seen({ reason: '' }))).books).state).toBe('ticketOpen')
  })

  test('by a reason that was cut', () => {
    const books = bookOf({ state: 'unknown', tickets: [aTicket({ outcome: 'unknown' })] })
    expect(refundOf(judged(books, showing(seen({ reason: '#r1 too' }))).books).state).toBe('ticketOpen')
  })

  test('where it has no room any more a person is told to have it dropped', () => {
    const attempt = anAttempt({
      entries: [aBooked({ key: 'x', refundId: aRefund({ refundId: 'r2' }).refundId })],
      gatewayReturned: 10_000,
    })
    const other = aRefund({ refundId: 'r2', state: 'refunded', tickets: [] })
    const refused = aRefund({ state: 'refused', tickets: [aTicket({ outcome: 'refused' })] })
    const evidence = anEvidence({ entries: [anEntry({ reason: '#r2 too small' })], tickets: [seen()] })
    const decision = judged(theBooks({ attempts: [attempt], refunds: [refused, other] }), evidence)
    expect(kindsOf(decision)).toContain('page overtakenTicket')
  })
})

describe('what a person has said stays', () => {
  test('one that is dead is open at the gateway for ever', () => {
    const dead = bookOf({
      state: 'refused',
      ticketDead: true,
      tickets: [aTicket({ dead: true, shownAs: 'request-1' })],
    })
    expect(refundOf(judged(dead, showing(seen())).books).state).toBe('refused')
  })

  test('another one was authorised beside it', () => {
    const old = aTicket({ shownAs: 'request-1' })
    const books = bookOf({ state: 'requested', authorisation: 'retry-1', tickets: [old] })
    expect(refundOf(judged(books, showing(seen())).books)).toMatchObject({ state: 'requested', tickets: [old] })
  })

  test('but nobody knew of one that is seen for the first time', () => {
    const books = bookOf({ state: 'requested', authorisation: 'retry-1', tickets: [aTicket({ outcome: 'unknown' })] })
    expect(refundOf(judged(books, showing(seen())).books)).toMatchObject({
      state: 'ticketOpen',
      tickets: [{ authorisedBy: 'submit', outcome: 'filed', shownAs: 'request-1' }],
    })
  })
})

describe('a failed one that names our refund is a refusal', () => {
  const failed = showing(seen({ state: 'refused' }))
  test.each([
    ['ticketOpen', 'filed'],
    ['unknown', 'unknown'],
  ] as const)('from %s', (state, outcome) => {
    const decision = judged(bookOf({ state, tickets: [aTicket({ outcome })] }), failed)
    expect(refundOf(decision.books)).toMatchObject({
      state: 'refused',
      tickets: [{ outcome: 'refused', shownAs: 'request-1' }],
    })
    expect(kindsOf(decision)).toEqual(['warn refused'])
  })

  test('an earlier one says nothing of the latest', () => {
    const tickets = [aTicket({ shownAs: 'request-1' }), aTicket({ authorisedBy: 'retry-1', shownAs: 'request-2' })]
    const books = bookOf({ authorisation: 'retry-1', tickets })
    expect(refundOf(judged(books, showing(seen({ state: 'refused' }), seen({ id: 'request-2' }))).books).state).toBe(
      'ticketOpen',
    )
  })

  test('one that nobody here filed says nothing', () => {
    const decision = judged(bookOf(NOT_SENT), failed)
    expect(refundOf(decision.books)).toMatchObject(NOT_SENT)
  })
})

test('what has gone back by it is its answer, whatever its reason says by then', () => {
  const books = bookOf({ tickets: [aTicket({ shownAs: 'request-1' })] })
  const entry = anEntry({ cancellationId: 'request-1', reason: 'replaced', amount: 10_000 })
  expect(refundOf(judged(books, anEvidence({ entries: [entry], tickets: [] })).books)).toMatchObject({
    state: 'refunded',
    matchedByAmount: false,
  })
})

describe('an open one of anybody else', () => {
  const foreign = seen({ reason: 'from the console', amount: 4_000 })

  test('holds ours until it has ended', () => {
    const held = judged(bookOf(NOT_SENT), showing(foreign))
    expect(attemptIn(held.books).foreignTickets).toBe('request-1 of 4000')
    expect(blockedBecause(held.books, refundOf(held.books), [], AT)).toMatchObject({ kind: 'foreignTicket' })
    const blocked = theBooks({
      attempts: held.books.attempts,
      refunds: [aRefund({ state: 'blocked', blockedBecause: 'foreignTicket', tickets: [] })],
    })
    const over = judged(blocked, showing({ ...foreign, state: 'refused' }), { asOf: later(3 * HOUR) })
    expect(refundOf(over.books)).toMatchObject({ state: 'requested', blockedBecause: null })
    expect(linesOf(over)).toEqual(['attempt.foreignTickets', 'released', 'payment.state'])
  })

  test.each(['console', 'chargeback'] as const)('a mark of %s makes it one, whatever it names', (mark) => {
    const { books } = judged(bookOf(NOT_SENT), showing(seen({ mark })))
    expect(refundOf(books).state).toBe('requested')
    expect(attemptIn(books).foreignTickets).not.toBeNull()
  })

  test('an amount that fits makes it none of ours', () => {
    const books = bookOf({ state: 'unknown', tickets: [aTicket({ outcome: 'unknown' })] })
    expect(refundOf(judged(books, showing(seen({ reason: '' }))).books).state).toBe('unknown')
  })

  test('evidence that shows no requests at all ends none', () => {
    const { books } = judged(bookOf(NOT_SENT), showing(foreign))
    const silent = judged(books, anEvidence(), { asOf: later(3 * HOUR) })
    expect(attemptIn(silent.books).foreignTickets).toBe('request-1 of 4000')
  })

  test('older evidence ends none, and begins none', () => {
    const { books } = judged(bookOf(NOT_SENT), showing(foreign), { asOf: later(3 * HOUR) })
    const older = judged(books, anEvidence({ tickets: [], entries: [anEntry({ amount: 1_000 })] }), {
      asOf: later(HOUR),
    })
    expect(attemptIn(older.books).foreignTickets).toBe('request-1 of 4000')
  })
})
