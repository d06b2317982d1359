// Books what a look found, order by order: each order's evidence over one draft, loaded once and
// saved once.
// Must not know: gateways, hints. Evidence is filed under the merchant_uid that it names itself,
// whatever a hint paired.
import { grouped, linkedOrders } from '../db/books/attempts.ts'
import { loadBooks, type About } from '../db/books/books.ts'
import { carryOut } from '../db/books/carryOut.ts'
import type { Began } from '../db/clock.ts'
import type { Trx } from '../db/connect.ts'
import type { Books } from '../domain/books/books.ts'
import type { Evidence } from '../domain/gateway.ts'
import { merchantUid, OWN_ID } from '../domain/ids.ts'
import { judgeAll } from '../domain/moves/evidence/judge.ts'
import { metrics } from '../metrics.ts'
import type { LookDeps, LookOptions } from './subject.ts'

/** What became of one order's evidence. */
export type Booked = {
  readonly moved: boolean
  /** It shows a paid payment of an order of ours. */
  readonly paid: boolean
  /** Of which a booked entry was noted as missing. */
  readonly missesOf: readonly Evidence[]
}

export async function bookFound(
  deps: LookDeps,
  trx: Trx,
  found: readonly Evidence[],
  began: Began,
  options: LookOptions,
): Promise<readonly Booked[]> {
  const [one, ...others] = found
  if (one && others.length === 0) {
    const orElse = OWN_ID.test(one.merchantUid) ? { orElse: merchantUid(one.merchantUid) } : {}
    const { gateway, gatewayRef } = one
    return [await bookOrder(deps, trx, { gateway, gatewayRef, ...orElse }, found, began, options)]
  }
  const links = await linkedOrders(trx, found)
  // What is linked stays with its order, whatever the evidence names now: there it is a
  // contradiction.
  const byOrder = grouped(found, (each) => links.get(each.gatewayRef) ?? each.merchantUid)
  const booked: Booked[] = []
  // In one order for all transactions, so that two of them never wait for each other.
  for (const [named, evidences] of [...byOrder].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    for (const { about, shown } of booksOf(named, evidences))
      booked.push(await bookOrder(deps, trx, about, shown, began, options))
  return booked
}

/** One books for an order that can be one of ours; one for each attempt of any other. */
function booksOf(
  named: string,
  evidences: readonly Evidence[],
): readonly { about: About; shown: readonly Evidence[] }[] {
  if (OWN_ID.test(named)) return [{ about: { merchantUid: merchantUid(named), also: evidences }, shown: evidences }]
  return evidences.map((each) => {
    const { gateway, gatewayRef } = each
    return { about: { gateway, gatewayRef }, shown: [each] }
  })
}

async function bookOrder(
  deps: LookDeps,
  trx: Trx,
  about: About,
  shown: readonly Evidence[],
  began: Began,
  options: LookOptions,
): Promise<Booked> {
  const loaded = await loadBooks(trx, about)
  const { books } = loaded
  const ours = shown.filter((evidence) => isOurs(books, evidence, options))
  const strangers = shown.filter((evidence) => !evidence.ours && !books.payment)
  for (const { gateway } of strangers) metrics.strangers.inc({ gateway, source: 'look' })
  if (ours.length === 0) return { moved: false, paid: false, missesOf: [] }
  const { who, saga, at = began.at } = options
  const decision = judgeAll(books, ours, {
    now: at,
    asOf: began.at,
    number: began.number,
    patience: deps.patience,
    policies: deps.policies,
  })
  const moved = await carryOut(trx, loaded, decision, { who, saga: saga ?? null, at, links: deps.links })
  const missing = missingIn(decision.books)
  return {
    moved,
    paid: books.payment !== undefined && ours.some((evidence) => evidence.ours && evidence.status === 'paid'),
    missesOf: ours.filter(({ gatewayRef }) => missing.has(gatewayRef)),
  }
}

/**
 * Another provider's payment is ours only by its order; one for an unknown order only where the
 * gateway's list named it.
 */
function isOurs({ payment, attempts }: Books, evidence: Evidence, { strays }: LookOptions): boolean {
  if (payment) return true
  if (!evidence.ours) return false
  return strays === true || attempts.some(({ gatewayRef }) => gatewayRef === evidence.gatewayRef)
}

const missingIn = ({ attempts }: Books): ReadonlySet<string> =>
  new Set(
    attempts
      .filter(({ entries }) => entries.some((entry) => entry.missingSince !== null && !entry.gone))
      .map(({ gatewayRef }) => gatewayRef),
  )
