// What moves by itself because something else moved: refunds that were held go on, a second
// payment's way back stops.
// Must not know: who or what moved it.
import type { Books } from '../books/books.ts'
import { moveRefund, putRefund, raise, type Draft } from '../books/draft.ts'
import { orderHeld } from '../books/holds.ts'
import { firstTakenByOthers, firstWentBack } from './evidence/second.ts'
import { openIntent } from './tickets.ts'

/**
 * Refunds that a contradiction held are asked for again, under the same authorisation: nothing was
 * sent under it.
 */
export function goOn(draft: Draft, why: string): void {
  if (orderHeld(draft)) return
  for (const refund of draft.refunds)
    if (refund.state === 'blocked' && refund.blockedBecause === 'contradicted') {
      putRefund(draft, { ...refund, blockedBecause: null })
      moveRefund(draft, refund.refundId, 'released', { why })
    }
}

const BOTH =
  'others took back the payment that had settled the order (console or chargeback), while this second payment was on its way back by policy: with both gone the order is unpaid'

/**
 * Only at the moment in which the first one goes: what was sent cannot be called back, and somebody
 * is told.
 */
export function blockWhereFirstWentBack(draft: Draft, before: Books): void {
  if (firstTakenByOthers(before) || !firstTakenByOthers(draft)) return
  for (const refund of draft.refunds.filter((each) => firstWentBack(draft, each))) {
    const waits = refund.state === 'requested' && openIntent(refund) === undefined
    if (waits) {
      const why = `${BOTH}; retryTicket sends it, accept keeps it`
      const blocked = moveRefund(draft, refund.refundId, 'notRefundable', { why, facts: { kind: 'firstGoesBack' } })
      if (blocked) putRefund(draft, { ...blocked, blockedBecause: 'firstGoesBack', attention: 'page' })
      raise(draft, 'page', refund, 'blocked.firstGoesBack', why)
    } else if (refund.state === 'requested' || refund.state === 'ticketOpen' || refund.state === 'unknown')
      raise(
        draft,
        'page',
        refund,
        'firstGoesBack',
        `${BOTH}; its ticket is on its way: ask the desk to drop it, or let it go`,
      )
  }
}
