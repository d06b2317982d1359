// Pingbacks: what each says, and what is refused as a forgery (paymentwall.md §4.3, §5).
// Must not know: the receiver, what becomes of an order.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { ReadHint, SignedEvent } from '../../src/domain/gateway.ts'
import { pingbacks, readPingback } from '../../src/gateways/paymentwall/pingback.ts'
import type { SignVersion } from '../../src/gateways/paymentwall/signature.ts'

const SECRET = '0f1e2d3c4b5a69788796a5b4c3d2e1f0'
const PAID = { uid: 'buyer-77', goodsid: 'order-1001', slength: '', speriod: '', type: '0', ref: 'b900100200' }
type Fields = Readonly<Record<string, string>>

/** Signed by hand: flat names of letters alone, sorted. */
function query(fields: Fields, version: SignVersion = 3): string {
  const all: Fields = version === 1 ? fields : { ...fields, sign_version: String(version) }
  const base =
    version === 1
      ? `uid=${fields.uid}goodsid=${fields.goodsid}slength=${fields.slength}speriod=${fields.speriod}type=${fields.type}ref=${fields.ref}`
      : Object.keys(all)
          .toSorted()
          .map((name) => `${name}=${all[name]}`)
          .join('')
  const sig = createHash(version === 3 ? 'sha256' : 'md5')
    .update(base + SECRET)
    .digest('hex')
  return new URLSearchParams({ ...all, sig }).toString()
}
const read = (text: string, version: SignVersion = 3): ReadHint =>
  readPingback({ secret: SECRET, version }, { query: text })
const said = (fields: Fields) => {
  const hint = read(query({ ...PAID, ...fields }))
  if (hint.kind !== 'signed') throw new Error(`it is ${hint.kind}: ${JSON.stringify(hint)}`)
  return hint.signed
}

const returned = (more: Partial<Extract<SignedEvent, { kind: 'returned' }>>) =>
  expect.objectContaining({ kind: 'returned', part: null, refundId: null, mark: null, ...more })
const CASES: readonly (readonly [Fields, string, unknown])[] = [
  [{ type: '0' }, '0', { kind: 'paid', gift: false }],
  [{ type: '1' }, '1', { kind: 'paid', gift: true }],
  [{ type: '200' }, '200', { kind: 'review' }],
  [{ type: '201' }, '201', { kind: 'paid', gift: false }],
  [{ type: '202' }, '202', expect.objectContaining({ kind: 'declined' })],
  [{ type: '203' }, '203', expect.objectContaining({ kind: 'declined' })],
  [{ type: '12' }, '12', expect.objectContaining({ kind: 'remark' })],
  [{ type: '13' }, '13', expect.objectContaining({ kind: 'remark' })],
  [{ type: '14' }, '14', expect.objectContaining({ kind: 'remark' })],
  [{ type: '77' }, '77', { kind: 'unrecognized', said: 'a pingback of type 77' }],
  [{ type: '2', reason: '9' }, '2.9', returned({ said: 'cancelled order' })],
  [{ type: '2', reason: '9', merchant_refund_id: 'rf-3' }, '2.9', returned({ refundId: 'rf-3' })],
  ...['1', '2', '3'].map((reason) => [{ type: '2', reason }, `2.${reason}`, returned({ mark: 'chargeback' })] as const),
  ...['4', '5', '6', '7', '8'].map(
    (reason) => [{ type: '2', reason }, `2.${reason}`, returned({ mark: 'console' })] as const,
  ),
  [{ type: '2', reason: '10' }, '2.10', { kind: 'partReturned', said: 'a part was reversed' }],
  [{ type: '2', reason: '11' }, '2.11', returned({ said: 'reversed for an unknown reason' })],
  [{ type: '2' }, '2.none', returned({ said: 'reversed for an unknown reason' })],
  [{ type: '2', cb_type: 'chargeback' }, '2.none', returned({ mark: 'chargeback' })],
  [
    { type: '220', refund_amount: '4.25', merchant_refund_id: 'rf-3' },
    '220.rf-3.4.25',
    returned({ refundId: 'rf-3', part: { amount: '4.25', currency: null } }),
  ],
  [
    { type: '220', refund_amount: '5000', merchant_refund_id: 'rf-3', paid_ccy: 'KRW' },
    '220.rf-3.5000',
    returned({ refundId: 'rf-3', part: { amount: '5000', currency: 'KRW' } }),
  ],
  [{ type: '220', merchant_refund_id: 'rf-3' }, '220.none', expect.objectContaining({ kind: 'partReturned' })],
]

test.each(CASES)('%j has the key %s', (fields, key, event) => {
  expect(said(fields)).toMatchObject({ gatewayRef: 'b900100200', merchantUid: 'order-1001', key, event })
})

test('a part that names no refund has a key of all that was signed', () => {
  const one = said({ type: '220', refund_amount: '4.25' })
  expect(one.key).toMatch(/^220\.[0-9a-f]{16}$/)
  expect(said({ type: '220', refund_amount: '4.25' }).key).toBe(one.key)
  expect(said({ type: '220', refund_amount: '4.26' }).key).not.toBe(one.key)
})

test('custom parameters are read under the names that the set-up recommends', () => {
  const custom = { price: '12.50', price_ccy: 'EUR', paid_at: '2026-11-27 09:30:00', country_code: 'de', ps: 'cc' }
  expect(said({ ...custom, is_test: '1' })).toMatchObject({
    buyerId: 'buyer-77',
    channel: 'test',
    money: { amount: 1250, currency: 'EUR' },
    paidAt: '2026-11-27T09:30:00.000Z',
    payerCountry: 'DE',
    payMethod: 'cc',
  })
  const unusable = { price: 'x', price_ccy: 'EUR', paid_at: 'yesterday', country_code: '-' }
  expect(said(unusable)).toMatchObject({ channel: 'live', money: null, paidAt: null, payerCountry: null })
})

test('of version 1 only what it signs is read', () => {
  const hint = read(query({ ...PAID, type: '2', reason: '1', is_test: '1', merchant_refund_id: 'rf-1' }, 1), 1)
  expect(hint).toMatchObject({ kind: 'signed', signed: { channel: 'live', event: { mark: null, refundId: null } } })
})

test.each([1, 2, 3] as const)('the configured version %i is the least that counts', (least) => {
  for (const version of [1, 2, 3] as const)
    expect(read(query(PAID, version), least).kind).toBe(version < least ? 'forged' : 'signed')
})

const RIGHT = query(PAID)
test.each([
  ['nothing', ''],
  ['no signature', new URLSearchParams(PAID).toString()],
  ['an empty signature', RIGHT.replace(/sig=.*$/, 'sig=')],
  ['a letter of the signature', RIGHT.replace(/.$/, (letter) => (letter === '0' ? '1' : '0'))],
  ['capital letters in it', RIGHT.replace(/sig=.*$/, (sig) => sig.toUpperCase().replace('SIG', 'sig'))],
  ['another order', RIGHT.replace('order-1001', 'order-1002')],
  ['another type', RIGHT.replace('type=0', 'type=2')],
  ['a parameter more', `${RIGHT}&reason=9`],
  ['a parameter less', RIGHT.replace('speriod=&', '')],
  ['a parameter twice', `${RIGHT}&ref=b900100200`],
  ['a parameter twice that was signed once', `type=0&${RIGHT}`],
  ['a name that is a list as well', `${RIGHT}&goodsid[0]=order-1001`],
  ['an unknown version', RIGHT.replace('sign_version=3', 'sign_version=4')],
  ['a version that is no number', RIGHT.replace('sign_version=3', 'sign_version=3x')],
  ['too much', `${RIGHT}&x=${'x'.repeat(5_000)}`],
] as const)('%s is a forgery', (_, text) => {
  expect(read(text)).toMatchObject({ kind: 'forged' })
})

test('no text can slide from one name into the next', () => {
  // The base text stays the same, so the signatures fit: what is read must not.
  const slid = (from: Fields, to: Fields) => {
    const sig = new URLSearchParams(query(from)).get('sig') ?? ''
    return read(new URLSearchParams({ ...to, sign_version: '3', sig }).toString())
  }
  const { goodsid, ...rest } = PAID
  expect(slid({ ...PAID, is_test: '1' }, { ...rest, goodsid: `${goodsid}is_test=1` })).toMatchObject({
    kind: 'unreadable',
  })
  const part = { ...PAID, type: '220', merchant_refund_id: 'rf-3', refund_amount: '4.25' }
  const { refund_amount: _, ref, ...bare } = part
  expect(slid(part, { ...bare, ref: `${ref}refund_amount=4.25` })).toMatchObject({ kind: 'unreadable' })
})

test.each([
  ['ref', { ref: '' }],
  ['ref', { ref: 'b 1' }],
  ['goodsid', { goodsid: '' }],
  ['goodsid', { goodsid: 'two words' }],
  ['type', { type: 'x' }],
  ['uid', { uid: '' }],
  ['is_test', { is_test: 'yes' }],
  ['refund_amount', { type: '220', refund_amount: '-4.25' }],
  ['merchant_refund_id', { type: '220', refund_amount: '4.25', merchant_refund_id: 'a b' }],
] as const)('what is signed and does not fit is kept for a person: %s %j', (name, fields) => {
  const hint = read(query({ ...PAID, ...fields }))
  expect(hint).toEqual({ kind: 'unreadable', why: `${name} does not fit`, isSigned: true })
})

test('the published addresses are known, the range whole', () => {
  expect(pingbacks.addresses).toHaveLength(260)
  for (const address of ['216.127.71.0', '216.127.71.255', '174.36.96.66'])
    expect(pingbacks.addresses).toContain(address)
})
