// How webhooks are written, and which cancels are told where, as the switches say.
// Must not know what reads show.
import { expect, test } from 'vitest'
import { eventually, startMerchant, startTogether } from './support.ts'

/** Starts with one way of writing, pays, cancels in the console: two webhooks. */
async function hearBoth(hints: string) {
  const { merchant, pay, desk } = await startTogether()
  await desk('PUT', 'faults', { wire: { hints } })
  const impUid = await pay()
  await eventually(() => merchant.heard.length).toBe(1)
  await desk('POST', `payments/${impUid}/consoleCancel`)
  await eventually(() => merchant.heard.length).toBe(2)
  return { impUid, paid: merchant.heard[0], cancelled: merchant.heard[1] }
}

test('hints form: the same words as a form', async () => {
  const { impUid, paid, cancelled } = await hearBoth('form')
  expect(paid?.type).toBe('application/x-www-form-urlencoded')
  const words = { imp_uid: impUid, merchant_uid: 'order-1', status: 'paid' }
  expect(Object.fromEntries(new URLSearchParams(paid?.body))).toEqual(words)
  expect(Object.fromEntries(new URLSearchParams(cancelled?.body))).toEqual({
    ...words,
    status: 'cancelled',
    cancellation_id: expect.stringMatching(/^cncl_/),
  })
})

test('hints multipart: the same words in parts', async () => {
  const { impUid, cancelled } = await hearBoth('multipart')
  const response = new Response(cancelled?.body ?? '', { headers: { 'content-type': cancelled?.type ?? '' } })
  const parts = Object.fromEntries(await response.formData())
  expect(parts).toMatchObject({ imp_uid: impUid, merchant_uid: 'order-1', status: 'cancelled' })
})

test('hints odd: readable ids among remarks of other types, and a field that is not UTF-8', async () => {
  const { impUid, paid, cancelled } = await hearBoth('odd')
  for (const heard of [paid, cancelled]) {
    expect(heard?.type).toBe('application/json')
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(heard?.bytes)).toThrow('not valid')
    expect(new TextDecoder('euc-kr').decode(heard?.bytes)).toContain('"memo":"결제"')
  }
  const ids = { imp_uid: impUid, merchant_uid: 'order-1' }
  expect(JSON.parse(paid?.body ?? '')).toMatchObject({ ...ids, status: 1 })
  const status = expect.stringMatching(/^[a-z]{50}$/)
  expect(JSON.parse(cancelled?.body ?? '')).toMatchObject({ ...ids, status, cancellation_id: 77 })
})

test('hints of one payment are written its own way', async () => {
  const { merchant, pay, desk } = await startTogether()
  const impUid = await pay()
  await desk('PUT', `payments/${impUid}/wire`, { hints: 'form' })
  await desk('POST', `payments/${impUid}/chargeback`)
  await eventually(() => merchant.heard.map(({ type }) => type)).toEqual([
    'application/json',
    'application/x-www-form-urlencoded',
  ])
})

/** A payment with a notice_url of its own, with cancel webhooks restricted. */
async function startRestricted() {
  const together = await startTogether()
  const notice = await startMerchant()
  await together.desk('PUT', 'faults', { wire: { cancelWebhooks: 'consoleOnly' } })
  const cancel = async (impUid: string, more: object = {}) => {
    await together.ask('POST', '/payments/cancel', { imp_uid: impUid, ...more })
    const tickets = await together.tickets()
    await together.desk('POST', `tickets/${tickets.at(-1)?.id}/complete`)
  }
  return { ...together, notice, cancel }
}

test('cancelWebhooks consoleOnly: a console cancel goes to the console URL, never to notice_url', async () => {
  const { merchant, notice, pay, desk } = await startRestricted()
  const impUid = await pay({ noticeUrl: notice.url })
  await eventually(() => notice.bodies()).toMatchObject([{ status: 'paid' }])
  await desk('POST', `payments/${impUid}/consoleCancel`)
  await eventually(() => merchant.bodies()).toMatchObject([{ imp_uid: impUid, status: 'cancelled' }])
  expect(notice.heard).toHaveLength(1)
})

test('cancelWebhooks consoleOnly: a cancel by call is told only where the call asked for it', async () => {
  const { merchant, notice, pay, cancel } = await startRestricted()
  await cancel(await pay({ noticeUrl: notice.url }))
  const asked = await pay({ merchantUid: 'asked', noticeUrl: notice.url })
  await cancel(asked, { enable_webhook: true })
  await eventually(() => merchant.bodies()).toMatchObject([{ imp_uid: asked, status: 'cancelled' }])
  await eventually(() => notice.heard.length).toBe(2)
})

test('cancelWebhooks consoleOnly: and only of a payment that was told when paid', async () => {
  const { merchant, pay, cancel, desk } = await startRestricted()
  await desk('PUT', 'faults', { webhooks: 'drop' })
  const untold = await pay()
  await desk('PUT', 'faults', { webhooks: 'deliver' })
  await cancel(untold, { enable_webhook: true })
  await desk('POST', 'pay', { merchantUid: 'last', outcome: 'paid', amount: 1, currency: 'USD' })
  await eventually(() => merchant.bodies()).toMatchObject([{ merchant_uid: 'last', status: 'paid' }])
})
