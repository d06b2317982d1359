// Who may call people's commands over HTTP, typed by hand, and what is refused before any saga is asked.
// Must not know: sagas; their answers are played.
import { beforeEach, describe, expect, test } from 'vitest'
import { Failure } from '../../src/domain/failures.ts'
import type { Commanded } from '../../src/http/deps.ts'
import { startApi } from './api.ts'

const KEYS = [
  { name: 'shop', role: 'checkout', key: 'key-of-the-shop' },
  { name: 'mina', role: 'ops', key: 'key-of-mina' },
  { name: 'joon', role: 'approver', key: 'key-of-joon' },
] as const
let asked: { readonly saga: string; readonly name: string; readonly args: Readonly<Record<string, unknown>> }[] = []
let answer: () => Commanded = done
const api = await startApi({
  keys: KEYS,
  command: (saga, name, args) => {
    asked.push({ saga, name, args: { ...args } })
    return Promise.resolve().then(answer)
  },
})
beforeEach(() => {
  asked = []
  answer = done
})

function done(): Commanded {
  return { answer: 'done', state: 'ticketOpen', sentence: 'it is done' }
}
const headers = (key: string) => ({ authorization: `Bearer ${key}` })
const call = (path: string, json: object, key = 'key-of-mina') =>
  api.call(`POST ${path}`, { json, headers: headers(key) })
const proofs = () => api.db.selectFrom('proofs').selectAll().execute()

const reason = 'they wrote'
const REFUND = 'refund:r-1'
const PAYMENT = 'payment:o-1'
const STRAY = 'stray:iamport/main:imp_1'
const AT_STRAY = '/strays/iamport/main/imp_1'
const CALLS: readonly (readonly [path: string, saga: string, name: string, body: object])[] = [
  ['/refunds/r-1/recheck', REFUND, 'recheck', {}],
  ['/refunds/r-1/acknowledge', REFUND, 'acknowledge', { owner: 'ann' }],
  ['/refunds/r-1/snooze', REFUND, 'snooze', { until: '2026-12-24T09:00:00Z', reason }],
  ['/refunds/r-1/retry-ticket', REFUND, 'retryTicket', { reason }],
  ['/refunds/r-1/resolve', REFUND, 'resolve', { outcome: 'refused', reason, evidence: 'a mail', ticketDead: true }],
  ['/refunds/r-1/withdraw', REFUND, 'withdraw', { reason }],
  ['/payments/o-1/recheck', PAYMENT, 'recheck', {}],
  ['/payments/o-1/acknowledge', PAYMENT, 'acknowledge', { owner: 'ann' }],
  ['/payments/o-1/accept', PAYMENT, 'accept', { reason, gatewayRef: 'imp_1' }],
  ['/payments/o-1/refund', PAYMENT, 'refund', { reason }],
  [`${AT_STRAY}/recheck`, STRAY, 'recheck', {}],
  [`${AT_STRAY}/acknowledge`, STRAY, 'acknowledge', { owner: 'ann' }],
  [`${AT_STRAY}/accept`, STRAY, 'accept', { reason }],
  [`${AT_STRAY}/refund`, STRAY, 'refund', { reason }],
]
const APPROVALS = [
  ['/refunds/r-1/approve', REFUND],
  ['/payments/o-1/approve', PAYMENT],
  [`${AT_STRAY}/approve`, STRAY],
] as const

describe('may be called', () => {
  test.each(CALLS)('%s by ops and approvers, with a proof of who it was', async (path, saga, name, body) => {
    for (const [key, person, role] of [
      ['key-of-mina', 'mina', 'ops'] as const,
      ['key-of-joon', 'joon', 'approver'] as const,
    ]) {
      asked = []
      expect((await call(path, body, key)).status).toBe(200)
      expect(asked).toEqual([{ saga, name, args: { ...body, proof: expect.any(String) } }])
      const minted = (await proofs()).filter(({ id }) => id === asked[0]?.args['proof'])
      expect(minted).toMatchObject([{ saga, command: name, person, role, usedAt: null }])
    }
  })

  test.each(APPROVALS)('%s by an approver only', async (path, saga) => {
    expect((await call(path, {}, 'key-of-joon')).status).toBe(200)
    expect(asked).toMatchObject([{ saga, name: 'approve' }])
    for (const [key, role] of [['key-of-mina', 'ops'] as const, ['key-of-the-shop', 'checkout'] as const]) {
      const refused = await call(path, {}, key)
      expect([refused.status, refused.at('code'), refused.at('role')]).toEqual([403, 'forbidden', role])
    }
    expect(asked).toHaveLength(1)
  })

  test.each(CALLS)('%s never by the checkout', async (path, _saga, _name, body) => {
    const before = await proofs()
    const refused = await call(path, body, 'key-of-the-shop')
    expect([refused.status, refused.at('code')]).toEqual([403, 'forbidden'])
    expect(refused.at('detail')).toContain('this call needs ops or approver')
    expect([asked, await proofs()]).toEqual([[], before])
  })
})

describe('is refused before any saga is asked, and no proof is made', () => {
  test.each([
    [
      '/refunds/r-1/resolve',
      { outcome: 'gone', reason },
      'outcome: one of refunded, refused, settledElsewhere, ticketOpen',
    ],
    ['/refunds/r-1/snooze', { until: '2026-12-24T09:00:00' }, 'until: a time with its zone'],
    ['/payments/o-1/accept', {}, 'reason: is needed'],
    [`${AT_STRAY}/refund`, { reason, amount: 5 }, 'amount: is not a field of this command'],
    ['/refunds/r-1/recheck', { person: 'joon' }, 'the API key says who asks'],
    ['/refunds/r-1/recheck', { proof: 'p-1' }, 'the API key says who asks'],
  ])('%s with %j', async (path, body, sentence) => {
    const before = await proofs()
    const refused = await call(path, body)
    expect([refused.status, refused.at('code')]).toEqual([422, 'invalidRequest'])
    expect(refused.at('detail')).toContain(sentence)
    expect([asked, await proofs()]).toEqual([[], before])
  })
})

describe("the saga's own answer", () => {
  test('is 202 where another person must approve', async () => {
    answer = () => ({ answer: 'approvalNeeded', state: 'ticketOpen', sentence: 'resolve waits' })
    const told = await call('/refunds/r-1/recheck', {})
    expect([told.status, told.json()]).toEqual([202, answer()])
  })

  test.each([
    ['updateRejected', 409],
    ['conflict', 409],
    ['notFound', 404],
    ['temporarilyUnavailable', 503],
  ] as const)('%s is %i, as problem+json with its sentence', async (kind, status) => {
    answer = () => {
      throw new Failure(kind, 'the sentence of the saga')
    }
    const told = await call('/refunds/r-1/recheck', {})
    expect([told.status, told.at('code'), told.at('detail')]).toEqual([status, kind, 'the sentence of the saga'])
    expect(told.headers.get('content-type')).toContain('application/problem+json')
  })
})
