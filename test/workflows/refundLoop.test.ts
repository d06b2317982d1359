// The refund's loop with its activities played here: a new run begins only after the commands of the old one are answered, else a
// person would be told that what was carried out was refused; and waits end at the time that their step names.
// Must not know: rows, gateways. The server suggests a new run after a few events.
import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { RefundStep } from '../../src/domain/next.ts'
import { freePort } from '../../src/temporal/server/ports.ts'
import { workflowBundle } from '../../src/temporal/worker.ts'
import { eventually, installTestRuntime } from '../support/shop.ts'
import { temporalCliForTests, testCacheDir } from '../support/temporalCli.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 })
const HOST = '127.0.0.1'
const SUGGESTS_AFTER = ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=5']

let server: ChildProcess | undefined
let address = ''
beforeAll(async () => {
  installTestRuntime()
  const cli = await temporalCliForTests()
  const port = await freePort(HOST)
  address = `${HOST}:${port}`
  const args = ['server', 'start-dev', '--ip', HOST, '--port', String(port), '--headless', '--log-level', 'error']
  server = spawn(cli, [...args, ...SUGGESTS_AFTER], { stdio: 'ignore' })
  const connection = Connection.lazy({ address })
  const answers = () =>
    connection
      .withDeadline(Date.now() + 1_000, () => connection.workflowService.getSystemInfo({}))
      .then(
        () => true,
        () => false,
      )
  await vi.waitUntil(answers, { timeout: 60_000, interval: 100 })
  await connection.close()
})
afterAll(() => void server?.kill('SIGKILL'))

const HOUR_MS = 3_600_000
const IDS = { workflowId: 'refund:due', taskQueue: 'refunds' }

const waiting = (until = Date.now() + HOUR_MS, ms = HOUR_MS): RefundStep => ({
  state: 'ticketOpen',
  next: {
    do: 'wait',
    ms,
    until: new Date(until).toISOString(),
    whenDue: 'checkpoint',
    summary: 'waits for news',
  },
  attributes: {},
  details: '',
  memory: { birth: 'a', version: 7, keys: ['submit'] },
})
const ended = (): RefundStep => ({ ...waiting(), state: 'refunded', next: { do: 'end' } })

/** A worker whose activities are these, while the work goes on. */
async function withWorker(activities: object, work: (client: Client) => Promise<void>): Promise<void> {
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue: 'refunds',
    workflowBundle: { codePath: await workflowBundle(testCacheDir()) },
    activities,
  })
  const connection = await Connection.connect({ address })
  await worker.runUntil(() => work(new Client({ connection })))
  await connection.close()
}

test('a command is answered by the run that took it, and the next run has the memory of the row', async () => {
  const begun: unknown[] = []
  let reads = 0
  const activities = {
    beginRefund: ({ memory }: { memory?: unknown }) => {
      begun.push(memory)
      return waiting()
    },
    readRefund: () => {
      reads += 1
      return waiting()
    },
    takeCommand: async () => {
      await pause(1_500)
      return { answer: 'done', state: 'ticketOpen', sentence: 'acknowledge is done' }
    },
  }
  await withWorker(activities, async ({ workflow }) => {
    await workflow.start('refund', { workflowId: 'refund:r', taskQueue: 'refunds', args: [{ refundId: 'r' }] })
    await eventually(() => begun.length).toBe(1)
    const saga = workflow.getHandle('refund:r')
    const { runId } = await saga.describe()
    const asked = saga.executeUpdate('acknowledge', { args: [{ owner: 'ann' }], updateId: 'u-1' })
    const told = asked.catch((error: unknown) => error)
    await saga.signal('news')
    expect(await told).toMatchObject({ answer: 'done' })
    await eventually(async () => (await saga.describe()).runId).not.toBe(runId)
    await eventually(() => begun.length).toBeGreaterThan(1)
    await saga.terminate()
  })
  expect(reads).toBeGreaterThan(0)
  expect(begun[1]).toEqual({ birth: 'a', version: 7, keys: ['submit'] })
})

test('what is due when it is read is done at once, without a timer', async () => {
  const activities = { beginRefund: () => waiting(Date.now() - HOUR_MS, 0), checkpointRefund: ended }
  await withWorker(activities, async ({ workflow }) => {
    const saga = await workflow.start('refund', { ...IDS, args: [{ refundId: 'due' }] })
    expect(await saga.result()).toEqual({ state: 'refunded' })
    const { events } = await saga.fetchHistory()
    expect(events?.filter(({ timerStartedEventAttributes: timer }) => timer)).toEqual([])
  })
})

test('a wait that was planned long before it is read ends at its time, not so much later', async () => {
  const activities = { beginRefund: () => waiting(Date.now() + HOUR_MS, 72 * HOUR_MS) }
  await withWorker(activities, async ({ workflow }) => {
    const saga = await workflow.start('refund', { ...IDS, args: [{ refundId: 'due' }] })
    const timers = async () =>
      (await saga.fetchHistory()).events?.flatMap(({ timerStartedEventAttributes: timer }) =>
        timer ? [Number(timer.startToFireTimeout?.seconds)] : [],
      )
    await eventually(timers).toHaveLength(1)
    const [seconds = 0] = (await timers()) ?? []
    expect(seconds).toBeLessThanOrEqual(3_600)
    expect(seconds).toBeGreaterThan(0)
    await saga.terminate()
  })
})
