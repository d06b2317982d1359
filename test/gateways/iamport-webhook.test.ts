// The hint in a webhook: both formats, and everything a stranger may post instead.
// Must not know: HTTP servers, databases.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseIamportHint, type IamportHint } from '../../src/gateways/iamport/webhook.ts'

const JSON_TYPE = 'application/json'
const FORM = 'application/x-www-form-urlencoded'
const HINT = { kind: 'hint', impUid: 'imp_448833221100', merchantUid: 'ord-20260806-0001' }

const read = (type: string | undefined, body: string): IamportHint => parseIamportHint(type, Buffer.from(body))
const posted = (changes: object): IamportHint =>
  read(JSON_TYPE, JSON.stringify({ imp_uid: 'imp_1', merchant_uid: 'ord-1', status: 'paid', ...changes }))

test.for([
  [JSON_TYPE, 'JSON'],
  ['application/json; charset=utf-8', 'JSON with a charset'],
  [undefined, 'JSON without a content type'],
  ['text/plain', 'JSON as text'],
  [FORM, 'JSON declared as a form'],
])('%s: %s', ([type]) => {
  const body = '{"imp_uid":"imp_448833221100","merchant_uid":"ord-20260806-0001","status":"paid"}'
  expect(read(type, body)).toEqual({ ...HINT, status: 'paid', cancellationId: null })
})

test.for([[FORM], [`${FORM}; charset=UTF-8`], [undefined], [JSON_TYPE]])('a form as %s', ([type]) => {
  const body = 'imp_uid=imp_448833221100&merchant_uid=ord-20260806-0001&status=cancelled&cancellation_id=cncl_7f21c0'
  expect(read(type, body)).toEqual({ ...HINT, status: 'cancelled', cancellationId: 'cncl_7f21c0' })
})

test('a status may be missing, null, or one of tomorrow; unknown fields are tolerated', () => {
  expect(posted({ status: undefined })).toMatchObject({ kind: 'hint', status: '' })
  expect(posted({ status: null, cancellation_id: '' })).toMatchObject({
    kind: 'hint',
    status: '',
    cancellationId: null,
  })
  expect(posted({ status: 'pay_pending', tx: [1] })).toMatchObject({ kind: 'hint', status: 'pay_pending' })
})

test('an order of another system may be written in Korean', () => {
  expect(posted({ merchant_uid: '주문 1' })).toMatchObject({ kind: 'hint', merchantUid: '주문 1' })
  expect(read(FORM, `imp_uid=imp_1&merchant_uid=${encodeURIComponent('주문')}+1`)).toMatchObject({
    merchantUid: '주문 1',
  })
})

test.for([
  [{ imp_uid: undefined }, 'imp_uid'],
  [{ imp_uid: '' }, 'imp_uid'],
  [{ imp_uid: 'x'.repeat(41) }, 'imp_uid'],
  [{ imp_uid: 'with space' }, 'imp_uid'],
  [{ imp_uid: '..' }, 'imp_uid'],
  [{ imp_uid: 7 }, 'imp_uid'],
  [{ imp_uid: ['imp_1'] }, 'imp_uid'],
  [{ imp_uid: { toString: 'x' } }, 'imp_uid'],
  [{ merchant_uid: null }, 'merchant_uid'],
  [{ merchant_uid: 'x'.repeat(41) }, 'merchant_uid'],
  [{ merchant_uid: 'a\u0000' }, 'merchant_uid'],
  [{ status: 'x'.repeat(33) }, 'status'],
  [{ status: true }, 'status'],
  [{ cancellation_id: 7 }, 'cancellation_id'],
] as const)('%j does not fit', ([changes, field]) => {
  expect(posted(changes)).toEqual({ kind: 'unreadable', why: `${field} does not fit` })
})

test.for([
  ['', 'the body is empty'],
  [' \n', 'the body is empty'],
  ['{"imp_uid":', 'the body is not JSON'],
  ['[{"imp_uid":"imp_1","merchant_uid":"ord-1"}]', 'the body is not an object'],
  ['null', 'the body is not an object'],
  ['"imp_1"', 'the body is not an object'],
  ['{"__proto__":{"imp_uid":"imp_1","merchant_uid":"ord-1"}}', 'imp_uid does not fit'],
  ['{"constructor":1,"toString":2}', 'imp_uid does not fit'],
] as const)('JSON %j: %s', ([body, why]) => {
  expect(read(JSON_TYPE, body)).toEqual({ kind: 'unreadable', why })
})

test.for([
  ['imp_uid=imp_1&imp_uid=imp_2&merchant_uid=ord-1', 'imp_uid comes twice'],
  ['imp_uid=imp_1&merchant_uid=ord-1&status=a&status=b', 'status comes twice'],
  ['imp_uid[]=imp_1&merchant_uid=ord-1', 'imp_uid does not fit'],
  ['__proto__=1&merchant_uid=ord-1', 'imp_uid does not fit'],
  ['imp_uid=imp_1&merchant_uid=%ff', 'the form has a broken escape'],
  ['imp_uid=imp_1&merchant_uid=%', 'the form has a broken escape'],
  ['imp_uid=imp_1&merchant_uid=a%00', 'merchant_uid does not fit'],
] as const)('form %s: %s', ([body, why]) => {
  expect(read(FORM, body)).toEqual({ kind: 'unreadable', why })
})

test('bytes that are not UTF-8 are refused in either format', () => {
  const bytes = Uint8Array.from([...Buffer.from('imp_uid=imp_1&merchant_uid='), 0xff])
  for (const type of [JSON_TYPE, FORM, undefined]) {
    expect(parseIamportHint(type, bytes)).toEqual({ kind: 'unreadable', why: 'the body is not UTF-8' })
  }
})

test('any bytes under any content type are a hint or unreadable, and never throw', () => {
  const types = fc.option(fc.oneof(fc.constantFrom(JSON_TYPE, FORM), fc.string()), { nil: undefined })
  const bodies = fc.oneof(
    fc.uint8Array(),
    fc.json().map((body) => Uint8Array.from(Buffer.from(body))),
  )
  fc.assert(
    fc.property(types, bodies, (type, body) => {
      expect(['hint', 'unreadable']).toContain(parseIamportHint(type, body).kind)
    }),
  )
})
