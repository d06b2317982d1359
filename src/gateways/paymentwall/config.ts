// Paymentwall itself as a kind of gateway: the door of its pingbacks. No account of it can be
// configured yet.
// Must not know: the environment, which other kinds there are.
import type { GatewayKind } from '../kind.ts'

export const paymentwallSettings = {}

export const paymentwall: GatewayKind<object> = {
  kind: 'paymentwall',
  webhooks: {
    method: 'get',
    path: '/webhooks/paymentwall',
    summary: 'Pingbacks of Paymentwall, where an account of it is configured',
    bodies: [],
    taken: { body: 'OK', type: 'text/plain' },
    addresses: [],
    againAfterSeconds: 60,
  },
  addresses: [],
  credentials: [],
  simulated: () => ({}),
  accounts: () => [],
}
