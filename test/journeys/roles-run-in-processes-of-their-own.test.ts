// Roles run in processes of their own: two api, two workers and a simulator, on one Postgres and one Temporal server.
// Must not know: which process did what.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { onPostgres } from '../support/database.ts'
import { startFleet, type Fleet } from './fleet.ts'
import { eventually } from '../support/shop.ts'
import { MAKING_MS } from '../support/temporalCli.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: MAKING_MS })

describe.skipIf(!onPostgres)('on Postgres (the embedded database belongs to one process)', () => {
  let fleet: Fleet
  beforeAll(async () => {
    // No answer of a busy machine is given up on.
    fleet = await startFleet({ apis: 2, workers: 2 })
  })
  afterAll(() => fleet?.remove())

  test('a payment and its refund go through them, and are told alike by both apis', async () => {
    const { shop } = fleet
    const { merchantUid, refundId } = await shop.paidThenRefunded()
    const [ticket] = await shop.sim.tickets(merchantUid)
    await shop.sim.complete(ticket?.id ?? '')

    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
    // The balancer asks them by turns.
    for (const _ of fleet.apis) expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelled' })
    expect(await shop.client.workflow.getHandle(`refund:${refundId}`).result()).toEqual({ state: 'refunded' })
    expect(await shop.sim.callsOf('POST /payments/cancel')).toBe(1)
  })

  test('with one api and one worker killed the others carry a payment and its refund through', async () => {
    const { shop, apis, workers } = fleet
    await Promise.all([apis[0]?.kill9(), workers[0]?.kill9()])
    const { merchantUid, refundId } = await shop.paidThenRefunded()
    const [ticket] = await shop.sim.tickets(merchantUid)
    await shop.sim.complete(ticket?.id ?? '')
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
  })
})
