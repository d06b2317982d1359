// Tickets: which key may be used next, the intent before the call, and what each ending of the call
// moves.
// Must not know: HTTP, SQL, Temporal. One ticket per authorisation, whatever is killed or repeated
// (design.md §6.3).
import type { BlockedBecause } from '../books/alerts.ts'
import { attemptOf, balanceOf, bookedTotal } from '../books/balance.ts'
import {
  louder,
  type Attempt,
  type Books,
  type Decision,
  type Refund,
  type Ticket,
  type TicketOutcome,
} from '../books/books.ts'
import {
  decided,
  draftOf,
  moveRefund,
  putRefund,
  raise,
  draftedRefund,
  type Draft,
  type Setting,
} from '../books/draft.ts'
import { orderHeld } from '../books/holds.ts'
import { replanRefund } from '../books/waits.ts'
import { reasonMarker, type RefundId } from '../ids.ts'
import { printMoney } from '../money.ts'
import type { RefundEvent } from '../refund.ts'
import { LOST, NOT_FILED } from '../shown/words/told.ts'
import { quoted } from '../text.ts'
import { inEach, type Said } from '../../language.ts'
import { firstWentBack } from './evidence/second.ts'
import { nearLimit, notRefundableBecause, type RefundRule } from './refundability.ts'

/**
 * Tickets of the present authorisation: `submit`, `submit.2`, …, each one a try that the next may
 * follow only if nothing was sent.
 */
export function ticketsOf(refund: Refund): readonly Ticket[] {
  const { authorisation } = refund
  return refund.tickets.filter(
    ({ authorisedBy }) => authorisedBy === authorisation || isFollower(authorisedBy, authorisation),
  )
}

const isFollower = (key: string, authorisation: string): boolean =>
  key.startsWith(`${authorisation}.`) && /^\d+$/.test(key.slice(authorisation.length + 1))

/**
 * The key that may be used for the next try, or undefined while any earlier one may have been sent.
 */
export function nextTicketKey(refund: Refund): string | undefined {
  const tickets = ticketsOf(refund)
  if (refund.state !== 'requested' || tickets.some((ticket) => ticket.outcome !== 'notSent')) return undefined
  return tickets.length === 0 ? refund.authorisation : `${refund.authorisation}.${tickets.length + 1}`
}

/** A key of this authorisation whose call has begun and not ended, as far as the row knows. */
export function openIntent(refund: Refund): string | undefined {
  return ticketsOf(refund).find((ticket) => ticket.outcome === null)?.authorisedBy
}

/** 10 s, doubling to 10 min: how long after the n-th try that sent nothing the next one waits. */
export const retryDelayMs = (tries: number): number => Math.min(600_000, 10_000 * 2 ** Math.max(0, tries - 1))

/**
 * Why no ticket may be filed now, or undefined where it may: judged after the look, under the lock.
 */
export function blockedBecause(
  books: Books,
  refund: Refund,
  rules: readonly RefundRule[],
  now: string,
): { kind: BlockedBecause; sentence: Said } | undefined {
  const attempt = attemptOf(books, refund.gatewayRef)
  if (!attempt) return { kind: 'noAttempt', sentence: NOT_FILED.noAttempt }
  const not = notRefundableBecause(attempt, rules, now)
  if (not) return not
  const { currency, foreignTickets: tickets, sumsTold: sums, gatewayReturned } = attempt
  if (orderHeld(books)) return { kind: 'contradicted', sentence: NOT_FILED.contradicted }
  if (firstWentBack(books, refund)) return { kind: 'firstGoesBack', sentence: NOT_FILED.firstWentBack }
  if (gatewayReturned !== bookedTotal(attempt)) {
    const printed = (amount: number) => printMoney({ amount, currency })
    const counts = { returned: printed(gatewayReturned), booked: printed(bookedTotal(attempt)) }
    return { kind: 'balanceDiffers', sentence: inEach(NOT_FILED.entriesDiffer, counts) }
  }
  if (sums !== null) return { kind: 'balanceDiffers', sentence: inEach(NOT_FILED.sumsDiffer, { sums, currency }) }
  if (tickets !== null)
    return { kind: 'foreignTicket', sentence: inEach(NOT_FILED.foreignTicket, { tickets, currency }) }
  // The refund's own reservation is inside: a negative balance means that it no longer fits.
  if (balanceOf(books, attempt) < 0) return { kind: 'balanceDiffers', sentence: NOT_FILED.overReserved }
  return undefined
}

/** What a call is sent as, by a gateway that takes the same one again. */
export type SentCall = { readonly text: string; readonly forMs: number }
export type SentAs = (refund: Refund, ticket: Ticket, attempt: Attempt) => SentCall | undefined

const repeatFields = (sent: SentCall | undefined, now: string): Pick<Ticket, 'sentCall' | 'repeatUntil'> => ({
  sentCall: sent?.text ?? null,
  repeatUntil: sent ? new Date(Date.parse(now) + sent.forMs).toISOString() : null,
})

/**
 * The intent: committed before anything is sent. undefined where this key must not be used (again).
 */
export function intend(
  books: Books,
  id: RefundId,
  key: string,
  setting: Setting,
  rules: readonly RefundRule[] = [],
  sentAs: SentAs = () => undefined,
): { decision: Decision; refund: Refund; ticket: Ticket; attempt: Attempt } | undefined {
  const draft = draftOf(books, setting)
  const refund = draftedRefund(draft, id)
  const attempt = refund && attemptOf(books, refund.gatewayRef)
  if (!refund || !attempt || nextTicketKey(refund) !== key) return undefined
  const bare: Ticket = { ...ticketOf(refund, key, setting), outcome: null, said: null }
  const ticket = { ...bare, ...repeatFields(sentAs(refund, bare, attempt), setting.now) }
  const intended = { ...refund, tickets: [...refund.tickets, ticket] }
  putRefund(draft, intended)
  draft.journal.push({
    what: 'ticket.intent',
    refundId: id,
    gatewayRef: refund.gatewayRef,
    why: `a cancel will be asked for under ${key}`,
    facts: { key, amount: refund.amount },
  })
  const near = key === refund.authorisation ? nearLimit(attempt, rules, setting.now) : undefined
  if (near !== undefined) {
    draft.journal.push({ what: 'refund.limitNear', refundId: id, gatewayRef: refund.gatewayRef, why: near.en })
    raise(draft, 'warn', refund, 'refundLimitNear', near)
  }
  return { decision: decided(draft), refund: intended, ticket, attempt }
}

/** The reason as it goes out: behind the marker by which its entry is found (design.md §5). */
export const ticketOf = ({ refundId, reason }: Refund, key: string, { now }: Setting) => ({
  authorisedBy: key,
  intentAt: now,
  sentReason: reasonMarker(refundId) + reason,
  dead: false,
  shownAs: null,
  sentCall: null,
  repeatUntil: null,
  repeatedAt: null,
})

/** No ticket can be filed: the refund waits for a person. */
export function block(
  books: Books,
  id: RefundId,
  because: { kind: BlockedBecause; sentence: Said },
  setting: Setting,
): Decision {
  const draft = draftOf(books, setting)
  const refund = moveRefund(draft, id, 'notRefundable', { why: because.sentence.en, facts: { kind: because.kind } })
  if (refund) {
    // Both payments on their way back, or a database that lost what was asked for: nobody notices
    // by himself.
    const level = because.kind === 'firstGoesBack' || because.kind === 'rowWentBack' ? 'page' : 'warn'
    putRefund(draft, { ...refund, blockedBecause: because.kind, attention: louder(refund.attention, level) })
    raise(draft, level, refund, `blocked.${because.kind}`, because.sentence)
  }
  return decided(draft)
}

/** A try that ended before its key was used: nothing was sent, the next one waits. */
export function notTried(books: Books, id: RefundId, said: string, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const refund = draftedRefund(draft, id)
  if (refund?.state === 'requested') putRefund(draft, later(refund, said, setting))
  return decided(draft)
}

function later(refund: Refund, said: string, setting: Setting): Refund {
  const tries = refund.tries + 1
  const nextTryAt = new Date(Date.parse(setting.now) + retryDelayMs(tries)).toISOString()
  return replanRefund({ ...refund, tries, nextTryAt, said }, setting.patience, setting.now)
}

const EVENTS = {
  filed: 'ticketFiled',
  doneAtOnce: 'doneAtOnce',
  refused: 'turnedDown',
  unknown: 'lostAnswer',
  notSent: 'notSent',
} as const satisfies Record<TicketOutcome, RefundEvent>

/**
 * Writes how a call ended: always into its own ticket, into the refund only while that ticket is
 * its latest. An outcome once known is never replaced; `unknown` is, by the late answer. A refund
 * that evidence has already closed agrees. A ticket whose intent the database has lost meanwhile is
 * written after all, and a person is told.
 */
export function ticketEnded(
  books: Books,
  id: RefundId,
  key: string,
  outcome: TicketOutcome,
  said: string,
  setting: Setting,
): Decision {
  const draft = draftOf(books, setting)
  const refund = withTicket(draft, id, key)
  const ticket = refund?.tickets.find(({ authorisedBy }) => authorisedBy === key)
  if (!refund || !ticket || (ticket.outcome !== null && (ticket.outcome !== 'unknown' || outcome === 'unknown')))
    return decided(draft)
  withOutcome(draft, id, key, outcome, said)
  if (refund.tickets.at(-1) === ticket) follow(draft, id, outcome, said)
  return decided(draft)
}

/** Its ticket alone; the refund stays where it is. */
export function withOutcome(draft: Draft, id: RefundId, key: string, outcome: TicketOutcome, said: string): void {
  const refund = draftedRefund(draft, id)
  const ticket = refund?.tickets.find(({ authorisedBy }) => authorisedBy === key)
  if (!refund || !ticket) return
  const tickets = refund.tickets.map((other) => (other === ticket ? { ...ticket, outcome, said } : other))
  putRefund(draft, { ...refund, tickets, said })
  draft.journal.push({
    what: ticket.outcome === null ? 'ticket.ended' : 'ticket.lateAnswer',
    refundId: id,
    gatewayRef: refund.gatewayRef,
    to: outcome,
    why: said,
    facts: { key },
  })
}

function withTicket(draft: Draft, id: RefundId, key: string): Refund | undefined {
  const refund = draftedRefund(draft, id)
  if (!refund || refund.tickets.some(({ authorisedBy }) => authorisedBy === key)) return refund
  const ticket: Ticket = { ...ticketOf(refund, key, draft.setting), outcome: null, said: null }
  putRefund(draft, { ...refund, tickets: [...refund.tickets, ticket] })
  tellOfLostIntent(draft, refund, key, inEach(LOST.intent, { key }))
  return draftedRefund(draft, id)
}

/** The ticket is written after all; that the database lost it nobody notices by himself. */
export function tellOfLostIntent(draft: Draft, refund: Refund, key: string, why: Said): void {
  const { refundId, gatewayRef } = refund
  draft.journal.push({ what: 'refund.rowWentBack', refundId, gatewayRef, why: why.en, facts: { key } })
  raise(draft, 'page', refund, 'rowWentBack', why)
}

function follow(draft: Draft, id: RefundId, outcome: TicketOutcome, said: string): void {
  const moved = moveRefund(draft, id, EVENTS[outcome], { why: said })
  const refund = moved ?? draftedRefund(draft, id)
  if (outcome === 'notSent' && refund?.state === 'requested') putRefund(draft, later(refund, said, draft.setting))
  if (moved && outcome === 'refused')
    raise(draft, 'warn', moved, 'refused', inEach(NOT_FILED.refused, { said: quoted(said) }))
}

/**
 * No intent under this key: a tombstone takes it, so that a late process cannot send under it any
 * more.
 */
export function tombstone(books: Books, id: RefundId, key: string, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const refund = draftedRefund(draft, id)
  if (!refund || refund.tickets.some(({ authorisedBy }) => authorisedBy === key)) return decided(draft)
  const said = 'the try was lost before its intent was recorded; nothing was sent'
  const ticket: Ticket = { ...ticketOf(refund, key, setting), outcome: 'notSent', said }
  const buried = { ...refund, tickets: [...refund.tickets, ticket] }
  putRefund(draft, refund.state === 'requested' ? later(buried, said, setting) : buried)
  draft.journal.push({
    what: 'ticket.ended',
    refundId: id,
    gatewayRef: refund.gatewayRef,
    to: 'notSent',
    why: said,
    facts: { key },
  })
  return decided(draft)
}
