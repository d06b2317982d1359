// Evidence that speaks against booked money: what counts as that, who is told and how often, and
// that nothing is booked or accepted by it.
// Must not know: SQL, what a person does about it (holds.test.ts). The order is paid and accepted
// unless a test says otherwise.
import { describe, expect, test } from 'vitest'
import { checksumOf, heldOf, paymentClosed, undecided } from '../../../../src/domain/books/balance.ts'
import type { Books, Decision } from '../../../../src/domain/books/books.ts'
import { noticesOf, wakesOf } from '../../../../src/domain/books/outgoing.ts'
import { seenOf } from '../../../../src/domain/books/seen.ts'
import type { Evidence } from '../../../../src/domain/gateway.ts'
import { contradictions } from '../../../../src/domain/moves/evidence/contradictions.ts'
import { raisePayment, raiseStray } from '../../../../src/domain/moves/time.ts'
import { paymentStep } from '../../../../src/domain/next.ts'
import { paymentDetails, strayDetails } from '../../../../src/domain/shown/details.ts'
import {
  anAttempt,
  anEntry,
  anEvidence,
  aPayment,
  aRefund,
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
  SECOND_REF,
  setting,
  theBooks,
  unpaidBooks,
} from '../../../support/books.ts'

type Shown = Partial<Evidence>
/** What the evidence says, and the line that it makes. */
const KINDS: readonly (readonly [Shown, string])[] = [
  [{ merchantUid: 'order-2' }, 'order order-2'],
  [{ currency: 'USD' }, 'currency USD'],
  [{ channel: 'test' }, 'channel test'],
  [{ amount: 12_000 }, 'amount 12000'],
  [{ provider: 'kakaopay', ours: false }, 'provider kakaopay'],
  [{ status: 'failed' }, 'status failed'],
  [{ status: 'ready' }, 'status ready'],
  [{ status: 'unrecognized', statusSaid: 'pondering' }, 'status pondering'],
  [{ status: 'cancelled', returned: 0 }, 'status cancelled with nothing returned'],
]
const see = (books: Books, shown: Shown, hours: number): Decision =>
  judged(books, anEvidence(shown), { asOf: later(hours * HOUR) })
const against = (shown: Shown): Books => see(theBooks(), shown, 2).books

describe('evidence contradicts booked money', () => {
  test.each(KINDS)('where it says %j, in one line that stays the same', (shown, line) => {
    expect(contradictions(anAttempt(), anEvidence(shown))).toBe(line)
  })

  test('in one line for all that it says, whatever comes first', () => {
    const said = anEvidence({ status: 'failed', amount: 1, channel: 'test', provider: 'x', ours: false })
    expect(contradictions(anAttempt(), said)).toBe('amount 1; channel test; provider x; status failed')
  })

  test.each<[string, Shown]>([
    ['nothing of the channel', { channel: null }],
    ['nothing of the provider', { provider: null }],
    ['another of our providers', { provider: 'paymentwall_kr' }],
    ['that a part is back', { entries: [anEntry({ amount: 1 })] }],
    ['that all is back', { entries: [anEntry()] }],
    ['that all is back, and names no cancel', { status: 'cancelled', returned: 10_000 }],
    ['another method, country or time', { payMethod: 'vbank', payerCountry: 'US', paidAt: later(DAY) }],
  ])('not where it says %s', (_what, shown) => {
    expect(contradictions(anAttempt(), anEvidence(shown))).toBeNull()
  })

  test('not where no money was booked: a failed attempt may be another’s amount', () => {
    const never = anAttempt({ everPaid: false, accepted: false, because: null, status: 'failed' })
    expect(contradictions(never, anEvidence({ amount: 1, status: 'ready' }))).toBeNull()
    expect(contradictions(undefined, anEvidence({ status: 'failed' }))).toBeNull()
  })

  test('of a provider that a person accepted no more than of ours', () => {
    const other = anAttempt({ provider: 'kakaopay' })
    expect(contradictions(other, anEvidence({ provider: 'kakaopay', ours: false }))).toBeNull()
  })
})

describe.each(KINDS)('evidence that says %j of paid money', (shown, line) => {
  test('pages once for each change, and leaves a line', () => {
    const first = see(theBooks(), shown, 2)
    expect(kindsOf(first)).toEqual(['page contradicted'])
    expect(first.alerts[0]).toMatchObject({ saga: `payment:${ORDER}`, amount: 10_000, currency: 'KRW' })
    expect(first.alerts[0]?.sentence.en).toContain(line)
    expect(first.journal).toContainEqual(expect.objectContaining({ what: 'attempt.contradicted', to: line }))
    expect(see(first.books, shown, 3)).toMatchObject({ journal: [], alerts: [] })
    const other: Shown = line.startsWith('amount') ? { amount: 13_000 } : { amount: 12_000 }
    expect(kindsOf(see(first.books, other, 4))).toEqual(['page contradicted'])
  })

  test('changes nothing of what was booked: not the money, not what settled the order, nothing told', () => {
    const before = theBooks()
    const decision = see(before, shown, 2)
    const { amount, currency, channel, provider, accepted, everPaid, saidMerchantUid } = attemptIn(before)
    const booked = { amount, currency, channel, provider, accepted, everPaid, saidMerchantUid }
    expect(attemptIn(decision.books)).toMatchObject({ ...booked, contradiction: line })
    expect(decision.books.payment).toMatchObject({ state: 'paid', acceptedRef: REF })
    expect(decision.books.refunds).toEqual([])
    expect(noticesOf(before, decision, () => null)).toEqual([])
  })

  test('keeps the payment open at page, and its saga waits for the checkpoint, not for the expiry', () => {
    const decision = see(theBooks(), shown, 2)
    const { books } = decision
    const payment = books.payment ?? aPayment()
    expect(payment).toMatchObject({
      attention: 'page',
      nextCheckpointAt: later(2 * HOUR + DAY),
      nextCheckpointLevel: 'page',
    })
    expect([heldOf(books), paymentClosed(books)]).toEqual(['contradicted', false])
    expect(wakesOf(theBooks(), decision, null)).toEqual([`payment:${ORDER}`])
    expect(paymentStep(books, payment, later(2 * HOUR)).next).toMatchObject({
      do: 'wait',
      whenDue: 'checkpoint',
      ms: DAY,
    })
  })

  test('is over by itself once the evidence agrees, with a line', () => {
    const held = against(shown)
    const decision = see(held, {}, 3)
    expect(linesOf(decision)).toContain('attempt.agrees')
    expect(attemptIn(decision.books)).toMatchObject({ contradiction: null, status: 'paid' })
    expect(decision.books.payment).toMatchObject({ attention: 'none', nextCheckpointAt: null, state: 'paid' })
    expect([paymentClosed(decision.books), decision.alerts]).toEqual([true, []])
    expect(wakesOf(held, decision, null)).toEqual([`payment:${ORDER}`])
    expect(kindsOf(see(decision.books, shown, 4))).toEqual(['page contradicted'])
  })
})

describe('a contradicted payment', () => {
  test('pages at each step of patience, with what is said and the mark to release it by', () => {
    let books = against({ status: 'failed' })
    for (const days of [1, 3, 7, 14]) {
      const decision = raisePayment(books, undefined, { now: later(2 * HOUR + days * DAY), patience: PATIENCE })
      expect(kindsOf(decision)).toEqual(['page payment.contradicted'])
      expect(decision.alerts[0]?.sentence.en).toContain(
        `\`status failed\`; looked; release it; its mark is ${seenOf(books)}`,
      )
      books = decision.books
    }
  })

  test('shows in its first alert and its details the mark that a release must name', () => {
    const decision = see(theBooks(), { status: 'failed' }, 2)
    const mark = seenOf(decision.books)
    expect(decision.alerts[0]?.sentence.en).toContain(mark)
    const page = paymentDetails(decision.books, decision.books.payment ?? aPayment())
    expect(page).toMatch(new RegExp(`\`release\` .*"seen": *"${mark}"`))
    expect(page).toContain('**Against** `imp_1` `status failed`')
  })
})

describe('cancels in evidence that contradicts', () => {
  const dollars = anEntry({ amount: 2_500, reason: 'desk' })

  test('are not booked in another currency: 25.00 dollars are not 2,500 won', () => {
    const { books } = see(theBooks(), { currency: 'USD', entries: [dollars] }, 2)
    expect(attemptIn(books)).toMatchObject({ entries: [], gatewayReturned: 0, saidAmount: 10_000 })
    expect([books.refunds, checksumOf(attemptIn(books))]).toEqual([[], 10_000])
    expect(see(books, { entries: [dollars] }, 3).books.refunds).toHaveLength(1)
  })

  test('are not booked where they are another order’s', () => {
    const { books } = see(theBooks(), { merchantUid: 'order-2', entries: [dollars] }, 2)
    expect(attemptIn(books)).toMatchObject({ entries: [], status: 'paid', merchantUid: ORDER })
  })

  test('are not booked where the status is unknown, and are when it is known', () => {
    const { books } = see(theBooks(), { status: 'unrecognized', statusSaid: 'pondering', entries: [dollars] }, 2)
    expect(attemptIn(books).entries).toEqual([])
    expect(attemptIn(see(books, { entries: [dollars] }, 3).books).entries).toHaveLength(1)
  })

  test('are booked where they are in the money that was paid: it has gone back all the same', () => {
    for (const shown of [{ amount: 12_000 }, { status: 'failed' }, { channel: 'test' }] as const)
      expect(attemptIn(see(theBooks(), { ...shown, entries: [dollars] }, 2).books).entries).toHaveLength(1)
  })
})

describe('an order that is first seen as cancelled', () => {
  test('with nothing returned accepts nothing: it is held, and pages', () => {
    const decision = see(unpaidBooks(), { status: 'cancelled', returned: 0 }, 2)
    expect(decision.books.payment).toMatchObject({ state: 'quarantined', acceptedRef: null, attention: 'page' })
    expect(attemptIn(decision.books)).toMatchObject({
      accepted: false,
      because: 'firstSeenCancelled',
      contradiction: 'status cancelled with nothing returned',
    })
    expect(kindsOf(decision)).toContain('page contradicted')
    expect(decision.books.refunds).toEqual([])
    expect(see(decision.books, { status: 'cancelled', returned: 0 }, 3)).toMatchObject({ journal: [], alerts: [] })
  })

  test('with nothing returned waits for a person also when the gateway says paid after all', () => {
    const first = see(unpaidBooks(), { status: 'cancelled', returned: 0 }, 2).books
    const { books } = see(first, {}, 3)
    expect(books.payment).toMatchObject({ state: 'quarantined', acceptedRef: null, attention: 'page' })
    expect([heldOf(books), undecided(books, attemptIn(books))]).toEqual(['quarantined', true])
  })

  test('with a part returned is held with a warning, and nothing is accepted', () => {
    const entries = [anEntry({ amount: 4_000, reason: 'desk' })]
    const decision = see(unpaidBooks(), { status: 'cancelled', entries }, 2)
    expect(attemptIn(decision.books)).toMatchObject({ because: 'firstSeenCancelled', contradiction: null })
    expect(decision.books.payment).toMatchObject({ acceptedRef: null, attention: 'warn' })
    expect(kindsOf(decision)).toEqual(['warn held.firstSeenCancelled'])
  })

  test('with all returned is over: nothing is accepted, nobody is asked', () => {
    const decision = see(unpaidBooks(), { entries: [anEntry({ reason: 'desk' })] }, 2)
    expect(attemptIn(decision.books)).toMatchObject({ because: 'alreadyReturned', accepted: false })
    expect([decision.alerts, paymentClosed(decision.books)]).toEqual([[], true])
  })

  test.each([
    ['nothing', {}],
    ['a part', { entries: [anEntry({ amount: 4_000, reason: 'desk' })] }],
  ])(
    'as a second payment with %s returned is no money that policy sends back: a person looks at it',
    (_what, shown) => {
      const second = anEvidence({ returned: 0, ...shown, status: 'cancelled', gatewayRef: SECOND_REF })
      const sums = { ...second, returned: second.entries.reduce((sum, { amount }) => sum + amount, 0) }
      const { books, alerts } = judged(theBooks(), sums, setting())
      expect(attemptIn(books, SECOND_REF)).toMatchObject({ because: 'firstSeenCancelled', accepted: false })
      expect(books.refunds.filter(({ origin }) => origin === 'policy')).toEqual([])
      expect(alerts.map(({ kind }) => kind)).toContain('held.firstSeenCancelled')
    },
  )
})

describe('while a contradiction of one attempt holds, another that is paid as ordered', () => {
  const paidAgain = { gatewayRef: SECOND_REF } as const

  test.each(KINDS)('(%j) is not accepted, and not sent back: a person decides on it', (shown) => {
    const { books, alerts } = see(against(shown), paidAgain, 3)
    expect(attemptIn(books, SECOND_REF)).toMatchObject({ because: 'firstInDoubt', accepted: false })
    expect([books.refunds, books.payment?.acceptedRef]).toEqual([[], REF])
    expect(alerts.map(({ level, kind }) => `${level} ${kind}`)).toEqual(['warn held.firstInDoubt'])
  })

  test('is not accepted where nothing was accepted before either', () => {
    const first = see(unpaidBooks(), { status: 'cancelled', returned: 0 }, 2).books
    const { books } = see(first, paidAgain, 3)
    expect(attemptIn(books, SECOND_REF)).toMatchObject({ because: 'firstInDoubt', accepted: false })
    expect(books.payment).toMatchObject({ acceptedRef: null, state: 'quarantined' })
  })

  test('late, with the policy to accept it, is not accepted', () => {
    const closed = { ...against({ status: 'failed' }), payment: aPayment({ orderState: 'expired', acceptedRef: REF }) }
    const { books } = judged(closed, anEvidence(paidAgain), {
      asOf: later(3 * HOUR),
      policies: { late: 'accept', second: 'refund' },
    })
    expect(attemptIn(books, SECOND_REF).accepted).toBe(false)
  })

  test('is not asked back for being test money until that is over: its refund waits', () => {
    const { books } = see(against({ status: 'failed' }), { ...paidAgain, channel: 'test' }, 3)
    expect(books.refunds).toMatchObject([{ origin: 'testChannel', state: 'requested' }])
  })
})

describe('an attempt that was declined here, and is shown for another order,', () => {
  const declined = (): Books => see(unpaidBooks(), { status: 'failed' }, 2).books
  const elsewhere = { merchantUid: 'order-2' } as const

  test('brings no money into this one: it is not accepted, and a person is paged', () => {
    const decision = see(declined(), elsewhere, 3)
    expect(attemptIn(decision.books)).toMatchObject({
      everPaid: false,
      status: 'failed',
      contradiction: 'order order-2',
    })
    expect(decision.books.payment).toMatchObject({ state: 'declined', acceptedRef: null, attention: 'page' })
    expect(kindsOf(decision)).toEqual(['page contradicted'])
  })

  test('moves no order state either', () => {
    const begun = see(unpaidBooks(), { status: 'ready' }, 2).books
    expect(see(begun, { ...elsewhere, status: 'failed' }, 3).books.payment?.state).toBe('prepared')
  })

  test('settles its own once it is shown for it again', () => {
    const { books } = see(see(declined(), elsewhere, 3).books, {}, 4)
    expect(books.payment).toMatchObject({ state: 'paid', acceptedRef: REF, attention: 'none' })
  })
})

test('money of an unknown order that is contradicted pages in its own saga, which stays open', () => {
  const stray = judged({ payment: undefined, attempts: [], refunds: [] }, anEvidence()).books
  const decision = see(stray, { status: 'failed' }, 3)
  expect(decision.alerts).toMatchObject([{ level: 'page', kind: 'contradicted', saga: `stray:iamport/main:${REF}` }])
  const { books } = decision
  expect(attemptIn(books)).toMatchObject({ attention: 'page' })
  const told = raiseStray(books, REF, undefined, { now: later(3 * HOUR + DAY), patience: PATIENCE })
  expect(told.alerts[0]?.sentence.en).toMatch(
    new RegExp(`\`status failed\`; looked: .*; release it; its mark is ${seenOf(books)}`),
  )
  expect(strayDetails(books, attemptIn(books))).toMatch(new RegExp(`\`release\` .*"seen": *"${seenOf(books)}"`))
})

test('a refund that waits is not held up in what it waits for: only what is asked next is', () => {
  const waiting = theBooks({ refunds: [aRefund()] })
  const { books } = see(waiting, { status: 'failed' }, 2)
  expect(books.refunds).toMatchObject([{ state: 'ticketOpen' }])
  expect(see(books, { status: 'failed', entries: [anEntry()] }, 3).books.refunds).toMatchObject([{ state: 'refunded' }])
})
