// npm start and npm run ops, when a signal reaches npm alone: the program and all that it started are gone (npm run demo: demo.test.ts).
// And what npm start leaves open to others on its machine while it runs: its data folder, and what its children were given.
// Must not know: what runs. A supervisor, systemd or a script that wraps npm, knows npm's process id only. Linux shows a process's
// environment, and the permissions are those of any Unix.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { below, lives } from '../support/below.ts'
import { openToOthers } from '../support/openToOthers.ts'
import { MAKING_MS, temporalCliForTests, temporaryFolder } from '../support/temporalCli.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LIMIT_MS = 60_000
const SIGNALS = ['SIGTERM', 'SIGINT'] as const

beforeAll(async () => void (await temporalCliForTests()), MAKING_MS)

type Started = { readonly npm: ChildProcess; readonly prints: (line: RegExp) => Promise<void> }

/**
 * In a process group of its own, so that nothing but the signal that a test sends can end it; under a shell that keeps nothing from
 * others.
 */
function startNpm(args: readonly string[], environment: Readonly<Record<string, string>>): Started {
  const npm = spawn('sh', ['-c', 'umask 0; exec npm "$@"', 'sh', ...args], {
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

/** What a failing test leaves behind is ended by its id. */
async function endsWith(signal: NodeJS.Signals, { npm }: Started, atLeast: number): Promise<void> {
  const started = below(npm.pid ?? 0).map(({ pid }) => pid)
  onTestFinished(() => started.filter(lives).forEach((pid) => process.kill(pid, 'SIGKILL')))
  expect(started.length).toBeGreaterThanOrEqual(atLeast)
  npm.kill(signal)
  if (npm.exitCode === null && npm.signalCode === null) await once(npm, 'exit')
  await expect.poll(() => started.filter(lives), { timeout: LIMIT_MS }).toEqual([])
}

const PORTS = { PORT: '0', SIMULATOR_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' }

const SECRETS = {
  API_KEYS: 'shop:checkout:hunter2-hunter2-hunter2',
  NOTICE_URL: 'http://127.0.0.1:9/notices',
  NOTICE_SECRET: 'whsec_aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMg==',
  ALERT_WEBHOOK_URL: 'http://127.0.0.1:9/hunter2',
  SOME_TOKEN: 'hunter2',
}
const HIDDEN = ['hunter2', 'aHVudGVy', 'API_KEYS', 'SOME_TOKEN']
/** Its last words of a start. */
const RUNS = /^ {2}Database /
/** The program; the shell around the server, the server, and what watches over it. */
const ALL = 4

describe('npm start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paymentwall-saga-'))
  const start = (data: string) => startNpm(['start'], { ...PORTS, ...SECRETS, DATABASE_URL: '', DATA_DIR: data })
  const data = join(folder, 'data')
  let running: Started
  beforeAll(async () => {
    running = start(data)
    await running.prints(RUNS)
  }, MAKING_MS)
  afterAll(() => {
    for (const pid of [...below(running.npm.pid ?? 0).map((each) => each.pid), running.npm.pid ?? 0].filter(lives))
      process.kill(pid, 'SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  test('all that it writes is for its own user, and its children hold none of its secrets', () => {
    expect(statSync(data).mode & 0o777).toBe(0o700)
    expect(openToOthers(data)).toEqual([])
    const [program, ...children] = below(running.npm.pid ?? 0)
    expect(program?.command).toContain('run.js')
    const commands = children.map(({ command }) => command).join('\n')
    expect(commands).toContain('start-dev')
    expect(commands, 'what compiled it is gone').not.toMatch(/esbuild|tsx|run\.js/)
    for (const child of children) {
      const given = readFileSync(`/proc/${child.pid}/environ`, 'utf8')
      for (const secret of HIDDEN) expect([child.command, given.includes(secret)]).toEqual([child.command, false])
      expect(given).toContain('PATH=')
    }
  })

  test(
    'ends with its program and its Temporal server on SIGTERM',
    () => endsWith('SIGTERM', running, ALL),
    3 * LIMIT_MS,
  )

  test(
    'ends with its program and its Temporal server on SIGINT',
    async () => {
      const other = start(join(temporaryFolder(), 'data'))
      await other.prints(RUNS)
      await endsWith('SIGINT', other, ALL)
    },
    3 * LIMIT_MS,
  )
})

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
