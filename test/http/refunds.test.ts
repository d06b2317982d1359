// Refunds as they are asked for, repeated, refused, read and listed; and that no crowd of requests takes more than was paid.
// Must not know: the gateway.
import { describe, expect, test } from 'vitest'
import { refundId } from '../../src/domain/ids.ts'
import { oneRefund, refundPage } from '../../src/http/resources/answers.ts'
import { gatewaySays, order, paidOrder, rows, startApi, type Answer } from './api.ts'

const api = await startApi()
const whole = await startApi({ rules: { partialRefunds: false } })
const ask = (id: string, json: Record<string, unknown>, at = api): Promise<Answer> =>
  at.call(`POST /payments/${id}/refunds`, { json: { reason: 'sent back', ...json } })

describe('a refund', () => {
  test('of a part is recorded, reserved and woken in one go', async () => {
    await paidOrder(api, 'part-1')
    const answer = await ask('part-1', { refundId: 'part-r1', amount: 900 })
    expect(answer.status).toBe(202)
    expect(() => oneRefund.parse(answer.json())).not.toThrow()
    expect(answer.at('refund')).toMatchObject({
      refundId: 'part-r1',
      merchantUid: 'part-1',
      state: 'requested',
      amount: 900,
      currency: 'USD',
      origin: 'checkout',
      temporalUi: 'http://temporal.test/refund:part-r1',
    })
    const wakes = await api.db.selectFrom('outbox').select('kind').where('target', '=', 'refund:part-r1').execute()
    expect(wakes).toEqual([{ kind: 'wake' }])
    expect((await api.call('GET /payments/part-1')).at('payment', 'reserved')).toBe(900)
  })

  test('without an amount is of all that is left at the request', async () => {
    await paidOrder(api, 'left-1')
    await ask('left-1', { refundId: 'left-r1', amount: 1_000 })
    expect((await ask('left-1', { refundId: 'left-r2' })).at('refund', 'amount')).toBe(18_900)
  })

  test('is read by its id', async () => {
    await paidOrder(api, 'read-1')
    const asked = await ask('read-1', { refundId: 'read-r1' })
    const answer = await api.call('GET /refunds/read-r1')
    expect([answer.status, answer.json()]).toEqual([200, asked.json()])
    expect((await api.call('GET /refunds/nobody')).at('code')).toBe('notFound')
  })
})

describe('the same refundId again', () => {
  test('with the same request as sent is the same row', async () => {
    await paidOrder(api, 'same-1')
    const first = await ask('same-1', { refundId: 'same-r1' })
    const kicks = api.kicks()
    const again = await ask('same-1', { refundId: 'same-r1' })
    expect([first.status, again.status]).toEqual([202, 200])
    expect(again.json()).toEqual(first.json())
    expect(api.kicks()).toBe(kicks)
  })

  test.each([
    ['another amount', { amount: 100 }, ['amount']],
    ['the same amount, now written out', { amount: 19_900 }, ['amount']],
    ['another reason', { reason: 'broken' }, ['reason']],
  ])('with %s is a conflict', async (_, change, differs) => {
    await api.call('POST /payments', { json: order('same-2') })
    await gatewaySays(api.db, 'same-2')
    await ask('same-2', { refundId: 'same-r2' })
    const answer = await ask('same-2', { refundId: 'same-r2', ...change })
    expect([answer.status, answer.at('code'), answer.at('differs')]).toEqual([409, 'conflict', differs])
    expect(answer.at('detail')).toContain(`it differs in ${differs.join(', ')}`)
  })

  test('for another payment is a conflict', async () => {
    await paidOrder(api, 'same-3')
    await paidOrder(api, 'same-4')
    await ask('same-3', { refundId: 'same-r3' })
    expect((await ask('same-4', { refundId: 'same-r3' })).at('differs')).toEqual(['merchantUid'])
    expect((await ask('nobody', { refundId: 'same-r3' })).at('code')).toBe('conflict')
  })
})

describe('a refund is refused', () => {
  test('beyond the balance, with what is left, and its id stays free', async () => {
    await paidOrder(api, 'much-1')
    await ask('much-1', { refundId: 'much-r1', amount: 19_000 })
    const answer = await ask('much-1', { refundId: 'much-r2', amount: 901 })
    expect([answer.status, answer.at('code'), answer.at('left')]).toEqual([409, 'refundExceedsBalance', 900])
    expect((await api.call('GET /refunds/much-r2')).status).toBe(404)
    expect((await ask('much-1', { refundId: 'much-r2', amount: 900 })).status).toBe(202)
    expect((await ask('much-1', { refundId: 'much-r3' })).at('left')).toBe(0)
  })

  test('while nothing is paid', async () => {
    await api.call('POST /payments', { json: order('unpaid-1') })
    const answer = await ask('unpaid-1', { refundId: 'unpaid-r1' })
    expect([answer.status, answer.at('code')]).toEqual([409, 'paymentNotPaid'])
  })

  test('of money that is not accepted', async () => {
    await paidOrder(api, 'wrong-1', {}, { amount: 100 })
    expect((await api.call('GET /payments/wrong-1')).at('payment', 'state')).toBe('quarantined')
    expect((await ask('wrong-1', { refundId: 'wrong-r1' })).at('code')).toBe('paymentNotPaid')
  })

  test('in part where partial refunds are switched off, and in whole not', async () => {
    await paidOrder(whole, 'whole-1')
    const answer = await ask('whole-1', { refundId: 'whole-r1', amount: 100 }, whole)
    expect([answer.status, answer.at('code'), answer.at('left')]).toEqual([422, 'partialRefundNotSupported', 19_900])
    expect((await ask('whole-1', { refundId: 'whole-r1', amount: 19_900 }, whole)).status).toBe(202)
  })

  test('under a prefix that is ours, even where such a row exists', async () => {
    await paidOrder(api, 'auto-1')
    await gatewaySays(api.db, 'auto-1', { ref: 'imp_auto_2' })
    const made = String((await api.call('GET /payments/auto-1')).at('refunds', 0, 'refundId'))
    expect(made).toMatch(/^auto\./)
    const answer = await ask('auto-1', { refundId: made })
    expect([answer.status, answer.at('code')]).toEqual([422, 'invalidRequest'])
    expect(answer.at('faults', 0)).toMatchObject({ in: 'body', path: 'refundId' })
  })

  test('of an unknown payment', async () => {
    expect((await ask('nobody', { refundId: 'nobody-r1' })).at('code')).toBe('notFound')
  })

  test.each([
    ['refundId', { refundId: 'a/b' }],
    ['amount', { refundId: 'x', amount: 0 }],
    ['amount', { refundId: 'x', amount: null }],
    ['reason', { refundId: 'x', reason: '' }],
    ['reason', { refundId: 'x', reason: undefined }],
    ['reason', { refundId: 'x', reason: 'escape\u001b[2J' }],
    ['gatewayRef', { refundId: 'x', gatewayRef: 'imp_1' }],
    ['merchantUid', { refundId: 'x', merchantUid: 'part-2' }],
  ])('with a wrong %s', async (path, json) => {
    const answer = await ask('part-1', json)
    expect([answer.status, answer.at('faults', 0, 'path')]).toEqual([422, path])
  })
})

test('two hundred requests at once never exceed the balance', async () => {
  await paidOrder(api, 'crowd-1', { amount: 1_000 }, { amount: 1_000 })
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) => ask('crowd-1', { refundId: `crowd-r${index % 100}`, amount: 30 })),
  )
  const count = (status: number) => answers.filter((answer) => answer.status === status).length
  expect(count(202)).toBe(33)
  expect(count(200) + count(202) + count(409)).toBe(200)
  const ids = Array.from({ length: 100 }, (_, index) => refundId(`crowd-r${index}`))
  const taken = await api.db.selectFrom('refunds').select('amount').where('refundId', 'in', ids).execute()
  expect(taken.reduce((sum, { amount }) => sum + amount, 0)).toBe(990)
  expect((await api.call('GET /payments/crowd-1')).at('payment', 'reserved')).toBe(990)
})

describe('the list of refunds', () => {
  test('is walked by its cursor, the longest waiting first, each once', async () => {
    await paidOrder(api, 'walk-1')
    for (const n of [1, 2, 3, 4, 5]) await ask('walk-1', { refundId: `walk-r${n}`, amount: 10 })
    // Equal times: the id decides, and the cursor does not lose any.
    await api.db
      .updateTable('refunds')
      .set({ waitingSince: '2026-01-01T00:00:00.000Z' })
      .where('refundId', 'in', ['walk-r2', 'walk-r3', 'walk-r4'].map(refundId))
      .execute()
    const seen: unknown[] = []
    let cursor: unknown
    do {
      const query: string = typeof cursor === 'string' ? `&cursor=${cursor}` : ''
      const page = await api.call(`GET /refunds?limit=2${query}`)
      expect(() => refundPage.parse(page.json())).not.toThrow()
      for (let index = 0; page.at('refunds', index) !== undefined; index += 1)
        seen.push(page.at('refunds', index, 'refundId'))
      cursor = page.at('cursor')
    } while (cursor !== null)
    expect(seen.slice(0, 3)).toEqual(['walk-r2', 'walk-r3', 'walk-r4'])
    expect(seen).toHaveLength(await rows(api.db, 'refunds'))
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('is asked for by age, state and attention', async () => {
    const old = await api.call('GET /refunds?olderThan=24h')
    expect(old.at('refunds', 2, 'refundId')).toBe('walk-r4')
    expect(old.at('refunds', 3)).toBeUndefined()
    expect((await api.call('GET /refunds?state=ticketOpen')).at('refunds')).toEqual([])
    expect((await api.call('GET /refunds?attention=page&state=requested')).at('refunds')).toEqual([])
    expect((await api.call('GET /refunds?attention=none&limit=1')).at('refunds', 0, 'refundId')).toBe('walk-r2')
  })

  test.each(['olderThan=long', 'attention=loud', 'state=gone', 'cursor=WyJ4IiwieSJd', 'cursor=e30', 'limit=1.5'])(
    'refuses ?%s',
    async (query) => {
      const answer = await api.call(`GET /refunds?${query}`)
      expect([answer.status, answer.at('code')]).toEqual([422, 'invalidRequest'])
    },
  )
})
