// fileTicket and settleTicket: one ticket per authorisation, whatever is killed, lost or repeated (design.md §6.3).
// Must not know: workflows. The intent is committed before the call; every ending of the call has its row.
import { attemptOf, checksumOf, remainingOf } from '../src/domain/balance.ts'
import type { Attempt, Books, Decision, Refund, TicketOutcome } from '../src/domain/books.ts'
import { Failure } from '../src/domain/failures.ts'
import type { CancelAnswer, CancelRequest, Evidence, Gateway } from '../src/domain/gateway.ts'
import { reasonMarker, refundId, refundWorkflowId, type RefundId } from '../src/domain/ids.ts'
import { judge } from '../src/domain/judge.ts'
import { money } from '../src/domain/money.ts'
import { refundStep, type RefundStep } from '../src/domain/steps.ts'
import {
  block,
  blockedBecause,
  intend,
  nextTicketKey,
  notTried,
  ticketEnded,
  tombstone,
} from '../src/domain/ticketing.ts'
import { carryOut } from '../src/db/carryOut.ts'
import { databaseNow } from '../src/db/clock.ts'
import { transact } from '../src/db/connect.ts'
import { look } from '../src/inbox/look.ts'
import type { ActivityDeps } from './deps.ts'
import { heartbeating } from './heartbeat.ts'
import { loadRefund, mover, refundIn } from './rows.ts'

export type FileTicket = { readonly refundId: string; readonly key: string; readonly now: string }

/** After so long since the intent nothing is sent any more: a process that slept may find the world changed. */
const SEND_WITHIN_MS = 5_000
const RECORD_TRIES = 5

export async function fileTicket(deps: ActivityDeps, asked: FileTicket): Promise<RefundStep> {
  return heartbeating(async () => {
    const id = refundId(asked.refundId)
    const blind = await lookFirst(deps, id, asked.now)
    if (blind !== undefined)
      return act(deps, id, asked.now, 'not tried', (books, setting) => notTried(books, id, blind, setting))
    const intended = await intent(deps, id, asked)
    if (intended === 'taken') return settleTicket(deps, asked)
    if (intended === 'moved') return act(deps, id, asked.now, 'read refund', same)
    const answer = await call(deps, intended)
    return recordAnswer(deps, id, asked, intended, answer)
  })
}

/** The activity was lost, or its key was taken: no intent → nothing was sent; an intent without outcome → unknown. */
export async function settleTicket(deps: ActivityDeps, { refundId: text, key, now }: FileTicket): Promise<RefundStep> {
  const id = refundId(text)
  return act(deps, id, now, 'settle ticket', (books, setting) => {
    const ticket = refundIn(books, id).tickets.find(({ authorisedBy }) => authorisedBy === key)
    if (!ticket) return tombstone(books, id, key, setting)
    if (ticket.outcome !== null) return same(books)
    return ticketEnded(books, id, key, 'unknown', 'the try was lost after its intent: it may have been sent', setting)
  })
}

type Change = (books: Books, setting: { now: string; patience: ActivityDeps['patience'] }) => Decision
const same = (books: Books): Decision => ({ books, journal: [], alerts: [] })

/** One decision on the refund's books in one transaction, and what its saga does next. */
async function act(deps: ActivityDeps, id: RefundId, now: string, name: string, change: Change): Promise<RefundStep> {
  const step = await transact(
    deps.db,
    name,
    async (trx) => {
      const loaded = await loadRefund(trx, id)
      const decision = change(loaded.books, { now, patience: deps.patience })
      await carryOut(trx, loaded, decision, mover(deps, refundWorkflowId(id), now))
      return refundStep(decision.books, refundIn(decision.books, id), now)
    },
    deps.log,
  )
  deps.kick()
  return step
}

/** (a) A look that books what it finds. A sentence where it failed: nothing was sent, no key is used. */
async function lookFirst(deps: ActivityDeps, id: RefundId, now: string): Promise<string | undefined> {
  const { gateway, gatewayRef } = await transact(
    deps.db,
    'read refund',
    async (trx) => refundIn((await loadRefund(trx, id)).books, id),
    deps.log,
  )
  try {
    const saga = refundWorkflowId(id)
    const { found } = await look(deps, { gateway, gatewayRef }, { who: saga, saga, at: now })
    return found.length > 0 ? undefined : 'the gateway does not show this payment, so nothing was asked of it'
  } catch (error) {
    if (error instanceof Failure) return `could not look: ${error.message}`
    throw error
  }
}

type Intended = {
  readonly refund: Refund
  readonly attempt: Attempt
  readonly gateway: Gateway
  readonly since: number
  readonly began: string
  readonly checksum: number
}

/** (b) The intent, committed. `taken`: the key was used before; `moved`: the refund asks for no ticket any more. */
async function intent(
  deps: ActivityDeps,
  id: RefundId,
  { key, now }: FileTicket,
): Promise<Intended | 'taken' | 'moved'> {
  const since = performance.now()
  const began = await databaseNow(deps.db)
  return transact(
    deps.db,
    'ticket intent',
    async (trx) => {
      const loaded = await loadRefund(trx, id)
      const refund = refundIn(loaded.books, id)
      if (refund.tickets.some(({ authorisedBy }) => authorisedBy === key)) return 'taken'
      const gateway = deps.gateways.get(refund.gateway)
      if (!gateway || nextTicketKey(refund) !== key) return 'moved'
      const setting = { now, patience: deps.patience }
      const blocked = blockedBecause(loaded.books, refund, deps.refundability)
      const saved = mover(deps, refundWorkflowId(id), now)
      if (blocked) {
        await carryOut(trx, loaded, block(loaded.books, id, blocked, setting), saved)
        return 'moved'
      }
      const intended = intend(loaded.books, id, key, setting)
      if (!intended) return 'moved'
      await carryOut(trx, loaded, intended.decision, saved)
      const { attempt } = intended
      return { refund: intended.refund, attempt, gateway, since, began, checksum: checksumOf(attempt) }
    },
    deps.log,
  )
}

/** (c) and (d) The call, unless more than five seconds have passed since the intent by the monotonic clock. */
async function call(
  deps: ActivityDeps,
  { refund, attempt, gateway, since, checksum }: Intended,
): Promise<CancelAnswer> {
  const request: CancelRequest = {
    refundId: refund.refundId,
    gatewayRef: refund.gatewayRef,
    money: money(remainingOf(refund, attempt), refund.currency),
    checksum,
    reason: refund.reason + reasonMarker(refund.refundId),
    timeoutMs: deps.cancelTimeoutMs,
    mayStillSend: () => performance.now() - since <= SEND_WITHIN_MS,
  }
  return gateway.cancel(request)
}

/** (e) The outcome, by compare-and-set: into its own ticket always, into the refund only while that ticket is its latest. */
async function recordAnswer(
  deps: ActivityDeps,
  id: RefundId,
  asked: FileTicket,
  intended: Intended,
  answer: CancelAnswer,
): Promise<RefundStep> {
  const { key, now } = asked
  const end = (outcome: TicketOutcome, said: string): Promise<RefundStep> =>
    recorded(() =>
      act(deps, id, now, 'ticket outcome', (books, setting) => ticketEnded(books, id, key, outcome, said, setting)),
    )
  switch (answer.kind) {
    case 'notSent':
    case 'unknown':
      return end(answer.kind, answer.said)
    case 'turnedDown':
      return end(...(await afterTurnedDown(deps, id, now, intended, `${answer.said} (code ${answer.code})`)))
    case 'answered':
      return recorded(() =>
        act(deps, id, now, 'ticket outcome', (books, setting) =>
          bookAnswer(deps, books, id, key, intended.began, answer.evidence, setting),
        ),
      )
  }
}

/** code 0: what the answer shows is booked like a look; with our entry in it the refund is done, else a ticket is open. */
function bookAnswer(
  deps: ActivityDeps,
  books: Books,
  id: RefundId,
  key: string,
  began: string,
  evidence: Evidence,
  setting: Parameters<Change>[1],
): Decision {
  const seen = judge(books, evidence, { ...setting, asOf: began, policies: deps.policies }) ?? same(books)
  const done = refundIn(seen.books, id).state === 'refunded'
  const said = done ? 'the gateway cancelled at once' : 'the gateway took the request: a ticket is open at Paymentwall'
  const ended = ticketEnded(seen.books, id, key, done ? 'doneAtOnce' : 'filed', said, setting)
  return { books: ended.books, journal: [...seen.journal, ...ended.journal], alerts: [...seen.alerts, ...ended.alerts] }
}

/** code ≠ 0 is followed by a look: the balance moved since (a) → nothing was sent under these books; else it is a refusal. */
async function afterTurnedDown(
  deps: ActivityDeps,
  id: RefundId,
  now: string,
  intended: Intended,
  said: string,
): Promise<[TicketOutcome, string]> {
  const { refund, checksum } = intended
  const saga = refundWorkflowId(id)
  try {
    await look(deps, { gateway: refund.gateway, gatewayRef: refund.gatewayRef }, { who: saga, saga, at: now })
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return ['unknown', `${said}; the look after it failed: ${error.message}`]
  }
  const books = await transact(deps.db, 'read refund', async (trx) => (await loadRefund(trx, id)).books, deps.log)
  const attempt = attemptOf(books, refund.gatewayRef)
  const moved = attempt !== undefined && checksumOf(attempt) !== checksum && refundIn(books, id).state !== 'refunded'
  return moved ? ['notSent', `the balance moved meanwhile: ${said}`] : ['refused', said]
}

/** The call has happened: its outcome is written even when the database stumbles for a moment. */
async function recorded<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write()
    } catch (error) {
      if (attempt >= RECORD_TRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt))
    }
  }
}
