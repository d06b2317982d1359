// A refund that a cancel closed by its amount alone: its ticket may still be worked off, so its
// amount stays reserved and somebody is asked.
// Must not know: SQL, how a cancel is matched (matching.test.ts). Each way out is a test, with what
// is left and the checksum.
import { describe, expect, test } from 'vitest'
import { balanceOf, bookedTotal, checksumOf, sumsOf } from '../../../../src/domain/books/balance.ts'
import type { Books, Decision } from '../../../../src/domain/books/books.ts'
import { wakesOf } from '../../../../src/domain/books/outgoing.ts'
import { Failure } from '../../../../src/domain/failures.ts'
import type { CancelEntry } from '../../../../src/domain/gateway.ts'
import { refundId } from '../../../../src/domain/ids.ts'
import type { RefundCommand } from '../../../../src/domain/moves/people/commands.ts'
import { commandRefund } from '../../../../src/domain/moves/people/refunds.ts'
import { requestRefund } from '../../../../src/domain/moves/requests.ts'
import { raiseRefund } from '../../../../src/domain/moves/time.ts'
import { refundStep } from '../../../../src/domain/next.ts'
import { refundClosed } from '../../../../src/domain/refund.ts'
import { refundDetails } from '../../../../src/domain/shown/details.ts'
import { refundView } from '../../../../src/domain/shown/views.ts'
import {
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
  refundOf,
  setting,
  theBooks,
} from '../../../support/books.ts'

const ID = refundId('r1')
const part = { amount: 4_000 } as const
const silent = anEntry({ ...part, reason: '' })
const named = anEntry({ ...part, cancellationId: 'c2', cancelledAt: later(2 * HOUR) })
const see = (books: Books, entries: readonly CancelEntry[], ms: number): Decision =>
  judged(books, anEvidence({ entries }), { asOf: later(ms) })

/** r1 of 4,000 of 10,000, closed two hours after its ticket by a cancel that does not name it. */
const closing = (): Decision => see(theBooks({ refunds: [aRefund(part)] }), [silent], 2 * HOUR)
const closed = (): Books => closing().books

/**
 * What went back, what is kept, what may still be asked for, and what the gateway would still
 * cancel.
 */
function moneyIn(books: Books) {
  const attempt = attemptIn(books)
  const { returned, reserved } = sumsOf(books, attempt)
  return { returned, reserved, left: balanceOf(books, attempt), checksum: checksumOf(attempt) }
}
const command = (books: Books, asked: RefundCommand): Decision =>
  commandRefund(books, ID, asked, setting({ now: later(3 * HOUR) }))
const dead = {
  kind: 'resolve',
  outcome: 'refunded',
  reason: 'r',
  evidence: 'no ticket is open',
  ticketDead: true,
} as const

describe('a refund that was closed by its amount', () => {
  test('is refunded, says by what, and stays open: somebody is warned, and asked again by patience', () => {
    const { books, journal } = closing()
    expect(refundOf(books)).toMatchObject({
      state: 'refunded',
      matchedByAmount: true,
      attention: 'warn',
      nextCheckpointAt: later(2 * HOUR + DAY),
      nextCheckpointLevel: 'warn',
    })
    expect(journal.find(({ what }) => what === 'cancelled')?.facts).toMatchObject({ matchedBy: 'amount' })
    expect(refundClosed(refundOf(books))).toBe(false)
    expect(kindsOf(closing())).toEqual(['warn matchedByAmount'])
  })

  test('wakes its saga, which waits for the checkpoint and does not end', () => {
    const before = theBooks({ refunds: [aRefund(part)] })
    expect(wakesOf(before, see(before, [silent], 2 * HOUR), null)).toEqual(['refund:r1'])
    expect(refundStep(closed(), refundOf(closed()), setting({ now: later(2 * HOUR) })).next).toMatchObject({
      whenDue: 'checkpoint',
      ms: DAY,
    })
  })

  test('keeps its amount reserved as far as anything is left, beside what went back', () => {
    expect(moneyIn(closed())).toEqual({ returned: 4_000, reserved: 4_000, left: 2_000, checksum: 6_000 })
    const more = see(
      theBooks({ refunds: [aRefund({ amount: 7_000 })] }),
      [anEntry({ amount: 7_000, reason: '' })],
      HOUR,
    )
    expect(moneyIn(more.books)).toEqual({ returned: 7_000, reserved: 3_000, left: 0, checksum: 3_000 })
    const all = see(theBooks({ refunds: [aRefund()] }), [anEntry({ reason: '' })], HOUR)
    expect(moneyIn(all.books)).toEqual({ returned: 10_000, reserved: 0, left: 0, checksum: 0 })
    expect(closed().payment?.state).toBe('partlyCancelled')
  })

  test('leaves no more to be asked for than what is left beside it', () => {
    const ask = (amount: number) =>
      requestRefund(
        closed(),
        { refundId: refundId('r2'), amount, reason: 'r', origin: 'checkout' },
        setting({ now: later(3 * HOUR) }),
        { partialRefunds: true },
      )
    expect(() => ask(2_001)).toThrow('KRW 2,000 of this payment can still be refunded')
    expect(moneyIn(ask(2_000).books)).toMatchObject({ reserved: 6_000, left: 0 })
  })

  test('warns at each step of patience, and never pages, for as long as it takes', () => {
    let books = closed()
    for (const days of [1, 3, 7, 14, 21, 70]) {
      const decision = raiseRefund(books, ID, undefined, setting({ now: later(2 * HOUR + days * DAY) }))
      expect(kindsOf(decision)).toEqual(['warn refund.refunded'])
      books = decision.books
      expect(refundOf(books)).toMatchObject({ attention: 'warn', nextCheckpointLevel: 'warn' })
    }
  })

  test('comes down from a page to a warning where it had waited for long', () => {
    const waiting = theBooks({ refunds: [aRefund({ ...part, attention: 'page' })] })
    expect(refundOf(see(waiting, [silent], 8 * DAY).books)).toMatchObject({
      attention: 'warn',
      nextCheckpointAt: later(9 * DAY),
    })
  })

  test('is shown as that to the checkout and to people, who read what to do', () => {
    const refund = refundOf(closed())
    expect(refundView(closed(), refund, () => null).matchedByAmount).toBe(true)
    const page = refundDetails(closed(), refund, setting({ now: later(2 * HOUR) }))
    expect(page).toMatch(/\*\*Waits for\*\* a person: .*amount/)
    expect(page).toMatch(/`resolve` .*"outcome": *"refunded".*"ticketDead": *true/)
    expect(page).not.toContain('It is over.')
  })

  test('may be acknowledged and put off like any other that waits', () => {
    const { books } = command(closed(), { kind: 'acknowledge', owner: 'ann' })
    expect(refundOf(books)).toMatchObject({ owner: 'ann', acknowledgedLevel: 'warn' })
    expect(kindsOf(raiseRefund(books, ID, undefined, setting({ now: later(2 * HOUR + DAY) })))).toEqual([])
  })
})

describe('the doubt ends by a person’s word', () => {
  test('that the ticket is dead, with what the desk wrote: then all is over, and nothing is kept', () => {
    const decision = command(closed(), dead)
    expect(refundOf(decision.books)).toMatchObject({
      state: 'refunded',
      ticketDead: true,
      attention: 'none',
      nextCheckpointAt: null,
      tickets: [{ dead: true }],
    })
    expect(refundClosed(refundOf(decision.books))).toBe(true)
    expect(moneyIn(decision.books)).toEqual({ returned: 4_000, reserved: 0, left: 6_000, checksum: 6_000 })
    expect(decision.journal[0]).toMatchObject({ what: 'resolvedRefunded', facts: { evidence: 'no ticket is open' } })
    expect(wakesOf(closed(), decision, null)).toEqual(['refund:r1'])
  })

  test.each<[string, RefundCommand, RegExp]>([
    ['without what the desk wrote', { ...dead, evidence: null }, /ticketDead needs evidence/],
    ['without saying that the ticket is dead', { ...dead, ticketDead: false }, /resolve as refunded with ticketDead/],
    ['of another ending', { ...dead, outcome: 'settledElsewhere' }, /cannot be resolved as settledElsewhere/],
    ['by asking for a new ticket', { kind: 'retryTicket', reason: 'r' }, /takes no new ticket/],
  ])('not %s', (_how, asked, sentence) => {
    expect(() => command(closed(), asked)).toThrow(Failure)
    expect(() => command(closed(), asked)).toThrow(sentence)
  })

  test('for good: an entry that names it afterwards is paid back twice, and pages', () => {
    const decision = see(command(closed(), dead).books, [silent, named], 4 * HOUR)
    expect(kindsOf(decision)).toEqual(['page returnedTwice'])
    expect(moneyIn(decision.books)).toEqual({ returned: 8_000, reserved: 0, left: 2_000, checksum: 2_000 })
  })
})

describe('the doubt ends by an entry', () => {
  test('of its own that names it: the one that had closed it becomes money that moved outside', () => {
    const decision = see(closed(), [silent, named], 4 * HOUR)
    const { refunds } = decision.books
    expect(refunds.map(({ origin, state, amount }) => `${origin} ${state} ${amount}`)).toEqual([
      'checkout refunded 4000',
      'outside refunded 4000',
    ])
    expect(attemptIn(decision.books).entries.map(({ key, refundId: id }) => [key, id === ID])).toEqual([
      ['c1', false],
      ['c2', true],
    ])
    expect(refundOf(decision.books)).toMatchObject({
      matchedByAmount: false,
      attention: 'none',
      nextCheckpointAt: null,
    })
    expect(moneyIn(decision.books)).toEqual({ returned: 8_000, reserved: 0, left: 2_000, checksum: 2_000 })
    expect(linesOf(decision)).toEqual(['refund.outside', 'refund.confirmed', 'refund.evidence'])
    expect(wakesOf(closed(), decision, null)).toEqual(['refund:r1'])
  })

  test('that names it by what is left of its reason', () => {
    const cut = { ...named, reason: '#r' }
    expect(refundOf(see(closed(), [silent, cut], 4 * HOUR).books)).toMatchObject({ matchedByAmount: false })
  })

  test('that names it where nothing was left: more went back than was paid, and it pages', () => {
    const all = see(theBooks({ refunds: [aRefund()] }), [anEntry({ reason: '' })], HOUR).books
    const both = [anEntry({ reason: '' }), anEntry({ cancellationId: 'c2', cancelledAt: later(2 * HOUR) })]
    const decision = see(all, both, 4 * HOUR)
    expect(kindsOf(decision)).toEqual(['page overReturned'])
    expect(moneyIn(decision.books)).toMatchObject({ returned: 20_000, reserved: 0 })
  })

  test('the same one, when it shows its name at last', () => {
    const decision = see(closed(), [anEntry(part)], 4 * HOUR)
    expect(refundOf(decision.books)).toMatchObject({ state: 'refunded', matchedByAmount: false, attention: 'none' })
    expect(moneyIn(decision.books)).toEqual({ returned: 4_000, reserved: 0, left: 6_000, checksum: 6_000 })
    expect(linesOf(decision)).toEqual(['refund.confirmed'])
    expect(decision.books.refunds).toHaveLength(1)
  })

  test('the same one, whose words had been replaced, when it shows its own; it keeps them from then on', () => {
    const replaced = { ...silent, reason: 'Customer request' }
    const before = see(theBooks({ refunds: [aRefund(part)] }), [replaced], 2 * HOUR).books
    const { books } = see(before, [anEntry(part)], 4 * HOUR)
    expect(refundOf(books).matchedByAmount).toBe(false)
    const again = see(books, [replaced], 5 * HOUR)
    expect(attemptIn(again.books).entries).toMatchObject([{ reason: '#r1 too small' }])
    expect(linesOf(again)).toEqual([])
  })

  test('the same one, when it shows its name and its id at once', () => {
    const blank = see(theBooks({ refunds: [aRefund(part)] }), [{ ...silent, cancellationId: null }], 2 * HOUR).books
    const decision = see(blank, [anEntry(part)], 4 * HOUR)
    expect(refundOf(decision.books).matchedByAmount).toBe(false)
    expect(attemptIn(decision.books).entries).toMatchObject([
      { key: '#1', cancellationId: 'c1', reason: '#r1 too small' },
    ])
  })

  test('not by the same one with another’s name: that pages, and the amount stays reserved', () => {
    const before = theBooks({ refunds: [aRefund(part), aRefund({ refundId: 'r2', amount: 3_000 })] })
    const doubted = see(before, [silent], 2 * HOUR).books
    const decision = see(doubted, [{ ...silent, reason: '#r2 too small' }], 4 * HOUR)
    expect(kindsOf(decision)).toEqual(['page matchedByAmount'])
    expect(decision.alerts[0]?.sentence.en).toContain('names r2 by now')
    expect(refundOf(decision.books)).toMatchObject({ state: 'refunded', matchedByAmount: true, attention: 'warn' })
    expect(see(decision.books, [{ ...silent, reason: '#r2 too small' }], 5 * HOUR).alerts).toEqual([])
  })

  test('and begins where a cancel was taken by what was left of its reason, and names another by now', () => {
    const refunds = ['r-1', 'r-10'].map((id) => aRefund({ ...part, refundId: id }))
    const first = anEntry({ ...part, reason: '#r-10 too small' })
    const cut = anEntry({ ...part, cancellationId: 'c2', cancelledAt: later(2 * HOUR), reason: '#r-1' })
    const taken = see(see(theBooks({ refunds }), [first], 2 * HOUR).books, [first, cut], 3 * HOUR).books
    expect(refundOf(taken, 'r-1')).toMatchObject({ state: 'refunded', matchedByAmount: false })
    const decision = see(taken, [first, { ...cut, reason: '#r-10 too small' }], 4 * HOUR)
    expect(kindsOf(decision)).toEqual(['page matchedByAmount'])
    expect(decision.alerts[0]).toMatchObject({ saga: 'refund:r-1' })
    expect(decision.alerts[0]?.sentence.en).toContain('names r-10 by now')
    expect(refundOf(decision.books, 'r-1')).toMatchObject({
      state: 'refunded',
      matchedByAmount: true,
      attention: 'warn',
    })
    expect(wakesOf(taken, decision, null)).toEqual(['refund:r-1'])
    expect(moneyIn(decision.books)).toMatchObject({ returned: 8_000, reserved: 2_000, left: 0 })
  })

  test('not by a second one under the same id, which says no more than the first', () => {
    const decision = see(closed(), [silent, { ...silent, cancelledAt: later(2 * HOUR) }], 4 * HOUR)
    expect(refundOf(decision.books)).toMatchObject({ state: 'refunded', matchedByAmount: true })
    expect(moneyIn(decision.books)).toEqual({ returned: 8_000, reserved: 2_000, left: 0, checksum: 2_000 })
  })

  test('only in part by one that is smaller: what it leaves stays in doubt, and reserved', () => {
    const decision = see(closed(), [silent, { ...named, amount: 1_000 }], 4 * HOUR)
    const { books } = decision
    expect(bookedTotal(attemptIn(books))).toBe(5_000)
    expect(refundOf(books)).toMatchObject({ state: 'refunded', matchedByAmount: true, attention: 'warn' })
    expect(books.refunds.filter(({ origin }) => origin === 'outside')).toMatchObject([{ amount: 1_000 }])
    expect(moneyIn(books)).toMatchObject({ returned: 5_000, left: 1_000 })
    const rest = { ...named, cancellationId: 'c3', amount: 3_000 }
    const whole = see(books, [silent, { ...named, amount: 1_000 }, rest], 5 * HOUR).books
    expect(refundOf(whole)).toMatchObject({ matchedByAmount: false, attention: 'none' })
    expect(moneyIn(whole)).toEqual({ returned: 8_000, reserved: 0, left: 2_000, checksum: 2_000 })
  })
})

describe('a refund of which one part is named and the other only fits', () => {
  const first = anEntry({ amount: 1_000, cancellationId: 'c0' })
  const second = anEntry({ amount: 3_000, reason: '', cancelledAt: later(2 * HOUR) })
  const mixed = (): Books =>
    see(see(theBooks({ refunds: [aRefund(part)] }), [first], HOUR).books, [first, second], 2 * HOUR).books

  test('stays in doubt though the named part is seen again', () => {
    expect(refundOf(see(mixed(), [first, second], 3 * HOUR).books)).toMatchObject({ matchedByAmount: true })
  })

  test('gives up only what was in doubt when the rest comes by name', () => {
    const { books } = see(mixed(), [first, second, { ...named, amount: 3_000 }], 3 * HOUR)
    expect(books.refunds.map(({ origin, state, amount }) => `${origin} ${state} ${amount}`)).toEqual([
      'checkout refunded 4000',
      'outside refunded 3000',
    ])
    expect(moneyIn(books)).toEqual({ returned: 7_000, reserved: 0, left: 3_000, checksum: 3_000 })
  })
})

describe('a cancel that fits a refund which is over by a person’s word', () => {
  const said = (): Books =>
    command(theBooks({ refunds: [aRefund(part)] }), { ...dead, evidence: null, ticketDead: false }).books

  test('is its evidence, counted once, and in doubt: from now on somebody is asked', () => {
    const decision = see(said(), [silent], 4 * HOUR)
    expect(moneyIn(decision.books)).toMatchObject({ returned: 4_000, reserved: 4_000 })
    expect(refundOf(decision.books)).toMatchObject({
      state: 'refunded',
      attention: 'warn',
      nextCheckpointAt: later(4 * HOUR + DAY),
    })
  })

  test('and names it, is over for good', () => {
    expect(refundClosed(refundOf(see(said(), [anEntry(part)], 4 * HOUR).books))).toBe(true)
  })
})

describe('a cancel that closed a refund by its amount and is gone', () => {
  const gone = (): Books => see(see(closed(), [], 4 * HOUR).books, [], 5 * HOUR).books

  test('reverses it: all is reserved, and it pages', () => {
    expect(refundOf(gone())).toMatchObject({ state: 'reversed', attention: 'page' })
    expect(moneyIn(gone())).toEqual({ returned: 0, reserved: 4_000, left: 6_000, checksum: 10_000 })
  })

  test('leaves no doubt about the one that names it then', () => {
    const { books } = see(gone(), [named], 6 * HOUR)
    expect(refundOf(books)).toMatchObject({ state: 'refunded', matchedByAmount: false, attention: 'none' })
    expect(moneyIn(books)).toMatchObject({ returned: 4_000, reserved: 0 })
  })

  test('leaves no doubt where a person says that it is refunded all the same', () => {
    const { books } = command(gone(), { ...dead, evidence: null, ticketDead: false })
    expect(refundClosed(refundOf(books))).toBe(true)
  })
})
