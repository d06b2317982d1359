// The refund's loop with its activities played here: a new run begins only after the commands of the old one are answered, else a
// person would be told that what was carried out was refused; and waits end at the time that their step names.
// Must not know: rows, gateways. The server suggests a new run after a few events.
import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { Connection, type Client } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { RefundStep } from '../../src/domain/next.ts'
import { createTemporalClient, type TemporalClient } from '../../src/temporal/client.ts'
import { freePort } from '../../src/temporal/server/ports.ts'
import { workflowBundle } from '../../src/temporal/worker.ts'
import { eventually, fresh, installTestRuntime } from '../support/shop.ts'
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

type Asked = Pick<TemporalClient, 'command' | 'wake'> &
  Pick<Client, 'workflow'> & { readonly refundId: string; readonly ids: { workflowId: string; taskQueue: string } }

/** A worker whose activities are these, while the work goes on; its queue and its saga are no other try's. */
async function withWorker(activities: object, work: (asked: Asked) => Promise<void>): Promise<void> {
  const [refundId, taskQueue] = [fresh('refund'), fresh('refunds')]
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue,
    workflowBundle: { codePath: await workflowBundle(testCacheDir()) },
    activities,
  })
  const { client, command, wake, close } = createTemporalClient({ address, namespace: 'default' })
  const ids = { workflowId: `refund:${refundId}`, taskQueue }
  await worker.runUntil(() => work({ workflow: client.workflow, command, wake, refundId, ids }))
  await close()
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
  await withWorker(activities, async ({ workflow, command, refundId, ids }) => {
    const input = { refundId }
    const saga = await workflow.start('refund', { ...ids, args: [input] })
    await eventually(() => begun.length).toBe(1)
    const { runId } = await saga.describe()
    // As the program asks: again under the same id, where the server gave the update up with a task of the run that ends.
    const start = { ...ids, workflowType: 'refund', input, attributes: {}, summary: '', details: '' }
    const told = command(start, 'acknowledge', { owner: 'ann' }, 'u-1').catch((error: unknown) => error)
    await saga.signal('news')
    expect(await told).toMatchObject({ answer: 'done' })
    const newest = workflow.getHandle(ids.workflowId)
    await eventually(async () => (await newest.describe()).runId).not.toBe(runId)
    await eventually(() => begun.length).toBeGreaterThan(1)
    await newest.terminate()
  })
  expect(reads).toBeGreaterThan(0)
  expect(begun[1]).toEqual({ birth: 'a', version: 7, keys: ['submit'] })
})

test.each([
  ['that would end', ended, (): RefundStep => waiting()],
  ['that waits, and would go on in a new one', (): RefundStep => waiting(), (): RefundStep => waiting()],
] as const)('a command that gets no answer holds up no news of a run %s', async (_, first, then) => {
  let [reads, tries] = [0, 0]
  let answer = () => {}
  const answered = new Promise<void>((resolve) => (answer = resolve))
  const activities = {
    beginRefund: first,
    readRefund: () => {
      reads += 1
      return then()
    },
    // Three tries as part of the task fail, and what follows them takes its time.
    takeCommand: async () => {
      tries += 1
      if (tries <= 3) throw new Error('the database does not answer')
      await answered
      return { answer: 'done', state: 'ticketOpen', sentence: 'acknowledge is done' }
    },
  }
  await withWorker(activities, async ({ workflow, command, refundId, ids }) => {
    const input = { refundId }
    const start = { ...ids, workflowType: 'refund', input, attributes: {}, summary: '', details: '' }
    const told = command(start, 'acknowledge', { owner: 'ann' }, 'u-1')
    await eventually(() => tries).toBeGreaterThan(3)
    const saga = workflow.getHandle(ids.workflowId)
    const { runId } = await saga.describe()
    // The second comes after a step that may have been the last of its run.
    for (const before of [reads, reads + 1]) {
      await saga.signal('news')
      await eventually(() => reads).toBeGreaterThan(before)
    }
    expect((await saga.describe()).runId, 'and it goes on in the same run').toBe(runId)
    answer()
    expect(await told).toMatchObject({ answer: 'done' })
    await saga.terminate()
  })
})

test('what is due when it is read is done at once, without a timer', async () => {
  const activities = { beginRefund: () => waiting(Date.now() - HOUR_MS, 0), checkpointRefund: ended }
  await withWorker(activities, async ({ workflow, refundId, ids }) => {
    const saga = await workflow.start('refund', { ...ids, args: [{ refundId }] })
    expect(await saga.result()).toEqual({ state: 'refunded' })
    const { events } = await saga.fetchHistory()
    expect(events?.filter(({ timerStartedEventAttributes: timer }) => timer)).toEqual([])
  })
})

test('a wait that was planned long before it is read ends at its time, not so much later', async () => {
  const activities = { beginRefund: () => waiting(Date.now() + HOUR_MS, 72 * HOUR_MS) }
  await withWorker(activities, async ({ workflow, refundId, ids }) => {
    const saga = await workflow.start('refund', { ...ids, args: [{ refundId }] })
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

const born = ({ refundId, ids }: Pick<Asked, 'refundId' | 'ids'>) => {
  const memory = { birth: 'a', version: 0, keys: [] }
  const birth = { refundId, memory, born: 'submit' }
  return {
    start: {
      ...ids,
      workflowType: 'refund',
      input: { refundId },
      birth,
      remembers: true as const,
      attributes: {},
      summary: '',
      details: '',
    },
    memory,
    told: { input: { refundId, born: 'submit' }, workflowId: ids.workflowId },
  }
}

test('a saga is born once: its first step files, the next wake is news, and the run that follows has its memory', async () => {
  const steps: (readonly [string, { readonly memory?: unknown }])[] = []
  const step =
    (name: string) =>
    ({ now: _now, ...asked }: { now: string; memory?: unknown }) => {
      steps.push([name, asked])
      return waiting()
    }
  const activities = { fileTicket: step('file'), readRefund: step('read'), beginRefund: step('begin') }
  await withWorker(activities, async ({ workflow, wake, ...asked }) => {
    const { refundId, ids } = asked
    const { start, memory, told } = born(asked)
    await wake(start)
    await eventually(() => steps).toEqual([['file', { refundId, memory, key: 'submit', birth: told }]])
    await wake(start)
    const seen = { birth: 'a', version: 7, keys: ['submit'] }
    await eventually(() => steps.length).toBeGreaterThan(1)
    // News is read, or a new run begins, for this server suggests one; nothing is filed again.
    for (const [name, { memory: known }] of steps.slice(1))
      expect([name, known]).toEqual([expect.not.stringMatching('file'), seen])
    await workflow.getHandle(ids.workflowId).terminate()
    const before = steps.length
    await wake(start)
    await eventually(() => steps.length).toBeGreaterThan(before)
    expect(steps[before]).toMatchObject(['begin', { refundId, memory: seen, input: { refundId } }])
    await workflow.getHandle(ids.workflowId).terminate()
  })
})

test.each([
  ['that is refused ends its run', ApplicationFailure.nonRetryable('no birth', 'invalidRequest'), undefined],
  ['that is lost is settled', ApplicationFailure.nonRetryable('the worker is gone', 'gone', { key: 'submit' }), true],
  ['that fails before its call is settled', new Error('the database is away'), false],
] as const)('a first step %s', async (_, failure, mayHaveSent) => {
  const settled: unknown[] = []
  const activities = {
    fileTicket: () => Promise.reject(failure),
    settleTicket: (asked: object) => {
      settled.push(asked)
      return ended()
    },
  }
  await withWorker(activities, async ({ workflow, wake, ...asked }) => {
    const { start, memory, told } = born(asked)
    await wake(start)
    const over = workflow.getHandle(asked.ids.workflowId).result()
    if (mayHaveSent === undefined)
      await expect(over).rejects.toMatchObject({ cause: { cause: { type: 'invalidRequest' } } })
    else expect(await over).toEqual({ state: 'refunded' })
    const expected = { refundId: asked.refundId, key: 'submit', mayHaveSent, memory, birth: told }
    expect(settled).toEqual(mayHaveSent === undefined ? [] : [expect.objectContaining(expected)])
  })
})
