// A command over a line that loses its answers: one key over all tries, and never a word that nothing was done.
// Must not know: commands. The API is played.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { createApi, NotAnswering } from '../../src/ops/api.ts'

const done = z.object({ answer: z.literal('done') })
let keys: unknown[] = []
let answer: (response: ServerResponse) => void = () => {}
const server = createServer((request: IncomingMessage, response) => {
  keys.push(request.headers['idempotency-key'])
  answer(response)
})
let url = ''
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
})
afterAll(() => void server.close())
beforeEach(() => (keys = []))

const reply = (status: number, body: object) => (response: ServerResponse) => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
const away = reply(503, { code: 'temporarilyUnavailable', detail: 'the saga did not answer' })
const hangUp = (response: ServerResponse) => void response.destroy()
const give = () => createApi({ url, key: undefined }).command('/refunds/r-1/retry-ticket', { reason: 'lost' }, done)

test.each([
  ['is not able to', away],
  ['hangs up', hangUp],
] as const)(
  'while the API %s it is sent three times under one key, and then its ending is not known',
  async (_, how) => {
    answer = how
    const failed = give().catch((error: unknown) => error)
    expect(await failed).toBeInstanceOf(NotAnswering)
    expect(String(await failed)).toMatch(
      /Whether it was carried out is in the journal: see show before you give it again/,
    )
    expect([keys.length, new Set(keys).size]).toEqual([3, 1])
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  },
)

test('the answer that came at last is told', async () => {
  answer = (response) => (keys.length < 3 ? hangUp(response) : reply(200, { answer: 'done' })(response))
  expect(await give()).toEqual({ answer: 'done' })
  expect([keys.length, new Set(keys).size]).toEqual([3, 1])
})

test('a refusal is told at once', async () => {
  answer = reply(409, { code: 'updateRejected', detail: 'this has changed since it was seen' })
  await expect(give()).rejects.toThrow('this has changed since it was seen (updateRejected)')
  expect(keys).toHaveLength(1)
})
