// A rolling deploy: an old and a new build poll the same queues while webhooks come, and every refund that waits is settled without
// one failed task. And the commands of the program beside it.
// Must not know: which worker took which task. The new build has a timer more, behind a patch.
import { tsToMs } from '@temporalio/common/lib/time.js'
import { afterAll, beforeAll, describe, expect, onTestFailed, test, vi } from 'vitest'
import { REFUNDS_QUEUE } from '../../src/domain/names.ts'
import { cacheWith } from '../support/builds.ts'
import { onPostgres } from '../support/database.ts'
import { startFleet, type Fleet } from './fleet.ts'
import { runCommand } from '../support/mainCommand.ts'
import { eventually, type Shop } from '../support/shop.ts'
import { MAKING_MS, temporalCliForTests, temporaryFolder } from '../support/temporalCli.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: MAKING_MS })
const REFUNDS = 50
const A_FEW = 10
/** A sleeper may hold a look for 30 s, the wake behind it for 15, and then the task for 10; all of that may come one after the other. */
const LET_GO_MS = 180_000

describe.skipIf(!onPostgres)('on Postgres (the embedded database belongs to one process)', () => {
  let fleet: Fleet
  beforeAll(async () => {
    // Few are kept in memory, so that almost every task is free for both workers; and neither asks for so many that none is
    // left for the other.
    const few = { WORKER_CACHED_REFUNDS: '2', WORKER_STICKY: '1s', WORKER_SLOTS: '2', WORKER_POLLERS: '2' }
    // And no answer of a busy machine is given up on.
    fleet = await startFleet({ apis: 1, workers: 1 }, few)
  })
  afterAll(() => fleet?.remove())

  test(`${REFUNDS} refunds that began under the old build are settled by both, and the old one stops in the middle`, async () => {
    const { shop, workers, add } = fleet
    const { sim } = shop
    const [old] = workers
    if (!old) throw new Error('no worker was started')
    const calls = await sim.callsOf('POST /payments/cancel')
    const waiting: Awaited<ReturnType<typeof shop.paidThenRefunded>>[] = []
    while (waiting.length < REFUNDS)
      waiting.push(...(await Promise.all([1, 2, 3, 4, 5].map(() => shop.paidThenRefunded()))))

    const build = { XDG_CACHE_HOME: await cacheWith(temporaryFolder(), 'onePatchMore') }
    const newer = await add('worker', { ...build, TEMPORAL_CLI: await temporalCliForTests() })
    // Another try finds the fleet as this one did.
    onTestFailed(async () => {
      await newer.kill9()
      old.thaw()
      if (!old.isUp()) await old.start()
    })
    const before = await askingForTasks(shop)
    await newer.start()
    // It says that it has started before the server has heard of it; the server remembers those that are gone for minutes.
    await eventually(async () => (await askingForTasks(shop)).filter((each) => !before.includes(each))).toHaveLength(1)
    // A webhook that brings no news for each, so that looks and tasks of all kinds go on; then the desk works.
    const orders = new Set(waiting.map(({ merchantUid }) => merchantUid))
    const tickets = (await sim.allTickets()).filter(({ merchantUid }) => orders.has(merchantUid))
    for (const { impUid, merchantUid } of tickets)
      await shop.hint({ imp_uid: impUid, merchant_uid: merchantUid, status: 'paid' })
    const sagas = waiting.map(({ refundId }) => shop.client.workflow.getHandle(`refund:${refundId}`))
    // A row is settled by its look; here its saga must have ended too, for only that takes a task.
    const ended = async () => (await Promise.all(sagas.map((saga) => saga.describe()))).filter(hasCompleted).length
    // Whoever asked last gets the next task, so one that is never busy may take all. While one sleeps the other must take them:
    // but for those that were handed to the sleeper, which the server takes back after its 10 s.
    let settled = 0
    for (const asleep of [old, newer, undefined]) {
      asleep?.freeze()
      await Promise.all(tickets.slice(settled, settled + A_FEW).map(({ id }) => sim.complete(id)))
      settled += A_FEW
      await eventually(ended, LET_GO_MS).toBe(settled)
      asleep?.thaw()
    }
    await Promise.all([old.stop(), ...tickets.slice(settled).map(({ id }) => sim.complete(id))])

    for (const [index, saga] of sagas.entries()) {
      await eventually(() => shop.refund(waiting[index]?.refundId ?? '')).toMatchObject({ state: 'refunded' })
      expect(await saga.result()).toEqual({ state: 'refunded' })
      const events = await shop.events(saga.workflowId)
      expect(events.filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([])
    }
    expect(tookTurns(await takers(shop, sagas)), 'the new one took some, and the old one some after it').toBe(true)
    expect((await sim.callsOf('POST /payments/cancel')) - calls).toBe(REFUNDS)
  })

  test('restart is a command beside the running program: its table, its exit codes, its line in the journal', async () => {
    const { shop, environment } = fleet
    const { merchantUid, refundId } = await shop.paidThenRefunded()
    const asked = [refundId, 'nobody', '--reason', 'it hangs', '--by', 'ann']
    const ran = await runCommand(environment, 'restart', ...asked)
    expect(ran).toMatchObject({ code: 1, error: '' })
    expect(ran.rows).toEqual([
      [`refund:${refundId}`, 'restarted', expect.stringContaining('was terminated')],
      ['nobody', 'refused', 'no refund and no order is recorded as nobody; check the id'],
    ])
    expect(await shop.journal(merchantUid)).toContainEqual(
      expect.objectContaining({ what: 'saga.restart', who: 'unverified:ann', why: 'it hangs' }),
    )
    expect((await runCommand(environment, 'restart', `refund:${refundId}`)).code).toBe(0)
    const away = await runCommand({ ...environment, TEMPORAL_ADDRESS: '127.0.0.1:1' }, 'restart', refundId)
    expect([away.code, away.error]).toEqual([3, expect.stringContaining('does not answer')])
  })
})

test('restart says why it cannot reach an embedded database, and what to do instead', async () => {
  const ran = await runCommand({ DATABASE_URL: '', TEMPORAL_ADDRESS: '127.0.0.1:1' }, 'restart', 'refund:r-1')
  expect([ran.code, ran.error]).toEqual([1, expect.stringMatching(/DATABASE_URL.*Terminate its workflow/)])
})

/** Who asks for tasks of refunds now. */
async function askingForTasks({ client }: Shop): Promise<string[]> {
  const request = { namespace: 'default', taskQueue: { name: REFUNDS_QUEUE } }
  const { pollers } = await client.connection.workflowService.describeTaskQueue(request)
  return [...new Set((pollers ?? []).map(({ identity }) => identity ?? ''))]
}

/** Who took the tasks of these sagas, from the first task to the last. */
async function takers(shop: Shop, sagas: readonly { readonly workflowId: string }[]): Promise<string[]> {
  const tasks: { readonly taker: string; readonly at: number }[] = []
  for (const { workflowId } of sagas)
    for (const { workflowTaskStartedEventAttributes: started, eventTime } of await shop.events(workflowId))
      if (started?.identity) tasks.push({ taker: started.identity, at: tsToMs(eventTime) })
  return tasks.toSorted((one, other) => one.at - other.at).map(({ taker }) => taker)
}

/** The one that took the first took some after another one did. */
function tookTurns(inOrder: readonly string[]): boolean {
  const [old = ''] = inOrder
  const firstOfNew = inOrder.findIndex((taker) => taker !== old)
  return firstOfNew > 0 && inOrder.lastIndexOf(old) > firstOfNew
}

const hasCompleted = ({ status }: { readonly status: { readonly name: string } }) => status.name === 'COMPLETED'
