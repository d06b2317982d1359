// The parts that the roles share: Temporal found or started, gateways, the look with its loops,
// links to the Temporal UI.
// Must not know: HTTP, workflows.
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { namesTemporal, type Config } from '../config.ts'
import { isOwnBackend, type Db } from '../db/connect.ts'
import { listenForRows, PUTS, takePuts, type Put, type Woken } from '../db/notify.ts'
import type { Gateway } from '../domain/gateway.ts'
import type { GatewayName } from '../domain/ids.ts'
import type { Links } from '../domain/shown/views.ts'
import { OVERDUE_AFTER, type OverdueAfter } from '../domain/shown/watchdog.ts'
import { request } from '../gateways/http.ts'
import { createGateways } from '../gateways/index.ts'
import { startDeliveryWatch } from '../inbox/deliveries.ts'
import { startHousekeeping } from '../inbox/housekeeping.ts'
import { startLooker } from '../inbox/looker.ts'
import type { LookDeps } from '../inbox/subject.ts'
import type { Log } from '../log.ts'
import type { Loop } from '../loop.ts'
import { metrics } from '../metrics.ts'
import { startAlerts, type Webhook } from '../outbox/alerts.ts'
import { startNotices, type PostNotice } from '../outbox/notices.ts'
import { startRelay } from '../outbox/relay.ts'
import { deliverWake } from '../outbox/wakes.ts'
import { createTemporalClient, type TemporalClient } from '../temporal/client.ts'
import { startEmbeddedServer } from '../temporal/server/embedded.ts'
import type { SdkMetrics } from '../temporal/telemetry.ts'
import { spannedBefore } from '../tracing.ts'
import { saidWhenSlow } from './slowly.ts'

export type Environment = Readonly<Record<string, string | undefined>>
/** What wiring works with; each part that is started adds how it is stopped. */
export type Wiring = {
  readonly config: Config
  readonly log: Log
  readonly environment: Environment
  readonly stops: (() => Promise<void>)[]
  /** What Temporal's SDK counts in this process; undefined where nobody reads it. */
  readonly sdkMetrics: SdkMetrics | undefined
}

export type Temporal = TemporalClient & {
  readonly namespace: string
  readonly address: string
  readonly ui: string | null
  /** We started the server, so its namespace is ours. */
  readonly own: boolean
  readonly connecting: Parameters<typeof createTemporalClient>[0]
}

/** A list is late by itself where sweeps are further apart than that. */
export const overdueAfter = ({ OVERDUE_AFTER: rowsMs, SWEEP_EVERY }: Config): OverdueAfter => ({
  rowsMs,
  sweepsMs: Math.max(OVERDUE_AFTER.sweepsMs, 2 * SWEEP_EVERY),
})

/** Hints become due by themselves, at times that other processes may have set. */
const LOOKER_POLL_MS = 1_000
/**
 * What leaves later is kicked by whoever delayed it; only what a dead process left behind is found
 * by polling.
 */
const RELAY_POLL_MS = 5_000

/**
 * The server that is named, or the embedded one. Connects lazily: the program starts while Temporal
 * is down.
 */
export async function connectTemporal(wiring: Wiring): Promise<Temporal> {
  const { config, environment, stops } = wiring
  const server = namesTemporal(config) ? undefined : await embedded(wiring)
  const { namespace, connecting } = server
    ? {
        namespace: config.TEMPORAL_NAMESPACE,
        connecting: { address: server.address, namespace: config.TEMPORAL_NAMESPACE },
      }
    : namedServer(config, environment)
  const client = createTemporalClient(connecting, (line) => wiring.log.warn(line))
  stops.push(client.close)
  const address = connecting.address ?? ''
  const ui = server?.uiUrl ?? config.TEMPORAL_UI_URL ?? null
  return { ...client, namespace, address, ui, own: server !== undefined, connecting }
}

/** As TEMPORAL_* and a profile name it; without an address where they name none. */
export function namedServer(config: Config, environment: Environment): Pick<Temporal, 'namespace' | 'connecting'> {
  const named = loadClientConnectConfig({ overrideEnvVars: definedOnly(environment) })
  const namespace = named.namespace ?? config.TEMPORAL_NAMESPACE
  const { address = config.TEMPORAL_ADDRESS } = named.connectionOptions
  if (address === undefined && namesTemporal(config))
    throw new Error(
      `The profile "${config.TEMPORAL_PROFILE ?? 'default'}" of ${config.TEMPORAL_CONFIG_FILE ?? "Temporal's configuration file"} names no address. Add one to it, or set TEMPORAL_ADDRESS.`,
    )
  return { namespace, connecting: { ...named.connectionOptions, ...(address !== undefined && { address }), namespace } }
}

async function embedded({ config, log, environment, stops }: Wiring) {
  const progress = (line: string) => log.info(line)
  const starting = startEmbeddedServer({
    cli: config.TEMPORAL_CLI,
    searchPath: config.PATH,
    cacheDir: config.cacheDir,
    dataDir: config.DATA_DIR,
    ip: '127.0.0.1',
    port: config.TEMPORAL_PORT,
    uiPort: config.TEMPORAL_UI_PORT,
    namespace: config.TEMPORAL_NAMESPACE,
    env: environment,
    progress,
    log: (line) => log.debug(line),
  })
  const server = await saidWhenSlow(progress, 'starting the embedded Temporal server', starting)
  stops.push(server.stop)
  return server
}

const definedOnly = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, value]],
    ),
  )

function linksTo(ui: string | null, namespace: string): Links {
  return (workflowId) =>
    ui === null ? null : `${ui}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`
}

export type Shared = {
  readonly look: LookDeps
  /** Tells whom it concerns what was committed over this handle since it was last called. */
  readonly tellOf: (db: Db) => void
  /** May be called early, and more than once: what they leave behind is in its rows. */
  stopLoops(): Promise<void>
}

/** What a look works with, before anything runs that it could kick. */
export function lookPartsOf(
  { config, log }: Wiring,
  db: Db,
  temporal: Pick<Temporal, 'ui' | 'namespace'>,
  simulator: string | undefined,
): Omit<LookDeps, 'kick'> {
  const warn = (line: string) => log.warn(line)
  return {
    db,
    links: linksTo(temporal.ui, temporal.namespace),
    gateways: gateways(config, simulator, warn),
    patience: config.REFUND_PATIENCE,
    policies: { late: config.LATE_PAYMENT_POLICY, second: config.SECOND_PAYMENT_POLICY },
    log: warn,
  }
}

/**
 * The look with its looker and relay running; stopped before the database and Temporal's connection
 * close.
 */
export function shareParts(wiring: Wiring, db: Db, temporal: Temporal, simulator: string | undefined): Shared {
  const { config, log, stops } = wiring
  const loops = new Map<Put, readonly Loop[]>()
  const tell = (puts: Iterable<Put>) => {
    for (const put of puts) for (const loop of loops.get(put) ?? []) loop.kick()
  }
  const warn = (line: string) => log.warn(line)
  const parts = lookPartsOf(wiring, db, temporal, simulator)
  const { links } = parts
  const tellOf = (handle: Db) => tell(takePuts(handle))
  const look: LookDeps = { ...parts, kick: () => tellOf(db) }
  const looker = startLooker({ ...look, spacingMs: config.LOOK_SPACING, pollMs: LOOKER_POLL_MS })
  loops.set('hint', [looker])
  loops.set('signed', [looker.judge])
  const waking = { db, temporal, language: config.LANGUAGE }
  const deliverers = { wake: (saga: string, payload: unknown) => deliverWake(waking, saga, undefined, payload) }
  const wakeAtOnce = (saga: string, about: Woken, trace: object) => deliverWake(waking, saga, about, trace)
  loops.set('wake', [startRelay({ db, pollMs: RELAY_POLL_MS, log: warn, deliverers, wakeAtOnce })])
  loops.set('notice', notices(config, db, warn))
  loops.set('alert', alerts(wiring, db, links))
  // Not among the loops, for it has nothing to do with what is kicked.
  const housekeeping = startHousekeeping({ db, log: warn, kick: look.kick, overdueAfter: overdueAfter(config) })
  const deliveries = startDeliveryWatch({
    db,
    links,
    patience: config.REFUND_PATIENCE,
    log: warn,
    warnAfterMs: config.DELIVERY_WARN_AFTER,
  })
  const others =
    config.DATABASE_URL === undefined
      ? []
      : [
          listenForRows(config.DATABASE_URL, () => tell(PUTS), warn, {
            db,
            own: (backend) => isOwnBackend(db, backend),
          }),
        ]
  let quiet: Promise<unknown> | undefined
  const stopLoops = async () => {
    quiet ??= Promise.all(
      [...others, housekeeping, deliveries, ...[...loops.values()].flat()].map((each) => each.stop()),
    )
    await quiet
  }
  stops.push(stopLoops)
  return { look, tellOf, stopLoops }
}

/** None where nobody is to be told: then they wait in their rows. */
function notices(config: Config, db: Db, log: (line: string) => void): readonly Loop[] {
  const { NOTICE_URL: url, NOTICE_SECRET: secrets } = config
  if (url === undefined || secrets === undefined) return []
  const post: PostNotice = (headers, body) => request({ ...NOTICE, url, headers, body })
  return [startNotices({ db, secrets, post, pollMs: RELAY_POLL_MS, log })]
}

const alerts = ({ config, log }: Wiring, db: Db, links: Links): readonly Loop[] =>
  startAlerts({
    db,
    links,
    runbook: config.RUNBOOK_URL ?? 'docs/runbook.md',
    language: config.LANGUAGE,
    webhook: webhookTo(config.ALERT_WEBHOOK_URL),
    pollMs: RELAY_POLL_MS,
    write: (fields, text) => log.warn(fields, text),
    log: (line) => log.warn(line),
  })

const NOTICE = { method: 'POST', timeoutMs: 10_000, maxBytes: 1024 * 1024 } as const
const WEBHOOK = { method: 'POST', timeoutMs: 10_000, maxBytes: 64 * 1024 } as const

/**
 * Its address is a secret and stays here. Google Chat refuses messages with fields that it does not
 * know.
 */
function webhookTo(url: string | undefined): Webhook | undefined {
  if (url === undefined) return undefined
  const headers = { 'content-type': 'application/json' }
  return {
    textOnly: new URL(url).hostname === 'chat.googleapis.com',
    post: (body) => request({ ...WEBHOOK, url, headers, body }),
  }
}

function gateways(
  config: Config,
  simulator: string | undefined,
  warn: (line: string) => void,
): ReadonlyMap<GatewayName, Gateway> {
  return createGateways(config, simulator, {
    callsOf: (gateway) => (route, ms, outcome) => {
      metrics.gatewayCalls.observe({ route, outcome }, ms / 1_000)
      spannedBefore(
        { name: `gateway ${route}`, kind: 'client', facts: { 'saga.gateway': gateway, 'saga.outcome': outcome } },
        ms,
      )
    },
    onMissing: (gateway, field, sentence) => {
      metrics.gatewayFieldsMissing.inc({ gateway, field })
      if (sentence !== undefined) warn(sentence)
    },
  })
}
