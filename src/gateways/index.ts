// Which gateways there are: built once from options, found by name.
// Must not know: the environment, rows, sagas.
import type { Gateway } from '../domain/gateway.ts'
import { gatewayName, type GatewayName } from '../domain/ids.ts'
import { createIamportGateway } from './iamport/client.ts'

export const IAMPORT_MAIN = gatewayName('iamport/main')

export type GatewaysOptions = {
  readonly iamport: {
    readonly apiUrl: string
    readonly key: string
    readonly secret: string
    /** Whose payments are ours; Paymentwall's alone if left out. */
    readonly providers?: readonly string[]
  }
  /**
   * Told of every exchange, for metrics: the route without its ids, and an HTTP status, `notSent`
   * or `lost`.
   */
  readonly onCall?: (gateway: GatewayName, route: string, ms: number, outcome: string) => void
  /**
   * Told each time an answer lacks a field that describes: the field's name, for metrics; and for
   * the log a sentence, once for each field as long as the process lives.
   */
  readonly onMissing?: (gateway: GatewayName, field: string, sentence: string | undefined) => void
}

/** Asks nobody anything yet. Throws RangeError for an address that is none. */
export function createGateways({ iamport, onCall, onMissing }: GatewaysOptions): ReadonlyMap<GatewayName, Gateway> {
  const told = new Set<string>()
  const gateway = createIamportGateway({
    ...iamport,
    name: IAMPORT_MAIN,
    onCall: (route, ms, outcome) => onCall?.(IAMPORT_MAIN, route, ms, outcome),
    onMissing: (field, stoodIn) => {
      const sentence = told.has(field) ? undefined : sentenceOf(IAMPORT_MAIN, field, stoodIn)
      told.add(field)
      onMissing?.(IAMPORT_MAIN, field, sentence)
    },
  })
  return new Map([[IAMPORT_MAIN, gateway]])
}

const sentenceOf = (gateway: GatewayName, field: string, stoodIn: string): string =>
  `${gateway} answers without a usable "${field}"; what stands in: ${stoodIn}. Said once, then only counted; no money is hidden by it`
