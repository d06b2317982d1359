// Who may call the control API, and where a payment's notice may go.
// Must not know what the calls do.
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { LIKELIEST } from '../../src/simulator/iamport/wire.ts'
import { FAULT_CHANGE, FAULTS } from '../../src/simulator/world/faults.ts'
import { CONTRADICTION } from '../../src/simulator/world/model.ts'
import { MANY_HEADERS, PROXY_HEADERS, sendRaw } from '../support/passedOn.ts'
import { readText } from '../support/readme.ts'
import { startTogether } from './support.ts'

const ORDER = { merchantUid: 'order-1', outcome: 'paid', amount: 1990, currency: 'USD' }

/** As a browser or a proxy sends it: fetch would not let a Host be chosen. */
function post(url: string, headers: Record<string, string>, body = JSON.stringify(ORDER)): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/__sim/pay`, { method: 'POST', headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    asked.once('error', reject)
    asked.end(body)
  })
}

test.each([
  ['a name that somebody pointed at this machine', { host: 'attacker.example' }],
  ['a page of another address', { origin: 'https://evil.example' }],
  ['a page of another port', { origin: 'http://localhost:9' }],
  ['a page without an address', { origin: 'null' }],
  ['a proxy', { 'x-forwarded-for': '203.0.113.9' }],
])('a control call through %s is refused, and nothing is paid', async (_, headers) => {
  const { simulator, desk, merchant } = await startTogether()
  expect(await post(simulator.url, headers)).toBe(403)
  expect((await desk('GET', 'payments')).body).toEqual({ payments: [] })
  expect(merchant.heard).toEqual([])
})

test.each([
  ...PROXY_HEADERS.map((header) => ({ version: '1.1', headers: ['Host: localhost', header] })),
  { version: '1.1', headers: ['Host: localhost', ...MANY_HEADERS, 'X-Forwarded-For: 203.0.113.9'] },
  { version: '1.0', headers: ['Host: localhost'] },
  { version: '1.0', headers: [] },
])('a control call that a proxy on this machine passed on is refused: HTTP/$version, $headers', async (sent) => {
  const { simulator, desk } = await startTogether()
  const heard = await sendRaw(simulator.url, { line: 'POST /__sim/pay', json: ORDER, ...sent })
  expect([heard.status, heard.body]).toEqual([403, expect.stringContaining('through no proxy')])
  expect((await desk('GET', 'payments')).body).toEqual({ payments: [] })
})

test('the simulator’s own pages and programs on this machine may', async () => {
  const { simulator } = await startTogether()
  const { port } = new URL(simulator.url)
  expect(await post(simulator.url, { host: `localhost:${port}`, origin: `http://localhost:${port}` })).toBe(200)
  expect(await post(simulator.url, {})).toBe(200)
})

test.each([
  'https://shop.example/hooks',
  'http://169.254.169.254/latest',
  'http://localhost@shop.example/',
  'http://localhost.example/',
  'http://127.0.0.1.example/',
  'http://0.0.0.0:80/',
  'http://[::ffff:10.0.0.1]/',
])('a payment with the notice address %s is refused', async (noticeUrl) => {
  const { desk } = await startTogether()
  const said = await desk('POST', 'pay', { ...ORDER, noticeUrl })
  expect(said).toMatchObject({ status: 422, body: { error: expect.stringContaining('address of this machine') } })
  expect((await desk('GET', 'payments')).body).toEqual({ payments: [] })
})

test.each(['http://localhost:9/hooks', 'http://127.0.0.1:9/', 'http://[::1]:9/'])('%s is taken', async (noticeUrl) => {
  const { desk } = await startTogether()
  expect(await desk('POST', 'pay', { ...ORDER, noticeUrl })).toMatchObject({ status: 200 })
})

test('every control call and every switch stands in the document of its wire', () => {
  const [iamport = ''] = /\n## 10\. [^]*?\n## 11\. /.exec(readText('docs/iamport.md')) ?? []
  const [paymentwall = ''] = /\n## 14\. [^]*?\n## 15\. /.exec(readText('docs/paymentwall.md')) ?? []
  const [portone = ''] = /\n## 13\. [^]*?\n## 14\. /.exec(readText('docs/portone.md')) ?? []
  const section = iamport + paymentwall + portone
  const calls = ['desk', 'disguise'].flatMap((file) =>
    [...readText(`src/simulator/desk/${file}.ts`).matchAll(/router\.(get|post|put)\('(\/[^']+)'/g)].map(
      ([, method = '', path = '']) => ({ method: method.toUpperCase(), path }),
    ),
  )
  expect(calls.length).toBeGreaterThan(15)
  const missing = calls.filter(({ method, path }) => {
    const last = `…${path.slice(path.lastIndexOf('/'))}`
    const whole = `${method} /__sim${path.replace(/:id/, path.startsWith('/tickets') ? '{id}' : '{impUid}')}`
    return !section.includes(`\`${whole}\``) && !section.includes(`\`${last}\``)
  })
  expect(missing).toEqual([])
  const words = Object.values(FAULTS).flat()
  const switches = [...Object.keys(LIKELIEST), ...Object.keys(FAULT_CHANGE.shape), ...Object.keys(CONTRADICTION.shape)]
  /** Said as what they are: the store that the keys open. */
  const unsaid = new Set<string>(FAULTS.account)
  expect([...words, ...switches].filter((name) => !unsaid.has(name) && !section.includes(`\`${name}\``))).toEqual([])
})
