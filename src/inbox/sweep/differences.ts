// What a list says differently than the evidence kept last, kept as one hint of each reference in
// one transaction.
// Must not know: how lists are walked, what a look will find.
import { transact, type Db, type Trx } from '../../db/connect.ts'
import { keepHint } from '../../db/hints/hints.ts'
import { keepUnreadable, knownOf, type Known } from '../../db/hints/listed.ts'
import { putAlert } from '../../db/outgoing/outgoing.ts'
import type { CancelEntry, Evidence, ListPage, Unreadable } from '../../domain/gateway.ts'
import type { GatewayName } from '../../domain/ids.ts'
import { paidByEvidence } from '../../domain/moves/evidence/judge.ts'
import { quoted, shownId } from '../../domain/text.ts'
import { metrics } from '../../metrics.ts'
import { CAME_IN } from '../../domain/shown/words/toldElse.ts'
import { inEach } from '../../language.ts'

type Keeping = { readonly db: Db; readonly log: (line: string) => void }
type Shown = Pick<ListPage, 'listed' | 'unreadable'>
export type KeptOfPage = {
  readonly differing: number
  /** Hints: none where a due sweep hint of the reference waits already. */
  readonly kept: number
  /** Those that may be ours and are named. */
  readonly unreadable: number
  readonly strangers: number
}

export async function keepDiffering(
  { db, log }: Keeping,
  gateway: GatewayName,
  { listed, unreadable }: Shown,
  sweepId: string | undefined,
): Promise<KeptOfPage> {
  const keep = async (trx: Trx) => {
    const refs = [...listed, ...unreadable].flatMap(({ gatewayRef }) => gatewayRef ?? [])
    const orders = [...listed, ...unreadable].flatMap(({ merchantUid }) => merchantUid ?? [])
    const known = await knownOf(trx, gateway, { refs, orders, sweepId })
    const differing = listed.filter((evidence) => !isStranger(evidence, known) && differsFromKept(evidence, known))
    const unasked = differing.filter(({ gatewayRef }) => !known.waiting.has(gatewayRef))
    for (const { gatewayRef, merchantUid, status } of unasked) {
      const about = { gateway, gatewayRef, merchantUid, saidStatus: status }
      await keepHint(trx, { ...about, source: 'sweep', ...(sweepId !== undefined && { sweepId }) })
    }
    const unread = unreadable.filter(
      (each) => (each.gatewayRef ?? each.merchantUid) !== null && !isStranger(each, known),
    )
    const parked = await parkUnreadable(trx, gateway, unread, sweepId)
    const strangers = [...listed, ...unreadable].filter((each) => isStranger(each, known)).length
    const counts = { differing: differing.length, kept: unasked.length, unreadable: unread.length, strangers }
    return { counts, parked }
  }
  const { counts, parked } = await transact(db, 'keep sweep hints', keep, log)
  metrics.hintsReceived.inc({ source: 'sweep' }, counts.kept + parked)
  metrics.hintsParked.inc({ because: 'unreadable' }, parked)
  metrics.strangers.inc({ gateway, source: 'list' }, counts.strangers)
  return counts
}

/** A person is told of each once, however often it is listed. Returns how many are new. */
async function parkUnreadable(
  trx: Trx,
  gateway: GatewayName,
  unread: readonly Unreadable[],
  sweepId: string | undefined,
): Promise<number> {
  let parked = 0
  for (const each of unread) {
    if (!(await keepUnreadable(trx, gateway, each, sweepId))) continue
    parked += 1
    const what =
      each.gatewayRef === null
        ? inEach(CAME_IN.ofOrder, { order: shownId(each.merchantUid ?? '') })
        : shownId(each.gatewayRef)
    await putAlert(trx, {
      level: 'page',
      kind: 'sweepUnreadable',
      saga: `sweep:${gateway}`,
      sentence: inEach(CAME_IN.listed, { what, gateway, why: quoted(each.why) }),
    })
  }
  return parked
}

type Named = Pick<Unreadable, 'gatewayRef' | 'merchantUid' | 'ours'>

/**
 * Another provider's payment, of no order of ours: an account is shared, and lists cannot be asked
 * for one provider.
 */
function isStranger({ gatewayRef, merchantUid, ours }: Named, { attempts, orders }: Known): boolean {
  if (ours || (merchantUid !== null && orders.has(merchantUid))) return false
  const known = gatewayRef === null ? undefined : attempts.get(gatewayRef)
  return !known || known.merchantUid === null
}

/** Whether it says something else than the evidence kept last. */
export function differsFromKept(evidence: Evidence, { attempts, orders }: Known): boolean {
  const known = attempts.get(evidence.gatewayRef)
  const ordered = orders.has(evidence.merchantUid)
  if (!known) return ordered || paidByEvidence(evidence)
  if (known.merchantUid === null && ordered) return true
  // What became of a request changes nothing that is compared here.
  if (evidence.tickets !== undefined && evidence.tickets.length > 0) return true
  const { status, merchantUid, amount, currency, returned, entries } = evidence
  if (status !== known.status || merchantUid !== known.saidMerchantUid) return true
  if (amount !== known.amount || currency !== known.currency || returned !== known.gatewayReturned) return true
  const amounts = amountsOf(entries)
  // Entries that do not add up to what went back are no proof that the others are gone.
  if (amounts.reduce((sum, each) => sum + each, 0) < returned) return false
  return (
    amounts.length !== known.entryAmounts.length || amounts.some((each, place) => each !== known.entryAmounts[place])
  )
}

/** Ascending; what says the same is one entry, as in what is known. */
function amountsOf(entries: readonly CancelEntry[]): readonly number[] {
  const sums = new Map<string, number>()
  for (const { cancellationId, cancelledAt, reason, amount } of entries) {
    const said = JSON.stringify([cancellationId, cancelledAt, reason])
    sums.set(said, (sums.get(said) ?? 0) + amount)
  }
  return [...sums.values()].toSorted((a, b) => a - b)
}
