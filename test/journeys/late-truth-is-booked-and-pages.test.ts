// The truth may come late: a booked cancel is taken back, a refund that was over is paid all the same. It is booked as what it is, and a person is paged.
// Must not know: workflows' code. Ten minutes between two looks are moved in the row, not waited for.
import { sql } from 'kysely'
import { expect } from 'vitest'
import { openCheckout } from '../support/checkout.ts'
import { overHttp, refundSaga } from '../support/doors.ts'
import { eventually, shopTest, type OwnShop } from '../support/shop.ts'

const checkout = await openCheckout()
const test = shopTest({ ...checkout.environment, PARTIAL_REFUNDS: 'yes', APPROVAL_LIMIT: '' })

const LOOK = 'GET /payments/:imp_uid'
const DIRECTLY = { reason: 'the desk wrote so', evidence: 'mail of today' }

/** All pages and warnings about the order and its refunds. */
async function alerts(shop: OwnShop, merchantUid: string): Promise<readonly string[]> {
  const { refunds } = await shop.order(merchantUid)
  const targets = [`payment:${merchantUid}`, ...refunds.map(({ refundId }) => `refund:${refundId}`)]
  const rows = await shop.db
    .selectFrom('outbox')
    .select('payload')
    .where('kind', '=', 'alert')
    .where('target', 'in', targets)
    .orderBy('id')
    .execute()
  return rows.map(({ payload }) => `${Object(payload).level} ${Object(payload).kind}`)
}
const linesOf = async (shop: OwnShop, merchantUid: string, refundId: string) =>
  (await shop.journal(merchantUid)).filter((line) => line.refundId === refundId).map(({ what }) => what)
const runOf = async ({ client }: OwnShop, refundId: string) =>
  (await client.workflow.getHandle(`refund:${refundId}`).describe()).status.name
const heard = async (shop: OwnShop, merchantUid: string) => {
  const waiting = shop.db.selectFrom('outbox').select('id').where('target', '=', merchantUid)
  await eventually(() => waiting.where('state', '=', 'pending').execute()).toEqual([])
  return checkout.lines(merchantUid).map((line) => line.replace(/^\d+ /, ''))
}

/** A person asks for a look, and it has been made and booked. */
async function recheck(shop: OwnShop, refundId: string): Promise<void> {
  const looks = await shop.sim.callsOf(LOOK)
  expect(await overHttp(shop)(refundSaga(refundId), 'recheck')).toMatchObject({ answer: 'done' })
  await eventually(() => shop.sim.callsOf(LOOK)).toBeGreaterThan(looks)
  const unlooked = shop.db.selectFrom('inbox').select('id').where('state', '=', 'received')
  await eventually(() => unlooked.where('source', '=', 'person').execute()).toEqual([])
}

/** An order whose refund was done at once, and is taken back by the gateway. */
async function takenBack(shop: OwnShop) {
  const { merchantUid, impUid } = await shop.paid({ method: 'paypal' })
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
  await eventually(() => runOf(shop, refundId)).toBe('COMPLETED')
  const unlooked = shop.db.selectFrom('inbox').select('source').where('gatewayRef', '=', impUid)
  await eventually(() => unlooked.where('state', '=', 'received').execute()).toEqual([])
  await shop.sim.control('POST', `/payments/${impUid}/reverse`, {})
  return { merchantUid, impUid, refundId }
}

const elevenMinutesAgo = async ({ db }: OwnShop, impUid: string) =>
  sql`update cancel_entries set missing_since = missing_since - interval '11 minutes' where gateway_ref = ${impUid}`.execute(
    db,
  )

test('a booked cancel that is gone from two looks is reversed: its saga wakes, a person is paged and may have it paid back after all', async ({
  shop,
  sim,
}) => {
  const { merchantUid, impUid, refundId } = await takenBack(shop)
  const act = overHttp(shop)
  await recheck(shop, refundId)
  await recheck(shop, refundId)
  expect(await shop.refund(refundId)).toMatchObject({ state: 'refunded', attention: 'none' })
  expect(await linesOf(shop, merchantUid, refundId)).toContain('entry.missing')
  expect(await alerts(shop, merchantUid)).toEqual([])

  await elevenMinutesAgo(shop, impUid)
  await sim.faults({ reads: 'error500' })
  const looks = await sim.callsOf(LOOK)
  expect(await act(refundSaga(refundId), 'recheck')).toMatchObject({ answer: 'done' })
  await eventually(() => sim.callsOf(LOOK)).toBeGreaterThan(looks)
  expect(await shop.refund(refundId), 'a look that did not answer').toMatchObject({ state: 'refunded' })
  await sim.faults({ reads: 'ok' })

  await eventually(() => shop.refund(refundId)).toMatchObject({
    state: 'reversed',
    label: { ko: '취소번복' },
    attention: 'page',
    waitingForCancellation: false,
    remaining: 19_000,
  })
  expect(await shop.payment(merchantUid)).toMatchObject({
    state: 'quarantined',
    accepted: true,
    returned: 0,
    reserved: 19_000,
  })
  expect(await alerts(shop, merchantUid)).toEqual(['page reversed'])
  await eventually(() => runOf(shop, refundId)).toBe('RUNNING')
  expect((await heard(shop, merchantUid)).slice(-2)).toEqual(['refund.reversed', 'payment.quarantined'])

  // The minute after a cancel call is over, in which nobody may send another.
  await sql`update tickets set intent_at = intent_at - interval '1 hour' where refund_id = ${refundId}`.execute(shop.db)
  expect(await act(refundSaga(refundId), 'withdraw', { reason: 'kept' })).toEqual({
    refused: 'updateRejected',
    sentence:
      'a reversed refund cannot be withdrawn: possible now: resolve as refunded, refused, settledElsewhere; retryTicket; acknowledge; snooze; recheck',
  })
  expect(await act(refundSaga(refundId), 'retryTicket', { reason: 'the desk asks for a new one' })).toMatchObject({
    answer: 'done',
    state: 'requested',
  })
  await eventually(() => shop.refund(refundId)).toMatchObject({
    state: 'refunded',
    tickets: [{ outcome: 'doneAtOnce' }, { authorisedBy: 'retry-2', outcome: 'doneAtOnce' }],
  })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelled', returned: 19_000, reserved: 0 })
  await eventually(() => runOf(shop, refundId)).toBe('COMPLETED')
})

test('the second look comes by itself, and a person may say that the bank has paid instead', async ({ shop }) => {
  const { merchantUid, impUid, refundId } = await takenBack(shop)
  await recheck(shop, refundId)
  const planned = () =>
    shop.db.selectFrom('inbox').select('state').where('gatewayRef', '=', impUid).where('source', '=', 'again').execute()
  expect(await planned()).toEqual([{ state: 'received' }])

  await elevenMinutesAgo(shop, impUid)
  await sql`update inbox set due_at = clock_timestamp() where gateway_ref = ${impUid} and source = 'again'`.execute(
    shop.db,
  )
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'reversed' })
  const settled = { ...DIRECTLY, outcome: 'settledElsewhere' }
  expect(await overHttp(shop)(refundSaga(refundId), 'resolve', settled)).toMatchObject({ state: 'settledElsewhere' })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelled', returned: 19_000, reserved: 0 })
  expect(await alerts(shop, merchantUid)).toEqual(['page reversed'])
})

test('a cancel that was missing, is shown again and is then missing is missed for the first time', async ({
  shop,
  sim,
}) => {
  const { merchantUid, impUid } = await shop.paid()
  await sim.consoleCancel(impUid, 4_000)
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'partlyCancelled' })
  const refundId = (await shop.order(merchantUid)).refunds[0]?.refundId ?? ''
  await sql`update cancel_entries set missing_since = clock_timestamp() where gateway_ref = ${impUid}`.execute(shop.db)
  await elevenMinutesAgo(shop, impUid)
  await recheck(shop, refundId)
  await sim.control('POST', `/payments/${impUid}/reverse`, {})
  await recheck(shop, refundId)
  expect(await linesOf(shop, merchantUid, refundId)).toEqual(['refund.outside', 'recheck', 'recheck', 'entry.missing'])
  expect(await shop.refund(refundId)).toMatchObject({ origin: 'outside', state: 'refunded' })
})

test('what a person said is not reversed by looks that still say paid, and its entry is counted once', async ({
  shop,
  sim,
}) => {
  const { merchantUid, refundId } = await shop.paidThenRefunded()
  const said = { ...DIRECTLY, outcome: 'refunded' }
  expect(await overHttp(shop)(refundSaga(refundId), 'resolve', said)).toMatchObject({ state: 'refunded' })
  await recheck(shop, refundId)
  await recheck(shop, refundId)
  expect(await shop.payment(merchantUid)).toMatchObject({
    state: 'cancelled',
    returned: 19_000,
    attempts: [{ lastLook: { said: 'paid, 0 of 19000 KRW returned' } }],
  })
  expect(await linesOf(shop, merchantUid, refundId)).not.toContain('entry.missing')

  const [ticket] = await sim.tickets(merchantUid)
  await sim.complete(ticket?.id ?? '')
  await eventually(() => linesOf(shop, merchantUid, refundId)).toContain('refund.evidence')
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelled', returned: 19_000, reserved: 0 })
  expect(await alerts(shop, merchantUid)).toEqual([])
})

test('a refund that the bank paid back and the desk as well was paid back twice, and pages', async ({ shop, sim }) => {
  const { merchantUid, refundId } = await shop.paidThenRefunded()
  const settled = { ...DIRECTLY, outcome: 'settledElsewhere' }
  expect(await overHttp(shop)(refundSaga(refundId), 'resolve', settled)).toMatchObject({ state: 'settledElsewhere' })
  await eventually(() => runOf(shop, refundId)).toBe('COMPLETED')
  const [ticket] = await sim.tickets(merchantUid)
  await sim.complete(ticket?.id ?? '')

  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelled', returned: 38_000, reserved: 0 })
  expect(await alerts(shop, merchantUid)).toEqual(['page paidBackTwice', 'page overReturned'])
  expect((await heard(shop, merchantUid)).slice(-3)).toEqual([
    'refund.settledElsewhere',
    'payment.cancelled',
    'refund.refunded',
  ])
})

test('a part that the desk pays after the bank has paid all of it pages too, though all of it would fit', async ({
  shop,
  sim,
}) => {
  const { merchantUid } = await shop.paid()
  const { refundId } = await shop.askRefund(merchantUid, { amount: 6_000 })
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  const settled = { ...DIRECTLY, outcome: 'settledElsewhere' }
  expect(await overHttp(shop)(refundSaga(refundId), 'resolve', settled)).toMatchObject({ state: 'settledElsewhere' })
  const [ticket] = await sim.tickets(merchantUid)
  await sim.control('POST', `/tickets/${ticket?.id}/complete`, { amount: 2_000 })

  await eventually(() => alerts(shop, merchantUid)).toEqual(['page paidBackTwice'])
  expect(await shop.refund(refundId)).toMatchObject({ state: 'settledElsewhere' })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'partlyCancelled', returned: 8_000, reserved: 0 })
})

test('a refund that was overtaken and is paid all the same pages, and overtakes what had its place', async ({
  shop,
  sim,
}) => {
  const { merchantUid, impUid } = await shop.paid()
  const [older, newer] = [await shop.askRefund(merchantUid, { amount: 6_000 }), { refundId: '' }]
  await eventually(() => shop.refund(older.refundId)).toMatchObject({ state: 'ticketOpen' })
  newer.refundId = (await shop.askRefund(merchantUid, { amount: 7_000 })).refundId
  await eventually(() => shop.refund(newer.refundId)).toMatchObject({ state: 'ticketOpen' })
  await sim.consoleCancel(impUid, 9_000)
  await eventually(() => shop.refund(newer.refundId)).toMatchObject({ state: 'superseded' })
  const ticket = (await sim.tickets(merchantUid)).find(({ reason }) => reason.startsWith(`#${newer.refundId} `))
  await sim.complete(ticket?.id ?? '')

  await eventually(() => shop.refund(newer.refundId)).toMatchObject({ state: 'refunded' })
  expect(await shop.refund(older.refundId)).toMatchObject({ state: 'superseded' })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'partlyCancelled', returned: 16_000, reserved: 0 })
  expect(await alerts(shop, merchantUid)).toEqual([
    'page overtakenTicket',
    'page supersededPaid',
    'page overtakenTicket',
  ])
  expect(await shop.askRefund(merchantUid)).toMatchObject({ amount: 3_000 })
})
