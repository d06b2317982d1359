// What a running program leaves open to others on its machine: its data folder, and what its children were given.
// Must not know: what runs. Linux shows a process's environment, and the permissions are those of any Unix.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { keepPrivate } from '../../src/wiring/startup.ts'
import { MAKING_MS, temporalCliForTests, temporaryFolder } from '../support/temporalCli.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
beforeAll(async () => void (await temporalCliForTests()), MAKING_MS)

const SECRETS = {
  API_KEYS: 'shop:checkout:hunter2-hunter2-hunter2',
  NOTICE_URL: 'http://127.0.0.1:9/notices',
  NOTICE_SECRET: 'whsec_aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMg==',
  ALERT_WEBHOOK_URL: 'http://127.0.0.1:9/hunter2',
  SOME_TOKEN: 'hunter2',
}
const PORTS = { PORT: '0', SIMULATOR_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' }

/** Runs it until it has said where everything is, and ends it after the test. Under a shell that keeps nothing from others. */
async function startIn(folder: string): Promise<number> {
  const child = spawn('sh', ['-c', 'umask 0; exec node src/run.js src/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, ...PORTS, ...SECRETS, DATA_DIR: folder, LOG_LEVEL: 'warn', DATABASE_URL: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('it ended too early')))
    createInterface({ input: child.stdout }).on('line', (line) => /^ {2}Database /.test(line) && resolve())
  })
  return child.pid ?? 0
}

const open = (folder: string): string[] =>
  [folder, ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))].filter(
    (path) => existsSync(path) && (statSync(path).mode & 0o077) !== 0,
  )

test('all that it writes is for its own user, and its children hold none of its secrets', async () => {
  const folder = join(temporaryFolder(), 'data')
  const pid = await startIn(folder)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(open(folder)).toEqual([])
  const children = below(pid)
  const commands = children.map(({ command }) => command).join('\n')
  expect(commands).toContain('start-dev')
  expect(commands, 'what compiled it is gone').not.toMatch(/esbuild|tsx|run\.js/)
  for (const child of children) {
    const given = readFileSync(`/proc/${child.pid}/environ`, 'utf8')
    for (const secret of ['hunter2', 'aHVudGVy', 'API_KEYS', 'SOME_TOKEN'])
      expect([child.command, given.includes(secret)]).toEqual([child.command, false])
    expect(given).toContain('PATH=')
  }
}, 120_000)

type Child = { readonly pid: number; readonly command: string }

function below(pid: number): Child[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
  const rows = [...table.matchAll(/^ *(\d+) +(\d+) (.*)$/gm)].map(([, own, parent, command = '']) => ({
    pid: Number(own),
    parent: Number(parent),
    command,
  }))
  const children = (of: number): Child[] =>
    rows.flatMap(({ parent, ...row }) => (parent === of ? [row, ...children(row.pid)] : []))
  return children(pid)
}

describe('a data folder', () => {
  test('of an earlier version, open to everybody, is mended, with all that is in it', async () => {
    const folder = join(temporaryFolder(), 'data')
    mkdirSync(join(folder, 'pglite'), { recursive: true })
    writeFileSync(join(folder, 'pglite', 'PG_VERSION'), '17')
    writeFileSync(join(folder, 'somebody-elses'), '')
    for (const mode of [0o777, 0o755, 0o750, 0o2775]) {
      for (const each of ['.', 'pglite', 'pglite/PG_VERSION', 'somebody-elses']) chmodSync(join(folder, each), mode)
      await keepPrivate(folder)
      expect(statSync(folder).mode & 0o777).toBe(0o700)
      expect(open(folder)).toEqual([join(folder, 'somebody-elses')])
    }
    expect(readFileSync(join(folder, 'pglite', 'PG_VERSION'), 'utf8')).toBe('17')
  })

  test('that is everybody’s, like /tmp, is refused and left as it is', async () => {
    const folder = join(temporaryFolder(), 'everybody')
    mkdirSync(folder)
    chmodSync(folder, 0o1777)
    await expect(keepPrivate(folder)).rejects.toThrow(/is a folder for everybody.*Set DATA_DIR to a folder of its own/)
    expect(statSync(folder).mode & 0o7777).toBe(0o1777)
  })
})
