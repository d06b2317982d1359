// What npm start has: Paymentwall tells i'mport, and i'mport us, or Paymentwall us; what is lost on the way comes when the
// simulator's clock is moved, though ours stays where it is.
// Must not know: how either side is built.
import { expect } from 'vitest'
import { z } from 'zod'
import { waitedFor } from '../support/brief.ts'
import { eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'

// An answer that is lost is waited for no longer; no other answer of a busy machine takes so long.
const test = shopTest({ PARTIAL_REFUNDS: 'yes', CANCEL_TIMEOUT: '10s' })
const PAST_THE_PAGE_MS = 8 * 86_400_000
const written = z.object({ log: z.array(z.object({ from: z.string(), status: z.number().nullable() })) })
const known = z.object({ payments: z.array(z.object({ impUid: z.string(), merchantUid: z.string() })) })
const played = z.object({ played: z.object({ payments: z.array(z.string()) }) })

async function open(shop: OwnShop, gateway: string): Promise<string> {
  const merchantUid = fresh('order')
  const order = { merchantUid, amount: 1990, currency: 'USD', name: 'Gold pack', gateway }
  const buyer = { id: 'buyer-77', name: 'Ann Roe', email: 'ann@example.com' }
  expect(await shop.call('POST', '/payments', { ...order, buyer })).toMatchObject({ status: 201 })
  return merchantUid
}
async function refOf(shop: OwnShop, merchantUid: string): Promise<string> {
  const { payments } = known.parse(await shop.sim.control('GET', '/payments'))
  return payments.find((payment) => payment.merchantUid === merchantUid)?.impUid ?? 'none'
}
const LEVELS = [
  { project: 'iamport', gateway: 'iamport/main', order: {} },
  {
    project: 'direct',
    gateway: 'paymentwall/main',
    order: { gateway: 'paymentwall', uid: 'buyer-77', amount: 1990, currency: 'USD' },
  },
]

for (const { project, gateway, order } of LEVELS) {
  test(`a pingback to ${gateway} that is lost is repeated after 30 simulated minutes, and then the order is paid`, async ({
    shop,
    sim,
  }) => {
    const merchantUid = await open(shop, gateway)
    await sim.control('PUT', '/faults', { projects: { [project]: { pingbacks: 'lost' } } })
    await sim.control('POST', '/pay', { merchantUid, ...order })
    await sim.control('PUT', '/faults', { projects: { [project]: { pingbacks: 'deliver' } } })
    await sim.control('POST', '/clock', { advance: '29m' })
    expect(await shop.payment(merchantUid)).toMatchObject({ state: 'prepared' })
    await sim.control('POST', '/clock', { advance: '1m' })
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid' })
  })

  test(`a scenario plays a refund through ${gateway}: a week of holidays at the desk, and the money is back`, async ({
    shop,
    sim,
  }) => {
    const merchantUid = await open(shop, gateway)
    await sim.control('POST', '/scenarios/desk-on-holiday', { merchantUid, seed: 1, ...order })
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid' })
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
    await sim.control('POST', '/clock', { advance: '12d' })
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
  })
}

test('a late approval by scenario: a failure at the gateway, and paid a day later', async ({ shop, sim }) => {
  const merchantUid = await open(shop, 'iamport/main')
  const { payments } = played.parse(await sim.control('POST', '/scenarios/late-approval', { seed: 1 })).played
  expect(payments).toHaveLength(1)
  await sim.control('POST', '/clock', { advance: '28h' })
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid' })
})

/** How a refund ends in a scenario, and what its order has back by then. */
const ENDINGS = [
  { name: 'chargeback-overtakes', asked: {}, refund: 'superseded', returned: 1990 },
  { name: 'done-without-its-name', asked: {}, refund: 'refunded', returned: 1990 },
  { name: 'lost-answer', asked: {}, refund: 'refunded', returned: 1990 },
  // The second time it is money that nobody asked for.
  { name: 'partial-twice', asked: { amount: 500 }, refund: 'refunded', returned: 1000, only: 'iamport' },
  // Two pingbacks of one refund that are alike to the letter: one that was repeated, for all that anybody can see.
  { name: 'partial-twice', asked: { amount: 500 }, refund: 'refunded', returned: 500, only: 'direct' },
]

/** Through both gateways at once: the desk's clock is one for all, and an answer that is lost is waited for once. */
const names = [...new Set(ENDINGS.map(({ name }) => name))]
for (const name of names) {
  const cases = LEVELS.flatMap((level) =>
    ENDINGS.filter((each) => each.name === name && (each.only ?? level.project) === level.project).map((ending) => ({
      ...level,
      ...ending,
    })),
  )
  const told = cases.map(({ gateway, refund, returned }) => `${refund}, and ${returned} back, through ${gateway}`)
  test(`${name}: the refund is ${told.join('; ')}`, async ({ shop, sim }) => {
    const waiting = cases.map(async ({ gateway, order, asked, refund, returned }) => {
      const merchantUid = await open(shop, gateway)
      await sim.control('POST', `/scenarios/${name}`, { merchantUid, seed: 1, ...order })
      await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid' })
      const { refundId } = await shop.askRefund(merchantUid, asked)
      const state = () => shop.refund(refundId).then(({ state }) => state)
      await eventually(state).toBe(name === 'lost-answer' ? 'unknown' : 'ticketOpen')
      return { merchantUid, state, refund, returned }
    })
    const all = await Promise.all(waiting)
    await sim.control('POST', '/clock', { advance: '3d' })
    for (const { merchantUid, state, refund, returned } of all) {
      await eventually(state).toBe(refund)
      await eventually(() => shop.payment(merchantUid)).toMatchObject({ returned })
    }
  })
}

for (const { gateway, order } of LEVELS)
  test(`forgotten-ticket through ${gateway}: people are paged by our time, and the money is back by the desk's`, async ({
    shop,
    sim,
  }) => {
    const merchantUid = await open(shop, gateway)
    await sim.control('POST', '/scenarios/forgotten-ticket', { merchantUid, seed: 1, ...order })
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid' })
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
    // Our time is not the simulator's, and no test waits for it.
    await waitedFor(shop, refundId, PAST_THE_PAGE_MS)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', attention: 'page' })
    await sim.control('POST', '/clock', { advance: '49d' })
    expect(await shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
    await sim.control('POST', '/clock', { advance: '22d' })
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded', attention: 'none' })
  })

test('an hour of forgeries moves nothing, through either gateway', async ({ shop, sim }) => {
  for (const { gateway, order } of LEVELS) {
    const merchantUid = await open(shop, gateway)
    await sim.control('POST', '/scenarios/forged-webhooks', { merchantUid, seed: 1, ...order })
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid' })
    const before = await shop.journal(merchantUid)
    await sim.control('POST', '/clock', { advance: '1h' })
    const { log } = written.parse(await sim.control('GET', '/log'))
    expect(log.filter(({ from, status }) => from === 'stranger' && status !== null).length).toBeGreaterThanOrEqual(4)
    await sim.control('POST', `/payments/${await refOf(shop, merchantUid)}/consoleCancel`, { amount: 90 })
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'partlyCancelled', returned: 90 })
    const moved = (await shop.journal(merchantUid)).slice(before.length).map(({ what }) => what)
    expect(moved).toEqual(['attempt.status', 'refund.outside', 'payment.state'])
  }
})
