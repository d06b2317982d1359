// What leaves because rows moved: wakes for the sagas that must read, notices in the order in which things became true.
// Must not know: the outbox. Books before, decision after.
import { describe, expect, test } from 'vitest'
import type { Books, Decision } from '../../../src/domain/books/books.ts'
import { noticesOf, wakesOf } from '../../../src/domain/books/outgoing.ts'
import { closeOrder, newPayment } from '../../../src/domain/moves/requests.ts'
import { ticketEnded } from '../../../src/domain/moves/tickets.ts'
import {
  anAttempt,
  anEntry,
  anEvidence,
  aPayment,
  aRefund,
  aTicket,
  HOUR,
  judged,
  later,
  ORDER,
  REF,
  SECOND_REF,
  setting,
  theBooks,
  unpaidBooks,
} from '../../support/books.ts'

const PAYMENT = `payment:${ORDER}`
const waiting = (): Books => theBooks({ refunds: [aRefund()] })
const cancelled = anEvidence({ entries: [anEntry()] })
const links = (saga: string): string => `https://temporal.test/${saga}`
const typesOf = (before: Books, decision: Decision): readonly string[] =>
  noticesOf(before, decision, links).map(({ type }) => type)

describe('a wake', () => {
  test('goes to the refund whose row moved, and not to its payment, which is closed before and after', () => {
    expect(wakesOf(waiting(), judged(waiting(), cancelled), null)).toEqual(['refund:r1'])
  })

  test('does not go to the saga whose own step made the move', () => {
    const decision = judged(waiting(), cancelled)
    expect(wakesOf(waiting(), decision, 'refund:r1')).toEqual([])
    expect(wakesOf(waiting(), decision, PAYMENT)).toEqual(['refund:r1'])
  })

  test('does not go to a row that is born closed or moves from closed to closed', () => {
    const outside = judged(theBooks(), anEvidence({ entries: [anEntry({ reason: 'desk' })] }))
    expect(wakesOf(theBooks(), outside, null)).toEqual([])
    const overtaken = theBooks({ refunds: [aRefund({ state: 'superseded' })] })
    expect(wakesOf(overtaken, judged(overtaken, cancelled), null)).toEqual([])
  })

  test('goes to a closed refund that evidence opens again', () => {
    const refunded = judged(waiting(), cancelled).books
    const missed = judged(refunded, anEvidence(), { now: later(3 * HOUR) }).books
    expect(wakesOf(missed, judged(missed, anEvidence(), { now: later(4 * HOUR) }), null)).toEqual(['refund:r1'])
  })

  test('goes to a payment that closes, opens, or begins to need a person', () => {
    expect(wakesOf(unpaidBooks(), judged(unpaidBooks(), anEvidence()), null)).toEqual([PAYMENT])
    const expired = unpaidBooks({ orderState: 'expired' })
    expect(wakesOf(expired, judged(expired, anEvidence()), null)).toEqual([PAYMENT])
    expect(wakesOf(unpaidBooks(), judged(unpaidBooks(), anEvidence({ amount: 1 })), null)).toEqual([PAYMENT])
    expect(wakesOf(unpaidBooks(), closeOrder(unpaidBooks(), 'sold out', setting()), null)).toEqual([PAYMENT])
  })

  test('goes to a refund made by policy, which is its start', () => {
    const decision = judged(theBooks(), anEvidence({ gatewayRef: SECOND_REF }))
    expect(wakesOf(theBooks(), decision, null)).toEqual([`refund:${decision.books.refunds[0]?.refundId}`])
  })

  test('goes to a stray when it begins and when it is decided', () => {
    const hold = { policies: { late: 'hold', second: 'hold' } } as const
    const second = anEvidence({ gatewayRef: SECOND_REF })
    const held = judged(theBooks(), second, hold)
    const stray = `stray:iamport/main:${SECOND_REF}`
    expect(wakesOf(theBooks(), held, null)).toEqual([stray])
    const back = { ...second, ...anEvidence({ entries: [anEntry({ reason: 'desk' })] }), gatewayRef: SECOND_REF }
    expect(wakesOf(held.books, judged(held.books, back, { ...hold, now: later(3 * HOUR) }), null)).toEqual([stray])
  })

  test('is one for one saga, and none where a ticket only noted its outcome', () => {
    const late = theBooks({ refunds: [aRefund({ state: 'refunded', tickets: [aTicket({ outcome: null })] })] })
    const noted = ticketEnded(late, aRefund().refundId, 'submit', 'filed', '', setting())
    expect(wakesOf(late, noted, null)).toEqual([])
  })
})

describe('notices', () => {
  test('tell of each changed state, refunds first, then the payment', () => {
    expect(typesOf(waiting(), judged(waiting(), cancelled))).toEqual(['refund.refunded', 'payment.cancelled'])
    expect(typesOf(unpaidBooks(), judged(unpaidBooks(), anEvidence()))).toEqual(['payment.paid'])
  })

  test('tell nothing of an order that is being opened, nor of evidence that moves nothing', () => {
    const opening = newPayment({ ...aPayment(), latePolicy: null }, setting())
    const nothing: Books = { payment: undefined, attempts: [], refunds: [] }
    const opened = { books: { ...nothing, payment: opening }, journal: [], alerts: [] }
    expect(typesOf(nothing, opened)).toEqual([])
    const again = judged(theBooks(), anEvidence())
    expect(typesOf(again.books, judged(again.books, anEvidence(), { now: later(3 * HOUR) }))).toEqual([])
  })

  test('tell of acceptance and of a chargeback though the shown state stays', () => {
    const before = theBooks()
    const after = {
      ...before,
      payment: { ...aPayment({ acceptedRef: REF }), state: 'paid', chargedBack: true },
    } as const
    expect(typesOf(before, { books: after, journal: [], alerts: [] })).toEqual(['payment.paid'])
  })

  test('show payment and refund as they are after the move', () => {
    const [refund, payment] = noticesOf(waiting(), judged(waiting(), cancelled), links)
    expect(refund).toMatchObject({
      testChannel: false,
      payment: { merchantUid: ORDER, state: 'cancelled', returned: 10_000, reserved: 0 },
      refund: { refundId: 'r1', state: 'refunded', label: { ko: '취소완료' } },
    })
    expect(payment).not.toHaveProperty('refund')
  })

  test('say that test money is in it', () => {
    const books = theBooks({ attempts: [anAttempt({ channel: 'test' })] })
    const decision = judged({ ...books, refunds: [aRefund()] }, { ...cancelled, channel: 'test' })
    expect(noticesOf({ ...books, refunds: [aRefund()] }, decision, links)[0]?.testChannel).toBe(true)
  })
})
