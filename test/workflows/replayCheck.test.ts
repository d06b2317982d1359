// replay-check: a build that fits all that runs is let pass, one that would stop running refunds is found before it is deployed.
// Must not know: what the difference is.
import { expect } from 'vitest'
import { createTemporalClient } from '../../src/temporal/client.ts'
import { replayOpen } from '../../src/temporal/replayCheck.ts'
import { workflowBundle } from '../../src/temporal/worker.ts'
import { underWay } from '../support/agreement.ts'
import { cacheWith, pathOfBuild } from '../support/builds.ts'
import { byTemporal, paymentSaga, refundSaga, workflowIdOf } from '../support/doors.ts'
import { runCommand } from '../support/mainCommand.ts'
import { eventually, shopTest, type Environment, type OwnShop } from '../support/shop.ts'
import { temporaryFolder, testCacheDir } from '../support/temporalCli.ts'

const test = shopTest()

async function replayed({ temporalAddress }: OwnShop, bundlePath: string, only?: string) {
  const { connection, close } = createTemporalClient({ address: temporalAddress, namespace: 'default' })
  const told: string[] = []
  const progress = (done: number, failed: number) => void told.push(`${done} ${failed}`)
  const found = await replayOpen({ connection, namespace: 'default', bundlePath, only, progress })
  await close()
  return { ...found, told }
}

/**
 * The order whose refund waits is told of it, and its saga ends again: only then does a list show
 * for good what runs, for it lags, and may show the expected number before that saga was started.
 */
async function toldAndEnded(shop: OwnShop, merchantUid: string, running: number): Promise<void> {
  await eventually(() => underWay(shop.db, shop)).toEqual([])
  const { client } = shop
  const saga = client.workflow.getHandle(workflowIdOf(paymentSaga(merchantUid)))
  await eventually(async () => (await saga.describe()).status.name).toBe('COMPLETED')
  await eventually(
    async () => (await client.workflow.count(`WorkflowType='payment' and ExecutionStatus='Running'`)).count,
  ).toBe(running)
}

/** Three refunds that wait, an unpaid order, and one that nobody has begun. */
async function running(shop: OwnShop): Promise<readonly string[]> {
  const refunds: string[] = []
  await shop.open()
  for (let count = 0; count < 3; count += 1) {
    const { merchantUid, refundId } = await shop.paidThenRefunded()
    refunds.push(workflowIdOf(refundSaga(refundId)))
    await toldAndEnded(shop, merchantUid, 1)
  }
  const args = [{ refundId: 'r-later' }]
  await shop.client.workflow.start('refund', { workflowId: 'refund:r-later', taskQueue: 'nobody-polls', args })
  return refunds.toSorted()
}

const check = (environment: Environment, ...args: readonly string[]) => runCommand(environment, 'replay-check', ...args)

/** Each test counts what runs; what is left of the one before would be counted, too. */
test.afterEach(async ({ shop: { client } }) => {
  const listed = new Set<string>()
  for await (const { workflowId } of client.workflow.list({ query: 'ExecutionStatus = "Running"' }))
    listed.add(workflowId)
  for (const saga of [...listed].map((id) => client.workflow.getHandle(id)))
    if ((await saga.describe()).status.name === 'RUNNING') await saga.terminate('the test is over')
})

test('sagas whose first task carried out a command go on wherever they are replayed', async ({ shop }) => {
  const orders = await Promise.all(Array.from({ length: 3 }, () => shop.open()))
  const { merchantUid: refunded, refundId } = await shop.paidThenRefunded()
  const sagas = [...orders.map(({ merchantUid }) => paymentSaga(merchantUid)), refundSaga(refundId)]
  for (const saga of sagas) {
    await shop.client.workflow.getHandle(workflowIdOf(saga)).terminate('ended from outside')
    expect(await byTemporal(shop, saga, 'recheck', { person: 'ann' })).toMatchObject({ answer: 'done' })
  }
  await toldAndEnded(shop, refunded, orders.length)
  const found = await replayed(shop, await workflowBundle(testCacheDir()))
  expect(found.failures).toEqual([])
  expect(found.replayed).toBe(sagas.length)
})

test('a good and a bad build over refunds that wait', async ({ shop }) => {
  const refunds = await running(shop)
  const good = await replayed(shop, await workflowBundle(testCacheDir()))
  expect(good).toMatchObject({ replayed: 4, failures: [], passedBy: 1 })
  expect(good.told.at(-1)).toBe('4 0')

  const bad = await pathOfBuild('oneMoreTimer')
  const found = await replayed(shop, bad)
  expect(found).toMatchObject({ replayed: 4, passedBy: 1 })
  expect(found.failures.map(({ workflowId }) => workflowId).toSorted()).toEqual(refunds)
  expect(found.failures[0]?.said).toMatch(/nondeterminism/i)
  expect(await replayed(shop, bad, 'WorkflowType="payment"')).toMatchObject({ replayed: 1, failures: [] })

  const patched = await replayed(shop, await pathOfBuild('onePatchMore'))
  expect(patched, 'the same timer behind a patch').toMatchObject({ replayed: 4, failures: [] })

  const at = { TEMPORAL_ADDRESS: shop.temporalAddress }
  const passed = await check(at)
  expect([passed.code, passed.rows]).toEqual([0, []])
  expect(passed.error).toContain('4 replayed, 0 cannot go on, 1 have nothing to replay')
  const stopped = await check({ ...at, XDG_CACHE_HOME: await cacheWith(temporaryFolder(), 'oneMoreTimer') })
  expect(stopped.code).toBe(2)
  const sagas = stopped.rows.map(([saga = '']) => saga)
  expect(sagas.toSorted()).toEqual(refunds)
})

test('where Temporal does not answer, or a filter is none, it says so and proves nothing', async ({ shop }) => {
  const away = await check({ TEMPORAL_ADDRESS: '127.0.0.1:1' })
  expect([away.code, away.error]).toEqual([3, expect.stringContaining('127.0.0.1:1 does not answer')])
  const wrong = await check({ TEMPORAL_ADDRESS: shop.temporalAddress }, '--query', 'no such filter')
  expect([wrong.code, wrong.error]).toEqual([3, expect.stringContaining('did not come to its end')])
  expect(await check({ TEMPORAL_PORT: 'seven' })).toMatchObject({
    code: 1,
    error: expect.stringContaining('TEMPORAL_PORT'),
  })
})
