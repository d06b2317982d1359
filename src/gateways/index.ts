// Which gateways there are: built once from options, found by name.
// Must not know: the environment, rows, sagas.
import type { Gateway } from '../domain/gateway.ts'
import { gatewayName, type GatewayName } from '../domain/ids.ts'
import { createIamportGateway } from './iamport/client.ts'

export const IAMPORT_MAIN = gatewayName('iamport/main')

export type GatewaysOptions = {
  readonly iamport: { readonly apiUrl: string; readonly key: string; readonly secret: string }
  /** Told of every exchange, for metrics: the route without its ids, and an HTTP status, `notSent` or `lost`. */
  readonly onCall?: (gateway: GatewayName, route: string, ms: number, outcome: string) => void
}

/** Asks nobody anything yet. Throws RangeError for an address that is none. */
export function createGateways({ iamport, onCall }: GatewaysOptions): ReadonlyMap<GatewayName, Gateway> {
  const gateway = createIamportGateway({
    ...iamport,
    name: IAMPORT_MAIN,
    onCall: (route, ms, outcome) => onCall?.(IAMPORT_MAIN, route, ms, outcome),
  })
  return new Map([[IAMPORT_MAIN, gateway]])
}
