// Health, readiness by part, and the numbers.
// Must not know: what Prometheus does with them.
import { describe, expect, test } from 'vitest'
import { refundId } from '../../src/domain/ids.ts'
import { order, paidOrder, startApi } from './api.ts'

let temporal: () => Promise<boolean> = () => Promise.resolve(true)
// A clock that leaps with each look at it, so that no answer of before stands.
let clock = 0
const api = await startApi({ temporalReady: () => temporal(), now: () => (clock += 10_000) })

describe('readyz', () => {
  test.each([
    ['up', () => Promise.resolve(true), 200, 'ready'],
    ['down', () => Promise.resolve(false), 503, 'notReady'],
    ['down', () => Promise.reject(new Error('no server')), 503, 'notReady'],
  ] as const)('with Temporal %s', async (part, answers, status, said) => {
    temporal = answers
    const answer = await api.call('GET /readyz')
    expect([answer.status, answer.json()]).toEqual([status, { status: said, database: 'up', temporal: part }])
  })

  test('with a Temporal that never answers', async () => {
    temporal = () => new Promise(() => {})
    expect((await api.call('GET /readyz')).at('temporal')).toBe('down')
    temporal = () => Promise.resolve(true)
  })

  test('with the database away, while healthz says that the process lives', async () => {
    const away = await startApi()
    await away.db.destroy()
    const ready = await away.call('GET /readyz')
    expect([ready.status, ready.json()]).toEqual([503, { status: 'notReady', database: 'down', temporal: 'up' }])
    const live = await away.call('GET /healthz')
    expect([live.status, live.json()]).toEqual([200, { status: 'live' }])
    const metrics = await away.call('GET /metrics')
    expect([metrics.status, metrics.text.includes('saga_hints_received_total')]).toEqual([200, true])
    expect(metrics.text).not.toContain('saga_refunds')
  })
})

describe('metrics', () => {
  const value = (text: string, name: string): number | undefined => {
    const line = text.split('\n').find((each) => each.startsWith(`${name} `))
    return line === undefined ? undefined : Number(line.slice(name.length + 1))
  }

  test('of an empty database are zeros', async () => {
    const { text, headers } = await (await startApi()).call('GET /metrics')
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(value(text, 'saga_oldest_open_refund_seconds')).toBe(0)
    expect(value(text, 'saga_inbox_unlooked')).toBe(0)
    expect(value(text, 'saga_outbox_age_seconds{kind="wake"}')).toBe(0)
    expect(value(text, 'saga_payments{state="paid"}')).toBe(0)
  })

  test('count what waits, and the money in it', async () => {
    await api.call('POST /payments', { json: order('prepared-1') })
    await paidOrder(api, 'paid-1')
    for (const [id, amount] of [
      ['r-1', 100],
      ['r-2', 250],
      ['r-3', 1_000],
    ] as const)
      await api.call('POST /payments/paid-1/refunds', { json: { refundId: id, amount, reason: 'sent back' } })
    await api.db
      .updateTable('refunds')
      .set({ state: 'ticketOpen', attention: 'page', waitingSince: '2026-01-01T00:00:00.000Z' })
      .where('refundId', '=', refundId('r-2'))
      .execute()
    await api.db.updateTable('refunds').set({ state: 'refunded' }).where('refundId', '=', refundId('r-3')).execute()
    await api.call('POST /webhooks/iamport', { json: { imp_uid: 'imp_9', merchant_uid: 'x', status: 'paid' } })
    const { text } = await api.call('GET /metrics')
    expect(value(text, 'saga_refunds{state="requested",currency="USD"}')).toBe(1)
    expect(value(text, 'saga_refunds{state="ticketOpen",currency="USD"}')).toBe(1)
    expect(text).not.toContain('state="refunded"')
    expect(value(text, 'saga_refund_amount_minor{currency="USD",attention="none"}')).toBe(100)
    expect(value(text, 'saga_refund_amount_minor{currency="USD",attention="page"}')).toBe(250)
    expect(value(text, 'saga_oldest_open_refund_seconds')).toBeGreaterThan(86_400)
    expect(value(text, 'saga_payments{state="prepared"}')).toBe(1)
    expect(value(text, 'saga_inbox_unlooked')).toBe(1)
    expect(value(text, 'saga_outbox_age_seconds{kind="wake"}')).toBeGreaterThan(0)
    expect(text).toContain('saga_hints_received_total{source="webhook"}')
  })
})
