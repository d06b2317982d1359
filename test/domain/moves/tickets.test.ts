// Tickets: which key may be used next, the intent, and what each ending of a call moves, however late it comes.
// Must not know: HTTP, SQL. One ticket for one authorisation is the promise under test.
import { describe, expect, test } from 'vitest'
import type { Books, Decision, Refund, TicketOutcome } from '../../../src/domain/books/books.ts'
import {
  block,
  blockedBecause,
  intend,
  nextTicketKey,
  notTried,
  openIntent,
  retryDelayMs,
  ticketEnded,
  tombstone,
} from '../../../src/domain/moves/tickets.ts'
import type { RefundState } from '../../../src/domain/refund.ts'
import {
  aBooked,
  anAttempt,
  anEntry,
  anEvidence,
  aRefund,
  aTicket,
  HOUR,
  judged,
  kindsOf,
  later,
  linesOf,
  MINUTE,
  refundOf,
  setting,
  theBooks,
} from '../../support/books.ts'

const OUTCOMES = ['filed', 'doneAtOnce', 'refused', 'notSent', 'unknown'] as const satisfies readonly TicketOutcome[]
const requested = (shown: Parameters<typeof aRefund>[0] = {}): Refund =>
  aRefund({ state: 'requested', tickets: [], ...shown })
const booksWith = (refund: Refund): Books => theBooks({ refunds: [refund] })
const notSent = (authorisedBy: string): ReturnType<typeof aTicket> => aTicket({ authorisedBy, outcome: 'notSent' })
const NOW = later(HOUR)
const now = setting({ now: NOW })
const r1 = aRefund().refundId

describe('the next key', () => {
  test('is the authorisation itself while nothing was tried', () => {
    expect(nextTicketKey(requested())).toBe('submit')
    expect(nextTicketKey(requested({ authorisation: 'retry-7' }))).toBe('retry-7')
  })

  test('counts on after tries that sent nothing', () => {
    expect(nextTicketKey(requested({ tickets: [notSent('submit')] }))).toBe('submit.2')
    expect(nextTicketKey(requested({ tickets: [notSent('submit'), notSent('submit.2')] }))).toBe('submit.3')
  })

  test.each([null, 'filed', 'doneAtOnce', 'refused', 'unknown'] as const)(
    'is none while an earlier try of the same authorisation ended as %s',
    (outcome) => {
      const tickets = [notSent('submit'), aTicket({ authorisedBy: 'submit.2', outcome })]
      expect(nextTicketKey(requested({ tickets }))).toBeUndefined()
    },
  )

  test('of a person counts apart from what was tried before the person decided', () => {
    const before = [aTicket({ outcome: 'unknown' })]
    expect(nextTicketKey(requested({ authorisation: 'retry-7', tickets: before }))).toBe('retry-7')
    const tickets = [...before, notSent('retry-7')]
    expect(nextTicketKey(requested({ authorisation: 'retry-7', tickets }))).toBe('retry-7.2')
  })

  test('does not take a longer authorisation for a follower of a shorter one', () => {
    const tickets = [aTicket({ authorisedBy: 'retry-7.late' }), aTicket({ authorisedBy: 'retry-70' })]
    expect(nextTicketKey(requested({ authorisation: 'retry-7', tickets }))).toBe('retry-7')
  })

  const OTHERS: readonly RefundState[] = ['ticketOpen', 'unknown', 'blocked', 'refused', 'settledElsewhere']
  test.each([...OTHERS, 'withdrawn', 'superseded', 'refunded', 'reversed'] as const)('is none in %s', (state) => {
    expect(nextTicketKey(requested({ state }))).toBeUndefined()
  })
})

describe('the intent', () => {
  test('is written with its line before anything is sent, and moves no state', () => {
    const intended = intend(booksWith(requested()), r1, 'submit', now)
    expect(intended?.refund).toMatchObject({ state: 'requested', tickets: [{ authorisedBy: 'submit', outcome: null }] })
    expect(intended?.decision.journal).toMatchObject([
      { what: 'ticket.intent', facts: { key: 'submit', amount: 10_000 } },
    ])
    expect(openIntent(intended?.refund ?? requested())).toBe('submit')
  })

  test('is refused for a used key, for a key out of turn, and for an unknown refund', () => {
    const books = booksWith(requested({ tickets: [notSent('submit')] }))
    expect(intend(books, r1, 'submit', now)).toBeUndefined()
    expect(intend(books, r1, 'submit.3', now)).toBeUndefined()
    expect(intend(books, aRefund({ refundId: 'r2' }).refundId, 'submit', now)).toBeUndefined()
    expect(intend(books, r1, 'submit.2', now)).toBeDefined()
  })

  test('is refused while an intent has no outcome: the call may be on its way', () => {
    const books = booksWith(requested({ tickets: [aTicket({ outcome: null })] }))
    expect(['submit', 'submit.2'].map((key) => intend(books, r1, key, now))).toEqual([undefined, undefined])
  })

  test('is refused once evidence has closed the refund', () => {
    expect(intend(booksWith(requested({ state: 'refunded' })), r1, 'submit', now)).toBeUndefined()
  })
})

/** The first ticket of a refund ends, one hour after it was asked for. */
const ended = (refund: Refund, outcome: TicketOutcome, key = 'submit'): Decision =>
  ticketEnded(booksWith(refund), r1, key, outcome, 'the gateway said so', now)
const open = (state: RefundState = 'requested'): Refund => requested({ state, tickets: [aTicket({ outcome: null })] })

describe('the ending of a call', () => {
  test.each([
    ['filed', 'ticketOpen'],
    ['doneAtOnce', 'refunded'],
    ['refused', 'refused'],
    ['unknown', 'unknown'],
  ] as const)('%s moves requested to %s, with its line and what was said', (outcome, state) => {
    const decision = ended(open(), outcome)
    expect(refundOf(decision.books)).toMatchObject({ state, said: 'the gateway said so', tickets: [{ outcome }] })
    expect(decision.journal.filter(({ refundId }) => refundId === 'r1')).toMatchObject([
      { what: 'ticket.ended', to: outcome },
      { from: 'requested', to: state, why: 'the gateway said so' },
    ])
  })

  test('notSent leaves it requested, with the next try after 10 s', () => {
    const refund = refundOf(ended(open(), 'notSent').books)
    expect(refund).toMatchObject({ state: 'requested', tries: 1, nextTryAt: later(10_000, NOW) })
    expect(nextTicketKey(refund)).toBe('submit.2')
  })

  test('refused warns a person', () => {
    expect(kindsOf(ended(open(), 'refused'))).toEqual(['warn refused'])
    expect(refundOf(ended(open(), 'refused').books).attention).toBe('warn')
  })

  const AGREEING: readonly RefundState[] = ['refunded', 'superseded', 'settledElsewhere', 'withdrawn', 'blocked']
  test.each(AGREEING.flatMap((state) => OUTCOMES.map((outcome) => ({ state, outcome }))))(
    '$outcome that finds the row $state is kept in its ticket and moves nothing',
    ({ state, outcome }) => {
      const decision = ended(open(state), outcome)
      expect(refundOf(decision.books)).toMatchObject({ state, tickets: [{ outcome }] })
      expect(linesOf(decision)).toEqual(['ticket.ended'])
      expect(decision.alerts).toEqual([])
    },
  )

  test.each(['filed', 'doneAtOnce', 'refused', 'notSent'] as const)('%s is never replaced', (outcome) => {
    const refund = aRefund({ tickets: [aTicket({ outcome })] })
    for (const later of OUTCOMES) {
      expect(ended(refund, later)).toMatchObject({ journal: [], alerts: [], books: { refunds: [refund] } })
    }
  })

  test('of a refund that is not there moves nothing', () => {
    expect(ticketEnded(theBooks({ refunds: [] }), r1, 'submit', 'filed', '', now).journal).toEqual([])
  })

  test('of an intent that the database has lost meanwhile is written after all, and a person is told', () => {
    const { books, alerts } = ticketEnded(
      theBooks({ refunds: [requested()] }),
      r1,
      'submit',
      'filed',
      'a ticket is open',
      now,
    )
    expect(refundOf(books)).toMatchObject({
      state: 'ticketOpen',
      tickets: [{ authorisedBy: 'submit', outcome: 'filed' }],
    })
    expect(alerts.map(({ level, kind }) => [level, kind])).toEqual([['page', 'rowWentBack']])
  })
})

describe('the late answer', () => {
  const lost = requested({ state: 'unknown', tickets: [aTicket({ outcome: 'unknown' })] })

  test.each([
    ['filed', 'ticketOpen'],
    ['doneAtOnce', 'refunded'],
    ['refused', 'refused'],
    ['notSent', 'requested'],
  ] as const)('%s after unknown is welcome: %s', (outcome, state) => {
    const decision = ended(lost, outcome)
    expect(refundOf(decision.books)).toMatchObject({ state, tickets: [{ outcome }] })
    expect(linesOf(decision)[0]).toBe('ticket.lateAnswer')
  })

  test('notSent after unknown waits before the next key', () => {
    expect(refundOf(ended(lost, 'notSent').books)).toMatchObject({ tries: 1, nextTryAt: later(10_000, NOW) })
  })

  test('unknown after unknown says nothing new', () => {
    expect(ended(lost, 'unknown').journal).toEqual([])
  })

  test.each(['filed', 'doneAtOnce', 'refused', 'notSent'] as const)(
    '%s of an older ticket is kept there and never moves the refund',
    (outcome) => {
      const tickets = [aTicket({ outcome: 'unknown' }), aTicket({ authorisedBy: 'retry-7', outcome: 'filed' })]
      const refund = aRefund({ authorisation: 'retry-7', tickets })
      const decision = ended(refund, outcome)
      expect(refundOf(decision.books)).toMatchObject({
        state: 'ticketOpen',
        tickets: [{ outcome }, { outcome: 'filed' }],
      })
      expect(linesOf(decision)).toEqual(['ticket.lateAnswer'])
    },
  )
})

describe('a refund that evidence closes while its call is under way', () => {
  const ours = anEvidence({ returned: 10_000, entries: [anEntry()] })
  const others = anEvidence({ returned: 10_000, entries: [anEntry({ reason: '관리자페이지취소', mark: 'console' })] })
  const intended = booksWith(
    requested({ tickets: [notSent('submit'), aTicket({ authorisedBy: 'submit.2', outcome: null })] }),
  )
  const outcomesOf = ({ books }: Decision) => refundOf(books).tickets.map(({ outcome }) => outcome)

  test.each([
    ['refunded', ours],
    ['superseded', others],
  ] as const)('has no try without an outcome once it is %s, for no saga comes back to settle it', (state, evidence) => {
    const decision = judged(intended, evidence)
    expect(refundOf(decision.books).state).toBe(state)
    expect(outcomesOf(decision)).toEqual(['notSent', 'unknown'])
    const line = decision.journal.find(({ what }) => what === 'ticket.ended')
    expect(line).toMatchObject({ refundId: r1, to: 'unknown', facts: { key: 'submit.2' } })
  })

  test.each(['filed', 'doneAtOnce', 'refused', 'notSent'] as const)('still hears its late answer: %s', (outcome) => {
    const closed = refundOf(judged(intended, ours).books)
    const decision = ended(closed, outcome, 'submit.2')
    expect(refundOf(decision.books).state).toBe('refunded')
    expect([outcomesOf(decision), linesOf(decision)]).toEqual([['notSent', outcome], ['ticket.lateAnswer']])
  })

  test('is left to the answer itself where that is the evidence', () => {
    const decision = judged(intended, ours, { answered: 'submit.2' })
    expect([outcomesOf(decision), linesOf(decision)]).toEqual([
      ['notSent', null],
      expect.not.arrayContaining(['ticket.ended']),
    ])
  })
})

describe('the tombstone of a lost try', () => {
  test('takes the key, so that a late process cannot send under it, and plans the next try', () => {
    const buried = tombstone(booksWith(requested()), r1, 'submit', now)
    expect(refundOf(buried.books)).toMatchObject({
      state: 'requested',
      tries: 1,
      nextTryAt: later(10_000, NOW),
      tickets: [{ authorisedBy: 'submit', outcome: 'notSent' }],
    })
    expect(buried.journal).toMatchObject([{ what: 'ticket.ended', to: 'notSent', facts: { key: 'submit' } }])
    expect(intend(buried.books, r1, 'submit', now)).toBeUndefined()
    expect(intend(buried.books, r1, 'submit.2', now)).toBeDefined()
  })

  test('is not dug where the key was used, whatever its outcome', () => {
    for (const outcome of [null, ...OUTCOMES]) {
      const books = booksWith(requested({ tickets: [aTicket({ outcome })] }))
      expect(tombstone(books, r1, 'submit', now)).toMatchObject({ journal: [], books: { refunds: books.refunds } })
    }
  })

  test('of a refund that evidence has closed moves nothing but the key', () => {
    const buried = tombstone(booksWith(requested({ state: 'refunded' })), r1, 'submit', now)
    expect(refundOf(buried.books)).toMatchObject({ state: 'refunded', tries: 0, nextTryAt: null })
  })
})

describe('a try that sent nothing', () => {
  test('is followed after 10 s, doubling to 10 min', () => {
    expect([1, 2, 3, 6, 7, 8, 1_000].map(retryDelayMs)).toEqual([
      10_000,
      20_000,
      40_000,
      320_000,
      10 * MINUTE,
      10 * MINUTE,
      10 * MINUTE,
    ])
  })

  test('before its key was used uses none, and says why', () => {
    const tried = refundOf(notTried(booksWith(requested({ tries: 2 })), r1, 'could not look', now).books)
    expect(tried).toMatchObject({ tries: 3, nextTryAt: later(40_000, NOW), said: 'could not look', tickets: [] })
    expect(nextTicketKey(tried)).toBe('submit')
  })

  test('does not touch the ladder, which runs from the request', () => {
    const tried = refundOf(notTried(booksWith(requested()), r1, 'could not look', now).books)
    expect(tried.nextCheckpointAt).toBe(later(24 * HOUR))
  })
})

describe('a ticket is not filed', () => {
  const rule = {
    method: 'mobiamo',
    countries: ['KR'],
    refundable: false,
    limitDays: null,
    source: 'methods.csv',
    date: '2017-10',
  }
  const because = (refund: Refund, attempt = anAttempt(), rules = [rule]) =>
    blockedBecause(theBooks({ attempts: [attempt], refunds: [refund] }), refund, rules, NOW)?.kind

  test('for a method that cannot be refunded in the country of the payer', () => {
    expect(because(requested(), anAttempt({ payMethod: 'mobiamo' }))).toBe('notRefundable')
    expect(because(requested(), anAttempt({ payMethod: 'mobiamo', payerCountry: 'DE' }))).toBeUndefined()
    expect(because(requested(), anAttempt({ payMethod: 'mobiamo', payerCountry: null }))).toBeUndefined()
    expect(because(requested(), anAttempt({ payMethod: null }))).toBeUndefined()
  })

  test("while the gateway's balance differs from the booked entries", () => {
    expect(because(requested(), anAttempt({ gatewayReturned: 1 }))).toBe('balanceDiffers')
    const attempt = anAttempt({ gatewayReturned: 4_000, entries: [aBooked({ amount: 4_000 })] })
    expect(because(requested({ amount: 6_000, refundId: 'r2' }), attempt)).toBeUndefined()
  })

  test('where it no longer fits', () => {
    expect(because(requested({ amount: 10_001 }))).toBe('balanceDiffers')
  })

  test('where the attempt is not in the books', () => {
    expect(blockedBecause(theBooks({ attempts: [] }), requested(), [], NOW)?.kind).toBe('noAttempt')
  })

  test('and then waits for a person, who is warned at once', () => {
    const blocked = block(
      booksWith(requested()),
      r1,
      { kind: 'balanceDiffers', sentence: { en: 'sums differ', ko: 'sums differ' } },
      now,
    )
    expect(refundOf(blocked.books)).toMatchObject({
      state: 'blocked',
      blockedBecause: 'balanceDiffers',
      attention: 'warn',
    })
    expect(kindsOf(blocked)).toEqual(['warn blocked.balanceDiffers'])
    expect(blocked.journal[0]).toMatchObject({ from: 'requested', to: 'blocked', why: 'sums differ' })
  })

  test('but a refund that has moved on is not blocked', () => {
    const filed = booksWith(aRefund())
    expect(block(filed, r1, { kind: 'balanceDiffers', sentence: { en: '', ko: '' } }, now)).toMatchObject({
      journal: [],
      alerts: [],
    })
  })
})
