// The world outside, played by the simulator over its control API: the buyer, the gateway and its
// faults, the people at Paymentwall.
// Must not know: our API, our database.
import { z } from 'zod'
import { BUYER, type Order } from './checkout.ts'
import { callerOf } from './http.ts'
import type { Way } from './ways.ts'

const paid = z.object({ impUid: z.string() })
const ticket = z.object({
  id: z.string(),
  merchantUid: z.string(),
  state: z.enum(['open', 'completed', 'refused']),
  reason: z.string(),
})
const payment = z.object({ impUid: z.string(), status: z.string(), cancelAmount: z.number() })
const tickets = z.object({ tickets: z.array(ticket) })
const payments = z.object({ payments: z.array(payment) })
const calls = z.object({ calls: z.record(z.string(), z.number()) })
const anyJson = z.unknown()

export const CANCEL_FAULTS = ['accept', 'refuse', 'instant', 'lostAnswer', 'timeoutBefore', 'error500'] as const
export type CancelFault = (typeof CANCEL_FAULTS)[number]
export type Calls = Readonly<Record<string, number>>
export type Outside = ReturnType<typeof createOutside>

export function createOutside(simulator: string, signal: AbortSignal) {
  const call = callerOf(`${simulator}/__sim`, signal)
  return {
    /** The buyer pays in the payment window; the gateway's name of the attempt. */
    pay: async ({ merchantUid, amount, currency }: Order, country: string, gateway: Way['played']) => {
      // At Paymentwall itself nothing was registered: the widget carries the price and the buyer.
      const said = {
        iamport: {},
        portone: { gateway, uid: BUYER.id },
        paymentwall: { gateway, uid: BUYER.id, amount, currency },
      }
      const bought = { merchantUid, outcome: 'paid', country, ...said[gateway] }
      return (await call('POST /pay', paid, bought)).body.impUid
    },
    tickets: async (merchantUid: string) =>
      (await call('GET /tickets', tickets)).body.tickets.filter((each) => each.merchantUid === merchantUid),
    complete: async (id: string) => void (await call(`POST /tickets/${id}/complete`, anyJson)),
    payment: async (impUid: string) =>
      (await call('GET /payments', payments)).body.payments.find((each) => each.impUid === impUid),
    cancelFault: async (cancel: CancelFault) => void (await call('PUT /faults', anyJson, { cancel })),
    webhooks: async (webhooks: 'deliver' | 'drop') => void (await call('PUT /faults', anyJson, { webhooks })),
    /** How often each route of the gateway was called. */
    calls: async (): Promise<Calls> => (await call('GET /calls', calls)).body.calls,
  }
}

/** The token, which all sagas share, and the sweeps' lists, which run by the clock. */
const NOBODYS_ROUTES = ['POST /users/getToken', 'GET /payments/status/:payment_status', 'V2 GET /payments']

/** Calls between two readings, of routes that are called for a single saga. */
export function callsBetween(before: Calls, after: Calls): number {
  const routes = Object.keys(after).filter((route) => !NOBODYS_ROUTES.includes(route))
  return routes.reduce((sum, route) => sum + (after[route] ?? 0) - (before[route] ?? 0), 0)
}
