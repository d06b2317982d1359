// A checkpoint: look, then raise attention and tell a person what the look said, or that it could not look.
// Must not know: calendars; the domain plans. One activity catches a failing look itself.
import { setTimeout as pause } from 'node:timers/promises'
import type { Books, Decision } from '../src/domain/books/books.ts'
import { raisePayment, raiseRefund } from '../src/domain/moves/time.ts'
import { Failure } from '../src/domain/failures.ts'
import { merchantUid, paymentWorkflowId, refundId, refundWorkflowId } from '../src/domain/ids.ts'
import { paymentStep, type PaymentStep, type RefundStep } from '../src/domain/next.ts'
import { loadBooks } from '../src/db/books/books.ts'
import { carryOut } from '../src/db/books/carryOut.ts'
import { transact } from '../src/db/connect.ts'
import { look, type Subject } from '../src/inbox/look.ts'
import type { ActivityDeps } from './deps.ts'
import { cancellation } from './ending.ts'
import {
  loadRefund,
  mover,
  paymentIn,
  recallRefund,
  refundIn,
  stepAfter,
  type ReadPayment,
  type ReadRefund,
} from './begin/rows.ts'

export async function checkpointRefund(
  deps: ActivityDeps,
  { refundId: text, now, memory }: ReadRefund,
): Promise<RefundStep> {
  const id = refundId(text)
  const saga = refundWorkflowId(id)
  const { gateway, gatewayRef } = await transact(
    deps.db,
    'read refund',
    async (trx) => refundIn((await loadRefund(trx, id, memory)).books, id),
    deps.log,
  )
  const blind = await lookFor(deps, { gateway, gatewayRef }, saga, now)
  const step = await transact(
    deps.db,
    'checkpoint',
    async (trx) => {
      const { loaded } = await recallRefund(deps, trx, id, now, memory)
      const decision = raiseRefund(loaded.books, id, blind, { now, patience: deps.patience })
      await carryOut(trx, loaded, decision, mover(deps, saga, now))
      return stepAfter(loaded, decision.books, id, now)
    },
    deps.log,
  )
  deps.kick()
  return step
}

export async function checkpointPayment(
  deps: ActivityDeps,
  { merchantUid: text, now }: ReadPayment,
): Promise<PaymentStep> {
  const id = merchantUid(text)
  const saga = paymentWorkflowId(id)
  const { gateway } = await transact(
    deps.db,
    'read payment',
    async (trx) => paymentIn((await loadBooks(trx, { merchantUid: id })).books, id),
    deps.log,
  )
  const blind = await lookFor(deps, { gateway, merchantUid: id }, saga, now)
  return onPayment(deps, id, now, 'checkpoint', (books) => raisePayment(books, blind, { now, patience: deps.patience }))
}

/** One decision on a payment's books in one transaction, and what its saga does next. */
export async function onPayment(
  deps: ActivityDeps,
  id: ReturnType<typeof merchantUid>,
  now: string,
  name: string,
  change: (books: Books) => Decision,
): Promise<PaymentStep> {
  const step = await transact(
    deps.db,
    name,
    async (trx) => {
      const loaded = await loadBooks(trx, { merchantUid: id })
      paymentIn(loaded.books, id)
      const decision = change(loaded.books)
      await carryOut(trx, loaded, decision, mover(deps, paymentWorkflowId(id), now))
      return paymentStep(decision.books, paymentIn(decision.books, id), now)
    },
    deps.log,
  )
  deps.kick()
  return step
}

/**
 * Tries for two minutes, or until the activity is cancelled, which throws; a sentence where no look
 * answered. "Could not look" is never "looked: still paid". Whatever the look throws is such a
 * sentence, a fault of this program too: a person is told all the same. Only a database that is away
 * stops a checkpoint, for the row cannot be written then: its next transaction says so.
 */
export async function lookFor(
  deps: ActivityDeps,
  subject: Subject,
  saga: string,
  now: string,
): Promise<string | undefined> {
  const { everyMs, forMs } = deps.checkpointLook
  const until = performance.now() + forMs
  let logged = false
  for (;;) {
    try {
      await look(deps, subject, { who: saga, saga, at: now })
      return undefined
    } catch (error) {
      cancellation().throwIfAborted()
      const fault = !(error instanceof Failure)
      if (fault && !logged) deps.log(`the look of ${saga} failed by a fault of this program: ${stackOf(error)}`)
      logged ||= fault
      if (performance.now() + everyMs > until) return storable(fault ? faultSentence(error) : error.message)
      await pause(everyMs, undefined, { signal: cancellation() })
    }
  }
}

const LONGEST_SAID = 500
const saidBy = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? saidBy(error)) : String(error))
const faultSentence = (error: unknown): string =>
  `this program failed while it looked, its log says where: ${saidBy(error)}`
/** A sentence that the database refuses would stop the checkpoint after all. */
const storable = (sentence: string): string => sentence.replaceAll('\u0000', ' ').slice(0, LONGEST_SAID)
