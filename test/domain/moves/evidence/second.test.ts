// Two payments of one order: when the second goes back by itself, and what stops it when others
// take back the first.
// Must not know: SQL. imp_1 settled the order; imp_2 was paid for it too. Giving back both would
// leave the payer's order unpaid.
import { describe, expect, test } from 'vitest'
import { paymentClosed, sumsOf } from '../../../../src/domain/books/balance.ts'
import type { Books, Decision, Refund } from '../../../../src/domain/books/books.ts'
import { noticesOf, wakesOf } from '../../../../src/domain/books/outgoing.ts'
import { Failure } from '../../../../src/domain/failures.ts'
import type { CancelEntry, Evidence } from '../../../../src/domain/gateway.ts'
import { judgeAll } from '../../../../src/domain/moves/evidence/judge.ts'
import { commandPayment, commandStray } from '../../../../src/domain/moves/people/money.ts'
import { commandRefund } from '../../../../src/domain/moves/people/refunds.ts'
import { block, blockedBecause, nextTicketKey, ticketEnded } from '../../../../src/domain/moves/tickets.ts'
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
  REF,
  SECOND_REF,
  setting,
  theBooks,
} from '../../../support/books.ts'

const at = (hours: number) => setting({ now: later(hours * HOUR) })
const see = (books: Books, shown: Partial<Evidence>, hours: number): Decision =>
  judged(books, anEvidence(shown), { asOf: later(hours * HOUR) })
const second = { gatewayRef: SECOND_REF } as const
const desk = (amount = 10_000, shown: Partial<CancelEntry> = {}): CancelEntry =>
  anEntry({ amount, reason: '관리자페이지취소', mark: 'console', ...shown })

/** Both are paid: the second is asked back by policy, and nothing of it has been sent. */
const both = (refunds: readonly Refund[] = []): Books => see(theBooks({ refunds }), second, 2).books
function policyOf({ refunds }: Books): Refund {
  const found = refunds.find(({ origin }) => origin === 'policy')
  if (!found) throw new Error('policy asked nothing back')
  return found
}
/** Its ticket has been asked for, and ended so. */
function sent(books: Books, outcome: 'filed' | 'unknown' | 'refused' | 'doneAtOnce' | null): Books {
  const refund = { ...policyOf(books), tickets: [aTicket({ outcome: null, sentReason: 'x' })] }
  const asked = { ...books, refunds: books.refunds.map((each) => (each.origin === 'policy' ? refund : each)) }
  return outcome === null ? asked : ticketEnded(asked, refund.refundId, 'submit', outcome, 'said', at(2.5)).books
}
const firstGone = (books: Books, entries: readonly CancelEntry[] = [desk()], hours = 3): Decision =>
  see(books, { entries }, hours)
const PAGE = ['page blocked.firstGoesBack']

describe('a second payment', () => {
  test('goes back by policy while the first is shown as paid', () => {
    expect(policyOf(both())).toMatchObject({ gatewayRef: SECOND_REF, amount: 10_000, state: 'requested' })
    expect(attemptIn(both(), SECOND_REF).because).toBe('second')
  })

  test('goes back too where the first waits for a cancel, or a part of it is back', () => {
    const part = firstGone(theBooks(), [desk(4_000)]).books
    for (const books of [theBooks({ refunds: [aRefund()] }), part])
      expect(policyOf(see(books, second, 4).books)).toMatchObject({ state: 'requested' })
  })

  test.each<[string, () => Books]>([
    ['failed', () => see(theBooks(), { status: 'failed' }, 2).books],
    ['ready', () => see(theBooks(), { status: 'ready' }, 2).books],
    ['cancelled with nothing returned', () => see(theBooks(), { status: 'cancelled', returned: 0 }, 2).books],
    ['of an unknown status', () => see(theBooks(), { status: 'unrecognized', statusSaid: 'x' }, 2).books],
    ['of another amount', () => see(theBooks(), { amount: 1 }, 2).books],
    ['cancelled in the console', () => firstGone(theBooks(), [desk()], 2).books],
    ['refunded here', () => see(theBooks({ refunds: [aRefund()] }), { entries: [anEntry()] }, 2).books],
    ['paid back by bank', () => theBooks({ refunds: [aRefund({ state: 'settledElsewhere', paidElsewhere: 10_000 })] })],
    ['refunded by a person’s word', () => theBooks({ refunds: [aRefund({ state: 'refunded' })] })],
  ])('does not go back where the first is %s: it is held for a person', (_how, books) => {
    const decision = see(books(), second, 4)
    expect(attemptIn(decision.books, SECOND_REF)).toMatchObject({ because: 'firstInDoubt', accepted: false })
    expect(decision.books.refunds.filter(({ origin }) => origin === 'policy')).toEqual([])
    expect(kindsOf(decision)).toEqual(['warn held.firstInDoubt'])
    expect(paymentClosed(decision.books)).toBe(false)
  })

  test('that a person accepts after such a first one settles the order: it is paid, and told once more', () => {
    const failed = see(theBooks(), { status: 'failed' }, 2).books
    const again = see(failed, second, 3).books
    const freed = commandPayment(again, { kind: 'release', reason: 'r' }, at(4)).books
    const decision = commandPayment(freed, { kind: 'accept', reason: 'r', gatewayRef: SECOND_REF }, at(5))
    expect(decision.books.payment).toMatchObject({ state: 'paid', acceptedRef: SECOND_REF, attention: 'none' })
    const notices = noticesOf(freed, decision, () => null)
    expect(notices.map(({ type, again: told }) => [type, told])).toEqual([['payment.paid', true]])
  })

  test('that a person accepts beside a first one that stands leaves that in its place', () => {
    const HOLD = { policies: { late: 'hold', second: 'hold' } } as const
    const held = judged(theBooks(), anEvidence(second), HOLD).books
    const { books } = commandStray(held, SECOND_REF, { kind: 'accept', reason: 'two hats', gatewayRef: null }, at(3))
    expect([books.payment?.acceptedRef, attemptIn(books, SECOND_REF).accepted]).toEqual([REF, true])
  })
})

describe('others take back the first payment', () => {
  test.each<[string, readonly CancelEntry[]]>([
    ['in the console', [desk()]],
    ['by a chargeback', [desk(10_000, { reason: 'chargeback', mark: 'chargeback' })]],
    ['nobody says how', [desk(10_000, { reason: 'asked', mark: null })]],
    ['in two parts', [desk(4_000), desk(6_000, { cancellationId: 'c2' })]],
  ])('(%s): a second one that is only asked for stops, and a person is paged', (_how, entries) => {
    const decision = firstGone(both(), entries)
    expect(policyOf(decision.books)).toMatchObject({
      state: 'blocked',
      blockedBecause: 'firstGoesBack',
      attention: 'page',
      tickets: [],
    })
    expect(kindsOf(decision)).toEqual(PAGE)
    expect(decision.alerts[0]?.saga).toBe(`refund:${policyOf(decision.books).refundId}`)
    expect(decision.alerts[0]?.sentence.en).toMatch(/retryTicket sends it, accept keeps it/)
    expect(nextTicketKey(policyOf(decision.books))).toBeUndefined()
    expect(wakesOf(both(), decision, null)).toContain(`refund:${policyOf(decision.books).refundId}`)
    expect(firstGone(decision.books, entries, 4)).toMatchObject({ journal: [], alerts: [] })
  })

  test('the last part of it, though the rest was asked for here', () => {
    const here = aRefund({ amount: 4_000 })
    const part = see(both([here]), { entries: [anEntry({ amount: 4_000 })] }, 3)
    expect(kindsOf(part)).toEqual([])
    const rest = firstGone(part.books, [anEntry({ amount: 4_000 }), desk(6_000, { cancellationId: 'c2' })], 4)
    expect([kindsOf(rest), policyOf(rest.books).state]).toEqual([PAGE, 'blocked'])
  })

  test('in the very answer that first shows the second one', () => {
    for (const evidences of [
      [anEvidence(second), anEvidence({ entries: [desk()] })],
      [anEvidence({ entries: [desk()] }), anEvidence(second)],
    ]) {
      const { books, alerts } = judgeAll(theBooks(), evidences, at(3))
      expect(books.refunds.filter(({ origin, state }) => origin === 'policy' && state !== 'blocked')).toEqual([])
      expect(alerts.map(({ kind }) => kind)).toContainEqual(expect.stringMatching(/firstGoesBack|firstInDoubt/))
    }
  })

  test('after a try that sent nothing: it stops as well', () => {
    const books = both()
    const tried = { ...policyOf(books), tickets: [aTicket({ outcome: 'notSent', sentReason: 'x' })] }
    const before = { ...books, refunds: [tried] }
    expect(policyOf(firstGone(before).books).state).toBe('blocked')
  })

  test.each([
    ['filed', 'ticketOpen'],
    ['unknown', 'unknown'],
    [null, 'requested'],
  ] as const)(
    'while the second’s ticket ended as %s: it cannot be stopped, and a person is paged',
    (outcome, state) => {
      const decision = firstGone(sent(both(), outcome))
      expect(policyOf(decision.books).state).toBe(state)
      expect(kindsOf(decision)).toEqual(['page firstGoesBack'])
      expect(decision.alerts[0]?.sentence.en).toMatch(/ask the desk to drop it/)
    },
  )

  test.each<[string, Books]>([
    ['was refused', sent(both(), 'refused')],
    ['is done', see(sent(both(), 'filed'), { ...second, entries: [anEntry({ reason: 'x' })] }, 2.7).books],
  ])('while the second’s refund %s: nothing is on its way that could be stopped', (_how, books) => {
    expect(kindsOf(firstGone(books))).toEqual([])
  })

  test('while its refund is held by a contradiction: it is stopped when that is over, by the filing', () => {
    const against = see(both(), { ...second, amount: 1 }, 2.5).books
    const { refundId } = policyOf(against)
    const because = blockedBecause(against, policyOf(against), [], later(2.6 * HOUR))
    const blocked = block(
      against,
      refundId,
      because ?? { kind: 'noAttempt', sentence: { en: '', ko: '' } },
      at(2.6),
    ).books
    const agrees = see(firstGone(blocked).books, second, 4).books
    expect(policyOf(agrees).state).toBe('requested')
    expect(blockedBecause(agrees, policyOf(agrees), [], later(5 * HOUR))?.kind).toBe('firstGoesBack')
  })

  test('while a late payment goes back by policy: that is no second one, and goes on', () => {
    const expired = { ...theBooks(), payment: aPayment({ orderState: 'expired', acceptedRef: REF }) }
    const late = anAttempt({ gatewayRef: SECOND_REF, because: 'late', accepted: false, paidOrdinal: 2 })
    const refund = aRefund({ gatewayRef: SECOND_REF, origin: 'policy', state: 'requested', tickets: [] })
    const decision = firstGone({ ...expired, attempts: [anAttempt(), late], refunds: [refund] })
    expect([policyOf(decision.books).state, kindsOf(decision)]).toEqual(['requested', []])
  })
})

test('what stops a refund lowers no attention that it had by its patience', () => {
  const waited = aRefund({ state: 'requested', tickets: [], lastCheckpointAt: later(8 * DAY), attention: 'page' })
  const because = { kind: 'balanceDiffers', sentence: { en: 's', ko: 's' } } as const
  const { books } = block(theBooks({ refunds: [waited] }), waited.refundId, because, setting({ now: later(9 * DAY) }))
  expect(books.refunds).toMatchObject([{ state: 'blocked', attention: 'page' }])
})

describe('nothing is stopped', () => {
  test('by a refund of the first that was asked for here, by whatever door', () => {
    for (const origin of ['checkout', 'ops'] as const) {
      const decision = see(both([aRefund({ origin })]), { entries: [anEntry()] }, 3)
      expect([policyOf(decision.books).state, kindsOf(decision)]).toEqual(['requested', []])
      expect(blockedBecause(decision.books, policyOf(decision.books), [], later(4 * HOUR))).toBeUndefined()
    }
  })

  test('by a part of the first that is cancelled in the console', () => {
    const decision = firstGone(both(), [desk(4_000)])
    expect([policyOf(decision.books).state, kindsOf(decision)]).toEqual(['requested', []])
    expect(blockedBecause(decision.books, policyOf(decision.books), [], later(4 * HOUR))).toBeUndefined()
  })
})

describe('a second payment whose way back was stopped', () => {
  const stopped = (): Books => firstGone(both()).books
  const id = () => policyOf(stopped()).refundId
  const accept = { kind: 'accept', reason: 'it is the order’s', gatewayRef: SECOND_REF } as const

  test('is sent by a person’s retryTicket, under a new authorisation', () => {
    const { books } = commandRefund(stopped(), id(), { kind: 'retryTicket', reason: 'both go back' }, at(4))
    expect(policyOf(books)).toMatchObject({ state: 'requested', blockedBecause: null, authorisation: 'retry-1' })
    expect(blockedBecause(books, policyOf(books), [], later(5 * HOUR))).toBeUndefined()
    expect(nextTicketKey(policyOf(books))).toBe('retry-1')
    expect(firstGone(books, [desk()], 6).alerts).toEqual([])
  })

  test.each([
    ['on its payment', (books: Books, command: typeof accept) => commandPayment(books, command, at(4))],
    ['on its stray', (books: Books, command: typeof accept) => commandStray(books, SECOND_REF, command, at(4))],
  ])('is kept by accept %s: its refund is withdrawn, and it settles the order', (_where, command) => {
    const decision = command(stopped(), accept)
    expect(policyOf(decision.books).state).toBe('withdrawn')
    expect(attemptIn(decision.books, SECOND_REF).accepted).toBe(true)
    expect(decision.books.payment).toMatchObject({ acceptedRef: SECOND_REF, state: 'paid' })
    expect(sumsOf(decision.books, attemptIn(decision.books, SECOND_REF))).toMatchObject({ returned: 0, reserved: 0 })
    const notices = noticesOf(stopped(), decision, () => null)
    expect(notices.map(({ type, again }) => [type, again])).toEqual([
      ['refund.withdrawn', undefined],
      ['payment.paid', true],
    ])
    expect(linesOf(decision)).toEqual(['withdrawn', 'attempt.accepted', 'payment.state'])
  })

  test('is not given back by refund, which would ask for nothing: the sentence names the way', () => {
    for (const work of [
      () => commandPayment(stopped(), { ...accept, kind: 'refund' }, at(4)),
      () => commandStray(stopped(), SECOND_REF, { ...accept, kind: 'refund' }, at(4)),
    ]) {
      expect(work).toThrow(Failure)
      expect(work).toThrow(new RegExp(`retryTicket of refund ${id()}`))
    }
  })
})
