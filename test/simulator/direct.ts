// A merchant at Paymentwall itself: signed calls, and the pingbacks that it hears.
// Must not know what a test makes of them.
import type { SimulatorOptions } from '../../src/simulator/app.ts'
import { PROJECT_KEY, PROJECT_SECRET } from '../../src/simulator/credentials.ts'
import { sign, type Parameters } from '../../src/simulator/paymentwall/signature.ts'
import { call, startTogether } from './support.ts'

export function signed(parameters: Parameters, version: 2 | 3 = 3): string {
  const all: Parameters = { key: PROJECT_KEY, sign_version: String(version), ...parameters }
  return new URLSearchParams({ ...all, sign: sign(all, PROJECT_SECRET, version) }).toString()
}

export async function startDirect(options: Partial<SimulatorOptions> = {}) {
  const running = await startTogether(options)
  const { simulator, merchant } = running
  const pingbacks = () => merchant.heard.map(({ query }) => Object.fromEntries(query))
  return {
    ...running,
    payDirect: (order: object = {}) => running.pay({ gateway: 'paymentwall', uid: 'buyer-77', ...order }),
    file: (parameters: Parameters, version: 2 | 3 = 3) =>
      call(simulator.url, 'POST', '/developers/api/ticket', signed(parameters, version)),
    look: (parameters: Parameters) => call(simulator.url, 'GET', `/api/rest/payment/?${signed(parameters)}`),
    pingbacks,
    /** Types and reasons, as they came. */
    types: () => pingbacks().map(({ type, reason }) => (reason === undefined ? type : `${type}.${reason}`)),
  }
}
