// What a list says differently than the evidence kept last, kept as one hint of each reference in one transaction.
// Must not know: how lists are walked, what a look will find.
import type { Evidence } from '../domain/gateway.ts'
import type { GatewayName } from '../domain/ids.ts'
import { paidByEvidence } from '../domain/judge.ts'
import { transact, type Db } from '../db/connect.ts'
import { keepHint } from '../db/hints.ts'
import { knownOf, type Known } from '../db/sweeps.ts'
import { metrics } from '../metrics.ts'

type Keeping = { readonly db: Db; readonly log: (line: string) => void }

/** How many differ, and how many hints were kept: none where an unlooked sweep hint of the reference waits already. */
export async function keepDiffering(
  { db, log }: Keeping,
  gateway: GatewayName,
  listed: readonly Evidence[],
  sweepId: string | undefined,
): Promise<{ differing: number; kept: number }> {
  const result = await transact(
    db,
    'keep sweep hints',
    async (trx) => {
      const known = await knownOf(trx, gateway, listed)
      const differing = listed.filter((evidence) => differs(evidence, known))
      const unasked = differing.filter(({ gatewayRef }) => !known.waiting.has(gatewayRef))
      for (const { gatewayRef, merchantUid, status } of unasked) {
        const about = { gateway, gatewayRef, merchantUid, saidStatus: status }
        await keepHint(trx, { ...about, source: 'sweep', ...(sweepId !== undefined && { sweepId }) })
      }
      return { differing: differing.length, kept: unasked.length }
    },
    log,
  )
  metrics.hintsReceived.inc({ source: 'sweep' }, result.kept)
  return result
}

/** Whether the list says something else than the evidence kept last. A list without cancel entries is no proof of their absence. */
export function differs(evidence: Evidence, { attempts, orders }: Known): boolean {
  const known = attempts.get(evidence.gatewayRef)
  const ordered = orders.has(evidence.merchantUid)
  if (!known) return ordered || paidByEvidence(evidence)
  if (known.merchantUid === null && ordered) return true
  const { status, amount, returned, entries } = evidence
  if (status !== known.status || amount !== known.amount || returned !== known.gatewayReturned) return true
  const untold = entries.length === 0 && returned > 0
  return !untold && entries.length !== known.entries
}
