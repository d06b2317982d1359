// Money that came before its order, money of other providers, and what ops may give back: nothing
// is judged twice, nothing of a stranger moves.
// Must not know: SQL, which evidence is booked at all (src/inbox).
import { describe, expect, test } from 'vitest'
import {
  balanceOf,
  isStray,
  paymentClosed,
  strayClosed,
  sumsOf,
  undecided,
} from '../../../../src/domain/books/balance.ts'
import { ATTENTIONS, type Books, type Decision } from '../../../../src/domain/books/books.ts'
import { noticesOf, wakesOf } from '../../../../src/domain/books/outgoing.ts'
import type { Evidence } from '../../../../src/domain/gateway.ts'
import { refundId } from '../../../../src/domain/ids.ts'
import type { PaymentCommand } from '../../../../src/domain/moves/people/commands.ts'
import { commandPayment, commandStray } from '../../../../src/domain/moves/people/money.ts'
import { requestRefund } from '../../../../src/domain/moves/requests.ts'
import { block, intend, ticketEnded } from '../../../../src/domain/moves/tickets.ts'
import { raisePayment, raiseStray } from '../../../../src/domain/moves/time.ts'
import {
  anAttempt,
  anEntry,
  anEvidence,
  aPayment,
  aRefund,
  attemptIn,
  DAY,
  HOUR,
  AT,
  judged,
  kindsOf,
  later,
  linesOf,
  ORDER,
  PATIENCE,
  REF,
  SECOND_REF,
  setting,
  theBooks,
  unpaidBooks,
} from '../../../support/books.ts'

const NOTHING: Books = { payment: undefined, attempts: [], refunds: [] }
const at = (hours: number) => setting({ now: later(hours * HOUR) })
const see = (books: Books, shown: Partial<Evidence>, hours: number): Decision =>
  judged(books, anEvidence(shown), { asOf: later(hours * HOUR) })
const stray = (): Books => see(NOTHING, {}, 2).books
const refund = { kind: 'refund', reason: 'nobody ordered it', gatewayRef: null } as const
const accept = { kind: 'accept', reason: 'ordered by phone', gatewayRef: null } as const
const onStray = (command: PaymentCommand, books = stray()): Books => commandStray(books, REF, command, at(3)).books
/** The order is recorded by now; a look shows its money. */
const record = (books: Books, shown: Partial<Evidence> = {}): Decision =>
  see({ ...books, payment: aPayment() }, shown, 4)

describe('a stray that ops gave back, once its order is recorded,', () => {
  const given = (): Books => onStray(refund)
  const [made] = given().refunds
  const id = made?.refundId ?? refundId('none')

  test('is linked and not judged anew: nothing is accepted', () => {
    const decision = record(given())
    expect(attemptIn(decision.books)).toMatchObject({ merchantUid: ORDER, because: 'unknownOrder', accepted: false })
    expect(decision.books.payment).toMatchObject({ acceptedRef: null, state: 'cancelPending' })
    expect(linesOf(decision)).toContain('attempt.linked')
    expect(decision.alerts).toEqual([])
  })

  test('brings its refund into the order, and the checkout hears of it from then on', () => {
    const { books } = record(given())
    expect(books.refunds).toMatchObject([{ refundId: id, merchantUid: ORDER, origin: 'ops', state: 'requested' }])
    const done = see(books, { entries: [anEntry({ reason: `#${id} nobody ordered it` })] }, 6)
    expect(noticesOf(books, done, () => null).map(({ type }) => type)).toEqual(['refund.refunded', 'payment.cancelled'])
  })

  test.each<[string, (books: Books) => Books]>([
    [
      'waits as a ticket',
      (books) => {
        const asked = intend(books, id, 'submit', at(3))?.decision.books ?? books
        return ticketEnded(asked, id, 'submit', 'filed', 'said', at(3)).books
      },
    ],
    ['is blocked', (books) => block(books, id, { kind: 'notRefundable', sentence: { en: 's', ko: 's' } }, at(3)).books],
    ['is done', (books) => see(books, { entries: [anEntry({ reason: `#${id} x` })] }, 3).books],
  ])('is linked also where its refund %s', (_how, move) => {
    const moved = move(given())
    const entries = attemptIn(moved).entries.length > 0 ? [anEntry({ reason: `#${id} x` })] : []
    const { books } = record(moved, { entries })
    expect(books.payment?.acceptedRef).toBeNull()
    expect(attemptIn(books)).toMatchObject({ merchantUid: ORDER, accepted: false })
    expect(books.refunds.map(({ merchantUid, state }) => [merchantUid, state])).toEqual([
      [ORDER, moved.refunds[0]?.state],
    ])
  })

  test('is linked once, and then stays', () => {
    const first = record(given())
    expect(see(first.books, {}, 5)).toMatchObject({ journal: [], alerts: [] })
  })

  test('asks again in its order’s saga, and in no other, when the gateway refuses its refund', () => {
    const asked = intend(record(given()).books, id, 'submit', at(5))?.decision.books ?? NOTHING
    const { books } = ticketEnded(asked, id, 'submit', 'refused', 'closed card', at(5))
    expect([undecided(books, attemptIn(books)), strayClosed(books, attemptIn(books))]).toEqual([true, true])
    expect(books.payment).toMatchObject({ attention: 'warn', state: 'quarantined' })
    expect(attemptIn(books).attention).toBe('none')
  })

  test('leaves the order to be paid: what comes next as ordered settles it', () => {
    const { books } = see(record(given()).books, { gatewayRef: SECOND_REF }, 5)
    expect(books.payment).toMatchObject({ acceptedRef: SECOND_REF, state: 'paid' })
  })
})

describe('a stray that ops accepted, once its order is recorded,', () => {
  test('settles it as it was decided, whatever the order would have said', () => {
    const { books } = record(onStray(accept, see(NOTHING, { amount: 9_000 }, 2).books), { amount: 9_000 })
    expect(attemptIn(books)).toMatchObject({ merchantUid: ORDER, accepted: true, because: 'unknownOrder' })
    expect(books.payment).toMatchObject({ acceptedRef: REF, state: 'paid' })
    expect(paymentClosed(books)).toBe(true)
  })

  test('stays beside what has settled the order already', () => {
    const paid = see(unpaidBooks(), { gatewayRef: SECOND_REF }, 2).books
    const both = { ...paid, attempts: [...paid.attempts, ...onStray(accept).attempts] }
    const { books } = see(both, {}, 4)
    expect(books.payment?.acceptedRef).toBe(SECOND_REF)
    expect(attemptIn(books)).toMatchObject({ merchantUid: ORDER, accepted: true })
  })
})

describe('a stray that nobody decided on, once its order is recorded,', () => {
  test.each<[string, Partial<Evidence>, string]>([
    ['as ordered', {}, 'asOrdered'],
    ['with another amount', { amount: 9_000 }, 'amountDiffers'],
    ['as test money', { channel: 'test' }, 'channelDiffers'],
  ])('is judged for the first time (%s)', (_how, shown, because) => {
    const { books } = record(see(NOTHING, shown, 2).books, shown)
    expect(attemptIn(books)).toMatchObject({ merchantUid: ORDER, because })
    expect(strayClosed(books, attemptIn(books))).toBe(true)
  })

  test('brings what had moved outside into the order', () => {
    const part = [anEntry({ amount: 4_000, reason: 'desk' })]
    const { books } = record(see(NOTHING, { entries: part }, 2).books, { entries: part })
    expect(books.refunds).toMatchObject([{ origin: 'outside', merchantUid: ORDER }])
    expect(books.payment).toMatchObject({ acceptedRef: REF, state: 'partlyCancelled' })
  })

  test('was only seen to: an owner is no decision', () => {
    const { books } = record(onStray({ kind: 'acknowledge', owner: 'ann' }))
    expect(books.payment?.acceptedRef).toBe(REF)
  })
})

describe('another provider’s payment on an order of ours', () => {
  const theirs = { provider: 'kakaopay', ours: false } as const

  test.each<[string, Partial<Evidence>]>([
    ['as ordered', {}],
    ['as test money', { channel: 'test' }],
    ['with another amount', { amount: 1 }],
    ['in another currency', { currency: 'USD' }],
  ])('(%s) is quarantined, a person is warned, and nothing is sent back', (_how, shown) => {
    const decision = see(unpaidBooks(), { ...theirs, ...shown }, 2)
    expect(attemptIn(decision.books)).toMatchObject({
      because: 'providerDiffers',
      accepted: false,
      provider: 'kakaopay',
    })
    expect(decision.books.payment).toMatchObject({ state: 'quarantined', acceptedRef: null, attention: 'warn' })
    expect([decision.books.refunds, kindsOf(decision)]).toEqual([[], ['warn held.providerDiffers']])
  })

  test.each(['hold', 'refund', 'accept'] as const)('late, by policy %s, all the same', (late) => {
    const setLate = { policies: { late, second: 'refund' }, asOf: later(2 * HOUR) } as const
    const { books } = judged(unpaidBooks({ orderState: 'expired' }), anEvidence(theirs), setLate)
    expect([attemptIn(books).because, books.refunds]).toEqual(['providerDiffers', []])
  })

  test('beside one that settled it is no second payment: nothing is sent back', () => {
    const decision = see(theBooks(), { ...theirs, gatewayRef: SECOND_REF }, 2)
    expect(attemptIn(decision.books, SECOND_REF).because).toBe('providerDiffers')
    expect([decision.books.refunds, isStray(attemptIn(decision.books, SECOND_REF))]).toEqual([[], false])
    expect(decision.books.payment).toMatchObject({ acceptedRef: REF, attention: 'warn' })
  })

  test('may be accepted or given back by a person, who sees whose it is', () => {
    const { books } = see(unpaidBooks(), theirs, 2)
    expect(commandPayment(books, accept, at(3)).books.payment).toMatchObject({ state: 'paid', acceptedRef: REF })
    expect(commandPayment(books, refund, at(3)).books.refunds).toMatchObject([{ origin: 'ops' }])
  })
})

describe('test money', () => {
  test('goes back by itself only on an order of ours', () => {
    expect(see(unpaidBooks(), { channel: 'test' }, 2).books.refunds).toMatchObject([{ origin: 'testChannel' }])
    expect(see(NOTHING, { channel: 'test' }, 2).books.refunds).toEqual([])
  })

  test('of which nothing is said is the order’s own: live on a live one, and live where the order is unknown', () => {
    const channels = [unpaidBooks(), unpaidBooks({ channel: 'test' }), NOTHING].map(
      (books) => attemptIn(see(books, { channel: null }, 2).books).channel,
    )
    expect(channels).toEqual(['live', 'test', 'live'])
  })
})

describe('ops give back money that was accepted', () => {
  const second = anAttempt({ gatewayRef: SECOND_REF, because: 'second', accepted: true, paidOrdinal: 2 })
  const before = theBooks({ attempts: [anAttempt({ entries: [] }), second], refunds: [aRefund({ state: 'refunded' })] })
  const named = { ...refund, gatewayRef: SECOND_REF } as const

  test.each([
    ['on its payment', () => commandPayment(before, named, at(3))],
    ['on its stray', () => commandStray(before, SECOND_REF, refund, at(3))],
  ])('of a second payment, which no checkout can ask for, by its reference %s', (_where, work) => {
    const { books } = work()
    const made = books.refunds.find(({ origin }) => origin === 'ops')
    expect(made).toMatchObject({ gatewayRef: SECOND_REF, amount: 10_000, state: 'requested', merchantUid: ORDER })
    expect(balanceOf(books, attemptIn(books, SECOND_REF))).toBe(0)
  })

  test('of what is left of it, and of nothing more', () => {
    const part = aRefund({ refundId: 'r2', gatewayRef: SECOND_REF, amount: 4_000 })
    const { books } = commandPayment({ ...before, refunds: [...before.refunds, part] }, named, at(3))
    expect(books.refunds.find(({ origin }) => origin === 'ops')?.amount).toBe(6_000)
    expect(() => commandPayment(books, named, at(4))).toThrow('imp_2 is cancelPending')
  })

  test('of the first one too, by its reference; without it nothing waits for a decision', () => {
    const paid = theBooks()
    const { books } = commandPayment(paid, { ...refund, gatewayRef: REF }, at(3))
    expect(sumsOf(books, attemptIn(books)).reserved).toBe(10_000)
    expect(() => commandPayment(paid, refund, at(3))).toThrow('no money of this order waits for a decision')
  })

  test('where the checkout has nothing left to ask for', () => {
    const ask = () =>
      requestRefund(before, { refundId: refundId('r9'), amount: null, reason: 'x', origin: 'checkout' }, at(3), {
        partialRefunds: true,
      })
    expect(ask).toThrow('nothing of this payment is left to refund')
  })
})

describe('news never lowers attention', () => {
  const paging = (): Books => {
    const late = anAttempt({ accepted: false, because: 'late' })
    const waits = { attention: 'page', waitingSince: AT, lastCheckpointAt: later(DAY) } as const
    const next = { nextCheckpointAt: later(8 * DAY), nextCheckpointLevel: 'page' } as const
    return theBooks({ payment: aPayment({ orderState: 'expired', ...waits, ...next }), attempts: [late] })
  }

  test.each<[string, Partial<Evidence>]>([
    ['another attempt of another amount', { gatewayRef: SECOND_REF, amount: 9_000 }],
    ['another attempt that is late too', { gatewayRef: SECOND_REF }],
    ['a declined attempt', { gatewayRef: SECOND_REF, status: 'failed' }],
    ['a part that went back', { entries: [anEntry({ amount: 1_000, reason: 'desk' })] }],
    ['nothing new', {}],
  ])('of a payment that pages (%s)', (_what, shown) => {
    expect(see(paging(), shown, 48).books.payment?.attention).toBe('page')
  })

  test('of a payment whose contradiction is over, while its money still waits for a person', () => {
    const first = see(paging(), { status: 'failed' }, 48).books
    expect(see(first, {}, 49).books.payment?.attention).toBe('page')
  })

  test('of a stray that pages', () => {
    const HOLD = { policies: { late: 'hold', second: 'hold' } } as const
    const held = judged(theBooks(), anEvidence({ gatewayRef: SECOND_REF }), HOLD).books
    const paged = raiseStray(held, SECOND_REF, undefined, { now: later(2 * HOUR + DAY), patience: PATIENCE }).books
    const shown = { gatewayRef: SECOND_REF, entries: [anEntry({ amount: 1_000, reason: 'desk' })] }
    const { books } = judged(paged, anEvidence(shown), { ...HOLD, asOf: later(2 * DAY) })
    expect(attemptIn(books, SECOND_REF).attention).toBe('page')
  })

  test('but the end of the wait does: a person has decided, or all went back', () => {
    const decided = commandPayment(paging(), accept, setting({ now: later(2 * DAY) })).books
    expect(decided.payment).toMatchObject({ attention: 'none', nextCheckpointAt: null })
    const back = see(paging(), { entries: [anEntry({ reason: 'desk' })] }, 48).books
    expect(back.payment).toMatchObject({ attention: 'none', nextCheckpointAt: null })
    expect(undecided(back, attemptIn(back))).toBe(false)
  })

  test('and a checkpoint raises it from there', () => {
    let { books } = see(unpaidBooks(), { amount: 9_000 }, 2)
    const levels = [1, 3, 7].map((days) => {
      books = raisePayment(books, undefined, { now: later(2 * HOUR + days * DAY), patience: PATIENCE }).books
      return ATTENTIONS.indexOf(books.payment?.attention ?? 'none')
    })
    expect(levels).toEqual([2, 2, 3])
    expect(wakesOf(books, see(books, { amount: 9_000 }, 24 * 8), null)).toEqual([])
  })
})
