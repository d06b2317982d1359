// POST /payments: recorded once, compared when asked again, refused with a kind, and answered with a window.
// Must not know: the gateway.
import { beforeEach, describe, expect, test } from 'vitest'
import { merchantUid } from '../../src/domain/ids.ts'
import { opened } from '../../src/http/resources/answers.ts'
import { BUYER, gatewaySays, order, paidOrder, startApi } from './api.ts'

const api = await startApi()
const hasty = await startApi({ openWaitMs: 0 })
beforeEach(() => {
  api.saga.mood = 'prepares'
  hasty.saga.mood = 'sleeps'
})

test('a new order is recorded with its wake and answered with its window', async () => {
  const answer = await api.call('POST /payments', {
    json: order('new-1', { returnUrl: 'https://shop.test/back', country: 'de', expiresIn: '45m', widget: 't3_1' }),
  })
  expect(answer.status).toBe(201)
  expect(answer.headers.get('location')).toBe('/payments/new-1')
  expect(() => opened.parse(answer.json())).not.toThrow()
  expect(answer.at('payment')).toMatchObject({ state: 'prepared', amount: 19_900, currency: 'USD', channel: 'live' })
  expect(answer.at('window')).toEqual({
    script: 'https://cdn.iamport.kr/v1/iamport.js',
    init: 'imp_code',
    requestPay: {
      channelKey: 'channel-live',
      pay_method: 'card',
      merchant_uid: 'new-1',
      name: 'Gold pack',
      amount: 199,
      currency: 'USD',
      buyer_name: 'Kim Minji',
      buyer_email: 'minji@example.com',
      m_redirect_url: 'https://shop.test/back',
      notice_url: 'https://shop.test/saga/webhooks/iamport',
      bypass: { widget_code: 't3_1', ps: 'all', country_code: 'DE' },
    },
  })
  const wake = await api.db.selectFrom('outbox').select('kind').where('target', '=', 'payment:new-1').execute()
  expect(wake).toEqual([{ kind: 'wake' }])
  const [line] = await api.db.selectFrom('journal').select(['who', 'what']).where('merchantUid', '=', 'new-1').execute()
  expect(line).toEqual({ who: 'checkout:local', what: 'order.recorded' })
})

test("a buyer's name of twenty letters is sent as it is", async () => {
  const answer = await api.call('POST /payments', {
    json: order('long-1', { buyer: { ...BUYER, name: 'Maximiliana Longname' } }),
  })
  expect([answer.status, answer.at('window', 'requestPay', 'buyer_name')]).toEqual([201, 'Maximiliana Longname'])
})

test('the buyer is in no row and in no log', async () => {
  await api.call('POST /payments', {
    json: order('buyer-1', { buyer: { name: 'Secret Person', email: 's@secret.test' } }),
  })
  const tables = ['payments', 'journal', 'outbox', 'inbox'] as const
  const kept = await Promise.all(tables.map((table) => api.db.selectFrom(table).selectAll().execute()))
  expect(JSON.stringify([kept, api.logged])).not.toMatch(/secret/i)
})

describe('the same order again', () => {
  test('is the same row and a fresh window for this buyer', async () => {
    await api.call('POST /payments', { json: order('again-1', { expiresIn: '30m' }) })
    const again = order('again-1', { buyer: { name: 'Lee Jun', email: 'jun@example.com' }, expiresIn: '1800s' })
    const answer = await api.call('POST /payments', { json: again })
    expect(answer.status).toBe(200)
    expect(answer.at('window', 'requestPay')).toMatchObject({ buyer_name: 'Lee Jun' })
    const lines = await api.db.selectFrom('journal').select('id').where('merchantUid', '=', 'again-1').execute()
    expect(lines).toHaveLength(1)
  })

  test('asked for twenty times at once is recorded once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api.call('POST /payments', { json: order('at-once') })),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19)
  })

  test('once it is paid needs no window, and gets none', async () => {
    await paidOrder(api, 'paid-1')
    const answer = await api.call('POST /payments', { json: order('paid-1') })
    expect([answer.status, answer.at('payment', 'state'), answer.at('window')]).toEqual([200, 'paid', null])
  })

  test.each(['closed', 'expired'] as const)('once it is %s is a conflict that says so', async (orderState) => {
    const id = `ended-${orderState}`
    await api.call('POST /payments', { json: order(id) })
    await api.db
      .updateTable('payments')
      .set({ orderState, state: orderState })
      .where('merchantUid', '=', merchantUid(id))
      .execute()
    const answer = await api.call('POST /payments', { json: order(id) })
    expect([answer.status, answer.at('code'), answer.at('state')]).toEqual([409, 'conflict', orderState])
    expect(answer.at('detail')).toContain('new merchantUid')
  })

  test('keeps its window after a declined try', async () => {
    await api.call('POST /payments', { json: order('declined-1') })
    await gatewaySays(api.db, 'declined-1', { status: 'failed' })
    const answer = await api.call('POST /payments', { json: order('declined-1') })
    expect([answer.status, answer.at('payment', 'state')]).toEqual([200, 'declined'])
    expect(answer.at('window', 'init')).toBe('imp_code')
  })
})

describe('another order under the same merchantUid', () => {
  test.each([
    ['amount', { amount: 20_000 }],
    ['currency', { currency: 'KRW' }],
    ['channel', { channel: 'test' }],
    ['name', { name: 'Silver pack' }],
    ['returnUrl', { returnUrl: 'https://shop.test/other' }],
    ['country', { country: 'KR' }],
    ['widget', { widget: 'pw_1' }],
    ['latePolicy', { latePolicy: 'accept' }],
    ['goods', { goods: 'physical' }],
    ['gateway', { gateway: 'paymentwall/main' }],
    ['expiresIn', { expiresIn: '31m' }],
  ])('that differs in %s is a conflict that names it', async (name, change) => {
    await api.call('POST /payments', { json: order('other-1') })
    const answer = await api.call('POST /payments', { json: order('other-1', change) })
    expect([answer.status, answer.at('code'), answer.at('differs')]).toEqual([409, 'conflict', [name]])
  })

  test('is compared before any rule of the gateway', async () => {
    await api.call('POST /payments', { json: order('other-2') })
    const wrong = { amount: 1, currency: 'EUR', buyer: { name: 'x', email: 'x' }, widget: 'p1_1' }
    const answer = await api.call('POST /payments', { json: order('other-2', wrong) })
    expect(answer.at('differs')).toEqual(['amount', 'currency', 'widget'])
  })

  test('is the same order where only case, spaces around it, or the way to write a duration differ', async () => {
    await api.call('POST /payments', { json: order('other-3', { country: 'DE', expiresIn: '1h' }) })
    const same = order('other-3', { country: 'de', expiresIn: '60m', name: ' Gold pack ' })
    expect((await api.call('POST /payments', { json: same })).status).toBe(200)
  })

  test('whose row is older than the rule that text is trimmed is still the same', async () => {
    await api.call('POST /payments', { json: order('other-4') })
    const where = merchantUid('other-4')
    await api.db.updateTable('payments').set({ name: ' Gold pack' }).where('merchantUid', '=', where).execute()
    expect((await api.call('POST /payments', { json: order('other-4', { name: ' Gold pack' }) })).status).toBe(200)
  })
})

describe('a refusal leaves no row', () => {
  test.each([
    ['currencyNotSupported', { currency: 'ABC' }],
    ['currencyNotSupported', { currency: 'usd' }],
    ['currencyNotSupported', { currency: 'CLF' }],
    ['amountOutOfLimits', { amount: 29, currency: 'EUR' }],
    ['buyerInvalid', { buyer: { ...BUYER, name: 'Madonna' } }],
    ['buyerInvalid', { buyer: { ...BUYER, name: `Maximiliana ${'x'.repeat(89)}` } }],
    ['buyerInvalid', { buyer: { ...BUYER, email: 'nowhere' } }],
    ['apiPaymentNotSupported', { customer_uid: 'card-1' }],
    ['apiPaymentNotSupported', { card_number: '4242424242424242' }],
    ['invalidRequest', { returnUrl: 'javascript:alert(1)' }],
    ['invalidRequest', { gateway: 'iamport/other' }],
    ['invalidRequest', { gateway: 'paymentwall/main' }],
    ['invalidRequest', { widget: 'p1_1' }],
  ])('%s for %j', async (code, change) => {
    const answer = await api.call('POST /payments', { json: order('refused-1', change) })
    expect([answer.status, answer.at('code')]).toEqual([422, code])
    expect(answer.text).not.toMatch(/4242|Madonna|nowhere/)
    expect((await api.call('GET /payments/refused-1')).status).toBe(404)
  })

  test.each([
    ['merchantUid', { merchantUid: 'has space' }],
    ['merchantUid', { merchantUid: '..' }],
    ['amount', { amount: 0 }],
    ['amount', { amount: 1.5 }],
    ['amount', { amount: '100' }],
    ['amount', { amount: 2 ** 53 }],
    ['name', { name: '' }],
    ['name', { name: 'n'.repeat(41) }],
    ['name', { name: 'two\nlines' }],
    ['name', { name: 'nul\u0000' }],
    ['name', { name: 'escape\u001b[2J' }],
    ['name', { name: 'half \ud83d' }],
    ['name', { name: null }],
    ['returnUrl', { returnUrl: null }],
    ['returnUrl', { returnUrl: `https://shop.test/${'x'.repeat(2_000)}` }],
    ['buyer', { buyer: undefined }],
    ['buyer.phone', { buyer: { ...BUYER, phone: '1' } }],
    ['expiresIn', { expiresIn: '59s' }],
    ['expiresIn', { expiresIn: '31d' }],
    ['expiresIn', { expiresIn: '999999d' }],
    ['expiresIn', { expiresIn: 1800 }],
    ['channel', { channel: 'sandbox' }],
    ['country', { country: 'DEU' }],
    ['widget', { widget: 'pw 1' }],
    ['colour', { colour: 'red' }],
  ])('invalidRequest that names %s for %j', async (path, change) => {
    const answer = await api.call('POST /payments', { json: order('faulty-1', change) })
    expect([answer.status, answer.at('code'), answer.at('faults', 0, 'path')]).toEqual([422, 'invalidRequest', path])
    expect(answer.at('faults', 1)).toBeUndefined()
  })

  test('all faults are named at once, and no value is', async () => {
    const json = { ...order('x y', { amount: -1, nonsense: 1 }), buyer: { name: 7, email: 'a@very.secret' } }
    const answer = await api.call('POST /payments', { json })
    const paths = ['merchantUid', 'amount', 'buyer.name', 'nonsense']
    expect(paths.filter((path) => !String(answer.at('detail')).includes(path))).toEqual([])
    expect(answer.text).not.toContain('very.secret')
  })
})

describe('while the gateway has not been told', () => {
  test('the answer says that it is recorded, and asking again finds it', async () => {
    const first = await hasty.call('POST /payments', { json: order('slow-1') })
    expect([first.status, first.at('code'), first.at('state')]).toEqual([503, 'temporarilyUnavailable', 'opening'])
    expect(first.headers.get('retry-after')).toBe('2')
    expect((await hasty.call('POST /payments', { json: order('slow-1') })).status).toBe(503)
    hasty.saga.mood = 'prepares'
    await hasty.db.updateTable('payments').set({ orderState: 'prepared', state: 'prepared' }).execute()
    expect((await hasty.call('POST /payments', { json: order('slow-1') })).status).toBe(200)
  })

  test('another order is a conflict at once', async () => {
    await hasty.call('POST /payments', { json: order('slow-2') })
    expect((await hasty.call('POST /payments', { json: order('slow-2', { amount: 1 }) })).at('code')).toBe('conflict')
  })
})

test('an order that the gateway refuses for good is closed, and says with what words', async () => {
  api.saga.mood = 'refuses'
  const answer = await api.call('POST /payments', { json: order('turned-down') })
  expect([answer.status, answer.at('code'), answer.at('closedReason')]).toEqual([
    409,
    'conflict',
    'the gateway says no',
  ])
  expect((await api.call('GET /payments/turned-down')).at('payment', 'state')).toBe('closed')
})
