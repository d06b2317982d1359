// A signal while the program still starts, which a worker may do for as long as its Temporal server is away: it ends in order, as later.
// And a stop that does not end.
// Must not know: what has been started by then.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LATEST_STOP_MS, stopBy } from '../../src/wiring/signals.ts'
import { onPostgres } from '../support/database.ts'
import { runCommand } from '../support/mainCommand.ts'
import { temporalCliForTests, temporaryFolder } from '../support/temporalCli.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Below the 90 s after which an operator kills. */
const LIMIT_MS = 50_000
const NOBODY = '127.0.0.1:1'

test.each(['SIGTERM', 'SIGINT'] as const)(
  'while Temporal is away it ends on %s: nothing stays behind that would tell of a killed process',
  async (signal) => {
    const folder = temporaryFolder()
    const environment = {
      PORT: '0',
      SIMULATOR_PORT: '0',
      TEMPORAL_ADDRESS: NOBODY,
      DATA_DIR: folder,
      LOG_LEVEL: 'warn',
    }
    const program = spawn(process.execPath, ['src/run.js', 'src/main.ts'], {
      cwd: ROOT,
      env: { ...process.env, DATABASE_URL: '', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void program.kill('SIGKILL'))
    for await (const line of createInterface({ input: program.stdout }))
      if (line.includes('does not answer; hints and requests are kept')) break
    const lock = join(folder, 'pglite.lock')
    expect(existsSync(lock)).toBe(true)
    program.kill(signal)
    expect(await once(program, 'exit')).toEqual([0, null])
    expect(existsSync(lock)).toBe(false)
  },
  2 * LIMIT_MS,
)

describe.skipIf(onPostgres)(
  'of what starts at the same time (skipped on Postgres, whose database is no part of it)',
  () => {
    const own = { PORT: '0', SIMULATOR_PORT: '0', TEMPORAL_UI_PORT: '0', DATABASE_URL: '', LOG_LEVEL: 'warn' }
    const naming = (folder: string) =>
      execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => line.includes(folder))

    test('the database is closed where the Temporal server does not start', async () => {
      await temporalCliForTests()
      const folder = temporaryFolder()
      const taking = createServer().listen(0, '127.0.0.1')
      await once(taking, 'listening')
      onTestFinished(() => void taking.close())
      const address = taking.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      const { code, error } = await runCommand({ ...own, DATA_DIR: folder, TEMPORAL_PORT: String(port) })
      expect(error).toContain(`Port ${port} on 127.0.0.1, meant for the Temporal server, is taken`)
      expect([code, existsSync(join(folder, 'pglite', 'PG_VERSION'))]).toEqual([1, true])
      expect([existsSync(join(folder, 'pglite.lock')), naming(folder)]).toEqual([false, []])
    })

    test('the Temporal server is ended where the database does not open', async () => {
      const folder = temporaryFolder()
      mkdirSync(join(folder, 'pglite'))
      writeFileSync(join(folder, 'pglite', 'PG_VERSION'), '9.6')
      const { code } = await runCommand({ ...own, DATA_DIR: folder, TEMPORAL_PORT: '0' })
      expect([code, existsSync(join(folder, 'temporal.db'))]).toEqual([1, true])
      expect([existsSync(join(folder, 'pglite.lock')), naming(folder)]).toEqual([false, []])
    })
  },
)

test('a stop that does not end is ended, before those who wait for it kill', async () => {
  let late = 0
  const heard = new Promise<void>((resolve) => {
    void stopBy(
      () => new Promise(() => {}),
      10,
      () => {
        late += 1
        resolve()
      },
    )
  })
  await heard
  await stopBy(
    () => Promise.resolve(),
    10,
    () => (late += 10),
  )
  await expect(
    stopBy(
      () => Promise.reject(new Error('a part failed')),
      10,
      () => (late += 10),
    ),
  ).rejects.toThrow('a part')
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(late, 'once, and of no stop that ended').toBe(1)
  expect(LATEST_STOP_MS).toBeLessThan(90_000)
})
