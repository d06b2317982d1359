// Test money charges real cards: it goes back by itself, is seen until it is back, and settles no live order.
// Must not know: rows.
import { expect } from 'vitest'
import { openCheckout } from '../support/checkout.ts'
import { eventually, shopTest, type OwnShop } from '../support/shop.ts'

const checkout = await openCheckout()
const test = shopTest(checkout.environment)

const said = async (shop: OwnShop, merchantUid: string) => {
  const { refunds } = await shop.order(merchantUid)
  return refunds.map(({ origin, state }) => `${origin} ${state}`)
}

test('test money on a live order goes back by a ticket, is seen until it is back, and delivers nothing', async ({
  shop,
  sim,
}) => {
  const { merchantUid } = await shop.open()
  const impUid = await sim.pay(merchantUid, { sandbox: true })
  await eventually(() => said(shop, merchantUid)).toEqual(['testChannel ticketOpen'])
  expect(await shop.payment(merchantUid)).toMatchObject({
    state: 'cancelPending',
    accepted: false,
    channel: 'live',
    attempts: [{ gatewayRef: impUid, channel: 'test', because: 'channelDiffers' }],
  })
  expect((await shop.order(merchantUid)).refunds).toMatchObject([
    { testChannel: true, nextCheckpoint: { level: 'remind' } },
  ])
  expect(await shop.person(`/payments/${merchantUid}/accept`, { reason: 'please' })).toMatchObject({
    status: 409,
  })

  const live = await sim.pay(merchantUid)
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid', acceptedRef: live })
  const [ticket] = await sim.tickets(merchantUid)
  await sim.complete(ticket?.id ?? '')
  await eventually(() => said(shop, merchantUid)).toEqual(['testChannel refunded'])
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'paid', accepted: true, acceptedRef: live })
  await eventually(() => checkout.lines(merchantUid).at(-1)).toContain('refund.refunded')
  expect(
    checkout
      .notices(merchantUid)
      .filter(({ number }) => number > 1)
      .every(({ testChannel }) => testChannel),
  ).toBe(true)
  expect(checkout.notices(merchantUid)[0]).toMatchObject({ type: 'payment.prepared', testChannel: false })
  expect(checkout.deliveries(merchantUid)).toBe(1)
})

test('test money that cannot be refunded warns at once, is never asked for, and stays seen', async ({ shop, sim }) => {
  const alerts = 'saga_alerts_total{level="warn",kind="blocked.notRefundable"}'
  const told = await shop.metric(alerts)
  const { merchantUid } = await shop.open()
  const cancels = await sim.callsOf('POST /payments/cancel')
  await sim.pay(merchantUid, { sandbox: true, method: 'mint', country: 'KR' })
  await eventually(() => said(shop, merchantUid)).toEqual(['testChannel blocked'])
  expect((await shop.order(merchantUid)).refunds).toMatchObject([
    { attention: 'warn', blockedBecause: 'notRefundable' },
  ])
  await eventually(() => shop.metric(alerts)).toBe(told + 1)
  expect(await sim.callsOf('POST /payments/cancel')).toBe(cancels)
  expect(await shop.payment(merchantUid)).toMatchObject({ accepted: false, reserved: 19_000 })
  const { body } = await shop.call('GET', '/refunds?attention=warn')
  expect(Object(body).refunds).toMatchObject([{ merchantUid, testChannel: true }])
})

test('test money on a test order goes back all the same', async ({ shop, sim }) => {
  const { merchantUid } = await shop.open({ channel: 'test' })
  await sim.pay(merchantUid, { sandbox: true })
  await eventually(() => said(shop, merchantUid)).toEqual(['testChannel ticketOpen'])
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelPending', accepted: true, channel: 'test' })
})

test('test money for an order that is paid already is a second payment and goes back as test money', async ({
  shop,
  sim,
}) => {
  const { merchantUid, impUid } = await shop.paid()
  await sim.pay(merchantUid, { sandbox: true })
  await eventually(() => said(shop, merchantUid)).toEqual(['testChannel ticketOpen'])
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'paid', acceptedRef: impUid })
  expect(checkout.deliveries(merchantUid)).toBe(1)
})
