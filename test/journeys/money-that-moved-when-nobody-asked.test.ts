// Money for an order that nobody has opened: held in sight until a person decides, or until its order is opened after all.
// Must not know: rows, workflows. Late, second, wrong and outside money is told in "each webhook may be lost, doubled, late or forged".
import { expect } from 'vitest'
import { openCheckout } from '../support/checkout.ts'
import { eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'

const checkout = await openCheckout()
const test = shopTest({ ...checkout.environment, APPROVAL_LIMIT: '' })

/** Every notice of the order has been taken: then what was delivered for is known. */
const heard = async (shop: OwnShop, merchantUid: string) => {
  const waiting = async () =>
    (
      await shop.db
        .selectFrom('outbox')
        .select('id')
        .where('target', '=', merchantUid)
        .where('state', '=', 'pending')
        .execute()
    ).length
  await eventually(waiting).toBe(0)
  expect(checkout.forged()).toEqual([])
  expect(checkout.notices(merchantUid).map(({ number }) => number)).toEqual(
    checkout.notices(merchantUid).map((_, index) => index + 1),
  )
}
const completeTicket = async ({ sim }: OwnShop, merchantUid: string) => {
  await eventually(() => sim.tickets(merchantUid)).toHaveLength(1)
  const [ticket] = await sim.tickets(merchantUid)
  await sim.complete(ticket?.id ?? '')
}

test('money for nobody’s order is found by a sweep, held by a saga of its own, and given back by a person', async ({
  shop,
  sim,
}) => {
  const merchantUid = fresh('nobody')
  const impUid = await sim.pay(merchantUid, { amount: 5_000, currency: 'KRW' })
  const stray = `/strays/iamport/main/${impUid}`
  expect(await shop.call('GET', stray)).toMatchObject({ status: 404 })
  await catchUp(shop)
  await eventually(() => shop.call('GET', stray)).toMatchObject({
    status: 200,
    body: {
      stray: {
        gatewayRef: impUid,
        merchantUid: null,
        saidMerchantUid: merchantUid,
        because: 'unknownOrder',
        attention: 'warn',
      },
    },
  })
  expect(await shop.call('GET', '/strays')).toMatchObject({ body: { strays: [{ gatewayRef: impUid }], cursor: null } })
  const handle = shop.client.workflow.getHandle(`stray:iamport/main:${impUid}`)
  await eventually(async () => (await handle.describe()).status.name).toBe('RUNNING')
  expect(await shop.call('POST', `${stray}/acknowledge`, { owner: 'ann' })).toMatchObject({ status: 200 })
  expect(await shop.call('GET', stray)).toMatchObject({ body: { stray: { owner: 'ann' } } })

  expect(await shop.person(`${stray}/refund`, { reason: 'not ours' })).toMatchObject({ status: 200 })
  expect(await handle.result()).toEqual({ state: 'cancelPending' })
  await completeTicket(shop, merchantUid)
  await eventually(() => shop.call('GET', stray)).toMatchObject({
    body: { stray: { state: 'cancelled', returned: 5_000, attention: 'none' } },
  })
  expect(await shop.call('GET', '/strays')).toMatchObject({ body: { strays: [] } })
  expect(await shop.person(`${stray}/accept`, { reason: 'ours after all' })).toMatchObject({ status: 409 })
})

test('money that came before its order was recorded settles it once it is', async ({ shop, sim }) => {
  const merchantUid = fresh('early')
  const impUid = await sim.pay(merchantUid, { amount: 19_000, currency: 'KRW' })
  await catchUp(shop)
  const handle = shop.client.workflow.getHandle(`stray:iamport/main:${impUid}`)
  await eventually(() =>
    handle.describe().then(
      ({ status }) => status.name,
      () => 'none',
    ),
  ).toBe('RUNNING')

  await shop.open({ merchantUid })
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid', acceptedRef: impUid })
  expect(await handle.result()).toMatchObject({ state: 'paid' })
  await heard(shop, merchantUid)
  expect(checkout.deliveries(merchantUid)).toBe(1)
})

async function catchUp(shop: OwnShop): Promise<void> {
  const from = new Date(Date.now() - 3_600_000).toISOString()
  const body = { from, to: new Date(Date.now() + 60_000).toISOString() }
  expect(await shop.call('POST', '/sweeps', body)).toMatchObject({ status: 202 })
}
