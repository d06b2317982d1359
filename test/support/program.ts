// The whole program, or its simulator, as a real process of its own: to be killed, started again over the same data, and asked.
// Must not know: what a test promises.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, test, vi } from 'vitest'
import { portToKeep } from './ports.ts'
import { createMigratedDatabase } from './database.ts'
import { confideSettings, foundAt, foundIn, foundInFiles, nothingLeft } from './leftBehind.ts'
import { exchange, gatewayToken, shopAt, type Environment, type Shop } from './shop.ts'
import { temporalCliForTests } from './temporalCli.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const HOST = '127.0.0.1'
const LIMIT_MS = 60_000

export type Program = {
  start(environment?: Environment): Promise<void>
  /** kill -9 of the process itself, and the wait until it is gone. */
  kill9(): Promise<void>
  /** SIGTERM, and the wait until it has ended in order. */
  stop(): Promise<void>
  /** SIGSTOP and SIGCONT: it sleeps without knowing, as in a virtual machine that is moved. */
  freeze(): void
  thaw(): void
  /** Started, and not gone: neither killed nor ended by itself. */
  isUp(): boolean
  /** Confided words in what it has printed so far. */
  said(): readonly string[]
}
export type Installation = { readonly shop: Shop; readonly program: Program; readonly simulator: Program }

/**
 * Tests with a program and a simulator of their file's own, each a process; both are ended after the last, whatever happened. `first`:
 * of the program's first start alone, for what is done before it is killed.
 */
export function programTest(environment: Environment = {}, first: Environment = {}) {
  let made: (Installation & { remove(): Promise<void> }) | undefined
  vi.setConfig({ testTimeout: 4 * LIMIT_MS, hookTimeout: 600_000 })
  beforeAll(async () => {
    await temporalCliForTests()
    made = await install(environment)
    await made.simulator.start()
    await made.program.start(first)
  })
  afterEach(async () => void (await made?.shop.sim.faults({ webhooks: 'deliver', cancel: 'accept', reads: 'ok' })))
  afterAll(() => made?.remove())
  const installed = () => made ?? neverStarted()
  return test
    .extend('shop', () => installed().shop)
    .extend('sim', () => installed().shop.sim)
    .extend('program', () => installed().program)
    .extend('simulator', () => installed().simulator)
}

function neverStarted(): never {
  throw new Error('the program did not start')
}

/** Ports are chosen once, so that everybody finds everybody after any restart. */
async function install(environment: Environment): Promise<Installation & { remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
  const [port, simulatorPort, temporalPort] = [await portToKeep(HOST), await portToKeep(HOST), await portToKeep(HOST)]
  const api = `http://${HOST}:${port}`
  const url = `http://${HOST}:${simulatorPort}`
  const database = await createMigratedDatabase(join(folder, 'merchant'))
  const shared = { LOG_LEVEL: 'trace', LOOK_SPACING: '1s', SWEEP_EVERY: '1000d', TEMPORAL_UI_PORT: '0' }
  const simulator = processOf(['--role', 'simulator'], url, {
    ...shared,
    SIMULATOR_PORT: String(simulatorPort),
    PUBLIC_URL: api,
    DATA_DIR: join(folder, 'gateway'),
  })
  const program = processOf([], api, {
    ...shared,
    PORT: String(port),
    TEMPORAL_PORT: String(temporalPort),
    DATA_DIR: join(folder, 'merchant'),
    IAMPORT_API_URL: url,
    IAMPORT_KEY: 'sim-key',
    IAMPORT_SECRET: 'sim-secret',
    ...database.environment,
    ...environment,
  })
  confideSettings(environment)
  const shop = shopAt({ api, simulator: url, temporalAddress: `${HOST}:${temporalPort}` })
  const remove = async () => {
    await gatewayToken(url).catch(() => 'the simulator is down')
    const found = await metricsOf(shop)
    await shop.disconnect()
    await Promise.all([program.kill9(), simulator.kill9()])
    found.push(...program.said(), ...(await foundInFiles(join(folder, 'merchant'))))
    if (database.url !== undefined) found.push(...(await foundAt(database.url)))
    await database.drop()
    await rm(folder, { recursive: true, force: true, maxRetries: 60, retryDelay: 250 })
    nothingLeft(found)
  }
  return { shop, program, simulator, remove }
}

/** Nothing where it is down. */
export async function metricsOf({ api, key }: Shop): Promise<string[]> {
  const answer = await exchange(api, 'GET', '/metrics', undefined, key).catch(() => ({ body: '' }))
  return [...foundIn('the metrics', String(answer.body))]
}

type Watching = {
  /** Gets every line that it prints. */
  readonly note?: (line: string) => void
  /** How long a start may take. */
  readonly readyMs?: number
}

/** `place` is what must stand in the table that a start prints. */
export function processOf(
  args: readonly string[],
  place: string,
  environment: Environment,
  { note = () => {}, readyMs = 2 * LIMIT_MS }: Watching = {},
): Program {
  let child: ChildProcess | undefined
  let gone: Promise<unknown> = Promise.resolve()
  const found = new Set<string>()
  const hear = (line: string) => {
    note(line)
    for (const each of foundIn('what it printed', line)) found.add(each)
  }
  const end = async (signal: NodeJS.Signals) => {
    child?.kill(signal)
    await gone
  }
  return {
    start: async (more = {}) => {
      const started = spawn(process.execPath, ['src/run.js', 'src/main.ts', ...args], {
        cwd: ROOT,
        env: { ...process.env, ...environment, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child = started
      gone = new Promise((resolve) => started.once('exit', resolve))
      await untilItPrints(started, place, hear, readyMs)
    },
    kill9: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    isUp: () => child !== undefined && child.exitCode === null && child.signalCode === null,
    said: () => [...found],
  }
}

/** The table comes last of a start; a program that ends before it says why. */
async function untilItPrints(
  child: ChildProcess,
  place: string,
  hear: (line: string) => void,
  readyMs: number,
): Promise<void> {
  if (!child.stdout || !child.stderr) throw new Error('the program has no output')
  const said: string[] = []
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}; it said:\n${said.slice(-20).join('\n')}`))
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream ?? neverStarted() }).on('line', (line) => {
        said.push(line)
        hear(line)
        if (/^ {2}(API|Simulator|Database) /.test(line) && line.includes(place)) resolve()
      })
    }
    child.once('exit', (code, signal) => fail(`the program ended with ${code ?? signal} before it was ready`))
    setTimeout(() => fail('the program was not ready in time'), readyMs).unref()
  })
}

/** The program answers, Temporal and its database included. */
export const isReady = async ({ api }: Shop): Promise<boolean> => (await exchange(api, 'GET', '/readyz')).status === 200
