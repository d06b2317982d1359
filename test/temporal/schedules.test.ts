// The Schedules on a real server: made, brought up to date where a version of before made them, and left alone else.
// Must not know: what their runs do; no worker takes them here.
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client'
import { tsToMs } from '@temporalio/common/lib/time.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureSchedule, SUPERVISOR, sweepOf } from '../../src/temporal/schedules.ts'
import { MAKING_MS } from '../support/temporalCli.ts'
import { startTestServer, type TestServer } from '../support/temporalWorld.ts'

const HOUR_MS = 3_600_000
const WHEN = { everyMs: 600_000, atOnce: false }
let server: TestServer
let connection: Connection
let client: Client
beforeAll(async () => {
  server = await startTestServer()
  connection = await Connection.connect({ address: server.address })
  client = new Client({ connection })
}, MAKING_MS)
afterAll(async () => {
  await connection.close()
  await server.stop()
})
const described = (id: string) => client.schedule.getHandle(id).describe()

test.each([SUPERVISOR, sweepOf('iamport/main')])(
  '$scheduleId is made on the queue for maintenance, and then it is there',
  async (scheduled) => {
    expect(await ensureSchedule(client, scheduled, WHEN)).toBe('made')
    expect(await ensureSchedule(client, scheduled, WHEN)).toBe('there')
    expect(await described(scheduled.scheduleId)).toMatchObject({
      spec: { intervals: [{ every: 600_000 }] },
      action: { taskQueue: 'maintenance', workflowRunTimeout: HOUR_MS, args: scheduled.args },
      policies: { overlap: 'SKIP' },
    })
    expect(await ensureSchedule(client, scheduled, { ...WHEN, everyMs: 60_000 })).toBe('changed')
    expect((await described(scheduled.scheduleId)).spec.intervals?.map(({ every }) => every)).toEqual([60_000])
  },
)

test('one that a version of before made is brought to its queue and its end, and stays as paused as it was', async () => {
  const scheduled = sweepOf('iamport/before')
  const { scheduleId } = scheduled
  await client.schedule.create({
    scheduleId,
    spec: { intervals: [{ every: 600_000 }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP },
    state: { paused: true, note: 'ann: the gateway is mended' },
    action: { type: 'startWorkflow', workflowType: 'sweep', workflowId: scheduleId, taskQueue: 'payments', args: [{}] },
  })
  expect(await ensureSchedule(client, scheduled, WHEN)).toBe('changed')
  expect(await described(scheduleId)).toMatchObject({
    action: { taskQueue: 'maintenance', workflowRunTimeout: HOUR_MS, args: [{ gateway: 'iamport/before' }] },
    state: { paused: true, note: 'ann: the gateway is mended' },
  })
  expect(await ensureSchedule(client, scheduled, WHEN)).toBe('there')
})

test('a run that nobody takes is ended by the server after an hour, so that the next one can begin', async () => {
  await ensureSchedule(client, sweepOf('iamport/stuck'), { ...WHEN, atOnce: true })
  const started = async () => (await described('sweep:iamport/stuck')).info.recentActions.at(-1)?.action.workflow
  await expect.poll(started, { timeout: 30_000 }).toBeDefined()
  const { workflowId = '' } = (await started()) ?? {}
  const { raw } = await client.workflow.getHandle(workflowId).describe()
  expect(raw.executionConfig?.workflowRunTimeout).toBeDefined()
  expect(tsToMs(raw.executionConfig?.workflowRunTimeout)).toBe(HOUR_MS)
})
