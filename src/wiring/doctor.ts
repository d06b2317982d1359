// The set-up doctor's parts, made of the configuration and of what this process has open.
// Must not know: what a part asks, how a report is printed.
import type { Config } from '../config.ts'
import { databasePart, type Asking } from '../doctor/database.ts'
import { clocksPart, gatewayParts, type AskedGateways } from '../doctor/gateways.ts'
import { outgoingPart } from '../doctor/outgoing.ts'
import { outsidePart } from '../doctor/outside.ts'
import { temporalPart, type AskedTemporal } from '../doctor/temporal.ts'
import type { Gateway } from '../domain/gateway.ts'
import { kindOf, type GatewayName } from '../domain/ids.ts'
import { right, weak, type SetUpPart } from '../domain/shown/setUp.ts'
import { addressesInUse, CREDENTIALS, hasAccount, KINDS } from '../gateways/index.ts'
import { isLoopback } from '../http/server/thisMachine.ts'
import type { Temporal } from './parts.ts'

export type SetUpOf = {
  readonly config: Config
  readonly gateways: ReadonlyMap<GatewayName, Gateway>
  readonly database: Asking
  readonly temporal: Pick<Temporal, 'client' | 'connection' | 'namespace' | 'address'>
  /** Where the API listens: what windows carry while PUBLIC_URL is not set. */
  readonly apiUrl: string
  /** Test messages leave, where there is an address for them. */
  readonly send: boolean
  /** Unix milliseconds. */
  readonly now?: (() => number) | undefined
}

/**
 * In the order in which things are set up; each mended one lets more of the later ones be asked.
 */
export function setUpParts(of: SetUpOf): readonly SetUpPart[] {
  const { config, database, apiUrl, send, now = Date.now } = of
  const db = database === 'embedded' ? undefined : database.db
  const url = config.PUBLIC_URL ?? apiUrl
  const doors = [...of.gateways.values()].flatMap((gateway) => {
    const webhooks = KINDS.find(({ kind }) => kind === kindOf(gateway.name))?.webhooks
    return webhooks ? [{ gateway, webhooks }] : []
  })
  const gateways = doors.map(({ gateway, webhooks }) => ({ gateway, door: url + webhooks.path }))
  const asked: AskedGateways = { gateways, db, channel: config.CHANNEL, now }
  const swept = [...of.gateways.values()].filter(({ list }) => list !== undefined).map((gateway) => gateway.name)
  const { client, connection, namespace, address } = of.temporal
  const temporal: AskedTemporal = { client, connection, namespace, address, swept, now }
  return [
    settingsPart(config),
    outsidePart({
      url,
      isSet: config.PUBLIC_URL !== undefined,
      gatewaysAreHere: addressesInUse(config).every((each) => isLoopback(new URL(each).hostname)),
      doors: doors.map(({ webhooks }) => webhooks),
    }),
    databasePart(database),
    clocksPart(asked),
    temporalPart(temporal),
    ...gatewayParts(asked),
    outgoingPart({ alerts: config.ALERT_WEBHOOK_URL, notices: config.NOTICE_URL, db, send }),
  ]
}

function settingsPart(config: Config): SetUpPart {
  const judge = () =>
    hasAccount(config)
      ? right(`orders are ${config.CHANNEL} ones where they do not say otherwise`)
      : weak('none is, so the simulator stands in, and no money moves', `Set ${CREDENTIALS} (docs/set-up.md)`)
  return {
    name: 'settings',
    title: 'Settings',
    checks: [{ name: 'account', title: 'an account is configured', after: [], judge }],
    questions: [],
  }
}
