// Any Temporal client may start a saga with JSON: the same rows, the same path as through the HTTP API.
// Must not know: HTTP, but to read what came of it.
import { expect } from 'vitest'
import { eventually, fresh, shopTest } from '../support/shop.ts'
import { failureOf, startPaymentSaga, startRefundSaga } from '../support/starts.ts'

const test = shopTest()

const anOrder = (merchantUid: string) => ({ merchantUid, amount: 1_990, currency: 'USD', name: 'Gold pack' })

test('a payment and its refund started by a plain client are carried out to the end', async ({ shop, sim }) => {
  const merchantUid = fresh('order')
  const order = await startPaymentSaga(shop.client, anOrder(merchantUid), `payment:${merchantUid}`)
  await eventually(() => shop.payment(merchantUid).catch(() => undefined)).toMatchObject({ state: 'prepared' })
  await sim.pay(merchantUid, { country: 'DE' })
  expect(await order.result()).toEqual({ state: 'paid' })

  const refundId = fresh('refund')
  const input = { refundId, merchantUid, reason: 'customer request' }
  const refund = await startRefundSaga(shop.client, input, `refund:${refundId}`)
  await eventually(() => sim.tickets(merchantUid)).toHaveLength(1)
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelPending', reserved: 1_990 })
  const [ticket] = await sim.tickets(merchantUid)
  await sim.complete(ticket?.id ?? '')

  expect(await refund.result()).toEqual({ state: 'refunded' })
  const journal = await shop.journal(merchantUid)
  expect(journal.find(({ what }) => what === 'order.recorded')).toMatchObject({ who: 'temporal:unverified' })
  expect(journal.find(({ what }) => what === 'refund.requested')).toMatchObject({ who: 'temporal:unverified' })
})

test('a saga that a plain client started can be found by its search attributes', async ({ shop, sim }) => {
  const merchantUid = fresh('order')
  const order = await startPaymentSaga(shop.client, anOrder(merchantUid), `payment:${merchantUid}`)
  const firstTask = async (workflowId: string) => {
    const events = await shop.events(workflowId)
    const task = events.find((event) => event.workflowTaskCompletedEventAttributes)?.eventId
    return events
      .filter(({ upsertWorkflowSearchAttributesEventAttributes: upsert }) =>
        upsert?.workflowTaskCompletedEventId?.equals(task ?? 0),
      )
      .flatMap((event) =>
        Object.keys(event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields ?? {}),
      )
  }
  await eventually(() => firstTask(order.workflowId)).toEqual(
    expect.arrayContaining(['SagaState', 'Attention', 'Gateway', 'MerchantUid', 'Currency', 'AmountMinor']),
  )
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'prepared' })
  await sim.pay(merchantUid, { country: 'DE' })
  expect(await order.result()).toEqual({ state: 'paid' })
  const refundId = fresh('refund')
  const input = { refundId, merchantUid, reason: 'customer request' }
  const refund = await startRefundSaga(shop.client, input, `refund:${refundId}`)
  await eventually(() => firstTask(refund.workflowId)).toEqual(
    expect.arrayContaining(['SagaState', 'GatewayRef', 'PaymentwallRef', 'PayerCountry', 'NextCheckpoint']),
  )

  const query = `MerchantUid = "${merchantUid}" AND PayerCountry = "DE" AND SagaState = "waiting"`
  await eventually(async () => {
    const found: string[] = []
    for await (const run of shop.client.workflow.list({ query })) found.push(run.workflowId)
    return found
  }).toEqual([`refund:${refundId}`])
})

test('a bad input ends the workflow with a failure that lists every fault', async ({ shop }) => {
  const merchantUid = fresh('order')
  const order = { ...anOrder(merchantUid), amount: 19.9, currency: 'won', name: '', buyer: 'Ann' }

  const failure = await failureOf(await startPaymentSaga(shop.client, order, `payment:${merchantUid}`))

  expect(failure.type).toBe('invalidRequest')
  for (const fault of ['amount: ', 'currency: must be a code of ISO 4217', 'name: ', 'buyer: is not a field'])
    expect(failure.message).toContain(fault)
  expect(await shop.call('GET', `/payments/${merchantUid}`)).toMatchObject({ status: 404 })

  const refundId = fresh('refund')
  const bad = { refundId, merchantUid, amount: -1, reason: '' }
  const refused = await failureOf(await startRefundSaga(shop.client, bad, `refund:${refundId}`))
  expect(refused.type).toBe('invalidRequest')
  expect(refused.message).toMatch(/amount: .*reason: /)
})

test('a saga under a foreign workflow id is refused and records nothing', async ({ shop }) => {
  const merchantUid = fresh('order')
  const other = fresh('other')

  const failure = await failureOf(await startPaymentSaga(shop.client, anOrder(merchantUid), `payment:${other}`))

  expect(failure).toEqual({
    type: 'invalidRequest',
    message: `this workflow must be started as "payment:${merchantUid}", not "payment:${other}"; start it again under that id`,
  })
  expect(await shop.call('GET', `/payments/${merchantUid}`)).toMatchObject({ status: 404 })
  expect(await shop.call('GET', `/payments/${other}`)).toMatchObject({ status: 404 })
})

test('a saga without a row starts nothing and says what to do', async ({ shop }) => {
  const refundId = fresh('nobody')
  const failure = await failureOf(await startRefundSaga(shop.client, { refundId }, `refund:${refundId}`))

  expect(failure.type).toBe('notFound')
  expect(failure.message).toContain('Ask for the refund through the API')
})

test('a refund that does not fit ends its workflow with the reason, and its id stays free', async ({ shop }) => {
  const { merchantUid } = await shop.paid()
  const refundId = fresh('refund')
  const input = { refundId, merchantUid, amount: 19_001, reason: 'too much' }

  const failure = await failureOf(await startRefundSaga(shop.client, input, `refund:${refundId}`))

  expect(failure.type).toBe('refundExceedsBalance')
  expect(failure.message).toContain('can still be refunded')
  expect(await shop.call('GET', `/refunds/${refundId}`)).toMatchObject({ status: 404 })
  await shop.askRefund(merchantUid, { refundId })
})
