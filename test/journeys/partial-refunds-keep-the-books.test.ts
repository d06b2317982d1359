// Partial refunds keep the books: several at once, entries larger or smaller than asked, and money that moved meanwhile. Sums always agree.
// Must not know: rows.
import { describe, expect } from 'vitest'
import { BUYER, eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'

const test = shopTest({ PARTIAL_REFUNDS: 'yes' })

const said = async (shop: OwnShop, merchantUid: string) => {
  const { refunds } = await shop.order(merchantUid)
  return refunds.map(({ origin, state, amount }) => `${origin} ${state} ${amount}`).toSorted()
}
const alerts = async (shop: OwnShop, merchantUid: string) => {
  const { refunds } = await shop.order(merchantUid)
  const sagas = [`payment:${merchantUid}`, ...refunds.map(({ refundId }) => `refund:${refundId}`)]
  const rows = await shop.db
    .selectFrom('outbox')
    .select('payload')
    .where('kind', '=', 'alert')
    .where('target', 'in', sagas)
    .execute()
  return rows.map(({ payload }) => `${Object(payload).level} ${Object(payload).kind}`)
}
/** A paid order with refunds of these amounts whose tickets are open; answers with the ids of refunds and tickets. */
async function ticketsOf(shop: OwnShop, amounts: readonly number[]) {
  const { merchantUid, impUid } = await shop.paid()
  const refundIds: string[] = []
  for (const amount of amounts) {
    const { refundId } = await shop.askRefund(merchantUid, { amount })
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
    refundIds.push(refundId)
  }
  const tickets = await shop.sim.tickets(merchantUid)
  const complete = (index: number, amount?: number) => {
    const ticket = tickets.find(({ reason }) => reason.startsWith(`#${refundIds[index]} `))
    return shop.sim.control('POST', `/tickets/${ticket?.id}/complete`, amount === undefined ? {} : { amount })
  }
  return { merchantUid, impUid, refundIds, complete }
}

test('several that are asked for at once take no more than was paid, and each answers its own entry', async ({
  shop,
  sim,
}) => {
  const { merchantUid } = await shop.paid()
  const asked = await Promise.all(
    [8_000, 8_000, 8_000, 3_000].map((amount) => shop.requestRefund(merchantUid, { amount })),
  )
  const taken = asked.filter(({ status }) => status === 202)
  expect(asked.filter(({ status }) => status === 409)).toHaveLength(1)
  expect(taken).toHaveLength(3)
  const sum = taken.reduce((total, { body }) => total + Number(Object(body).refund.amount), 0)
  expect(sum).toBe(19_000)
  await eventually(() => sim.tickets(merchantUid)).toHaveLength(3)
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelPending', reserved: 19_000, returned: 0 })

  for (const { id } of (await sim.tickets(merchantUid)).toReversed()) await sim.complete(id)
  await eventually(() => said(shop, merchantUid)).toEqual([
    'checkout refunded 3000',
    'checkout refunded 8000',
    'checkout refunded 8000',
  ])
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelled', reserved: 0, returned: 19_000 })
  expect(await alerts(shop, merchantUid)).toEqual([])
})

test('one after the other shows 부분취소 between, and what is left', async ({ shop }) => {
  const { merchantUid, complete } = await ticketsOf(shop, [5_000])
  await complete(0)
  await eventually(() => shop.payment(merchantUid)).toMatchObject({
    state: 'partlyCancelled',
    label: { ko: '부분취소' },
    returned: 5_000,
  })
  expect(await shop.requestRefund(merchantUid, { amount: 14_001 })).toMatchObject({
    status: 409,
    body: { code: 'refundExceedsBalance', left: 14_000 },
  })
  expect(await shop.askRefund(merchantUid)).toMatchObject({ amount: 14_000 })
})

test('an entry smaller than its refund is booked, and the refund waits for the rest with a warning', async ({
  shop,
}) => {
  const { merchantUid, refundIds, complete } = await ticketsOf(shop, [9_000])
  await complete(0, 4_000)
  await eventually(() => shop.refund(refundIds[0] ?? '')).toMatchObject({
    state: 'ticketOpen',
    amount: 9_000,
    remaining: 5_000,
  })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelPending', returned: 4_000, reserved: 5_000 })
  expect(await alerts(shop, merchantUid)).toEqual(['warn smallerThanAsked'])
  const rest = { outcome: 'settledElsewhere', reason: 'the rest went by bank', evidence: 'transfer 9' }
  expect(await shop.person(`/refunds/${refundIds[0]}/resolve`, rest)).toMatchObject({ status: 200 })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'partlyCancelled', returned: 9_000, reserved: 0 })
})

test('an entry larger than its refund closes it, the excess is booked as outside, and a person is paged', async ({
  shop,
}) => {
  const { merchantUid, refundIds, complete } = await ticketsOf(shop, [5_000])
  await complete(0, 7_000)
  await eventually(() => said(shop, merchantUid)).toEqual(['checkout refunded 5000', 'outside refunded 2000'])
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'partlyCancelled', returned: 7_000, reserved: 0 })
  expect(await alerts(shop, merchantUid)).toEqual(['page largerThanAsked'])
  expect(await shop.client.workflow.getHandle(`refund:${refundIds[0]}`).result()).toEqual({ state: 'refunded' })
})

test('a console cancel of a part supersedes the newest refund that no longer fits, and no other', async ({
  shop,
  sim,
}) => {
  const { merchantUid, impUid, refundIds } = await ticketsOf(shop, [6_000, 7_000])
  await sim.consoleCancel(impUid, 9_000)
  await eventually(() => shop.refund(refundIds[1] ?? '')).toMatchObject({ state: 'superseded' })
  expect(await shop.refund(refundIds[0] ?? '')).toMatchObject({ state: 'ticketOpen' })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelPending', returned: 9_000, reserved: 6_000 })
  expect(await alerts(shop, merchantUid)).toEqual(['page overtakenTicket'])
  expect(await shop.askRefund(merchantUid)).toMatchObject({ amount: 4_000 })
})

test('a console cancel of all supersedes every open refund, and each pages', async ({ shop, sim }) => {
  const { merchantUid, impUid, refundIds } = await ticketsOf(shop, [6_000, 7_000])
  await sim.consoleCancel(impUid, 19_000)
  await eventually(() => said(shop, merchantUid)).toEqual([
    'checkout superseded 6000',
    'checkout superseded 7000',
    'outside refunded 19000',
  ])
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelled', returned: 19_000, reserved: 0 })
  expect(await alerts(shop, merchantUid)).toEqual(['page overtakenTicket', 'page overtakenTicket'])
  for (const id of refundIds)
    expect(await shop.client.workflow.getHandle(`refund:${id}`).result()).toEqual({ state: 'superseded' })
})

test('cancels that are done at once, their webhooks before their answers, answer each its own refund', async ({
  shop,
  sim,
}) => {
  const { merchantUid } = await shop.paid()
  await sim.faults({ cancel: 'instant' })
  const ids = [fresh('one'), fresh('two')]
  await Promise.all(ids.map((refundId) => shop.askRefund(merchantUid, { refundId, amount: 4_000 })))
  const settled = expect.stringMatching(/^(refunded|blocked)$/)
  for (const id of ids) await eventually(() => shop.refund(id)).toMatchObject({ state: settled })
  // Whoever looks while the other's money is just moving sees sums that differ, and nothing is sent until a person says so.
  for (const id of ids) {
    if ((await shop.refund(id)).state === 'refunded') continue
    expect(await alerts(shop, merchantUid)).toContainEqual(expect.stringContaining('blocked.balanceDiffers'))
    await shop.person(`/refunds/${id}/retry-ticket`, { reason: 'the sums agree by now' })
  }
  for (const id of ids) await eventually(() => shop.refund(id)).toMatchObject({ state: 'refunded', remaining: 0 })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'partlyCancelled', returned: 8_000, reserved: 0 })
  expect(await said(shop, merchantUid)).toEqual(['checkout refunded 4000', 'checkout refunded 4000'])
  expect(await sim.tickets(merchantUid)).toEqual([])
})

const BY_V2 = { gateway: 'portone', uid: BUYER.id } as const
const WINDOWS = { 'iamport/main': {}, 'portone/main': BY_V2 }
// Paymentwall itself cannot say it: its pingbacks name no currency, unless a project is set up so.
for (const gateway of ['iamport/main', 'portone/main'] as const)
  test(`money in another currency than ordered is refunded in full only: ${gateway}`, async ({ shop, sim }) => {
    const { merchantUid } = await shop.open({ gateway })
    await sim.pay(merchantUid, { ...WINDOWS[gateway], amount: 1_500, currency: 'USD' })
    await eventually(() => shop.payment(merchantUid)).toMatchObject({
      state: 'quarantined',
      attempts: [{ because: 'currencyDiffers' }],
    })
    await shop.person(`/payments/${merchantUid}/accept`, { reason: 'agreed by phone' })
    expect(await shop.requestRefund(merchantUid, { amount: 500 })).toMatchObject({
      status: 422,
      body: {
        code: 'partialRefundNotSupported',
        left: 1_500,
        currency: 'USD',
        detail: expect.stringContaining('another currency than ordered only in full'),
      },
    })
    expect(await shop.order(merchantUid)).toMatchObject({ refunds: [] })
    expect(await shop.askRefund(merchantUid)).toMatchObject({ amount: 1_500, currency: 'USD' })
  })

describe('where only the gateway knows that its processed currency is another one', () => {
  const asked = async (shop: OwnShop, partCancel: string) => {
    await shop.sim.control('PUT', '/faults', { portone: { partCancel } })
    const { merchantUid } = await shop.open({ gateway: 'portone/main' })
    await shop.sim.pay(merchantUid, BY_V2)
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid' })
    return { merchantUid, part: (await shop.askRefund(merchantUid, { amount: 5_000 })).refundId }
  }

  test('a part that fails is refused, its amount is free again, and all of it may be asked for', async ({
    shop,
    sim,
  }) => {
    const { merchantUid, part } = await asked(shop, 'failed')
    await eventually(() => shop.refund(part)).toMatchObject({ state: 'refused', attention: 'warn' })
    expect(await shop.payment(merchantUid)).toMatchObject({ state: 'paid', reserved: 0 })
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', amount: 19_000 })
    expect(await sim.tickets(merchantUid)).toMatchObject([{ amount: 19_000 }])
  })

  test('a part that Paymentwall says no to is unknown, and a person’s word makes room for all of it', async ({
    shop,
    sim,
  }) => {
    const { merchantUid, part } = await asked(shop, 'pgError')
    await eventually(() => shop.refund(part)).toMatchObject({ state: 'unknown' })
    expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelPending', reserved: 5_000 })
    const over = { outcome: 'refused', reason: 'no request in the console', ticketDead: true, evidence: 'console' }
    expect(await shop.person(`/refunds/${part}/resolve`, over)).toMatchObject({ status: 200 })
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', amount: 19_000 })
    expect(await sim.tickets(merchantUid)).toMatchObject([{ amount: 19_000 }])
  })
})
