// fileTicket and settleTicket: one ticket per authorisation, whatever is killed, lost or repeated (design.md §6.3).
// Must not know: workflows. The intent is committed before the call; every ending of the call has its row.
import { ApplicationFailure } from '@temporalio/common'
import { checksumOf, remainingOf } from '../src/domain/books/balance.ts'
import { Failure } from '../src/domain/failures.ts'
import { held } from '../src/domain/moves/filing.ts'
import type { CancelAnswer, CancelRequest } from '../src/domain/gateway.ts'
import { refundId, refundWorkflowId } from '../src/domain/ids.ts'
import { money } from '../src/domain/money.ts'
import type { RefundStep } from '../src/domain/next.ts'
import {
  block,
  blockedBecause,
  intend,
  nextTicketKey,
  notTried,
  ticketEnded,
  tombstone,
} from '../src/domain/moves/tickets.ts'
import { intentLost } from '../src/domain/moves/wentBack.ts'
import { carryOut } from '../src/db/books/carryOut.ts'
import { beginLook } from '../src/db/clock.ts'
import { transact } from '../src/db/connect.ts'
import { filingHold } from '../src/db/watch/filing.ts'
import { accountFailure } from '../src/inbox/account.ts'
import { look } from '../src/inbox/look.ts'
import { act, recordAnswer, same, type Acting, type Clocks, type FileTicket, type Intended } from './answer.ts'
import type { ActivityDeps } from './deps.ts'
import { cancellation, endingWithActivity } from './ending.ts'
import { heartbeating, type Announced } from './heartbeat.ts'
import { loadRefund, mover, recallRefund, refundIn } from './begin/rows.ts'

export type { FileTicket } from './answer.ts'

/** After so long since the intent nothing is sent any more: a process that slept may find the world changed. */
const SEND_WITHIN_MS = 5_000

export async function fileTicket(deps: ActivityDeps, asked: FileTicket): Promise<RefundStep> {
  return heartbeating(async (heart) => {
    const id = refundId(asked.refundId)
    const about = { ...asked, id }
    const blind = await lookFirst(endingWithActivity(deps), about)
    if (blind !== undefined)
      return act(deps, about, 'not tried', (books, setting) => notTried(books, id, blind, setting))
    const intended = await intent(deps, about)
    if (intended === 'taken') return settleTicket(deps, asked)
    if (intended === 'moved') return act(deps, about, 'read refund', same)
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

/** Temporal is the second memory of the call: without it a database that loses the intent would send it twice. */
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
  /** The lost try had told Temporal that its call begins. Missing in what was scheduled before it did. */
  readonly mayHaveSent?: boolean
}

/**
 * The activity was lost, or its key was taken: no intent → nothing was sent, but where the call is known to have begun the
 * database has lost it; an intent without outcome → unknown.
 */
export async function settleTicket(deps: ActivityDeps, asked: SettleTicket): Promise<RefundStep> {
  const { refundId: text, key, mayHaveSent } = asked
  const id = refundId(text)
  return act(deps, { ...asked, id }, 'settle ticket', (books, setting) => {
    const ticket = refundIn(books, id).tickets.find(({ authorisedBy }) => authorisedBy === key)
    if (!ticket && mayHaveSent) return intentLost(books, id, key, setting)
    if (!ticket) return tombstone(books, id, key, setting)
    if (ticket.outcome !== null) return same(books)
    return ticketEnded(books, id, key, 'unknown', 'the try was lost after its intent: it may have been sent', setting)
  })
}

/** (a) A look that books what it finds. A sentence where it failed: nothing was sent, no key is used. */
async function lookFirst(deps: ActivityDeps, { id, now, memory }: Acting): Promise<string | undefined> {
  const { gateway, gatewayRef } = await transact(
    deps.db,
    'read refund',
    async (trx) => refundIn((await loadRefund(trx, id, memory)).books, id),
    deps.log,
  )
  try {
    const saga = refundWorkflowId(id)
    const differs = await accountFailure(deps.db, gateway)
    if (differs) return differs.message
    const { found } = await look(deps, { gateway, gatewayRef }, { who: saga, saga, at: now })
    return found.length > 0 ? undefined : 'the gateway does not show this payment, so nothing was asked of it'
  } catch (error) {
    if (error instanceof Failure) return `could not look: ${error.message}`
    throw error
  }
}

/** (b) The intent, committed. `taken`: the key was used before; `moved`: the refund asks for no ticket any more. */
async function intent(
  deps: ActivityDeps,
  { id, key, now, memory }: Acting & Announced,
): Promise<Intended | 'taken' | 'moved'> {
  const since = bothClocks()
  const began = await beginLook(deps.db)
  return transact(
    deps.db,
    'ticket intent',
    async (trx) => {
      const { loaded } = await recallRefund(deps, trx, id, now, memory)
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
      const hold = await filingHold(trx)
      if (hold) {
        await carryOut(trx, loaded, held(loaded.books, id, hold, setting), saved)
        return 'moved'
      }
      const intended = intend(loaded.books, id, key, setting, deps.refundability)
      if (!intended) return 'moved'
      await carryOut(trx, loaded, intended.decision, saved)
      const { attempt, ticket } = intended
      return { refund: intended.refund, ticket, attempt, gateway, since, began, checksum: checksumOf(attempt) }
    },
    deps.log,
  )
}

/**
 * (c) and (d) The call, unless more than five seconds have passed since the intent by either clock (a suspended machine
 * stops the monotonic one), or the activity was cancelled before it. Once it has begun it is waited for: its answer is worth more than a quick stop.
 */
async function call(
  deps: ActivityDeps,
  { refund, ticket, attempt, gateway, since, checksum }: Intended,
  stopping: AbortSignal,
): Promise<CancelAnswer> {
  const request: CancelRequest = {
    refundId: refund.refundId,
    gatewayRef: refund.gatewayRef,
    money: money(remainingOf(refund, attempt), refund.currency),
    checksum,
    reason: ticket.sentReason,
    timeoutMs: deps.cancelTimeoutMs,
    mayStillSend: () => !stopping.aborted && sinceThen(since) <= SEND_WITHIN_MS,
  }
  return gateway.cancel(request)
}

const bothClocks = (): Clocks => ({ monotonic: performance.now(), wall: Date.now() })
/** By whichever clock has gone further; a wall clock that was set back counts for nothing. */
const sinceThen = ({ monotonic, wall }: Clocks): number => Math.max(performance.now() - monotonic, Date.now() - wall)
