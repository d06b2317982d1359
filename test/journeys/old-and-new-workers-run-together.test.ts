// A rolling deploy: an old and a new build poll the same queues while webhooks come, and every refund that waits is settled without
// one failed task. And the commands of the program beside it.
// Must not know: which worker took which task. The new build has a timer more, behind a patch.
import { tsToMs } from '@temporalio/common/lib/time.js'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { cacheWith } from '../support/builds.ts'
import { onPostgres } from '../support/database.ts'
import { startFleet, type Fleet } from '../support/fleet.ts'
import { runCommand } from '../support/mainCommand.ts'
import { eventually } from '../support/shop.ts'
import { MAKING_MS, temporalCliForTests, temporaryFolder } from '../support/temporalCli.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: MAKING_MS })
const REFUNDS = 50

describe.skipIf(!onPostgres)('on Postgres (the embedded database belongs to one process)', () => {
  let fleet: Fleet
  beforeAll(async () => {
    // Few are kept in memory, so that almost every task is free for both workers; and neither asks for so many that none is
    // left for the other.
    const few = { WORKER_CACHED_REFUNDS: '2', WORKER_STICKY: '1s', WORKER_SLOTS: '2', WORKER_POLLERS: '2' }
    fleet = await startFleet({ apis: 1, workers: 1 }, few)
  })
  afterAll(() => fleet?.remove())

  test(`${REFUNDS} refunds that began under the old build are settled by both, and the old one stops in the middle`, async () => {
    const { shop, workers, add } = fleet
    const { sim } = shop
    const waiting: Awaited<ReturnType<typeof shop.paidThenRefunded>>[] = []
    while (waiting.length < REFUNDS)
      waiting.push(...(await Promise.all([1, 2, 3, 4, 5].map(() => shop.paidThenRefunded()))))

    const build = { XDG_CACHE_HOME: await cacheWith(temporaryFolder(), 'onePatchMore') }
    const newer = await add('worker', { ...build, TEMPORAL_CLI: await temporalCliForTests() })
    await newer.start()
    // A webhook that brings no news for each, so that looks and tasks of all kinds go on; then the desk works.
    const tickets = await sim.allTickets()
    for (const { impUid, merchantUid } of tickets)
      await shop.hint({ imp_uid: impUid, merchant_uid: merchantUid, status: 'paid' })
    const [half, rest] = [tickets.slice(0, REFUNDS / 2), tickets.slice(REFUNDS / 2)]
    await Promise.all(half.map(({ id }) => sim.complete(id)))
    // A row is settled by its look; here its saga must have ended too, for only that takes a task.
    const ended = async () => {
      const sagas = waiting.map(({ refundId }) => shop.client.workflow.getHandle(`refund:${refundId}`).describe())
      return (await Promise.all(sagas)).filter(({ status }) => status.name === 'COMPLETED').length
    }
    await eventually(ended).toBe(half.length)
    await Promise.all([workers[0]?.stop(), ...rest.map(({ id }) => sim.complete(id))])

    const tasks: { readonly taker: string; readonly at: number }[] = []
    for (const { refundId } of waiting) {
      await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
      const workflowId = `refund:${refundId}`
      expect(await shop.client.workflow.getHandle(workflowId).result()).toEqual({ state: 'refunded' })
      const events = await shop.events(workflowId)
      expect(events.filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([])
      for (const { workflowTaskStartedEventAttributes: started, eventTime } of events)
        if (started?.identity) tasks.push({ taker: started.identity, at: tsToMs(eventTime) })
    }
    const inOrder = tasks.toSorted((one, other) => one.at - other.at).map(({ taker }) => taker)
    const [old = ''] = inOrder
    const firstOfNew = inOrder.findIndex((taker) => taker !== old)
    expect(firstOfNew, 'the new one took some').toBeGreaterThan(0)
    expect(inOrder.lastIndexOf(old), 'and the old one some after it').toBeGreaterThan(firstOfNew)
    expect(await sim.callsOf('POST /payments/cancel')).toBe(REFUNDS)
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
