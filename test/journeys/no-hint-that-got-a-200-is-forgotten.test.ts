// No hint that got a 200 is forgotten, whatever is killed between the 200 and the look that answers it.
// Must not know: how a look is booked. i'mport sends each webhook once, so nothing here is sent twice unless a test says so.
import { describe, expect } from 'vitest'
import { isReady, programTest, type Program } from '../support/program.ts'
import { eventually, type Shop } from '../support/shop.ts'

const LOOK = 'GET /payments/:imp_uid'
/** More than the minute for which a killed program's looks stay claimed. */
const CLAIMED_MS = 150_000
const test = programTest()

/** Twelve orders whose webhooks were taken, and one refund whose ticket is open: then it is killed, and started again after the desk was there. */
async function killedWhileItLooks(program: Program, shop: Shop) {
  const { sim } = shop
  const waiting = await shop.paidThenRefunded()
  const [ticket] = await sim.tickets(waiting.merchantUid)
  const cancels = await sim.callsOf('POST /payments/cancel')
  const orders: string[] = []
  for (let count = 1; count <= 12; count += 1) orders.push((await shop.open()).merchantUid)
  await sim.faults({ webhooks: 'drop', reads: 'slow' })
  const looks = await sim.callsOf(LOOK)
  for (const merchantUid of orders) {
    const impUid = await sim.pay(merchantUid)
    await shop.hint({ imp_uid: impUid, merchant_uid: merchantUid, status: 'paid' })
  }
  await eventually(() => sim.callsOf(LOOK)).toBeGreaterThan(looks)
  expect(await shop.payment(orders.at(-1) ?? '')).toMatchObject({ state: 'prepared', attempts: [] })

  await program.kill9()
  // Its webhook reaches nobody, and i'mport sends it once.
  await sim.complete(ticket?.id ?? '')
  await sim.faults({ reads: 'ok' })
  await program.start()
  return { orders, waiting, cancels }
}

describe('a program killed', () => {
  let killing: ReturnType<typeof killedWhileItLooks> | undefined
  const killed = (program: Program, shop: Shop) => (killing ??= killedWhileItLooks(program, shop))

  test('while it looks settles every order whose webhook it had taken', async ({ shop, program }) => {
    const { orders } = await killed(program, shop)
    await eventually(() => shop.metric('saga_inbox_unlooked'), CLAIMED_MS).toBe(0)
    for (const merchantUid of orders) {
      await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid', accepted: true })
      expect((await shop.journal(merchantUid)).filter(({ what }) => what === 'attempt.accepted')).toMatchObject([
        { who: 'look', why: 'paid as ordered, in time' },
      ])
    }
  })

  test('while a ticket is open hears of its completion afterwards and files nothing again', async ({
    shop,
    sim,
    program,
  }) => {
    const { waiting, cancels } = await killed(program, shop)
    const { merchantUid, impUid, refundId } = waiting
    await eventually(() => isReady(shop)).toBe(true)
    await shop.hint({ imp_uid: impUid, merchant_uid: merchantUid, status: 'cancelled' })

    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
    expect(await shop.client.workflow.getHandle(`refund:${refundId}`).result()).toEqual({ state: 'refunded' })
    expect((await shop.journal(merchantUid)).filter(({ what }) => what === 'cancelled')).toMatchObject([
      { refundId, from: 'ticketOpen', to: 'refunded', why: 'the gateway booked the cancel' },
    ])
    expect(await sim.callsOf('POST /payments/cancel')).toBe(cancels)
    expect(await sim.tickets(merchantUid)).toMatchObject([{ state: 'completed' }])
  })
})
