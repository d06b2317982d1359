// A cancel call whose answer was lost, sent once more under its key: when it may be, and what is
// noted of it (design.md §6.3, §14).
// Must not know: HTTP, SQL, Temporal. Only where the gateway takes the same call again, and not for
// long.
import type { Books, Decision, Refund, Ticket } from '../books/books.ts'
import { decided, draftedRefund, draftOf, putRefund, type Setting } from '../books/draft.ts'
import type { RefundId } from '../ids.ts'
import type { RefundRule } from './refundability.ts'
import { blockedBecause } from './tickets.ts'

/** The database's clock and this machine's own, Unix milliseconds. */
export type TwoClocks = { readonly database: number; readonly here: number }
/** A clock that stands before the first call by more than that was set back. */
const APART_MS = 120_000

export type Repeatable = Ticket & { readonly sentCall: string }

/**
 * The ticket whose call may be sent again; undefined where it may not: it is not the latest, or its
 * time is over by either clock, or something forbids a call now.
 */
export function repeatable(
  books: Books,
  refund: Refund,
  clocks: TwoClocks,
  rules: readonly RefundRule[],
): Repeatable | undefined {
  const ticket = refund.tickets.at(-1)
  if (refund.state !== 'unknown' || ticket?.outcome !== 'unknown') return undefined
  const { sentCall, repeatUntil, intentAt, dead } = ticket
  if (sentCall === null || repeatUntil === null || dead || refund.ticketDead) return undefined
  const inTime = (clock: number): boolean => clock >= Date.parse(intentAt) - APART_MS && clock < Date.parse(repeatUntil)
  if (!inTime(clocks.database) || !inTime(clocks.here)) return undefined
  const now = new Date(clocks.here).toISOString()
  return blockedBecause(books, refund, rules, now) === undefined ? { ...ticket, sentCall } : undefined
}

/** Committed before it is sent. `at`: this machine's clock. */
export function noteRepeat(books: Books, id: RefundId, key: string, at: string, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const refund = draftedRefund(draft, id)
  if (!refund) return decided(draft)
  const tickets = refund.tickets.map((each) => (each.authorisedBy === key ? { ...each, repeatedAt: at } : each))
  putRefund(draft, { ...refund, tickets })
  draft.journal.push({
    what: 'ticket.repeated',
    refundId: id,
    gatewayRef: refund.gatewayRef,
    why: `the same call is sent again under ${key}: it tells how the first one ended, and files nothing twice`,
    facts: { key, at },
  })
  return decided(draft)
}

/** How it ended, where that says nothing of the first call: it stays unknown. */
export function repeatSaidNothing(books: Books, id: RefundId, key: string, said: string, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const refund = draftedRefund(draft, id)
  if (!refund) return decided(draft)
  putRefund(draft, { ...refund, said })
  const facts = { key }
  draft.journal.push({ what: 'ticket.repeatFailed', refundId: id, gatewayRef: refund.gatewayRef, why: said, facts })
  return decided(draft)
}

/** An answer after which the same call might ask twice. */
export function neverRepeated(books: Books, id: RefundId, key: string): Books {
  const refunds = books.refunds.map((refund) =>
    refund.refundId === id
      ? {
          ...refund,
          tickets: refund.tickets.map((each) => (each.authorisedBy === key ? { ...each, repeatUntil: null } : each)),
        }
      : refund,
  )
  return { ...books, refunds }
}
