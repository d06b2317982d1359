// Asks PortOne for money back: filed once under its key, and under that key alone ever again
// (portone.md §7, design.md §6.3).
// Must not know: rows, tickets, when a call may be repeated. It says how the call ended.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Failure } from '../../domain/failures.ts'
import type { CancelAnswer, CancelCall, CancelRequest } from '../../domain/gateway.ts'
import type { GatewayName, GatewayRef } from '../../domain/ids.ts'
import { checkCancel } from '../charge.ts'
import type { HttpAnswer } from '../http.ts'
import { jsonIn, readError, pathStep, type Exchange } from './exchange.ts'
import { transactionOf } from './ref.ts'

const ROUTE = '/payments/{paymentId}/cancel'
/** Its answer is kept for 3 hours, "which may change": half an hour less (portone.md §7). */
export const REPEATED_FOR_MS = 150 * 60_000

/**
 * Whether a ticket was filed, by the type of the no. `no`: nothing was asked of Paymentwall, and a
 * look tells what is true now. `unsent`: nobody was let in. `perhaps`: a time-out towards
 * Paymentwall may hide behind it. `running`: the first call has not ended yet.
 */
type Filed = 'no' | 'unsent' | 'perhaps' | 'running'
export const CANCEL_ERRORS = {
  INVALID_REQUEST: 'no',
  UNAUTHORIZED: 'unsent',
  FORBIDDEN: 'unsent',
  PAYMENT_NOT_FOUND: 'no',
  PAYMENT_NOT_PAID: 'no',
  PAYMENT_ALREADY_CANCELLED: 'no',
  CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN: 'no',
  CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT: 'no',
  CANCEL_TAX_AMOUNT_EXCEEDS_CANCELLABLE_TAX_AMOUNT: 'no',
  CANCEL_TAX_FREE_AMOUNT_EXCEEDS_CANCELLABLE_TAX_FREE_AMOUNT: 'no',
  SUM_OF_PARTS_EXCEEDS_CANCEL_AMOUNT: 'no',
  NEGATIVE_PROMOTION_ADJUSTED_CANCEL_AMOUNT: 'no',
  PROMOTION_DISCOUNT_RETAIN_OPTION_SHOULD_NOT_BE_CHANGED: 'no',
  MAX_CANCEL_COUNT_REACHED: 'no',
  PG_PROVIDER: 'perhaps',
  IDEMPOTENCY_OUTSTANDING_REQUEST: 'running',
} as const satisfies Record<string, Filed>

/**
 * Throws RangeError, with nothing sent, for a request that must not be made; every other ending is
 * an answer.
 */
export async function cancelUnderKey(
  exchange: Exchange,
  gateway: GatewayName,
  request: CancelRequest,
  shownNow: (paymentId: string) => Promise<GatewayRef | undefined>,
): Promise<CancelAnswer> {
  const transaction = transactionOf(request.gatewayRef)
  if (transaction === undefined) throw new RangeError(`${request.gatewayRef} is no reference of PortOne's`)
  const call = {
    route: ROUTE,
    path: `/payments/${pathStep(transaction.paymentId)}/cancel`,
    body: request.asSent ?? bodyOf(exchange.storeId, request),
    idempotencyKey: keyOf(gateway, request),
    timeoutMs: request.timeoutMs,
  }
  const other = await whyNotThisOne(request, transaction.paymentId, shownNow)
  if (other) return other
  if (!request.mayStillSend()) return { kind: 'notSent', said: 'the time for sending was over before the call' }
  // From here on the call may be on the wire, so whatever goes wrong leaves its outcome unknown.
  try {
    return endingOf(await exchange.send(call))
  } catch {
    return { kind: 'unknown', said: 'PortOne may have taken the cancel: its answer could not be handled' }
  }
}

/**
 * It cancels by the order: of several attempts the one that the payment shows, most likely
 * (portone.md §1.6, §5). So another one than that is never asked for.
 */
async function whyNotThisOne(
  { gatewayRef, asSent }: CancelRequest,
  paymentId: string,
  shownNow: (paymentId: string) => Promise<GatewayRef | undefined>,
): Promise<CancelAnswer | undefined> {
  try {
    const shown = await shownNow(paymentId)
    if (shown === undefined || shown === gatewayRef) return undefined
    const said = `PortOne cancels by the order, and shows ${shown} of it now: that one would have been cancelled`
    return asSent === undefined ? { kind: 'turnedDown', code: 'OTHER_ATTEMPT', said } : { kind: 'notSent', said }
  } catch (error) {
    if (error instanceof Failure) return { kind: 'notSent', said: error.message }
    throw error
  }
}

/**
 * The text that goes out, and goes out again: the balance before it is in it, so that a first call
 * which never arrived ends in a no once money has moved.
 */
export function bodyOf(storeId: string, request: CancelCall): string {
  const { money, checksum, reason } = request
  checkCancel(request)
  return JSON.stringify({ storeId, amount: money.amount, reason, currentCancellableAmount: checksum })
}

/** One for each authorisation of a refund at this account, and never another's. */
export const keyOf = (gateway: GatewayName, { refundId, authorisedBy }: CancelRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([gateway, refundId, authorisedBy]))
    .digest('hex')

const ANSWER = z.object({
  cancellation: z.object({ status: z.string(), id: z.string().regex(/^[^\p{C}]{1,200}$/u) }),
})

function endingOf(answer: HttpAnswer): CancelAnswer {
  if (answer.kind === 'notSent') return answer
  if (answer.kind === 'lost') return { kind: 'unknown', said: answer.said, repeatable: true }
  const { status, body } = answer
  if (status === 200) return takenAs(body)
  const error = readError(body)
  const filed = error && Object.hasOwn(CANCEL_ERRORS, error.type) ? FILED_BY[error.type] : undefined
  // A 5xx, a page, or a type of tomorrow: nothing is known then.
  if (error === undefined || filed === undefined)
    return { kind: 'unknown', said: `HTTP ${status} instead of an answer`, repeatable: true }
  const said = `${error.type}: ${error.said}`
  switch (filed) {
    case 'no':
      return { kind: 'turnedDown', code: error.type, said: error.said }
    case 'unsent':
      return { kind: 'notSent', said }
    case 'running':
      return { kind: 'unknown', said: 'the first call still runs', repeatable: true }
    case 'perhaps':
      // Whether a no of the provider's is kept with its key is not known, so that a repeat could
      // ask Paymentwall once more.
      return { kind: 'unknown', said: `Paymentwall may have taken it all the same; ${said}` }
  }
}

const FILED_BY: Readonly<Record<string, Filed>> = CANCEL_ERRORS

/** 200 with FAILED is a no (portone.md §7). */
function takenAs(body: string): CancelAnswer {
  const { data } = ANSWER.safeParse(jsonIn(body))
  const { status = '', id: seenAs = '' } = data?.cancellation ?? {}
  switch (status) {
    case 'REQUESTED':
      return { kind: 'accepted', said: 'PortOne took the request: a ticket is filed', seenAs }
    case 'SUCCEEDED':
      return { kind: 'accepted', said: 'PortOne says that it is cancelled', seenAs }
    case 'FAILED':
      return { kind: 'turnedDown', code: 'FAILED', said: 'the cancel failed at once' }
  }
  return { kind: 'unknown', said: 'HTTP 200 without a cancellation that can be read', repeatable: true }
}
