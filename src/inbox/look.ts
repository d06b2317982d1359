// One look: asks the gateway what is true of a reference or an order, and books the answer in one transaction.
// Must not know: who wants it. The gateway is asked with no transaction open; nothing is judged outside one.
import type { Books, Decision } from '../domain/books.ts'
import { Failure } from '../domain/failures.ts'
import type { Evidence, Gateway } from '../domain/gateway.ts'
import { merchantUid, OWN_ID, type GatewayName, type GatewayRef, type MerchantUid } from '../domain/ids.ts'
import { judge, type Policies } from '../domain/judge.ts'
import type { Patience } from '../domain/patience.ts'
import type { Links } from '../domain/views.ts'
import { loadBooks, type About } from '../db/books.ts'
import { carryOut } from '../db/carryOut.ts'
import { databaseNow } from '../db/clock.ts'
import { transact, type Db, type Trx } from '../db/connect.ts'
import { settleHints, type SettledHint } from '../db/inboxLooks.ts'
import { metrics } from '../metrics.ts'
import { lookAgainForMore, lookAgainForReversal } from './again.ts'

export type LookDeps = {
  readonly db: Db
  readonly gateways: ReadonlyMap<GatewayName, Gateway>
  readonly links: Links
  readonly patience: Patience
  readonly policies: Policies
  readonly log: (line: string) => void
  /** Called after a commit that put something into the outbox or the inbox. */
  readonly kick: () => void
}

export type Subject = { readonly gateway: GatewayName } & (
  { readonly gatewayRef: GatewayRef } | { readonly merchantUid: MerchantUid }
)

export type LookOptions = {
  readonly who: string
  /** The saga whose own step this look is: it needs no wake for what it finds. */
  readonly saga?: string
  /** The saga's time for the rows that it writes; the look's own begin where none is given. */
  readonly at?: string
  /** Money for an unknown order becomes an attempt without a payment; only where the gateway's own list named it. */
  readonly strays?: boolean
  /** Runs in the same transaction, after the booking. */
  readonly also?: (trx: Trx, seen: { began: string; moved: boolean }) => Promise<void>
}

export type Looked = { readonly began: string; readonly found: readonly Evidence[]; readonly moved: boolean }

/** Throws a Failure when the gateway did not answer; then nothing was booked and no hint was settled. */
export async function look(deps: LookDeps, subject: Subject, options: LookOptions): Promise<Looked> {
  const began = await databaseNow(deps.db)
  const found = await ask(deps, subject)
  const moved = await transact(deps.db, 'look', (trx) => book(deps, trx, subject, found, began, options), deps.log)
  deps.kick()
  return { began, found, moved }
}

async function ask({ gateways }: LookDeps, subject: Subject): Promise<readonly Evidence[]> {
  const gateway = gateways.get(subject.gateway)
  if (!gateway)
    throw new Failure(
      'gatewayUnavailable',
      `the gateway ${subject.gateway} is not configured; set its keys, or leave its rows to people`,
    )
  try {
    const answer =
      'gatewayRef' in subject ? await gateway.look(subject.gatewayRef) : await gateway.lookByOrder(subject.merchantUid)
    const found = answer === undefined ? [] : 'length' in answer ? answer : [answer]
    metrics.looks.inc({ outcome: found.length > 0 ? 'found' : 'nothing' })
    return found
  } catch (error) {
    metrics.looks.inc({ outcome: 'failed' })
    throw error
  }
}

async function book(
  deps: LookDeps,
  trx: Trx,
  subject: Subject,
  found: readonly Evidence[],
  began: string,
  options: LookOptions,
): Promise<boolean> {
  const booked: Booked[] = []
  for (const [named, evidences] of byOrder(found)) {
    booked.push(...(await bookOrder(deps, trx, named, evidences, began, options)))
  }
  const moved = booked.some((each) => each.moved)
  const settled = await settleHints(trx, subject, found, { began, moved })
  // After the settling: a row that this look has settled plans no other.
  for (const { evidence } of booked.filter((each) => each.misses)) await lookAgainForReversal(trx, evidence)
  await lookAgainForMore(trx, subject, settled, found)
  metrics.hintsLooked.inc(hintsIn(settled))
  metrics.lostWebhooks.inc(moved && lostWebhook(settled, found) ? 1 : 0)
  metrics.hintsMismatched.inc(hintsIn(settled.filter((hint) => hint.mismatched)))
  await options.also?.(trx, { began, moved })
  return moved
}

const hintsIn = (settled: readonly SettledHint[]): number => settled.reduce((sum, { times }) => sum + times, 0)

/** Only a sweep told of it, and not of a failure: a one-off failure sends no webhook at all. */
function lostWebhook(settled: readonly SettledHint[], found: readonly Evidence[]): boolean {
  if (settled.length === 0 || settled.some(({ source }) => source !== 'sweep')) return false
  return found.some(({ status }) => status === 'paid' || status === 'cancelled')
}

function byOrder(found: readonly Evidence[]): ReadonlyMap<string, readonly Evidence[]> {
  const orders = new Map<string, Evidence[]>()
  for (const evidence of found)
    orders.set(evidence.merchantUid, [...(orders.get(evidence.merchantUid) ?? []), evidence])
  return orders
}

/** What became of one attempt's evidence; `misses`: a booked entry was not shown. */
type Booked = { readonly evidence: Evidence; readonly moved: boolean; readonly misses: boolean }

/** Evidence is filed under the merchant_uid that it names itself, whatever the hint paired. */
async function bookOrder(
  deps: LookDeps,
  trx: Trx,
  named: string,
  evidences: readonly Evidence[],
  began: string,
  options: LookOptions,
): Promise<readonly Booked[]> {
  const booked: Booked[] = []
  const { who, saga, at } = options
  for (const evidence of evidences) {
    const loaded = await loadBooks(trx, aboutOf(evidence, named))
    const decision = judged(deps, loaded.books, evidence, began, options)
    if (!decision) continue
    const moved = await carryOut(trx, loaded, decision, { who, saga: saga ?? null, at: at ?? began, links: deps.links })
    booked.push({ evidence, moved, misses: missesAnEntry(decision.books) })
  }
  return booked
}

function aboutOf(evidence: Evidence, named: string): About {
  const { gateway, gatewayRef } = evidence
  return OWN_ID.test(named) ? { merchantUid: merchantUid(named), gateway, gatewayRef } : { gateway, gatewayRef }
}

function judged(
  deps: LookDeps,
  books: Books,
  evidence: Evidence,
  began: string,
  options: LookOptions,
): Decision | undefined {
  const known = books.attempts.find((attempt) => attempt.gatewayRef === evidence.gatewayRef)
  if (known && known.merchantUid !== null && known.merchantUid !== evidence.merchantUid) {
    deps.log(
      `${evidence.gatewayRef} is booked for ${known.merchantUid}, and the gateway now names ${evidence.merchantUid}; nothing was moved`,
    )
    return undefined
  }
  if (!books.payment && !known && !options.strays) return undefined
  return judge(books, evidence, {
    now: options.at ?? began,
    asOf: began,
    patience: deps.patience,
    policies: deps.policies,
  })
}

const missesAnEntry = (books: Books): boolean =>
  books.attempts.some(({ entries }) => entries.some((entry) => entry.missingSince !== null && !entry.gone))
