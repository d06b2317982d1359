// What a whole saga asks of the database at most: statements and transactions of the whole program, from the order to the end of its saga.
// Must not know: clocks. No loop polls here, so that whatever is found is found because a commit told of it.
import { describe, expect, vi } from 'vitest'
import type { LoopOptions } from '../../src/loop.ts'
import { onPostgres } from '../support/database.ts'
import { leastOf, listenToConnections } from '../support/roundTrips.ts'
import { eventually, shopTest, type OwnShop } from '../support/shop.ts'

vi.mock('../../src/loop.ts', async (original) => {
  const real = await original<typeof import('../../src/loop.ts')>()
  return { ...real, startLoop: (options: LoopOptions) => real.startLoop({ ...options, pollMs: 3_600_000 }) }
})

const connections = listenToConnections()
/** No look waits because of the one before. */
const test = shopTest({ LOOK_SPACING: '0s' })

const ended = async (shop: OwnShop, workflowId: string, state: string): Promise<void> =>
  expect(await shop.client.workflow.getHandle(workflowId).result()).toEqual({ state })

describe.skipIf(!onPostgres)('on Postgres (the embedded database has no round trips)', () => {
  test('a payment by webhook takes at most 18 statements in 8 transactions', async ({ shop, sim }) => {
    const nothing = () => Promise.resolve()
    const least = await leastOf(
      connections,
      shop.db,
      async () => {
        const { merchantUid } = await shop.open()
        await sim.pay(merchantUid)
        await ended(shop, `payment:${merchantUid}`, 'paid')
      },
      nothing,
    )

    expect(least.statements, least.said).toBeLessThanOrEqual(18)
    expect(least.transactions, least.said).toBeLessThanOrEqual(8)
  })

  test('a refund whose ticket is done takes at most 28 statements in 10 transactions', async ({ shop, sim }) => {
    const paid = async () => (await shop.paid()).merchantUid
    const least = await leastOf(
      connections,
      shop.db,
      async (merchantUid) => {
        const { refundId } = await shop.askRefund(merchantUid)
        const last = async () => (await shop.events(`refund:${refundId}`)).at(-1)
        await eventually(async () => (await last())?.timerStartedEventAttributes).toBeTruthy()
        const [ticket] = await sim.tickets(merchantUid)
        await sim.complete(ticket?.id ?? '')
        await ended(shop, `refund:${refundId}`, 'refunded')
      },
      paid,
    )

    expect(least.statements, least.said).toBeLessThanOrEqual(28)
    expect(least.transactions, least.said).toBeLessThanOrEqual(10)
  })
})
