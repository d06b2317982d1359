// A checkpoint: look, then raise attention and tell a person what the look said, or that it could
// not look.
// Must not know: calendars; the domain plans. One activity catches a failing look itself.
import { setTimeout as pause } from 'node:timers/promises'
import { Failure } from '../src/domain/failures.ts'
import { merchantUid, paymentWorkflowId, refundId, refundWorkflowId } from '../src/domain/ids.ts'
import { raisePayment, raiseRefund } from '../src/domain/moves/time.ts'
import type { PaymentStep, RefundStep } from '../src/domain/next.ts'
import { look } from '../src/inbox/look.ts'
import type { Subject } from '../src/inbox/subject.ts'
import type { ReadPayment, ReadRefund } from './begin/begin.ts'
import { decidePayment, decideRefund, readBooks, readPaymentRow, refundIn } from './decide.ts'
import type { ActivityDeps } from './deps.ts'
import { cancellation } from './ending.ts'
import { askAgain } from './ticket/repeat.ts'

export async function checkpointRefund(
  deps: ActivityDeps,
  { refundId: text, ...rest }: ReadRefund,
): Promise<RefundStep> {
  const about = { ...rest, id: refundId(text) }
  const { gateway, gatewayRef } = refundIn(await readBooks(deps, about), about.id)
  const blind = await lookFor(deps, { gateway, gatewayRef }, refundWorkflowId(about.id), about.now)
  if (blind === undefined) await askAgain(deps, about)
  return decideRefund(deps, about, 'checkpoint', (books, setting) => raiseRefund(books, about.id, blind, setting))
}

export async function checkpointPayment(
  deps: ActivityDeps,
  { merchantUid: text, now }: ReadPayment,
): Promise<PaymentStep> {
  const id = merchantUid(text)
  const { gateway } = await readPaymentRow(deps, id)
  const blind = await lookFor(deps, { gateway, merchantUid: id }, paymentWorkflowId(id), now)
  return decidePayment(deps, { id, now }, 'checkpoint', (books, setting) => raisePayment(books, blind, setting))
}

/**
 * Tries for two minutes, or until the activity is cancelled, which throws; a sentence where no look
 * answered. "Could not look" is never "looked: still paid". Whatever the look throws is such a
 * sentence, a fault of this program too: a person is told all the same. Only a database that is
 * away stops a checkpoint, for the row cannot be written then: its next transaction says so.
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
      // It will not be otherwise in two minutes.
      if (error instanceof Failure && error.kind === 'cannotLook') return storable(error.message)
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
