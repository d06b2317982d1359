// What is decided where a refund's row is behind what its workflow has seen: a backup was restored,
// or a failover lost what had been committed.
// Must not know: how it was found out.
import { louder, type Books, type Decision, type Refund, type Ticket } from '../books/books.ts'
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
import type { RefundId } from '../ids.ts'
import { REFUND_STATES, refundClosed } from '../refund.ts'
import { LOST } from '../shown/words/told.ts'
import { inEach, type Said } from '../../language.ts'
import { block, openIntent, ticketOf } from './tickets.ts'

/**
 * The row went back: each missing key becomes a ticket that may have been sent, and nothing is sent
 * by itself any more. A row that evidence or a person has closed stays closed; people are told of
 * each.
 */
export function rowWentBack(books: Books, id: RefundId, missing: readonly string[], setting: Setting): Decision {
  if (missing.length === 0) return backWithoutKeys(books, id, setting)
  const draft = draftOf(books, setting)
  const said = 'our database went back in time: it may have been sent'
  const refund = lost(draft, id, missing, said)
  if (!refund) return decided(draft)
  tell(draft, refund, inEach(LOST.keys, { keys: missing.join(', ') }))
  return decided(draft)
}

/** A call whose intent was lost while it was under way: the heartbeat before it names its key. */
export function intentLost(books: Books, id: RefundId, key: string, setting: Setting): Decision {
  return rowWentBack(books, id, [key], setting)
}

function lost(draft: Draft, id: RefundId, keys: readonly string[], said: string): Refund | undefined {
  const refund = draftedRefund(draft, id)
  if (!refund) return undefined
  const tickets = keys.map((key): Ticket => ({ ...ticketOf(refund, key, draft.setting), outcome: 'unknown', said }))
  const authorisation = keys.at(-1)?.replace(/\.\d+$/, '') ?? refund.authorisation
  // Closed for good by evidence, or never to be asked again: a ticket that is written after all
  // changes nothing of it.
  const stays = REFUND_STATES[refund.state].closed === 'yes'
  putRefund(draft, {
    ...refund,
    tickets: [...refund.tickets, ...tickets],
    ...(!stays && { authorisation, ticketDead: false, blockedBecause: null, said }),
  })
  if (!stays) moveRefund(draft, id, 'rowWentBack', { why: said, facts: { keys } })
  return draftedRefund(draft, id)
}

function backWithoutKeys(books: Books, id: RefundId, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const before = draftedRefund(draft, id)
  const open = before?.state === 'requested' ? openIntent(before) : undefined
  if (before && open !== undefined) return intentWithoutEnd(draft, before, open)
  if (before?.state === 'requested') return block(books, id, { kind: 'rowWentBack', sentence: LOST.since }, setting)
  if (before) tell(draft, before, LOST.since)
  return decided(draft)
}

/** The row is from while a call was under way: it may have been sent, whatever has come of it. */
function intentWithoutEnd(draft: Draft, before: Refund, key: string): Decision {
  const { refundId } = before
  const said = 'our database went back in time, to while the call was under way: it may have been sent'
  const ended = (ticket: Ticket): Ticket =>
    ticket.authorisedBy === key ? { ...ticket, outcome: 'unknown', said } : ticket
  putRefund(draft, { ...before, tickets: before.tickets.map(ended), said })
  moveRefund(draft, refundId, 'rowWentBack', { why: said, facts: { keys: [key] } })
  const refund = draftedRefund(draft, refundId) ?? before
  tell(draft, refund, inEach(LOST.ending, { key }))
  return decided(draft)
}

function tell(draft: Draft, refund: Refund, why: Said): void {
  const { refundId, gatewayRef } = refund
  draft.journal.push({ what: 'refund.rowWentBack', refundId, gatewayRef, why: why.en })
  if (!refundClosed(refund)) putRefund(draft, { ...refund, attention: louder(refund.attention, 'page') })
  raise(draft, 'page', refund, 'rowWentBack', why)
}
