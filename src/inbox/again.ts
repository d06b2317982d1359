// Looks that a look asks for: for a reversal that a second look must confirm, and where a hint said
// more than was found.
// Must not know: what is booked. They are hints like others, due later, so nothing is forgotten and
// the spacing holds.
import type { Trx } from '../db/connect.ts'
import { keepHint } from '../db/hints/hints.ts'
import type { SettledHint } from '../db/hints/looks.ts'
import type { Evidence } from '../domain/gateway.ts'
import type { Subject } from './subject.ts'

/**
 * A little more than the ten minutes that must lie between the two looks of a reversal (design.md
 * §5).
 */
const REVERSAL_MS = 601_000
const MORE_MS = 60_000

/** The second look that decides on a reversal. */
export async function lookAgainForReversal(
  trx: Trx,
  { gateway, gatewayRef, merchantUid: order }: Evidence,
): Promise<void> {
  const waiting = await trx
    .selectFrom('inbox')
    .select('id')
    .where('gateway', '=', gateway)
    .where('gatewayRef', '=', gatewayRef)
    .where('source', '=', 'again')
    .where('state', '=', 'received')
    .executeTakeFirst()
  if (!waiting) await keepHint(trx, { gateway, source: 'again', gatewayRef, merchantUid: order, delayMs: REVERSAL_MS })
}

/**
 * A hint that says more than its look found gets one more look of the same: the gateway may be
 * slower than its own webhook. However many say more, one row asks for it, or a flood of them would
 * ask for as many.
 */
export async function lookAgainForMore(
  trx: Trx,
  subject: Subject,
  settled: readonly SettledHint[],
  found: readonly Evidence[],
): Promise<void> {
  const more = settled.filter((each) => saysMore(each, found))
  const byOrder = new Map(more.map((hint) => [aboutOf(subject, hint).merchantUid, hint]))
  for (const hint of byOrder.values())
    await keepHint(trx, {
      gateway: subject.gateway,
      source: 'again',
      ...aboutOf(subject, hint),
      saidStatus: hint.saidStatus,
      delayMs: MORE_MS,
    })
}

const aboutOf = (subject: Subject, { merchantUid }: SettledHint) =>
  'gatewayRef' in subject
    ? { gatewayRef: subject.gatewayRef, merchantUid }
    : { gatewayRef: null, merchantUid: subject.merchantUid }

function saysMore(hint: SettledHint, found: readonly Evidence[]): boolean {
  if (hint.source === 'again' || hint.mismatched) return false
  if (hint.several) return true
  const evidence =
    found.find(({ gatewayRef }) => gatewayRef === hint.gatewayRef) ?? (hint.gatewayRef === null ? found[0] : undefined)
  if (!evidence) return hint.gatewayRef !== null
  if (hint.saidStatus === 'paid') return evidence.status === 'ready' || evidence.status === 'failed'
  if (hint.saidStatus !== 'cancelled') return false
  const id = hint.saidCancellationId
  return id === null ? evidence.returned === 0 : evidence.entries.every((entry) => entry.cancellationId !== id)
}
