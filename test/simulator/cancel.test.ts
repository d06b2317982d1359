// What i'mport answers to a cancel, and what it leaves behind (iamport.md §4, §8).
// Must not know faults, which have a file of their own.
import { expect, test } from 'vitest'
import { eventually, startTogether } from './support.ts'

test('a cancel opens a ticket and changes nothing that can be seen', async () => {
  const { merchant, pay, ask, tickets } = await startTogether()
  const impUid = await pay()
  await eventually(() => merchant.heard.length).toBe(1)
  const said = await ask('POST', '/payments/cancel', {
    imp_uid: impUid,
    amount: 5,
    checksum: 19.9,
    reason: 'asked #r-1',
  })
  expect(said).toMatchObject({
    status: 200,
    body: { code: 0, message: null, response: { status: 'paid', cancel_amount: 0, cancel_history: [] } },
  })
  expect(await tickets()).toMatchObject([
    { impUid, merchantUid: 'order-1', amount: 500, currency: 'USD', state: 'open' },
  ])
  expect((await ask('GET', `/payments/${impUid}`)).body).toMatchObject({ response: { status: 'paid' } })
  expect(merchant.heard).toHaveLength(1)
})

test('a second cancel opens a second ticket: the checksum does not see the first', async () => {
  const { pay, ask, tickets } = await startTogether()
  const request = { imp_uid: await pay(), amount: 19.9, checksum: 19.9 }
  await ask('POST', '/payments/cancel', request)
  expect((await ask('POST', '/payments/cancel', request)).body).toMatchObject({ code: 0 })
  expect(await tickets()).toHaveLength(2)
})

test.each([{}, { amount: 0 }, { amount: null }])('an amount of %j cancels all that is left', async (amount) => {
  const { pay, ask, desk, tickets } = await startTogether()
  const impUid = await pay()
  await desk('POST', `payments/${impUid}/consoleCancel`, { amount: 990 })
  await ask('POST', '/payments/cancel', { imp_uid: impUid, ...amount })
  expect(await tickets()).toMatchObject([{ amount: 1000 }])
})

test.each([
  ['no such payment', { imp_uid: 'imp_0' }, '취소할 결제건이 존재하지 않습니다.'],
  ['a wrong imp_uid beside a right merchant_uid', { imp_uid: 'imp_0', merchant_uid: 'order-1' }, '취소할 결제건이'],
  ['another checksum', { merchant_uid: 'order-1', checksum: 10 }, 'checksum'],
  ['more than is left', { merchant_uid: 'order-1', amount: 19.91 }, '취소 가능 금액'],
  ['less than nothing', { merchant_uid: 'order-1', amount: -1 }, '취소 요청 금액'],
  ['parts of a cent', { merchant_uid: 'order-1', amount: 1.001 }, '취소 요청 금액'],
])('%s: HTTP 200 with code 1, and no ticket', async (_, request, message) => {
  const { pay, ask, tickets } = await startTogether()
  await pay()
  const said = await ask('POST', '/payments/cancel', request)
  expect(said).toMatchObject({
    status: 200,
    body: { code: 1, message: expect.stringContaining(message), response: null },
  })
  expect(await tickets()).toEqual([])
})

test('fully cancelled, or never paid: code 1', async () => {
  const { pay, ask, desk } = await startTogether()
  const done = await pay()
  await desk('POST', `payments/${done}/consoleCancel`)
  const again = await ask('POST', '/payments/cancel', { imp_uid: done })
  expect(again).toMatchObject({
    status: 200,
    body: { code: 1, message: '이미 전액취소된 주문입니다.', response: null },
  })
  const failed = await pay({ outcome: 'declined' })
  expect((await ask('POST', '/payments/cancel', { imp_uid: failed })).body).toMatchObject({ code: 1 })
})

test('a partial cancel is `cancelled` with an amount above cancel_amount', async () => {
  const { pay, ask, desk, tickets } = await startTogether()
  const impUid = await pay()
  await ask('POST', '/payments/cancel', { imp_uid: impUid, amount: 5, reason: 'part #r-1' })
  await desk('POST', `tickets/${(await tickets())[0]?.id}/complete`)
  expect((await ask('GET', `/payments/${impUid}`)).body).toMatchObject({
    response: {
      status: 'cancelled',
      amount: 19.9,
      cancel_amount: 5,
      cancel_reason: 'part #r-1',
      cancelled_at: expect.any(Number),
      cancel_history: [{ amount: 5, reason: 'part #r-1', receipt_url: null, pg_tid: expect.stringMatching(/^b/) }],
    },
  })
})

test('PayPal cancels at once, and its webhook comes before the answer', async () => {
  const { merchant, pay, ask, tickets } = await startTogether()
  const impUid = await pay({ method: 'paypal' })
  await eventually(() => merchant.heard.length).toBe(1)
  const said = await ask('POST', '/payments/cancel', { imp_uid: impUid, reason: 'r' })
  expect(merchant.bodies()[1]).toMatchObject({ imp_uid: impUid, status: 'cancelled' })
  expect(said.body).toMatchObject({ code: 0, response: { status: 'cancelled', cancel_amount: 19.9 } })
  expect(await tickets()).toEqual([])
})

test('won has no decimals, a dinar has three', async () => {
  const { pay, ask, tickets } = await startTogether()
  await ask('POST', '/payments/cancel', { imp_uid: await pay({ amount: 19000, currency: 'KRW' }), amount: 1004 })
  await ask('POST', '/payments/cancel', { imp_uid: await pay({ amount: 19000, currency: 'KWD' }), amount: 1.004 })
  expect(await tickets()).toMatchObject([{ amount: 1004 }, { amount: 1004 }])
})
