// Under the policy hold a second payment waits in a saga of its own until a person accepts it or gives it back; nothing moves by itself.
// Must not know: rows of the order.
import { sql } from 'kysely'
import { expect } from 'vitest'
import { eventually, shopTest, type OwnShop } from '../support/shop.ts'

const test = shopTest({ SECOND_PAYMENT_POLICY: 'hold' })

/** An order that was paid twice, the second payment held. */
async function paidTwice(shop: OwnShop) {
  const { merchantUid, impUid } = await shop.paid()
  const second = await shop.sim.pay(merchantUid)
  const stray = `/strays/iamport/main/${second}`
  await eventually(() => shop.call('GET', stray)).toMatchObject({
    body: { stray: { because: 'second', attention: 'warn' } },
  })
  const handle = shop.client.workflow.getHandle(`stray:iamport/main:${second}`)
  await eventually(async () => (await handle.describe()).status.name).toBe('RUNNING')
  return { merchantUid, impUid, second, stray, handle }
}

test('held money shows itself to people, in the list, in Temporal and as an alert, and the order stays paid', async ({
  shop,
  sim,
}) => {
  const alerts = 'saga_alerts_total{level="warn",kind="held.second"}'
  const told = await shop.metric(alerts)
  const { merchantUid, impUid, second, stray, handle } = await paidTwice(shop)
  expect(await shop.payment(merchantUid)).toMatchObject({
    state: 'paid',
    acceptedRef: impUid,
    paid: 19_000,
    attention: 'none',
  })
  expect(await shop.call('GET', stray)).toMatchObject({
    body: {
      stray: {
        state: 'quarantined',
        accepted: false,
        merchantUid,
        paid: 19_000,
        refunds: [],
        nextCheckpoint: { level: 'page' },
      },
    },
  })
  const { typedSearchAttributes, type } = await handle.describe()
  const shown = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]))
  expect(type).toBe('stray')
  expect(shown).toMatchObject({
    SagaState: 'quarantined',
    Attention: 'warn',
    GatewayRef: second,
    MerchantUid: merchantUid,
    AmountMinor: 19_000,
  })
  await eventually(() => shop.metric(alerts)).toBe(told + 1)
  expect(await sim.tickets(merchantUid)).toEqual([])

  expect(await shop.person(`${stray}/accept`, { reason: 'two orders in one', gatewayRef: impUid })).toMatchObject({
    status: 409,
    body: { code: 'updateRejected', detail: expect.stringContaining(`this saga is about ${second}`) },
  })
  expect(await shop.person(`${stray}/accept`, { reason: 'two orders in one' })).toMatchObject({ status: 200 })
  expect(await handle.result()).toEqual({ state: 'paid' })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'paid', acceptedRef: impUid, paid: 19_000 })
  expect(await sim.tickets(merchantUid)).toEqual([])
})

test('a person gives it back, and its saga ends while the refund waits for its ticket', async ({ shop, sim }) => {
  const { merchantUid, second, stray, handle } = await paidTwice(shop)
  expect(await shop.person(`${stray}/refund`, { reason: 'paid twice' })).toMatchObject({ status: 200 })
  expect(await handle.result()).toEqual({ state: 'cancelPending' })
  await eventually(() => sim.tickets(merchantUid)).toMatchObject([{ impUid: second, amount: 19_000, state: 'open' }])
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'paid', reserved: 0 })
})

test('a refund of it that is refused wakes its saga again', async ({ shop, sim }) => {
  const { stray, handle } = await paidTwice(shop)
  await sim.faults({ cancel: 'refuse' })
  await shop.person(`${stray}/refund`, { reason: 'paid twice' })
  await eventually(() => shop.call('GET', stray)).toMatchObject({
    body: { stray: { state: 'quarantined', attention: 'warn' } },
  })
  await eventually(async () => (await handle.describe()).status.name).toBe('RUNNING')
  await sim.faults({ cancel: 'accept' })
  expect(await shop.person(`${stray}/accept`, { reason: 'kept' })).toMatchObject({ status: 200 })
  expect(await handle.result()).toEqual({ state: 'paid' })
})

test('a day without a decision pages, after a look', async ({ shop, sim }) => {
  const alerts = 'saga_alerts_total{level="page",kind="stray.second"}'
  const told = await shop.metric(alerts)
  const { second, stray, handle } = await paidTwice(shop)
  const looks = await sim.callsOf('GET /payments/:imp_uid')
  await sql`update attempts set waiting_since = waiting_since - interval '25 hours', last_checkpoint_at = last_checkpoint_at - interval '25 hours',
    next_checkpoint_at = next_checkpoint_at - interval '25 hours', version = version + 1 where gateway_ref = ${second}`.execute(
    shop.db,
  )
  await handle.signal('news')
  await eventually(() => shop.call('GET', stray)).toMatchObject({ body: { stray: { attention: 'page' } } })
  expect(await sim.callsOf('GET /payments/:imp_uid')).toBeGreaterThan(looks)
  await eventually(() => shop.metric(alerts)).toBe(told + 1)
  expect(await shop.call('POST', `${stray}/recheck`, {})).toMatchObject({ status: 200 })
})

test('a terminated saga of it begins again from its row, and a console cancel of all of it ends it', async ({
  shop,
  sim,
}) => {
  const { second, handle } = await paidTwice(shop)
  await handle.terminate('by hand')
  await sql`insert into outbox (kind, target, payload) values ('wake', ${`stray:iamport/main:${second}`}, '{}')`.execute(
    shop.db,
  )
  await eventually(async () => (await handle.describe()).status.name).toBe('RUNNING')
  await sim.consoleCancel(second, 19_000)
  expect(await handle.result()).toEqual({ state: 'cancelled' })
})

test('a name that is no account, or no reference of ours, is refused with a sentence', async ({ shop }) => {
  expect(await shop.call('GET', '/strays/iamport/Main/imp_1')).toMatchObject({
    status: 422,
    body: { code: 'invalidRequest' },
  })
  expect(await shop.call('GET', '/strays/iamport/main/imp_1')).toMatchObject({
    status: 404,
    body: { code: 'notFound' },
  })
  expect(await shop.person('/strays/iamport/main/imp_1/accept', { reason: 'mine' })).toMatchObject({
    status: 404,
  })
})
