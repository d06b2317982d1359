// Errors as callers see them: one form, a code of the closed list, a sentence, and nothing that leaks.
// Must not know: which route failed, beyond needing one.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { FAILURES, Failure } from '../../src/domain/failures.ts'
import { problem } from '../../src/http/resources/answers.ts'
import { isUnavailable, problemOf } from '../../src/http/server/errors.ts'
import { order, startApi } from './api.ts'

const api = await startApi()
const silent = { info: () => {}, warn: () => {}, error: () => {} }
const HERE = { method: 'GET', route: '/here' }

test('every kind of failure is answered with the status and code of the table, and a title', () => {
  for (const kind of Object.keys(FAILURES).filter((name): name is keyof typeof FAILURES => name in FAILURES)) {
    const { http: status, code } = FAILURES[kind]
    const answer = problemOf(new Failure(kind, 'A sentence.', { left: 5 }), HERE, silent)
    expect(answer).toMatchObject({ status, code, detail: 'A sentence.', left: 5, type: 'about:blank' })
    expect(answer.title).toMatch(/^[A-Z][a-z]+( [a-z]+)*$/)
  }
})

test("a failure's facts cannot replace its status or code", () => {
  const answer = problemOf(new Failure('conflict', 'No.', { status: 200, code: 'fine', state: 'closed' }), HERE, silent)
  expect(answer).toMatchObject({ status: 409, code: 'conflict', state: 'closed' })
})

test('every answer forbids caching and sniffing, and errors are problem+json', async () => {
  for (const line of ['GET /healthz', 'GET /payments/nobody', 'GET /nowhere', 'POST /healthz', 'PUT /payments']) {
    const { headers } = await api.call(line)
    expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual(['no-store', 'nosniff'])
  }
  const answer = await api.call('GET /payments/nobody')
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(() => problem.parse(answer.json())).not.toThrow()
})

test.each([
  ['GET /nowhere', 404],
  ['DELETE /payments', 405],
  ['GET /payments/x/refunds', 405],
  ['GET /PAYMENTS', 404],
  ['GET /payments/', 404],
])('%s is notFound with %i and points at the document', async (line, status) => {
  const answer = await api.call(line)
  expect([answer.status, answer.at('code')]).toEqual([status, 'notFound'])
  expect(answer.at('detail')).toContain('/openapi.json')
})

const JSON_TYPE = { 'content-type': 'application/json' }
test.each([
  ['no content type', { body: new TextEncoder().encode(JSON.stringify(order('x'))) }],
  ['another content type', { body: JSON.stringify(order('x')), headers: { 'content-type': 'text/plain' } }],
  ['an empty body', { body: '', headers: JSON_TYPE }],
  ['broken JSON', { body: '{"merchantUid":"x",', headers: JSON_TYPE }],
  ['JSON that is not UTF-8', { body: new Uint8Array([0x22, 0xff, 0x22]), headers: JSON_TYPE }],
])('%s is a malformed body', async (_, sent) => {
  const answer = await api.call('POST /payments', sent)
  expect([answer.status, answer.at('code')]).toEqual([400, 'invalidRequest'])
  expect(answer.at('detail')).toContain('Nothing was recorded')
})

test.each([null, 7, 'text', [], [order('x')]])('%j is no order', async (json) => {
  const answer = await api.call('POST /payments', { body: JSON.stringify(json), headers: JSON_TYPE })
  expect([answer.status, answer.at('code')]).toEqual([422, 'invalidRequest'])
})

test('a charset beside the content type is fine', async () => {
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  expect((await api.call('POST /payments', { body: JSON.stringify(order('charset-1')), headers })).status).toBe(201)
})

test('a body beyond 64 KiB is payloadTooLarge', async () => {
  const answer = await api.call('POST /payments', { json: order('x', { name: 'x'.repeat(70_000) }) })
  expect([answer.status, answer.at('code'), answer.at('limitBytes')]).toEqual([413, 'payloadTooLarge', 65_536])
})

test('what nobody foresaw is a 500 that says nothing but an id, and the log says the rest', async () => {
  const broken = await startApi()
  await sql`alter table payments rename column order_state to gone`.execute(broken.db)
  const answer = await broken.call('POST /payments', { json: order('x') })
  expect(answer.status).toBe(500)
  expect(answer.text).not.toMatch(/order_state|column|select|at .*\.ts/i)
  expect(() => problem.parse(answer.json())).not.toThrow()
  const logged = broken.logged.find(({ facts }) => JSON.stringify(facts).includes(String(answer.at('id'))))
  expect(JSON.stringify(logged)).toContain('order_state')
  expect(JSON.stringify(logged)).not.toContain('Minji')
})

test('a database that is away is 503 with a sentence and a time to come back', async () => {
  const away = await startApi()
  await away.db.destroy()
  for (const line of [
    'GET /payments/x',
    'GET /payments',
    'GET /refunds',
    'GET /refunds/x',
    'GET /payments/x/journal',
  ]) {
    const answer = await away.call(line)
    expect([answer.status, answer.at('code')]).toEqual([503, 'temporarilyUnavailable'])
    expect(answer.headers.get('retry-after')).toBe('5')
  }
  expect((await away.call('POST /payments', { json: order('x') })).at('detail')).toContain('nothing was recorded')
})

test.each([
  [true, Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
  [true, new AggregateError([Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })])],
  [true, Object.assign(new Error('lock'), { code: '55P03' })],
  [true, Object.assign(new Error('statement'), { code: '57014' })],
  [true, Object.assign(new Error('shutdown'), { code: '57P01' })],
  [true, new Error('Connection terminated unexpectedly')],
  [true, new Error('timeout exceeded when trying to connect')],
  [false, Object.assign(new Error('no such column'), { code: '42703' })],
  [false, new TypeError('x is not a function')],
])('that the database is away is %s for %s', (away, error) => {
  expect(isUnavailable(error)).toBe(away)
})

test('a call by another method is told which ones there are, and a path that is none is not found', async () => {
  const wrong = await api.call('DELETE /payments/ord-1')
  expect([wrong.status, wrong.at('code')]).toEqual([405, 'notFound'])
  expect(wrong.headers.get('allow')?.split(', ').toSorted()).toEqual(['GET', 'HEAD'])
  const options = await api.call('OPTIONS /payments')
  expect(options.headers.get('allow')?.split(', ').toSorted()).toEqual(['GET', 'HEAD', 'POST'])
  const nowhere = await api.call('DELETE /nowhere')
  expect([nowhere.status, nowhere.headers.get('allow')]).toEqual([404, null])
})
