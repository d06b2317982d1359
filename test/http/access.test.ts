// Who may call what: keys, roles, and the machine itself while there are no keys.
// Must not know: what the calls do.
import { request as httpRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import { routes } from '../../src/http/resources/api.ts'
import { MANY_HEADERS, PROXY_HEADERS, sendRaw } from '../support/passedOn.ts'
import { order, startApi } from './api.ts'

const KEYS = [
  { name: 'shop', role: 'checkout', key: 'key-of-the-shop' },
  { name: 'mina', role: 'ops', key: 'key-of-mina' },
  { name: 'joon', role: 'approver', key: 'key-of-joon' },
] as const
const api = await startApi({ keys: KEYS })
const open = await startApi()
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const lineOf = ({ method, path }: { method: string; path: string }) =>
  `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, 'x')}`

const closed = routes.filter(({ roles }) => roles !== 'open')
const public_ = routes.filter(({ roles }) => roles === 'open')

test('what is open needs no key, and everything else does', () => {
  expect(public_.map(lineOf).toSorted()).toEqual([
    'GET /healthz',
    'GET /openapi.json',
    'GET /readyz',
    'GET /webhooks/paymentwall',
    'POST /webhooks/iamport',
    'POST /webhooks/portone',
  ])
})

test.each(closed.map(lineOf))('%s without a key, or with a wrong one, is unauthorized', async (line) => {
  for (const headers of [{}, bearer('wrong'), bearer('key-of-the-sho'), { authorization: 'Basic a2V5' }]) {
    const answer = await api.call(line, { headers })
    expect([answer.status, answer.at('code')]).toEqual([401, 'unauthorized'])
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(answer.text).not.toContain('wrong')
  }
})

test.each(closed.flatMap((route) => KEYS.map((key) => [lineOf(route), key, route.roles] as const)))(
  '%s with the key of $name is judged by the role',
  async (line, { key, role }, roles) => {
    const answer = await api.call(line, { headers: bearer(key) })
    if (roles.includes(role)) expect([401, 403]).not.toContain(answer.status)
    else expect([answer.status, answer.at('code'), answer.at('role')]).toEqual([403, 'forbidden', role])
  },
)

test('whoever reads may not open a payment, and nothing is recorded of the try', async () => {
  const answer = await api.call('POST /payments', { json: order('by-ops'), headers: bearer('key-of-mina') })
  expect(answer.status).toBe(403)
  expect((await api.call('GET /payments/by-ops', { headers: bearer('key-of-mina') })).status).toBe(404)
})

test("the journal names the key's holder", async () => {
  await api.call('POST /payments', { json: order('by-shop'), headers: bearer('key-of-the-shop') })
  const answer = await api.call('GET /payments/by-shop/journal', { headers: bearer('key-of-joon') })
  expect(answer.at('journal', 0, 'who')).toBe('checkout:shop')
})

test('no key is ever logged or answered', async () => {
  await api.call('GET /refunds', { headers: bearer('key-of-the-shop-and-more') })
  expect(JSON.stringify(api.logged)).not.toContain('key-of')
})

describe('without keys', () => {
  const host = () => `Host: localhost:${new URL(open.url).port}`

  test('this machine may do everything, as the person local', async () => {
    await open.call('POST /payments', { json: order('by-local') })
    expect((await open.call('GET /payments/by-local/journal')).at('journal', 0, 'who')).toBe('checkout:local')
  })

  test.each(PROXY_HEADERS)(
    'a request with %s came through a proxy: it is refused, and says what to set',
    async (name) => {
      const json = order('by-a-stranger')
      const heard = await sendRaw(open.url, { line: 'POST /payments', headers: [host(), name], json })
      expect(heard.status).toBe(403)
      expect(JSON.parse(heard.body)).toMatchObject({
        code: 'forbidden',
        detail: expect.stringMatching(/passed on by a proxy.*Set API_KEYS.*Nothing was done/),
      })
      expect((await open.call('GET /payments/by-a-stranger')).status).toBe(404)
    },
  )

  test.each([
    ['with the Host of its own target', () => [host()]],
    ['with localhost alone', () => ['Host: localhost']],
    ['without a Host', () => []],
  ])('what a bare nginx sends, HTTP/1.0 %s, is refused, also for reading', async (_, headers) => {
    for (const line of ['GET /payments', 'GET /metrics', 'POST /filing/hold']) {
      const heard = await sendRaw(open.url, { line, version: '1.0', headers: headers() })
      expect([line, heard.status]).toEqual([line, 403])
      expect(heard.body).toContain('Set API_KEYS')
    }
  })

  test('so many headers that a proxy’s own behind them would not be seen are refused', async () => {
    const headers = [host(), ...MANY_HEADERS, 'X-Forwarded-For: 203.0.113.9']
    const heard = await sendRaw(open.url, { line: 'GET /payments', headers })
    expect([heard.status, heard.body]).toEqual([403, expect.stringContaining('Set API_KEYS')])
  })

  test('what programs and browsers on this machine send is no sign of a proxy', async () => {
    const curl = ['User-Agent: curl/7.88.1', 'Accept: */*']
    const browser = [
      'User-Agent: Mozilla/5.0',
      'Accept-Language: ko-KR',
      'Cache-Control: max-age=0',
      'Upgrade-Insecure-Requests: 1',
      'Sec-Fetch-Site: none',
      'Sec-CH-UA-Platform: "Linux"',
      'DNT: 1',
      'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'X-Request-Id: 1',
      'Idempotency-Key: 1',
    ]
    for (const headers of [curl, browser])
      expect((await sendRaw(open.url, { line: 'GET /payments', headers: [host(), ...headers] })).status).toBe(200)
  })

  test('a name that somebody pointed at this machine is refused', async () => {
    expect(await statusWithHost('attacker.example')).toBe(403)
    expect(await statusWithHost('localhost:8080')).toBe(200)
  })

  test('webhooks are taken from anywhere', async () => {
    const json = { imp_uid: 'imp_1', merchant_uid: 'order-1', status: 'paid' }
    const headers = { 'x-forwarded-for': '203.0.113.9' }
    expect((await open.call('POST /webhooks/iamport', { json, headers })).status).toBe(200)
  })
})

test('with a key it does not matter by whom a request was passed on', async () => {
  const headers = ['Host: pay.example.com', ...PROXY_HEADERS, 'Authorization: Bearer key-of-the-shop']
  for (const version of ['1.0', '1.1'])
    expect((await sendRaw(api.url, { line: 'GET /payments', version, headers })).status).toBe(200)
})

function statusWithHost(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${open.url}/payments`, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    request.once('error', reject)
    request.end()
  })
}
