// Promise 10: with keys set, whoever reaches Temporal alone moves no money, silences no page, and pays back nothing above the
// limit; he may start what a checkout may, look, and take an owner's name.
// Must not know: how a proof is checked.
import { expect } from 'vitest'
import { byTemporal, refundSaga, paymentSaga } from '../support/doors.ts'
import { eventually, exchange, fresh, shopTest } from '../support/shop.ts'
import { failureOf, startPaymentSaga, startRefundSaga } from '../support/starts.ts'
import { openUi, uiCalls } from './temporalUi.ts'

const KEYS = { shop: 'key-of-shop-0123456789', mina: 'key-of-mina-0123456789', joon: 'key-of-joon-0123456789' }
const test = shopTest({
  API_KEYS: `shop:checkout:${KEYS.shop},mina:ops:${KEYS.mina},joon:approver:${KEYS.joon}`,
  APPROVAL_LIMIT: 'KRW:10000,USD:1000',
  REFUND_PATIENCE: '2s page, then every 2s page',
})
const CANCEL = 'POST /payments/cancel'

test('a refund above the limit, started in Temporal, waits for another person, who may let it go', async ({
  shop,
  sim,
}) => {
  const { merchantUid } = await shop.paid()
  const refundId = fresh('r-ui')
  await startRefundSaga(shop.client, { refundId, merchantUid, reason: 'by the UI' }, `refund:${refundId}`)
  await eventually(() => shop.refund(refundId).catch(() => undefined)).toMatchObject({
    state: 'blocked',
    blockedBecause: 'approvalNeeded',
    origin: 'temporal',
  })
  expect(await sim.callsOf(CANCEL)).toBe(0)
  const approve = { request: 'start' }
  const unproved = await byTemporal(shop, refundSaga(refundId), 'approve', { ...approve, person: 'joon' })
  expect(unproved).toMatchObject({ refused: 'updateRejected' })
  const path = `/refunds/${refundId}/approve`
  expect(await exchange(shop.api, 'POST', path, approve, KEYS.mina)).toMatchObject({ status: 403 })
  expect(await exchange(shop.api, 'POST', path, approve, KEYS.joon)).toMatchObject({ status: 200 })
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  expect(await sim.tickets(merchantUid)).toHaveLength(1)
})

test('the same by the calls of Temporal’s own UI: started, refused with the line to paste, approved over HTTP, one ticket', async ({
  shop,
  sim,
}) => {
  const { merchantUid } = await shop.paid()
  const refundId = fresh('r-clicked')
  const workflowId = `refund:${refundId}`
  const url = shop.temporalUi ?? ''
  const ui = await openUi(url)
  const input = { refundId, merchantUid, reason: 'by a click' }
  const byOthers = await uiCalls(url, {}).start('refund', workflowId, input)
  expect(byOthers, 'a page of others').toMatchObject({ status: 400, body: { message: expect.stringMatching(/csrf/) } })
  expect(await ui.start('refund', workflowId, input)).toMatchObject({ status: 200 })
  const blocked = { state: 'blocked', blockedBecause: 'approvalNeeded', origin: 'temporal' }
  await eventually(() => shop.refund(refundId).catch(() => undefined)).toMatchObject(blocked)
  const { seen } = await shop.refund(refundId)
  const { currentDetails } = await shop.client.workflow
    .getHandle(workflowId)
    .query<{ currentDetails: string }>('__temporal_workflow_metadata')
  expect(currentDetails).toMatch(/only `recheck`, `acknowledge` and a `snooze`[^\n]*refused[^\n]*\n\n\u00a0$/)
  const because = { reason: 'clicked', person: 'joon' }
  const clicks = [
    ['resolve', { ...because, seen, outcome: 'settledElsewhere' }],
    ['retryTicket', { ...because, seen }],
    ['withdraw', because],
    ['approve', { request: 'start', person: 'joon' }],
    ['snooze', { ...because, until: '2030-01-01T00:00:00Z' }],
  ] as const
  for (const [name, fields] of clicks)
    expect(await ui.update(workflowId, name, fields), name).toMatchObject({
      refused: 'updateRejected',
      sentence: expect.stringMatching(new RegExp(`npm run ops -- [a-z-]+ ${refundId}`)),
    })
  expect(await ui.update(workflowId, 'recheck', {})).toEqual({ answer: 'done' })
  expect(await shop.refund(refundId)).toMatchObject(blocked)
  expect(await sim.tickets(merchantUid)).toEqual([])
  const approved = await exchange(shop.api, 'POST', `/refunds/${refundId}/approve`, { request: 'start' }, KEYS.joon)
  expect(approved).toMatchObject({ status: 200 })
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  expect(await ui.start('refund', workflowId, input), 'again, while it runs').toMatchObject({ status: 409 })
  expect(await sim.tickets(merchantUid)).toHaveLength(1)
})

test('no command of an unproved client closes a refund, silences its page or tries again; nor do signals and resets', async ({
  shop,
  sim,
}) => {
  const { merchantUid, refundId } = await shop.paidThenRefunded()
  await eventually(() => shop.refund(refundId)).toMatchObject({ attention: 'page' })
  const calls = await sim.callsOf(CANCEL)
  const saga = refundSaga(refundId)
  const tried = [
    ['retryTicket', { reason: 'x' }],
    ['resolve', { reason: 'x', outcome: 'refunded' }],
    ['withdraw', { reason: 'x' }],
    ['snooze', { until: '2030-01-01T00:00:00Z', reason: 'x' }],
  ] as const
  for (const [name, fields] of tried) {
    const told = await byTemporal(shop, saga, name, { ...fields, person: 'mallory' }, KEYS.mina)
    expect(told, name).toMatchObject({
      refused: 'updateRejected',
      sentence: expect.stringContaining('npm run ops -- '),
    })
  }
  const handle = shop.client.workflow.getHandle(`refund:${refundId}`)
  await handle.signal('news')
  await handle.cancel()
  await handle.terminate('by the UI')
  expect(await byTemporal(shop, saga, 'recheck', { person: 'ann' })).toMatchObject({ answer: 'done' })
  expect(await byTemporal(shop, saga, 'acknowledge', { owner: 'ann', person: 'ann' })).toMatchObject({ answer: 'done' })
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', attention: 'page', owner: 'ann' })
  expect(await sim.callsOf(CANCEL)).toBe(calls)
  expect((await shop.payment(merchantUid)).state).toBe('cancelPending')
})

test('an order that a Temporal client opened is the checkout’s too; another one is a conflict that says who opened it', async ({
  shop,
}) => {
  const merchantUid = fresh('order')
  const order = { merchantUid, amount: 19_000, currency: 'KRW', name: 'Gold pack' }
  await startPaymentSaga(shop.client, order, `payment:${merchantUid}`)
  await eventually(() => shop.payment(merchantUid).catch(() => undefined)).toMatchObject({ state: 'prepared' })
  const buyer = { name: 'Ann Roe', email: 'ann@example.com' }
  expect(await shop.call('POST', '/payments', { ...order, buyer })).toMatchObject({ status: 200 })
  expect(await shop.call('POST', '/payments', { ...order, amount: 1_000, buyer })).toMatchObject({
    status: 409,
    body: { code: 'conflict', detail: expect.stringContaining('opened by temporal:unverified') },
  })
})

test('accepting money takes a proof, which is good for its own words alone and once', async ({ shop, sim }) => {
  const { merchantUid } = await shop.open()
  await sim.pay(merchantUid, { amount: 9_000 })
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'quarantined' })
  const saga = paymentSaga(merchantUid)
  const accept = { reason: 'a voucher', person: 'mallory' }
  expect(await byTemporal(shop, saga, 'accept', accept, KEYS.mina)).toMatchObject({ refused: 'updateRejected' })
  const { seen } = await shop.payment(merchantUid)
  const args = { reason: 'a voucher', seen }
  const minted = await exchange(
    shop.api,
    'POST',
    '/proofs/commands',
    { workflowId: `payment:${merchantUid}`, command: 'accept', args },
    KEYS.mina,
  )
  expect(minted).toMatchObject({ status: 201 })
  const proof = String(Object(minted.body).proof)
  const other = { ...args, reason: 'another reason', proof }
  expect(await byTemporal(shop, saga, 'accept', other)).toMatchObject({ refused: 'updateRejected' })
  expect(await byTemporal(shop, saga, 'accept', { ...args, proof })).toMatchObject({ answer: 'done' })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'paid', accepted: true })
})

test('a checkout’s proof makes a start its own', async ({ shop }) => {
  const { merchantUid } = await shop.paid()
  const refundId = fresh('refund')
  const input = { refundId, merchantUid, reason: 'customer request' }
  const workflowId = `refund:${refundId}`
  const forbidden = await exchange(shop.api, 'POST', '/proofs/starts', { workflowId, input }, KEYS.mina)
  expect(forbidden).toMatchObject({ status: 403 })
  const minted = await shop.call('POST', '/proofs/starts', { workflowId, input })
  const proof = String(Object(minted.body).proof)
  const wrong = await startRefundSaga(shop.client, { ...input, amount: 1_000, proof }, workflowId)
  expect(await failureOf(wrong)).toMatchObject({ type: 'forbidden' })
  await startRefundSaga(shop.client, { ...input, proof }, workflowId)
  await eventually(() => shop.refund(refundId).catch(() => undefined)).toMatchObject({
    origin: 'checkout',
    state: 'ticketOpen',
  })
})
