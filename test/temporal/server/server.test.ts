// The Temporal server that we start: where it is, that its data stays, that it ends with us, what is said when it cannot.
// Must not know workflows of ours: what it keeps is shown with a schedule and a workflow that nobody runs.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { isListening } from '../../../src/temporal/server/ports.ts'
import {
  startTemporalServer,
  type TemporalServer,
  type TemporalServerOptions,
} from '../../../src/temporal/server/server.ts'
import { MAKING_MS, temporalCliForTests, temporaryFolder } from '../../support/temporalCli.ts'
import { startScript } from '../processes/start.ts'

const LONG = { timeout: 60_000, interval: 50 }
let cli = ''
beforeAll(async () => {
  cli = await temporalCliForTests()
}, MAKING_MS)

async function start(options: Partial<TemporalServerOptions> & { dataDir: string }): Promise<TemporalServer> {
  const defaults = { cli, ip: '127.0.0.1', port: 0, namespace: 'default', log: () => undefined }
  const server = await startTemporalServer({ ...defaults, ...options })
  onTestFinished(server.stop)
  return server
}

async function clientOf(server: { address: string }): Promise<Client> {
  const connection = await Connection.connect({ address: server.address })
  onTestFinished(() => connection.close())
  return new Client({ connection })
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('it answers on a free port with its web interface, ends when told to, and keeps its data', async () => {
  const dataDir = join(temporaryFolder(), 'data')
  const first = await start({ dataDir, uiPort: 0 })
  expect(first.address).toMatch(/^127\.0\.0\.1:\d+$/)
  await vi.waitFor(async () => expect((await fetch(first.uiUrl ?? '')).status).toBe(200), LONG)
  const client = await clientOf(first)
  await client.workflow.start('nobodyRunsThis', { taskQueue: 'none', workflowId: 'kept-workflow' })
  await client.schedule.create({
    scheduleId: 'kept-schedule',
    spec: { intervals: [{ every: '30 days' }] },
    action: { type: 'startWorkflow', workflowType: 'nobodyRunsThis', taskQueue: 'none' },
  })
  await first.stop()
  expect(await first.exited).toBe(0)
  expect(isAlive(first.pid)).toBe(false)

  const second = await start({ dataDir })
  expect(second.uiUrl).toBeUndefined()
  const again = await clientOf(second)
  expect((await again.workflow.getHandle('kept-workflow').describe()).status.name).toBe('RUNNING')
  expect((await again.schedule.getHandle('kept-schedule').describe()).spec.intervals).toHaveLength(1)
}, 120_000)

test('kill -9 of our process ends the server too, and the next start has its data', async () => {
  const dataDir = temporaryFolder()
  const parent = startScript('runServer.ts', cli, dataDir)
  const [address = '', pid = ''] = (await parent.nextLine()).split(' ')
  const port = Number(address.split(':')[1])
  const client = await clientOf({ address })
  await client.workflow.start('nobodyRunsThis', { taskQueue: 'none', workflowId: 'kept-workflow' })
  await parent.kill()
  await vi.waitFor(async () => expect(await isListening('127.0.0.1', port)).toBe(false), LONG)
  await vi.waitFor(() => expect(isAlive(Number(pid))).toBe(false), LONG)
  const again = await clientOf(await start({ dataDir, port }))
  expect((await again.workflow.getHandle('kept-workflow').describe()).status.name).toBe('RUNNING')
}, 120_000)

test('a start at once after a kill waits for the port and the database of the earlier server', async () => {
  const dataDir = temporaryFolder()
  const parent = startScript('runServer.ts', cli, dataDir)
  const [address = '', pid = ''] = (await parent.nextLine()).split(' ')
  await parent.kill()
  const next = await start({ dataDir, port: Number(address.split(':')[1]) })
  expect(next.address).toBe(address)
  expect(isAlive(Number(pid))).toBe(false)
}, 120_000)

test('two first starts at once on one folder: one server, and the other start is refused', async () => {
  const dataDir = temporaryFolder()
  const starts = await Promise.allSettled([start({ dataDir }), start({ dataDir })])
  const [server] = starts.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const [refusal] = starts.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
  expect(refusal).toContain(`Temporal server process ${server?.pid} of another start uses`)
  const client = await clientOf({ address: server?.address ?? '' })
  await client.workflow.start('nobodyRunsThis', { taskQueue: 'none', workflowId: 'kept-workflow' })
  await server?.stop()
  const again = await clientOf(await start({ dataDir }))
  expect((await again.workflow.getHandle('kept-workflow').describe()).status.name).toBe('RUNNING')
}, 120_000)

test('a server that is killed says so without being asked', async () => {
  const server = await start({ dataDir: temporaryFolder() })
  process.kill(server.pid, 'SIGKILL')
  expect(await server.exited).toBe(137)
}, 60_000)

test('a port that is taken is named, with the setting that changes it', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await vi.waitFor(() => expect(other.listening).toBe(true), LONG)
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const expected = (setting: string) =>
    new RegExp(`^Port ${port} on 127.0.0.1, .* is taken .* set ${setting} to another`)
  const dataDir = temporaryFolder()
  await expect(start({ dataDir, port })).rejects.toThrow(expected('TEMPORAL_PORT'))
  await expect(start({ dataDir, uiPort: port })).rejects.toThrow(expected('TEMPORAL_UI_PORT'))
}, 60_000)

test('a server that ends while starting is quoted', async () => {
  const folder = temporaryFolder()
  const broken = join(folder, 'temporal')
  const script =
    '[ "$1" = --version ] && echo "temporal version 9 (Server 9.8.7, UI 1)" && exit\necho "disk on fire" >&2\nexit 3'
  writeFileSync(broken, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const starting = start({ cli: broken, dataDir: folder })
  await expect(starting).rejects.toThrow('The Temporal server ended while starting (code 3); it wrote:\ndisk on fire')
}, 60_000)

test('a server that falls over its own start is started again, however long the stack that it writes', async () => {
  const folder = temporaryFolder()
  const falling = join(folder, 'temporal')
  const starts = join(folder, 'starts')
  const script = [
    `if [ "$1" != --version ] && echo >> ${starts} && [ "$(wc -l < ${starts})" -lt 3 ]; then`,
    '  echo "panic: close of closed channel" >&2',
    '  seq -f "goroutine %g [running]" 200 >&2',
    '  exit 2',
    'fi',
    `exec ${cli} "$@"`,
  ].join('\n')
  writeFileSync(falling, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const server = await start({ cli: falling, dataDir: join(folder, 'data') })
  expect(await isListening('127.0.0.1', Number(server.address.split(':')[1]))).toBe(true)
  expect(readFileSync(starts, 'utf8').length).toBe(3)
}, 60_000)

test('a database of another server version is left alone', async () => {
  const dataDir = temporaryFolder()
  const server = await start({ dataDir })
  await server.stop()
  const note = join(dataDir, 'temporal.db.version')
  writeFileSync(note, readFileSync(note, 'utf8').replace(/ready \S+/, 'ready 1.20.0'))
  const before = readFileSync(join(dataDir, 'temporal.db'))
  await expect(start({ dataDir })).rejects.toThrow(/was made by Temporal server 1\.20\.0, and this is 1\.\d+\.\d+/)
  expect(readFileSync(join(dataDir, 'temporal.db')).equals(before)).toBe(true)
}, 60_000)

test('a first start that was cut off before the server answered is begun anew', async () => {
  const dataDir = temporaryFolder()
  writeFileSync(join(dataDir, 'temporal.db'), '')
  writeFileSync(join(dataDir, 'temporal.db.version'), 'making 1.20.0 0\n')
  const server = await start({ dataDir })
  expect(server.pid).toBeGreaterThan(0)
  expect(existsSync(join(dataDir, 'temporal.db'))).toBe(true)
}, 60_000)
