// Which orders' deliveries are awaited, what ends it, and that people are warned once for each time that passes.
// Must not know: SQL, wires.
import { describe, expect, test } from 'vitest'
import type { Books, Payment } from '../../../src/domain/books/books.ts'
import { decided, draftOf } from '../../../src/domain/books/draft.ts'
import { noteDelivery, warnOfDelivery } from '../../../src/domain/moves/deliveries.ts'
import {
  anEntry,
  anEvidence,
  aPayment,
  aRefund,
  DAY,
  judged,
  later,
  ORDER,
  REF,
  setting,
  theBooks,
  unpaidBooks,
} from '../../support/books.ts'

const TAKEN = { kind: 'taken' } as const
const REFUSED = { kind: 'refused', said: 'no city' } as const
const SHIPPED = { gatewayRef: REF, kind: 'physical', status: 'shipped' } as const
const CODE = { gatewayRef: REF, kind: 'digital', status: 'delivered' } as const

const soldAs = (goods: Payment['goods']): Books => judged(unpaidBooks({ goods }), anEvidence()).books
const awaited = ({ payment }: Books) => payment?.deliveryAwaitedSince
const toldAt = ({ payment }: Books) => payment?.deliveryToldAt
const at = (ms: number) => setting({ now: later(ms) })

describe('a delivery is awaited', () => {
  test('of what is to be shipped, from the moment in which its payment is accepted', () => {
    expect(awaited(unpaidBooks({ goods: 'physical' }))).toBeNull()
    const paid = soldAs('physical')
    expect(paid.payment).toMatchObject({ state: 'paid', acceptedRef: REF })
    expect(awaited(paid)).toBe(setting().now)
    expect(awaited(decided(draftOf(paid, at(9 * DAY))).books), 'and a later move begins nothing anew').toBe(
      setting().now,
    )
  })

  test.each([null, 'digital'] as const)('never of what is sold as %s', (goods) => {
    expect(awaited(soldAs(goods))).toBeNull()
  })

  test('not of money that nobody accepted', () => {
    const { books } = judged(unpaidBooks({ goods: 'physical' }), anEvidence({ amount: 9_000 }))
    expect([books.payment?.state, awaited(books)]).toEqual(['quarantined', null])
  })

  test('until all of it went back', () => {
    const paid = soldAs('physical')
    const back = anEvidence({ entries: [anEntry({ reason: '관리자페이지취소' })] })
    const { books } = judged(paid, back, { now: later(DAY) })
    expect([books.payment?.state, awaited(books)]).toEqual(['cancelled', null])
  })
})

describe('what the gateway was told', () => {
  test('and took ends it, and is kept with its time', () => {
    const { books, journal } = noteDelivery(soldAs('physical'), SHIPPED, TAKEN, at(DAY))
    expect([awaited(books), toldAt(books)]).toEqual([null, later(DAY)])
    expect(journal).toMatchObject([{ what: 'delivery.told', why: 'physical: shipped', gatewayRef: REF }])
    const again = noteDelivery(books, { ...SHIPPED, status: 'delivered' }, TAKEN, at(2 * DAY)).books
    expect([awaited(again), toldAt(again)]).toEqual([null, later(2 * DAY)])
  })

  test('and refused ends nothing', () => {
    const { books, journal } = noteDelivery(soldAs('physical'), SHIPPED, REFUSED, at(DAY))
    expect([awaited(books), toldAt(books)]).toEqual([setting().now, null])
    expect(journal).toMatchObject([
      { what: 'delivery.refused', why: 'physical: shipped; the gateway said `no city`', facts: { kind: 'physical' } },
    ])
  })

  test('as digital ends nothing where the order is to be shipped', () => {
    const { books } = noteDelivery(soldAs('physical'), CODE, TAKEN, at(DAY))
    expect([awaited(books), toldAt(books)]).toEqual([setting().now, null])
  })

  test.each([null, 'digital'] as const)(
    'as shipped and refused is awaited from then on, though it was sold as %s',
    (goods) => {
      const { books } = noteDelivery(soldAs(goods), SHIPPED, REFUSED, at(DAY))
      expect(awaited(books)).toBe(later(DAY))
      expect(awaited(noteDelivery(books, SHIPPED, REFUSED, at(2 * DAY)).books)).toBe(later(DAY))
      expect(awaited(noteDelivery(books, SHIPPED, TAKEN, at(2 * DAY)).books)).toBeNull()
      const digital = noteDelivery(soldAs(goods), CODE, REFUSED, at(DAY)).books
      expect(awaited(digital)).toBeNull()
    },
  )
})

describe('people are warned', () => {
  const since = setting().now
  const paid = soldAs('physical')
  const warned = (books: Books, before: string, ms: number) => warnOfDelivery(books, before, at(ms))

  test('where it was awaited for so long, and not before', () => {
    const early = warned(paid, since, 3 * DAY)
    expect([early.alerts, early.journal]).toEqual([[], []])
    const { alerts, journal, books } = warned(paid, later(1, since), 3 * DAY)
    expect(alerts).toEqual([
      {
        level: 'warn',
        kind: 'deliveryUntold',
        saga: `payment:${ORDER}`,
        sentence: {
          en: expect.stringContaining(`order ${ORDER} is paid and to be shipped, and since ${since}`),
          ko: expect.stringContaining(`주문 ${ORDER}: 결제되어 배송해야 하는데 ${since}부터`),
        },
        amount: 10_000,
        currency: 'KRW',
      },
    ])
    expect(journal).toMatchObject([{ what: 'delivery.untold', gatewayRef: REF }])
    expect(books.payment).toEqual({ ...paid.payment, deliveryAwaitedSince: later(3 * DAY) })
  })

  test('once for each time that passes', () => {
    const { books } = warned(paid, later(1, since), 3 * DAY)
    expect(warned(books, later(1, since), 3 * DAY).alerts).toEqual([])
    expect(warned(books, later(3 * DAY + 1), 6 * DAY).alerts).toHaveLength(1)
  })

  test('of nothing that is told, or on its way back', () => {
    const told = noteDelivery(paid, SHIPPED, TAKEN, at(DAY)).books
    const goingBack = decided(draftOf({ ...paid, refunds: [aRefund()] }, at(DAY))).books
    expect([goingBack.payment?.state, awaited(goingBack)]).toEqual(['cancelPending', since])
    for (const books of [told, goingBack, theBooks(), { ...theBooks(), payment: aPayment() }])
      expect(warned(books, later(9 * DAY), 9 * DAY).alerts).toEqual([])
  })
})
