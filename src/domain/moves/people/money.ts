// What a person may do to money that nobody has decided on: accept it, or give it back. Judged
// against the books.
// Must not know: HTTP, Temporal, keys.
import { attemptOf, balanceOf, refundsOf, undecided } from '../../books/balance.ts'
import type { Attempt, Books, Decision } from '../../books/books.ts'
import { decided, draftOf, moveRefund, putAttempt, putRefund, type Draft, type Setting } from '../../books/draft.ts'
import { contradicted, orderHeld } from '../../books/holds.ts'
import { Failure } from '../../failures.ts'
import type { GatewayRef } from '../../ids.ts'
import { strayState } from '../../shown/views.ts'
import { goOn } from '../evidence/contradictions.ts'
import { firstStands } from '../evidence/second.ts'
import { autoId, newRefund } from '../policyRefunds.ts'
import type { PaymentCommand } from './commands.ts'
import { mayBeSent } from './possible.ts'

export function commandPayment(books: Books, command: PaymentCommand, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  switch (command.kind) {
    case 'recheck':
      draft.journal.push({ what: 'recheck', why: 'a person asked for a look' })
      break
    case 'acknowledge':
      acknowledge(draft, command.owner)
      break
    case 'accept':
      accept(draft, attemptToDecide(books, command.gatewayRef), command.reason)
      break
    case 'refund':
      giveBack(draft, attemptToRefund(books, command.gatewayRef), command.reason)
      break
    case 'release':
      release(draft, command.reason)
      break
  }
  return decided(draft)
}

/** What a person does to money with a saga of its own. */
export function commandStray(books: Books, ref: GatewayRef, command: PaymentCommand, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  switch (command.kind) {
    case 'recheck':
      draft.journal.push({ what: 'recheck', gatewayRef: ref, why: 'a person asked for a look' })
      break
    case 'acknowledge':
      acknowledgeStray(draft, ref, command.owner)
      break
    case 'accept':
      accept(draft, strayToDecide(books, ref, command), command.reason)
      break
    case 'refund':
      giveBack(draft, strayToDecide(books, ref, command), command.reason)
      break
    case 'release':
      release(draft, command.reason)
      break
  }
  return decided(draft)
}

/** The stray's own money, where it still waits for a decision and the command names no other. */
export function strayToDecide(books: Books, ref: GatewayRef, { kind, gatewayRef: named }: Deciding): Attempt {
  if (named !== null && named !== ref)
    throw rejected(`this saga is about ${ref}, not about ${named}; leave gatewayRef out, or name ${ref}`)
  return kind === 'refund' ? attemptToRefund(books, ref) : attemptToDecide(books, ref)
}
type Deciding = Extract<PaymentCommand, { kind: 'accept' | 'refund' }>

function acknowledgeStray(draft: Draft, ref: GatewayRef, owner: string): void {
  const attempt = attemptOf(draft, ref)
  if (!attempt || attempt.attention === 'none')
    throw rejected(`this money asks for nobody${attempt ? `: it is ${wordOf(draft, attempt)}` : ''}; ${RECHECK}`)
  if (attempt.owner === owner && attempt.acknowledgedLevel === attempt.attention) return
  putAttempt(draft, { ...attempt, owner, acknowledgedLevel: attempt.attention })
  const why = `seen at attention ${attempt.attention}`
  draft.journal.push({ what: 'acknowledge', gatewayRef: ref, from: attempt.owner ?? 'nobody', to: owner, why })
}

/** Money that somebody has accepted may still be given back, where the command names it. */
export function attemptToRefund(books: Books, ref: GatewayRef | null): Attempt {
  const named = ref === null ? undefined : attemptOf(books, ref)
  if (named?.accepted === true && balanceOf(books, named) > 0) return named
  const found = attemptToDecide(books, ref)
  const [stopped] = undecided(books, found) ? [] : stoppedRefunds(books, found)
  if (stopped === undefined) return found
  throw rejected(
    `refund ${stopped.refundId} of ${found.gatewayRef} is asked for already, and stopped; possible now: retryTicket of refund ${stopped.refundId} sends it, accept keeps the money`,
  )
}

/** Nobody has decided on it, or policy has, and its refund was stopped before anything was sent. */
const decidable = (books: Books, attempt: Attempt): boolean =>
  undecided(books, attempt) || (!attempt.accepted && stoppedRefunds(books, attempt).length > 0)

const stoppedRefunds = (books: Books, attempt: Attempt) =>
  refundsOf(books, attempt).filter(
    (refund) => refund.state === 'blocked' && refund.blockedBecause === 'firstGoesBack' && !mayBeSent(refund),
  )

/** The money that a command decides on. With several undecided attempts the reference is needed. */
export function attemptToDecide(books: Books, ref: GatewayRef | null): Attempt {
  const waiting = books.attempts.filter((attempt) => decidable(books, attempt))
  const refs = waiting.map(({ gatewayRef }) => gatewayRef)
  if (ref === null && waiting.length > 1)
    throw rejected(`several attempts wait for a decision; name one as gatewayRef: ${refs.join(', ')}`, { refs })
  const found = ref === null ? waiting[0] : waiting.find(({ gatewayRef }) => gatewayRef === ref)
  if (found) return found
  const named = ref === null ? undefined : attemptOf(books, ref)
  const is = named ? `${named.gatewayRef} is ${wordOf(books, named)}` : ref && `${ref} is no attempt of it`
  if (refs.length > 0) throw rejected(`${is}, so it waits for no decision; these do: ${refs.join(', ')}`, { refs })
  throw rejected(`no money of this order waits for a decision: ${is ?? `it is ${books.payment?.state}`}; ${RECHECK}`)
}

const RECHECK = 'possible now: recheck'
const rejected = (sentence: string, facts?: object): Failure => new Failure('updateRejected', sentence, { ...facts })
const wordOf = (books: Books, attempt: Attempt): string =>
  attempt.everPaid ? strayState(books, attempt) : attempt.status

function acknowledge(draft: Draft, owner: string): void {
  const { payment } = draft
  if (!payment || payment.attention === 'none')
    throw rejected(`this payment asks for nobody${payment ? `: it is ${payment.state}` : ''}; ${RECHECK}`)
  if (payment.owner === owner && payment.acknowledgedLevel === payment.attention) return
  draft.payment = { ...payment, owner, acknowledgedLevel: payment.attention }
  draft.journal.push({
    what: 'acknowledge',
    from: payment.owner ?? 'nobody',
    to: owner,
    why: `seen at attention ${payment.attention}`,
  })
}

/**
 * The person takes the money for the order: it settles it, unless one that was accepted before
 * still does.
 */
function accept(draft: Draft, attempt: Attempt, why: string): void {
  const { payment } = draft
  if (payment && payment.channel !== attempt.channel && attempt.channel === 'test')
    throw rejected('test money settles no live order, so it cannot be accepted; refund it')
  if (orderHeld(draft))
    throw rejected(
      'the gateway speaks against our books of this order, so nothing of it can be accepted; release that first',
    )
  for (const { refundId } of stoppedRefunds(draft, attempt)) moveRefund(draft, refundId, 'withdrawn', { why })
  putAttempt(draft, { ...attempt, accepted: true })
  const settles = payment && !firstStands(draft)
  if (settles) draft.payment = { ...payment, acceptedRef: attempt.gatewayRef }
  draft.journal.push({
    what: 'attempt.accepted',
    gatewayRef: attempt.gatewayRef,
    from: attempt.because ?? '',
    to: 'accepted',
    why,
  })
}

/** Ends the holds of exactly what the person saw: a further change holds again. */
function release(draft: Draft, why: string): void {
  const held = draft.attempts.filter(contradicted)
  if (held.length === 0)
    throw rejected(`nothing speaks against these books, so there is nothing to release; ${RECHECK}`)
  for (const attempt of held) {
    const { gatewayRef, contradiction } = attempt
    putAttempt(draft, { ...attempt, released: contradiction })
    draft.journal.push({
      what: 'attempt.released',
      gatewayRef,
      ...(contradiction !== null && { from: contradiction }),
      to: 'released',
      why,
    })
  }
  goOn(draft, why)
}

function giveBack(draft: Draft, attempt: Attempt, why: string): void {
  const number =
    draft.refunds.filter(({ gatewayRef, origin }) => gatewayRef === attempt.gatewayRef && origin === 'ops').length + 1
  const id = autoId('ops', `${attempt.gatewayRef}/${number}`)
  putRefund(
    draft,
    newRefund(draft, attempt, {
      id,
      amount: balanceOf(draft, attempt),
      origin: 'ops',
      state: 'requested',
      reason: why,
    }),
  )
  draft.journal.push({ what: 'refund.requested', refundId: id, gatewayRef: attempt.gatewayRef, to: 'requested', why })
}
