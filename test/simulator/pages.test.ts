// The pages without a browser: whose machine they are for, under which policy, with which words; and the shop's own server.
// Must not know how a page is drawn: test/ui/pages.test.ts looks at that.
import { request } from 'node:http'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { FAULT_WORDS, MOVES_IN_KOREAN, SCENARIOS_IN_KOREAN } from '../../src/simulator/pages/browser/switchWords.js'
import { WORDS } from '../../src/simulator/pages/browser/words.js'
import { ACCOUNTS, CURRENCIES } from '../../src/simulator/pages/goods.ts'
import { PAGES, pageText } from '../../src/simulator/pages/page.ts'
import { FAULTS } from '../../src/simulator/world/faults.ts'
import { call, startMerchant, startTogether } from './support.ts'

const ADDRESSES = ['/', '/orders', '/desk', '/wire', '/window'] as const
const FOLDER = fileURLToPath(new URL('../../src/simulator/pages/', import.meta.url))
const filesIn = (folder: string) =>
  readdirSync(FOLDER + folder).map((name) => readFileSync(`${FOLDER}${folder}/${name}`, 'utf8'))

test.for(ADDRESSES)('%s runs no script of a line, asks nobody else, and is framed by nobody else', async (path) => {
  const { simulator } = await startTogether()
  const answer = await fetch(simulator.url + path, { headers: { 'accept-language': 'ko' } })
  const policy = answer.headers.get('content-security-policy') ?? ''
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
  ])
    expect(policy).toContain(rule)
  expect(policy).not.toMatch(/unsafe|data:|\*(?!:| |;)/)
  const page = await answer.text()
  expect(answer.headers.get('content-type')).toContain('text/html')
  expect(page).toContain('<html lang="ko">')
  expect(page).not.toMatch(/https?:\/\/|<script(?! type="module" src="\/browser\/)|\sstyle=|\son\w+=/)
})

test('each page is whole in both languages, and no word is left over', () => {
  for (const name of PAGES)
    for (const language of ['en', 'ko'] as const) expect(pageText(name, language, '/')).not.toMatch(/\{\{|\}\}/)
  const said = [...filesIn('html'), ...filesIn('browser').filter((text) => !text.startsWith('// Every word'))].join(
    '\n',
  )
  const unused = Object.keys(WORDS).filter((word) => {
    const [group = '', name = ''] = word.split('.')
    return !said.includes(word) && !said.includes(`\`${group}.\${`) && !said.includes(`'${name}'`)
  })
  expect(unused).toEqual([])
})

test('no word is empty, and both languages have the same places for values', () => {
  const placesOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).toSorted()
  for (const { en, ko } of [...Object.values(WORDS), ...Object.values(FAULT_WORDS)]) {
    expect(en.length * ko.length).toBeGreaterThan(0)
    expect(placesOf(ko)).toEqual(placesOf(en))
  }
})

test('each fault, scenario and message of the log has its words', async () => {
  const { desk } = await startTogether()
  const named = Object.entries(FAULTS).flatMap(([name, words]) => [name, ...words.map((word) => `${name} ${word}`)])
  expect(Object.keys(FAULT_WORDS).toSorted()).toEqual(named.toSorted())
  const scenario = z.object({ name: z.string(), gateway: z.string().nullable() })
  const { scenarios } = z.object({ scenarios: z.array(scenario) }).parse((await desk('GET', 'scenarios')).body)
  const offered = scenarios.filter(({ gateway }) => gateway === null).map(({ name }) => name)
  expect(Object.keys(SCENARIOS_IN_KOREAN).toSorted()).toEqual(offered.toSorted())
  for (const said of ['paid 19.90 USD', 'ticket-1a opened for 19.90 USD', 'call gave back 1.00 USD', 'nothing new'])
    expect(MOVES_IN_KOREAN.some((each) => each.said.test(said))).toBe(true)
})

test('the language is the one that is asked for, then the one that was chosen', async () => {
  const { simulator } = await startTogether()
  const shown = async (path: string, headers: Record<string, string>) => {
    const answer = await fetch(simulator.url + path, { headers })
    return { lang: /lang="(\w+)"/.exec(await answer.text())?.[1], cookie: answer.headers.get('set-cookie') }
  }
  expect(await shown('/', {})).toEqual({ lang: 'en', cookie: null })
  expect(await shown('/', { 'accept-language': 'fr, ko;q=0.8, en;q=0.5' })).toMatchObject({ lang: 'ko' })
  expect(await shown('/', { 'accept-language': 'fr' })).toMatchObject({ lang: 'en' })
  const { cookie } = await shown('/?language=ko', {})
  expect(cookie).toMatch(/^language=ko;.*samesite=strict/i)
  expect(await shown('/orders', { cookie: 'language=ko', 'accept-language': 'en' })).toMatchObject({ lang: 'ko' })
  expect(await shown('/?language=<b>', { cookie: 'language=xx' })).toEqual({ lang: 'en', cookie: null })
})

/** With a path and headers that fetch would not send. */
function askAs(url: string, path: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { path, method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.on('error', reject)
    asked.end()
  })
}

test.for([...ADDRESSES, '/browser/shop.js', '/v1/iamport.js', '/style.css', '/__shop', '/__shop/orders'])(
  '%s is for this machine alone, at its own name',
  async (path) => {
    const shop = await startMerchant([{ status: 200, body: '{"payments":[]}' }])
    const { simulator } = await startTogether({ merchant: { api: shop.url } })
    const host = new URL(simulator.url).host
    expect(await askAs(simulator.url, path, { host })).toBe(200)
    expect(await askAs(simulator.url, path, { host: 'rebound.example:8081' })).toBe(403)
    expect(await askAs(simulator.url, path, { host, 'x-forwarded-for': '203.0.113.7' })).toBe(403)
    expect(await askAs(simulator.url, path, { host, origin: 'https://elsewhere.example' })).toBe(403)
  },
)

const CART = { good: 'gold', currency: 'KRW', gateway: ACCOUNTS[0], channel: 'test' }

test('the shop names order and price itself, and asks with its own key, which no page gets', async () => {
  const shop = await startMerchant([{ status: 201, body: '{"payment":{},"window":{"url":"http://127.0.0.1/"}}' }])
  const { simulator } = await startTogether({ merchant: { api: shop.url, key: 'hunter2-hunter2' } })
  const said = await call(simulator.url, 'POST', '/__shop/orders', CART, { 'accept-language': 'ko' })
  expect(said).toMatchObject({ status: 200, body: { said: { window: { url: 'http://127.0.0.1/' } } } })
  expect(shop.bodies()).toEqual([
    expect.objectContaining({ amount: 19_000, currency: 'KRW', name: '골드 팩', channel: 'test', country: 'KR' }),
  ])
  expect(shop.heard[0]).toMatchObject({ method: 'POST', path: '/hooks/payments', key: 'Bearer hunter2-hunter2' })
  const priced = await call(simulator.url, 'POST', '/__shop/orders', { ...CART, amount: 1 })
  expect(priced).toMatchObject({ status: 422, body: { error: expect.stringContaining('amount') } })
  expect(await call(simulator.url, 'POST', '/__shop/orders', { ...CART, good: 'moon' })).toMatchObject({ status: 422 })
  expect(shop.heard).toHaveLength(1)
  expect(said.text).not.toContain('hunter2')
  expect((await call(simulator.url, 'GET', '/__shop')).text).not.toContain('hunter2')
})

test('a newer order stands before an older one in a list by id', async () => {
  const shop = await startMerchant([{ status: 201, body: '{}' }])
  const { simulator } = await startTogether({ merchant: { api: shop.url } })
  await call(simulator.url, 'POST', '/__shop/orders', CART)
  const [order] = z.array(z.object({ merchantUid: z.string() })).parse(shop.bodies())
  const seconds = 2 ** 32 - Number.parseInt(order?.merchantUid.split('-')[1] ?? '', 36)
  expect(Math.abs(seconds - Date.now() / 1_000)).toBeLessThan(60)
  const idAt = (time: number) => (2 ** 32 - time).toString(36)
  expect(idAt(seconds + 1) < idAt(seconds)).toBe(true)
})

test('what the API refuses is said in its words, and an API that is gone in ours', async () => {
  const problem = { type: 'about:blank', status: 409, detail: 'This order is closed.' }
  const shop = await startMerchant([
    { status: 409, body: JSON.stringify(problem) },
    { status: 500, body: '<html>' },
  ])
  const { simulator } = await startTogether({ merchant: { api: shop.url } })
  const ask = (url: string) => call(url, 'POST', '/__shop/orders/ord-1/refunds', { reason: 'customer request' })
  expect(await ask(simulator.url)).toMatchObject({ status: 409, body: { error: 'This order is closed.' } })
  expect(shop.heard[0]?.path).toBe('/hooks/payments/ord-1/refunds')
  expect(await ask(simulator.url)).toMatchObject({ status: 502, body: { error: expect.stringContaining('500') } })
  for (const id of ['..', 'a%2Fb', '%2E%2E']) expect(await askAs(simulator.url, `/__shop/orders/${id}`, {})).toBe(404)
  expect(shop.heard).toHaveLength(2)
  const alone = await startTogether({ merchant: { api: 'http://127.0.0.1:1' } })
  expect(await ask(alone.simulator.url)).toMatchObject({
    status: 502,
    body: { error: expect.stringContaining('does not answer') },
  })
  const untold = await startTogether()
  expect(await ask(untold.simulator.url)).toMatchObject({
    status: 409,
    body: { error: expect.stringContaining('npm start') },
  })
})

test('every price is of a currency that the shop takes, and at least thirty cents', async () => {
  const { simulator } = await startTogether()
  const good = z.object({ prices: z.record(z.string(), z.number().int().min(30)) })
  const { goods } = z.object({ goods: z.array(good).min(1) }).parse((await call(simulator.url, 'GET', '/__shop')).body)
  for (const { prices } of goods) expect(Object.keys(prices)).toEqual([...CURRENCIES])
})

test('a lost ticket is open for every wire, no script works it, and the desk may find it', async () => {
  const { simulator, desk, tickets, look, ask, pay, pass } = await startTogether()
  const impUid = await pay()
  await desk('PUT', `payments/${impUid}/script`, { ending: 'full', after: '1h' })
  await ask('POST', '/payments/cancel', { imp_uid: impUid })
  const [ticket] = await tickets()
  expect(await desk('POST', `tickets/${ticket?.id}/lose`)).toMatchObject({
    status: 200,
    body: { ticket: { state: 'open', lost: true } },
  })
  await pass('2h')
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'paid' })
  expect(await desk('POST', `tickets/${ticket?.id}/complete`)).toMatchObject({
    status: 200,
    body: { ticket: { state: 'completed' } },
  })
  expect(await look(`/payments/${impUid}`)).toMatchObject({ status: 'cancelled' })
  expect((await call(simulator.url, 'GET', '/__sim')).text).toContain('Paymentwall')
})
