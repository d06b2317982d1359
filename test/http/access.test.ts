// Who may call what: keys, roles, and the machine itself while there are no keys.
// Must not know: what the calls do.
import { request as httpRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import { routes } from '../../src/http/routes.ts'
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
  test('this machine may do everything, as the person local', async () => {
    await open.call('POST /payments', { json: order('by-local') })
    expect((await open.call('GET /payments/by-local/journal')).at('journal', 0, 'who')).toBe('checkout:local')
  })

  test('a request that came through a proxy is refused, and says what to set', async () => {
    const answer = await open.call('GET /payments', { headers: { 'x-forwarded-for': '203.0.113.9' } })
    expect([answer.status, answer.at('code')]).toEqual([403, 'forbidden'])
    expect(answer.at('detail')).toContain('API_KEYS')
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
