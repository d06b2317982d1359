// Which gateways there are: THE list of kinds, and their accounts, built once from the settings and
// found by name.
// Must not know: the environment, rows, sagas.
import type { z } from 'zod'
import type { Gateway } from '../domain/gateway.ts'
import { gatewayName, type GatewayName } from '../domain/ids.ts'
import { iamport, iamportSettings } from './iamport/config.ts'
import type { GatewayKind, Telling } from './kind.ts'
import { paymentwall, paymentwallSettings } from './paymentwall/config.ts'
import { portone, portoneSettings } from './portone/config.ts'

/** Every setting of every kind; part of the configuration. */
export const gatewaySettings = { ...iamportSettings, ...paymentwallSettings, ...portoneSettings }
export type GatewaySettings = z.output<z.ZodObject<typeof gatewaySettings>>

/** The first with an account is the gateway of orders that name none. */
export const KINDS: readonly GatewayKind<GatewaySettings>[] = [iamport, paymentwall, portone]

const isConfigured = ({ credentials, lists = [] }: (typeof KINDS)[number], settings: GatewaySettings): boolean =>
  (credentials.length > 0 && credentials.every((name) => settings[name] !== undefined)) ||
  lists.map((name) => settings[name]).some((listed) => Array.isArray(listed) && listed.length > 0)

export const hasAccount = (settings: GatewaySettings): boolean => KINDS.some((kind) => isConfigured(kind, settings))

/** Where the accounts that are configured are asked. */
export const addressesInUse = (settings: GatewaySettings): readonly string[] =>
  KINDS.filter((kind) => isConfigured(kind, settings)).flatMap(({ addresses }) =>
    addresses.flatMap((name) => {
      const address = settings[name]
      return typeof address === 'string' ? [address] : []
    }),
  )

/** Sentences that begin with the settings' names. */
export const accountFaults = (settings: GatewaySettings): readonly string[] =>
  KINDS.flatMap(({ credentials, faults }) => [
    ...(new Set(credentials.map((name) => settings[name] === undefined)).size > 1
      ? [`${credentials.join(', ')}: set all of them or none`]
      : []),
    ...(faults?.(settings) ?? []),
  ])

/** Settings of where a gateway is asked, with secrets. */
export const ADDRESSES = KINDS.flatMap(({ addresses }) => addresses)

/** How an account is named in settings, for sentences. */
export const CREDENTIALS = KINDS.flatMap(({ credentials }) =>
  credentials.length > 0 ? [credentials.join(', ')] : [],
).join(' or ')

export type TellingAll = {
  /** Who is told of every exchange with this gateway, for metrics; see Telling. */
  readonly callsOf?: (gateway: GatewayName) => NonNullable<Telling['onCall']>
  /**
   * Told each time an answer lacks a field that describes: the field's name, for metrics; and for
   * the log a sentence, once for each field as long as the process lives.
   */
  readonly onMissing?: (gateway: GatewayName, field: string, sentence: string | undefined) => void
}

/**
 * The accounts that are configured; where none is, those that the simulator at this address stands
 * in for. Asks nobody anything yet. Throws RangeError for an address that is none.
 */
export function createGateways(
  configured: GatewaySettings,
  simulator: string | undefined,
  told: TellingAll = {},
): ReadonlyMap<GatewayName, Gateway> {
  const settings = hasAccount(configured)
    ? configured
    : KINDS.reduce((all, kind) => ({ ...all, ...kind.simulated(simulator) }), configured)
  const gateways = KINDS.flatMap((kind) => kind.accounts(settings, (account) => tellingOf(gatewayName(account), told)))
  return new Map(gateways.map((gateway) => [gateway.name, gateway]))
}

function tellingOf(name: GatewayName, { callsOf, onMissing }: TellingAll): Telling {
  const said = new Set<string>()
  return {
    ...(callsOf && { onCall: callsOf(name) }),
    onMissing: (field, stoodIn) => {
      const sentence = said.has(field) ? undefined : sentenceOf(name, field, stoodIn)
      said.add(field)
      onMissing?.(name, field, sentence)
    },
  }
}

const sentenceOf = (gateway: GatewayName, field: string, stoodIn: string): string =>
  `${gateway} answers without a usable "${field}"; what stands in: ${stoodIn}. Said once, then only counted; no money is hidden by it`
