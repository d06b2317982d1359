// Payments as they are read, waited for, returned from, closed and listed, and their journal.
// Must not know: the gateway.
import { describe, expect, test } from 'vitest'
import { journal, order as orderSchema, paymentPage } from '../../src/http/resources/answers.ts'
import { gatewaySays, order, paidOrder, rows, startApi, type Answer } from './api.ts'

const api = await startApi()
const refund = (id: string, refundId: string, amount?: number): Promise<Answer> =>
  api.call(`POST /payments/${id}/refunds`, { json: { refundId, reason: 'sent back', ...(amount && { amount }) } })

describe('one payment', () => {
  test('is shown with its attempts and refunds, exactly as documented', async () => {
    await paidOrder(api, 'shown-1')
    await refund('shown-1', 'shown-r1', 900)
    const answer = await api.call('GET /payments/shown-1')
    expect(answer.status).toBe(200)
    expect(() => orderSchema.parse(answer.json())).not.toThrow()
    expect(answer.at('payment')).toMatchObject({
      merchantUid: 'shown-1',
      state: 'cancelPending',
      label: { en: 'waiting for cancellation', ko: '취소처리 대기' },
      accepted: true,
      paid: 19_900,
      returned: 0,
      reserved: 900,
      waitingForCancellation: true,
      payerCountry: 'DE',
      temporalUi: 'http://temporal.test/payment:shown-1',
    })
    expect(answer.at('refunds', 0)).toMatchObject({ refundId: 'shown-r1', state: 'requested' })
  })

  test('that is unknown is notFound', async () => {
    const answer = await api.call('GET /payments/nobody')
    expect([answer.status, answer.at('code')]).toEqual([404, 'notFound'])
  })

  test.each(['GET /payments/a%20b', 'GET /payments/%zz', 'GET /payments/x?wait=31', 'GET /payments/x?wait=soon'])(
    'that cannot be meant by %s is invalidRequest',
    async (line) => {
      const answer = await api.call(line)
      expect([answer.status, answer.at('code')]).toEqual([422, 'invalidRequest'])
    },
  )

  test('faults of the path and of the query are named together', async () => {
    const answer = await api.call('GET /payments/a%20b?wait=-1&colour=red')
    expect(answer.at('faults', 0, 'path')).toBe('merchantUid')
    expect(answer.at('faults', 1, 'path')).toBe('wait')
    expect(answer.at('faults', 2, 'path')).toBe('colour')
  })
})

describe('wait holds the answer', () => {
  /** Whether the answer is there before `move` is: the order of events is asserted, never a duration. */
  const movedBefore = async (answer: Promise<Answer>, move: () => Promise<unknown>): Promise<Answer> => {
    let answered = false
    const watched = answer.then((given) => {
      answered = true
      return given
    })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(answered).toBe(false)
    await move()
    return watched
  }

  test('until the state changes', async () => {
    await api.call('POST /payments', { json: order('wait-1') })
    const answer = await movedBefore(api.call('GET /payments/wait-1?wait=30'), () => gatewaySays(api.db, 'wait-1'))
    expect([answer.at('payment', 'state'), answer.at('payment', 'accepted')]).toEqual(['paid', true])
  })

  test("until a refund's state changes, though the payment's does not", async () => {
    await paidOrder(api, 'wait-2')
    await refund('wait-2', 'wait-r1', 100)
    const answer = await movedBefore(api.call('GET /payments/wait-2?wait=30'), () => refund('wait-2', 'wait-r2', 100))
    expect(answer.at('payment', 'state')).toBe('cancelPending')
    expect(answer.at('refunds', 1, 'refundId')).toBe('wait-r2')
  })

  test('for so long and then answers what is still so', async () => {
    await api.call('POST /payments', { json: order('wait-3') })
    const answer = await api.call('GET /payments/wait-3?wait=1')
    expect([answer.status, answer.at('payment', 'state')]).toEqual([200, 'prepared'])
  })

  test('and not for an unknown payment', async () => {
    expect((await api.call('GET /payments/nobody?wait=30')).status).toBe(404)
  })
})

describe('the list', () => {
  test('is walked by its cursor, each payment once', async () => {
    const ids = ['list-a', 'list-b', 'list-c', 'list-d', 'list-e']
    for (const id of ids) await api.call('POST /payments', { json: order(id) })
    const seen: unknown[] = []
    let cursor: unknown
    do {
      const query: string = typeof cursor === 'string' ? `&cursor=${cursor}` : ''
      const page = await api.call(`GET /payments?limit=2${query}`)
      expect(() => paymentPage.parse(page.json())).not.toThrow()
      for (let index = 0; page.at('payments', index) !== undefined; index += 1)
        seen.push(page.at('payments', index, 'merchantUid'))
      cursor = page.at('cursor')
    } while (cursor !== null)
    expect(seen).toHaveLength(await rows(api.db, 'payments'))
    expect(seen).toEqual(expect.arrayContaining(ids))
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('is asked for by state', async () => {
    await paidOrder(api, 'list-paid')
    const page = await api.call('GET /payments?state=paid&limit=100')
    expect(page.at('payments')).toContainEqual(expect.objectContaining({ merchantUid: 'list-paid', state: 'paid' }))
    expect(page.at('payments')).not.toContainEqual(expect.objectContaining({ state: 'prepared' }))
  })

  test.each(['state=lost', 'limit=0', 'limit=101', 'cursor=%25', 'cursor=bm90IG91cnM', 'limit=1&limit=2', 'page=2'])(
    'refuses ?%s',
    async (query) => {
      const answer = await api.call(`GET /payments?${query}`)
      expect([answer.status, answer.at('code')]).toEqual([422, 'invalidRequest'])
    },
  )
})

describe('a buyer who returns', () => {
  test('leaves a hint of the browser, which moves nothing', async () => {
    await api.call('POST /payments', { json: order('back-1') })
    const kicks = api.kicks()
    const answer = await api.call('POST /payments/back-1/returned', { json: { gatewayRef: 'imp_77' } })
    expect([answer.status, answer.json()]).toEqual([202, {}])
    expect(api.kicks()).toBe(kicks + 1)
    const hints = await api.db.selectFrom('inbox').selectAll().where('merchantUid', '=', 'back-1').execute()
    expect(hints).toHaveLength(1)
    expect(hints[0]).toMatchObject({
      gateway: 'iamport/main',
      source: 'browser',
      subject: 'ref:imp_77',
      state: 'received',
    })
    expect((await api.call('GET /payments/back-1')).at('payment', 'state')).toBe('prepared')
  })

  test('without a reference asks for a look at the whole order', async () => {
    await api.call('POST /payments', { json: order('back-2') })
    await api.call('POST /payments/back-2/returned', { json: {} })
    const hint = await api.db.selectFrom('inbox').select('subject').where('merchantUid', '=', 'back-2').execute()
    expect(hint).toEqual([{ subject: 'order:back-2' }])
  })

  test('to an unknown order is notFound and leaves nothing', async () => {
    const before = await rows(api.db, 'inbox')
    expect((await api.call('POST /payments/nobody/returned', { json: {} })).status).toBe(404)
    expect(await rows(api.db, 'inbox')).toBe(before)
  })

  test.each(['..', 'a b', 'x'.repeat(81), 7])('with the reference %j is refused', async (gatewayRef) => {
    const answer = await api.call('POST /payments/back-1/returned', { json: { gatewayRef } })
    expect([answer.status, answer.at('faults', 0, 'path')]).toEqual([422, 'gatewayRef'])
  })
})

describe('close', () => {
  test('ends the sale, and again changes nothing', async () => {
    await api.call('POST /payments', { json: order('close-1') })
    const first = await api.call('POST /payments/close-1/close', { json: { reason: 'cart emptied' } })
    const journalled = await rows(api.db, 'journal')
    const again = await api.call('POST /payments/close-1/close', { json: { reason: 'once more' } })
    expect([first.status, first.at('payment', 'state')]).toEqual([200, 'closed'])
    expect([again.status, again.at('payment', 'closedReason')]).toEqual([200, 'cart emptied'])
    expect(await rows(api.db, 'journal')).toBe(journalled)
  })

  test('of a paid order is alreadyPaid', async () => {
    await paidOrder(api, 'close-2')
    const answer = await api.call('POST /payments/close-2/close', { json: { reason: 'too late' } })
    expect([answer.status, answer.at('code')]).toEqual([409, 'alreadyPaid'])
  })

  test('needs a reason and a known order', async () => {
    expect((await api.call('POST /payments/close-1/close', { json: {} })).status).toBe(422)
    expect((await api.call('POST /payments/nobody/close', { json: { reason: 'why' } })).status).toBe(404)
  })
})

describe('the journal', () => {
  test('tells who moved what and why, the oldest first', async () => {
    await paidOrder(api, 'told-1')
    await refund('told-1', 'told-r1')
    const answer = await api.call('GET /payments/told-1/journal')
    expect(() => journal.parse(answer.json())).not.toThrow()
    expect(answer.at('more')).toBe(false)
    expect(answer.at('journal', 0)).toMatchObject({ who: 'checkout:local', what: 'order.recorded', to: 'opening' })
    expect(answer.at('journal')).toContainEqual(
      expect.objectContaining({
        what: 'refund.requested',
        refundId: 'told-r1',
        why: 'sent back',
        who: 'checkout:local',
      }),
    )
  })

  test('says when there is more than was asked for', async () => {
    const answer = await api.call('GET /payments/told-1/journal?limit=1')
    expect([answer.at('journal', 1), answer.at('more')]).toEqual([undefined, true])
  })

  test('of an unknown order is notFound', async () => {
    expect((await api.call('GET /payments/nobody/journal')).status).toBe(404)
  })
})
