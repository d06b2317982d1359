// The shop's checkout service: it opens payments, asks for refunds and reads both, over the HTTP
// API.
// Must not know: the database, Temporal, the simulator.
import { z } from 'zod'
import { callerOf } from './http.ts'

const label = z.object({ en: z.string(), ko: z.string() })
const refund = z.object({
  refundId: z.string(),
  state: z.string(),
  label,
  waitingForCancellation: z.boolean(),
  amount: z.number(),
  said: z.string().nullable(),
  tickets: z.array(z.object({ authorisedBy: z.string(), outcome: z.string().nullable() })),
})
const payment = z.object({
  merchantUid: z.string(),
  state: z.string(),
  label,
  accepted: z.boolean(),
  paid: z.number(),
  returned: z.number(),
  reserved: z.number(),
  waitingForCancellation: z.boolean(),
  attempts: z.array(z.object({ gatewayRef: z.string(), because: z.string().nullable() })),
})
const line = z.object({
  who: z.string(),
  what: z.string(),
  refundId: z.string().nullable(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  why: z.string(),
})

const anyJson = z.unknown()
const onePayment = z.object({ payment })
const oneRefund = z.object({ refund })
const journal = z.object({ journal: z.array(line) })

export type PaymentShown = z.output<typeof payment>
export type RefundShown = z.output<typeof refund>
export type JournalLine = z.output<typeof line>
export type Order = { readonly merchantUid: string; readonly amount: number; readonly currency: string }
export type Checkout = ReturnType<typeof createCheckout>

const BUYER = { name: 'Ann Roe', email: 'ann@example.com' }

export function createCheckout(api: string, signal: AbortSignal) {
  const call = callerOf(api, signal)
  return {
    open: async (order: Order) =>
      (await call('POST /payments', onePayment, { ...order, name: 'Gold pack', buyer: BUYER })).body.payment,
    payment: async (id: string) => (await call(`GET /payments/${id}`, onePayment)).body.payment,
    askRefund: async (id: string, refundId: string, reason: string) =>
      (await call(`POST /payments/${id}/refunds`, oneRefund, { refundId, reason })).body.refund,
    refund: async (refundId: string) => (await call(`GET /refunds/${refundId}`, oneRefund)).body.refund,
    journal: async (id: string) => (await call(`GET /payments/${id}/journal`, journal)).body.journal,
    /** Anybody can post to the webhook's address: it is public, and i'mport signs nothing. */
    webhook: async (body: object) => (await call('POST /webhooks/iamport', anyJson, body)).status,
  }
}
