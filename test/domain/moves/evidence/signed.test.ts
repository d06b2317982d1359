// What a gateway signed is evidence of what it names alone: it adds, makes nothing missing, takes nothing back.
// Must not know: signatures, wires, SQL.
import { expect, test } from 'vitest'
import type { Attempt, Books, Decision } from '../../../../src/domain/books/books.ts'
import type { Evidence, Signed, SignedEvent } from '../../../../src/domain/gateway.ts'
import { judge } from '../../../../src/domain/moves/evidence/judge.ts'
import { judgeSigned } from '../../../../src/domain/moves/evidence/signed.ts'
import {
  aBooked,
  anAttempt,
  anEvidence,
  aRefund,
  AT,
  GATEWAY,
  HOUR,
  later,
  ORDER,
  PATIENCE,
  REF,
  theBooks,
  unpaidBooks,
} from '../../../support/books.ts'

const now = later(2 * HOUR)
const setting = { now, asOf: now, patience: PATIENCE, policies: { late: 'hold', second: 'refund' } as const }

const says = (event: SignedEvent, more: Partial<Signed> = {}): Signed => ({
  gatewayRef: REF,
  merchantUid: ORDER,
  key: event.kind,
  event,
  buyerId: 'buyer-77',
  channel: 'live',
  money: null,
  paidAt: null,
  payMethod: null,
  payerCountry: null,
  ...more,
})
const PAID = says({ kind: 'paid', gift: false })
type Returned = Extract<SignedEvent, { kind: 'returned' }>
const returned = (key: string, more: Partial<Returned> = {}): Signed =>
  says({ kind: 'returned', part: null, refundId: null, mark: null, said: 'cancelled order', ...more }, { key })
const part = (amount: string, refundId: string | null = 'r1', currency: string | null = null): Signed =>
  returned(`220.${refundId}.${amount}`, { part: { amount, currency }, refundId, said: 'a part was refunded' })

function judged(books: Books, ...all: readonly Signed[]): Decision {
  return all.reduce<Decision>(
    (before, signed) => {
      const after = judgeSigned(before.books, GATEWAY, signed, setting)
      if (!after) throw new Error(`${signed.key} was not judged`)
      return { ...after, journal: [...before.journal, ...after.journal], alerts: [...before.alerts, ...after.alerts] }
    },
    { books, journal: [], alerts: [] },
  )
}
const attemptOf = ({ books }: Decision): Attempt => books.attempts[0] ?? anAttempt({ everPaid: false })
const refundStates = ({ books }: Decision) => books.refunds.map(({ refundId, state }) => `${refundId} ${state}`)
const alertsOf = ({ alerts }: Decision) => alerts.map(({ level, kind }) => `${level} ${kind}`)

test('paid: what was ordered stands in for the amount that is not named, and settles the order', () => {
  const { books } = judged(unpaidBooks(), PAID)
  expect(books.payment).toMatchObject({ state: 'paid', acceptedRef: REF })
  expect(books.attempts).toMatchObject([{ amount: 10_000, currency: 'KRW', because: 'asOrdered', accepted: true }])
})

test('paid with another amount than ordered, where one is named, waits for a person', () => {
  const decision = judged(unpaidBooks(), { ...PAID, money: { amount: 1, currency: 'KRW' } })
  expect(attemptOf(decision)).toMatchObject({ because: 'amountDiffers', accepted: false })
})

test('a gift is delivered like a payment, and a person hears of it', () => {
  const decision = judged(unpaidBooks(), says({ kind: 'paid', gift: true }))
  expect(attemptOf(decision)).toMatchObject({ accepted: true })
  expect(alertsOf(decision)).toEqual(['warn gift'])
})

test('said again, it moves nothing', () => {
  const once = judged(unpaidBooks(), PAID)
  expect(judgeSigned(once.books, GATEWAY, PAID, setting)).toMatchObject({ journal: [], alerts: [] })
  const back = judged(theBooks({ refunds: [aRefund()] }), returned('2.9', { refundId: 'r1' }))
  const again = judged(back.books, returned('2.9', { refundId: 'r1' }), PAID)
  expect(again).toMatchObject({ journal: [], alerts: [] })
  expect(again.books.attempts).toMatchObject([{ status: 'cancelled', entries: [{ missingSince: null }] }])
})

test('in review, then passed, then declined after all: no status goes back', () => {
  const waits = judged(unpaidBooks(), says({ kind: 'review' }))
  expect(attemptOf(waits)).toMatchObject({ status: 'ready', everPaid: false })
  const passed = judged(waits.books, PAID, says({ kind: 'review' }))
  expect(attemptOf(passed)).toMatchObject({ status: 'paid', accepted: true, contradiction: null })
  const back = judged(passed.books, says({ kind: 'declined', said: 'the review said no' }))
  expect(attemptOf(back)).toMatchObject({ status: 'cancelled', gatewayReturned: 10_000 })
  expect(back.books.payment?.state).toBe('cancelled')
  const never = judged(waits.books, says({ kind: 'declined', said: 'the review said no' }))
  expect(attemptOf(never)).toMatchObject({ status: 'failed', failReason: 'the review said no' })
})

test('all went back, by the refund that it names', () => {
  const decision = judged(theBooks({ refunds: [aRefund()] }), returned('2.9', { refundId: 'r1' }))
  expect(refundStates(decision)).toEqual(['r1 refunded'])
  expect(decision.books.refunds[0]).toMatchObject({ matchedByAmount: false })
  expect(alertsOf(decision)).toEqual([])
})

test('all went back and no refund is named: by amount, with a doubt; before it was paid, it is known as returned', () => {
  const decision = judged(theBooks({ refunds: [aRefund()] }), returned('2.9'))
  expect(refundStates(decision)).toEqual(['r1 refunded'])
  expect(decision.books.refunds[0]).toMatchObject({ matchedByAmount: true })
  const first = judged(unpaidBooks(), returned('2.9'), PAID)
  expect(attemptOf(first)).toMatchObject({ because: 'alreadyReturned', accepted: false, status: 'cancelled' })
})

test('a chargeback overtakes a ticket, and the ticket that is worked off all the same is told', () => {
  const decision = judged(
    theBooks({ refunds: [aRefund()] }),
    returned('2.1', { mark: 'chargeback', said: 'chargeback' }),
  )
  expect(refundStates(decision)).toContain('r1 superseded')
  expect(attemptOf(decision)).toMatchObject({ chargedBack: true })
  expect(alertsOf(decision)).toContain('page overtakenTicket')
  const twice = judged(decision.books, returned('2.9', { refundId: 'r1' }))
  expect(alertsOf(twice)).toEqual(['warn signedUnclear'])
  expect(attemptOf(twice).gatewayReturned).toBe(10_000)
})

test('a chargeback after all had gone back pages', () => {
  const back = judged(theBooks({ refunds: [aRefund()] }), returned('2.9', { refundId: 'r1' }))
  expect(alertsOf(judged(back.books, returned('2.1', { mark: 'chargeback' })))).toEqual(['page signedUnclear'])
})

test('parts of two refunds are two, and what is left follows', () => {
  const two = theBooks({
    refunds: [aRefund({ refundId: 'r1', amount: 4_000 }), aRefund({ refundId: 'r2', amount: 4_000 })],
  })
  const decision = judged(two, part('4000'), part('4000', 'r2'), part('4000'))
  expect(refundStates(decision)).toEqual(['r1 refunded', 'r2 refunded'])
  expect(attemptOf(decision)).toMatchObject({ gatewayReturned: 8_000, sumsTold: null })
  const rest = judged(decision.books, returned('2.9'))
  expect(attemptOf(rest).gatewayReturned).toBe(10_000)
})

const OF_SIX = { refunds: [aRefund({ amount: 6_000 })] }
test.each([
  ['adds up to all of it', ['4000', '2000'], 6_000, 'refunded', ['warn smallerThanAsked']],
  ['counts the first one in', ['4000', '6000'], 6_000, 'refunded', ['warn smallerThanAsked']],
  [
    'may be either, so the less is booked',
    ['2000', '3000'],
    3_000,
    'ticketOpen',
    ['warn smallerThanAsked', 'warn smallerThanAsked', 'warn signedUnclear'],
  ],
  ['is neither', ['4000', '3000'], 4_000, 'ticketOpen', ['warn smallerThanAsked', 'page signedUnclear']],
] as const)('a second part of one refund %s', (_, amounts, booked, state, alerts) => {
  const decision = judged(theBooks(OF_SIX), ...amounts.map((amount) => part(amount)))
  expect(attemptOf(decision).gatewayReturned).toBe(booked)
  expect(refundStates(decision)).toEqual([`r1 ${state}`])
  expect(alertsOf(decision)).toEqual(alerts)
})

test.each([
  ['of unknown size', says({ kind: 'partReturned', said: 'a part was reversed' })],
  ['in another currency', part('30.00', 'r1', 'USD')],
  ['in decimals that the currency has not', part('30.55')],
  ['of a kind that nobody knows', says({ kind: 'unrecognized', said: 'type 77' })],
] as const)('news %s moves no money, and pages', (_, signed) => {
  const decision = judged(theBooks({ refunds: [aRefund()] }), signed)
  expect(refundStates(decision)).toEqual(['r1 ticketOpen'])
  expect(attemptOf(decision).entries).toEqual([])
  expect(alertsOf(decision)).toEqual(['page signedUnclear'])
})

test('a remark about a subscription moves nothing, and asks for nobody', () => {
  expect(judged(theBooks(), says({ kind: 'remark', said: 'a subscription ended' }))).toMatchObject({
    journal: [],
    alerts: [],
  })
})

test('about an order that nobody knows it is not judged, but where it names an amount', () => {
  const nothing: Books = { payment: undefined, attempts: [], refunds: [] }
  expect(judgeSigned(nothing, GATEWAY, PAID, setting)).toBeUndefined()
  const named = judged(nothing, { ...PAID, money: { amount: 10_000, currency: 'KRW' } })
  expect(attemptOf(named)).toMatchObject({ because: 'unknownOrder', accepted: false })
})

/** As a status call shows it, which knows no parts. */
const status = (shown: Partial<Evidence>): Evidence => anEvidence({ ...shown, entries: [], partial: true })
const looked = (books: Books, evidence: Evidence) =>
  judge(books, evidence, { ...setting, number: Date.parse(AT) + 1 }) ?? { books, journal: [], alerts: [] }

test('a look that knows no parts makes none of them missing, and no difference of sums', () => {
  const entries = [aBooked({ amount: 4_000, cancellationId: '220.r1.4000', key: '220.r1.4000' })]
  const refunds = [aRefund({ amount: 4_000, state: 'refunded' })]
  const books = theBooks({ attempts: [anAttempt({ entries, gatewayReturned: 4_000, status: 'cancelled' })], refunds })
  const decision = looked(books, status({ status: 'paid', returned: 0 }))
  expect(decision.alerts).toEqual([])
  expect(attemptOf(decision)).toMatchObject({
    status: 'cancelled',
    gatewayReturned: 4_000,
    sumsTold: null,
    contradiction: null,
    entries: [{ missingSince: null, gone: false }],
  })
})

test('a look that says all is back closes the refund by amount, and the pingback that comes late names it', () => {
  const seen = looked(theBooks({ refunds: [aRefund()] }), status({ status: 'cancelled', returned: 10_000 }))
  expect(seen.books.refunds).toMatchObject([{ state: 'refunded', matchedByAmount: true }])
  const named = judged(seen.books, returned('2.9', { refundId: 'r1' }))
  expect(named.books.refunds).toMatchObject([{ state: 'refunded', matchedByAmount: false }])
  expect(attemptOf(named)).toMatchObject({ gatewayReturned: 10_000, entries: [{ cancellationId: '2.9' }] })
  expect(alertsOf(named)).toEqual([])
})

test.each(['ready', 'failed', 'unrecognized'] as const)(
  'a look that says "%s" of what was paid takes nothing back',
  (said) => {
    const decision = looked(theBooks(), status({ status: said, returned: 0 }))
    expect(attemptOf(decision)).toMatchObject({ status: 'paid', contradiction: null, accepted: true })
  },
)
