// The switches for what the vendors' documents leave open (iamport.md §10, paymentwall.md §14).
// Must not know faults, which break what is known.
import { expect, test } from 'vitest'
import { PROJECT_SECRET } from '../../src/simulator/credentials.ts'
import { isSignedPingback, sign } from '../../src/simulator/paymentwall/signature.ts'
import { signed, startDirect } from './direct.ts'
import { call, eventually, startMerchant, startTogether } from './support.ts'

const CANCEL = '/payments/cancel'

test('secondCancel: another ticket, none and code 0, or code 1', async () => {
  for (const [secondCancel, code, count] of [
    ['secondTicket', 0, 2],
    ['sameTicket', 0, 1],
    ['refuse', 1, 1],
  ] as const) {
    const { pay, ask, desk, tickets } = await startTogether()
    await desk('PUT', 'faults', { iamport: { secondCancel } })
    const request = { imp_uid: await pay(), amount: 5 }
    expect((await ask('POST', CANCEL, request)).body).toMatchObject({ code: 0 })
    expect((await ask('POST', CANCEL, request)).body, secondCancel).toMatchObject({ code })
    expect(await tickets()).toHaveLength(count)
  }
})

test('pendingBalance reserved: checksum and amount no longer see what an open ticket asks for', async () => {
  const { pay, ask, desk } = await startTogether()
  const impUid = await pay()
  const cancel = async (more: object) => (await ask('POST', CANCEL, { imp_uid: impUid, ...more })).body
  expect(await cancel({ amount: 5, checksum: 19.9 })).toMatchObject({ code: 0 })
  await desk('PUT', 'faults', { iamport: { pendingBalance: 'reserved' } })
  expect(await cancel({ amount: 5, checksum: 19.9 })).toMatchObject({ code: 1 })
  expect(await cancel({ amount: 15 })).toMatchObject({ code: 1 })
  expect(await cancel({ checksum: 14.9 })).toMatchObject({ code: 0 })
  expect(await cancel({})).toMatchObject({ code: 1 })
})

test('cancellationId leftOut, and extra fields that nobody knows, in JSON and in forms', async () => {
  const { pay, desk, merchant } = await startTogether()
  await desk('PUT', 'faults', { iamport: { cancellationId: 'leftOut', extraFields: 'some' } })
  const impUid = await pay()
  await eventually(() => merchant.heard.length).toBe(1)
  await desk('PUT', 'faults', { wire: { hints: 'form' } })
  await desk('POST', `payments/${impUid}/consoleCancel`)
  await eventually(() => merchant.heard.length).toBe(2)
  const more = { store_id: 'store-simulator', webhook_version: '2026-11' }
  const words = { imp_uid: impUid, merchant_uid: 'order-1', ...more }
  expect(JSON.parse(merchant.heard[0]?.body ?? '')).toEqual({ ...words, status: 'paid' })
  const form = Object.fromEntries(new URLSearchParams(merchant.heard[1]?.body))
  expect(form).toEqual({ ...words, status: 'cancelled' })
})

test('retries: none; or five, a minute apart, after 5xx and never after 4xx', async () => {
  const failing = await startMerchant([{ status: 503, body: '' }])
  const refusing = await startMerchant([{ status: 400, body: '' }])
  const { pay, desk, pass } = await startTogether({ webhookUrl: failing.url })
  await pay()
  await pass('1h')
  expect(failing.heard).toHaveLength(1)
  await desk('PUT', 'faults', { iamport: { retries: 'fiveTimes' } })
  await pay({ noticeUrl: refusing.url })
  await pay()
  await pass('59s')
  expect(failing.heard).toHaveLength(2)
  await pass('1s')
  expect(failing.heard).toHaveLength(3)
  await pass('1h')
  expect(failing.heard).toHaveLength(7)
  expect(refusing.heard).toHaveLength(1)
})

test('a test project files no ticket, and marks its pingbacks', async () => {
  const { payDirect, pay, ask, file, desk, tickets, pingbacks } = await startDirect()
  await desk('PUT', 'faults', { projects: { direct: { mode: 'test' }, iamport: { mode: 'test' } } })
  const ref = await payDirect()
  await eventually(() => pingbacks()[0]).toMatchObject({ is_test: '1', ref })
  expect((await file({ ref, type: '1', message: 'm' })).body).toEqual({ result: 1 })
  expect((await ask('POST', CANCEL, { imp_uid: await pay() })).body).toMatchObject({ code: 0 })
  expect(await tickets()).toEqual([])
})

test('the status call is off where it was not enabled', async () => {
  const { payDirect, look, desk } = await startDirect()
  const ref = await payDirect()
  await desk('PUT', 'faults', { projects: { direct: { statusApi: 'off' } } })
  expect((await look({ ref })).body).toMatchObject({ type: 'Error', error: expect.stringContaining('not have access') })
})

test('signature version, parameters and the address of the sender are those of the project', async () => {
  const { payDirect, desk, pingbacks, merchant } = await startDirect()
  const senders = () => merchant.heard.map(({ sender }) => sender)
  const direct = { signVersion: 2, parameters: { price: 'PRODUCT_PRICE' }, address: 'known' }
  expect((await desk('PUT', 'faults', { projects: { direct } })).body).toMatchObject({ projects: { direct } })
  await payDirect()
  await eventually(() => pingbacks().length).toBe(1)
  const told = pingbacks()[0] ?? {}
  expect(told).toMatchObject({ sign_version: '2', price: '19.90' })
  expect(told.sig).toBe(sign(told, PROJECT_SECRET, 2))
  await desk('PUT', 'faults', { projects: { direct: { address: 'foreign' } } })
  await payDirect()
  await eventually(() => senders()).toEqual(['216.127.71.10', '203.0.113.77'])
})

test.each([
  ['badSignature', {}, false],
  ['extraParameter', { utm_source: 'router' }, false],
  ['downgrade', {}, true],
])('pingbacks %s: what arrives, and whether it is signed', async (pingbacks, has, isSigned) => {
  const running = await startDirect()
  await running.desk('PUT', 'faults', { projects: { direct: { pingbacks } } })
  await running.payDirect()
  await eventually(() => running.pingbacks().length).toBe(1)
  const told = running.pingbacks()[0] ?? {}
  expect(told).toMatchObject(has)
  expect(isSignedPingback(told, PROJECT_SECRET)).toBe(isSigned)
  expect(told.sign_version === undefined).toBe(pingbacks === 'downgrade')
})

test('pingbacks lost and answerLost are repeated, drop is not', async () => {
  const { payDirect, desk, pass, pingbacks } = await startDirect()
  const set = (word: string) => desk('PUT', 'faults', { projects: { direct: { pingbacks: word } } })
  await set('lost')
  const lost = await payDirect()
  await set('drop')
  await payDirect()
  await set('answerLost')
  const again = await payDirect()
  await eventually(() => pingbacks().length).toBe(1)
  await set('deliver')
  await pass('30m')
  const refs = pingbacks().map(({ ref }) => ref)
  expect(refs).toEqual([again, lost, again])
})

test('pingbacks reorder: 2 comes before 0; duplicate and concurrent: two and four', async () => {
  const { payDirect, desk, types, pass } = await startDirect()
  const set = (word: string) => desk('PUT', 'faults', { projects: { direct: { pingbacks: word } } })
  await set('reorder')
  const ref = await payDirect()
  await desk('POST', `payments/${ref}/consoleCancel`)
  await eventually(() => types()).toEqual(['2.9', '0'])
  await set('duplicate')
  await payDirect()
  await eventually(() => types().length).toBe(4)
  await set('concurrent')
  await payDirect()
  await eventually(() => types().length).toBe(8)
  await set('delay')
  await payDirect()
  await pass('2s')
  expect(types()).toHaveLength(9)
})

test('what counts as taken, and how often it is repeated, are the project’s', async () => {
  const merchant = await startMerchant([{ status: 200, body: ' OK\n' }])
  const { payDirect, desk, pass } = await startDirect({ pingbackUrl: merchant.url })
  await payDirect()
  await desk('PUT', 'faults', { projects: { direct: { repeats: 3 } } })
  await pass('24h')
  expect(merchant.heard).toHaveLength(4)
  await desk('PUT', 'faults', { projects: { direct: { taken: 'trimmed' } } })
  await payDirect()
  await pass('24h')
  expect(merchant.heard).toHaveLength(5)
})

test.each(['statusMismatch', 'unknownPayment', 'amountChanged', 'otherShop'])('a forged webhook: %s', async (kind) => {
  const { pay, desk, merchant, ask } = await startTogether()
  const impUid = await pay()
  await eventually(() => merchant.heard.length).toBe(1)
  expect((await desk('POST', 'forge', { kind })).body).toEqual({ kind, about: impUid })
  await eventually(() => merchant.heard.length).toBe(2)
  expect(merchant.bodies()[1]).not.toEqual(merchant.bodies()[0])
  expect((await ask('GET', `/payments/${impUid}`)).body).toMatchObject({ response: { status: 'paid' } })
})

test.each(['badSignature', 'unsigned', 'lowerVersion', 'repeatedParameter'])('a forged pingback: %s', async (kind) => {
  const { payDirect, desk, merchant, types } = await startDirect()
  expect(await desk('POST', 'forge', { kind })).toMatchObject({ status: 404 })
  const ref = await payDirect()
  await eventually(() => merchant.heard.length).toBe(1)
  expect((await desk('POST', 'forge', { kind, payment: ref })).body).toEqual({ kind, about: ref })
  await eventually(() => merchant.heard.length).toBe(2)
  const told = merchant.heard[1]?.query ?? new URLSearchParams()
  const once = told.getAll('ref').length === 1
  const isRight = once && told.get('sign_version') === '3' && isSignedPingback(Object.fromEntries(told), PROJECT_SECRET)
  expect([types()[1]?.startsWith('2'), isRight]).toEqual([true, false])
})

test('the catalogue: 106 methods, those of a country, and only for a signed request', async () => {
  const { simulator } = await startDirect()
  const list = (query: string) => call(simulator.url, 'GET', `/api/payment-systems/?${query}`)
  const all = await list(signed({ uid: 'u' }))
  expect(all.body).toHaveLength(106)
  const kftc = { id: 'kftc', name: 'kftc', new_window: false, img_url: expect.any(String) }
  expect(all.body).toContainEqual({ ...kftc, img_class: 'ps-kftc', ps_type_id: expect.any(Number) })
  const german = (await list(signed({ uid: 'u', country_code: 'DE' }))).text
  expect([german.includes('"sofortbanktransfer"'), german.includes('"cc"'), german.includes('"kftc"')]).toEqual([
    true,
    true,
    false,
  ])
  expect((await list('key=x')).body).toMatchObject({ type: 'Error', code: 4009 })
})
