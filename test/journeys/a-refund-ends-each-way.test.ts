// A refund ends each way: done at once, by its ticket, refused, or with an answer that was lost; PayPal needs no ticket.
// Must not know: rows, workflows.
import { expect } from 'vitest'
import { eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'

/** Waited out where an answer is lost; no other answer of a busy machine takes so long. */
const CANCEL_S = 10
const test = shopTest({ CANCEL_TIMEOUT: `${CANCEL_S}s` })

/** The journal lines of one refund, as `what → to`. */
const linesOf = async (shop: OwnShop, merchantUid: string, refundId: string) =>
  (await shop.journal(merchantUid))
    .filter((line) => line.refundId === refundId)
    .map((line) => `${line.what} → ${line.to ?? ''}`)

test('a refund waits for its ticket as 취소처리 대기 and is refunded when the desk completes it', async ({
  shop,
  sim,
}) => {
  const { merchantUid, refundId } = await shop.paidThenRefunded()

  expect(await shop.payment(merchantUid)).toMatchObject({
    state: 'cancelPending',
    label: { en: 'waiting for cancellation', ko: '취소처리 대기' },
    waitingForCancellation: true,
    reserved: 19_000,
    returned: 0,
  })
  const tickets = await sim.tickets(merchantUid)
  expect(tickets).toMatchObject([{ amount: 19_000, state: 'open', reason: `#${refundId} customer request` }])
  await sim.complete(tickets[0]?.id ?? '')

  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded', remaining: 0, attention: 'none' })
  expect(await shop.payment(merchantUid)).toMatchObject({
    state: 'cancelled',
    label: { ko: '취소완료' },
    waitingForCancellation: false,
    reserved: 0,
    returned: 19_000,
  })
  expect(await linesOf(shop, merchantUid, refundId)).toEqual([
    'refund.requested → requested',
    'ticket.intent → ',
    'ticket.ended → filed',
    'ticketFiled → ticketOpen',
    'cancelled → refunded',
  ])
  expect(await shop.client.workflow.getHandle(`refund:${refundId}`).result()).toEqual({ state: 'refunded' })
})

test('a cancel that is done at once is refunded, though its webhook comes before its answer', async ({ shop, sim }) => {
  const { merchantUid } = await shop.paid()
  await sim.faults({ cancel: 'instant' })
  const { refundId } = await shop.askRefund(merchantUid)

  await eventually(() => shop.refund(refundId)).toMatchObject({
    state: 'refunded',
    tickets: [{ authorisedBy: 'submit', outcome: 'doneAtOnce', said: 'the gateway cancelled at once' }],
  })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelled', returned: 19_000 })
  expect(await sim.tickets(merchantUid)).toEqual([])
  expect(await shop.client.workflow.getHandle(`refund:${refundId}`).result()).toEqual({ state: 'refunded' })
})

test('a PayPal payment is refunded at once, without a ticket', async ({ shop, sim }) => {
  const { merchantUid } = await shop.paid({ method: 'paypal' })
  const { refundId } = await shop.askRefund(merchantUid)

  await eventually(() => shop.refund(refundId)).toMatchObject({
    state: 'refunded',
    tickets: [{ outcome: 'doneAtOnce' }],
  })
  expect(await sim.tickets(merchantUid)).toEqual([])
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelled', attempts: [{ payMethod: 'paypal' }] })
})

test('a refused cancel asks for a person, gives its reservation back and says what the gateway said', async ({
  shop,
  sim,
}) => {
  const alerts = 'saga_alerts_total{level="warn",kind="refused"}'
  const told = await shop.metric(alerts)
  const { merchantUid } = await shop.paid()
  await sim.faults({ cancel: 'refuse' })
  const { refundId } = await shop.askRefund(merchantUid)

  const said = expect.stringContaining('[3204|Payment can not be refunded]')
  await eventually(() => shop.refund(refundId)).toMatchObject({
    state: 'refused',
    attention: 'warn',
    said,
    tickets: [{ outcome: 'refused', said }],
  })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'paid', reserved: 0, waitingForCancellation: false })
  expect((await shop.journal(merchantUid)).find((line) => line.what === 'turnedDown')).toMatchObject({
    refundId,
    from: 'requested',
    to: 'refused',
    why: said,
  })
  await eventually(() => shop.metric(alerts)).toBe(told + 1)

  await sim.faults({ cancel: 'accept' })
  await shop.askRefund(merchantUid, { refundId: fresh('again') })
  await eventually(() => sim.tickets(merchantUid)).toHaveLength(1)
})

test('a lost answer leaves a refund unknown, with its money reserved, until evidence comes', async ({ shop, sim }) => {
  const { merchantUid } = await shop.paid()
  await sim.faults({ cancel: 'lostAnswer' })
  const { refundId } = await shop.askRefund(merchantUid)

  await eventually(() => shop.refund(refundId)).toMatchObject({
    state: 'unknown',
    label: { ko: '취소요청 확인중' },
    waitingForCancellation: true,
    tickets: [{ outcome: 'unknown', said: `no whole answer within ${CANCEL_S}000 ms` }],
    nextCheckpoint: { level: 'none' },
  })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelPending', reserved: 19_000, returned: 0 })
  const more = await shop.requestRefund(merchantUid)
  expect(more).toMatchObject({ status: 409, body: { code: 'refundExceedsBalance', left: 0 } })
})
