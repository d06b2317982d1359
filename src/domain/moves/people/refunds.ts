// What a person may do to a refund, judged against the books: moves with a reason, or a refusal
// that says what is possible.
// Must not know: HTTP, Temporal, keys. Who the person is has been proved, or not, before.
import { attemptOf, balanceOf, remainingOf } from '../../books/balance.ts'
import type { Books, Decision, Refund } from '../../books/books.ts'
import { decided, draftOf, moveRefund, putRefund, draftedRefund, type Draft, type Setting } from '../../books/draft.ts'
import { planRefund } from '../../books/waits.ts'
import { Failure } from '../../failures.ts'
import type { RefundId } from '../../ids.ts'
import { money, printMoney } from '../../money.ts'
import { refundClosed, type RefundState } from '../../refund.ts'
import { overtake } from '../evidence/overtaking.ts'
import type { RefundCommand } from './commands.ts'
import { closesByDeadTicket, EVENTS, inState, mayBeSent, possible } from './possible.ts'
import { possibleNow, retryOf, type Retry } from './retry.ts'
import { START_REQUEST } from './unproved.ts'

const LONGEST_SNOOZE_MS = 90 * 86_400_000

/** Carries out one command. Throws `updateRejected` with a sentence; then nothing has changed. */
export function commandRefund(books: Books, id: RefundId, command: RefundCommand, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const refund = draftedRefund(draft, id)
  if (!refund) throw new Failure('notFound', `no refund is recorded as ${id}`)
  switch (command.kind) {
    case 'recheck':
      draft.journal.push({
        what: 'recheck',
        refundId: id,
        gatewayRef: refund.gatewayRef,
        why: 'a person asked for a look',
      })
      break
    case 'acknowledge':
      acknowledge(draft, refund, command.owner)
      break
    case 'snooze':
      snooze(draft, refund, command.until, command.reason)
      break
    case 'retryTicket':
      retryTicket(draft, refund, command.reason)
      break
    case 'resolve':
      resolve(draft, refund, command)
      break
    case 'withdraw':
      withdraw(draft, refund, command.reason)
      break
  }
  return decided(draft)
}

/**
 * Commands that let money go, or say that it went: above the limit another person approves them.
 */
export function movesMoney(command: RefundCommand): boolean {
  return command.kind === 'retryTicket' || command.kind === 'resolve'
}

function acknowledge(draft: Draft, refund: Refund, owner: string): void {
  refuseClosed(draft, refund)
  // The same request again has nothing to add.
  if (refund.owner === owner && refund.acknowledgedLevel === refund.attention) return
  putRefund(draft, { ...refund, owner, acknowledgedLevel: refund.attention })
  draft.journal.push({
    what: 'acknowledge',
    refundId: refund.refundId,
    from: refund.owner ?? 'nobody',
    to: owner,
    why: `seen at attention ${refund.attention}`,
  })
}

function snooze(draft: Draft, refund: Refund, until: string, reason: string | null): void {
  refuseClosed(draft, refund)
  const ms = Date.parse(until) - Date.parse(draft.setting.now)
  if (!(ms > 0 && ms <= LONGEST_SNOOZE_MS))
    throw rejected(`a snooze ends in the future, at most 90 days from now; "${until}" does not`)
  if (refund.attention === 'page' && reason === null)
    throw rejected('this refund is past the page level; a snooze needs a reason')
  const { now, patience } = draft.setting
  const snoozedUntil = new Date(Date.parse(until)).toISOString()
  if (refund.snoozedUntil === snoozedUntil) return
  const { attention } = refund
  putRefund(draft, { ...planRefund({ ...refund, snoozedUntil }, patience, now, false), attention })
  draft.journal.push({ what: 'snooze', refundId: refund.refundId, to: until, why: reason ?? 'no reason was needed' })
}

function retryTicket(draft: Draft, refund: Refund, reason: string): void {
  const { now, patience } = draft.setting
  const retry = retryOf(draft, refund, patience)
  if ('against' in retry) throw rejected(retryRefused(draft, refund, retry))
  const waitMs = Date.parse(retry.from) - Date.parse(now)
  if (waitMs > 0)
    throw rejected(
      WAITS_STILL[refund.state] === undefined
        ? `the last try has only just begun and its answer may be on its way; ask again in ${Math.ceil(waitMs / 1_000)} s`
        : takesNone(draft, refund, `from ${retry.from} on; `),
    )
  const authorisation = `retry-${nextNumber(refund)}`
  putRefund(draft, { ...refund, authorisation, ticketDead: false, blockedBecause: null })
  moveRefund(draft, refund.refundId, 'retried', { why: reason, facts: { authorisation } })
}

/**
 * Above every number that was used: keys that a database lost and its workflow remembers leave
 * gaps, and under a key that is there nothing would ever be sent.
 */
function nextNumber({ tickets }: Refund): number {
  const authorisations = new Set(tickets.map(({ authorisedBy }) => authorisedBy.split('.')[0] ?? ''))
  const used = [...authorisations].map((each) => Number(/^retry-(\d+)$/.exec(each)?.[1] ?? 0))
  return Math.max(authorisations.size, ...used) + 1
}

function retryRefused(draft: Draft, refund: Refund, retry: Extract<Retry, { against: unknown }>): string {
  const others = possibleNow(draft, refund, draft.setting)
  switch (retry.against) {
    case 'contradicted':
      return `the gateway speaks against our books of this order, so nothing is asked of it; release that first, on its payment: ${others}`
    case 'approvalNeeded':
      return `nobody with a key asked for this refund, and it is above the limit: another person approves it (request ${START_REQUEST}), or it is withdrawn`
    case 'balance':
      return `this refund no longer reserves its amount, and only ${printMoney(money(retry.left, refund.currency))} is left for another one: ${others}`
    case 'state':
      return takesNone(draft, refund, 'which this patience never asks for; ')
  }
}

/** Why a ticket that may be open bars another one. */
const WAITS_STILL: Partial<Record<RefundState, string>> = {
  ticketOpen: 'its ticket is open, and another is possible once that one has waited past the page level, ',
  unknown: 'its answer may still come, and another ticket is possible an hour after the last one was asked for, ',
}

function takesNone(draft: Draft, refund: Refund, when: string): string {
  const open = WAITS_STILL[refund.state]
  return `${inState(refund)} takes no new ticket: ${open === undefined ? '' : open + when}${possibleNow(draft, refund, draft.setting)}`
}

type Resolve = Extract<RefundCommand, { kind: 'resolve' }>

function resolve(draft: Draft, refund: Refund, { outcome, reason, evidence, ticketDead }: Resolve): void {
  if (ticketDead && evidence === null)
    throw rejected('ticketDead needs evidence: what Paymentwall wrote about the ticket')
  if (outcome === 'ticketOpen' && ticketDead) throw rejected('a ticket cannot be open and dead; choose one')
  const closes = ticketDead && closesByDeadTicket(refund, outcome)
  if (!closes && !possible(refund, EVENTS[outcome]))
    throw rejected(`${inState(refund)} cannot be resolved as ${outcome}: ${possibleNow(draft, refund, draft.setting)}`)
  const attempt = attemptOf(draft, refund.gatewayRef)
  const balanceBefore = attempt && balanceOf(draft, attempt)
  // What the bank has paid back stays paid back: said again after a reversal, it is the same
  // transfer.
  const paidElsewhere =
    outcome === 'settledElsewhere' && attempt
      ? Math.max(refund.paidElsewhere, remainingOf(refund, attempt))
      : refund.paidElsewhere
  const tickets = ticketDead ? refund.tickets.map((ticket) => ({ ...ticket, dead: true })) : refund.tickets
  const matchedByAmount = closes && refund.matchedByAmount
  putRefund(draft, { ...refund, paidElsewhere, tickets, ticketDead: ticketDead || refund.ticketDead, matchedByAmount })
  const because = { why: reason, facts: { evidence, ticketDead } }
  if (!closes) moveRefund(draft, refund.refundId, EVENTS[outcome], because)
  else {
    quieten(draft, refund.refundId)
    const { refundId, gatewayRef, state } = refund
    draft.journal.push({ what: EVENTS[outcome], refundId, gatewayRef, from: state, to: state, ...because })
  }
  // A refused refund's money may have been asked back again since.
  overtake(draft, refund.gatewayRef, balanceBefore)
}

function quieten(draft: Draft, id: RefundId): void {
  const refund = draftedRefund(draft, id)
  if (refund) putRefund(draft, planRefund(refund, draft.setting.patience, draft.setting.now, false))
}

function withdraw(draft: Draft, refund: Refund, reason: string): void {
  if (!possible(refund, 'withdrawn'))
    throw rejected(`${inState(refund)} cannot be withdrawn: ${possibleNow(draft, refund, draft.setting)}`)
  if (mayBeSent(refund))
    throw rejected(
      `a ticket of this ${refund.state} refund may be worked off, so it cannot be withdrawn: ${possibleNow(draft, refund, draft.setting)}`,
    )
  moveRefund(draft, refund.refundId, 'withdrawn', { why: reason })
}

function refuseClosed(draft: Draft, refund: Refund): void {
  if (refundClosed(refund))
    throw rejected(`${inState(refund)} asks for nobody: ${possibleNow(draft, refund, draft.setting)}`)
}

const rejected = (sentence: string): Failure => new Failure('updateRejected', sentence)
