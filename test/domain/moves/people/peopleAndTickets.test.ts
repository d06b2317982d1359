// What a person may say about tickets: a new one, a dead one, one that was never sent; and what of it stays reserved.
// Must not know: SQL, gateways. One ticket for one authorisation; no money is promised twice.
import { describe, expect, test } from 'vitest'
import { balanceOf, sumsOf } from '../../../../src/domain/books/balance.ts'
import type { Books, Decision, Ticket } from '../../../../src/domain/books/books.ts'
import { Failure } from '../../../../src/domain/failures.ts'
import type { RefundCommand } from '../../../../src/domain/moves/people/commands.ts'
import { commandRefund, movesMoney } from '../../../../src/domain/moves/people/refunds.ts'
import { nextTicketKey } from '../../../../src/domain/moves/tickets.ts'
import { refundClosed } from '../../../../src/domain/refund.ts'
import {
  aBooked,
  anAttempt,
  anEntry,
  anEvidence,
  aRefund,
  aTicket,
  attemptIn,
  DAY,
  HOUR,
  judged,
  later,
  linesOf,
  MINUTE,
  PATIENCE,
  refundOf,
  theBooks,
} from '../../../support/books.ts'

const r1 = aRefund().refundId
const WAITS = { nextCheckpointAt: later(DAY) } as const
const OPEN = '; acknowledge; snooze; recheck'
function booksWith(shown: Parameters<typeof aRefund>[0]): Books {
  return theBooks({ refunds: [aRefund({ ...WAITS, ...shown })] })
}
const command = (books: Books, asked: RefundCommand, now = later(HOUR)): Decision =>
  commandRefund(books, r1, asked, { now, patience: PATIENCE })
const rejected = (sentence: string) => new Failure('updateRejected', sentence)
const retry = { kind: 'retryTicket', reason: 'the desk lost it' } as const
const withdraw = { kind: 'withdraw', reason: 'kept' } as const
const resolve = {
  kind: 'resolve',
  outcome: 'refused',
  reason: 'closed card',
  evidence: 'a mail',
  ticketDead: true,
} as const

const refusedTwice = booksWith({
  state: 'refused',
  tickets: [
    aTicket({ outcome: 'refused' }),
    aTicket({ authorisedBy: 'retry-2', outcome: 'refused', intentAt: later(HOUR) }),
  ],
})

describe('one more ticket', () => {
  test('is a new authorisation: its key is new, whatever was tried before', () => {
    const tickets = ['submit', 'submit.2', 'retry-2'].map((authorisedBy) =>
      aTicket({ authorisedBy, outcome: 'refused' }),
    )
    const before = booksWith({ state: 'refused', authorisation: 'retry-2', tickets, blockedBecause: 'method' })
    const { books, journal } = command(before, retry)
    expect(refundOf(books)).toMatchObject({ state: 'requested', authorisation: 'retry-3', blockedBecause: null })
    expect(nextTicketKey(refundOf(books))).toBe('retry-3')
    expect(journal[0]).toMatchObject({
      what: 'retried',
      from: 'refused',
      to: 'requested',
      why: 'the desk lost it',
      facts: { authorisation: 'retry-3' },
    })
  })

  test('of a refund that never had one is the first of its authorisation', () => {
    const { books } = command(booksWith({ state: 'blocked', tickets: [] }), retry)
    expect(nextTicketKey(refundOf(books))).toBe('retry-1')
  })

  test.each([
    [['submit'], 'retry-2'],
    [['submit', 'submit.2'], 'retry-2'],
    [['submit', 'retry-3'], 'retry-4'],
    [['retry-9.2'], 'retry-10'],
  ] as const)('after %j is authorised as %s, which nothing was ever sent under', (keys, authorisation) => {
    const tickets = keys.map((authorisedBy) => aTicket({ authorisedBy, outcome: 'refused' }))
    const { books } = command(booksWith({ state: 'refused', tickets }), retry)
    expect(refundOf(books)).toMatchObject({ state: 'requested', authorisation })
    expect(nextTicketKey(refundOf(books))).toBe(authorisation)
  })

  test('while one is open is refused until that one has waited past the page level, however old and loud the refund is', () => {
    const possible = `possible now: resolve as refunded, refused, settledElsewhere${OPEN}`
    const why = `a ticketOpen refund takes no new ticket: its ticket is open, and another is possible once that one has waited past the page level, from ${later(7 * DAY)} on; ${possible}`
    for (const attention of ['none', 'remind', 'warn', 'page'] as const)
      expect(() => command(booksWith({ attention }), retry, later(7 * DAY - 1))).toThrow(rejected(why))
    expect(refundOf(command(booksWith({}), retry, later(7 * DAY)).books).state).toBe('requested')
  })

  test('beside one that was sent a second time waits for that second one', () => {
    const tickets = [aTicket(), aTicket({ authorisedBy: 'retry-2', intentAt: later(9 * DAY) })]
    const before = booksWith({ attention: 'page', authorisation: 'retry-2', tickets })
    for (const now of [later(9 * DAY + 2 * MINUTE), later(16 * DAY - 1)])
      expect(() => command(before, retry, now)).toThrow('another is possible once that one has waited past the page')
    expect(refundOf(command(before, retry, later(16 * DAY)).books).authorisation).toBe('retry-3')
  })

  test('of a lost answer is refused until an hour after the latest one was asked for', () => {
    const tickets = [
      aTicket({ outcome: 'unknown' }),
      aTicket({ authorisedBy: 'retry-2', outcome: 'unknown', intentAt: later(2 * HOUR) }),
    ]
    const before = booksWith({ state: 'unknown', authorisation: 'retry-2', tickets })
    const why = `an unknown refund takes no new ticket: its answer may still come, and another ticket is possible an hour after the last one was asked for, from ${later(3 * HOUR)} on; possible now: resolve as refunded, refused, settledElsewhere, ticketOpen${OPEN}`
    for (const now of [later(2 * HOUR + MINUTE), later(3 * HOUR - 1)])
      expect(() => command(before, retry, now)).toThrow(rejected(why))
    expect(refundOf(command(before, retry, later(3 * HOUR)).books).state).toBe('requested')
  })

  test('waits for no try that sent nothing', () => {
    const tickets = [
      aTicket({ outcome: 'unknown' }),
      aTicket({ authorisedBy: 'submit.2', outcome: 'notSent', intentAt: later(HOUR) }),
    ]
    expect(refundOf(command(booksWith({ state: 'unknown', tickets }), retry).books).state).toBe('requested')
  })

  test.each(['unknown', 'ticketOpen'] as const)(
    'is waited for by the time of the state where no intent of a refund that is %s is known',
    (state) => {
      const before = booksWith({ state, tickets: [], stateSince: later(9 * DAY) })
      expect(() => command(before, retry, later(9 * DAY + MINUTE))).toThrow('takes no new ticket')
      expect(refundOf(command(before, retry, later(16 * DAY)).books).state).toBe('requested')
    },
  )

  test.each([
    [0, 60],
    [1, 60],
    [59_001, 1],
    [59_999, 1],
  ])('%i ms after the last intent is refused for another %i s', (ms, seconds) => {
    const why = `the last try has only just begun and its answer may be on its way; ask again in ${seconds} s`
    expect(() => command(refusedTwice, retry, later(HOUR + ms))).toThrow(rejected(why))
  })

  test('is possible from the 60th second on', () => {
    expect(refundOf(command(refusedTwice, retry, later(HOUR + MINUTE)).books).state).toBe('requested')
  })

  describe('where the gateway takes the same call again, and advises to wait longer for its answer', () => {
    const sent = aTicket({ outcome: 'refused', sentCall: '{}' })
    const repeated = { ...sent, repeatedAt: later(2 * HOUR) }
    const why = (seconds: number) =>
      `the last try has only just begun and its answer may be on its way; ask again in ${seconds} s`

    test.each([
      ['its call', sent, 0],
      ['its repeat', repeated, 2 * HOUR],
    ])('90 s pass after %s', (_, ticket, at) => {
      const refused = booksWith({ state: 'refused', tickets: [ticket] })
      expect(() => command(refused, retry, later(at + MINUTE))).toThrow(rejected(why(30)))
      expect(() => command(refused, retry, later(at + 90_000 - 1))).toThrow(rejected(why(1)))
      expect(refundOf(command(refused, retry, later(at + 90_000)).books).state).toBe('requested')
    })

    test('an unknown one waits for both, its last early look and its repeat', () => {
      const asked = later(HOUR - 10_000)
      const unknown = booksWith({
        state: 'unknown',
        tickets: [aTicket({ outcome: 'unknown', sentCall: '{}', repeatedAt: asked })],
      })
      const from = later(HOUR + 80_000)
      expect(() => command(unknown, retry, later(HOUR + 79_999))).toThrow(`from ${from} on`)
      expect(refundOf(command(unknown, retry, from).books).state).toBe('requested')
    })
  })

  test('reserves again what a refusal had released, or says what is left', () => {
    const refused: Partial<Ticket> = { outcome: 'refused' }
    const first = aRefund({ ...WAITS, state: 'refused', tickets: [aTicket(refused)], amount: 6_000 })
    const other = aRefund({ refundId: 'r2', amount: 5_000 })
    const why = `this refund no longer reserves its amount, and only KRW 5,000 is left for another one: possible now: resolve as refunded, refused with ticketDead, settledElsewhere; withdraw${OPEN}`
    expect(() => command(theBooks({ refunds: [first, other] }), retry)).toThrow(rejected(why))
    const fits = theBooks({ refunds: [first, { ...other, amount: 4_000 }] })
    const { books } = command(fits, retry)
    expect([balanceOf(books, attemptIn(books)), sumsOf(books, attemptIn(books)).reserved]).toEqual([0, 10_000])
  })

  test('is never possible where its attempt is gone, or more than all is promised', () => {
    const lost: Books = { ...booksWith({ state: 'refused', tickets: [] }), attempts: [] }
    expect(() => command(lost, retry)).toThrow('only KRW 0 is left')
    const refused = aRefund({ ...WAITS, state: 'refused', tickets: [] })
    const over = theBooks({
      attempts: [anAttempt({ entries: [aBooked({ refundId: aRefund({ refundId: 'r9' }).refundId, amount: 10_000 })] })],
      refunds: [refused, aRefund({ refundId: 'r2', amount: 3_000 })],
    })
    expect(() => command(over, retry)).toThrow('only KRW 0 is left')
  })

  test('keeps no more than is missing where a part is booked already', () => {
    const attempt = anAttempt({ entries: [aBooked({ amount: 4_000 })], gatewayReturned: 4_000 })
    const partly = aRefund({ ...WAITS, attention: 'page', tickets: [aTicket()] })
    const { books } = command(theBooks({ attempts: [attempt], refunds: [partly] }), retry, later(8 * DAY))
    expect(sumsOf(books, attemptIn(books))).toMatchObject({ returned: 4_000, reserved: 6_000 })
  })
})

describe('a ticket that is said to be dead', () => {
  test('needs what Paymentwall wrote, and cannot be open', () => {
    const unwritten = { ...resolve, evidence: null }
    expect(() => command(booksWith({}), unwritten)).toThrow(
      rejected('ticketDead needs evidence: what Paymentwall wrote about the ticket'),
    )
    const open = { ...resolve, outcome: 'ticketOpen' } as const
    expect(() => command(booksWith({ state: 'unknown' }), open)).toThrow(
      rejected('a ticket cannot be open and dead; choose one'),
    )
  })

  test('gives its reservation back and ends the refund, with their words in the journal', () => {
    const { books, journal } = command(booksWith({ attention: 'page' }), resolve)
    expect(refundOf(books)).toMatchObject({
      state: 'refused',
      ticketDead: true,
      attention: 'none',
      nextCheckpointAt: null,
    })
    expect([refundClosed(refundOf(books)), balanceOf(books, attemptIn(books))]).toEqual([true, 10_000])
    expect(journal[0]).toMatchObject({
      what: 'resolvedRefused',
      from: 'ticketOpen',
      to: 'refused',
      why: 'closed card',
      facts: { evidence: 'a mail', ticketDead: true },
    })
  })

  test('ends a refund that was refused before, once: the second time there is nothing to say', () => {
    const open = command(booksWith({}), { ...resolve, evidence: null, ticketDead: false }).books
    expect(refundClosed(refundOf(open))).toBe(false)
    const { books, journal } = command(open, resolve)
    expect(refundClosed(refundOf(books))).toBe(true)
    expect(refundOf(books)).toMatchObject({ attention: 'none', nextCheckpointAt: null })
    expect(journal.map(({ what, from, to }) => [what, from, to])).toContainEqual([
      'resolvedRefused',
      'refused',
      'refused',
    ])
    const why =
      'a refused refund cannot be resolved as refused: possible now: resolve as refunded, settledElsewhere; retryTicket; recheck'
    expect(() => command(books, resolve)).toThrow(rejected(why))
  })

  test('lives no longer, though a new one is asked for; the new one may', () => {
    const dead = command(booksWith({}), resolve).books
    const again = refundOf(command(dead, retry).books)
    expect(again).toMatchObject({ state: 'requested', ticketDead: false, tickets: [{ dead: true }] })
  })

  test('stays dead, whatever a person says afterwards', () => {
    const dead = command(booksWith({}), resolve).books
    const back = command(dead, { ...resolve, outcome: 'refunded', ticketDead: false }).books
    expect(refundOf(back)).toMatchObject({ state: 'refunded', ticketDead: true, tickets: [{ dead: true }] })
  })

  test('that was worked off all the same is booked as what it is', () => {
    const dead = command(booksWith({}), resolve).books
    const { books } = judged(dead, anEvidence({ entries: [anEntry()] }), { now: later(2 * HOUR) })
    expect([refundOf(books).state, sumsOf(books, attemptIn(books)).returned]).toEqual(['refunded', 10_000])
  })
})

describe('a withdrawal', () => {
  test.each([null, 'filed', 'unknown', 'doneAtOnce'] as const)('is refused while a try ended as %s', (outcome) => {
    const tickets = [aTicket({ outcome: 'notSent' }), aTicket({ authorisedBy: 'submit.2', outcome })]
    const why = `a ticket of this blocked refund may be worked off, so it cannot be withdrawn: possible now: resolve as refunded, settledElsewhere; retryTicket${OPEN}`
    expect(() => command(booksWith({ state: 'blocked', tickets }), withdraw)).toThrow(rejected(why))
  })

  test('is possible while every try was refused or sent nothing', () => {
    const tickets = [aTicket({ outcome: 'notSent' }), aTicket({ authorisedBy: 'submit.2', outcome: 'refused' })]
    const { books, journal } = command(booksWith({ state: 'refused', tickets }), withdraw)
    expect(refundOf(books).state).toBe('withdrawn')
    expect(journal[0]).toMatchObject({ what: 'withdrawn', from: 'refused', to: 'withdrawn', why: 'kept' })
  })
})

describe('what a person says of the money', () => {
  const by = (outcome: 'refunded' | 'settledElsewhere') => ({ ...resolve, outcome, ticketDead: false })
  const entry = anEvidence({ entries: [anEntry()] })

  test('refunded is answered by the entry that follows, counted once', () => {
    const said = command(booksWith({}), by('refunded')).books
    const { books, journal } = judged(said, entry, { now: later(2 * HOUR) })
    expect(sumsOf(books, attemptIn(books)).returned).toBe(10_000)
    expect(journal.map(({ what }) => what)).toContain('refund.evidence')
  })

  test('paid back by bank counts only what the gateway has not booked', () => {
    const attempt = anAttempt({ entries: [aBooked({ amount: 4_000 })], gatewayReturned: 4_000 })
    const before = theBooks({ attempts: [attempt], refunds: [aRefund(WAITS)] })
    expect(refundOf(command(before, by('settledElsewhere')).books).paidElsewhere).toBe(6_000)
  })

  test('paid back by bank, said again after the gateway took its cancel back, is the same bank transfer', () => {
    const settled = command(booksWith({}), by('settledElsewhere')).books
    const twice = judged(settled, entry, { now: later(2 * HOUR) }).books
    expect(sumsOf(twice, attemptIn(twice)).returned).toBe(20_000)
    const missing = judged(twice, anEvidence(), { now: later(3 * HOUR) }).books
    const gone = judged(missing, anEvidence(), { now: later(4 * HOUR) }).books
    expect(refundOf(gone).state).toBe('reversed')
    const again = command(gone, by('settledElsewhere'), later(5 * HOUR)).books
    expect(sumsOf(again, attemptIn(again))).toMatchObject({ returned: 10_000, reserved: 0 })
  })

  test('leaves one line of the move, with the reason and the evidence', () => {
    const decision = command(booksWith({}), by('settledElsewhere'))
    expect(linesOf(decision)).toEqual(['settled', 'payment.state'])
    expect(decision.journal[0]).toMatchObject({ why: 'closed card', facts: { evidence: 'a mail', ticketDead: false } })
  })
})

test('only what moves money, or says that it moved, is a matter for two people', () => {
  const owned: readonly RefundCommand[] = [
    { kind: 'recheck' },
    { kind: 'acknowledge', owner: 'ann' },
    { kind: 'snooze', until: later(DAY), reason: null },
    withdraw,
  ]
  expect(owned.map(movesMoney)).toEqual([false, false, false, false])
  expect([retry, resolve].map(movesMoney)).toEqual([true, true])
})
