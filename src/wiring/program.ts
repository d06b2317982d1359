// The composition root: config → parts → roles. One place wires; it stops the parts in the reverse
// order of their start.
// Must not know: what any part does inside.
import { once } from 'node:events'
import { join } from 'node:path'
import type { ActivityDeps } from '../../activities/deps.ts'
import { namesTemporal, temporalAccess, type Config } from '../config.ts'
import { openDatabase, type Db } from '../db/connect.ts'
import { hasAccount } from '../gateways/index.ts'
import type { Log } from '../log.ts'
import type { SdkMetrics } from '../temporal/telemetry.ts'
import { connectTemporal, shareParts, type Environment, type Temporal, type Wiring } from './parts.ts'
import { runApi, runVitals, runWorker } from './roles.ts'
import { runSimulator, sendWebhooksTo } from './simulator.ts'
import { saidWhenSlow } from './slowly.ts'
import { startTraces } from './traces.ts'
import { checkClock, keepPrivate, noteHold, refuseHeldFolder, saidOfTemporal } from './startup.ts'

export type Program = {
  /** Where each part is found; null where this process does not run it. */
  readonly api: string | null
  readonly simulator: string | null
  readonly temporalUi: string | null
  readonly temporalAddress: string | null
  readonly database: string | null
  /** The open database, for programs that embed this one. */
  readonly db: Db | null
  /** Rejects when a part that this process cannot live without has died. */
  readonly failed: Promise<never>
  stop(): Promise<void>
}

type CheckpointLook = ActivityDeps['checkpointLook']
/** What no setting says. */
export type Surroundings = {
  readonly sdkMetrics?: SdkMetrics | undefined
  readonly ending?: AbortSignal
  readonly checkpointLook?: CheckpointLook
}

/** Well within the four minutes that Temporal gives a checkpoint. */
const CHECKPOINT_LOOK: CheckpointLook = { everyMs: 10_000, forMs: 120_000 }
const NEVER = new Promise<never>(() => {})
const NOTHING = {
  api: null,
  simulator: null,
  temporalUi: null,
  temporalAddress: null,
  database: null,
  db: null,
  failed: NEVER,
}

/**
 * Starts the roles that the configuration names. What was started is stopped again where a later
 * part fails, and where `ending` is aborted before all have started, for a worker waits for its
 * Temporal server for as long as it takes; then this throws the signal's reason.
 */
export async function startProgram(
  config: Config,
  log: Log,
  environment: Environment,
  { sdkMetrics, ending, checkpointLook = CHECKPOINT_LOOK }: Surroundings = {},
): Promise<Program> {
  const wiring: Wiring = { config, log, environment, stops: [], sdkMetrics }
  const stop = async () => {
    for (const each of wiring.stops.splice(0).toReversed()) await each()
  }
  try {
    return { ...(await Promise.race([start(wiring, checkpointLook), ...(ending ? [abortedBy(ending)] : [])])), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function abortedBy(ending: AbortSignal): Promise<never> {
  if (!ending.aborted) await once(ending, 'abort')
  throw ending.reason
}

async function start(wiring: Wiring, checkpointLook: CheckpointLook): Promise<Omit<Program, 'stop'>> {
  const { config, stops } = wiring
  const { roles, DATABASE_URL: url, DATA_DIR: folder } = config
  const alone = roles.every((role) => role === 'simulator')
  const simulated = roles.includes('simulator') && (alone || !hasAccount(config))
  const kept = url === undefined || !namesTemporal(config) || simulated
  if (kept) await keepPrivate(folder)
  const simulator = simulated ? await runSimulator(wiring) : null
  if (alone) await runVitals(wiring, undefined)
  if (alone) return { ...NOTHING, simulator: simulator?.url ?? null }
  await startTraces(wiring)
  const log = (line: string) => wiring.log.info(line)
  if (url === undefined) await refuseHeldFolder(folder)
  const opening = openDatabase({ url, folder: url === undefined ? folder : undefined, log })
  const database = await saidWhenSlow(log, 'opening the database, and bringing it up to date', opening)
  stops.push(database.close)
  // Once more, for what a first start has made.
  if (kept) await keepPrivate(folder)
  const { db } = database
  await checkClock(db, Date.now)
  if (config.API_KEYS.length > 0) wiring.log.info(saidOfTemporal(temporalAccess(config)))
  await noteHold(db, config.FILING, (line) => wiring.log.warn(line))
  const temporal = await connectTemporal(wiring)
  await runVitals(wiring, { db, temporalReady: temporal.ready })
  const shared = shareParts(wiring, db, temporal, simulator?.url)
  const api = roles.includes('api') ? await runApi(wiring, shared, temporal) : null
  if (simulator) sendWebhooksTo(simulator, config, { api, temporalUi: sagasAt(temporal) })
  const worker = roles.includes('worker')
    ? await runWorker(wiring, shared, temporal, checkpointLook)
    : { failed: NEVER }
  return {
    api,
    simulator: simulator?.url ?? null,
    temporalUi: temporal.ui,
    temporalAddress: temporal.address,
    database: url === undefined ? `PGlite in ${join(folder, 'pglite')}` : 'Postgres',
    db,
    failed: worker.failed,
  }
}

const sagasAt = ({ ui, namespace }: Temporal): string | null =>
  ui === null ? null : `${ui}/namespaces/${encodeURIComponent(namespace)}/workflows`
