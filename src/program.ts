// The composition root: config → parts → roles. One place wires; it stops the parts in the reverse order of their start.
// Must not know: what any part does inside.
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { createActivities } from '../activities/index.ts'
import type { Config } from './config.ts'
import { openDatabase, type Db } from './db/connect.ts'
import type { Gateway } from './domain/gateway.ts'
import type { GatewayName } from './domain/ids.ts'
import type { Links } from './domain/views.ts'
import { createGateways, IAMPORT_MAIN } from './gateways/index.ts'
import { createApp } from './http/app.ts'
import type { LookDeps } from './inbox/look.ts'
import { startLooker } from './inbox/looker.ts'
import type { Log } from './log.ts'
import type { Loop } from './loop.ts'
import { metrics } from './metrics.ts'
import { alertToLog } from './outbox/alerts.ts'
import { startRelay } from './outbox/relay.ts'
import { deliverWake } from './outbox/wakes.ts'
import { startSimulator } from './simulator/app.ts'
import { createTemporalClient, type TemporalClient } from './temporal/client.ts'
import { startEmbeddedServer, type EmbeddedServer } from './temporal/embedded.ts'
import { prepareNamespace } from './temporal/namespace.ts'
import { startWorkers, workflowBundle } from './temporal/worker.ts'

export type Program = {
  /** Where each part is found; null where this process does not run it. */
  readonly api: string | null
  readonly simulator: string | null
  readonly temporalUi: string | null
  readonly temporalAddress: string | null
  readonly database: string | null
  /** Rejects when a part that this process cannot live without has died. */
  readonly failed: Promise<never>
  stop(): Promise<void>
}

const SIM_KEYS = { key: 'sim-key', secret: 'sim-secret' }
const POLL_MS = 1_000
const OPEN_WAIT_MS = 10_000
const NEVER = new Promise<never>(() => {})

type Stop = () => Promise<void>
type Environment = Readonly<Record<string, string | undefined>>

const definedOnly = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )

export async function startProgram(config: Config, log: Log, environment: Environment): Promise<Program> {
  const stops: Stop[] = []
  const stop = async () => {
    for (const each of stops.splice(0).toReversed()) await each()
  }
  try {
    return { ...(await start(config, log, environment, stops)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function start(
  config: Config,
  log: Log,
  environment: Environment,
  stops: Stop[],
): Promise<Omit<Program, 'stop'>> {
  const line = (text: string) => log.info(text)
  const { roles } = config
  const simulator =
    roles.includes('simulator') && config.IAMPORT_KEY === undefined ? await simulated(config, log, stops) : null
  if (!roles.includes('api') && !roles.includes('worker')) {
    return {
      api: null,
      simulator: simulator?.url ?? null,
      temporalUi: null,
      temporalAddress: null,
      database: null,
      failed: NEVER,
    }
  }
  const database = await openDatabase({
    url: config.DATABASE_URL,
    folder: config.DATABASE_URL === undefined ? config.DATA_DIR : undefined,
    log: line,
  })
  stops.push(database.close)
  const server =
    config.TEMPORAL_ADDRESS === undefined
      ? await startEmbeddedServer({ ...embedding(config), env: environment, log: line })
      : undefined
  if (server) stops.push(server.stop)
  const connect = server
    ? { connectionOptions: { address: server.address }, namespace: config.TEMPORAL_NAMESPACE }
    : loadClientConnectConfig({ overrideEnvVars: definedOnly(environment) })
  const namespace = connect.namespace ?? config.TEMPORAL_NAMESPACE
  const temporal = createTemporalClient({ ...connect.connectionOptions, namespace })
  stops.push(temporal.close)
  const temporalUi = server?.uiUrl ?? config.TEMPORAL_UI_URL ?? null
  const shared = parts(config, log, {
    db: database.db,
    gateways: gateways(config, simulator?.url),
    links: linksTo(temporalUi, namespace),
  })
  const loops = startLoops(shared, temporal, log, config)
  shared.loops.push(...loops)
  stops.push(async () => void (await Promise.all(loops.map((loop) => loop.stop()))))
  const worker = roles.includes('worker')
    ? await working(config, log, shared.look, temporal, { ...connect.connectionOptions, namespace, own: server }, stops)
    : { failed: NEVER }
  const api = roles.includes('api') ? await serving(config, log, shared.look, temporal, stops) : null
  simulator?.setWebhookUrl(`${config.PUBLIC_URL ?? api ?? publicUrl(config)}/webhooks/iamport`)
  return {
    api,
    simulator: simulator?.url ?? null,
    temporalUi,
    temporalAddress: server?.address ?? config.TEMPORAL_ADDRESS ?? null,
    database: config.DATABASE_URL === undefined ? `PGlite in ${join(config.DATA_DIR, 'pglite')}` : 'Postgres',
    failed: worker.failed,
  }
}

async function simulated(config: Config, log: Log, stops: Stop[]) {
  const simulator = await startSimulator({
    host: config.HOST,
    port: config.SIMULATOR_PORT,
    dataDir: join(config.DATA_DIR, 'simulator'),
    webhookUrl: `${publicUrl(config)}/webhooks/iamport`,
    log: (line) => log.debug(`simulator: ${line}`),
  })
  stops.push(simulator.close)
  return simulator
}

const publicUrl = (config: Config): string => config.PUBLIC_URL ?? `http://${config.HOST}:${config.PORT}`

const embedding = (config: Config) => ({
  cli: config.TEMPORAL_CLI,
  searchPath: config.PATH,
  cacheDir: config.cacheDir,
  dataDir: config.DATA_DIR,
  ip: '127.0.0.1',
  port: config.TEMPORAL_PORT,
  uiPort: config.TEMPORAL_UI_PORT,
  namespace: config.TEMPORAL_NAMESPACE,
})

function linksTo(ui: string | null, namespace: string): Links {
  return (workflowId) =>
    ui === null ? null : `${ui}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`
}

function gateways(config: Config, simulator: string | undefined): ReadonlyMap<GatewayName, Gateway> {
  const own =
    config.IAMPORT_KEY === undefined || config.IAMPORT_SECRET === undefined
      ? SIM_KEYS
      : { key: config.IAMPORT_KEY, secret: config.IAMPORT_SECRET }
  return createGateways({
    iamport: { apiUrl: simulator ?? config.IAMPORT_API_URL, ...own },
    onCall: (_gateway, route, ms, outcome) => metrics.gatewayCalls.observe({ route, outcome }, ms / 1_000),
  })
}

type Shared = { readonly look: LookDeps; readonly loops: Loop[] }

function parts(
  config: Config,
  log: Log,
  made: { db: Db; gateways: ReadonlyMap<GatewayName, Gateway>; links: Links },
): Shared {
  const loops: Loop[] = []
  const look: LookDeps = {
    ...made,
    patience: config.REFUND_PATIENCE,
    policies: { late: config.LATE_PAYMENT_POLICY, second: config.SECOND_PAYMENT_POLICY },
    log: (line) => log.warn(line),
    kick: () => loops.forEach((loop) => loop.kick()),
  }
  return { look, loops }
}

function startLoops({ look }: Shared, temporal: TemporalClient, log: Log, config: Config): readonly Loop[] {
  const { db, links } = look
  const warn = (line: string) => log.warn(line)
  const looker = startLooker({ ...look, spacingMs: config.LOOK_SPACING, pollMs: POLL_MS })
  const relay = startRelay({
    db,
    pollMs: POLL_MS,
    log: warn,
    deliverers: {
      wake: (saga) => deliverWake(db, temporal, saga),
      alert: alertToLog((fields, text) => log.warn(fields, text), links),
    },
  })
  return [looker, relay]
}

type Connecting = Parameters<typeof createTemporalClient>[0] & { readonly own: EmbeddedServer | undefined }

async function working(
  config: Config,
  log: Log,
  look: LookDeps,
  temporal: TemporalClient,
  connecting: Connecting,
  stops: Stop[],
): Promise<{ failed: Promise<never> }> {
  const { own, namespace, address, tls, apiKey, metadata } = connecting
  const connection = {
    ...(address !== undefined && { address }),
    ...(tls !== undefined && { tls }),
    ...(typeof apiKey === 'string' && { apiKey }),
    ...(metadata && { metadata }),
  }
  const said = { info: (line: string) => log.info(line), warn: (line: string) => log.warn(line) }
  while (!(await temporal.ready())) {
    log.warn(
      `Temporal at ${address ?? 'its address'} does not answer yet; hints and requests are kept, sagas go on when it does`,
    )
    await pause(2_000)
  }
  await prepareNamespace(temporal.connection, { namespace, ownServer: own !== undefined, log: said })
  const activities = createActivities({
    ...look,
    rules: { partialRefunds: config.PARTIAL_REFUNDS === 'yes' },
    refundability: [],
    defaults: defaults(config),
    cancelTimeoutMs: config.CANCEL_TIMEOUT,
    checkpointLook: { everyMs: 10_000, forMs: 120_000 },
  })
  const bundlePath = await workflowBundle(config.cacheDir)
  const workers = await startWorkers({ connection, namespace, activities, bundlePath, log: said.warn })
  stops.push(workers.stop)
  return { failed: workers.failed }
}

const defaults = (config: Config) => ({
  gateway: IAMPORT_MAIN,
  channel: config.CHANNEL,
  expiryMs: config.PAYMENT_EXPIRY,
})

async function serving(
  config: Config,
  log: Log,
  look: LookDeps,
  temporal: TemporalClient,
  stops: Stop[],
): Promise<string> {
  const { db, links, patience, kick } = look
  const server = createServer()
  await listen(server, config)
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : config.PORT
  const url = `http://${config.HOST}:${port}`
  const app = createApp({
    db,
    links,
    patience,
    kick,
    log,
    gateways: new Set(look.gateways.keys()),
    rules: { partialRefunds: config.PARTIAL_REFUNDS === 'yes' },
    keys: config.API_KEYS,
    defaults: defaults(config),
    trustedProxies: config.TRUSTED_PROXIES,
    openWaitMs: OPEN_WAIT_MS,
    temporalReady: temporal.ready,
    window: {
      code: config.IAMPORT_CODE,
      channelKeys: { live: config.IAMPORT_CHANNEL_KEY_LIVE, test: config.IAMPORT_CHANNEL_KEY_TEST },
      publicUrl: config.PUBLIC_URL ?? url,
    },
  })
  const handle = app.callback()
  server.on('request', (request, response) => void handle(request, response))
  stops.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
        setTimeout(() => server.closeAllConnections(), 2_000).unref()
      }),
  )
  return url
}

function listen(server: Server, { HOST, PORT }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new Error(
          `cannot listen on ${HOST}:${PORT} (${error.message}); set PORT to another port, or 0 for any free one`,
        ),
      ),
    )
    server.listen(PORT, HOST, resolve)
  })
}
