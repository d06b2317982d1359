// The calls about notices and strays: who may, pages, and what is refused. What a resend does is in test/outbox/notices.test.ts.
// Must not know: delivery, sagas.
import { expect, test } from 'vitest'
import { gatewayRef } from '../../src/domain/ids.ts'
import { gatewaySays, order, startApi } from './api.ts'

const keys = [
  { name: 'shop', role: 'checkout', key: 'checkout-key' },
  { name: 'ann', role: 'ops', key: 'ops-key' },
] as const
const api = await startApi({ keys, noticesLeave: false })
const shop = { headers: { authorization: 'Bearer checkout-key' } }
const ops = { headers: { authorization: 'Bearer ops-key' } }

/** An order that was paid twice: its payment is told of, and the refund of the second payment. */
async function paidTwice(id: string): Promise<void> {
  await api.call('POST /payments', { ...shop, json: order(id) })
  await gatewaySays(api.db, id)
  await gatewaySays(api.db, id, { ref: `imp_${id}_2` })
}

test('notices are listed page by page, for people with a key of theirs', async () => {
  await paidTwice('told-1')
  expect((await api.call('GET /notices?merchantUid=told-1', shop)).status).toBe(403)
  const first = await api.call('GET /notices?merchantUid=told-1&limit=1', ops)
  expect(first.json()).toMatchObject({ notices: [{ number: 1, type: 'payment.paid', state: 'pending', tries: 0 }] })
  const second = await api.call(`GET /notices?merchantUid=told-1&limit=1&cursor=${String(first.at('cursor'))}`, ops)
  expect(second.json()).toMatchObject({ notices: [{ number: 2, type: 'refund.requested' }], cursor: null })
  expect((await api.call('GET /notices', ops)).at('code')).toBe('invalidRequest')
  expect((await api.call('GET /notices?merchantUid=told-1&cursor=no', ops)).at('code')).toBe('invalidRequest')
  expect((await api.call('GET /notices?merchantUid=unknown', ops)).json()).toEqual({ notices: [], cursor: null })
})

test('a notice that waits already is sent no second time, and an unknown one is not found', async () => {
  await paidTwice('told-2')
  const listed = await api.call('GET /notices?merchantUid=told-2', ops)
  const id = String(listed.at('notices', 0, 'id'))
  expect((await api.call(`POST /notices/${id}/resend`, shop)).status).toBe(403)
  expect((await api.call(`POST /notices/${id}/resend`, ops)).json()).toMatchObject({ notice: { id, state: 'pending' } })
  expect((await api.call('POST /notices/not-an-id/resend', ops)).at('code')).toBe('invalidRequest')
})

test('notices that nobody is to be told are no delay in the metrics', async () => {
  await paidTwice('told-3')
  expect((await api.call('GET /metrics', ops)).text).toContain('saga_outbox_age_seconds{kind="notice"} 0\n')
})

test('strays are for people, and a page of them ends with a cursor that leads on', async () => {
  expect((await api.call('GET /strays', shop)).status).toBe(403)
  for (const id of ['held-1', 'held-2', 'held-3']) {
    await api.call('POST /payments', { ...shop, json: order(id) })
    await gatewaySays(api.db, id)
    await gatewaySays(api.db, id, { ref: `imp:${id}/2` })
    await api.db
      .updateTable('attempts')
      .set({ attention: 'warn' })
      .where('gatewayRef', '=', gatewayRef(`imp:${id}/2`))
      .execute()
  }
  const seen: unknown[] = []
  let cursor = ''
  for (let page = 0; page < 3; page += 1) {
    const answer = await api.call(`GET /strays?limit=1${cursor}`, ops)
    seen.push(answer.at('strays', 0, 'gatewayRef'))
    cursor = `&cursor=${String(answer.at('cursor'))}`
  }
  expect(seen).toEqual(['imp:held-1/2', 'imp:held-2/2', 'imp:held-3/2'])
  expect(cursor).toBe('&cursor=null')
  const one = await api.call(`GET /strays/iamport/main/${encodeURIComponent('imp:held-2/2')}`, ops)
  expect(one.json()).toMatchObject({ stray: { gatewayRef: 'imp:held-2/2', because: 'second', merchantUid: 'held-2' } })
  expect((await api.call('GET /strays?cursor=bm8', ops)).at('code')).toBe('invalidRequest')
})
