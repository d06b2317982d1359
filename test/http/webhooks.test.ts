// The receiver: what is answered and what is kept, for hints that are honest, forged, broken or too large.
// Must not know: whether a hint is true; nor does the receiver.
import { beforeEach, describe, expect, test } from 'vitest'
import { gatewayName } from '../../src/domain/ids.ts'
import { metrics } from '../../src/metrics.ts'
import { rows, startApi } from './api.ts'

const api = await startApi({ keys: [{ name: 'shop', role: 'checkout', key: 'k' }] })
const proxied = await startApi({ trustedProxies: 1 })
beforeEach(async () => {
  await api.db.deleteFrom('inbox').execute()
  await proxied.db.deleteFrom('inbox').execute()
})

const kept = (at = api) => at.db.selectFrom('inbox').selectAll().orderBy('id').execute()
const HINT = { imp_uid: 'imp_1', merchant_uid: 'order-1', status: 'paid' }

describe('a hint', () => {
  test('is kept as sent, committed, and answered with 200, without a key', async () => {
    const kicks = api.kicks()
    const answer = await api.call('POST /webhooks/iamport', { json: { ...HINT, cancellation_id: 'c-1', extra: true } })
    expect(answer.status).toBe(200)
    const [hint] = await kept()
    expect(hint).toMatchObject({
      gateway: 'iamport/main',
      source: 'webhook',
      subject: 'ref:imp_1',
      gatewayRef: 'imp_1',
      merchantUid: 'order-1',
      saidStatus: 'paid',
      saidCancellationId: 'c-1',
      contentType: 'application/json',
      remoteAddress: expect.stringContaining('127.0.0.1'),
      state: 'received',
      parkedBecause: null,
    })
    expect(Buffer.from(hint?.body ?? []).toString()).toBe(
      JSON.stringify({ ...HINT, cancellation_id: 'c-1', extra: true }),
    )
    expect(api.kicks()).toBe(kicks + 1)
  })

  test('may be a form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const body = 'imp_uid=imp_2&merchant_uid=order-2&status=cancelled'
    expect((await api.call('POST /webhooks/iamport', { body, headers })).status).toBe(200)
    expect((await kept())[0]).toMatchObject({ gatewayRef: 'imp_2', saidStatus: 'cancelled' })
  })

  test('that comes twice is kept twice', async () => {
    await api.call('POST /webhooks/iamport', { json: HINT })
    await api.call('POST /webhooks/iamport', { json: HINT })
    expect(await kept()).toHaveLength(2)
  })

  test('that is forged for an unknown order moves nothing, wakes nobody and gets the same 200', async () => {
    const answer = await api.call('POST /webhooks/iamport', { json: { ...HINT, merchant_uid: 'no-such-order' } })
    expect([answer.status, answer.json()]).toEqual([200, {}])
    const others = await Promise.all(
      (['payments', 'refunds', 'outbox', 'journal'] as const).map((t) => rows(api.db, t)),
    )
    expect(others).toEqual([0, 0, 0, 0])
  })

  test('is counted once it is kept', async () => {
    const received = async () =>
      (await metrics.hintsReceived.get()).values.find(({ labels }) => labels.source === 'webhook')?.value ?? 0
    const before = await received()
    await api.call('POST /webhooks/iamport', { json: HINT })
    expect(await received()).toBe(before + 1)
  })
})

describe('what cannot be understood is refused and kept for a person', () => {
  test.each([
    ['nothing', ''],
    ['half JSON', '{"imp_uid":'],
    ['an array', '[1]'],
    ['no imp_uid', '{"merchant_uid":"order-1"}'],
    ['a path as imp_uid', '{"imp_uid":"..","merchant_uid":"order-1"}'],
    ['a NUL in an id', '{"imp_uid":"imp_1","merchant_uid":"a\\u0000b"}'],
    ['an id of another type', '{"imp_uid":7,"merchant_uid":"order-1"}'],
  ])('%s', async (_, body) => {
    const kicks = api.kicks()
    const headers = { 'content-type': 'application/json' }
    const answer = await api.call('POST /webhooks/iamport', { body, headers })
    expect([answer.status, answer.at('code')]).toEqual([400, 'invalidRequest'])
    const [hint] = await kept()
    expect(hint).toMatchObject({ state: 'parked', parkedBecause: 'unreadable', subject: null, gatewayRef: null })
    expect(Buffer.from(hint?.body ?? []).toString()).toBe(body)
    expect(api.kicks()).toBe(kicks)
  })

  test('bytes that are no text', async () => {
    const body = new Uint8Array([0xff, 0xfe, 0x00, 0x80])
    expect((await api.call('POST /webhooks/iamport', { body })).status).toBe(400)
    expect(Buffer.from((await kept())[0]?.body ?? [])).toEqual(Buffer.from(body))
  })

  test.each([65 * 1024, 900 * 1024, 5 * 1024 * 1024])(
    '%i bytes are too large: the first 4 KiB are kept',
    async (size) => {
      const answer = await api.call('POST /webhooks/iamport', { body: 'x'.repeat(size) })
      expect([answer.status, answer.at('code')]).toEqual([413, 'payloadTooLarge'])
      const [hint] = await kept()
      expect(hint).toMatchObject({ state: 'parked', parkedBecause: 'oversized' })
      expect(hint?.body?.length).toBe(4_096)
    },
  )

  test('64 KiB are not too large', async () => {
    const json = { ...HINT, padding: '' }
    const padding = 'x'.repeat(64 * 1024 - JSON.stringify(json).length)
    expect((await api.call('POST /webhooks/iamport', { json: { ...json, padding } })).status).toBe(200)
  })
})

describe('the sender', () => {
  test('is the address behind our own proxy, whatever it claims before it', async () => {
    const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' }
    await proxied.call('POST /webhooks/iamport', { json: HINT, headers })
    expect((await kept(proxied))[0]?.remoteAddress).toBe('203.0.113.9')
  })

  test('cannot claim an address where no proxy is ours', async () => {
    await api.call('POST /webhooks/iamport', { json: HINT, headers: { 'x-forwarded-for': '203.0.113.9' } })
    expect((await kept())[0]?.remoteAddress).toContain('127.0.0.1')
  })
})

test('a hint that cannot be committed is answered with 5xx, so that it is sent again', async () => {
  const broken = await startApi()
  await broken.db.schema.alterTable('inbox').renameTo('inbox_away').execute()
  expect((await broken.call('POST /webhooks/iamport', { json: HINT })).status).toBe(500)
  await broken.db.destroy()
  const answer = await broken.call('POST /webhooks/iamport', { json: HINT })
  expect([answer.status, answer.at('code')]).toEqual([503, 'temporarilyUnavailable'])
  expect(broken.kicks()).toBe(0)
})

describe('an account that is not configured takes nothing', () => {
  test('Paymentwall', async () => {
    const answer = await api.call('GET /webhooks/paymentwall?uid=1&ref=b1')
    expect([answer.status, answer.at('code')]).toEqual([404, 'notFound'])
  })

  test("i'mport", async () => {
    const other = await startApi({ gateways: new Set([gatewayName('paymentwall/main')]) })
    expect((await other.call('POST /webhooks/iamport', { json: HINT })).status).toBe(404)
  })
})
