// The time-skipping test server with a live worker: days pass at once, and our search attributes are known.
// Must not know the sagas: the workflow here only waits.

import { fileURLToPath } from 'node:url'
import { defineSearchAttributeKey } from '@temporalio/common'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareNamespace } from '../../src/temporal/namespace.ts'
import type { longWait } from './longWait.ts'
import { MAKING_MS, temporaryFolder } from '../support/temporalCli.ts'
import { createTimeSkippingEnv, findOrMakeTimeSkippingServer } from '../support/timeSkipping.ts'

const DAY_MS = 24 * 60 * 60 * 1000
let env: TestWorkflowEnvironment
beforeAll(async () => {
  env = await createTimeSkippingEnv()
}, MAKING_MS)
afterAll(() => env.teardown(), 60_000)

test('a workflow of 40 days ends at once, with a search attribute of ours', async () => {
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: 'long-wait',
    workflowsPath: fileURLToPath(new URL('./longWait.ts', import.meta.url)),
  })
  const startedAt = await env.currentTimeMs()
  const ended = await worker.runUntil(() =>
    env.client.workflow.execute<typeof longWait>('longWait', {
      taskQueue: 'long-wait',
      workflowId: 'long-wait',
      args: [40],
      typedSearchAttributes: [{ key: defineSearchAttributeKey('SagaState', 'KEYWORD'), value: 'waiting' }],
    }),
  )
  expect(Date.parse(ended) - startedAt).toBeGreaterThanOrEqual(40 * DAY_MS)
  const described = await env.client.workflow.getHandle('long-wait').describe()
  expect(described.typedSearchAttributes.get(defineSearchAttributeKey('SagaState', 'KEYWORD'))).toBe('waiting')
}, 120_000)

test('a sleep of the test moves the time of the server', async () => {
  const before = await env.currentTimeMs()
  await env.sleep('73h')
  expect((await env.currentTimeMs()) - before).toBeGreaterThanOrEqual(73 * 60 * 60 * 1000)
}, 60_000)

test('a server without the list of search attributes is worked with, after a warning', async () => {
  const warnings: string[] = []
  const log = { info: () => undefined, warn: (line: string) => void warnings.push(line) }
  expect(await prepareNamespace(env.connection, { namespace: 'default', ownServer: false, log })).toEqual([])
  expect(warnings).toHaveLength(1)
})

test('where neither the download nor Java works, one message names both', async () => {
  const cacheDir = temporaryFolder()
  const nothing = { PATH: cacheDir, HTTPS_PROXY: 'http://127.0.0.1:9' }
  const making = findOrMakeTimeSkippingServer({ cacheDir, env: nothing, progress: () => undefined })
  await expect(making).rejects.toThrow(
    /- download by the SDK: ended with code 1[^]*- Maven and Java: java is not on PATH/,
  )
}, 60_000)
