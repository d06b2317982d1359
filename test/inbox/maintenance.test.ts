// What Schedules run, as activities: each ends with its activity, and says that it came to its end.
// Must not know: Temporal's server.
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ActivityDeps } from '../../activities/deps.ts'
import { createActivities } from '../../activities/index.ts'
import type { Database } from '../../src/db/connect.ts'
import { activityDeps } from '../support/activityDeps.ts'
import { GATEWAY } from '../support/books.ts'
import { scriptedGateway } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'
import { NO_RUNS_SHOWN, runsShown } from '../support/sagaRuns.ts'

let database: Database
beforeAll(async () => void (database = await openTestDatabase()))
afterAll(() => database.close())
beforeEach(async () => void (await database.db.deleteFrom('passes').execute()))

const SWEEP = { gateway: GATEWAY }
type Changed = Pick<Partial<ActivityDeps>, 'sagaRuns'> & Partial<ReturnType<typeof scriptedGateway>>
function activities({ sagaRuns = runsShown(), ...gateway }: Changed) {
  const deps = activityDeps(database.db, { ...scriptedGateway(), ...gateway }, { sagaRuns })
  return createActivities(deps, () => new Set())
}
const passes = async () => (await database.db.selectFrom('passes').select('name').execute()).map(({ name }) => name)

test('a sweep whose gateway hangs ends with its activity, and counts as one that did not come', async () => {
  const environment = new MockActivityEnvironment()
  let asked = () => {}
  const listing = new Promise<void>((resolve) => (asked = resolve))
  const list = () => {
    asked()
    return new Promise<never>(() => {})
  }
  const swept = environment.run(activities({ list }).sweepLists, SWEEP)
  await listing
  environment.cancel()
  await expect(swept).rejects.toThrow(/parts of the sweep failed/)
  expect(await passes()).toEqual([])
})

test('a sweep whose lists fail has run: that they were not read is seen by their cursors', async () => {
  const list = () => Promise.reject(new Error('out of order'))
  await expect(new MockActivityEnvironment().run(activities({ list }).sweepLists, SWEEP)).rejects.toThrow(
    'out of order',
  )
  expect(await passes()).toEqual([`sweep:${GATEWAY}`])
})

test('a pass of the supervisor counts once it came to its end', async () => {
  const failing = activities({ sagaRuns: NO_RUNS_SHOWN })
  await expect(new MockActivityEnvironment().run(failing.superviseSagas)).rejects.toThrow('unavailable')
  expect(await passes()).toEqual([])
  await new MockActivityEnvironment().run(activities({}).superviseSagas)
  expect(await passes()).toEqual(['supervise'])
})
