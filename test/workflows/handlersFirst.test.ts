// A new run begins only after the commands of the old one are answered: else a person would be told that what was carried out
// was refused. The server suggests a new run after a few events.
// Must not know: rows, gateways. The activities are played here; one command takes longer than everything beside it.
import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { RefundStep } from '../../src/domain/steps.ts'
import { freePort } from '../../src/temporal/ports.ts'
import { workflowBundle } from '../../src/temporal/worker.ts'
import { eventually, installTestRuntime } from '../support/shop.ts'
import { temporalCliForTests, testCacheDir } from '../support/temporalCli.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 })
const HOST = '127.0.0.1'
const SUGGESTS_AFTER = ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=5']
const HOUR_MS = 3_600_000

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

const waiting = (): RefundStep => ({
  state: 'ticketOpen',
  next: {
    do: 'wait',
    ms: HOUR_MS,
    until: new Date(Date.now() + HOUR_MS).toISOString(),
    whenDue: 'checkpoint',
    summary: 'waits for news',
  },
  attributes: {},
  details: '',
  memory: { birth: 'a', version: 7, keys: ['submit'] },
})

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
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue: 'refunds',
    workflowBundle: { codePath: await workflowBundle(testCacheDir()) },
    activities,
  })
  const connection = await Connection.connect({ address })
  const { workflow } = new Client({ connection })
  await worker.runUntil(async () => {
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
  await connection.close()
})
