// What a gateway no longer shows: when that proves that the money did not go back, what is shown of
// it then, and what older evidence may add.
// Must not know: SQL. An answer may lack anything; only one whose own sums agree without a cancel
// says that it is gone.
import { describe, expect, test } from 'vitest'
import { bookedTotal, sumsOf } from '../../../../src/domain/books/balance.ts'
import type { Books, Decision } from '../../../../src/domain/books/books.ts'
import { noticesOf } from '../../../../src/domain/books/outgoing.ts'
import type { CancelEntry, Evidence } from '../../../../src/domain/gateway.ts'
import { judge } from '../../../../src/domain/moves/evidence/judge.ts'
import { commandRefund } from '../../../../src/domain/moves/people/refunds.ts'
import {
  aBooked,
  anAttempt,
  anEntry,
  anEvidence,
  aRefund,
  attemptIn,
  DAY,
  HOUR,
  judged,
  kindsOf,
  later,
  linesOf,
  MINUTE,
  refundOf,
  setting,
  theBooks,
} from '../../../support/books.ts'

const half = { amount: 5_000 } as const
const a = anEntry({ ...half, cancellationId: 'c1' })
const b = anEntry({ ...half, cancellationId: 'c2', reason: '#r2 too small' })
const at = (minutes: number) => ({ asOf: later(DAY + minutes * MINUTE) })
const see = (books: Books, evidence: Evidence, minutes: number): Decision => judged(books, evidence, at(minutes))
const whole = (): Books => judged(theBooks({ refunds: [aRefund()] }), anEvidence({ entries: [anEntry()] })).books
const both = (): Books =>
  judged(theBooks({ refunds: [aRefund(half), aRefund({ ...half, refundId: 'r2' })] }), anEvidence({ entries: [a, b] }))
    .books

/** The same answer, twelve minutes apart: what the second look decides. */
const twice = (books: Books, evidence: Evidence, apart = 12): Decision =>
  see(see(books, evidence, 0).books, evidence, apart)
const statesOf = ({ refunds }: Books) => refunds.map(({ refundId, state }) => `${refundId} ${state}`)

describe('a cancel that is not shown', () => {
  const untold = { status: 'cancelled', returned: 10_000 } as const
  test.each<[string, Books, Evidence]>([
    ['no cancel at all, though all is counted as back', whole(), anEvidence(untold)],
    ['a part of them, though all is counted as back', both(), anEvidence({ ...untold, entries: [b] })],
    ['no cancel at all, though a part is counted as back', both(), anEvidence({ status: 'paid', returned: 5_000 })],
    ['all of them, though only a part is counted as back', both(), anEvidence({ entries: [a, b], returned: 5_000 })],
    ['one, of which another amount is counted', both(), anEvidence({ entries: [a], returned: 4_000 })],
  ])('has not gone away where the answer shows %s', (_what, books, evidence) => {
    const { books: after, alerts } = twice(books, evidence)
    expect(statesOf(after)).toEqual(statesOf(books))
    expect(after.payment?.state).toBe('cancelled')
    expect(alerts).toEqual([])
    expect(attemptIn(after).entries.filter(({ missingSince, gone }) => missingSince !== null || gone)).toEqual([])
  })

  test('and is counted all the same leaves no line, for it is nobody’s business', () => {
    expect(see(whole(), anEvidence(untold), 0)).toMatchObject({ journal: [], alerts: [] })
  })

  test('where nothing is counted either is missing, and by a second look ten minutes later it is reversed', () => {
    expect(statesOf(twice(both(), anEvidence({ entries: [b] }), 10).books)).toEqual(['r1 reversed', 'r2 refunded'])
  })

  test('is not reversed after nine minutes', () => {
    expect(statesOf(twice(both(), anEvidence({ entries: [b] }), 9).books)).toEqual(['r1 refunded', 'r2 refunded'])
  })

  test('is compared with the books, not with the answer before', () => {
    const untoldPart = see(both(), anEvidence({ ...untold, entries: [b] }), 0).books
    const first = see(untoldPart, anEvidence({ entries: [b] }), 20)
    expect(linesOf(first)).toContain('entry.missing')
    expect(statesOf(see(first.books, anEvidence({ entries: [b] }), 30).books)).toEqual(['r1 reversed', 'r2 refunded'])
  })

  test.each([
    ['cancelled with nothing returned', { status: 'cancelled' }],
    ['failed', { status: 'failed' }],
    ['ready', { status: 'ready' }],
    ['of another amount', { status: 'paid', amount: 12_000 }],
  ] as const)(
    'in an answer that speaks against the books (%s) is not gone: a person compares first',
    (_what, shown) => {
      const { books } = twice(whole(), anEvidence({ ...shown, returned: 0 }))
      expect(statesOf(books)).toEqual(['r1 refunded'])
      expect(books.payment).toMatchObject({ state: 'cancelled', attention: 'page' })
    },
  )
})

describe('a payment with a reversed refund', () => {
  const reversed = (): Decision => twice(whole(), anEvidence())
  const part = judged(theBooks({ refunds: [aRefund(half)] }), anEvidence({ entries: [a] })).books

  test.each([
    ['all of it was back', reversed],
    ['a part of it was back', () => twice(part, anEvidence())],
  ])('shows 확인필요 where %s, and never paid: nobody may deliver by it', (_what, decide) => {
    const { books } = decide()
    expect(books.payment).toMatchObject({ state: 'quarantined' })
    expect(sumsOf(books, attemptIn(books))).toMatchObject({ returned: 0, reversed: true })
  })

  test('shows it too where another part is back', () => {
    const { books } = twice(both(), anEvidence({ entries: [b] }))
    expect(books.payment?.state).toBe('quarantined')
  })

  test('tells the checkout of it, and not that it was paid', () => {
    const before = see(whole(), anEvidence(), 0).books
    const types = noticesOf(before, see(before, anEvidence(), 12), () => null).map(({ type }) => type)
    expect(types).toEqual(['refund.reversed', 'payment.quarantined'])
  })

  test('is paid again only by a person’s word, and that is said to be told again', () => {
    const { books } = reversed()
    const word = { kind: 'resolve', outcome: 'refused', reason: 'r', evidence: 'a mail', ticketDead: true } as const
    const decision = commandRefund(books, refundOf(books).refundId, word, setting({ now: later(2 * DAY) }))
    expect(decision.books.payment?.state).toBe('paid')
    const notices = noticesOf(books, decision, () => null)
    expect(notices.map(({ type, again }) => [type, again])).toEqual([
      ['refund.refused', undefined],
      ['payment.paid', true],
    ])
  })

  test('is 취소처리 대기 while a new ticket of it waits, and 취소완료 once the bank has paid', () => {
    const { books } = reversed()
    const id = refundOf(books).refundId
    const now = setting({ now: later(2 * DAY) })
    expect(commandRefund(books, id, { kind: 'retryTicket', reason: 'r' }, now).books.payment?.state).toBe(
      'cancelPending',
    )
    const bank = {
      kind: 'resolve',
      outcome: 'settledElsewhere',
      reason: 'r',
      evidence: null,
      ticketDead: false,
    } as const
    expect(commandRefund(books, id, bank, now).books.payment?.state).toBe('cancelled')
  })

  test('pages, and names the commands of the refund, which are its way out', () => {
    const decision = reversed()
    expect(kindsOf(decision)).toEqual(['page reversed'])
    expect(decision.alerts[0]?.sentence.en).toMatch(/recheck, retryTicket, resolve/)
    expect(decision.alerts[0]?.sentence).toEqual({
      en: expect.stringContaining('its payment is shown as: needs a person'),
      ko: expect.stringContaining('결제는 확인필요 상태로 보입니다'),
    })
  })
})

test('the first payment.paid of an order is not said to be told again', () => {
  const unpaid = theBooks({ attempts: [] })
  const notices = noticesOf(unpaid, judged(unpaid, anEvidence()), () => null)
  expect(notices).toMatchObject([{ type: 'payment.paid' }])
  expect(notices[0]).not.toHaveProperty('again')
})

test('a part that was gone and is back makes nothing whole that still waits for its rest', () => {
  const partly = judged(theBooks({ refunds: [aRefund()] }), anEvidence({ entries: [anEntry({ amount: 4_000 })] })).books
  const gone = twice(partly, anEvidence()).books
  const { books } = see(gone, anEvidence({ entries: [anEntry({ amount: 4_000 })] }), 30)
  expect(statesOf(books)).toEqual(['r1 ticketOpen'])
  expect(sumsOf(books, attemptIn(books))).toMatchObject({ returned: 4_000, reserved: 6_000 })
})

test('a cancel that is gone and is listed again, and not counted, stays gone: a person is asked once', () => {
  const gone = twice(whole(), anEvidence()).books
  const listed = see(gone, anEvidence({ entries: [anEntry()], returned: 0 }), 30)
  expect([statesOf(listed.books), kindsOf(listed)]).toEqual([['r1 reversed'], ['page sumsDiffer']])
  expect(see(listed.books, anEvidence({ entries: [anEntry()], returned: 0 }), 40)).toMatchObject({ alerts: [] })
})

describe('a cancel that is gone, and another of its amount', () => {
  const gone = (): Books => twice(whole(), anEvidence()).books
  const bare = { cancellationId: null, cancelledAt: null } as const

  test.each([
    ['another reason', { ...bare, reason: 'desk' }],
    ['another time', { ...bare, cancelledAt: later(2 * DAY), reason: '' }],
    ['another id', { cancellationId: 'c9', cancelledAt: null, reason: '' }],
  ])('with %s is not that one', (_, shown) => {
    const { books } = see(gone(), anEvidence({ entries: [anEntry(shown)] }), 30)
    expect(attemptIn(books).entries.map(({ gone: isGone }) => isGone)).toEqual([true, false])
    expect(bookedTotal(attemptIn(books))).toBe(10_000)
  })

  test.each([
    ['its reason', { ...bare, reason: '#r1 too small' }],
    ['its reason with words around it', { cancellationId: null, reason: '[PG] #r1 too small' }],
    ['its time', { cancellationId: null, reason: '' }],
    ['its id', { cancelledAt: null, reason: '' }],
  ])('with %s is back, and done', (_, shown) => {
    const decision = see(gone(), anEvidence({ entries: [anEntry(shown)] }), 30)
    expect([statesOf(decision.books), kindsOf(decision)]).toEqual([['r1 refunded'], []])
  })

  test('which says nothing else is taken as that one, and a person is told', () => {
    const decision = see(gone(), anEvidence({ entries: [anEntry({ ...bare, reason: '' })] }), 30)
    expect([statesOf(decision.books), kindsOf(decision)]).toEqual([['r1 refunded'], ['warn reversed']])
  })
})

describe('evidence that is older than what is booked', () => {
  const waiting = theBooks({ refunds: [aRefund({ ...half, tickets: [], state: 'requested' })] })
  /** A look numbered 20 saw nothing of it yet. */
  const looked = (books: Books, entries: readonly CancelEntry[] = []): Books =>
    judged(books, anEvidence({ entries }), { ...at(0), number: later20 }).books
  const later20 = Date.parse(later(DAY)) + 20
  const older = (books: Books, evidence: Evidence) =>
    judge(books, evidence, setting({ ...at(1), number: later20 - 10 }))

  test('brings in a cancel that was never booked: the answer of a cancel that took longer than a look in between', () => {
    const decision = older(looked(waiting), anEvidence({ entries: [a] }))
    expect(decision && statesOf(decision.books)).toEqual(['r1 refunded'])
    expect(decision?.books.payment?.state).toBe('partlyCancelled')
  })

  test('changes nothing else: no status, no number, no sums, no contradiction', () => {
    const before = looked(waiting)
    const decision = older(before, anEvidence({ entries: [a], status: 'failed', amount: 1, channel: 'test' }))
    const { entries: _, ...rest } = attemptIn(before)
    expect(decision && attemptIn(decision.books)).toMatchObject(rest)
    expect(older(before, anEvidence({ status: 'failed' }))).toBeUndefined()
  })

  test('brings back no cancel that is missing: only newer evidence does', () => {
    const missing = looked(looked(waiting, [a]), [])
    const gapless = { ...missing, attempts: missing.attempts.map((each) => ({ ...each, evidenceNumber: later20 })) }
    expect(attemptIn(gapless).entries[0]?.missingSince).not.toBeNull()
    expect(older(gapless, anEvidence({ entries: [a] }))).toBeUndefined()
  })

  test.each([
    ['as it was', a],
    ['without its id', { ...a, cancellationId: null }],
    ['without its words', { ...a, reason: '' }],
    ['with nothing but its amount', { ...a, reason: '', cancelledAt: null, cancellationId: null }],
  ])('brings back no cancel that is gone (%s)', (_how, entry) => {
    const gone = aBooked({ ...half, gone: true, missingSince: later(HOUR) })
    const attempts = [anAttempt({ entries: [gone], evidenceNumber: later20 })]
    const books = theBooks({ attempts, refunds: [aRefund({ ...half, state: 'reversed' })] })
    expect(older(books, anEvidence({ entries: [entry] }))).toBeUndefined()
    const newer = judged(books, anEvidence({ entries: [entry] }), { ...at(2), number: later20 + 1 })
    expect(statesOf(newer.books)).toEqual(['r1 refunded'])
  })

  test('brings back no cancel that is gone within one that was merged with it', () => {
    const gone = aBooked({ ...half, gone: true, missingSince: later(HOUR) })
    const there = aBooked({ amount: 3_000, cancellationId: 'c2', reason: 'desk' })
    const attempts = [anAttempt({ entries: [gone, there], evidenceNumber: later20, gatewayReturned: 3_000 })]
    const books = theBooks({ attempts, refunds: [aRefund({ ...half, state: 'reversed' })] })
    expect(older(books, anEvidence({ entries: [anEntry({ amount: 8_000, cancellationId: 'c9' })] }))).toBeUndefined()
  })

  test('never brings in more than the gateway has ever counted', () => {
    const apart = [
      anEntry({ amount: 6_000, reason: 'desk' }),
      anEntry({ amount: 3_000, cancellationId: 'c2', reason: 'desk' }),
    ]
    const merged = anEntry({ amount: 9_000, cancellationId: 'c9', reason: 'desk' })
    expect(older(looked(theBooks(), apart), anEvidence({ entries: [merged] }))).toBeUndefined()
    expect(older(looked(theBooks(), [merged]), anEvidence({ entries: apart }))).toBeUndefined()
  })

  test('brings in nothing that it lists and does not count itself', () => {
    const there = aBooked({ ...half, reason: 'desk' })
    const attempts = [anAttempt({ entries: [there], evidenceNumber: later20, gatewayReturned: 8_000 })]
    const entries = [
      { ...a, reason: 'desk' },
      { ...b, amount: 3_000, reason: 'desk' },
    ]
    expect(older(theBooks({ attempts }), anEvidence({ entries, returned: 5_000 }))).toBeUndefined()
    const counted = older(theBooks({ attempts }), anEvidence({ entries }))
    expect(counted && bookedTotal(attemptIn(counted.books))).toBe(8_000)
  })

  test('makes nothing missing', () => {
    expect(older(looked(waiting, [a]), anEvidence())).toBeUndefined()
  })

  test('of another currency or order brings in nothing', () => {
    const before = looked(waiting)
    expect(older(before, anEvidence({ entries: [a], currency: 'USD' }))).toBeUndefined()
    expect(older(before, anEvidence({ entries: [a], merchantUid: 'order-2' }))).toBeUndefined()
  })

  test('that overtakes what was reserved since does so, and pages for the ticket', () => {
    const before = looked(theBooks({ refunds: [aRefund()] }))
    const desk = anEntry({ ...half, reason: 'desk', mark: 'console' })
    const decision = older(before, anEvidence({ entries: [desk] }))
    expect(decision && [decision.books.refunds[0]?.state, kindsOf(decision)]).toEqual([
      'superseded',
      ['page overtakenTicket'],
    ])
  })
})
