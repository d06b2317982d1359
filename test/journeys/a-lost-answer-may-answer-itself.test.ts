// At a gateway that shows requests for cancels and takes the same call again, a lost answer is settled without a person, with one
// ticket; a refusal is seen; and a request of others holds ours until it has ended.
// Must not know: the wire, which tests of the gateway and of the simulator know.
import { expect } from 'vitest'
import { z } from 'zod'
import { waitedFor } from '../support/brief.ts'
import { alertsOf } from '../support/direct.ts'
import { BUYER, eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'

const test = shopTest({ PORTONE_CANCEL_TIMEOUT: '2s' })
const CANCEL = 'V2 POST /payments/:paymentId/cancel'

async function paid(shop: OwnShop) {
  const merchantUid = fresh('order')
  const order = {
    merchantUid,
    amount: 19_000,
    currency: 'KRW',
    name: 'Gold pack',
    gateway: 'portone/main',
    buyer: BUYER,
  }
  expect(await shop.call('POST', '/payments', order)).toMatchObject({ status: 201 })
  const transaction = await shop.sim.pay(merchantUid, { gateway: 'portone', uid: 'buyer-77' })
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid', accepted: true })
  return { merchantUid, transaction }
}
const switches = ({ sim }: OwnShop, portone: object) => sim.control('PUT', '/faults', { portone })
const linesOf = async ({ db }: OwnShop, refundId: string) => {
  const rows = await db.selectFrom('journal').select('what').where('refundId', '=', refundId).orderBy('id').execute()
  return rows.map(({ what }) => what)
}

test('a call that never arrived is sent again under its key, after a look: one ticket, and nobody is asked', async ({
  shop,
  sim,
}) => {
  const { merchantUid } = await paid(shop)
  await sim.faults({ cancel: 'timeoutBefore' })
  const before = await sim.callsOf(CANCEL)
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'unknown' })
  await sim.faults({ cancel: 'accept' })
  // The first look of a lost answer is a minute after it.
  const { stateSince, nextCheckpoint } = await shop.refund(refundId)
  expect(Date.parse(nextCheckpoint?.at ?? '') - Date.parse(stateSince)).toBe(60_000)
  await waitedFor(shop, refundId, 59_000)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', attention: 'none' })
  expect((await sim.callsOf(CANCEL)) - before).toBe(2)
  const tickets = await sim.tickets(merchantUid)
  expect(tickets).toMatchObject([{ state: 'open', amount: 19_000 }])
  expect(await linesOf(shop, refundId)).toContain('ticket.repeated')
  await sim.complete(tickets[0]?.id ?? '')
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
  expect(await alertsOf(shop, `refund:${refundId}`)).toEqual([])
})

test('a call that arrived, and whose answer was lost, is seen: it is not sent again', async ({ shop, sim }) => {
  const { merchantUid } = await paid(shop)
  await sim.faults({ cancel: 'lostAnswer' })
  const before = await sim.callsOf(CANCEL)
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  expect((await sim.callsOf(CANCEL)) - before).toBe(1)
  expect(await sim.tickets(merchantUid)).toHaveLength(1)
})

test('a ticket that is declined, and shown so, is a refusal', async ({ shop, sim }) => {
  await switches(shop, { declined: 'failedAndPaid' })
  const { merchantUid } = await paid(shop)
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  await sim.refuse((await sim.tickets(merchantUid))[0]?.id ?? '')
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refused', attention: 'warn' })
  await switches(shop, { declined: 'silent' })
})

test('an open request of others holds ours, which goes on by itself once that has failed', async ({ shop, sim }) => {
  await switches(shop, { declined: 'failed' })
  const { merchantUid } = await paid(shop)
  const elsewhere = await fetch(`${shop.simulator}/payments/${merchantUid}/cancel`, {
    method: 'POST',
    headers: { authorization: 'PortOne sim-portone-secret', 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'asked elsewhere', amount: 4_000 }),
  })
  expect(elsewhere.status).toBe(200)
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'blocked' })
  expect(await alertsOf(shop, `refund:${refundId}`)).toEqual(['warn blocked.foreignTicket'])
  const [foreign] = await sim.tickets(merchantUid)
  await sim.refuse(foreign?.id ?? '')
  expect(await shop.call('POST', `/refunds/${refundId}/recheck`, {})).toMatchObject({ status: 200 })
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  expect((await sim.tickets(merchantUid)).filter(({ state }) => state === 'open')).toMatchObject([{ amount: 19_000 }])
  await switches(shop, { declined: 'silent' })
})

const hints = z.array(z.object({ times: z.number(), state: z.string() }))
test('a webhook that is repeated is known by its id: it is counted, and looked at once', async ({ shop, sim }) => {
  await sim.faults({ webhooks: 'duplicate' })
  const { merchantUid, transaction } = await paid(shop)
  const rows = () =>
    shop.db
      .selectFrom('inbox')
      .select(['times', 'state'])
      .where('gatewayRef', '=', `${merchantUid}:${transaction}`)
      .where('source', '=', 'webhook')
      .execute()
  await eventually(async () => hints.parse(await rows())).toEqual([{ times: 2, state: 'looked' }])
})
