// Which refund a cancel answers, clause by clause of design.md §5: by its name, by what is left of
// what was sent, by amount and time.
// Must not know: SQL, how entries are booked. 10,000 won were paid; each refund has an open ticket
// unless a test says otherwise.
import { describe, expect, test } from 'vitest'
import type { Books, Decision, Refund } from '../../../../src/domain/books/books.ts'
import type { CancelEntry } from '../../../../src/domain/gateway.ts'
import { isBeginOf, namedIn } from '../../../../src/domain/moves/evidence/entries/markers.ts'
import {
  anEntry,
  anEvidence,
  aRefund,
  aTicket,
  attemptIn,
  HOUR,
  judged,
  kindsOf,
  later,
  linesOf,
  MINUTE,
  theBooks,
} from '../../../support/books.ts'

type Shown = NonNullable<Parameters<typeof aRefund>[0]>
const r = (refundId: string, amount: number, shown: Shown = {}): Refund => aRefund({ refundId, amount, ...shown })
/** A ticket of an earlier form, whose reason ended with its marker. */
const oldForm = (refundId: string, amount: number, text = 'too small'): Refund =>
  r(refundId, amount, { tickets: [aTicket({ sentReason: `${text} #${refundId}` })] })

const answer = (books: Books, entry: Partial<CancelEntry>): Decision =>
  judged(books, anEvidence({ entries: [anEntry(entry)] }))
/** Which refund took it, and by what; `outside` where none did. */
function takenBy({ books, journal }: Decision): string {
  const [row] = attemptIn(books).entries
  const refund = books.refunds.find(({ refundId }) => refundId === row?.refundId)
  if (refund?.origin === 'outside') return 'outside'
  const line = journal.find(({ what }) => what === 'cancelled' || what === 'refund.partlyBooked')
  return `${refund?.refundId} by ${String(line?.facts?.matchedBy)}`
}
const taken = (refunds: readonly Refund[], reason: string, shown: Partial<CancelEntry> = {}): string =>
  takenBy(answer(theBooks({ refunds }), { amount: 4_000, reason, ...shown }))

describe('a cancel is taken by the refund that its reason names', () => {
  test.each([
    ['as it was sent', '#r1 too small'],
    ['with words behind it', '#r1 too small / 취소완료'],
    ['with words before it', '[PG] #r1 too small'],
    ['with a blank before it', '  #r1 too small'],
    ['with its own words replaced', '#r1 Customer request'],
    ['with nothing behind its marker', '#r1'],
    ['cut within its words', '#r1 too'],
    ['and speaks of another', '#r1 twice, see #r2'],
    ['and speaks of another, with words before it', '[PG] #r1 too small, see #r2'],
  ])('(%s)', (_how, reason) => {
    const sent = reason.includes('see') ? reason.replace('[PG] ', '') : '#r1 too small'
    const refunds = [r('r1', 3_000, { tickets: [aTicket({ sentReason: sent })] }), r('r2', 4_000)]
    expect(taken(refunds, reason)).toBe('r1 by refundId')
  })

  test('and by no other, though only the other has this amount', () => {
    expect(taken([r('r1', 1_000), r('r2', 4_000)], '#r1 too small')).toBe('r1 by refundId')
  })

  test('to the last letter: r-1 is not r-1.2, nor is r-1.2 r-1', () => {
    expect(taken([r('r-1', 3_000)], '#r-1.2 too small')).toBe('outside')
    expect(taken([r('r-1', 3_000), r('r-1.2', 2_000)], '#r-1.2 too small')).toBe('r-1.2 by refundId')
    expect(taken([r('r-1', 3_000), r('r-1.2', 2_000)], '#r-1 too small')).toBe('r-1 by refundId')
  })

  test('at the front before any other: a stranger’s front is nobody’s, whoever else is named', () => {
    expect(taken([r('r1', 3_000)], '#x-9 instead of #r1 as asked')).toBe('outside')
  })

  test('with a word of its own before the other’s: what was sent tells which of two is meant', () => {
    const [first, second] = [r('r1', 3_000), r('r2', 2_000, { reason: 'duplicate of #r1' })]
    expect(taken([first, second], '[PG] #r2 duplicate of #r1')).toBe('r2 by refundId')
    expect(taken([first, { ...second, tickets: [] }], '[PG] #r2 duplicate of #r1')).toBe('outside')
  })

  test('though it was withdrawn: the money is nobody’s, and no other refund takes it by its amount', () => {
    const gone = r('r1', 4_000, { state: 'withdrawn', tickets: [aTicket({ outcome: 'notSent' })] })
    expect(taken([gone, r('r2', 4_000)], '#r1 too small')).toBe('outside')
  })
})

describe('a marker at the end of its text may have been cut', () => {
  test('so #r-1 is r-10 where there is no r-1', () => {
    expect(taken([r('r-10', 3_000)], '#r-1')).toBe('r-10 by reason')
  })

  test('so #r-1 is neither r-1 nor r-10 by name: the amount tells them apart', () => {
    const refunds = [r('r-1', 3_000), r('r-10', 4_000)]
    expect(taken(refunds, '#r-1')).toBe('r-10 by amount')
    expect(taken(refunds, '#r-1', { amount: 3_000 })).toBe('r-1 by amount')
  })

  test('so #r-1 is nobody’s where both have asked for as much, or neither', () => {
    expect(taken([r('r-1', 4_000), r('r-10', 4_000)], '#r-1')).toBe('outside')
    expect(taken([r('r-1', 3_000), r('r-10', 3_000)], '#r-1')).toBe('outside')
  })

  test('so #r-1 is r-10 once r-1 has its money: a ticket that was worked off lives no more', () => {
    const books = theBooks({ refunds: [r('r-1', 3_000), r('r-10', 4_000)] })
    const first = anEntry({ amount: 3_000, reason: '#r-1 too small' })
    const done = judged(books, anEvidence({ entries: [first] })).books
    const cut = anEntry({ amount: 4_000, cancellationId: 'c2', reason: '#r-1' })
    const { books: after } = judged(done, anEvidence({ entries: [first, cut] }), { asOf: later(3 * HOUR) })
    expect(after.refunds.map(({ refundId, state }) => `${refundId} ${state}`)).toEqual([
      'r-1 refunded',
      'r-10 refunded',
    ])
  })

  test('so at the end of an earlier form it counts only where no longer id begins with it', () => {
    expect(taken([oldForm('r-1', 3_000)], 'too small #r-1')).toBe('r-1 by refundId')
    expect(taken([oldForm('r-1', 3_000), oldForm('r-10', 2_000)], 'too small #r-1')).toBe('outside')
    expect(taken([oldForm('r-1', 3_000), oldForm('r-10', 2_000)], 'too small #r-1 (desk)')).toBe('r-1 by refundId')
    expect(taken([oldForm('r-1', 3_000), oldForm('r-10', 2_000)], 'too small #r-10')).toBe('r-10 by refundId')
  })
})

describe('a cancel is taken by what is left of the reason that was sent', () => {
  test.each(['#r', '#r-1', '#r-10…', '#r-10...', '#r-10 too sm…', '#r-1...', '#'])('(%j)', (reason) => {
    const named = reason.startsWith('#r-10') ? 'refundId' : 'reason'
    expect(taken([r('r-10', 3_000)], reason)).toBe(reason === '#r-10...' ? 'r-10 by reason' : `r-10 by ${named}`)
  })

  test.each(['', ' ', '…', '...', 'too small', 'small', '#r-10 too large', '#s'])('not by %j', (reason) => {
    expect(taken([r('r-10', 3_000)], reason)).not.toMatch(/by reason/)
  })

  test('where it fits exactly one: of two none takes it, but by its amount', () => {
    expect(taken([r('r-1', 3_000), r('r-2', 2_000)], '#r-')).toBe('outside')
    expect(taken([r('r-1', 3_000), r('r-2', 4_000)], '#r-')).toBe('r-2 by amount')
  })

  test.each([
    ['was refused', { state: 'refused', tickets: [aTicket({ outcome: 'refused', sentReason: '#r-2 too small' })] }],
    ['was never sent', { state: 'requested', tickets: [] }],
    ['is dead', { state: 'refused', tickets: [aTicket({ dead: true, sentReason: '#r-2 too small' })] }],
  ] as const)('where one of two %s, by the other', (_how, shown) => {
    expect(taken([r('r-1', 3_000), r('r-2', 3_000, { ...shown })], '#r-')).toBe('r-1 by reason')
  })

  test('of an earlier form, whose marker may be all that was cut', () => {
    expect(taken([oldForm('r-1', 3_000)], 'too sm')).toBe('r-1 by reason')
    expect(taken([oldForm('r-1', 3_000)], 'too small …')).toBe('r-1 by reason')
    expect(taken([oldForm('r-1', 3_000), oldForm('r-2', 2_000)], 'too sm')).toBe('outside')
    expect(taken([oldForm('r-1', 3_000), oldForm('r-2', 2_000, 'broken')], 'too sm')).toBe('r-1 by reason')
  })

  test('of any of its tickets, the earlier ones too', () => {
    const tickets = [
      aTicket({ sentReason: 'too small #r-1' }),
      aTicket({ authorisedBy: 'retry-2', sentReason: '#r-1 too small' }),
    ]
    expect(taken([r('r-1', 3_000, { tickets })], 'too sm')).toBe('r-1 by reason')
  })
})

describe('a cancel that says nothing of its refund', () => {
  const SILENT = ['', 'Customer request', '취소', '[PG]', '#']
  test.each(SILENT)(
    '(%j) is taken by amount where exactly one ticket that may live fits, and a person is warned',
    (reason) => {
      const decision = answer(
        theBooks({ refunds: [oldForm('r1', 4_000), r('r2', 3_000, { state: 'refused', tickets: [] })] }),
        {
          amount: 4_000,
          reason,
        },
      )
      expect([takenBy(decision), kindsOf(decision)]).toEqual(['r1 by amount', ['warn matchedByAmount']])
    },
  )

  test.each([
    ['two tickets are of this amount', [r('r1', 4_000), r('r2', 4_000)]],
    ['no ticket is of this amount', [r('r1', 3_000)]],
    ['the ticket is dead', [r('r1', 4_000, { ticketDead: true, tickets: [aTicket({ dead: true })] })]],
    ['the ticket was refused', [r('r1', 4_000, { state: 'refused', tickets: [aTicket({ outcome: 'refused' })] })]],
    ['nothing was sent yet', [r('r1', 4_000, { state: 'requested', tickets: [] })]],
  ])('is money that moved outside where %s', (_why, refunds) => {
    expect(taken(refunds, '')).toBe('outside')
  })

  test('is taken by its time too: not from before the ticket, but for the minute that clocks differ by', () => {
    const at = (ms: number) => taken([r('r1', 4_000)], '', { cancelledAt: later(ms) })
    expect([at(-MINUTE), at(-MINUTE - 1)]).toEqual(['r1 by amount', 'outside'])
    expect(taken([r('r1', 4_000)], '', { cancelledAt: null })).toBe('r1 by amount')
  })

  test('waits until those have been booked that name theirs, whatever stands first', () => {
    const named = anEntry({ amount: 4_000, cancellationId: 'c2', reason: '#r2 too small' })
    const silent = anEntry({ amount: 4_000, cancelledAt: later(30 * MINUTE), reason: '' })
    for (const entries of [
      [silent, named],
      [named, silent],
    ]) {
      const { books } = judged(theBooks({ refunds: [r('r1', 4_000), r('r2', 4_000)] }), anEvidence({ entries }))
      expect(books.refunds.map(({ refundId, matchedByAmount }) => [refundId, matchedByAmount])).toEqual([
        ['r1', true],
        ['r2', false],
      ])
    }
  })
})

describe('a cancel that was booked as moved outside and names its refund later', () => {
  const named = { amount: 4_000, reason: '#r2 too small' }
  const later3 = (books: Books) => judged(books, anEvidence({ entries: [anEntry(named)] }), { asOf: later(3 * HOUR) })

  test.each([
    ['it fitted two', [r('r1', 4_000), r('r2', 4_000)]],
    ['it is a part of it', [r('r2', 5_000)]],
    ['it was not sent yet, by what a restored backup knows', [r('r2', 4_000, { state: 'requested', tickets: [] })]],
  ])('(%s) stays there, and whoever waits for that money is paged once', (_why, refunds) => {
    const silent = answer(theBooks({ refunds }), { amount: 4_000, reason: '' })
    expect(takenBy(silent)).toBe('outside')
    const decision = later3(silent.books)
    expect(takenBy(decision)).toBe('outside')
    expect(kindsOf(decision)).toEqual(['page namedLate'])
    expect(decision.alerts[0]).toMatchObject({ saga: 'refund:r2' })
    expect(decision.alerts[0]?.sentence.en).toContain(`${attemptIn(decision.books).entries[0]?.refundId}`)
    expect(kindsOf(later3(decision.books))).toEqual([])
  })

  test('pages too where it had overtaken that very refund, whose ticket nobody needs to drop', () => {
    const silent = answer(theBooks({ refunds: [r('r1', 6_000), r('r2', 7_000)] }), { amount: 4_000, reason: '' })
    expect(silent.books.refunds.map(({ state }) => state)).toContain('superseded')
    const over = silent.books.refunds.find(({ state }) => state === 'superseded')?.refundId
    const decision = judged(silent.books, anEvidence({ entries: [anEntry({ ...named, reason: `#${over} x` })] }))
    expect(kindsOf(decision)).toEqual(['page namedLate'])
  })

  test.each(['withdrawn', 'settledElsewhere', 'superseded'] as const)('is nobody’s news where it is %s', (state) => {
    const silent = answer(theBooks({ refunds: [r('r2', 4_000, { state, tickets: [] })] }), {
      amount: 4_000,
      reason: '',
    })
    expect(kindsOf(later3(silent.books))).toEqual([])
  })
})

describe('a cancel that is known to be another’s', () => {
  test.each([
    ['console', '관리자페이지취소'],
    ['chargeback', 'chargeback 4711'],
  ] as const)('(%s) never answers a ticket of the very same amount: it overtakes it, and pages', (mark, reason) => {
    const decision = answer(theBooks({ refunds: [aRefund()] }), { reason, mark })
    expect(decision.books.refunds.map(({ origin, state }) => `${origin} ${state}`)).toEqual([
      'checkout superseded',
      'outside refunded',
    ])
    expect(kindsOf(decision)).toEqual(['page overtakenTicket'])
    expect(decision.alerts[0]?.sentence.en).toContain('ask the desk to drop its ticket')
  })

  test('says so before an old id does, and not before a name', () => {
    const marked = (reason: string) => taken([r('r1', 3_000)], reason, { mark: 'console' })
    expect([marked('관리자페이지취소'), marked('관리자페이지취소 #r1 too small')]).toEqual([
      'outside',
      'r1 by refundId',
    ])
  })

  test('as a chargeback is shown on the attempt and on its payment, and stays', () => {
    const back = { amount: 4_000, reason: 'chargeback 4711', mark: 'chargeback' } as const
    const decision = answer(theBooks(), back)
    expect([decision.books.payment?.chargedBack, attemptIn(decision.books).chargedBack]).toEqual([true, true])
    expect(answer(theBooks(), { ...back, mark: 'console' }).books.payment?.chargedBack).toBe(false)
    const again = judged(decision.books, anEvidence({ entries: [anEntry(back)] }), { asOf: later(3 * HOUR) })
    expect([linesOf(again), attemptIn(again.books).chargedBack]).toEqual([[], true])
  })
})

describe('the words themselves', () => {
  test.each([
    ['#r-1 x', 'r-1'],
    ['#r-10', 'r-10'],
    ['#r-1', undefined],
    ['x #r-1', undefined],
    ['x #r-1 y', 'r-1'],
    ['x ##r-1 y', undefined],
    ['x#r-1 y', undefined],
    ['(#r-1)', 'r-1'],
    ['#r-1#r-10 x', 'r-1'],
    ['x #r-1 #r-10 y', undefined],
    ['#R-1 x', undefined],
  ])('%j names %s', (reason, id) => expect(namedIn(reason, ['r-1', 'r-10'], [])).toBe(id))

  test('a beginning is not empty, and ends where it was cut', () => {
    const begins = ['#', '#r1', '#r1 too…', '#r1 too sm...', ' #r1 '].map((text) => isBeginOf(text, '#r1 too small'))
    const others = ['', '…', '#r1 too sm..', '#r1 too small!', 'r1'].map((text) => isBeginOf(text, '#r1 too small'))
    expect([begins, others]).toEqual([Array(5).fill(true), Array(5).fill(false)])
  })
})
