// What strangers may hold and break: uploads that end early, bodies that stall, too many connections, pages of others.
// Must not know: what the calls do. Nothing here is measured by a clock: a server with short limits must cut, or the test hangs.
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { routes } from '../../src/http/resources/api.ts'
import { createVitalsServer } from '../../src/http/resources/health/vitals.ts'
import { limitedServer, SERVER_LIMITS } from '../../src/http/server/limits.ts'
import { metrics } from '../../src/metrics.ts'
import { order, rows, startApi } from './api.ts'

const api = await startApi()

const gone = async (route = '/webhooks/iamport') =>
  (await metrics.callersGone.get()).values.find(({ labels }) => labels.route === route)?.value ?? 0

async function dialled(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

const head = (path: string, more = '') =>
  `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 500\r\n${more}\r\n{"imp_`

describe('an upload that ends early', () => {
  const ENDS: readonly [string, (socket: Socket) => unknown][] = [
    ['closed', (socket) => socket.destroy()],
    ['reset', (socket) => socket.resetAndDestroy()],
    ['ended', (socket) => socket.end()],
  ]
  test.each(ENDS)('and is %s is counted by its route, and is no trouble of the database', async (_, end) => {
    const [before, logged] = [await gone(), api.logged.length]
    const socket = await dialled(api.url)
    socket.write(head('/webhooks/iamport'))
    await inHands(socket)
    end(socket)
    await expect.poll(() => gone()).toBe(before + 1)
    expect(api.logged.slice(logged)).toEqual([])
    expect(await rows(api.db, 'inbox')).toBe(0)
  })

  test('behind a key is counted the same', async () => {
    const before = await gone('/payments')
    const socket = await dialled(api.url)
    socket.write(head('/payments'))
    await inHands(socket)
    socket.destroy()
    await expect.poll(() => gone('/payments')).toBe(before + 1)
    expect(api.logged).toEqual([])
  })

  /** Another request was answered, so this one, sent before, has been begun. */
  async function inHands(socket: Socket): Promise<void> {
    await new Promise<void>((written) => socket.write('', () => written()))
    for (let round = 0; round < 3; round += 1) await api.call('GET /healthz')
  }
})

describe('a server with short limits', () => {
  const SHORT = { headersMs: 100, requestMs: 200, checkEveryMs: 20, connections: 3 }
  async function serverOf(limits = SHORT) {
    const server = limitedServer((request, response) => {
      request.on('error', () => {})
      request.resume()
      request.on('end', () => response.end('whole'))
    }, limits)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    return `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`
  }

  test.each([
    ['headers', 'POST / HTTP/1.1\r\nhost: loc'],
    ['a body', head('/')],
  ])('cuts a caller whose %s stall', async (_, sent) => {
    const socket = await dialled(await serverOf())
    socket.write(sent)
    expect(await textOf(socket)).toContain('408')
  })

  test('closes what is one connection too many, and counts it', async () => {
    const refused = async () => (await metrics.connectionsRefused.get()).values[0]?.value ?? 0
    const before = await refused()
    const url = await serverOf({ ...SHORT, headersMs: 60_000, requestMs: 60_000 })
    const open = await Promise.all(Array.from({ length: 4 }, () => dialled(url)))
    onTestFinished(() => open.forEach((socket) => socket.destroy()))
    await Promise.race(open.map((socket) => once(socket, 'close')))
    expect(await refused()).toBe(before + 1)
  })

  async function textOf(socket: Socket): Promise<string> {
    let text = ''
    socket.on('data', (piece) => (text += piece.toString()))
    await once(socket, 'close')
    return text
  }
})

test('the limits of every door are far below what Node allows, and above what a gateway needs', () => {
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  for (const server of [limitedServer(), createVitalsServer({ parts: undefined, log })]) {
    expect(server.requestTimeout).toBe(SERVER_LIMITS.requestMs)
    expect(server.headersTimeout).toBe(SERVER_LIMITS.headersMs)
    expect(server.maxConnections).toBe(SERVER_LIMITS.connections)
  }
  expect(SERVER_LIMITS.requestMs).toBeLessThanOrEqual(30_000)
})

describe('a page of another address, in a browser on this machine and without keys', () => {
  const port = new URL(api.url).port
  /** Those are what a page may send to any address without asking it first. */
  const BODYLESS = routes
    .filter(({ method, roles, takesJson }) => method === 'post' && roles !== 'open' && !takesJson)
    .map(({ path }) => `POST ${path.replace(/\{\w+\}/g, '1')}`)
  test.each(['https://evil.example', 'http://localhost:9', 'null', `https://127.0.0.1:${port}`, 'http://127.0.0.1'])(
    'of %s may not even post without a body',
    async (origin) => {
      await api.call('POST /payments', { json: order('cross-1') })
      const before = await rows(api.db, 'inbox')
      expect(BODYLESS.length).toBeGreaterThan(1)
      for (const line of BODYLESS) {
        const answer = await api.call(line, { headers: { origin, 'sec-fetch-site': 'cross-site' } })
        expect([answer.status, answer.at('code')]).toEqual([403, 'forbidden'])
        expect(answer.at('detail')).toContain('page of another address')
      }
      const typed = await api.call('POST /payments/cross-1/returned', { json: {}, headers: { origin } })
      expect(typed.status).toBe(403)
      expect(await rows(api.db, 'inbox')).toBe(before)
    },
  )

  test('is our own where the address is the same, and a webhook is taken from any page', async () => {
    expect((await api.call('GET /payments', { headers: { origin: api.url } })).status).toBe(200)
    const json = { imp_uid: 'imp_o', merchant_uid: 'order-o', status: 'paid' }
    const hint = await api.call('POST /webhooks/iamport', { json, headers: { origin: 'https://evil.example' } })
    expect(hint.status).toBe(200)
    await api.db.deleteFrom('inbox').execute()
  })
})

describe('a buyer who comes back again and again', () => {
  const waiting = (id: string) =>
    api.db
      .selectFrom('inbox')
      .select(['gatewayRef', 'times'])
      .where('merchantUid', '=', id)
      .where('source', '=', 'browser')
      .orderBy('id')
      .execute()

  test('is counted in one row that waits, also when all come at once, and kicks nobody for each', async () => {
    await api.call('POST /payments', { json: order('again-1') })
    const kicks = api.kicks()
    const calls = Array.from({ length: 600 }, () =>
      api.call('POST /payments/again-1/returned', { json: { gatewayRef: 'imp_1' } }),
    )
    expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([202]))
    expect(await waiting('again-1')).toEqual([{ gatewayRef: 'imp_1', times: 600 }])
    expect(api.kicks()).toBe(kicks + 1)
  })

  test('with six hundred references leaves five, and one row for the whole order', async () => {
    await api.call('POST /payments', { json: order('again-2') })
    for (let n = 0; n < 600; n += 1)
      await api.call('POST /payments/again-2/returned', { json: { gatewayRef: `imp_${n}` } })
    const kept = await waiting('again-2')
    expect(kept.map(({ gatewayRef }) => gatewayRef)).toEqual(['imp_0', 'imp_1', 'imp_2', 'imp_3', 'imp_4', null])
    expect(kept.at(-1)?.times).toBe(595)
  })

  test('gets a row anew once a look has answered the one before, and never joins a webhook’s', async () => {
    await api.call('POST /payments', { json: order('again-3') })
    await api.call('POST /webhooks/iamport', { json: { imp_uid: 'imp_1', merchant_uid: 'again-3', status: 'paid' } })
    const back = () => api.call('POST /payments/again-3/returned', { json: { gatewayRef: 'imp_1' } })
    await back()
    await api.db.updateTable('inbox').set({ state: 'looked' }).where('merchantUid', '=', 'again-3').execute()
    await back()
    expect(await waiting('again-3')).toEqual([
      { gatewayRef: 'imp_1', times: 1 },
      { gatewayRef: 'imp_1', times: 1 },
    ])
  })
})

describe('readyz', () => {
  test('asks its parts once a second, however many ask it, and anew after that', async () => {
    let [clock, up] = [0, true]
    const temporalReady = vi.fn(() => Promise.resolve(up))
    const asked = await startApi({ temporalReady, now: () => clock })
    const statuses = async () =>
      new Set((await Promise.all(Array.from({ length: 50 }, () => asked.call('GET /readyz')))).map((a) => a.status))
    expect(await statuses()).toEqual(new Set([200]))
    up = false
    clock = 999
    expect(await statuses()).toEqual(new Set([200]))
    expect(temporalReady).toHaveBeenCalledTimes(1)
    clock = 1_000
    expect(await statuses()).toEqual(new Set([503]))
    expect(temporalReady).toHaveBeenCalledTimes(2)
  })

  test('while an answer takes long, everybody waits for the same', async () => {
    let answers = (_up: boolean) => {}
    const temporalReady = vi.fn(() => new Promise<boolean>((resolve) => (answers = resolve)))
    const asked = await startApi({ temporalReady })
    const all = Promise.all(Array.from({ length: 20 }, () => statusOf(`${asked.url}/readyz`)))
    await expect.poll(() => temporalReady.mock.calls.length).toBe(1)
    await asked.call('GET /healthz')
    answers(true)
    expect(new Set(await all)).toEqual(new Set([200]))
    expect(temporalReady).toHaveBeenCalledTimes(1)
  })

  function statusOf(url: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(url, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      request.once('error', reject)
      request.end()
    })
  }
})
