// Paymentwall's signatures against the vectors of paymentwall.md §4.2.
// Must not know: HTTP, what the parameters mean.
import { expect, test } from 'vitest'
import { isSame, pingbackDigest, signed, type Parameters } from '../../src/gateways/paymentwall/signature.ts'
import {
  KEY,
  SECRET,
  WIDGET,
  PINGBACK,
  NEGATIVE,
  PART,
  COINS,
  CART,
  TICKET,
  PART_TICKET,
} from '../support/signatureVectors.ts'

const REQUESTS: readonly (readonly [string, Parameters, 2 | 3, string])[] = [
  ['W2', WIDGET, 2, 'a66c0c2e0fbb94754fd352bf720acde6'],
  ['W3', WIDGET, 3, '6bb44bd1498c1e37c8bb157615ae57fa4e85e8ccccc36c1b360e0ac0665ef6dd'],
  ['T2', TICKET, 2, '20f0073fd8014583187d6d81f80c9fa6'],
  ['T3', TICKET, 3, '81b983111894d0eadfbd77f073800e34fe7b6f780083842d620a1c1d16fd6314'],
  ['T5', PART_TICKET, 3, '343517ce77bbaf6d7dbbd9aab6344c95ae05ab5ee89369e50ada5e7a7641bb71'],
  ['S3', { key: KEY, ref: 'b900100200' }, 3, '1169a4e9aa6b81c46e5554f7824a5f3fbfd8b670856cacffb2bc77f8b01f3db5'],
]
const PINGBACKS: readonly (readonly [string, Parameters, 1 | 2 | 3, string])[] = [
  ['P1', PINGBACK, 1, 'bac6d44867deeabb3a9b8c53c633c66a'],
  ['P2', PINGBACK, 2, 'f30093fc2430becf0c0cd3d2ded5f518'],
  ['P3', PINGBACK, 3, '57a7f0340bf5370955e2fb967b86684d0832479a576a3bd5ac193ab24f94e7ec'],
  ['N2', NEGATIVE, 2, 'a5cb8a86f3030392e3c15653cd526e29'],
  ['N3', NEGATIVE, 3, 'b5a01b553543fedb764f32d240ee8b22491f50b85644332506be3ea22da54dc5'],
  ['R220', PART, 3, 'cb0320f28807817e07b7ed826d288b5c5ba4f0e7e3d08c8e9968712fe5e6d126'],
  ['R201', { ...PINGBACK, type: '201' }, 3, '470b03971560a3e9d8dba9e96ec7ac263efc8de5b648ef3de04b6787cd476b4c'],
  ['U3', { ...PINGBACK, uid: '구매자' }, 3, '87c816fc391324be4ea68a03d820d991b46b0c5b011e618ed7da64edb4e856d5'],
  ['V1', COINS, 1, '672de06dd94755249030705080d7e18c'],
  ['V2', COINS, 2, '27b1ae9fa8a79baee7a879b0c027c82b'],
  ['C2', CART, 2, 'a4d9d9d5841cc36b8b0bd05130ebaf11'],
]

test.each(REQUESTS)('a request is signed like vector %s', (_, parameters, version, digest) => {
  expect(signed(parameters, SECRET, version)).toEqual({
    ...parameters,
    sign_version: String(version),
    sign: digest,
  })
})

test.each(PINGBACKS)('a pingback must be signed like vector %s', (_, parameters, version, digest) => {
  const sent = version === 1 ? parameters : { ...parameters, sign_version: String(version) }
  expect(pingbackDigest({ ...sent, sig: 'whatever' }, SECRET, version)).toBe(digest)
})

test('a request is never signed with version 1, which signs no price', () => {
  expect(signed(WIDGET, SECRET, 1)).toEqual(signed(WIDGET, SECRET, 2))
})

test('version 1 signs no list, for a cart is of version 2', () => {
  expect(pingbackDigest(CART, SECRET, 1)).toBeUndefined()
})

test('items of a list stand in the order of their numbers, beyond ten too, and after their own name alone', () => {
  const items = Array.from({ length: 12 }, (_, index) => [`goodsid[${index}]`, `sku${index}`] as const)
  const others = { goods: 'a', goodsid2: 'b', uid: 'c' }
  const digests = [items, items.toReversed(), items.toSorted(([one], [other]) => (one < other ? -1 : 1))].map((list) =>
    pingbackDigest({ ...others, ...Object.fromEntries(list), sign_version: '3' }, SECRET, 3),
  )
  expect(new Set(digests).size).toBe(1)
  // The text that PHP makes of it, written out.
  const base = `goods=a${items.map(([name, value]) => `${name}=${value}`).join('')}goodsid2=bsign_version=3uid=c`
  expect(digests[0]).toBe(pingbackDigest({ [base.slice(0, base.indexOf('='))]: base.slice(6) }, SECRET, 3))
})

test('names are sorted by their bytes', () => {
  const base = 'Z=1a=2가=3'
  expect(pingbackDigest({ 가: '3', a: '2', Z: '1' }, SECRET, 3)).toBe(pingbackDigest({ Z: base.slice(2) }, SECRET, 3))
})

test('two digests are the same, or not, whatever their lengths', () => {
  expect(isSame('abc', 'abc')).toBe(true)
  expect(isSame('abd', 'abc')).toBe(false)
  expect(isSame('', 'abc')).toBe(false)
  expect(isSame('abcabc', 'abc')).toBe(false)
  expect(isSame('가나다', 'abcabcabc')).toBe(false)
})
