// What a log line and an outbox row keep of a failure: which saga, which try, and why. And nothing that is nobody's business.
// Must not know: how the SDK's logger buffers its entries.
import { ActivityFailure, ApplicationFailure } from '@temporalio/common'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { transact } from '../../src/db/connect.ts'
import { putOutgoing, wakeRow } from '../../src/db/outgoing/outgoing.ts'
import { relayOnce } from '../../src/outbox/relay.ts'
import { createTemporalClient, type Start } from '../../src/temporal/client.ts'
import { factsOf, saidBy } from '../../src/temporal/said.ts'
import { installRuntime } from '../../src/temporal/telemetry.ts'
import { startWorkers, workflowBundle } from '../../src/temporal/worker.ts'
import { cannotSucceed } from '../../workflows/activities.ts'
import { openTestDatabase } from '../support/database.ts'
import { MAKING_MS, testCacheDir } from '../support/temporalCli.ts'
import { startRefusingServer, startTestServer, type TestServer } from '../support/temporalWorld.ts'

const REFUND: Start = {
  workflowId: 'refund:r-1',
  workflowType: 'refund',
  taskQueue: 'refunds',
  input: { refundId: 'r-1' },
  attributes: { SagaState: 'requested' },
  summary: 'a refund',
  details: '',
}
const PAYMENT: Start = { ...REFUND, workflowId: 'payment:o-1', workflowType: 'payment', taskQueue: 'payments' }

type Line = { readonly level: string; readonly message: string; readonly facts: object }
const lines: Line[] = []
let server: TestServer
beforeAll(async () => {
  installRuntime('WARN', (level, message, facts) => void lines.push({ level, message, facts }))
  server = await startTestServer()
}, MAKING_MS)
afterAll(() => server?.stop())

test('a failed step and a failed workflow task are logged with saga, run, try and cause', async () => {
  const client = createTemporalClient({ address: server.address, namespace: 'default' })
  const workers = await startWorkers({
    connection: { address: server.address },
    namespace: 'default',
    bundlePath: await workflowBundle(testCacheDir()),
    log: () => {},
    activities: {
      beginRefund: () =>
        Promise.reject(new Error('the row cannot be read', { cause: new Error('the database is full') })),
      // No step at all: the workflow's code stumbles over it.
      beginPayment: () => Promise.resolve({ state: 'opening', attributes: {}, details: '' }),
    },
  })
  try {
    await client.wake(REFUND)
    await client.wake({ ...PAYMENT, input: { merchantUid: 'o-1' } })
    await expect
      .poll(() => lines, { timeout: 30_000 })
      .toContainEqual({
        level: 'WARN',
        message: 'Activity failed',
        facts: expect.objectContaining({
          workflowId: 'refund:r-1',
          runId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          activityType: 'beginRefund',
          attempt: 2,
          cause: 'the row cannot be read: the database is full',
        }),
      })
    await expect
      .poll(() => lines, { timeout: 30_000 })
      .toContainEqual({
        level: 'WARN',
        message: 'Workflow failed',
        facts: expect.objectContaining({
          workflowId: 'payment:o-1',
          workflowType: 'payment',
          cause: expect.stringContaining("reading 'do'"),
          at: expect.arrayContaining([expect.stringContaining('workflows/saga.ts')]),
        }),
      })
    expect(JSON.stringify(lines)).not.toContain('taskToken')
  } finally {
    await workers.stop()
    await client.close()
  }
})

test("a wake that Temporal refuses is kept with the server's own words, in the log and in the row", async () => {
  const words = 'Namespace shop has no mapping defined for search attribute SagaState'
  const refusing = await startRefusingServer((path) => (path.endsWith('/ListSearchAttributes') ? 0 : 3), words)
  const client = createTemporalClient({ address: refusing.address, namespace: 'shop' })
  const database = await openTestDatabase()
  const logged: string[] = []
  try {
    const { db } = database
    await transact(db, 'test', (trx) => putOutgoing(trx, [wakeRow('refund:r-1')]))
    const deliverers = { wake: () => client.wake(REFUND).then(() => 'accepted') }
    await relayOnce({ db, pollMs: 0, deliverers, log: (line) => void logged.push(line) })
    const row = await db.selectFrom('outbox').selectAll().executeTakeFirstOrThrow()
    const said = `Failed to signalWithStart Workflow: 3 INVALID_ARGUMENT: ${words}`
    expect(row).toMatchObject({ target: 'refund:r-1', tries: 1, said })
    expect(logged).toEqual([`wake for refund:r-1 did not leave: ${said}; trying again`])
  } finally {
    await client.close()
    await database.close()
    await refusing.stop()
  }
})

test('a failure is told by its messages alone: the row that a database quotes stays out', () => {
  const driver = Object.assign(new Error('duplicate key value'), { detail: 'Key (email)=(ann@example.com)' })
  const facts = factsOf({ workflowId: 'refund:r-1', args: [{ email: 'ann@example.com' }], error: driver })
  expect(facts).toMatchObject({ workflowId: 'refund:r-1', cause: 'duplicate key value' })
  expect(JSON.stringify(facts)).not.toContain('ann@')
  const printed = 'Failure { message: "no \\"such\\" row", details: Some(Payloads { data: [123] }) }'
  expect(factsOf({ run_id: 'r', failure: printed })).toEqual({ cause: 'no "such" row' })
  expect(saidBy(undefined)).toBe('no reason given')
})

test('a step that cannot succeed is known bare and wrapped, and one that may is neither', () => {
  const final = ApplicationFailure.nonRetryable('no such order', 'notFound')
  const wrapped = (cause: Error) =>
    new ActivityFailure('it failed', 'beginRefund', '1', 'MAXIMUM_ATTEMPTS_REACHED', 'worker', cause)
  expect([cannotSucceed(final), cannotSucceed(wrapped(final))]).toEqual([true, true])
  const passing = ApplicationFailure.retryable('the database is away')
  expect([cannotSucceed(passing), cannotSucceed(wrapped(passing)), cannotSucceed(new Error('x'))]).toEqual([
    false,
    false,
    false,
  ])
})
