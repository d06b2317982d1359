// The receiver: what is answered and what is kept, for hints that are honest, forged, broken or too large.
// Must not know: whether a hint is true; nor does the receiver.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { gatewayName } from '../../src/domain/ids.ts'
import { createIamportGateway } from '../../src/gateways/iamport/client.ts'
import { metrics } from '../../src/metrics.ts'
import { ACCOUNT, paidOrder, rows, startApi } from './api.ts'

const api = await startApi({ keys: [{ name: 'shop', role: 'checkout', key: 'k' }] })
const proxied = await startApi({ trustedProxies: 1 })
// What earlier files of this process have counted.
metrics.hintsRefused.reset()
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

  test.each([
    ['a number as cancellation id', '{"imp_uid":"imp_1","merchant_uid":"order-1","cancellation_id":77}', '77'],
    ['a number as status', '{"imp_uid":"imp_1","merchant_uid":"order-1","status":1}', null],
    ['a status of 50 letters', `{"imp_uid":"imp_1","merchant_uid":"order-1","status":"${'x'.repeat(50)}"}`, null],
    ['a form with a stray %', 'imp_uid=imp_1&merchant_uid=order-1&name=100%', null],
    [
      'multipart',
      '--x\r\nContent-Disposition: form-data; name="imp_uid"\r\n\r\nimp_1\r\n--x\r\nContent-Disposition: form-data; name="merchant_uid"\r\n\r\norder-1\r\n--x--',
      null,
    ],
  ])('with readable ids and %s is kept, for it never comes again', async (_, body, saidCancellationId) => {
    expect((await api.call('POST /webhooks/iamport', { body })).status).toBe(200)
    expect(await kept()).toMatchObject([
      { gatewayRef: 'imp_1', merchantUid: 'order-1', saidStatus: null, saidCancellationId, state: 'received' },
    ])
  })

  test('with bytes of EUC-KR in a field that nobody reads is kept as it came', async () => {
    const body = Buffer.concat([
      Buffer.from('{"imp_uid":"imp_1","merchant_uid":"order-1","name":"'),
      Buffer.from([0xb0, 0xe1, 0xc1, 0xa6]),
      Buffer.from('"}'),
    ])
    expect((await api.call('POST /webhooks/iamport', { body })).status).toBe(200)
    const [hint] = await kept()
    expect(Buffer.from(hint?.body ?? [])).toEqual(body)
  })

  test('that comes twice gets a 200 each time, waits in one row, and kicks nobody the second time', async () => {
    const kicks = api.kicks()
    const answers = [
      await api.call('POST /webhooks/iamport', { json: HINT }),
      await api.call('POST /webhooks/iamport', { json: HINT }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(await kept()).toMatchObject([{ gatewayRef: 'imp_1', times: 2 }])
    expect(api.kicks()).toBe(kicks + 1)
  })

  test('has its first 4 KiB kept, and what it names all the same', async () => {
    const json = { padding: 'x'.repeat(5_000), ...HINT }
    expect((await api.call('POST /webhooks/iamport', { json })).status).toBe(200)
    const [hint] = await kept()
    expect([hint?.gatewayRef, hint?.body?.length]).toEqual(['imp_1', 4_096])
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
    ['an id of another type', '{"imp_uid":["imp_1"],"merchant_uid":"order-1"}'],
    ['two different ids', 'imp_uid=imp_1&imp_uid=imp_2&merchant_uid=order-1'],
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

  test('is the address that the outermost of two proxies of ours saw', async () => {
    const two = await startApi({ trustedProxies: 2 })
    const claimed = ['52.78.5.241', '52.78.5.241, 198.51.100.1'].map((claim) => `${claim}, 203.0.113.9, 10.0.0.2`)
    for (const chain of claimed)
      await two.call('POST /webhooks/iamport', { json: HINT, headers: { 'x-forwarded-for': chain } })
    expect(await kept(two)).toMatchObject([{ remoteAddress: '203.0.113.9', fromKnownAddress: false, times: 2 }])
  })

  test('at an address that i’mport publishes is marked so; whoever claims one before our proxy is not', async () => {
    const from = (chain: string) =>
      proxied.call('POST /webhooks/iamport', { json: HINT, headers: { 'x-forwarded-for': chain } })
    await from('203.0.113.9, 52.78.5.241')
    await from('52.78.5.241, 203.0.113.9')
    await api.call('POST /webhooks/iamport', { json: HINT, headers: { 'x-forwarded-for': '52.78.5.241' } })
    const rows = [...(await kept(proxied)), ...(await kept())]
    expect(rows.map(({ remoteAddress, fromKnownAddress }) => [remoteAddress, fromKnownAddress])).toEqual([
      ['52.78.5.241', true],
      ['203.0.113.9', false],
      [expect.stringContaining('127.0.0.1'), false],
    ])
  })

  test('cannot claim an address where no proxy is ours', async () => {
    await api.call('POST /webhooks/iamport', { json: HINT, headers: { 'x-forwarded-for': '203.0.113.9' } })
    expect((await kept())[0]?.remoteAddress).toContain('127.0.0.1')
  })
})

describe('a flood', async () => {
  const flooded = await startApi({ trustedProxies: 1 })
  const from = (sender: string) => ({ headers: { 'x-forwarded-for': sender } })
  const send = (json: object, sender = '203.0.113.9') =>
    flooded.call('POST /webhooks/iamport', { json, ...from(sender) })
  let many: Awaited<ReturnType<typeof send>>[]
  beforeAll(async () => {
    await paidOrder(flooded, 'order-known')
    const hints = Array.from({ length: 90 }, (_, n) => ({ ...HINT, imp_uid: `imp_f${n}`, merchant_uid: `nobody-${n}` }))
    many = await Promise.all(hints.map((hint) => send(hint)))
  })

  test('of hints about what nobody knows gets sixty rows; the others are asked to come again', async () => {
    expect(many.filter(({ status }) => status === 200)).toHaveLength(60)
    const others = many.filter(({ status }) => status !== 200)
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([503]))
    const [refused] = others
    expect([refused?.at('code'), refused?.headers.get('retry-after')]).toEqual(['temporarilyUnavailable', '60'])
    expect(refused?.at('detail')).toContain('only counted')
    expect(await kept(flooded)).toHaveLength(60)
    expect(flooded.logged).toEqual([])
  })

  test('of unreadable bodies finds the same room taken, and is refused as ever', async () => {
    const answer = await flooded.call('POST /webhooks/iamport', { body: '{"imp_uid":', ...from('203.0.113.9') })
    expect([answer.status, answer.at('code')]).toEqual([400, 'invalidRequest'])
    expect(answer.at('detail')).toContain('only counted')
    const large = await flooded.call('POST /webhooks/iamport', { body: 'x'.repeat(70_000), ...from('203.0.113.9') })
    expect([large.status, large.at('code')]).toEqual([413, 'payloadTooLarge'])
    expect(await kept(flooded)).toHaveLength(60)
  })

  test('keeps nobody’s hint about a known order or payment away, whoever sends it', async () => {
    const hints = [
      { ...HINT, imp_uid: 'imp_order-known', merchant_uid: 'order-known' },
      { ...HINT, imp_uid: 'imp_never-seen', merchant_uid: 'order-known' },
      { ...HINT, imp_uid: 'imp_order-known', merchant_uid: 'nobody' },
    ]
    const answers = await Promise.all(hints.map((hint) => send(hint)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await kept(flooded)).toHaveLength(63)
  })

  test('leaves room for other senders, and for the gateway’s own addresses', async () => {
    const hint = { ...HINT, imp_uid: 'imp_other', merchant_uid: 'nobody-else' }
    const answers = [await send(hint, '198.51.100.7'), await send(hint, '52.78.5.241')]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
  })

  test('a hint that repeats a kept one is counted in its row, and needs no room', async () => {
    const [one] = await kept(flooded)
    const answer = await send({ ...HINT, imp_uid: one?.gatewayRef, merchant_uid: one?.merchantUid })
    expect(answer.status).toBe(200)
    expect((await kept(flooded)).find(({ id }) => id === one?.id)).toMatchObject({ times: 2 })
  })

  test('is counted by why', async () => {
    const { values } = await metrics.hintsRefused.get()
    const count = (because: string) => values.find(({ labels }) => labels.because === because)?.value
    expect([count('unknownOrder'), count('unreadable'), count('oversized')]).toEqual([30, 1, 1])
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
    const other = await startApi({
      gateways: new Map([[gatewayName('paymentwall/main'), createIamportGateway(ACCOUNT)]]),
    })
    expect((await other.call('POST /webhooks/iamport', { json: HINT })).status).toBe(404)
  })
})
