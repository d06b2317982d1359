// The shop's checkout service: it opens payments, asks for refunds and reads both, with the typed
// client that every checkout has.
// Must not know: the database, Temporal, the simulator.
import { z } from 'zod'
import { answerOf, createClient, SagaError, type Payment, type PaymentRequest, type Refund } from '../client/index.ts'
import { StoryFailure } from './checks.ts'
import { callerOf } from './http.ts'

export type PaymentShown = Payment
export type RefundShown = Refund
export type Order = Pick<PaymentRequest, 'merchantUid' | 'amount' | 'currency'>
export type Checkout = ReturnType<typeof createCheckout>
export type JournalLine = Awaited<ReturnType<Checkout['journal']>>[number]

/** Paymentwall itself and PortOne's V2 know him by his id. */
export const BUYER = { id: 'buyer-77', name: 'Ann Roe', email: 'ann@example.com' }
const anyJson = z.unknown()
const JSON_BODY = { 'content-type': 'application/json' }

export function createCheckout(api: string, signal: AbortSignal) {
  const call = callerOf(api, signal)
  const client = createClient({ url: api })
  const order = (merchantUid: string) => ({ params: { path: { merchantUid } }, signal })
  return {
    open: async (asked: Order, gateway: string) =>
      (await taken(client.openPayment({ ...asked, gateway, name: 'Gold pack', buyer: BUYER }, { signal }))).payment,
    payment: async (id: string) => (await taken(client.order(id, { signal }))).payment,
    askRefund: (id: string, refundId: string, reason: string) =>
      taken(client.askRefund(id, { refundId, reason }, { signal })),
    /** The gateway is asked now; in life ops does that, and the saga by itself after a minute. */
    recheck: async (refundId: string) => void (await call(`POST /refunds/${refundId}/recheck`, anyJson, {})),
    refund: (refundId: string) => taken(client.refund(refundId, { signal })),
    journal: async (id: string) =>
      (await taken(answerOf(client.calls.GET('/payments/{merchantUid}/journal', order(id))))).journal,
    /** Anybody can post to the webhook's address: it is public, and i'mport signs nothing. */
    webhook: async (body: object) => (await call('POST /webhooks/iamport', anyJson, body)).status,
    /** And at that of V2; what is signed wrongly is refused. */
    signedWebhook: async (body: string, headers: Readonly<Record<string, string>>) =>
      (await fetch(`${api}/webhooks/portone`, { method: 'POST', signal, body, headers: { ...JSON_BODY, ...headers } }))
        .status,
    /** The same at Paymentwall's address; what is signed wrongly is refused. */
    pingback: async (query: string) => (await fetch(`${api}/webhooks/paymentwall?${query}`, { signal })).status,
  }
}

/** What the API refuses, or does not answer, ends the demo with its sentence. */
const taken = <T>(asked: Promise<T>): Promise<T> =>
  asked.catch((error: unknown) => {
    throw error instanceof SagaError ? new StoryFailure(error.message) : error
  })
