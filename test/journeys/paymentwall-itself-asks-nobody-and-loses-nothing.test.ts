// An order at Paymentwall itself, beside i'mport: paid, refunded and taken back by what it signs, with no status call to ask.
// Must not know: workflows' code.
import { expect } from 'vitest'
import { merchantUid as merchantUidOf } from '../../src/domain/ids.ts'
import { endSoon } from '../support/brief.ts'
import {
  alertsOf,
  buyDirect,
  directOrder,
  directTicket,
  DOOR,
  openDirect,
  paidDirect,
  pingback,
  refundedDirect,
  sendTo,
  signedRows,
} from '../support/direct.ts'
import { eventually, fresh, shopTest } from '../support/shop.ts'

const test = shopTest({ PARTIAL_REFUNDS: 'yes', REFUND_PATIENCE: '2s remind, 4s warn, 6s page, then every 60s page' })
test('it is paid by a pingback, and refunded by a ticket that people complete: the merchant is told like any other', async ({
  shop,
  sim,
}) => {
  const { merchantUid, url } = await openDirect(shop)
  expect(await (await fetch(url)).text()).toContain('<title>Payment window')
  const ref = await buyDirect(shop, merchantUid)
  await eventually(() => shop.payment(merchantUid)).toMatchObject({
    state: 'paid',
    accepted: true,
    paid: 1990,
    attempts: [{ gatewayRef: ref, channel: 'live' }],
  })
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelPending', returned: 0 })
  await sim.control('POST', `/tickets/${await directTicket(shop, ref)}/complete`, {})
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelled', returned: 1990 })
  expect(await signedRows(shop, ref)).toMatchObject([
    { signedKey: '0', state: 'looked', source: 'pingback', times: 1 },
    { signedKey: '2.9', state: 'looked', source: 'pingback', times: 1 },
  ])
  const lines = (await shop.journal(merchantUid)).filter((line) => line.refundId === refundId)
  expect(lines.at(-1)).toMatchObject({ what: 'cancelled', to: 'refunded' })
})

test('an order that names no gateway goes to i’mport, as before', async ({ shop }) => {
  const { merchantUid } = await shop.paid()
  const row = await shop.db
    .selectFrom('payments')
    .select(['gateway', 'buyerId'])
    .where('merchantUid', '=', merchantUidOf(merchantUid))
    .executeTakeFirstOrThrow()
  expect(row).toEqual({ gateway: 'iamport/main', buyerId: null })
})

test('a buyer without an id is refused before anything is recorded', async ({ shop }) => {
  const merchantUid = fresh('order')
  const { id: _, ...buyer } = directOrder(merchantUid).buyer
  const answer = await shop.call('POST', '/payments', { ...directOrder(merchantUid), buyer })
  expect(answer).toMatchObject({ status: 422, body: { code: 'buyerInvalid' } })
  expect(await shop.call('GET', `/payments/${merchantUid}`)).toMatchObject({ status: 404 })
})

test('a repeated pingback costs one counted row and moves nothing', async ({ shop, sim }) => {
  await sim.faults({ webhooks: 'duplicate' })
  const { merchantUid, ref } = await paidDirect(shop)
  await eventually(() => signedRows(shop, ref)).toMatchObject([{ signedKey: '0', state: 'looked', times: 2 }])
  const before = await shop.journal(merchantUid)
  for (const _ of [1, 2, 3])
    expect(await sendTo(shop, pingback({ type: '0', ref, goodsid: merchantUid }))).toEqual({ status: 200, body: 'OK' })
  expect(await signedRows(shop, ref)).toMatchObject([{ signedKey: '0', state: 'looked', times: 5 }])
  expect(await shop.journal(merchantUid)).toEqual(before)
})

test('forged and damaged pingbacks are refused, kept nowhere, and move nothing', async ({ shop }) => {
  const { merchantUid, ref, refundId } = await refundedDirect(shop)
  const right = pingback({ type: '2', reason: '9', ref, goodsid: merchantUid })
  const counted = 'saga_hints_refused_total{because="forged"}'
  const [rows, journal, refused] = [
    await signedRows(shop, ref),
    await shop.journal(merchantUid),
    await shop.metric(counted),
  ]
  const bad = [
    right.replace(/sig=.*$/, 'sig=0000'),
    right.replace('reason=9', 'reason=1'),
    `${right}&ref=${ref}`,
    right.replace('sign_version=3', 'sign_version=2'),
    right.replace('&sign_version=3', ''),
    `${DOOR}?type=2&ref=${ref}&goodsid=${merchantUid}&uid=buyer-77`,
    DOOR,
  ]
  for (const each of bad) expect(await sendTo(shop, each)).toMatchObject({ status: 401 })
  expect(await signedRows(shop, ref)).toEqual(rows)
  expect(await shop.metric(counted)).toBe(refused + bad.length)
  expect(await shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  const moves = (await shop.journal(merchantUid)).filter(({ what }) => !/checkpoint|attention/.test(what))
  expect(moves.length).toBe(journal.filter(({ what }) => !/checkpoint|attention/.test(what)).length)
})

test('what is signed for another buyer of the order is kept for a person', async ({ shop }) => {
  const { merchantUid } = await openDirect(shop)
  const stranger = { type: '0', ref: fresh('b'), goodsid: merchantUid, uid: 'somebody-else' }
  expect(await sendTo(shop, pingback(stranger))).toMatchObject({ status: 200 })
  await eventually(() => signedRows(shop, stranger.ref)).toMatchObject([
    { state: 'parked', parkedBecause: 'buyerDiffers' },
  ])
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'prepared', paid: 0 })
})

test('money that was signed before its order was recorded settles it then', async ({ shop }) => {
  const merchantUid = fresh('order')
  const ref = fresh('b')
  expect(await sendTo(shop, pingback({ type: '0', ref, goodsid: merchantUid }))).toMatchObject({ status: 200 })
  await eventually(() => signedRows(shop, ref)).toMatchObject([{ state: 'parked', parkedBecause: 'unknownOrder' }])
  await shop.call('POST', '/payments', directOrder(merchantUid))
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid', accepted: true })
})

test('a chargeback overtakes a ticket: the refund is superseded, and a person asks the desk to drop it', async ({
  shop,
  sim,
}) => {
  const { merchantUid, ref, refundId } = await refundedDirect(shop)
  await sim.control('POST', `/payments/${ref}/chargeback`, {})
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'superseded' })
  expect(await shop.payment(merchantUid)).toMatchObject({ chargedBack: true, returned: 1990, state: 'cancelled' })
  expect(await alertsOf(shop, `payment:${merchantUid}`)).toContain('page overtakenTicket')
})

test('a refund that is paid back in two parts is done when both are told', async ({ shop, sim }) => {
  const { merchantUid, ref, refundId, ticket } = await refundedDirect(shop, 1000)
  await sim.control('POST', `/tickets/${ticket}/complete`, { amount: 600 })
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ returned: 600 })
  expect(await shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  const second = { type: '220', ref, goodsid: merchantUid, merchant_refund_id: refundId, refund_amount: '4.00' }
  await sendTo(shop, pingback(second))
  await sendTo(shop, pingback(second))
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
  expect(await shop.payment(merchantUid)).toMatchObject({ returned: 1000, state: 'partlyCancelled' })
  expect((await signedRows(shop, ref)).map(({ signedKey, times }) => `${signedKey} ${times}`)).toEqual([
    '0 1',
    `220.${refundId}.6.00 1`,
    `220.${refundId}.4.00 2`,
  ])
})

test('a review that ends well after the order has expired is late money, and a person decides', async ({
  shop,
  sim,
}) => {
  const { merchantUid } = await openDirect(shop)
  const ref = await buyDirect(shop, merchantUid, 'approvedLate')
  await sim.control('POST', `/payments/${ref}/pingback`, { type: '200' })
  await eventually(() => signedRows(shop, ref)).toMatchObject([{ signedKey: '200', state: 'looked' }])
  await endSoon(shop, merchantUid)
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'expired' })
  // Nobody came back from the window: there is nothing to tell.
  expect(await alertsOf(shop, `payment:${merchantUid}`)).toEqual([])
  await sim.control('POST', `/payments/${ref}/approve`, {})
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'quarantined', accepted: false, paid: 1990 })
  expect(await alertsOf(shop, `payment:${merchantUid}`)).toContain('remind held.late')
})

test('a pingback that is lost for ever goes to a person, who is told that nobody can look', async ({ shop, sim }) => {
  const { merchantUid, ref, refundId, ticket } = await refundedDirect(shop)
  await sim.faults({ webhooks: 'drop' })
  await sim.control('POST', `/tickets/${ticket}/complete`, {})
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', attention: 'page' })
  const told = await shop.db
    .selectFrom('outbox')
    .select('payload')
    .where('target', '=', `refund:${refundId}`)
    .where('kind', '=', 'alert')
    .execute()
  expect(told.map(({ payload }) => String(Object(payload).sentence)).join('\n')).toContain('could not look')
  const { refund } = await shop.order(merchantUid).then(({ refunds }) => ({ refund: refunds[0] }))
  expect(refund).toMatchObject({ refundId, gatewayRef: ref })
  const said = { outcome: 'refunded', reason: 'the console shows it', evidence: 'console, row 7', ticketDead: true }
  expect(await shop.person(`/refunds/${refundId}/resolve`, said)).toMatchObject({ status: 200 })
  expect(await shop.refund(refundId)).toMatchObject({ state: 'refunded' })
})

test('a payment whose message is lost for ever ends as expired, and whoever came back from the window is told to a person', async ({
  shop,
  sim,
}) => {
  await sim.faults({ webhooks: 'drop' })
  const { merchantUid } = await openDirect(shop)
  const ref = await buyDirect(shop, merchantUid)
  expect(await shop.call('POST', `/payments/${merchantUid}/returned`, {})).toMatchObject({ status: 202 })
  await endSoon(shop, merchantUid)
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'expired', accepted: false })
  expect(await alertsOf(shop, `payment:${merchantUid}`)).toEqual(['warn payerUnseen'])
  const expired = (await shop.journal(merchantUid)).find(({ what }) => what === 'order.timedOut')
  expect(String(expired?.why)).toContain('its status call is not enabled')
  // The person finds it in the console, and sends its message again: late money, and a person decides.
  expect(await sendTo(shop, pingback({ type: '0', ref, goodsid: merchantUid }))).toMatchObject({ status: 200 })
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'quarantined', accepted: false, paid: 1990 })
  expect(await alertsOf(shop, `payment:${merchantUid}`)).toContain('remind held.late')
})

test('a part that went back without its size moves nothing, and a person compares the console', async ({
  shop,
  sim,
}) => {
  const { merchantUid, ref, refundId } = await refundedDirect(shop, 1000)
  const nameless = { type: '220', ref, goodsid: merchantUid, merchant_refund_id: refundId }
  expect(await sendTo(shop, pingback(nameless))).toEqual({ status: 200, body: 'OK' })
  await sim.control('POST', `/payments/${ref}/chargeback`, { amount: 300 })
  await eventually(() => signedRows(shop, ref)).toMatchObject([
    { signedKey: '0', state: 'looked' },
    { signedKey: '220.none', state: 'looked' },
    { signedKey: '2.10', state: 'looked' },
  ])
  expect(await alertsOf(shop, `payment:${merchantUid}`)).toEqual(['page signedUnclear', 'page signedUnclear'])
  expect(await shop.payment(merchantUid)).toMatchObject({ returned: 0, paid: 1990 })
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', attention: 'page' })
})

test('a whole reversal names no amount: all that is left goes back, and the ticket that it answers is done', async ({
  shop,
}) => {
  const { merchantUid, ref, refundId } = await refundedDirect(shop, 1000)
  const part = { type: '220', ref, goodsid: merchantUid, merchant_refund_id: refundId, refund_amount: '10.00' }
  await sendTo(shop, pingback(part))
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
  const rest = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(rest.refundId)).toMatchObject({ state: 'ticketOpen' })
  await sendTo(shop, pingback({ type: '2', reason: '9', ref, goodsid: merchantUid }))
  await eventually(() => shop.refund(rest.refundId)).toMatchObject({ state: 'refunded', amount: 990 })
  expect(await shop.payment(merchantUid)).toMatchObject({ returned: 1990, state: 'cancelled' })
})

test('the payer’s country is signed with the payment: it is shown, found by, and decides what can be refunded', async ({
  shop,
  sim,
}) => {
  const paidFrom = async (country: string, method: string) => {
    const { merchantUid } = await openDirect(shop)
    const said = { type: '0', ref: fresh('b'), goodsid: merchantUid, country_code: country, ps: method }
    await sendTo(shop, pingback(said))
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid', payerCountry: country })
    const { refundId } = await shop.askRefund(merchantUid)
    return { merchantUid, refundId }
  }
  const portugal = await paidFrom('PT', 'multibanco')
  await eventually(() => shop.refund(portugal.refundId)).toMatchObject({
    state: 'blocked',
    blockedBecause: 'notRefundable',
    payerCountry: 'PT',
    tickets: [],
  })
  expect(await sim.tickets(portugal.merchantUid)).toEqual([])
  const query = `MerchantUid = "${portugal.merchantUid}" AND PayerCountry = "PT" AND SagaState = "blocked"`
  await eventually(async () => {
    const found: string[] = []
    for await (const run of shop.client.workflow.list({ query })) found.push(run.workflowId)
    return found
  }).toEqual([`refund:${portugal.refundId}`])
  const germany = await paidFrom('DE', 'cc')
  await eventually(() => shop.refund(germany.refundId)).toMatchObject({ payerCountry: 'DE' })
})
