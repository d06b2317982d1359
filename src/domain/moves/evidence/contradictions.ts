// Contradictions: what evidence says against the books of an attempt, in one canonical line; and
// the refunds that they held, which go on.
// Must not know: whether evidence or a person ended one. Evidence is compared with what was booked,
// never with the answer before.
import type { Attempt } from '../../books/books.ts'
import { moveRefund, putRefund, type Draft } from '../../books/draft.ts'
import { orderHeld } from '../../books/holds.ts'
import type { Evidence } from '../../gateway.ts'

/**
 * null while the evidence agrees. The same contradiction gives the same line, so that a change can
 * be seen.
 */
export function contradictions(before: Attempt | undefined, evidence: Evidence): string | null {
  if (namesAnotherOrder(before, evidence)) return `order ${evidence.merchantUid}`
  const found = before?.everPaid ? againstPaid(before, evidence) : atFirstSight(evidence)
  return found.length === 0 ? null : found.join('; ')
}

/**
 * The evidence is about another order than the one it was booked for: nothing of it belongs into
 * these books. An attempt of an order is that order's before it has money, too: it could settle it
 * with another's.
 */
export const namesAnotherOrder = (before: Attempt | undefined, evidence: Evidence): boolean =>
  before !== undefined &&
  (before.everPaid || before.merchantUid !== null) &&
  before.saidMerchantUid !== evidence.merchantUid

/** Amounts in another currency cannot be added to what is booked. */
export const inAnotherCurrency = (before: Attempt | undefined, evidence: Evidence): boolean =>
  before !== undefined && before.everPaid && before.currency !== evidence.currency

/** Said to be cancelled, and yet nothing went back. */
const cancelledForNothing = ({ status, returned, entries }: Evidence): boolean =>
  status === 'cancelled' && returned === 0 && entries.length === 0

const atFirstSight = (evidence: Evidence): readonly string[] =>
  cancelledForNothing(evidence) ? ['status cancelled with nothing returned'] : []

function againstPaid(before: Attempt, evidence: Evidence): readonly string[] {
  const { currency, amount, channel, provider, ours, status, statusSaid } = evidence
  return [
    ...(inAnotherCurrency(before, evidence)
      ? [`currency ${currency}`]
      : amount === before.amount
        ? []
        : [`amount ${amount}`]),
    ...(channel === null || channel === before.channel ? [] : [`channel ${channel}`]),
    ...(ours || provider === before.provider ? [] : [`provider ${provider ?? 'none'}`]),
    ...(status === 'failed' || status === 'ready' || status === 'unrecognized' ? [`status ${statusSaid}`] : []),
    ...atFirstSight(evidence),
  ]
}

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
