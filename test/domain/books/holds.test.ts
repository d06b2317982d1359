// What a contradiction holds, and what ends it: a person's release of exactly what was seen, or
// evidence that agrees again.
// Must not know: SQL, who the person is, what counts as a contradiction (contradictions.test.ts).
import { describe, expect, test } from 'vitest'
import { heldOf, paymentClosed } from '../../../src/domain/books/balance.ts'
import type { Books, Decision, Refund } from '../../../src/domain/books/books.ts'
import { wakesOf } from '../../../src/domain/books/outgoing.ts'
import { seenOf } from '../../../src/domain/books/seen.ts'
import { Failure } from '../../../src/domain/failures.ts'
import type { Evidence } from '../../../src/domain/gateway.ts'
import { commandPayment, commandStray } from '../../../src/domain/moves/people/money.ts'
import { commandRefund } from '../../../src/domain/moves/people/refunds.ts'
import { block, blockedBecause, nextTicketKey } from '../../../src/domain/moves/tickets.ts'
import { raisePayment, raiseRefund } from '../../../src/domain/moves/time.ts'
import { attemptView, paymentView } from '../../../src/domain/shown/views.ts'
import {
  anAttempt,
  anEntry,
  anEvidence,
  aPayment,
  aRefund,
  aTicket,
  attemptIn,
  DAY,
  HOUR,
  judged,
  kindsOf,
  later,
  linesOf,
  ORDER,
  PATIENCE,
  REF,
  refundOf,
  SECOND_REF,
  setting,
  theBooks,
} from '../../support/books.ts'

const see = (books: Books, shown: Partial<Evidence>, hours: number): Decision =>
  judged(books, anEvidence(shown), { asOf: later(hours * HOUR) })
const at = (hours: number) => setting({ now: later(hours * HOUR) })
const asked = (shown: Parameters<typeof aRefund>[0] = {}): Refund =>
  aRefund({ state: 'requested', tickets: [], ...shown })

/** A paid order with refunds, of which the gateway says since two hours that it failed. */
const held = (refunds: readonly Refund[] = [], shown: Partial<Evidence> = { status: 'failed' }): Books =>
  see(theBooks({ refunds }), shown, 2).books

/** As the activity does it: judged after the look, and stopped where something holds. */
function file(books: Books, id = 'r1', hours = 3): Decision {
  const refund = refundOf(books, id)
  const because = blockedBecause(books, refund, [], later(hours * HOUR))
  return because ? block(books, refund.refundId, because, at(hours)) : { books, journal: [], alerts: [] }
}
const release = (books: Books): Decision =>
  commandPayment(books, { kind: 'release', reason: 'the console says paid' }, at(4))
function refusalOf(work: () => unknown): Failure {
  try {
    work()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('while an order is contradicted', () => {
  test.each<[string, Refund]>([
    ['asked for by the checkout', asked()],
    ['of test money', asked({ origin: 'testChannel' })],
    ['by policy', asked({ origin: 'policy' })],
    ['by ops', asked({ origin: 'ops' })],
    ['authorised anew by a person', asked({ authorisation: 'retry-2', tickets: [aTicket({ outcome: 'refused' })] })],
  ])('no ticket is filed for a refund %s: it is blocked, and somebody is warned', (_what, refund) => {
    const decision = file(held([refund]))
    expect(refundOf(decision.books)).toMatchObject({
      state: 'blocked',
      blockedBecause: 'contradicted',
      attention: 'warn',
    })
    expect(kindsOf(decision)).toEqual(['warn blocked.contradicted'])
    expect(nextTicketKey(refundOf(decision.books))).toBeUndefined()
  })

  test('no ticket is filed for its other attempts either', () => {
    const second = anAttempt({ gatewayRef: SECOND_REF, accepted: false, because: 'second', paidOrdinal: 2 })
    const refund = asked({ gatewayRef: SECOND_REF, origin: 'policy' })
    const books = see(theBooks({ attempts: [anAttempt(), second], refunds: [refund] }), { status: 'ready' }, 2).books
    expect(refundOf(file(books).books).blockedBecause).toBe('contradicted')
  })

  test('a blocked refund reserves its amount, and shows that nothing waits at the gateway', () => {
    const { books } = file(held([asked({ amount: 4_000 })]))
    expect(books.payment?.state).toBe('paid')
    expect(paymentView(books, books.payment ?? aPayment(), () => null)).toMatchObject({
      reserved: 4_000,
      waitingForCancellation: false,
    })
  })

  test('a person’s retryTicket is refused, whatever the refund’s state, and the sentence says what comes first', () => {
    const states: readonly Partial<Refund>[] = [
      { state: 'blocked', tickets: [], blockedBecause: 'contradicted' },
      { state: 'refused', tickets: [aTicket({ outcome: 'refused' })] },
      { state: 'unknown', tickets: [aTicket({ outcome: 'unknown' })] },
      { state: 'ticketOpen', attention: 'page' },
    ]
    for (const { refundId: _, ...shown } of states) {
      const books = held([aRefund(shown)])
      const retry = () => commandRefund(books, refundOf(books).refundId, { kind: 'retryTicket', reason: 'r' }, at(30))
      expect(refusalOf(retry)).toMatchObject({
        kind: 'updateRejected',
        message: expect.stringMatching(/release that first/),
      })
    }
  })

  test('a person cannot accept money of it, on the payment or on a stray', () => {
    const second = anAttempt({ gatewayRef: SECOND_REF, accepted: false, because: 'second', paidOrdinal: 2 })
    const books = see(theBooks({ attempts: [anAttempt(), second] }), { status: 'failed' }, 2).books
    const accept = { kind: 'accept', reason: 'r', gatewayRef: SECOND_REF } as const
    for (const work of [
      () => commandPayment(books, accept, at(3)),
      () => commandStray(books, SECOND_REF, accept, at(3)),
    ])
      expect(refusalOf(work)).toMatchObject({
        kind: 'updateRejected',
        message: expect.stringMatching(/release that first/),
      })
  })

  test('what a person says of a refund still counts: the bank has paid, or the ticket is dead', () => {
    const books = held([aRefund()])
    const bank = {
      kind: 'resolve',
      outcome: 'settledElsewhere',
      reason: 'r',
      evidence: null,
      ticketDead: false,
    } as const
    expect(refundOf(commandRefund(books, refundOf(books).refundId, bank, at(3)).books).state).toBe('settledElsewhere')
  })

  test('acknowledge names an owner and releases nothing: it pages on', () => {
    const { books } = commandPayment(held([asked()]), { kind: 'acknowledge', owner: 'ann' }, at(3))
    expect([heldOf(books), attemptIn(books).released, paymentClosed(books)]).toEqual(['contradicted', null, false])
    expect(refundOf(file(books).books).state).toBe('blocked')
    const next = raisePayment(books, undefined, { now: later(2 * HOUR + DAY), patience: PATIENCE })
    expect(kindsOf(next)).toEqual(['page payment.contradicted'])
  })
})

describe('a release', () => {
  test('of what was seen ends the hold: the payment closes, and the refund goes on under its authorisation', () => {
    const blocked = file(held([asked()])).books
    const decision = release(blocked)
    expect(attemptIn(decision.books)).toMatchObject({ contradiction: 'status failed', released: 'status failed' })
    expect(refundOf(decision.books)).toMatchObject({
      state: 'requested',
      authorisation: 'submit',
      blockedBecause: null,
      attention: 'none',
    })
    expect(nextTicketKey(refundOf(decision.books))).toBe('submit')
    expect(blockedBecause(decision.books, refundOf(decision.books), [], later(5 * HOUR))).toBeUndefined()
    expect(linesOf(decision)).toEqual(['attempt.released', 'released', 'payment.state'])
    expect(decision.journal[0]).toMatchObject({ from: 'status failed', to: 'released', why: 'the console says paid' })
    expect(wakesOf(blocked, decision, null)).toEqual([`payment:${ORDER}`, 'refund:r1'])
    expect([heldOf(decision.books), decision.books.payment?.attention]).toEqual(['none', 'none'])
  })

  test('of a key that was tried before, and sent nothing, goes on with the next one', () => {
    const tried = asked({ tickets: [aTicket({ outcome: 'notSent' })] })
    expect(nextTicketKey(refundOf(release(file(held([tried])).books).books))).toBe('submit.2')
  })

  test('is refused where nothing speaks against the books, or all was released already', () => {
    for (const books of [theBooks(), release(held()).books])
      expect(refusalOf(() => release(books)).message).toMatch(/nothing to release/)
  })

  test('holds while the gateway says the same, without a word', () => {
    const { books } = release(held())
    expect(see(books, { status: 'failed' }, 5)).toMatchObject({ journal: [], alerts: [] })
    expect(heldOf(see(books, { status: 'failed' }, 5).books)).toBe('none')
  })

  test('ends nothing of what is said later: a further change holds again, and pages', () => {
    const decision = see(release(held([asked()])).books, { status: 'failed', amount: 9_000 }, 5)
    expect([kindsOf(decision), heldOf(decision.books)]).toEqual([['page contradicted'], 'contradicted'])
    expect(refundOf(file(decision.books, 'r1', 6).books).blockedBecause).toBe('contradicted')
  })

  test('is used up once the evidence agrees: the same said again later holds again', () => {
    const agreed = see(release(held()).books, {}, 5)
    expect([linesOf(agreed), attemptIn(agreed.books).released]).toEqual([['attempt.status', 'attempt.agrees'], null])
    const again = see(agreed.books, { status: 'failed' }, 6)
    expect([kindsOf(again), heldOf(again.books)]).toEqual([['page contradicted'], 'contradicted'])
  })

  test('ends all that its mark names: of both attempts, where both were seen', () => {
    const second = anAttempt({ gatewayRef: SECOND_REF, because: 'amountDiffers', accepted: true, paidOrdinal: 2 })
    const one = see(theBooks({ attempts: [anAttempt(), second] }), { status: 'failed' }, 2).books
    const both = see(one, { gatewayRef: SECOND_REF, channel: 'test' }, 3).books
    expect(seenOf(one)).not.toBe(seenOf(both))
    expect(heldOf(release(both).books)).toBe('none')
  })

  test('of one goes nowhere while another holds: no refund goes on', () => {
    const second = anAttempt({ gatewayRef: SECOND_REF, because: 'amountDiffers', accepted: true, paidOrdinal: 2 })
    const one = see(theBooks({ attempts: [anAttempt(), second], refunds: [asked()] }), { status: 'failed' }, 2).books
    const released = see(release(file(one).books).books, { gatewayRef: SECOND_REF, channel: 'test' }, 5).books
    const blocked = file(released, 'r1', 6).books
    const agrees = see(blocked, { status: 'paid' }, 7)
    expect([heldOf(agrees.books), refundOf(agrees.books).state]).toEqual(['contradicted', 'blocked'])
  })

  test('books nothing, and takes nothing as true', () => {
    const { books } = release(held([], { currency: 'USD', entries: [anEntry({ amount: 2_500, reason: 'desk' })] }))
    expect(attemptIn(books)).toMatchObject({ currency: 'KRW', amount: 10_000, entries: [] })
    expect(books.payment).toMatchObject({ state: 'paid', acceptedRef: REF })
  })

  test('is possible on money of an unknown order, in its own saga', () => {
    const stray = judged({ payment: undefined, attempts: [], refunds: [] }, anEvidence()).books
    const { books } = see(stray, { status: 'failed' }, 2)
    const decision = commandStray(books, REF, { kind: 'release', reason: 'r' }, at(3))
    expect(attemptIn(decision.books).released).toBe('status failed')
  })

  test('is shown on the attempt', () => {
    const views = [held(), release(held()).books].map((books) => attemptView(books, attemptIn(books)))
    expect(views).toMatchObject([
      { contradiction: 'status failed', released: false },
      { contradiction: 'status failed', released: true },
    ])
  })
})

describe('evidence that agrees again', () => {
  test('lets a held refund go on by itself, under its authorisation, with a line', () => {
    const blocked = file(held([asked()])).books
    const decision = see(blocked, {}, 4)
    expect(refundOf(decision.books)).toMatchObject({
      state: 'requested',
      authorisation: 'submit',
      blockedBecause: null,
    })
    expect(nextTicketKey(refundOf(decision.books))).toBe('submit')
    expect(decision.journal).toContainEqual(
      expect.objectContaining({
        what: 'released',
        from: 'blocked',
        to: 'requested',
        why: 'the evidence agrees with the books again',
      }),
    )
    expect(wakesOf(blocked, decision, null)).toContain('refund:r1')
  })

  test('lets no refund go on that something else holds', () => {
    const blocked = aRefund({ state: 'blocked', tickets: [], blockedBecause: 'balanceDiffers' })
    expect(refundOf(see(held([blocked]), {}, 4).books)).toMatchObject({
      state: 'blocked',
      blockedBecause: 'balanceDiffers',
    })
    expect(refundOf(release(held([blocked])).books).state).toBe('blocked')
  })

  test('lets none go on that a person has settled or taken back meanwhile', () => {
    const blocked = file(held([asked()])).books
    const withdrawn = commandRefund(blocked, refundOf(blocked).refundId, { kind: 'withdraw', reason: 'r' }, at(4)).books
    expect(refundOf(see(withdrawn, {}, 5).books).state).toBe('withdrawn')
  })
})

describe('the mark of what a person saw', () => {
  const before = held([aRefund({ amount: 4_000, nextCheckpointAt: later(DAY) })])
  const mark = seenOf(before)

  test('is short, and the same for the same books however they were read', () => {
    const two = theBooks({
      attempts: [anAttempt(), anAttempt({ gatewayRef: SECOND_REF, accepted: false, because: 'second' })],
    })
    expect(mark).toMatch(/^[0-9a-f]{16}$/)
    expect(seenOf({ ...two, attempts: two.attempts.toReversed() })).toBe(seenOf(two))
  })

  test('stays through what moves no money: looks that bring nothing, checkpoints, an owner, a snooze', () => {
    const id = refundOf(before).refundId
    const calm: readonly Books[] = [
      see(before, { status: 'failed', payMethod: 'vbank' }, 3).books,
      raisePayment(before, 'no answer', { now: later(2 * HOUR + DAY), patience: PATIENCE }).books,
      raiseRefund(before, id, undefined, { now: later(DAY), patience: PATIENCE }).books,
      commandPayment(before, { kind: 'acknowledge', owner: 'ann' }, at(3)).books,
      commandRefund(before, id, { kind: 'snooze', until: later(2 * DAY), reason: 'r' }, at(3)).books,
    ]
    expect(calm.map(seenOf)).toEqual(calm.map(() => mark))
  })

  test('changes with what is decided on: the state, the money, what settled it, what speaks against it', () => {
    const changed: readonly Books[] = [
      see(before, { status: 'ready' }, 3).books,
      see(before, {}, 3).books,
      see(before, { status: 'failed', entries: [anEntry({ amount: 1, reason: 'desk' })] }, 3).books,
      see(before, { gatewayRef: SECOND_REF }, 3).books,
      release(before).books,
      { ...before, payment: aPayment({ ...before.payment, acceptedRef: null }) },
    ]
    const marks = [mark, ...changed.map(seenOf)]
    expect(new Set(marks).size).toBe(marks.length)
  })
})
