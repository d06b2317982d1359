// The three roles of the one program, each started from its configuration and the shared parts.
// Must not know: how the shared parts were made.
import { setTimeout as pause } from 'node:timers/promises'
import type { ActivityDeps } from '../../activities/deps.ts'
import { createActivities } from '../../activities/index.ts'
import { temporalAccess, type Config } from '../config.ts'
import { examine } from '../doctor/examine.ts'
import { openForReceiver } from '../db/connect.ts'
import type { OrderDefaults } from '../domain/books/order.ts'
import { Failure } from '../domain/failures.ts'
import type { GatewayName } from '../domain/ids.ts'
import { createVitalsServer, type Vitals } from '../http/resources/health/vitals.ts'
import { makeHintRoom, type HintRoom } from '../http/resources/webhooks/room.ts'
import { createApp } from '../http/server/app.ts'
import { limitedServer } from '../http/server/limits.ts'
import type { LookDeps } from '../inbox/subject.ts'
import { startCatchUps } from '../inbox/sweep/catchUp.ts'
import { startLoop } from '../loop.ts'
import { startReplanning } from '../outbox/replanning.ts'
import { startOf } from '../outbox/wakes.ts'
import { prepareNamespace } from '../temporal/namespace.ts'
import { lastRun } from '../temporal/memory.ts'
import { sagaRunsIn } from '../temporal/running.ts'
import { startWorkers, workflowBundle, type WorkerSizes } from '../temporal/worker.ts'
import { setUpParts } from './doctor.ts'
import { keepSchedules } from './keepSchedules.ts'
import { closed, listen } from './listening.ts'
import { overdueAfter, type Shared, type Temporal, type Wiring } from './parts.ts'
import { saidWhenSlow } from './slowly.ts'

/** Of the supervisor, for all of one history: the SDK itself waits for ever. */
const HISTORY_MS = 10_000
const OPEN_WAIT_MS = 10_000
/** Less than whoever asks by HTTP waits for. */
const EXAMINED_WITHIN_MS = 25_000
const REFUSED_HINTS_NOTED_MS = 10_000

/** The first account is the gateway of orders that name none. */
const defaultsOf = (config: Config, gateways: LookDeps['gateways']): OrderDefaults => ({
  gateway: firstOf(gateways),
  channel: config.CHANNEL,
  expiryMs: config.PAYMENT_EXPIRY,
})
function firstOf(gateways: LookDeps['gateways']): GatewayName {
  for (const name of gateways.keys()) return name
  throw new Error('no gateway is configured')
}
const rules = (config: Config) => ({ partialRefunds: config.PARTIAL_REFUNDS === 'yes' })

/**
 * On METRICS_PORT, from before the first wait: whether this process lives, its parts, its numbers.
 */
export async function runVitals({ config, log, stops, sdkMetrics }: Wiring, parts: Vitals['parts']): Promise<void> {
  if (config.METRICS_PORT === 0) return
  const noticesLeave = config.NOTICE_URL !== undefined
  const server = createVitalsServer({ parts, noticesLeave, overdueAfter: overdueAfter(config), sdkMetrics, log })
  await listen(server, { host: config.HOST, port: config.METRICS_PORT, setting: 'METRICS_PORT' })
  stops.push(() => closed(server))
}

/** Workers for all queues. Waits for a Temporal server that does not answer yet. */
export async function runWorker(
  wiring: Wiring,
  { look, stopLoops }: Shared,
  temporal: Temporal,
  checkpointLook: ActivityDeps['checkpointLook'],
): Promise<{ failed: Promise<never> }> {
  const { config, log, stops } = wiring
  const { namespace, own, connecting } = temporal
  const said = { info: (line: string) => log.info(line), warn: (line: string) => log.warn(line) }
  while (!(await temporal.ready())) {
    log.warn(`Temporal at ${temporal.address} does not answer; hints and requests are kept, sagas go on when it does`)
    await pause(2_000)
  }
  const preparing = prepareNamespace(temporal.connection, { namespace, ownServer: own, log: said })
  await saidWhenSlow(said.info, 'preparing the namespace', preparing)
  // From now on what steps carry is what this namespace takes.
  await temporal.attributes.usable()
  const deps: ActivityDeps = {
    ...look,
    language: config.LANGUAGE,
    rules: rules(config),
    refundability: config.REFUND_RULES,
    defaults: defaultsOf(config, look.gateways),
    approvalLimit: config.APPROVAL_LIMIT,
    temporalAccess: temporalAccess(config),
    cancelTimeoutMs: config.CANCEL_TIMEOUT,
    checkpointLook,
    looksPerSecond: config.NIGHTLY_LOOKS,
    overdueAfter: overdueAfter(config),
    clock: () => new Date().toISOString(),
    heartbeat: (taskToken, details) => temporal.heartbeat(taskToken, details),
    sagaRuns: {
      ...sagaRunsIn(temporal.connection, namespace),
      memoryOf: async (saga) => {
        const reading = () => lastRun(temporal.client, saga, true)
        return (await temporal.connection.withDeadline(Date.now() + HISTORY_MS, reading)).memory
      },
    },
  }
  const activities = createActivities(deps, temporal.attributes.usableNow)
  const { address, tls, apiKey, metadata } = connecting
  const connection = {
    ...(address !== undefined && { address }),
    ...(tls !== undefined && { tls }),
    ...(typeof apiKey === 'string' && { apiKey }),
    ...(metadata && { metadata }),
  }
  const bundlePath = await saidWhenSlow(
    said.info,
    'making the bundle of the workflows',
    workflowBundle(config.cacheDir),
  )
  const sizes = sizesOf(config)
  const starting = startWorkers({ connection, namespace, activities, bundlePath, sizes, log: said.warn })
  const workers = await saidWhenSlow(said.info, 'starting the workers', starting)
  // At the same time: each may wait for an answer of its own from a gateway that hangs.
  stops.push(async () => void (await Promise.all([workers.stop(), stopLoops()])))
  const { db, gateways } = look
  const listing = [...gateways.values()].filter(({ list }) => list !== undefined).map(({ name }) => name)
  const schedules = { db, temporal, gateways: listing, everyMs: config.SWEEP_EVERY, log: said }
  stops.push(keepSchedules(schedules).stop)
  stops.push(startReplanning(look).stop)
  return { failed: workers.failed }
}

const sizesOf = (config: Config): WorkerSizes => ({
  cachedRefunds: config.WORKER_CACHED_REFUNDS,
  cachedPayments: config.WORKER_CACHED_PAYMENTS,
  stickyMs: config.WORKER_STICKY,
  slots: config.WORKER_SLOTS,
  pollers: config.WORKER_POLLERS,
})

/** The HTTP API and the receiver; answers with the address that it listens on. */
export async function runApi(wiring: Wiring, { look, tellOf }: Shared, temporal: Temporal): Promise<string> {
  const { config, log, stops, sdkMetrics } = wiring
  const { db, links, patience, kick } = look
  const server = limitedServer()
  const catchUps = startCatchUps(look)
  stops.push(catchUps.stop)
  const kind = config.DATABASE_URL === undefined ? 'pglite' : 'postgres'
  const receiver = openForReceiver({ db, kind }, config.DATABASE_URL)
  stops.push(receiver.close)
  const hintRoom = roomForHints({ log, stops }, look)
  const url = `http://${config.HOST}:${await listen(server, { host: config.HOST, port: config.PORT, setting: 'PORT' })}`
  const app = createApp({
    db,
    // Behind the answer: what the looker does first takes as long as the answer itself.
    receiver: { db: receiver.db, kick: () => void setImmediate(() => tellOf(receiver.db)) },
    hintRoom,
    links,
    patience,
    kick,
    log,
    gateways: look.gateways,
    rules: rules(config),
    keys: config.API_KEYS,
    defaults: defaultsOf(config, look.gateways),
    trustedProxies: config.TRUSTED_PROXIES,
    openWaitMs: OPEN_WAIT_MS,
    temporalReady: temporal.ready,
    command: (...asked) => commandSaga({ db: look.db, language: config.LANGUAGE }, temporal, ...asked),
    noticesLeave: config.NOTICE_URL !== undefined,
    overdueAfter: overdueAfter(config),
    sdkMetrics,
    fourEyes: config.APPROVAL_LIMIT !== undefined,
    catchUp: catchUps.begin,
    publicUrl: config.PUBLIC_URL ?? url,
    examine: () =>
      examine(
        setUpParts({
          config,
          gateways: look.gateways,
          database: { db, kind },
          temporal,
          apiUrl: url,
          send: false,
        }),
        { withinMs: EXAMINED_WITHIN_MS },
      ),
  })
  const handle = app.callback()
  server.on('request', (request, response) => void handle(request, response))
  stops.push(() => closed(server))
  return url
}

/** What got no row is noted every few seconds, and at the stop. */
function roomForHints({ log, stops }: Pick<Wiring, 'log' | 'stops'>, { db, kick }: LookDeps): HintRoom {
  const room = makeHintRoom({ db, kick })
  const warn = (line: string) => log.warn(line)
  const loop = startLoop({ name: 'refused hints', pollMs: REFUSED_HINTS_NOTED_MS, log: warn, work: room.note })
  const said = (error: unknown) => (error instanceof Error ? error.message : String(error))
  stops.push(async () => {
    await loop.stop()
    await room.note().catch((error: unknown) => warn(`refused hints were not noted: ${said(error)}`))
  })
  return room
}

async function commandSaga(
  { db, language }: { readonly db: LookDeps['db']; readonly language: Config['LANGUAGE'] },
  temporal: Temporal,
  saga: string,
  name: string,
  args: object,
  updateId: string,
) {
  const start = await startOf(db, saga, language)
  if (!start) throw new Failure('notFound', `nothing is recorded as ${saga}; check the id`)
  return temporal.command(start, name, args, updateId)
}
