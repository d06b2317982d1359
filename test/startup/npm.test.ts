// npm start, npm run demo and npm run ops, when a signal reaches npm alone: the program and all that it started are gone.
// Must not know: what runs. A supervisor, systemd or a script that wraps npm, knows npm's process id only.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { MAKING_MS, temporalCliForTests, temporaryFolder } from '../support/temporalCli.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LIMIT_MS = 60_000
const SIGNALS = ['SIGTERM', 'SIGINT'] as const

beforeAll(async () => void (await temporalCliForTests()), MAKING_MS)

type Started = { readonly npm: ChildProcess; readonly prints: (line: RegExp) => Promise<void> }

/** In a process group of its own, so that nothing but the signal that a test sends can end it. */
function startNpm(args: readonly string[], environment: Readonly<Record<string, string>>): Started {
  const npm = spawn('npm', args, {
    cwd: ROOT,
    env: { ...process.env, LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const said: string[] = []
  const waiting: { readonly wanted: RegExp; readonly found: () => void }[] = []
  for (const stream of [npm.stdout, npm.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      said.push(line)
      for (const { wanted, found } of waiting) if (wanted.test(line)) found()
    })
  }
  const prints = (wanted: RegExp) =>
    new Promise<void>((resolve, reject) => {
      if (said.some((line) => wanted.test(line))) return resolve()
      waiting.push({ wanted, found: resolve })
      npm.once('exit', () => reject(new Error(`it ended too early and had said:\n${said.join('\n')}`)))
    })
  return { npm, prints }
}

/** Everything below a process: under npm these are a shell or the program, and below it the Temporal server. */
function below(pid: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  const pairs = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const children = (parent: number): number[] =>
    pairs.flatMap(([child = 0, its = 0]) => (its === parent ? [child, ...children(child)] : []))
  return children(pid)
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** What a failing test leaves behind is ended by its id. */
async function endsWith(signal: NodeJS.Signals, { npm }: Started, atLeast: number): Promise<void> {
  const started = below(npm.pid ?? 0)
  onTestFinished(() => started.filter(lives).forEach((pid) => process.kill(pid, 'SIGKILL')))
  expect(started.length).toBeGreaterThanOrEqual(atLeast)
  npm.kill(signal)
  if (npm.exitCode === null && npm.signalCode === null) await once(npm, 'exit')
  await expect.poll(() => started.filter(lives), { timeout: LIMIT_MS }).toEqual([])
}

const PORTS = { PORT: '0', SIMULATOR_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' }

test.each(SIGNALS)(
  'npm start ends with its program and its Temporal server on %s',
  async (signal) => {
    const started = startNpm(['start'], { ...PORTS, DATA_DIR: temporaryFolder() })
    await started.prints(/^ {2}Database /)
    // The program; the shell around the server, the server, and what watches over it.
    await endsWith(signal, started, 3)
  },
  3 * LIMIT_MS,
)

test.each(SIGNALS)(
  'npm run demo ends with its program and its Temporal server on %s',
  async (signal) => {
    const started = startNpm(['run', 'demo'], {})
    await started.prints(/^ *\d+(\.|:)\d+/)
    await expect.poll(() => below(started.npm.pid ?? 0).length, { timeout: LIMIT_MS }).toBeGreaterThanOrEqual(3)
    await endsWith(signal, started, 3)
  },
  3 * LIMIT_MS,
)

test.each(SIGNALS)('npm run ops ends while it waits for an answer, on %s', async (signal) => {
  let asked: () => void = () => undefined
  const question = new Promise<void>((resolve) => (asked = resolve))
  const silent = createServer(() => asked())
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(() => {
    silent.closeAllConnections()
    silent.close()
  })
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const started = startNpm(['run', 'ops', '--', '--url', `http://127.0.0.1:${port}`, 'stuck'], {})
  await question
  await endsWith(signal, started, 1)
})
