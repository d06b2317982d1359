// What every worker of the program is made with, whatever its queue.
// Must not know: a Temporal server.
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterEach, expect, test, vi } from 'vitest'
import { startWorkers } from '../../src/temporal/worker.ts'

afterEach(() => vi.restoreAllMocks())

test('a process may be stopped for most of a minute while the code of a saga runs, and goes on', async () => {
  const made: object[] = []
  vi.spyOn(NativeConnection, 'connect').mockResolvedValue(Object.create(NativeConnection.prototype))
  vi.spyOn(Worker, 'create').mockImplementation((options) => {
    made.push(options)
    return Promise.reject(new Error('made of nothing'))
  })
  const options = { connection: {}, namespace: 'default', activities: {}, bundlePath: 'none.js', log: () => {} }
  await expect(startWorkers(options)).rejects.toThrow('made of nothing')
  const patient = { isolateExecutionTimeout: 60_000 }
  expect(made).toMatchObject([patient, patient, patient])
})
