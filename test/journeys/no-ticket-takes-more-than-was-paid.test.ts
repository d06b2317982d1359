// No ticket of ours ever takes returned + reserved over what was paid, however many ask at once and whatever moves meanwhile.
// Must not know: how a reservation is made.
import { expect } from 'vitest'
import { z } from 'zod'
import { onPostgres } from '../support/database.ts'
import { eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'

/** Many more ask than have room, on either database. */
const [AT_ONCE, PAID, OUTSIDE] = onPostgres ? [200, 100_000, 40_000] : [80, 40_000, 16_000]

/** A busy machine may let the five seconds between intent and call go by; then the next try waits. */
const FILED_MS = 120_000

const test = shopTest({ PARTIAL_REFUNDS: 'yes', CANCEL_TIMEOUT: '30s' })

const sumOf = (rows: readonly { amount: number }[]): number => rows.reduce((sum, { amount }) => sum + amount, 0)

/** Amounts from 500 to 4,500, so that the last ones to fit leave an odd rest. */
const amountOf = (index: number): number => 500 + ((index * 7_919) % 4_001)

/** Each state and origin that refunds of this order have, once. */
const statesOf = async (shop: OwnShop, merchantUid: string) => [
  ...new Set((await shop.order(merchantUid)).refunds.map(({ state, origin }) => `${state} ${origin}`)),
]

const overBalance = z.object({ code: z.literal('refundExceedsBalance'), left: z.number(), detail: z.string() })

/** So many requests at once: the ids of those that were taken, and what the others were told is left. */
async function askAtOnce(shop: OwnShop, merchantUid: string) {
  const asked = Array.from({ length: AT_ONCE }, (_, index) => ({ refundId: fresh('refund'), amount: amountOf(index) }))
  const answered = await Promise.all(
    asked.map(async (request) => ({ ...request, answer: await shop.requestRefund(merchantUid, request) })),
  )
  const taken = answered.filter(({ answer }) => answer.status === 202)
  const refused = answered.filter(({ answer }) => answer.status !== 202)
  expect(new Set(refused.map(({ answer }) => answer.status))).toEqual(new Set([409]))
  return { taken, refused: refused.map(({ amount, answer }) => ({ amount, said: overBalance.parse(answer.body) })) }
}

test(`${AT_ONCE} refunds asked for at once reserve what was paid and not a unit more`, async ({ shop, sim }) => {
  const { merchantUid } = await shop.paid({ amount: PAID })

  const { taken, refused } = await askAtOnce(shop, merchantUid)

  const reserved = sumOf(taken)
  expect(reserved).toBeGreaterThan(PAID - 4_500)
  expect(reserved).toBeLessThanOrEqual(PAID)
  for (const { amount, said } of refused) {
    expect(amount).toBeGreaterThan(said.left)
    expect(said.detail).toContain('nothing was recorded')
  }
  expect(await shop.payment(merchantUid)).toMatchObject({ paid: PAID, reserved, returned: 0, state: 'cancelPending' })

  await eventually(() => statesOf(shop, merchantUid), FILED_MS).toEqual(['ticketOpen checkout'])
  const tickets = await sim.tickets(merchantUid)
  expect(sumOf(tickets)).toBe(reserved)
  for (const { id } of tickets) await sim.complete(id)
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ reserved: 0, returned: reserved })
  expect(await statesOf(shop, merchantUid)).toEqual(['refunded checkout'])
})

test('money cancelled at the console meanwhile takes the newest refunds out: what is left still fits', async ({
  shop,
  sim,
}) => {
  const { merchantUid, impUid } = await shop.paid({ amount: PAID })
  const asking = askAtOnce(shop, merchantUid)
  await eventually(async () => (await sim.tickets(merchantUid)).length).toBeGreaterThanOrEqual(5)
  // Not all of what is reserved by now fits beside it: else those that come later are refused, and none is overtaken.
  await eventually(async () => (await shop.payment(merchantUid)).reserved).toBeGreaterThan(PAID - OUTSIDE)
  await sim.consoleCancel(impUid, OUTSIDE)
  await asking

  await eventually(async () => {
    const { payment, refunds } = await shop.order(merchantUid)
    return { returned: payment.returned, waiting: refunds.filter(({ state }) => state === 'requested').length }
  }, FILED_MS).toEqual({ returned: OUTSIDE, waiting: 0 })
  const { payment, refunds } = await shop.order(merchantUid)
  expect(payment).toMatchObject({ paid: PAID, state: 'cancelPending' })
  expect(payment.returned + payment.reserved).toBeLessThanOrEqual(PAID)
  const overtaken = refunds.filter(({ state }) => state === 'superseded')
  const open = refunds.filter(({ state }) => state === 'ticketOpen')
  expect(refunds.find(({ origin }) => origin === 'outside')).toMatchObject({ state: 'refunded', amount: OUTSIDE })
  expect(overtaken.length + open.length + 1).toBe(refunds.length)
  expect(overtaken.length).toBeGreaterThan(0)
  expect(sumOf(open) + OUTSIDE).toBeLessThanOrEqual(PAID)
  const moved = (await shop.journal(merchantUid)).filter(({ what }) => what === 'overtaken')
  expect(moved.map(({ refundId, to }) => `${refundId} ${to}`).toSorted()).toEqual(
    overtaken.map(({ refundId }) => `${refundId} superseded`).toSorted(),
  )
  // The journal's own order: no ticket is asked for once its refund was overtaken.
  const lines = await shop.journal(merchantUid)
  const last = (id: string, what: string) => lines.findLastIndex((each) => each.refundId === id && each.what === what)
  for (const { refundId: id } of overtaken) expect(last(id, 'ticket.intent'), id).toBeLessThan(last(id, 'overtaken'))
})
