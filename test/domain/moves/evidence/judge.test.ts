// The judge: what evidence of one attempt moves in the books of its order, and why. One rule of design.md §4 and §5 a test.
// Must not know: SQL. Cancel entries have a file of their own.
import { describe, expect, test } from 'vitest'
import { paymentClosed, undecided } from '../../../../src/domain/books/balance.ts'
import type { Books, Decision } from '../../../../src/domain/books/books.ts'
import { wakesOf } from '../../../../src/domain/books/outgoing.ts'
import { merchantUid } from '../../../../src/domain/ids.ts'
import { judge, type Policies } from '../../../../src/domain/moves/evidence/judge.ts'
import {
  anAttempt,
  anEntry,
  anEvidence,
  aPayment,
  aRefund,
  AT,
  attemptIn,
  DAY,
  HOUR,
  judged,
  kindsOf,
  later,
  linesOf,
  MINUTE,
  ORDER,
  REF,
  SECOND_REF,
  setting,
  theBooks,
  unpaidBooks,
} from '../../../support/books.ts'

const policies = (shown: Partial<Policies>): { policies: Policies } => ({
  policies: { late: 'hold', second: 'refund', ...shown },
})
/** The refunds that a decision made, by origin and state. */
const refundsIn = ({ books }: Decision): readonly string[] =>
  books.refunds.map(({ origin, state, amount, gatewayRef }) => `${origin} ${state} ${amount} of ${gatewayRef}`)
const secondPaid = anEvidence({ gatewayRef: SECOND_REF })

describe('the first money', () => {
  test('paid as ordered settles the payment', () => {
    const decision = judged(unpaidBooks(), anEvidence())
    expect(decision.books.payment).toMatchObject({ state: 'paid', acceptedRef: REF, orderState: 'prepared' })
    expect(attemptIn(decision.books)).toMatchObject({ accepted: true, because: 'asOrdered', paidOrdinal: 1 })
    expect(linesOf(decision)).toEqual(['attempt.seen', 'attempt.accepted', 'payment.state'])
    expect(decision.alerts).toEqual([])
    expect(paymentClosed(decision.books)).toBe(true)
  })

  test.each([
    [{ amount: 9_999 }, 'amountDiffers'],
    [{ currency: 'USD' }, 'currencyDiffers'],
  ] as const)('paid with %j is quarantined as %s and a person is warned', (said, because) => {
    const decision = judged(unpaidBooks(), anEvidence(said))
    expect(decision.books.payment).toMatchObject({ state: 'quarantined', acceptedRef: null, attention: 'warn' })
    expect(attemptIn(decision.books)).toMatchObject({ accepted: false, because })
    expect(kindsOf(decision)).toEqual([`warn held.${because}`])
    expect(refundsIn(decision)).toEqual([])
    expect(paymentClosed(decision.books)).toBe(false)
  })

  test('live money on a test order is quarantined, never accepted and never sent back by itself', () => {
    const decision = judged(unpaidBooks({ channel: 'test' }), anEvidence())
    expect(decision.books.payment).toMatchObject({ state: 'quarantined', acceptedRef: null })
    expect(kindsOf(decision)).toEqual(['warn held.channelDiffers'])
    expect(refundsIn(decision)).toEqual([])
  })

  test.each(['hold', 'refund', 'accept'] as const)(
    'test money on a live order goes back and never accepts it, late policy %s',
    (late) => {
      for (const orderState of ['prepared', 'expired'] as const) {
        const decision = judged(unpaidBooks({ orderState }), anEvidence({ channel: 'test' }), policies({ late }))
        expect(attemptIn(decision.books)).toMatchObject({ accepted: false, because: 'channelDiffers' })
        expect(decision.books.payment).toMatchObject({ acceptedRef: null, state: 'cancelPending' })
        expect(refundsIn(decision)).toEqual(['testChannel requested 10000 of imp_1'])
      }
    },
  )

  test('test money on a test order is accepted and goes back all the same', () => {
    const decision = judged(unpaidBooks({ channel: 'test' }), anEvidence({ channel: 'test' }))
    expect(attemptIn(decision.books)).toMatchObject({ accepted: true, because: 'asOrdered' })
    expect(refundsIn(decision)).toEqual(['testChannel requested 10000 of imp_1'])
    expect(decision.books.refunds[0]?.testChannel).toBe(true)
  })

  test('first seen when all of it is already returned never accepts the order', () => {
    const back = anEntry({ reason: 'console' })
    const decision = judged(unpaidBooks(), anEvidence({ entries: [back] }))
    expect(attemptIn(decision.books)).toMatchObject({ accepted: false, because: 'alreadyReturned' })
    expect(decision.books.payment).toMatchObject({ acceptedRef: null, state: 'cancelled' })
    expect(refundsIn(decision)).toEqual(['outside refunded 10000 of imp_1'])
  })

  test('first seen as returned whole by the gateway, without entries, never accepts the order', () => {
    const decision = judged(unpaidBooks(), anEvidence({ status: 'cancelled', returned: 10_000 }))
    expect(decision.books.payment?.acceptedRef).toBeNull()
    expect(attemptIn(decision.books).accepted).toBe(false)
  })

  test('first seen when a part is returned settles the order', () => {
    const decision = judged(unpaidBooks(), anEvidence({ entries: [anEntry({ amount: 4_000, reason: 'console' })] }))
    expect(decision.books.payment).toMatchObject({ acceptedRef: REF, state: 'partlyCancelled' })
  })

  test('of an unknown status is kept and moves nothing', () => {
    const decision = judged(unpaidBooks(), anEvidence({ status: 'unrecognized', statusSaid: 'pondering' }))
    expect(decision.books.payment).toMatchObject({ state: 'prepared', acceptedRef: null })
    expect(attemptIn(decision.books)).toMatchObject({ status: 'unrecognized', everPaid: false })
  })

  test('of an unknown status is told once: it may be money that would never be taken as paid', () => {
    const unknown = anEvidence({ status: 'unrecognized', statusSaid: 'pondering' })
    const decision = judged(unpaidBooks(), unknown)
    expect(kindsOf(decision)).toEqual(['warn statusUnknown'])
    expect(decision.alerts[0]).toMatchObject({ saga: `payment:${ORDER}`, amount: 10_000, currency: 'KRW' })
    expect(decision.alerts[0]?.sentence.en).toContain('pondering')
    const again = judged(decision.books, unknown, { asOf: later(3 * HOUR) })
    expect([kindsOf(again), linesOf(again)]).toEqual([[], []])
    const known = judged(again.books, anEvidence(), { asOf: later(4 * HOUR) })
    expect(known.books.payment).toMatchObject({ state: 'paid', acceptedRef: REF })
    expect(kindsOf(known)).toEqual([])
  })
})

describe('late money', () => {
  test.each(['expired', 'closed'] as const)('of an order that is %s is held whatever paid_at says', (orderState) => {
    const decision = judged(unpaidBooks({ orderState }), anEvidence({ paidAt: later(-DAY) }))
    expect(attemptIn(decision.books)).toMatchObject({ accepted: false, because: 'late' })
    expect(decision.books.payment).toMatchObject({
      state: 'quarantined',
      orderState,
      attention: 'remind',
      nextCheckpointAt: later(2 * HOUR + DAY),
      nextCheckpointLevel: 'page',
    })
    expect(kindsOf(decision)).toEqual(['remind held.late'])
    expect(wakesOf(unpaidBooks({ orderState }), decision, null)).toEqual([`payment:${ORDER}`])
  })

  test('goes back by policy refund, and no person is asked', () => {
    const decision = judged(unpaidBooks({ orderState: 'expired' }), anEvidence(), policies({ late: 'refund' }))
    expect(refundsIn(decision)).toEqual(['policy requested 10000 of imp_1'])
    expect(decision.books.payment).toMatchObject({ state: 'cancelPending', acceptedRef: null })
    expect(decision.alerts).toEqual([])
  })

  test('settles the order by policy accept', () => {
    const decision = judged(unpaidBooks({ orderState: 'expired' }), anEvidence(), policies({ late: 'accept' }))
    expect(decision.books.payment).toMatchObject({ state: 'paid', acceptedRef: REF, orderState: 'expired' })
    expect(attemptIn(decision.books).because).toBe('late')
  })

  test("follows the order's own policy before that of the program", () => {
    const books = unpaidBooks({ orderState: 'expired', latePolicy: 'accept' })
    expect(judged(books, anEvidence(), policies({ late: 'refund' })).books.payment?.acceptedRef).toBe(REF)
  })

  test('of another amount is quarantined under every policy', () => {
    for (const late of ['hold', 'refund', 'accept'] as const) {
      const books = unpaidBooks({ orderState: 'expired' })
      const decision = judged(books, anEvidence({ amount: 1 }), policies({ late }))
      expect(decision.books.payment).toMatchObject({ state: 'quarantined', acceptedRef: null })
      expect(refundsIn(decision)).toEqual([])
    }
  })

  test('is not made by a decline, however long ago: the next attempt settles the order', () => {
    const declined = judged(unpaidBooks(), anEvidence({ status: 'failed' }))
    expect(declined.books.payment).toMatchObject({ state: 'declined', orderState: 'declined' })
    const approved = judged(declined.books, anEvidence(), { now: later(30 * DAY) })
    expect(approved.books.payment).toMatchObject({ state: 'paid', acceptedRef: REF })
    expect(attemptIn(approved.books).because).toBe('asOrdered')
  })
})

describe('a decline', () => {
  test('shows as 결제실패 until a new attempt is begun', () => {
    const declined = judged(unpaidBooks(), anEvidence({ status: 'failed' }))
    expect(declined.journal.find(({ what }) => what === 'order.declined')).toMatchObject({
      from: 'prepared',
      to: 'declined',
      why: 'card declined',
    })
    const again = judged(declined.books, anEvidence({ status: 'ready', gatewayRef: SECOND_REF }))
    expect(again.books.payment?.state).toBe('prepared')
  })

  test.each(['expired', 'closed'] as const)('moves nothing on an order that is %s', (orderState) => {
    expect(judged(unpaidBooks({ orderState }), anEvidence({ status: 'failed' })).books.payment?.state).toBe(orderState)
  })

  test('moves nothing once another attempt is paid', () => {
    const decision = judged(theBooks(), anEvidence({ gatewayRef: SECOND_REF, status: 'failed' }))
    expect(decision.books.payment).toMatchObject({ state: 'paid', orderState: 'prepared' })
  })
})

describe('a second payment', () => {
  test('goes back by policy refund, with its own balance', () => {
    const decision = judged(theBooks(), secondPaid)
    expect(attemptIn(decision.books, SECOND_REF)).toMatchObject({
      because: 'second',
      accepted: false,
      paidOrdinal: 2,
    })
    expect(refundsIn(decision)).toEqual(['policy requested 10000 of imp_2'])
    expect(decision.books.payment).toMatchObject({ state: 'paid', acceptedRef: REF })
  })

  test('by policy hold waits in a stray saga of its own, warns at once and pages after a day', () => {
    const decision = judged(theBooks(), secondPaid, policies({ second: 'hold' }))
    const stray = `stray:iamport/main:${SECOND_REF}`
    expect(refundsIn(decision)).toEqual([])
    expect(kindsOf(decision)).toEqual(['warn held.second'])
    expect(wakesOf(theBooks(), decision, null)).toEqual([stray])
    expect(undecided(decision.books, attemptIn(decision.books, SECOND_REF))).toBe(true)
    expect(attemptIn(decision.books, SECOND_REF)).toMatchObject({
      nextCheckpointAt: later(2 * HOUR + DAY),
      nextCheckpointLevel: 'page',
    })
  })

  test('attempt 1 declined, attempt 2 paid, attempt 1 approved later: the first goes back', () => {
    const declined = judged(unpaidBooks(), anEvidence({ status: 'failed' }))
    const paid = judged(declined.books, secondPaid)
    expect(paid.books.payment?.acceptedRef).toBe(SECOND_REF)
    const approved = judged(paid.books, anEvidence(), { now: later(20 * DAY) })
    expect(approved.books.payment).toMatchObject({ state: 'paid', acceptedRef: SECOND_REF })
    expect(attemptIn(approved.books, REF).because).toBe('second')
    expect(refundsIn(approved)).toEqual(['policy requested 10000 of imp_1'])
  })

  test('still counts as second after the first was refunded whole', () => {
    const refunded = judged(theBooks({ refunds: [aRefund()] }), anEvidence({ entries: [anEntry()] }))
    expect(judged(refunded.books, secondPaid).books.payment).toMatchObject({ state: 'cancelled', acceptedRef: REF })
  })

  test('as ordered settles an order whose first money was quarantined', () => {
    const quarantined = judged(unpaidBooks(), anEvidence({ amount: 1 }))
    const paid = judged(quarantined.books, secondPaid)
    expect(paid.books.payment).toMatchObject({ state: 'paid', acceptedRef: SECOND_REF })
    expect(paymentClosed(paid.books)).toBe(false)
  })
})

describe('money for an unknown order', () => {
  const nothing: Books = { payment: undefined, attempts: [], refunds: [] }

  test('waits in a stray saga', () => {
    const decision = judged(nothing, anEvidence())
    expect(attemptIn(decision.books)).toMatchObject({
      because: 'unknownOrder',
      merchantUid: null,
      saidMerchantUid: ORDER,
    })
    expect(kindsOf(decision)).toEqual(['warn held.unknownOrder'])
    expect(wakesOf(nothing, decision, null)).toEqual([`stray:iamport/main:${REF}`])
  })

  test('waits for a person too where it is test money: on a shared account it may be a stranger’s', () => {
    const decision = judged(nothing, anEvidence({ channel: 'test' }))
    expect(refundsIn(decision)).toEqual([])
    expect(kindsOf(decision)).toEqual(['warn held.unknownOrder'])
  })

  test('is adopted once its order is recorded, settles it, and its stray saga is told', () => {
    const { attempts } = judged(nothing, anEvidence()).books
    const recorded = { payment: aPayment(), attempts, refunds: [] }
    const adopted = judged(recorded, anEvidence(), { now: later(3 * HOUR) })
    expect(adopted.books.payment).toMatchObject({ state: 'paid', acceptedRef: REF })
    expect(attemptIn(adopted.books)).toMatchObject({ merchantUid: ORDER, because: 'asOrdered', paidOrdinal: 1 })
    expect(wakesOf(recorded, adopted, null)).toContain(`stray:iamport/main:${REF}`)
  })

  test('adopted late is late, and where it is test money it goes back now that it is ours', () => {
    const stray = judged(nothing, anEvidence({ channel: 'test' })).books
    const recorded = { ...stray, payment: aPayment({ orderState: 'expired', channel: 'test' }) }
    const adopted = judged(recorded, anEvidence({ channel: 'test' }), { now: later(3 * HOUR) })
    expect(attemptIn(adopted.books).because).toBe('late')
    expect(refundsIn(adopted)).toEqual(['testChannel requested 10000 of imp_1'])
  })
})

describe('evidence', () => {
  test('of a look that began before the booked one is dropped, but for an entry that was never booked', () => {
    const books = theBooks({ attempts: [anAttempt({ evidenceAsOf: later(MINUTE) })] })
    expect(judge(books, anEvidence({ status: 'failed' }), setting({ asOf: later(MINUTE - 1) }))).toBeUndefined()
    const entry = judge(books, anEvidence({ entries: [anEntry()] }), setting({ asOf: later(MINUTE - 1) }))
    expect(entry && attemptIn(entry.books)).toMatchObject({ status: 'paid', evidenceAsOf: later(MINUTE) })
    expect(entry && linesOf(entry)).toEqual(['refund.outside', 'payment.state'])
    expect(judge(books, anEvidence(), setting({ asOf: later(MINUTE) }))).toBeDefined()
  })

  test('of one attempt drops nothing of another', () => {
    const books = theBooks({ attempts: [anAttempt({ evidenceAsOf: later(DAY) })] })
    expect(judge(books, secondPaid, setting({ asOf: later(HOUR) }))).toBeDefined()
  })

  test('that names another amount for booked money moves no sum, and pages once', () => {
    const first = judged(theBooks(), anEvidence({ amount: 12_000 }))
    expect(attemptIn(first.books).amount).toBe(10_000)
    expect(kindsOf(first)).toEqual(['page contradicted'])
    expect(kindsOf(judged(first.books, anEvidence({ amount: 12_000 }), { now: later(3 * HOUR) }))).toEqual([])
  })

  test('whose sum differs from its entries leaves one line', () => {
    const first = judged(theBooks(), anEvidence({ returned: 500 }))
    expect(linesOf(first)).toEqual(['attempt.sumsDiffer'])
    expect(linesOf(judged(first.books, anEvidence({ returned: 500 }), { now: later(3 * HOUR) }))).toEqual([])
  })

  const twice: readonly (readonly [string, Books, ReturnType<typeof anEvidence>])[] = [
    ['paid as ordered', unpaidBooks(), anEvidence()],
    ['declined', unpaidBooks(), anEvidence({ status: 'failed' })],
    ['ready', unpaidBooks(), anEvidence({ status: 'ready' })],
    ['of another amount', unpaidBooks(), anEvidence({ amount: 1 })],
    ['late', unpaidBooks({ orderState: 'closed' }), anEvidence()],
    ['a second payment', theBooks(), secondPaid],
    ['test money', unpaidBooks(), anEvidence({ channel: 'test' })],
    ['of an unknown order', { payment: undefined, attempts: [], refunds: [] }, anEvidence()],
    ['a cancel of ours', theBooks({ refunds: [aRefund()] }), anEvidence({ entries: [anEntry()] })],
    ['a smaller cancel', theBooks({ refunds: [aRefund()] }), anEvidence({ entries: [anEntry({ amount: 1 })] })],
    [
      'a larger cancel',
      theBooks({ refunds: [aRefund({ amount: 1 })] }),
      anEvidence({ entries: [anEntry({ amount: 10_000 })] }),
    ],
    ['a foreign cancel', theBooks({ refunds: [aRefund()] }), anEvidence({ entries: [anEntry({ reason: 'desk' })] })],
    [
      'a cancel of what a bank paid back',
      theBooks({ refunds: [aRefund({ state: 'settledElsewhere', paidElsewhere: 10_000 })] }),
      anEvidence({ entries: [anEntry()] }),
    ],
  ]
  test.each(twice)(
    'seen twice (%s) moves nothing the second time: no line, no alert, no wake',
    (_name, books, said) => {
      const first = judged(books, said, { now: later(2 * HOUR) })
      expect(first.journal).not.toEqual([])
      const again = judged(first.books, said, { now: later(3 * HOUR) })
      expect(again).toMatchObject({ journal: [], alerts: [] })
      expect(wakesOf(first.books, again, null)).toEqual([])
      expect(again.books.refunds).toEqual(first.books.refunds)
      expect(again.books.payment).toEqual(first.books.payment)
    },
  )

  test('is judged the same however often: the books given are not touched', () => {
    const books = theBooks({ refunds: [aRefund()] })
    const copy = structuredClone(books)
    const decisions = [1, 2].map(() => judged(books, anEvidence({ entries: [anEntry()] }), { now: AT }))
    expect(decisions[0]).toEqual(decisions[1])
    expect(books).toEqual(copy)
  })

  test('names an order only by what it says itself', () => {
    const other = anEvidence({ merchantUid: merchantUid('order-2') })
    expect(attemptIn(judged({ payment: undefined, attempts: [], refunds: [] }, other).books).saidMerchantUid).toBe(
      'order-2',
    )
  })
})
