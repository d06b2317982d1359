// An order settles, is declined, expires or is closed by evidence: what the gateway shows, never what a message says.
// Must not know: timers.
import { expect } from 'vitest'
import { z } from 'zod'
import { merchantUid as merchantUidOf } from '../../src/domain/ids.ts'
import { endSoon, openBriefly, tryAgainSoon } from '../support/brief.ts'
import { eventually, shopTest, type OwnShop } from '../support/shop.ts'

const test = shopTest()

const whyOf = async (shop: OwnShop, merchantUid: string, what: string) =>
  (await shop.journal(merchantUid)).filter((line) => line.what === what).map(({ to, why }) => ({ to, why }))

/** How often its last look was tried in vain, and how long after the beginning of a try the next one is due. */
async function triesOf({ db, events }: OwnShop, id: string) {
  const rows = db.selectFrom('payments').select(['tries', 'nextTryAt']).where('merchantUid', '=', merchantUidOf(id))
  const { tries, nextTryAt } = await rows.executeTakeFirstOrThrow()
  const asked = (await events(`payment:${id}`)).map((event) => event.activityTaskScheduledEventAttributes)
  const last = asked.findLast((each) => each?.activityType?.name === 'expirePayment')
  const { now } = expiring.parse(JSON.parse(Buffer.from(last?.input?.payloads?.[0]?.data ?? []).toString()))
  return { tries, pauseMs: Date.parse(nextTryAt ?? '') - Date.parse(now) }
}
const expiring = z.object({ now: z.string() })

test('a paid order is settled by the look that its webhook asks for', async ({ shop }) => {
  const { merchantUid, impUid } = await shop.paid()

  expect(await shop.payment(merchantUid)).toMatchObject({
    acceptedRef: impUid,
    paid: 19_000,
    attempts: [{ gatewayRef: impUid, accepted: true, because: 'asOrdered' }],
  })
  expect(await whyOf(shop, merchantUid, 'attempt.accepted')).toEqual([
    { to: 'asOrdered', why: 'paid as ordered, in time' },
  ])
  expect(await shop.client.workflow.getHandle(`payment:${merchantUid}`).result()).toEqual({ state: 'paid' })
})

test('an order whose webhook was lost is settled when the buyer comes back', async ({ shop, sim }) => {
  const { merchantUid } = await shop.open()
  await sim.faults({ webhooks: 'drop' })
  const impUid = await sim.pay(merchantUid)
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'prepared' })

  expect(await shop.call('POST', `/payments/${merchantUid}/returned`, {})).toMatchObject({ status: 202 })

  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid', acceptedRef: impUid })
})

test('a declined order takes a new attempt', async ({ shop, sim }) => {
  const { merchantUid } = await shop.open()
  const declined = await sim.pay(merchantUid, { outcome: 'declined' })
  await shop.call('POST', `/payments/${merchantUid}/returned`, { gatewayRef: declined })
  await eventually(() => shop.payment(merchantUid)).toMatchObject({
    state: 'declined',
    label: { ko: '결제실패' },
    attempts: [{ gatewayRef: declined, failReason: '(PG사 결제 실패) Payment was declined' }],
  })

  const impUid = await sim.pay(merchantUid)

  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid', acceptedRef: impUid })
  expect((await shop.payment(merchantUid)).attempts).toHaveLength(2)
})

test('an order expires only after a last look that answered', async ({ shop, sim }) => {
  await sim.faults({ reads: 'error500' })
  const looks = await sim.callsOf('GET /payments/findAll/:merchant_uid')
  const merchantUid = await openBriefly(shop, 1_000)
  const handle = shop.client.workflow.getHandle(`payment:${merchantUid}`)
  await eventually(() => sim.callsOf('GET /payments/findAll/:merchant_uid')).toBeGreaterThan(looks)
  await eventually(async () => (await handle.describe()).raw.pendingActivities ?? []).toEqual([])
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'prepared' })
  expect(await triesOf(shop, merchantUid)).toEqual({ tries: 1, pauseMs: 60_000 })

  await sim.faults({ reads: 'ok' })
  await tryAgainSoon(shop, merchantUid)

  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'expired' })
  expect(await whyOf(shop, merchantUid, 'order.timedOut')).toEqual([
    { to: 'expired', why: 'not paid in time; the last look found no money' },
  ])
  expect(await handle.result()).toEqual({ state: 'expired' })
})

test('money that comes after the expiry is held for a person', async ({ shop, sim }) => {
  const alerts = 'saga_alerts_total{level="remind",kind="held.late"}'
  const told = await shop.metric(alerts)
  const merchantUid = await openBriefly(shop, 1_000)
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'expired' })

  const impUid = await sim.pay(merchantUid)

  await eventually(() => shop.payment(merchantUid)).toMatchObject({
    state: 'quarantined',
    label: { ko: '확인필요' },
    accepted: false,
    attention: 'remind',
    attempts: [{ gatewayRef: impUid, because: 'late' }],
  })
  expect(await whyOf(shop, merchantUid, 'attempt.paid')).toEqual([
    { to: 'late', why: 'paid after the order was expired or closed' },
  ])
  await eventually(() => shop.metric(alerts)).toBe(told + 1)
  const handle = shop.client.workflow.getHandle(`payment:${merchantUid}`)
  await eventually(async () => (await handle.describe()).status.name).toBe('RUNNING')
  expect(await shop.requestRefund(merchantUid)).toMatchObject({ status: 409, body: { code: 'paymentNotPaid' } })
})

test('an order is paid at the last look though no message ever came', async ({ shop, sim }) => {
  await sim.faults({ webhooks: 'drop' })
  const { merchantUid } = await shop.open()
  const impUid = await sim.pay(merchantUid)
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'prepared' })
  // Its time is over only once it is paid, however slow the machine is.
  await endSoon(shop, merchantUid)

  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid', acceptedRef: impUid })
  expect((await shop.journal(merchantUid)).find(({ what }) => what === 'attempt.accepted')).toMatchObject({
    who: `payment:${merchantUid}`,
    to: 'asOrdered',
  })
})

test('an order that is closed is sold no more, and one that is paid cannot be closed', async ({ shop }) => {
  const { merchantUid } = await shop.open()
  expect(await shop.call('POST', `/payments/${merchantUid}/close`, { reason: 'sold out' })).toMatchObject({
    status: 200,
    body: { payment: { state: 'closed', closedReason: 'sold out' } },
  })
  expect(await whyOf(shop, merchantUid, 'order.closed')).toEqual([{ to: 'closed', why: 'sold out' }])
  expect(await shop.client.workflow.getHandle(`payment:${merchantUid}`).result()).toEqual({ state: 'closed' })

  const paid = await shop.paid()
  expect(await shop.call('POST', `/payments/${paid.merchantUid}/close`, { reason: 'sold out' })).toMatchObject({
    status: 409,
    body: { code: 'alreadyPaid', detail: expect.stringContaining('refund it instead') },
  })
  expect(await shop.payment(paid.merchantUid)).toMatchObject({ state: 'paid', closedReason: null })
})
