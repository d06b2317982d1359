// Paymentwall's signatures against the vectors of paymentwall.md §4.2.
// Must not know HTTP.
import { expect, test } from 'vitest'
import { isSigned, parametersOf, sign, type Parameters } from '../../src/simulator/paymentwall/signature.ts'
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

const VECTORS: [string, Parameters, 2 | 3, string][] = [
  ['W2', WIDGET, 2, 'a66c0c2e0fbb94754fd352bf720acde6'],
  ['W3', WIDGET, 3, '6bb44bd1498c1e37c8bb157615ae57fa4e85e8ccccc36c1b360e0ac0665ef6dd'],
  ['P2', PINGBACK, 2, 'f30093fc2430becf0c0cd3d2ded5f518'],
  ['P3', PINGBACK, 3, '57a7f0340bf5370955e2fb967b86684d0832479a576a3bd5ac193ab24f94e7ec'],
  ['N2', NEGATIVE, 2, 'a5cb8a86f3030392e3c15653cd526e29'],
  ['N3', NEGATIVE, 3, 'b5a01b553543fedb764f32d240ee8b22491f50b85644332506be3ea22da54dc5'],
  ['R220', PART, 3, 'cb0320f28807817e07b7ed826d288b5c5ba4f0e7e3d08c8e9968712fe5e6d126'],
  ['R201', { ...PINGBACK, type: '201' }, 3, '470b03971560a3e9d8dba9e96ec7ac263efc8de5b648ef3de04b6787cd476b4c'],
  ['U3', { ...PINGBACK, uid: '구매자' }, 3, '87c816fc391324be4ea68a03d820d991b46b0c5b011e618ed7da64edb4e856d5'],
  ['V2', COINS, 2, '27b1ae9fa8a79baee7a879b0c027c82b'],
  ['C2', CART, 2, 'a4d9d9d5841cc36b8b0bd05130ebaf11'],
  ['T2', TICKET, 2, '20f0073fd8014583187d6d81f80c9fa6'],
  ['T3', TICKET, 3, '81b983111894d0eadfbd77f073800e34fe7b6f780083842d620a1c1d16fd6314'],
  ['T5', PART_TICKET, 3, '343517ce77bbaf6d7dbbd9aab6344c95ae05ab5ee89369e50ada5e7a7641bb71'],
  ['S3', { key: KEY, ref: 'b900100200' }, 3, '1169a4e9aa6b81c46e5554f7824a5f3fbfd8b670856cacffb2bc77f8b01f3db5'],
]

test.each(VECTORS)('vector %s', (_, parameters, version, digest) => {
  const versioned: Parameters = { ...parameters, sign_version: String(version) }
  expect(sign(versioned, SECRET, version)).toBe(digest)
  expect(isSigned({ ...versioned, sign: digest }, SECRET)).toBe(true)
  expect(isSigned({ ...versioned, sign: digest, extra: '1' }, SECRET)).toBe(false)
})

test('vector T0: a ticket without sign_version is signed by MD5', () => {
  expect(isSigned({ ...TICKET, sign: '3e67abfabb26355ada500d8b3dc76ab9' }, SECRET)).toBe(true)
})

test('version 1 is not enough for a request', () => {
  expect(isSigned({ uid: 'buyer-77', sign_version: '1', sign: '5bf939d2dd979a81d47db1c30fe46c42' }, SECRET)).toBe(false)
})

test('the items of an array are sorted as numbers', () => {
  const items = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`goodsid[${index}]`, String(index)]))
  const reversed = Object.fromEntries(Object.entries(items).reverse())
  expect(sign(reversed, SECRET, 3)).toBe(sign(items, SECRET, 3))
})

test('a name that comes twice is not read', () => {
  expect(parametersOf('ref=a&ref=b')).toBeUndefined()
  expect(parametersOf('uid=%EA%B5%AC+a')).toEqual({ uid: '구 a' })
})
