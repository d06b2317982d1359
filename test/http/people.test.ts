// Who may call people's commands over HTTP, typed by hand, and what is refused before any saga is asked.
// Must not know: sagas; their answers are played.
import { beforeEach, describe, expect, test } from 'vitest'
import { transact } from '../../src/db/connect.ts'
import { keepTold } from '../../src/db/people.ts'
import { Failure } from '../../src/domain/failures.ts'
import type { CommandAnswered, HttpDeps } from '../../src/http/server/deps.ts'
import { startApi, type Api } from './api.ts'

const KEYS = [
  { name: 'shop', role: 'checkout', key: 'key-of-the-shop' },
  { name: 'mina', role: 'ops', key: 'key-of-mina' },
  { name: 'joon', role: 'approver', key: 'key-of-joon' },
] as const
type Asked = { saga: string; name: string; args: Readonly<Record<string, unknown>>; updateId: string }
let asked: Asked[] = []
let answer: () => CommandAnswered = done
const api = await startApi({
  keys: KEYS,
  command: (saga, name, args, updateId) => {
    asked.push({ saga, name, args: { ...args }, updateId })
    return Promise.resolve().then(answer)
  },
})
beforeEach(() => {
  asked = []
  answer = done
})

function done(): CommandAnswered {
  return { answer: 'done', state: 'ticketOpen', sentence: 'it is done' }
}
const headers = (key: string) => ({ authorization: `Bearer ${key}` })
const call = (path: string, json: object, key = 'key-of-mina', more: Record<string, string> = {}) =>
  api.call(`POST ${path}`, { json, headers: { ...headers(key), ...more } })
const proofs = () => api.db.selectFrom('proofs').selectAll().execute()

const reason = 'they wrote'
const seen = '0123456789abcdef'
const request = '1a2b3c4d'
const REFUND = 'refund:r-1'
const PAYMENT = 'payment:o-1'
const STRAY = 'stray:iamport/main:imp_1'
const AT_STRAY = '/strays/iamport/main/imp_1'
const CALLS: readonly (readonly [path: string, saga: string, name: string, body: object])[] = [
  ['/refunds/r-1/recheck', REFUND, 'recheck', {}],
  ['/refunds/r-1/acknowledge', REFUND, 'acknowledge', { owner: 'ann' }],
  ['/refunds/r-1/snooze', REFUND, 'snooze', { until: '2026-12-24T09:00:00Z', reason }],
  ['/refunds/r-1/retry-ticket', REFUND, 'retryTicket', { reason, seen }],
  [
    '/refunds/r-1/resolve',
    REFUND,
    'resolve',
    { outcome: 'refused', reason, seen, evidence: 'a mail', ticketDead: true },
  ],
  ['/refunds/r-1/withdraw', REFUND, 'withdraw', { reason }],
  ['/payments/o-1/recheck', PAYMENT, 'recheck', {}],
  ['/payments/o-1/acknowledge', PAYMENT, 'acknowledge', { owner: 'ann' }],
  ['/payments/o-1/accept', PAYMENT, 'accept', { reason, seen, gatewayRef: 'imp_1' }],
  ['/payments/o-1/refund', PAYMENT, 'refund', { reason, seen }],
  ['/payments/o-1/release', PAYMENT, 'release', { reason, seen }],
  [`${AT_STRAY}/recheck`, STRAY, 'recheck', {}],
  [`${AT_STRAY}/acknowledge`, STRAY, 'acknowledge', { owner: 'ann' }],
  [`${AT_STRAY}/accept`, STRAY, 'accept', { reason, seen }],
  [`${AT_STRAY}/refund`, STRAY, 'refund', { reason, seen }],
  [`${AT_STRAY}/release`, STRAY, 'release', { reason, seen }],
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
      expect(asked).toMatchObject([{ saga, name }])
      expect(asked[0]?.args).toEqual({ ...body, proof: expect.any(String) })
      const minted = (await proofs()).filter(({ id }) => id === asked[0]?.args['proof'])
      expect(minted).toMatchObject([{ saga, command: name, person, role, usedAt: null }])
    }
  })

  test.each(APPROVALS)('%s by an approver only', async (path, saga) => {
    expect((await call(path, { request }, 'key-of-joon')).status).toBe(200)
    expect(asked).toMatchObject([{ saga, name: 'approve', args: { request } }])
    for (const [key, role] of [['key-of-mina', 'ops'] as const, ['key-of-the-shop', 'checkout'] as const]) {
      const refused = await call(path, { request }, key)
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
      { outcome: 'gone', reason, seen },
      'outcome: one of refunded, refused, settledElsewhere, ticketOpen',
    ],
    ['/refunds/r-1/snooze', { until: '2026-12-24T09:00:00' }, 'until: a time with its zone'],
    ['/payments/o-1/accept', { seen }, 'reason: is needed'],
    ['/refunds/r-1/retry-ticket', { reason }, 'seen: is needed: the mark of what you saw, as GET, ops show'],
    ['/refunds/r-1/resolve', { reason, outcome: 'refunded' }, 'seen: is needed: the mark of what you saw'],
    ['/payments/o-1/accept', { reason }, 'seen: is needed: the mark of what you saw'],
    [`${AT_STRAY}/refund`, { reason }, 'seen: is needed: the mark of what you saw'],
    [`${AT_STRAY}/refund`, { reason, seen, amount: 5 }, 'amount: is not a field of this command'],
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
    answer = () => ({ answer: 'approvalNeeded', state: 'ticketOpen', sentence: 'resolve waits', request })
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

describe('an Idempotency-Key', () => {
  const keyed = (key: string, json: object, path = '/refunds/r-1/acknowledge', who = 'key-of-mina') =>
    call(path, json, who, { 'idempotency-key': key })
  const owner = 'ann'
  /** As the saga keeps it in the transaction that carries a command out. */
  const kept = ({ saga, name, args, updateId }: Asked) =>
    transact(api.db, 'told', (trx) => keepTold(trx, { saga, updateId, command: name, args }, done()))

  test('is the id under which the saga is asked, the same each time, and another one for another person', async () => {
    for (const key of ['k-1', 'k-1', 'k-2']) expect((await keyed(key, { owner })).status).toBe(200)
    await keyed('k-1', { owner }, undefined, 'key-of-joon')
    await keyed('k-1', { owner }, '/refunds/r-2/acknowledge')
    const ids = asked.map(({ saga, updateId }) => `${saga} ${updateId}`)
    expect([ids[0] === ids[1], new Set(ids).size]).toEqual([true, 4])
  })

  test('left out, each call is a command of its own', async () => {
    for (const path of ['/refunds/r-1/recheck', '/refunds/r-1/recheck']) await call(path, {})
    expect(new Set(asked.map(({ updateId }) => updateId)).size).toBe(2)
  })

  test.each(['', 'a b', '\u00e9', 'k'.repeat(101)])('that is "%s" is refused, and nothing is asked', async (key) => {
    const before = await proofs()
    const refused = await keyed(key, { owner })
    expect([refused.status, refused.at('code')]).toEqual([422, 'invalidRequest'])
    expect(refused.at('detail')).toContain('1 to 100 printable characters without spaces')
    expect([asked, await proofs()]).toEqual([[], before])
  })

  test('with another body or for another command is a conflict, though Temporal gives the first answer to both', async () => {
    expect((await keyed('k-3', { owner })).status).toBe(200)
    if (asked[0]) await kept(asked[0])
    expect((await keyed('k-3', { owner })).json()).toEqual(done())
    const others = [await keyed('k-3', { owner: 'bob' }), await keyed('k-3', {}, '/refunds/r-1/recheck')]
    for (const other of others) {
      expect([other.status, other.at('code')]).toEqual([409, 'conflict'])
      expect(other.at('detail')).toContain(
        'this Idempotency-Key was used before for another command or other arguments',
      )
    }
  })

  test('of a command whose ending is not known may be sent again', async () => {
    answer = () => {
      throw new Failure('temporarilyUnavailable', 'the saga did not answer')
    }
    expect((await keyed('k-4', { owner })).status).toBe(503)
    answer = done
    expect((await keyed('k-4', { owner })).status).toBe(200)
    expect(asked[0]?.updateId).toBe(asked[1]?.updateId)
  })
})

describe('a database that goes away while a command is on its way', () => {
  const startAway = async (command: NonNullable<HttpDeps['command']> = () => Promise.resolve(done())) => {
    const away = await startApi({
      command: async (...given) => {
        await away.db.destroy()
        return command(...given)
      },
    })
    return away
  }
  const gone = () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))
  const retry = (api: Api, more: Record<string, string> = {}) =>
    api.call('POST /refunds/r-1/retry-ticket', { json: { reason, seen }, headers: more })

  test.each([
    ['that was carried out', () => Promise.resolve(done())],
    ['that was refused', () => Promise.reject(new Failure('updateRejected', 'the sentence of the saga'))],
    ['whose ending is not known', () => Promise.reject(new Failure('temporarilyUnavailable', 'no answer'))],
  ] as const)('under a key, %s, is never said to have done nothing', async (_how, command) => {
    const told = await retry(await startAway(command), { 'idempotency-key': 'k-1' })
    expect([told.status, told.at('code')]).toEqual([503, 'temporarilyUnavailable'])
    expect(told.at('detail')).toContain('whether it was carried out is in the journal')
    expect(told.at('detail')).not.toMatch(/nothing was (recorded|done)/)
  })

  test('without a key it is answered all the same: there is nothing to be taken for another one', async () => {
    const told = await retry(await startAway())
    expect([told.status, told.json()]).toEqual([200, done()])
  })

  test('before it was sent, it is said that nothing was recorded', async () => {
    const told = await retry(await startAway(gone), { 'idempotency-key': 'k-1' })
    expect([told.status, told.at('detail')]).toEqual([503, expect.stringContaining('nothing was recorded')])
  })
})
