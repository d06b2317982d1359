// One HTTP exchange: which endings prove that nothing was sent, and which leave the outcome open.
// Must not know: gateways.
import { createServer } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { request, type HttpRequest } from '../../src/gateways/http.ts'
import { endless, half, reset, silent, startWire, text, type Step } from './wire.ts'

async function exchange(step: Step, asked: Partial<HttpRequest> = {}) {
  const wire = await startWire({ 'POST /': step })
  const answer = await request({ url: wire.url, method: 'POST', body: '{"a":"가"}', timeoutMs: 5_000, ...asked })
  return { answer, seen: wire.seen }
}

async function unusedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

test('an answer carries its status and its text, and the body is sent with its length', async () => {
  const { answer, seen } = await exchange(text(200, '결제'))
  expect(answer).toEqual({ kind: 'answer', status: 200, body: '결제' })
  expect(seen[0]).toMatchObject({ body: '{"a":"가"}', headers: { 'content-length': '11' } })
  expect(seen[0]?.headers).not.toHaveProperty('transfer-encoding')
})

test('a redirect is an answer and is not followed', async () => {
  const { answer, seen } = await exchange(text(307, '', 'text/html', { location: '/elsewhere' }))
  expect(answer).toMatchObject({ kind: 'answer', status: 307 })
  expect(seen).toHaveLength(1)
})

test.for([401, 408, 421, 425, 429, 500, 503])('a POST answered with %i is not sent a second time', async (status) => {
  const { answer, seen } = await exchange(text(status, 'no'))
  expect(answer).toEqual({ kind: 'answer', status, body: 'no' })
  expect(seen).toHaveLength(1)
})

test.for([
  ['a connection closed after the request', reset, /the connection broke/],
  ['half a body', half, /the connection broke/],
  ['no answer in time', silent, /no whole answer within 200 ms/],
  ['a body that does not end in time', endless, /no whole answer within 200 ms/],
] as const)('%s is lost', async ([, step, said]) => {
  const { answer } = await exchange(step, step === silent || step === endless ? { timeoutMs: 200 } : {})
  expect(answer).toEqual({ kind: 'lost', said: expect.stringMatching(said) })
})

test('a body over the limit is lost, told apart from a broken connection, and one at the limit is not', async () => {
  const over = await exchange(text(200, 'x'.repeat(101)), { maxBytes: 100 })
  expect(over.answer).toEqual({ kind: 'lost', said: 'the answer is larger than 100 bytes', tooLarge: true })
  const fits = await exchange(text(200, 'x'.repeat(100)), { maxBytes: 100 })
  expect(fits.answer).toMatchObject({ kind: 'answer', status: 200 })
})

test.for([400, 404, 502])('a body over the limit of an HTTP %i says nothing of what was asked', async (status) => {
  const { answer } = await exchange(text(status, 'x'.repeat(101)), { maxBytes: 100 })
  expect(answer).toEqual({ kind: 'lost', said: 'the answer is larger than 100 bytes' })
})

test('a body over 1 MiB is too large without being asked for', async () => {
  const { answer } = await exchange(text(200, 'x'.repeat(1024 * 1024 + 1)))
  expect(answer).toMatchObject({ kind: 'lost', tooLarge: true })
})

test('a refused connection was not sent', async () => {
  const url = `http://127.0.0.1:${await unusedPort()}/`
  const answer = await request({ url, method: 'POST', body: 'x', timeoutMs: 5_000 })
  expect(answer).toEqual({ kind: 'notSent', said: 'the connection was refused (ECONNREFUSED)' })
})

test('a name that is not found was not sent', async () => {
  const answer = await request({ url: 'http://gateway.invalid/', method: 'POST', body: 'x', timeoutMs: 5_000 })
  expect(answer).toEqual({
    kind: 'notSent',
    said: expect.stringMatching(/the name was not found \((ENOTFOUND|EAI_AGAIN)\)/),
  })
})

const coded = (code: string): Error => Object.assign(new Error(code), { code })
const failing = (cause: unknown): Error => new TypeError('fetch failed', { cause })

test.for([
  ['all addresses refused', new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]), 'notSent'],
  ['one refused, one timed out', new AggregateError([coded('ECONNREFUSED'), coded('ETIMEDOUT')]), 'lost'],
  ['no address at all', new AggregateError([]), 'lost'],
  ['a name server that fails for now', coded('EAI_AGAIN'), 'notSent'],
  ['a reset', coded('ECONNRESET'), 'lost'],
  ['a connect time-out', coded('UND_ERR_CONNECT_TIMEOUT'), 'lost'],
  ['a cause without a code', new Error('?'), 'lost'],
  ['no cause at all', undefined, 'lost'],
] as const)('%s: %s', async ([, cause, kind]) => {
  const fetch = vi.spyOn(globalThis, 'fetch').mockRejectedValueOnce(failing(cause))
  onTestFinished(() => fetch.mockRestore())
  await expect(request({ url: 'http://127.0.0.1/', method: 'GET', timeoutMs: 5_000 })).resolves.toMatchObject({ kind })
})

test('what is said holds neither the address nor a header', async () => {
  const { answer } = await exchange(reset, { headers: { authorization: 'Bearer secret-token' } })
  expect(JSON.stringify(answer)).not.toMatch(/secret-token|127\.0\.0\.1/)
})
