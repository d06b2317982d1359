// Several api and worker processes and a simulator on one Postgres and one Temporal server, behind a balancer; each may be killed.
// Must not know: what a test promises.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type Database } from '../../src/db/connect.ts'
import { portToKeep } from '../support/ports.ts'
import { startTemporalServer } from '../../src/temporal/server/server.ts'
import { createMigratedDatabase } from '../support/database.ts'
import { confideSettings, foundAt, foundInFiles, nothingLeft } from '../support/leftBehind.ts'
import { metricsOf, processOf, type Program } from '../support/program.ts'
import { forward, startProxy, wasRefused } from './proxy.ts'
import { shopAt, type Environment, type Shop } from '../support/shop.ts'
import { temporalCliForTests } from '../support/temporalCli.ts'

const HOST = '127.0.0.1'

export type Fleet = {
  /** Through the balancer: whichever API is up answers. */
  readonly shop: Shop
  readonly database: Database
  readonly apis: readonly Program[]
  readonly workers: readonly Program[]
  /** What the processes share, for commands beside them. */
  readonly environment: Environment
  /** A further process of this role, not started; it is gone with the fleet. */
  add(role: 'api' | 'worker', environment?: Environment): Promise<Program>
  remove(): Promise<void>
}

/** So many processes of each role, all started at once; `more` is set for each of them. */
export async function startFleet(
  count: { readonly apis: number; readonly workers: number },
  more: Environment = {},
): Promise<Fleet> {
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
  const cli = await temporalCliForTests()
  const temporal = await startTemporalServer({
    cli,
    dataDir: folder,
    ip: HOST,
    port: 0,
    namespace: 'default',
    log: () => {},
  })
  const place = await createMigratedDatabase(folder)
  const database = await openDatabase({ url: place.url, folder: undefined, log: () => {} })
  const backends: string[] = []
  const balancer = await startBalancer(backends)
  const simulatorPort = await portToKeep(HOST)
  const simulatorUrl = `http://${HOST}:${simulatorPort}`
  confideSettings(more)
  const shared = {
    LOG_LEVEL: 'trace',
    LOOK_SPACING: '1s',
    // No answer of a busy machine is given up on: who wants that says so.
    CANCEL_TIMEOUT: '25s',
    SWEEP_EVERY: '1d',
    PARTIAL_REFUNDS: 'yes',
    PUBLIC_URL: balancer.url,
    TEMPORAL_ADDRESS: temporal.address,
    IAMPORT_API_URL: simulatorUrl,
    IAMPORT_KEY: 'sim-key',
    IAMPORT_SECRET: 'sim-secret',
    PAYMENTWALL_API_URL: simulatorUrl,
    ...place.environment,
    ...more,
  }
  const simulator = processOf(['--role', 'simulator'], simulatorUrl, {
    LOG_LEVEL: 'warn',
    SIMULATOR_PORT: String(simulatorPort),
    PUBLIC_URL: balancer.url,
    DATA_DIR: join(folder, 'gateway'),
  })
  const processes = [simulator]
  const add: Fleet['add'] = async (role, more = {}) => {
    const port = await portToKeep(HOST)
    const url = `http://${HOST}:${port}`
    if (role === 'api') backends.push(url)
    const own = { PORT: String(port), DATA_DIR: join(folder, `${role}-${port}`), ...more }
    const program = processOf(['--role', role], role === 'api' ? url : 'Postgres', { ...shared, ...own })
    processes.push(program)
    return program
  }
  const shop = shopAt({ api: balancer.url, simulator: simulatorUrl, temporalAddress: temporal.address })
  const remove = async () => {
    const found = await metricsOf(shop)
    await shop.disconnect()
    await Promise.all(processes.map((each) => each.kill9()))
    balancer.stop()
    await database.close()
    if (place.url !== undefined) found.push(...(await foundAt(place.url)))
    await place.drop()
    await temporal.stop()
    found.push(...processes.flatMap((each) => each.said()), ...(await foundInFiles(folder)))
    await rm(folder, { recursive: true, force: true, maxRetries: 60, retryDelay: 250 })
    nothingLeft(found)
  }
  try {
    const many = (role: 'api' | 'worker', length: number) => Promise.all(Array.from({ length }, () => add(role)))
    const [apis, workers] = [await many('api', count.apis), await many('worker', count.workers)]
    await Promise.all(processes.map((each) => each.start()))
    return { shop, database, apis, workers, environment: shared, add, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** What stands before the APIs in production: asks the next one where one does not take the connection. */
export function startBalancer(backends: readonly string[]) {
  let turn = 0
  return startProxy(async (asked) => {
    turn += 1
    for (let tried = 0; tried < backends.length; tried += 1) {
      try {
        return await forward(backends[(turn + tried) % backends.length] ?? '', asked)
      } catch (error) {
        if (!wasRefused(error)) break
      }
    }
    return { status: 502, type: 'text/plain', body: 'no API answered' }
  })
}
