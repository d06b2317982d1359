// Cancel entries: to which refund each is booked, what it moves there, and what becomes of those that the gateway takes back.
// Must not know: SQL. The books: 10,000 won paid by imp_1, refund r1 with an open ticket unless a test says otherwise.
import { describe, expect, test } from 'vitest'
import { balanceOf, bookedOf, sumsOf } from '../../../../src/domain/books/balance.ts'
import type { Books, Decision } from '../../../../src/domain/books/books.ts'
import { gatewayRef } from '../../../../src/domain/ids.ts'
import type { RefundState } from '../../../../src/domain/refund.ts'
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
  kindsOf,
  later,
  MINUTE,
  ORDER,
  refundOf,
  SECOND_REF,
  theBooks,
} from '../../../support/books.ts'

const waiting = (shown: Parameters<typeof aRefund>[0] = {}): Books => theBooks({ refunds: [aRefund(shown)] })
const statesOf = ({ books }: Decision): Record<string, RefundState> =>
  Object.fromEntries(
    books.refunds.map(({ refundId, origin, state }) => [origin === 'outside' ? origin : refundId, state]),
  )
const factOf = ({ journal }: Decision, what: string, fact: string): unknown =>
  journal.find((line) => line.what === what)?.facts?.[fact]
const half = { amount: 5_000 } as const

describe('an entry is matched', () => {
  test('by the refund id at the front of its reason', () => {
    const decision = judged(waiting(), anEvidence({ entries: [anEntry()] }))
    expect(statesOf(decision)).toEqual({ r1: 'refunded' })
    expect(factOf(decision, 'cancelled', 'matchedBy')).toBe('refundId')
    expect(decision.books.payment?.state).toBe('cancelled')
    expect(decision.alerts).toEqual([])
  })

  test('by the whole id: r10 is not r1, and r1 is not r10', () => {
    const books = theBooks({ refunds: [aRefund(half), aRefund({ ...half, refundId: 'r10' })] })
    const reason = (id: string) => anEvidence({ entries: [anEntry({ ...half, reason: `#${id} too small` })] })
    expect(statesOf(judged(books, reason('r10')))).toEqual({ r1: 'ticketOpen', r10: 'refunded' })
    expect(statesOf(judged(books, reason('r1')))).toEqual({ r1: 'refunded', r10: 'ticketOpen' })
    expect(statesOf(judged(books, reason('r100'))).outside).toBe('refunded')
  })

  test('never by the id of a refund of another attempt', () => {
    const other = aRefund({ gatewayRef: SECOND_REF })
    const attempts = [anAttempt(), anAttempt({ gatewayRef: SECOND_REF, accepted: false, because: 'second' })]
    const decision = judged(theBooks({ attempts, refunds: [other] }), anEvidence({ entries: [anEntry()] }))
    expect(statesOf(decision)).toEqual({ r1: 'ticketOpen', outside: 'refunded' })
  })

  test.each(['too small #r1', 'too small #r1 (desk)', '[PG] #r1 too small', ' #r1 too small'])(
    'by the refund id inside %j, as tickets of an earlier form and gateways with words of their own have it',
    (reason) => {
      const decision = judged(waiting(half), anEvidence({ entries: [anEntry({ ...half, reason })] }))
      expect(statesOf(decision)).toEqual({ r1: 'refunded' })
      expect(factOf(decision, 'cancelled', 'matchedBy')).toBe('refundId')
    },
  )

  test.each(['asked by the buyer', 'too small#r1', 'too small #R1', 'see ticket #.', 'see ticket #..'])(
    'not by the reason %j, which names no refund: where amount and time fit it is taken by these, and a person is warned',
    (reason) => {
      const decision = judged(waiting(half), anEvidence({ entries: [anEntry({ ...half, reason })] }))
      expect(statesOf(decision)).toEqual({ r1: 'refunded' })
      expect(factOf(decision, 'cancelled', 'matchedBy')).toBe('amount')
      expect(kindsOf(decision)).toEqual(['warn matchedByAmount'])
    },
  )

  test.each(['console', 'chargeback'] as const)(
    'never by amount where the gateway says that it came by %s: it is booked as outside',
    (mark) => {
      const entry = anEntry({ ...half, reason: 'asked elsewhere', mark })
      const decision = judged(waiting(half), anEvidence({ entries: [entry] }))
      expect(statesOf(decision)).toEqual({ r1: 'ticketOpen', outside: 'refunded' })
    },
  )

  test('by a cancellation id booked before, when it comes back without its reason', () => {
    const booked = aBooked({ gone: true, missingSince: later(HOUR) })
    const attempts = [anAttempt({ entries: [booked] })]
    const books = theBooks({ attempts, refunds: [aRefund({ state: 'reversed' })] })
    const decision = judged(books, anEvidence({ entries: [anEntry({ reason: 'restored by the desk' })] }))
    expect(statesOf(decision)).toEqual({ r1: 'refunded' })
    expect(attemptIn(decision.books).entries).toMatchObject([{ key: 'c1', gone: false }])
  })

  const silent = anEntry({ ...half, reason: '' })
  test('without a reason, by amount and time where exactly one refund fits, and a person is warned', () => {
    const books = theBooks({ refunds: [aRefund(half), aRefund({ refundId: 'r2', amount: 3_000 })] })
    const decision = judged(books, anEvidence({ entries: [silent] }))
    expect(statesOf(decision)).toEqual({ r1: 'refunded', r2: 'ticketOpen' })
    expect(factOf(decision, 'cancelled', 'matchedBy')).toBe('amount')
    expect(kindsOf(decision)).toEqual(['warn matchedByAmount'])
  })

  test('without a reason, to nobody where two refunds fit', () => {
    const books = theBooks({ refunds: [aRefund(half), aRefund({ ...half, refundId: 'r2' })] })
    expect(statesOf(judged(books, anEvidence({ entries: [silent] }))).outside).toBe('refunded')
  })

  test('without a reason, to nobody where it is older than the first intent', () => {
    const early = anEntry({ ...half, reason: '', cancelledAt: later(-2 * MINUTE) })
    expect(statesOf(judged(waiting(half), anEvidence({ entries: [early] })))).toEqual({
      r1: 'ticketOpen',
      outside: 'refunded',
    })
  })

  test('by the id of a refund whose intent a restored backup does not know: half of the money is not asked for twice', () => {
    const books = waiting({ ...half, state: 'requested', tickets: [] })
    const decision = judged(books, anEvidence({ entries: [anEntry(half)] }))
    expect(statesOf(decision)).toEqual({ r1: 'refunded' })
    expect(factOf(decision, 'cancelled', 'matchedBy')).toBe('refundId')
  })

  test('without a reason, to nobody where the amount differs', () => {
    expect(statesOf(judged(waiting({ amount: 4_999 }), anEvidence({ entries: [silent] }))).outside).toBe('refunded')
  })

  test('without a reason, never to a refund that had no intent', () => {
    const books = waiting({ ...half, state: 'requested', tickets: [] })
    expect(statesOf(judged(books, anEvidence({ entries: [silent] }))).outside).toBe('refunded')
  })
})

describe('an entry', () => {
  test('larger than asked closes the refund, books the excess as outside, and pages', () => {
    const decision = judged(waiting(half), anEvidence({ entries: [anEntry()] }))
    expect(statesOf(decision)).toEqual({ r1: 'refunded', outside: 'refunded' })
    expect(kindsOf(decision)).toEqual(['page largerThanAsked'])
    expect(attemptIn(decision.books).entries.map(({ amount }) => amount)).toEqual([5_000, 5_000])
    expect(sumsOf(decision.books, attemptIn(decision.books))).toMatchObject({ returned: 10_000, reserved: 0 })
  })

  test('smaller than asked leaves the refund open for the rest, with a warning; the rest closes it', () => {
    const part = anEntry({ amount: 4_000 })
    const first = judged(waiting(), anEvidence({ entries: [part] }))
    expect(statesOf(first)).toEqual({ r1: 'ticketOpen' })
    expect(kindsOf(first)).toEqual(['warn smallerThanAsked'])
    expect(sumsOf(first.books, attemptIn(first.books))).toMatchObject({ returned: 4_000, reserved: 6_000, waits: true })
    const rest = judged(first.books, anEvidence({ entries: [part, anEntry({ cancellationId: 'c2', amount: 6_000 })] }))
    expect(statesOf(rest)).toEqual({ r1: 'refunded' })
    expect(rest.books.payment?.state).toBe('cancelled')
  })

  test('that names a refund already paid back is booked as outside, and pages', () => {
    const first = judged(waiting(half), anEvidence({ entries: [anEntry(half)] }))
    const second = judged(
      first.books,
      anEvidence({ entries: [anEntry(half), anEntry({ ...half, cancellationId: 'c2' })] }),
    )
    expect(statesOf(second)).toEqual({ r1: 'refunded', outside: 'refunded' })
    expect(kindsOf(second)).toEqual(['page returnedTwice'])
  })

  test.each(['requested', 'ticketOpen', 'unknown', 'blocked', 'refused', 'reversed'] as const)(
    'answers a refund that is %s',
    (state) => {
      const tickets = [aTicket({ outcome: state === 'refused' ? 'refused' : 'unknown' })]
      expect(statesOf(judged(waiting({ state, tickets }), anEvidence({ entries: [anEntry()] })))).toEqual({
        r1: 'refunded',
      })
    },
  )

  test('after the bank paid back counts twice, and pages', () => {
    const decision = judged(
      waiting({ state: 'settledElsewhere', paidElsewhere: 10_000 }),
      anEvidence({ entries: [anEntry()] }),
    )
    expect(statesOf(decision)).toEqual({ r1: 'refunded' })
    expect(kindsOf(decision)).toContain('page paidBackTwice')
    expect(sumsOf(decision.books, attemptIn(decision.books)).returned).toBe(20_000)
  })

  test('after its refund was overtaken closes it after all, and pages', () => {
    const decision = judged(waiting({ state: 'superseded' }), anEvidence({ entries: [anEntry()] }))
    expect(statesOf(decision)).toEqual({ r1: 'refunded' })
    expect(kindsOf(decision)).toEqual(['page supersededPaid'])
  })

  test('after the refund was withdrawn is money that moved outside: withdrawn is for ever', () => {
    const books = waiting({ state: 'withdrawn', tickets: [aTicket({ outcome: 'notSent' })] })
    expect(statesOf(judged(books, anEvidence({ entries: [anEntry()] })))).toEqual({
      r1: 'withdrawn',
      outside: 'refunded',
    })
  })

  test('after a person said refunded is its evidence, counted once', () => {
    const books = waiting({ state: 'refunded', ticketDead: true })
    expect(sumsOf(books, attemptIn(books)).returned).toBe(10_000)
    const decision = judged(books, anEvidence({ entries: [anEntry()] }))
    expect(statesOf(decision)).toEqual({ r1: 'refunded' })
    expect(decision.journal.map(({ what }) => what)).toContain('refund.evidence')
    expect(sumsOf(decision.books, attemptIn(decision.books)).returned).toBe(10_000)
    expect(decision.alerts).toEqual([])
  })

  test('without a refund of ours is booked as outside, once', () => {
    const desk = anEvidence({ entries: [anEntry({ ...half, reason: 'desk' })] })
    const decision = judged(theBooks(), desk)
    expect(decision.books.refunds).toMatchObject([
      { origin: 'outside', state: 'refunded', amount: 5_000, reason: 'desk' },
    ])
    expect(decision.books.payment?.state).toBe('partlyCancelled')
  })
})

describe('money that moved outside', () => {
  const three = (shown: Parameters<typeof aRefund>[0]): Books =>
    theBooks({
      refunds: [1, 2, 3].map((day) =>
        aRefund({ refundId: `r${day}`, amount: 3_000, createdAt: later(day * HOUR), ...shown }),
      ),
    })
  const outside = (amount: number) => anEvidence({ entries: [anEntry({ amount, reason: 'desk' })] })

  test('overtakes the newest refund first, only as far as needed, and pages for its ticket', () => {
    const decision = judged(three({}), outside(4_000))
    expect(statesOf(decision)).toMatchObject({ r1: 'ticketOpen', r2: 'ticketOpen', r3: 'superseded' })
    expect(kindsOf(decision)).toEqual(['page overtakenTicket'])
    expect(decision.alerts[0]?.sentence.en).toContain('ask the desk to drop its ticket')
    expect(balanceOf(decision.books, attemptIn(decision.books))).toBe(0)
  })

  test('overtakes all of them where all of it went', () => {
    expect(statesOf(judged(three({}), outside(10_000)))).toEqual({
      r1: 'superseded',
      r2: 'superseded',
      r3: 'superseded',
      outside: 'refunded',
    })
  })

  test.each([
    ['no ticket was filed', { state: 'requested', tickets: [] }],
    ['every try sent nothing', { state: 'requested', tickets: [aTicket({ outcome: 'notSent' })] }],
    ['it is blocked', { state: 'blocked', tickets: [] }],
  ] as const)('overtakes without paging where %s', (_name, shown) => {
    const decision = judged(three(shown), outside(4_000))
    expect(statesOf(decision).r3).toBe('superseded')
    expect(decision.alerts).toEqual([])
  })

  test('leaves a refused refund alone, which reserves nothing', () => {
    const refused = { state: 'refused', tickets: [aTicket({ outcome: 'refused' })] } as const
    expect(statesOf(judged(three(refused), outside(10_000)))).toMatchObject({ r1: 'refused', r3: 'refused' })
  })

  test('that fits beside the reservations overtakes nothing', () => {
    expect(statesOf(judged(three({}), outside(1_000)))).toMatchObject({ r3: 'ticketOpen', outside: 'refunded' })
  })
})

describe('a booked entry that the gateway takes back', () => {
  const refunded = (): Books => judged(waiting(), anEvidence({ entries: [anEntry()] }), { now: later(2 * HOUR) }).books
  const gone = anEvidence({ status: 'paid' })
  const at = (books: Books, ms: number, evidence = gone): Decision => judged(books, evidence, { now: later(DAY + ms) })

  test('is not reversed by one look that misses it', () => {
    const once = at(refunded(), 0)
    expect(statesOf(once)).toEqual({ r1: 'refunded' })
    expect(once.journal.map(({ what }) => what)).toContain('entry.missing')
  })

  test('is not reversed by a second look less than ten minutes later', () => {
    expect(statesOf(at(at(refunded(), 0).books, 10 * MINUTE - 1))).toEqual({ r1: 'refunded' })
  })

  test('is reversed by two looks ten minutes apart: the refund reserves again, and pages', () => {
    const twice = at(at(refunded(), 0).books, 10 * MINUTE)
    expect(statesOf(twice)).toEqual({ r1: 'reversed' })
    expect(kindsOf(twice)).toEqual(['page reversed'])
    expect(refundOf(twice.books).attention).toBe('page')
    expect(sumsOf(twice.books, attemptIn(twice.books))).toMatchObject({ returned: 0, reserved: 10_000 })
    expect(at(twice.books, 20 * MINUTE)).toMatchObject({ journal: [], alerts: [] })
  })

  test('and shows again in between must be missed twice anew', () => {
    const shownAgain = at(at(refunded(), 0).books, MINUTE, anEvidence({ entries: [anEntry()] }))
    const missedAgain = at(shownAgain.books, 20 * MINUTE)
    expect(statesOf(missedAgain)).toEqual({ r1: 'refunded' })
    expect(statesOf(at(missedAgain.books, 30 * MINUTE))).toEqual({ r1: 'reversed' })
  })

  test('with its excess, and shows again in between, must be missed twice anew, the excess too', () => {
    const larger = anEvidence({ entries: [anEntry()] })
    const booked = judged(waiting(half), larger, { now: later(2 * HOUR) }).books
    const shownAgain = at(at(booked, 0).books, MINUTE, larger)
    expect(attemptIn(shownAgain.books).entries.map(({ missingSince }) => missingSince)).toEqual([null, null])
    expect(statesOf(at(shownAgain.books, 20 * MINUTE))).toEqual({ r1: 'refunded', outside: 'refunded' })
  })

  test('and shows again after the reversal makes the refund refunded again, counted once', () => {
    const reversed = at(at(refunded(), 0).books, 10 * MINUTE)
    const back = at(reversed.books, 20 * MINUTE, anEvidence({ entries: [anEntry()] }))
    expect(statesOf(back)).toEqual({ r1: 'refunded' })
    expect(bookedOf(refundOf(back.books), attemptIn(back.books))).toBe(10_000)
    expect(attemptIn(back.books).entries).toHaveLength(1)
  })

  test('is not reversed by looks whose status this program does not know', () => {
    const strange = anEvidence({ status: 'unrecognized', statusSaid: 'pondering' })
    expect(statesOf(at(at(refunded(), 0, strange).books, HOUR, strange))).toEqual({ r1: 'refunded' })
  })

  test('of a refund that still waits for its rest leaves a line when it is gone', () => {
    const part = anEvidence({ entries: [anEntry({ amount: 4_000 })] })
    const partly = judged(waiting(), part, { now: later(2 * HOUR) }).books
    const lost = at(at(partly, 0).books, 10 * MINUTE)
    expect(statesOf(lost)).toEqual({ r1: 'ticketOpen' })
    expect(kindsOf(lost)).toEqual(['page reversed'])
    expect(lost.journal.filter(({ refundId }) => refundId === 'r1')).not.toEqual([])
  })
})

describe('every change of state has its line', () => {
  const scenes: readonly (readonly [string, Books, ReturnType<typeof anEvidence>])[] = [
    ['answered', waiting(), anEvidence({ entries: [anEntry()] })],
    ['overtaken', waiting(), anEvidence({ entries: [anEntry({ reason: 'desk', mark: 'console' })] })],
    ['larger', waiting(half), anEvidence({ entries: [anEntry()] })],
    ['paid twice', waiting({ state: 'settledElsewhere', paidElsewhere: 10_000 }), anEvidence({ entries: [anEntry()] })],
    ['second payment', theBooks(), anEvidence({ gatewayRef: gatewayRef('imp_2') })],
    ['declined', { ...theBooks(), attempts: [] }, anEvidence({ status: 'failed' })],
  ]
  test.each(scenes)('with the state before and after (%s)', (_name, before, evidence) => {
    const { books, journal } = judged(before, evidence)
    for (const refund of books.refunds) {
      const old = before.refunds.find(({ refundId }) => refundId === refund.refundId)?.state
      if (old === refund.state) continue
      const line = journal.findLast(({ refundId, to }) => refundId === refund.refundId && to === refund.state)
      expect(line?.from).toBe(old)
      expect(line?.why).not.toBe('')
    }
    if (before.payment?.state !== books.payment?.state) {
      expect(journal).toContainEqual(
        expect.objectContaining({ what: 'payment.state', from: before.payment?.state, to: books.payment?.state }),
      )
    }
    expect(books.payment?.merchantUid).toBe(ORDER)
  })
})
