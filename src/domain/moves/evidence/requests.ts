// Requests for a cancel that the gateway shows: whose each is, and what that moves. One of ours is
// its ticket; an open one of anybody else holds ours.
// Must not know: what is booked (entries.ts), SQL. Evidence that shows none at all never comes
// here.
import { refundsOf } from '../../books/balance.ts'
import type { Attempt, Refund, Ticket } from '../../books/books.ts'
import { attemptIn, draftedRefund, moveRefund, putAttempt, putRefund, raise, type Draft } from '../../books/draft.ts'
import type { Evidence, SeenTicket } from '../../gateway.ts'
import type { GatewayRef, RefundId } from '../../ids.ts'
import { LOST, NOT_FILED } from '../../shown/words/told.ts'
import { tellOfLostIntent, ticketOf, ticketsOf, withOutcome } from '../tickets.ts'
import { saysItIs } from './entries/matching.ts'

/**
 * Newer evidence alone: a request ends, and what an older look has shown of it is over. One that a
 * person has called dead stays so, for a gateway may show a declined one as open for ever.
 */
export function noteRequests(draft: Draft, { gatewayRef: ref, tickets = [] }: Evidence): void {
  const attempt = attemptIn(draft, ref)
  if (!attempt) return
  const foreign: SeenTicket[] = []
  for (const seen of tickets.toSorted(bySeenAt)) {
    const refund = whoseIs(draft, attempt, seen)
    if (refund) noteOurs(draft, refund.refundId, seen)
    else if (seen.state === 'open') foreign.push(seen)
  }
  noteForeign(draft, ref, foreign)
}

const bySeenAt = (a: SeenTicket, b: SeenTicket): number =>
  (a.requestedAt ?? '').localeCompare(b.requestedAt ?? '') || a.id.localeCompare(b.id)

/** By the id that it was seen under before, else by what its reason names; never by its amount. */
function whoseIs(draft: Draft, attempt: Attempt, { id, reason, mark }: SeenTicket): Refund | undefined {
  const all = refundsOf(draft, attempt)
  const known = all.find(({ tickets }) => tickets.some(({ shownAs }) => shownAs === id))
  if (known || mark !== null) return known
  return all.find((refund) => saysItIs(draft, attempt, refund, reason))
}

function noteOurs(draft: Draft, id: RefundId, seen: SeenTicket): void {
  const isNews = draftedRefund(draft, id)?.tickets.every(({ shownAs }) => shownAs !== seen.id) ?? true
  const ticket = ticketShown(draft, id, seen)
  const refund = draftedRefund(draft, id)
  // A person who authorised another one knew of it.
  if (!isNews && ticket && refund && !ticketsOf(refund).includes(ticket)) return
  if (!ticket || !refund || ticket.dead || refund.ticketDead) return
  if (seen.state === 'open') open(draft, refund, ticket, seen)
  else refused(draft, refund, ticket, seen)
}

/**
 * The ticket that this is, which keeps its id. One that no row knows was lost with a database: it
 * is written after all, or it would be filed once more.
 */
function ticketShown(draft: Draft, id: RefundId, seen: SeenTicket): Ticket | undefined {
  const refund = draftedRefund(draft, id)
  if (!refund) return undefined
  const known = refund.tickets.find(({ shownAs }) => shownAs === seen.id)
  if (known) return known
  const unseen = refund.tickets.filter(({ shownAs }) => shownAs === null)
  const meant = unseen.find(({ outcome }) => outcome !== 'notSent') ?? unseen.at(-1)
  if (!meant && seen.state === 'refused') return undefined
  const { tickets, authorisation } = refund
  const lost = tickets.some(({ authorisedBy }) => authorisedBy === authorisation)
  if (!meant && lost) return undefined
  const shown: Ticket = {
    ...(meant ?? { ...ticketOf(refund, authorisation, draft.setting), outcome: 'filed', said: FOUND }),
    shownAs: seen.id,
  }
  const others = tickets.map((each) => (each === meant ? shown : each))
  putRefund(draft, { ...refund, tickets: meant ? others : [...others, shown] })
  if (!meant) tellOfLostIntent(draft, refund, authorisation, LOST.request)
  return shown
}

const FOUND = 'the gateway shows its request, of which the rows knew nothing'

/** Whatever was thought of its call: it is there, and may be worked off. */
function open(draft: Draft, refund: Refund, ticket: Ticket, seen: SeenTicket): void {
  const { refundId } = refund
  const why = 'the gateway shows its request as open'
  // While its call is under way the answer itself says how it ended.
  if (ticket.outcome === 'unknown' || ticket.outcome === 'notSent' || ticket.outcome === 'refused')
    withOutcome(draft, refundId, ticket.authorisedBy, 'filed', why)
  const moved = moveRefund(draft, refundId, 'ticketShown', { why, facts: { id: seen.id, amount: seen.amount } })
  if (moved) putRefund(draft, { ...moved, blockedBecause: null })
}

function refused(draft: Draft, refund: Refund, ticket: Ticket, seen: SeenTicket): void {
  if (ticket.outcome === null || refund.tickets.at(-1)?.authorisedBy !== ticket.authorisedBy) return
  const why = 'the gateway shows its request as failed'
  if (ticket.outcome !== 'refused') withOutcome(draft, refund.refundId, ticket.authorisedBy, 'refused', why)
  const moved = moveRefund(draft, refund.refundId, 'ticketRefused', { why, facts: { id: seen.id } })
  if (moved) raise(draft, 'warn', moved, 'refused', NOT_FILED.shownAsFailed)
}

/** One line, the same for the same requests. */
const lineOf = (foreign: readonly SeenTicket[]): string | null =>
  foreign.length === 0 ? null : foreign.map(({ id, amount }) => `${id} of ${amount}`).join(', ')

function noteForeign(draft: Draft, ref: GatewayRef, foreign: readonly SeenTicket[]): void {
  const attempt = attemptIn(draft, ref)
  const now = lineOf(foreign)
  if (!attempt || attempt.foreignTickets === now) return
  putAttempt(draft, { ...attempt, foreignTickets: now })
  const from = attempt.foreignTickets
  const why =
    now === null ? 'the request of others has ended' : 'the gateway shows an open request that is none of ours'
  draft.journal.push({
    what: 'attempt.foreignTickets',
    gatewayRef: ref,
    ...(from !== null && { from }),
    ...(now !== null && { to: now }),
    why,
  })
  if (now === null) letGo(draft, ref, why)
}

/** What only that held goes on, under the same authorisation: nothing was sent under it. */
function letGo(draft: Draft, ref: GatewayRef, why: string): void {
  for (const refund of draft.refunds)
    if (refund.gatewayRef === ref && refund.state === 'blocked' && refund.blockedBecause === 'foreignTicket') {
      putRefund(draft, { ...refund, blockedBecause: null })
      moveRefund(draft, refund.refundId, 'released', { why })
    }
}
