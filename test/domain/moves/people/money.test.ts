// What a person may do to money that nobody has decided on: once, on the attempt that is meant, with the sentence of each refusal.
// Must not know: SQL, Temporal. A payment's own saga and a stray's are told apart by who calls.
import { describe, expect, test } from 'vitest'
import { sumsOf } from '../../../../src/domain/books/balance.ts'
import type { Books, Decision } from '../../../../src/domain/books/books.ts'
import { Failure } from '../../../../src/domain/failures.ts'
import { gatewayRef, type GatewayRef } from '../../../../src/domain/ids.ts'
import type { PaymentCommand } from '../../../../src/domain/moves/people/commands.ts'
import { commandPayment, commandStray } from '../../../../src/domain/moves/people/money.ts'
import {
  aPayment,
  anAttempt,
  anEntry,
  anEvidence,
  aRefund,
  attemptIn,
  HOUR,
  judged,
  later,
  linesOf,
  PATIENCE,
  REF,
  refundOf,
  SECOND_REF,
  theBooks,
  unpaidBooks,
} from '../../../support/books.ts'

const setting = { now: later(3 * HOUR), patience: PATIENCE }
const onPayment = (books: Books, asked: PaymentCommand): Decision => commandPayment(books, asked, setting)
const onStray = (books: Books, asked: PaymentCommand, ref: GatewayRef = SECOND_REF): Decision =>
  commandStray(books, ref, asked, setting)
const rejected = (sentence: string, refs?: readonly string[]) =>
  new Failure('updateRejected', sentence, refs && { refs })

const accept = { kind: 'accept', reason: 'a voucher', gatewayRef: null } as const
const giveBack = { kind: 'refund', reason: 'too little', gatewayRef: null } as const
const recheck = { kind: 'recheck' } as const
const acknowledge = { kind: 'acknowledge', owner: 'ann' } as const
const named = (ref: string) => ({ ...accept, gatewayRef: gatewayRef(ref) })

const HOLD = { policies: { late: 'hold', second: 'hold' } } as const
const wrongAmount = (): Books => judged(unpaidBooks(), anEvidence({ amount: 9_000 })).books
const twoWaiting = (): Books =>
  judged(wrongAmount(), anEvidence({ gatewayRef: SECOND_REF, amount: 8_000 }), { now: later(2.5 * HOUR) }).books
const held = (): Books => judged(theBooks(), anEvidence({ gatewayRef: SECOND_REF }), HOLD).books

describe('accepted money', () => {
  test('settles its order, with the reason, and asks for nobody any more', () => {
    const { books, journal } = onPayment(wrongAmount(), accept)
    expect(books.payment).toMatchObject({ acceptedRef: REF, state: 'paid', attention: 'none', nextCheckpointAt: null })
    expect(journal[0]).toMatchObject({
      what: 'attempt.accepted',
      gatewayRef: REF,
      from: 'amountDiffers',
      why: 'a voucher',
    })
  })

  test('of a second attempt leaves the first accepted one in its place', () => {
    const first = onPayment(twoWaiting(), named(REF)).books
    const { books } = onPayment(first, accept)
    expect([books.payment?.acceptedRef, attemptIn(books, SECOND_REF).accepted]).toEqual([REF, true])
  })

  test('cannot be test money on a live order', () => {
    const paid = judged(unpaidBooks(), anEvidence({ channel: 'test' })).books
    const books = { ...paid, refunds: paid.refunds.map((refund) => ({ ...refund, state: 'refused' as const })) }
    const why = 'test money settles no live order, so it cannot be accepted; refund it'
    expect(() => onPayment(books, accept)).toThrow(rejected(why))
    expect(linesOf(onPayment(books, giveBack))).toContain('refund.requested')
  })
})

describe('money that is given back', () => {
  test('is a refund of all that is left, by ops, with the reason', () => {
    const { books, journal } = onPayment(wrongAmount(), giveBack)
    const [made] = books.refunds
    expect(made).toMatchObject({ origin: 'ops', amount: 9_000, state: 'requested', reason: 'too little', tickets: [] })
    expect(journal[0]).toMatchObject({ what: 'refund.requested', to: 'requested', why: 'too little' })
    expect(sumsOf(books, attemptIn(books))).toMatchObject({ paid: 9_000, reserved: 9_000 })
  })

  test('is no more than what is left after a cancel at the console', () => {
    const part = [anEntry({ amount: 4_000, reason: 'desk' })]
    const partly = judged(wrongAmount(), anEvidence({ amount: 9_000, entries: part }), { now: later(2.5 * HOUR) }).books
    const made = onPayment(partly, giveBack).books.refunds.find(({ origin }) => origin === 'ops')
    expect(made).toMatchObject({ amount: 5_000, state: 'requested' })
  })

  test('again, after its refund was refused, is another refund', () => {
    const first = onPayment(wrongAmount(), giveBack).books
    const refused = { ...first, refunds: first.refunds.map((refund) => ({ ...refund, state: 'refused' as const })) }
    const ids = onPayment(refused, giveBack).books.refunds.map(({ refundId }) => refundId)
    expect(new Set(ids).size).toBe(2)
  })
})

describe('a decision', () => {
  test('needs the reference where several attempts wait, and takes the one that is named', () => {
    const several = 'several attempts wait for a decision; name one as gatewayRef: imp_1, imp_2'
    for (const asked of [accept, giveBack])
      expect(() => onPayment(twoWaiting(), asked)).toThrow(rejected(several, [REF, SECOND_REF]))
    const { books } = onPayment(twoWaiting(), { ...giveBack, gatewayRef: SECOND_REF })
    expect(refundOf(books, books.refunds[0]?.refundId)).toMatchObject({ gatewayRef: SECOND_REF, amount: 8_000 })
  })

  test('is made once: the second time the refusal names the state', () => {
    const accepted = onPayment(wrongAmount(), accept).books
    const paid = 'no money of this order waits for a decision: it is paid; possible now: recheck'
    for (const asked of [accept, giveBack]) expect(() => onPayment(accepted, asked)).toThrow(rejected(paid))
    const back = onPayment(wrongAmount(), giveBack).books
    const pending = 'no money of this order waits for a decision: it is cancelPending; possible now: recheck'
    expect(() => onPayment(back, accept)).toThrow(rejected(pending))
  })

  test('on an attempt that waits for none names those that do', () => {
    const back = onPayment(twoWaiting(), { ...giveBack, gatewayRef: REF }).books
    const why = 'imp_1 is cancelPending, so it waits for no decision; these do: imp_2'
    expect(() => onPayment(back, named(REF))).toThrow(rejected(why, [SECOND_REF]))
    const unknown = 'imp_9 is no attempt of it, so it waits for no decision; these do: imp_1'
    expect(() => onPayment(wrongAmount(), named('imp_9'))).toThrow(rejected(unknown, [REF]))
  })

  test('on an attempt that never had money says what it is', () => {
    const failed = anAttempt({
      gatewayRef: SECOND_REF,
      status: 'failed',
      everPaid: false,
      accepted: false,
      because: null,
    })
    const books = theBooks({ payment: aPayment({ acceptedRef: REF }), attempts: [anAttempt(), failed] })
    const why = 'no money of this order waits for a decision: imp_2 is failed; possible now: recheck'
    expect(() => onPayment(books, named('imp_2'))).toThrow(rejected(why))
  })

  test('of a stray is about its own money only, and once', () => {
    const other = 'this saga is about imp_2, not about imp_1; leave gatewayRef out, or name imp_2'
    expect(() => onStray(held(), named(REF))).toThrow(rejected(other))
    const { books } = onStray(held(), named(SECOND_REF))
    const why = 'no money of this order waits for a decision: imp_2 is paid; possible now: recheck'
    expect(() => onStray(books, accept)).toThrow(rejected(why))
  })

  test('of accepted money is taken back by a refund that names it', () => {
    const { books } = onStray(held(), accept)
    const back = onStray(books, { ...giveBack, gatewayRef: SECOND_REF })
    expect(back.books.refunds).toMatchObject([{ origin: 'ops', state: 'requested', gatewayRef: SECOND_REF }])
  })
})

describe('who sees to it', () => {
  test('is named on the payment once, at its level', () => {
    const { books, journal } = onPayment(wrongAmount(), acknowledge)
    expect(books.payment).toMatchObject({ owner: 'ann', acknowledgedLevel: 'warn', state: 'quarantined' })
    expect(journal).toEqual([{ what: 'acknowledge', from: 'nobody', to: 'ann', why: 'seen at attention warn' }])
    expect(onPayment(books, acknowledge).journal).toEqual([])
  })

  test('is named on the stray once, at its level', () => {
    const { books, journal } = onStray(held(), acknowledge)
    const seen = {
      what: 'acknowledge',
      gatewayRef: SECOND_REF,
      from: 'nobody',
      to: 'ann',
      why: 'seen at attention warn',
    }
    expect(journal).toEqual([seen])
    expect(onStray(books, acknowledge).journal).toEqual([])
    expect(onStray(books, { ...acknowledge, owner: 'bob' }).journal).toMatchObject([{ from: 'ann', to: 'bob' }])
  })

  test('is nobody where nothing asks, and the refusal says the state', () => {
    const calm = 'this payment asks for nobody: it is paid; possible now: recheck'
    expect(() => onPayment(theBooks({ refunds: [aRefund({ state: 'withdrawn' })] }), acknowledge)).toThrow(
      rejected(calm),
    )
    const { books } = onStray(held(), giveBack)
    const gone = 'this money asks for nobody: it is cancelPending; possible now: recheck'
    expect(() => onStray(books, acknowledge)).toThrow(rejected(gone))
    const nothing = 'this money asks for nobody; possible now: recheck'
    expect(() => onStray(books, acknowledge, gatewayRef('imp_9'))).toThrow(rejected(nothing))
  })
})

test('a recheck leaves its line, on a payment and on a stray, and moves nothing', () => {
  const before = held()
  expect(onPayment(before, recheck).journal).toEqual([{ what: 'recheck', why: 'a person asked for a look' }])
  expect(onStray(before, recheck).journal).toMatchObject([{ what: 'recheck', gatewayRef: SECOND_REF }])
  expect(onPayment(before, recheck).books.attempts).toEqual(before.attempts)
})
