// Waits until a payment or a refund is in one of some states, by long questions to the API.
// Must not know: what the states mean.
import type { Order, Payment, Refund, SagaClient } from './client.ts'
import { SagaError } from './errors.ts'
import { pause } from './sending.ts'

export type WaitOptions = {
  /** Milliseconds in all; a minute where left out. A refund may take days: hear notices instead. */
  readonly withinMs?: number
  readonly signal?: AbortSignal
}

/** The time is over; `last` is what was shown last. */
export class StateNotReached extends SagaError {
  override readonly name = 'StateNotReached'
  readonly last: Payment | Refund
  constructor(what: string, last: Payment | Refund, states: readonly string[]) {
    super(`${what} is ${last.state}, and was not ${states.join(' or ')} in time`)
    this.last = last
  }
}

const WITHIN_MS = 60_000
/** A change between two questions is seen by the next one, at the latest after this. */
const LONGEST_QUESTION_SECONDS = 5
const BETWEEN_MS = 1_000

export function waitForState(
  client: SagaClient,
  of: { readonly merchantUid: string },
  states: readonly Payment['state'][],
  options?: WaitOptions,
): Promise<Payment>
export function waitForState(
  client: SagaClient,
  of: { readonly refundId: string },
  states: readonly Refund['state'][],
  options?: WaitOptions,
): Promise<Refund>
export function waitForState(
  client: SagaClient,
  of: { readonly merchantUid: string } | { readonly refundId: string },
  states: readonly string[],
  options: WaitOptions = {},
): Promise<Payment | Refund> {
  return 'merchantUid' in of
    ? waitForPayment(client, of.merchantUid, states, options)
    : waitForRefund(client, of.refundId, states, options)
}

async function waitForPayment(client: SagaClient, id: string, states: readonly string[], options: WaitOptions) {
  const left = clockOf(options)
  let { payment } = await client.order(id, signalOf(options))
  while (!states.includes(payment.state)) {
    if (left() <= 0) throw new StateNotReached(`payment ${id}`, payment, states)
    payment = (await held(client, id, left(), options)).payment
  }
  return payment
}

/** What a payment shows changes with its refunds, so the question is held there. */
async function waitForRefund(client: SagaClient, id: string, states: readonly string[], options: WaitOptions) {
  const left = clockOf(options)
  let refund = await client.refund(id, signalOf(options))
  while (!states.includes(refund.state)) {
    if (left() <= 0) throw new StateNotReached(`refund ${id}`, refund, states)
    const { merchantUid } = refund
    if (merchantUid === null) await pause(Math.min(BETWEEN_MS, left()), options.signal)
    else await held(client, merchantUid, left(), options)
    refund = await client.refund(id, signalOf(options))
  }
  return refund
}

const held = (client: SagaClient, id: string, leftMs: number, options: WaitOptions): Promise<Order> =>
  client.order(id, {
    waitSeconds: Math.max(1, Math.min(LONGEST_QUESTION_SECONDS, Math.ceil(leftMs / 1_000))),
    ...signalOf(options),
  })

const signalOf = ({ signal }: WaitOptions) => (signal ? { signal } : {})

/** Milliseconds that are left. */
function clockOf({ withinMs = WITHIN_MS }: WaitOptions): () => number {
  const until = performance.now() + withinMs
  return () => until - performance.now()
}
