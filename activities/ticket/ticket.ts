// fileTicket and settleTicket: one ticket per authorisation, whatever is killed, lost or repeated
// (design.md §6.3).
// Must not know: workflows. The intent is committed before the call; every ending of the call has
// its row.
import { ApplicationFailure } from '@temporalio/common'
import { loadForCall, viewForLook } from '../../src/db/books/books.ts'
import { carryOut } from '../../src/db/books/carryOut.ts'
import type { Began } from '../../src/db/clock.ts'
import { transact, type Trx } from '../../src/db/connect.ts'
import { checksumOf, remainingOf, attemptOf } from '../../src/domain/books/balance.ts'
import type { Attempt, Books, Decision, Refund, Ticket, TicketOutcome } from '../../src/domain/books/books.ts'
import type { Setting } from '../../src/domain/books/draft.ts'
import { Failure } from '../../src/domain/failures.ts'
import type { CancelAnswer, CancelCall, Evidence, Gateway } from '../../src/domain/gateway.ts'
import { refundId, refundWorkflowId, type RefundId } from '../../src/domain/ids.ts'
import { money } from '../../src/domain/money.ts'
import { judge } from '../../src/domain/moves/evidence/judge.ts'
import { held } from '../../src/domain/moves/filing.ts'
import { neverRepeated } from '../../src/domain/moves/repeats.ts'
import {
  block,
  blockedBecause,
  intend,
  nextTicketKey,
  notTried,
  ticketEnded,
  tombstone,
  type SentAs,
} from '../../src/domain/moves/tickets.ts'
import { intentLost } from '../../src/domain/moves/wentBack.ts'
import type { RefundStep } from '../../src/domain/next.ts'
import { failureIn } from '../../src/inbox/account.ts'
import { look, lookThen } from '../../src/inbox/look.ts'
import { refundBorn, type ReadRefund, type RefundBirth } from '../begin/begin.ts'
import { decideRefund, mover, readBooks, recalledWhole, refundIn, same, withRefund, type OnRefund } from '../decide.ts'
import type { ActivityDeps } from '../deps.ts'
import { cancellation, endingWithActivity, answeredWithin } from '../ending.ts'
import { heartbeating, type Announced } from '../heartbeat.ts'

export type FileTicket = ReadRefund & {
  readonly key: string
  /** Where it is the first step of its saga: what that was started with. */
  readonly birth?: RefundBirth
}
type Clocks = { readonly monotonic: number; readonly wall: number }
export type Intended = {
  readonly refund: Refund
  readonly ticket: Ticket
  readonly attempt: Attempt
  readonly gateway: Gateway
  readonly since: Clocks
  readonly began: Began
  readonly checksum: number
}

/**
 * After so long since the intent nothing is sent any more: a process that slept may find the world
 * changed.
 */
export const SEND_WITHIN_MS = 5_000

export async function fileTicket(deps: ActivityDeps, asked: FileTicket): Promise<RefundStep> {
  return heartbeating(async (heart) => {
    const id = await namedBy(deps, asked)
    const about = { ...asked, id }
    const intended = await lookThenIntend(deps, about)
    if (intended === 'taken') return settleTicket(deps, asked)
    if (intended === 'moved') return decideRefund(deps, about, 'read refund', same)
    if ('blind' in intended)
      return decideRefund(deps, about, 'not tried', (books, setting) => notTried(books, id, intended.blind, setting))
    const { key } = asked
    if (!(await heart.announce(deps.heartbeat, { key }))) return recordAnswer(deps, id, asked, intended, NOT_NOTED)
    try {
      const answer = await call(deps, intended, cancellation())
      return await recordAnswer(deps, id, asked, intended, answer)
    } catch (error) {
      throw lostAfter({ key }, error)
    }
  })
}

const namedBy = async (deps: ActivityDeps, asked: FileTicket): Promise<RefundId> =>
  asked.birth ? refundBorn(deps, asked.birth, asked) : refundId(asked.refundId)

/**
 * Temporal is the second memory of the call: without it a database that loses the intent would send
 * it twice.
 */
const NOT_NOTED: CancelAnswer = {
  kind: 'notSent',
  said: 'Temporal did not take note of the call in time, so it was not made',
}

/** The call may have gone out and nothing of it is written: whoever settles it must know. */
const lostAfter = (call: Announced, error: unknown): ApplicationFailure =>
  ApplicationFailure.create({
    type: 'temporarilyUnavailable',
    message: `how the call ended could not be written: ${error instanceof Error ? error.message : String(error)}`,
    nonRetryable: true,
    details: [call],
    ...(error instanceof Error && { cause: error }),
  })

export type SettleTicket = FileTicket & {
  /**
   * The lost try had told Temporal that its call begins. Missing in what was scheduled before it
   * did.
   */
  readonly mayHaveSent?: boolean
}

/**
 * The activity was lost, or its key was taken: no intent → nothing was sent, but where the call is
 * known to have begun the database has lost it; an intent without outcome → unknown.
 */
export async function settleTicket(deps: ActivityDeps, asked: SettleTicket): Promise<RefundStep> {
  const { key, mayHaveSent } = asked
  const id = await namedBy(deps, asked)
  return decideRefund(deps, { ...asked, id }, 'settle ticket', (books, setting) => {
    const ticket = refundIn(books, id).tickets.find(({ authorisedBy }) => authorisedBy === key)
    if (!ticket && mayHaveSent) return intentLost(books, id, key, setting)
    if (!ticket) return tombstone(books, id, key, setting)
    if (ticket.outcome !== null) return same(books, setting)
    return ticketEnded(books, id, key, 'unknown', 'the try was lost after its intent: it may have been sent', setting)
  })
}

/** `blind`: why nothing could be seen. Nothing was sent, no key is used. */
type Blind = { readonly blind: string }
/** `taken`: the key was used before; `moved`: the refund asks for no ticket any more. */
type Intent = Intended | 'taken' | 'moved'

/** (a) A look that books what it finds, and with it, in one commit, (b) the intent. */
async function lookThenIntend(deps: ActivityDeps, about: OnRefund & Announced): Promise<Intent | Blind> {
  const { id, now, memory } = about
  const seen = withRefund(await viewForLook(deps.db, { refundId: id }), id, memory)
  const { gateway, gatewayRef } = refundIn(seen.books, id)
  const saga = refundWorkflowId(id)
  const differs = failureIn(seen, gateway)
  if (differs) return { blind: differs.message }
  try {
    const options = { who: saga, saga, at: now, began: seen.began }
    const seeing = endingWithActivity(deps)
    const { further } = await lookThen(seeing, { gateway, gatewayRef }, options, (trx) => intent(deps, trx, about))
    return further ?? { blind: 'the gateway does not show this payment, so nothing was asked of it' }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (error.kind !== 'cannotLook') return { blind: `could not look: ${error.message}` }
    // Of a gateway that shows nothing all that is known is what it has signed: that is in the
    // books.
    return transact(deps.db, 'ticket intent', (trx) => intent(deps, trx, about), deps.log)
  }
}

async function intent(deps: ActivityDeps, trx: Trx, { id, key, now, memory }: OnRefund & Announced): Promise<Intent> {
  const since = bothClocks()
  const { began, ...found } = withRefund(await loadForCall(trx, { refundId: id }), id, memory)
  const { loaded } = await recalledWhole(deps, trx, found, { id, now, ...(memory && { memory }) })
  const refund = refundIn(loaded.books, id)
  if (refund.tickets.some(({ authorisedBy }) => authorisedBy === key)) return 'taken'
  const gateway = deps.gateways.get(refund.gateway)
  if (!gateway || nextTicketKey(refund) !== key) return 'moved'
  const setting = { now, patience: deps.patience }
  const blocked = blockedBecause(loaded.books, refund, deps.refundability, now)
  const saved = mover(deps, refundWorkflowId(id), now)
  if (blocked) {
    await carryOut(trx, loaded, block(loaded.books, id, blocked, setting), saved)
    return 'moved'
  }
  if (found.hold) {
    await carryOut(trx, loaded, held(loaded.books, id, found.hold, setting), saved)
    return 'moved'
  }
  const intending = { ...setting, now: madeAt(deps, now) }
  const intended = intend(loaded.books, id, key, intending, deps.refundability, sentBy(gateway))
  if (!intended) return 'moved'
  await carryOut(trx, loaded, intended.decision, saved)
  const { attempt, ticket } = intended
  return { refund: intended.refund, ticket, attempt, gateway, since, began, checksum: checksumOf(attempt) }
}

/**
 * (c) and (d) The call, unless more than five seconds have passed since the intent by either clock
 * (a suspended machine stops the monotonic one), or the activity was cancelled before it. Once it
 * has begun it is waited for: its answer is worth more than a quick stop.
 */
async function call(
  deps: ActivityDeps,
  { refund, ticket, attempt, gateway, since, checksum }: Intended,
  stopping: AbortSignal,
): Promise<CancelAnswer> {
  return gateway.cancel({
    ...callOf(refund, ticket, attempt, checksum),
    timeoutMs: gateway.limits.cancelMs ?? deps.cancelTimeoutMs,
    mayStillSend: () => !stopping.aborted && sinceThen(since) <= SEND_WITHIN_MS,
  })
}

/** What is asked for, apart from when. */
export const callOf = (refund: Refund, ticket: Ticket, attempt: Attempt, checksum: number): CancelCall => ({
  refundId: refund.refundId,
  authorisedBy: ticket.authorisedBy,
  gatewayRef: refund.gatewayRef,
  money: money(remainingOf(refund, attempt), refund.currency),
  checksum,
  reason: ticket.sentReason,
})

/** Kept with the intent, where the gateway takes the same call again. */
const sentBy =
  ({ repeats }: Gateway): SentAs =>
  (refund, ticket, attempt) =>
    repeats && { text: repeats.textOf(callOf(refund, ticket, attempt, checksumOf(attempt))), forMs: repeats.forMs }

/** Two machines' clocks may be so far apart; what is later than that was late. */
const APART_MS = 120_000

/** A person's next ticket is waited for from the call on, not from when that was planned. */
function madeAt({ clock }: ActivityDeps, now: string): string {
  const here = clock?.() ?? now
  return Date.parse(here) - Date.parse(now) > APART_MS ? here : now
}

export const bothClocks = (): Clocks => ({ monotonic: performance.now(), wall: Date.now() })
/** By whichever clock has gone further; a wall clock that was set back counts for nothing. */
export const sinceThen = ({ monotonic, wall }: Clocks): number =>
  Math.max(performance.now() - monotonic, Date.now() - wall)

const RECORD_TRIES = 5
/** Not ended by a stop, for it tells a refusal from a lost answer; so it is short. */
export const LOOK_AFTER_MS = 10_000

/**
 * (e) The outcome, by compare-and-set: into its own ticket always, into the refund only while that
 * ticket is its latest.
 */
export async function recordAnswer(
  deps: ActivityDeps,
  id: RefundId,
  asked: FileTicket,
  intended: Intended,
  answer: CancelAnswer,
): Promise<RefundStep> {
  const { key, now } = asked
  // What was answered is written whatever the row has come to: the next step compares it with what
  // was seen of it.
  const about = { id, now }
  const end = (outcome: TicketOutcome, said: string): Promise<RefundStep> =>
    recorded(() =>
      decideRefund(deps, about, 'ticket outcome', (books, setting) =>
        ticketEnded(books, id, key, outcome, said, setting),
      ),
    )
  switch (answer.kind) {
    case 'notSent':
      return end(answer.kind, answer.said)
    case 'unknown':
      return recorded(() =>
        decideRefund(deps, about, 'ticket outcome', (books, setting) => {
          const ended = ticketEnded(books, id, key, 'unknown', answer.said, setting)
          return answer.repeatable ? ended : { ...ended, books: neverRepeated(ended.books, id, key) }
        }),
      )
    case 'accepted':
      if (answer.seenAs !== undefined) await lookAfter(deps, id, now, intended)
      return recorded(() =>
        decideRefund(deps, about, 'ticket outcome', (books, setting) => {
          // A look may have found it done by now.
          const done = answer.seenAs !== undefined && refundIn(books, id).state === 'refunded'
          return ticketEnded(books, id, key, done ? 'doneAtOnce' : 'filed', answer.said, setting)
        }),
      )
    case 'turnedDown':
      return end(...(await afterTurnedDown(deps, id, now, intended, `${answer.said} (code ${answer.code})`)))
    case 'answered':
      return recorded(() =>
        decideRefund(deps, about, 'ticket outcome', (books, setting) =>
          bookAnswer(deps, books, id, key, intended, answer.evidence, setting),
        ),
      )
  }
}

/**
 * code 0: what the answer shows is booked like a look; with our entry in it the refund is done,
 * else a ticket was opened, even where a look has found that one worked off by now.
 */
function bookAnswer(
  deps: ActivityDeps,
  books: Books,
  id: RefundId,
  key: string,
  { began, attempt }: Intended,
  evidence: Evidence,
  setting: Setting,
): Decision {
  const looked = { asOf: began.at, number: began.number, policies: deps.policies, answered: key }
  const seen = judge(books, evidence, { ...setting, ...looked }) ?? same(books, setting)
  const done = refundIn(seen.books, id).state === 'refunded' && showsMore(evidence, attempt)
  const said = done ? 'the gateway cancelled at once' : 'the gateway took the request: a ticket is open at Paymentwall'
  const ended = ticketEnded(seen.books, id, key, done ? 'doneAtOnce' : 'filed', said, setting)
  return { books: ended.books, journal: [...seen.journal, ...ended.journal], alerts: [...seen.alerts, ...ended.alerts] }
}

/** Whether it shows of this cancel what was not there when it was asked for. */
const showsMore = ({ status, returned, entries }: Evidence, before: Attempt): boolean =>
  returned > before.gatewayReturned ||
  entries.length > before.entries.filter(({ gone }) => !gone).length ||
  (status === 'cancelled' && before.status !== 'cancelled')

/**
 * code ≠ 0 is followed by a look: the balance moved since (a) → nothing was sent under these books;
 * else it is a refusal.
 */
async function afterTurnedDown(
  deps: ActivityDeps,
  id: RefundId,
  now: string,
  intended: Intended,
  said: string,
): Promise<[TicketOutcome, string]> {
  const { refund, checksum } = intended
  const failure = await lookAfter(deps, id, now, intended)
  if (failure !== undefined && failure.kind !== 'cannotLook')
    return ['unknown', `${said}; the look after it failed: ${failure.message}`]
  const books = await readBooks(deps, { id, now })
  const attempt = attemptOf(books, refund.gatewayRef)
  const moved = attempt !== undefined && checksumOf(attempt) !== checksum && refundIn(books, id).state !== 'refunded'
  return moved ? ['notSent', `the balance moved meanwhile: ${said}`] : ['refused', said]
}

/** Books what the gateway shows once it has answered; the Failure where it shows nothing. */
async function lookAfter(
  deps: ActivityDeps,
  id: RefundId,
  now: string,
  { refund: { gateway, gatewayRef } }: Intended,
): Promise<Failure | undefined> {
  try {
    await look(answeredWithin(deps, LOOK_AFTER_MS), { gateway, gatewayRef }, { who: refundWorkflowId(id), at: now })
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
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
