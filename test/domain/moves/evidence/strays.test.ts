// Money with a saga of its own: when it asks for a person, what a person may do, and what its workflow does next.
// Must not know: SQL, Temporal.
import { describe, expect, test } from 'vitest'
import type { Books } from '../../../../src/domain/books/books.ts'
import { draftOf, decided } from '../../../../src/domain/books/draft.ts'
import { strayNamedBy } from '../../../../src/domain/ids.ts'
import { commandPayment, commandStray } from '../../../../src/domain/moves/people/money.ts'
import { raiseStray } from '../../../../src/domain/moves/time.ts'
import { strayStep } from '../../../../src/domain/next.ts'
import {
  anAttempt,
  anEntry,
  anEvidence,
  attemptIn,
  DAY,
  HOUR,
  judged,
  kindsOf,
  later,
  linesOf,
  PATIENCE,
  refundOf,
  REF,
  SECOND_REF,
  theBooks,
  unpaidBooks,
} from '../../../support/books.ts'

const HOLD = { policies: { late: 'hold', second: 'hold' } } as const
const NOTHING: Books = { payment: undefined, attempts: [], refunds: [] }
const second = anEvidence({ gatewayRef: SECOND_REF })
const held = (): Books => judged(theBooks(), second, HOLD).books
const unknown = (): Books => judged(NOTHING, anEvidence()).books
const at = (ms: number) => ({ now: later(ms), patience: PATIENCE })
const accept = { kind: 'accept', reason: 'two orders', gatewayRef: null } as const
const giveBack = { kind: 'refund', reason: 'paid twice', gatewayRef: null } as const

describe('the name of a stray', () => {
  test.each([
    ['stray:iamport/main:imp_1', { gateway: 'iamport/main', gatewayRef: 'imp_1' }],
    ['stray:paymentwall/eu-2:b:1/2', { gateway: 'paymentwall/eu-2', gatewayRef: 'b:1/2' }],
    ['stray:iamport/main:', undefined],
    ['stray:iamport:main:imp_1', undefined],
    ['payment:stray', undefined],
  ])('%s', (id, named) => expect(strayNamedBy(id)).toEqual(named))
})

describe('a checkpoint of a stray', () => {
  test('pages after a day and then every week, and says what the look said', () => {
    const first = raiseStray(held(), SECOND_REF, undefined, at(2 * HOUR + DAY))
    expect(kindsOf(first)).toEqual(['page stray.second'])
    expect(first.alerts[0]).toMatchObject({
      saga: `stray:iamport/main:${SECOND_REF}`,
      sentence: {
        en: expect.stringContaining('looked: still paid, KRW 0 of KRW 10,000 returned; accept or refund it'),
        ko: expect.stringContaining('결제됨(paid), KRW 10,000 중 KRW 0 반환. accept 또는 refund하십시오'),
      },
    })
    expect(attemptIn(first.books, SECOND_REF)).toMatchObject({
      attention: 'page',
      nextCheckpointAt: later(2 * HOUR + 8 * DAY),
    })
    expect(kindsOf(raiseStray(first.books, SECOND_REF, undefined, at(2 * HOUR + DAY)))).toEqual([])
  })

  test('that could not look says so, never that it looked', () => {
    const { alerts, books } = raiseStray(unknown(), REF, 'HTTP 500', at(2 * HOUR + DAY))
    expect(alerts[0]?.sentence.en).toContain('could not look: `HTTP 500`')
    expect(attemptIn(books)).toMatchObject({ lookFailedSaid: 'HTTP 500' })
  })

  test('is the next thing that its saga does, until the money is decided', () => {
    const step = strayStep(held(), attemptIn(held(), SECOND_REF), later(2 * HOUR))
    expect(step).toMatchObject({ state: 'quarantined', next: { do: 'wait', ms: DAY, whenDue: 'checkpoint' } })
    expect(step.attributes).toMatchObject({ SagaState: 'quarantined', Attention: 'warn', MerchantUid: 'order-1' })
    const { books } = commandStray(held(), SECOND_REF, accept, at(3 * HOUR))
    expect(strayStep(books, attemptIn(books, SECOND_REF), later(3 * HOUR))).toMatchObject({ next: { do: 'end' } })
  })
})

describe('a person', () => {
  test('accepts a second payment, and the order stays with its first', () => {
    const { books } = commandStray(held(), SECOND_REF, accept, at(3 * HOUR))
    expect(attemptIn(books, SECOND_REF)).toMatchObject({ accepted: true, attention: 'none', nextCheckpointAt: null })
    expect(books.payment).toMatchObject({ acceptedRef: REF, state: 'paid' })
  })

  test('gives money of an unknown order back, by a refund without an order', () => {
    const { books } = commandStray(unknown(), REF, giveBack, at(3 * HOUR))
    expect(refundOf(books, books.refunds[0]?.refundId)).toMatchObject({
      merchantUid: null,
      gatewayRef: REF,
      amount: 10_000,
      origin: 'ops',
      state: 'requested',
    })
    expect(attemptIn(books).attention).toBe('none')
  })

  test('acknowledges it: reminders are quiet, a page is not', () => {
    const { books } = commandStray(held(), SECOND_REF, { kind: 'acknowledge', owner: 'ann' }, at(3 * HOUR))
    expect(attemptIn(books, SECOND_REF)).toMatchObject({ owner: 'ann', acknowledgedLevel: 'warn' })
    expect(kindsOf(raiseStray(books, SECOND_REF, undefined, at(4 * HOUR)))).toEqual([])
    expect(kindsOf(raiseStray(books, SECOND_REF, undefined, at(2 * HOUR + DAY)))).toEqual(['page stray.second'])
  })

  test('decides on what the saga is about and nothing else, and only once', () => {
    const other = { ...accept, gatewayRef: REF }
    expect(() => commandStray(held(), SECOND_REF, other, at(3 * HOUR))).toThrow('this saga is about imp_2')
    const { books } = commandStray(held(), SECOND_REF, giveBack, at(3 * HOUR))
    expect(() => commandStray(books, SECOND_REF, accept, at(4 * HOUR))).toThrow('no money of this order waits')
    expect(() => commandStray(books, SECOND_REF, { kind: 'acknowledge', owner: 'ann' }, at(4 * HOUR))).toThrow(
      'asks for nobody',
    )
  })

  test('cannot settle a live order with test money, though its refund was refused', () => {
    const paid = judged(unpaidBooks(), anEvidence({ channel: 'test' })).books
    const refused = paid.refunds.map((refund) => ({ ...refund, state: 'refused' as const }))
    const books = { ...paid, refunds: refused }
    expect(() => commandPayment(books, accept, at(3 * HOUR))).toThrow('test money settles no live order')
  })
})

describe('a stray', () => {
  test('asks again, from then on, when its refund was refused', () => {
    const { books } = commandStray(held(), SECOND_REF, giveBack, at(3 * HOUR))
    const refused = { ...books, refunds: books.refunds.map((refund) => ({ ...refund, state: 'refused' as const })) }
    const later3 = decided(draftOf(refused, at(5 * HOUR)))
    expect(attemptIn(later3.books, SECOND_REF)).toMatchObject({
      attention: 'warn',
      waitingSince: later(5 * HOUR),
      nextCheckpointAt: later(5 * HOUR + DAY),
    })
  })

  test('is decided by a console cancel of all of it, and by no part', () => {
    const part = {
      ...second,
      ...anEvidence({ entries: [anEntry({ amount: 4_000, reason: 'desk' })] }),
      gatewayRef: SECOND_REF,
    }
    const partly = judged(held(), part, { ...HOLD, now: later(3 * HOUR) }).books
    expect(attemptIn(partly, SECOND_REF).attention).toBe('warn')
    const rest = [
      anEntry({ amount: 4_000, reason: 'desk' }),
      anEntry({ cancellationId: 'c2', amount: 6_000, reason: 'desk' }),
    ]
    const whole = { ...anEvidence({ entries: rest }), gatewayRef: SECOND_REF }
    const done = judged(partly, whole, { ...HOLD, now: later(4 * HOUR) })
    expect(attemptIn(done.books, SECOND_REF)).toMatchObject({ attention: 'none', nextCheckpointAt: null })
    expect(linesOf(done)).toContain('refund.outside')
  })

  test('that is no stray asks for nobody: money of the order itself is its payment’s', () => {
    const { books } = judged(unpaidBooks(), anEvidence({ amount: 1 }))
    expect(attemptIn(books)).toMatchObject({ attention: 'none', nextCheckpointAt: null })
    expect(books.payment?.attention).toBe('warn')
    expect(anAttempt().attention).toBe('none')
  })
})
