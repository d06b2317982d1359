// Money that moved when nobody asked: late, twice, too little, by the console, by a chargeback, for nobody's order. It is booked as what
// it is, delivered for once or never, and a person is asked. Must not know: rows, workflows.
import { expect } from 'vitest'
import { openCheckout } from '../support/checkout.ts'
import { eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'

const checkout = await openCheckout()
const test = shopTest({ ...checkout.environment, APPROVAL_LIMIT: '' })

const said = async (shop: OwnShop, merchantUid: string) => {
  const { refunds } = await shop.order(merchantUid)
  return refunds.map(({ origin, state, amount }) => `${origin} ${state} ${amount}`)
}
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
  return checkout.lines(merchantUid).map((line) => line.replace(/^\d+ /, ''))
}
const pages = async (shop: OwnShop, saga: string) => {
  const rows = await shop.db
    .selectFrom('outbox')
    .select('payload')
    .where('target', '=', saga)
    .where('kind', '=', 'alert')
    .execute()
  return rows.map(({ payload }) => `${Object(payload).level} ${Object(payload).kind}`)
}
const completeTicket = async ({ sim }: OwnShop, merchantUid: string) => {
  await eventually(() => sim.tickets(merchantUid)).toHaveLength(1)
  const [ticket] = await sim.tickets(merchantUid)
  await sim.complete(ticket?.id ?? '')
}

test('attempt 1 is declined, attempt 2 paid, attempt 1 approved later: one delivery, one refund', async ({
  shop,
  sim,
}) => {
  const { merchantUid } = await shop.open()
  const first = await sim.pay(merchantUid, { outcome: 'approvedLate' })
  await shop.call('POST', `/payments/${merchantUid}/returned`, { gatewayRef: first })
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'declined' })
  const second = await sim.pay(merchantUid)
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid', acceptedRef: second })

  await sim.control('POST', `/payments/${first}/approve`, {})
  await eventually(() => said(shop, merchantUid)).toEqual(['policy ticketOpen 19000'])
  await completeTicket(shop, merchantUid)
  await eventually(() => said(shop, merchantUid)).toEqual(['policy refunded 19000'])

  expect(await shop.payment(merchantUid)).toMatchObject({
    state: 'paid',
    accepted: true,
    acceptedRef: second,
    returned: 0,
  })
  expect((await shop.payment(merchantUid)).attempts.find(({ gatewayRef }) => gatewayRef === first)).toMatchObject({
    because: 'second',
    accepted: false,
    state: 'cancelled',
    returned: 19_000,
  })
  expect(await sim.tickets(merchantUid)).toMatchObject([{ impUid: first, state: 'completed' }])
  expect(await heard(shop, merchantUid)).toEqual([
    'payment.prepared',
    'payment.declined',
    'payment.paid',
    'refund.requested',
    'refund.ticketOpen',
    'refund.refunded',
  ])
  expect(checkout.deliveries(merchantUid)).toBe(1)
})

test('USD 1 paid for an order of USD 100 is never paid and never delivered, though its refund is refused', async ({
  shop,
  sim,
}) => {
  const { merchantUid } = await shop.open({ amount: 10_000, currency: 'USD' })
  const impUid = await sim.pay(merchantUid, { amount: 100 })
  await eventually(() => shop.payment(merchantUid)).toMatchObject({
    state: 'quarantined',
    accepted: false,
    paid: 100,
    attention: 'warn',
    attempts: [{ because: 'amountDiffers' }],
  })
  expect(await shop.requestRefund(merchantUid)).toMatchObject({ status: 409, body: { code: 'paymentNotPaid' } })

  const reason = { reason: 'wrong amount' }
  expect(await shop.call('POST', `/payments/${merchantUid}/refund`, reason)).toMatchObject({
    status: 200,
    body: { answer: 'done' },
  })
  await eventually(() => said(shop, merchantUid)).toEqual(['ops ticketOpen 100'])
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelPending', accepted: false })
  const [ticket] = await sim.tickets(merchantUid)
  await sim.refuse(ticket?.id ?? '')
  const { refunds } = await shop.order(merchantUid)
  const wrote = { outcome: 'refused', reason: 'the desk said no', evidence: 'mail of today', ticketDead: true }
  expect(await shop.call('POST', `/refunds/${refunds[0]?.refundId}/resolve`, wrote)).toMatchObject({ status: 200 })

  expect(await shop.payment(merchantUid)).toMatchObject({
    state: 'quarantined',
    accepted: false,
    acceptedRef: null,
    returned: 0,
    attempts: [{ gatewayRef: impUid, state: 'quarantined' }],
  })
  expect(await heard(shop, merchantUid)).not.toContain('payment.paid')
  expect(checkout.notices(merchantUid).filter(({ payment }) => payment.accepted)).toEqual([])
})

const late = [
  { policy: 'hold', state: 'quarantined', refunds: [], deliveries: 0 },
  { policy: 'refund', state: 'cancelPending', refunds: ['policy ticketOpen 19000'], deliveries: 0 },
  { policy: 'accept', state: 'paid', refunds: [], deliveries: 1 },
] as const
for (const { policy, state, refunds, deliveries } of late) {
  test(`money for an order that was closed follows its policy: ${policy}`, async ({ shop, sim }) => {
    const { merchantUid } = await shop.open({ latePolicy: policy })
    expect(await shop.call('POST', `/payments/${merchantUid}/close`, { reason: 'sold out' })).toMatchObject({
      status: 200,
    })
    await sim.pay(merchantUid)
    await eventually(() => said(shop, merchantUid)).toEqual(refunds)
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state, attempts: [{ because: 'late' }] })
    await heard(shop, merchantUid)
    expect(checkout.deliveries(merchantUid)).toBe(deliveries)
  })
}

test('late money that is held is delivered once, when a person accepts it', async ({ shop, sim }) => {
  const { merchantUid } = await shop.open()
  await shop.call('POST', `/payments/${merchantUid}/close`, { reason: 'sold out' })
  const impUid = await sim.pay(merchantUid)
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'quarantined', attention: 'remind' })
  const accept = { reason: 'found one in the store room' }
  expect(await shop.call('POST', `/payments/${merchantUid}/accept`, accept)).toMatchObject({ status: 200 })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'paid', acceptedRef: impUid, attention: 'none' })
  expect(await shop.call('POST', `/payments/${merchantUid}/accept`, accept)).toMatchObject({
    status: 409,
    body: { code: 'updateRejected' },
  })
  expect(await heard(shop, merchantUid)).toEqual([
    'payment.prepared',
    'payment.closed',
    'payment.quarantined',
    'payment.paid',
  ])
  expect(checkout.deliveries(merchantUid)).toBe(1)
})

test('a console cancel is booked as money that moved outside, in part and whole', async ({ shop, sim }) => {
  const { merchantUid, impUid } = await shop.paid()
  await sim.consoleCancel(impUid, 4_000)
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'partlyCancelled', returned: 4_000 })
  await sim.consoleCancel(impUid, 15_000)
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'cancelled', returned: 19_000, reserved: 0 })
  expect(await said(shop, merchantUid)).toEqual(['outside refunded 4000', 'outside refunded 15000'])
  expect((await shop.order(merchantUid)).refunds).toMatchObject([
    { reason: 'console cancel', tickets: [] },
    { tickets: [] },
  ])
  expect(await heard(shop, merchantUid)).toEqual([
    'payment.prepared',
    'payment.paid',
    'refund.refunded',
    'payment.partlyCancelled',
    'refund.refunded',
    'payment.cancelled',
  ])
})

test('a chargeback that overtakes an open ticket supersedes its refund and pages', async ({ shop, sim }) => {
  const { merchantUid, impUid, refundId } = await shop.paidThenRefunded()
  await sim.control('POST', `/payments/${impUid}/chargeback`, {})
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'superseded', label: { ko: '대체종결' } })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelled', returned: 19_000, reserved: 0 })
  expect((await said(shop, merchantUid)).toSorted()).toEqual(['checkout superseded 19000', 'outside refunded 19000'])
  await eventually(() => pages(shop, `payment:${merchantUid}`)).toContain('page overtakenTicket')
  expect(await shop.client.workflow.getHandle(`refund:${refundId}`).result()).toEqual({ state: 'superseded' })
  await heard(shop, merchantUid)
})

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

  expect(await shop.call('POST', `${stray}/refund`, { reason: 'not ours' })).toMatchObject({ status: 200 })
  expect(await handle.result()).toEqual({ state: 'cancelPending' })
  await completeTicket(shop, merchantUid)
  await eventually(() => shop.call('GET', stray)).toMatchObject({
    body: { stray: { state: 'cancelled', returned: 5_000, attention: 'none' } },
  })
  expect(await shop.call('GET', '/strays')).toMatchObject({ body: { strays: [] } })
  expect(await shop.call('POST', `${stray}/accept`, { reason: 'ours after all' })).toMatchObject({ status: 409 })
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

test('a sale that is closed while it is being paid is either paid or late, never both', async ({ shop, sim }) => {
  const orders = await Promise.all(Array.from({ length: 4 }, () => shop.open()))
  await Promise.all(
    orders.map(async ({ merchantUid }) => {
      const [closed] = await Promise.all([
        shop.call('POST', `/payments/${merchantUid}/close`, { reason: 'sold out' }),
        sim.pay(merchantUid),
      ])
      await eventually(async () => (await shop.payment(merchantUid)).attempts).toHaveLength(1)
      const payment = await shop.payment(merchantUid)
      const late = { state: 'quarantined', accepted: false, attempts: [{ because: 'late' }] }
      const inTime = { state: 'paid', accepted: true, attempts: [{ because: 'asOrdered' }] }
      expect(payment).toMatchObject(closed.status === 200 ? late : inTime)
      expect([200, 409]).toContain(closed.status)
      await heard(shop, merchantUid)
      expect(checkout.deliveries(merchantUid)).toBe(closed.status === 200 ? 0 : 1)
    }),
  )
})

for (const webhooks of ['deliver', 'duplicate', 'delay', 'reorder', 'drop'] as const) {
  test(`an order that is paid twice is delivered once and refunded once, webhooks: ${webhooks}`, async ({
    shop,
    sim,
  }) => {
    const { merchantUid } = await shop.open()
    await sim.faults({ webhooks })
    const first = await sim.pay(merchantUid)
    const second = await sim.pay(merchantUid)
    for (const impUid of [first, second, first])
      await shop.hint({ imp_uid: impUid, merchant_uid: fresh('forged'), status: 'cancelled' })
    if (webhooks === 'drop') await shop.call('POST', `/payments/${merchantUid}/recheck`, {})

    await eventually(() => said(shop, merchantUid)).toEqual(['policy ticketOpen 19000'])
    const { attempts, state } = await shop.payment(merchantUid)
    expect(state).toBe('paid')
    expect(attempts.map(({ because }) => because).toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([
      'asOrdered',
      'second',
    ])
    expect(await sim.tickets(merchantUid)).toHaveLength(1)
    expect(await heard(shop, merchantUid)).toEqual([
      'payment.prepared',
      'payment.paid',
      'refund.requested',
      'refund.ticketOpen',
    ])
    expect(checkout.deliveries(merchantUid)).toBe(1)
  })
}

async function catchUp(shop: OwnShop): Promise<void> {
  const from = new Date(Date.now() - 3_600_000).toISOString()
  const body = { from, to: new Date(Date.now() + 60_000).toISOString() }
  expect(await shop.call('POST', '/sweeps', body)).toMatchObject({ status: 202 })
}
