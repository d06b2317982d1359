// Several projects side by side: how they are written, and that each hears its own messages alone, live and test apart.
// Must not know: the receiver, rows.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import type { Gateway } from '../../src/domain/gateway.ts'
import { gatewayName, merchantUid } from '../../src/domain/ids.ts'
import { createGateways, hasAccount } from '../../src/gateways/index.ts'
import { parseProjects } from '../../src/gateways/paymentwall/projects.ts'
import { settingsOf } from '../support/gatewaySettings.ts'

const [MAIN, EU, TEST] = ['main-secret-key-0001', 'eu-secret-key-0002', 'test-secret-key-0003']
const LIST = `eu:live:eu-project-key:${EU}, test:test:test-project-key:${TEST}:2:status`
const FIRST = { PAYMENTWALL_PROJECT_KEY: 'main-project-key', PAYMENTWALL_SECRET_KEY: MAIN }
const gateways = createGateways(settingsOf({ ...FIRST, PAYMENTWALL_PROJECTS: LIST }), undefined)
const named = (name: string): Gateway => {
  const gateway = gateways.get(gatewayName(`paymentwall/${name}`))
  if (!gateway) throw new Error(`there is no ${name}`)
  return gateway
}
const PAID = { goodsid: 'order-1001', ref: 'b900100200', slength: '', speriod: '', type: '0', uid: 'buyer-77' }
function query(secret: string, version: 2 | 3 = 3, more: object = {}): string {
  const all: Record<string, string> = { ...PAID, ...more, sign_version: String(version) }
  const base = Object.keys(all)
    .toSorted()
    .map((name) => `${name}=${all[name]}`)
    .join('')
  const sig = createHash(version === 3 ? 'sha256' : 'md5')
    .update(base + secret)
    .digest('hex')
  return new URLSearchParams({ ...all, sig }).toString()
}
const read = (name: string, text: string) => named(name).readHint({ query: text, headers: {}, body: new Uint8Array() })
const ORDER = {
  merchantUid: merchantUid('order-1001'),
  amount: 1990,
  currency: 'USD',
  name: 'Gold',
  country: null,
  returnUrl: null,
  widget: null,
} as const
const BUYER = { id: 'buyer-77', name: 'Ann Roe', email: 'ann@example.com' }

test('each project is an account of its own, the first before the listed ones', () => {
  expect([...gateways.keys()]).toEqual(['paymentwall/main', 'paymentwall/eu', 'paymentwall/test'])
  const listed = settingsOf({ PAYMENTWALL_PROJECTS: LIST })
  expect(hasAccount(listed)).toBe(true)
  expect([...createGateways(listed, undefined).keys()]).toEqual(['paymentwall/eu', 'paymentwall/test'])
  expect(hasAccount(settingsOf({}))).toBe(false)
})

test('what one project has signed is a forgery to every other', () => {
  const signed = { main: query(MAIN), eu: query(EU), test: query(TEST) }
  for (const [by, text] of Object.entries(signed))
    for (const name of ['main', 'eu', 'test']) expect(read(name, text).kind).toBe(by === name ? 'signed' : 'forged')
})

test('each has its own signature version and status call', async () => {
  expect(read('test', query(TEST, 2)).kind).toBe('signed')
  expect(read('eu', query(EU, 2)).kind).toBe('forged')
  expect([named('main').blind, named('eu').blind, named('test').blind]).toEqual([true, true, undefined])
  const window = JSON.stringify(named('test').window({ ...ORDER, channel: 'test' }, BUYER, 'https://shop.example'))
  expect(window).toContain('key=test-project-key')
  expect(window).toContain('sign_version=2')
  expect(await Promise.all([named('eu').account(), named('test').account()])).toEqual([
    ['paymentwall/eu-project-key'],
    ['paymentwall/test-project-key'],
  ])
})

test('a test project takes no live order, and all that it signs is test money', () => {
  expect(() => named('test').accepts({ ...ORDER, channel: 'live' })).toThrow('a test project: send channel "test"')
  expect(() => named('test').accepts({ ...ORDER, channel: 'test' })).not.toThrow()
  expect(() => named('eu').accepts({ ...ORDER, channel: 'live' })).not.toThrow()
  expect(read('test', query(TEST))).toMatchObject({ signed: { channel: 'test' } })
  expect(read('eu', query(EU))).toMatchObject({ signed: { channel: 'live' } })
  expect(read('eu', query(EU, 3, { is_test: '1' }))).toMatchObject({ signed: { channel: 'test' } })
  expect(read('eu', query(EU, 3, { ref: 't1700000123' }))).toMatchObject({ signed: { channel: 'test' } })
})

const KEYS = 'aaaaaaaa:bbbbbbbb'
test.each([
  [`main:live:${KEYS}`, 'main, which has settings of its own'],
  [`EU:live:${KEYS}`, 'no name'],
  [`eu:both:${KEYS}`, 'neither live nor test'],
  ['eu:live:aaaaaaaa', 'lacks a key'],
  [`eu:live:${KEYS}:4`, 'more than is known'],
  [`eu:live:${KEYS},eu:live:cccccccc:dddddddd`, 'the same name'],
  [`eu:live:${KEYS},us:live:aaaaaaaa:dddddddd`, 'the same project key'],
])('%s is refused, and no secret is repeated', (text, sentence) => {
  expect(() => parseProjects(text)).toThrow(sentence)
  expect(() => parseProjects(text)).not.toThrow(/bbbbbbbb|dddddddd/)
})

test('the first project must not be listed once more', () => {
  const twice = { ...FIRST, PAYMENTWALL_PROJECTS: `eu:live:main-project-key:${EU}` }
  expect(() => readConfig(twice, [])).toThrow(
    'PAYMENTWALL_PROJECTS: lists the project of PAYMENTWALL_PROJECT_KEY once more',
  )
})
