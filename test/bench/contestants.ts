// A contestant: one program, a Postgres of its own, and where it needs one a Temporal server of its own on disk, so that what it costs
// there is its alone.
// Must not know: what is measured.
import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { freePort } from '../../src/temporal/server/ports.ts'
import { startTemporalServer } from '../../src/temporal/server/server.ts'
import { connectTemporal, type TemporalClient } from '../costs/temporal.ts'
import type { Name } from './arguments.ts'
import { startWatchedDatabase, type WatchedDatabase } from './database.ts'
import { cpuMsOf, memoryMbOf, runProgram, type Running } from './processes.ts'

const IMAGE = new URL('../../Dockerfile', import.meta.url)
const entry = z.array(z.string())
const HOST = '127.0.0.1'
const READY_MS = 180_000
const POLL_MS = 25

/** What all have in common. */
export type Common = {
  readonly folder: string
  /** Of what the programs say; it stays. */
  readonly logs: string
  readonly gatewayUrl: string
  /** The Temporal CLI. */
  readonly cli: string
  /** Where the peers' packages are. */
  readonly peers: string
  /** The bare saga's. */
  readonly bundle: string
}

export type Contestant = {
  readonly name: Name
  readonly api: string
  readonly rows: WatchedDatabase['rows']
  readonly postgresVersion: string
  /** Of its own server, where it needs one. */
  readonly temporal: TemporalClient | undefined
  /** Until it is ready. */
  start(): Promise<void>
  /** Without the wait. */
  spawn(): Promise<void>
  /** The wait alone. */
  ready(): Promise<void>
  kill9(): Promise<void>
  spent(): Promise<Spent>
  memoryMb(): number
  /** Of one saga's history; undefined without Temporal. */
  events(workflowId: string): Promise<number | undefined>
  stop(): Promise<void>
}

export type Spent = {
  readonly app: number
  readonly server: number
  readonly postgres: number
  readonly wal: number
  readonly statements: number
  /** Transactions that wrote, each of which waits for the disk. */
  readonly writes: number
}

/** What node is given: ours is started as its image does. */
function commandOf(name: Name): readonly string[] {
  if (name !== 'ours') return ['--import', 'tsx', `test/bench/apps/${name}.ts`]
  const [node, ...words] = entry.parse(JSON.parse(/^ENTRYPOINT (.+)$/m.exec(readFileSync(IMAGE, 'utf8'))?.[1] ?? '[]'))
  if (node !== 'node') throw new Error(`the image starts with "${node}", which the bench cannot start: see commandOf`)
  return words
}

const ON_TEMPORAL: ReadonlySet<Name> = new Set(['ours', 'bare'])

export async function makeContestant(name: Name, common: Common): Promise<Contestant> {
  const stops: (() => Promise<void>)[] = []
  const stop = async () => {
    for (let next = stops.pop(); next !== undefined; next = stops.pop()) await next()
  }
  try {
    const database = await startWatchedDatabase(name, name === 'ours' ? 'ours' : 'theirs')
    stops.push(database.stop)
    const temporal = ON_TEMPORAL.has(name) ? await startTemporal(name, common) : undefined
    if (temporal) stops.push(temporal.stop)
    const port = await freePort(HOST)
    const api = `http://${HOST}:${port}`
    const environment = environmentOf(name, common, { port, url: database.url, temporal: temporal?.address ?? '' })
    const log = createWriteStream(join(common.logs, `${name}.log`))
    let running: Running | undefined
    const kill9 = async () => running?.kill9()
    stops.push(kill9)
    const pid = () => running?.pid ?? notRunning(name)
    const spawn = async () => {
      running = await runProgram(commandOf(name), environment, log)
    }
    const ready = () => untilReady(name, api, () => running?.hasEnded() ?? true, `.bench/logs/${name}.log`)
    return {
      name,
      api,
      rows: database.rows,
      postgresVersion: database.version,
      temporal: temporal?.sagas,
      spawn,
      start: async () => {
        await spawn()
        await ready()
      },
      ready,
      kill9,
      spent: async () => ({
        ...(await database.spent()),
        app: cpuMsOf(pid()),
        server: temporal === undefined ? 0 : cpuMsOf(temporal.pid),
        postgres: cpuMsOf(database.pid),
      }),
      memoryMb: () => memoryMbOf(pid()),
      events: async (workflowId) => temporal && (await temporal.sagas.sizeOf(workflowId)).events,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startTemporal(name: Name, { folder, cli }: Common) {
  const dataDir = join(folder, `temporal-${name}`)
  const server = await startTemporalServer({ cli, dataDir, ip: HOST, port: 0, namespace: 'default', log: () => {} })
  const sagas = await connectTemporal(server.address)
  const stop = async () => {
    await sagas.close()
    await server.stop()
  }
  return { address: server.address, pid: server.pid, sagas, stop }
}

type Places = { readonly port: number; readonly url: string; readonly temporal: string }

function environmentOf(
  name: Name,
  { folder, gatewayUrl, peers, bundle }: Common,
  { port, url, temporal }: Places,
): Readonly<Record<string, string>> {
  const shared = { PORT: String(port), DATABASE_URL: url, TEMPORAL_ADDRESS: temporal }
  if (name !== 'ours') return { ...shared, GATEWAY_URL: gatewayUrl, PEERS: peers, BUNDLE: bundle }
  return {
    ...shared,
    IAMPORT_API_URL: gatewayUrl,
    IAMPORT_KEY: 'bench',
    IAMPORT_SECRET: 'bench',
    DATA_DIR: join(folder, 'ours'),
    LOG_LEVEL: 'warn',
    // A buyer and a desk take longer than that between two events of one order; these do not.
    LOOK_SPACING: '0s',
    // Its first pass is made at the start; none is to fall into one turn and not into another.
    SWEEP_EVERY: '1d',
  }
}

async function untilReady(name: Name, api: string, hasEnded: () => boolean, log: string): Promise<void> {
  for (const until = performance.now() + READY_MS; !(await isReady(api)); await pause(POLL_MS))
    if (hasEnded() || performance.now() > until) throw new Error(`${name} did not start; why is in ${log}`)
}

async function isReady(api: string): Promise<boolean> {
  try {
    const response = await fetch(`${api}/readyz`)
    await response.arrayBuffer()
    return response.ok
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

function notRunning(name: Name): never {
  throw new Error(`${name} does not run`)
}
