// The hint in a webhook: every form it may have, odd remarks beside readable ids, and everything a
// stranger may post instead.
// Must not know: HTTP servers, databases.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ReadHint } from '../../src/domain/gateway.ts'
import { parseIamportHint, readIamportHint } from '../../src/gateways/iamport/hint.ts'

const JSON_TYPE = 'application/json'
const FORM = 'application/x-www-form-urlencoded'
const HINT = { kind: 'hint', gatewayRef: 'imp_448833221100', merchantUid: 'ord-20260806-0001' }
const IDS = { kind: 'hint', gatewayRef: 'imp_1', merchantUid: 'ord-1' }

const read = (type: string | undefined, body: string): ReadHint => parseIamportHint(type, Buffer.from(body))
const posted = (changes: object): ReadHint =>
  read(JSON_TYPE, JSON.stringify({ imp_uid: 'imp_1', merchant_uid: 'ord-1', status: 'paid', ...changes }))

test.for([
  [JSON_TYPE, 'JSON'],
  ['application/json; charset=utf-8', 'JSON with a charset'],
  [undefined, 'JSON without a content type'],
  ['text/plain', 'JSON as text'],
  [FORM, 'JSON declared as a form'],
  ['multipart/form-data; boundary=x', 'JSON declared as multipart'],
])('%s: %s', ([type]) => {
  const body = '{"imp_uid":"imp_448833221100","merchant_uid":"ord-20260806-0001","status":"paid"}'
  expect(read(type, body)).toEqual({ ...HINT, status: 'paid', cancellationId: null })
  expect(read(type, `\uFEFF${body}\r\n`)).toEqual({ ...HINT, status: 'paid', cancellationId: null })
})

test.for([[FORM], [`${FORM}; charset=UTF-8`], [undefined], [JSON_TYPE], ['multipart/form-data; boundary=x']])(
  'a form as %s',
  ([type]) => {
    const body = 'imp_uid=imp_448833221100&merchant_uid=ord-20260806-0001&status=cancelled&cancellation_id=cncl_7f21c0'
    expect(read(type, body)).toEqual({ ...HINT, status: 'cancelled', cancellationId: 'cncl_7f21c0' })
    expect(read(type, `${body}\r\n`)).toEqual({ ...HINT, status: 'cancelled', cancellationId: 'cncl_7f21c0' })
  },
)

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

describe('readable ids are a hint, and an odd remark is dropped', () => {
  test.for([
    ['a status of 50 letters', { status: 'x'.repeat(50) }, { status: '' }],
    ['a status that is a number', { status: 1 }, { status: '' }],
    ['a status that is true', { status: true }, { status: '' }],
    ['a status that is an object', { status: { a: 1 } }, { status: '' }],
    ['a status that is a list', { status: ['paid'] }, { status: '' }],
    ['a status with a control character', { status: 'pa\u0000id' }, { status: '' }],
    ['a status with half a surrogate', { status: '\uD800' }, { status: '' }],
    ['a cancellation id that is a number', { cancellation_id: 77 }, { cancellationId: '77' }],
    ['a cancellation id that is a fraction', { cancellation_id: 7.5 }, { cancellationId: null }],
    ['a cancellation id that is an object', { cancellation_id: {} }, { cancellationId: null }],
    ['a cancellation id of 81 letters', { cancellation_id: 'x'.repeat(81) }, { cancellationId: null }],
    ['a cancellation id with a control character', { cancellation_id: 'a\n' }, { cancellationId: null }],
  ] as const)('%s', ([, changes, said]) => {
    expect(posted(changes)).toMatchObject({ ...IDS, ...said })
  })

  test.for([
    ['a line break', 'two\r\nlines'],
    ['a tab', 'a\tb'],
    ['a control character', 'a\u0001b'],
    ['a quote escaped as another language does it', "it\\'s"],
    ['a path', 'C:\\sent\\x'],
    ['half an escape', '50\\u20'],
  ])('in JSON that a remark with %s has spoilt', ([, remark]) => {
    const body = (name: string) =>
      `{"${name}":"${remark}",\n "imp_uid":"imp_1","merchant_uid":"ord-1",\t"status":"paid"}`
    expect(() => JSON.parse(body('reason'))).toThrow(SyntaxError)
    expect(read(JSON_TYPE, body('reason'))).toEqual({ ...IDS, status: 'paid', cancellationId: null })
    expect(read(undefined, body('custom_data'))).toMatchObject(IDS)
  })

  test.for([
    [{ imp_uid: 448_833_221_100 }, { gatewayRef: '448833221100' }],
    [{ merchant_uid: 20_260_806 }, { merchantUid: '20260806' }],
  ] as const)('an id that is a whole number is its text: %j', ([changes, said]) => {
    expect(posted(changes)).toMatchObject({ kind: 'hint', ...said })
  })

  test.for([
    ['a stray % in an unknown field', 'imp_uid=imp_1&merchant_uid=ord-1&note=100%', {}],
    ['a stray % in the status', 'imp_uid=imp_1&merchant_uid=ord-1&status=50%off', { status: '50%off' }],
    ['a broken escape in the status', 'imp_uid=imp_1&merchant_uid=ord-1&status=%ff', { status: '' }],
    ['escapes of another encoding', 'imp_uid=imp_1&merchant_uid=ord-1&name=%B0%A1', {}],
    ['a stray % in an order', 'imp_uid=imp_1&merchant_uid=100%', { merchantUid: '100%' }],
    ['an id that comes twice, the same', 'imp_uid=imp_1&imp_uid=imp_1&merchant_uid=ord-1', {}],
    ['an id that comes twice, once empty', 'imp_uid=&imp_uid=imp_1&merchant_uid=ord-1', {}],
    ['two statuses', 'imp_uid=imp_1&merchant_uid=ord-1&status=a&status=b', { status: '' }],
    [
      'two cancellation ids',
      'imp_uid=imp_1&merchant_uid=ord-1&cancellation_id=a&cancellation_id=b',
      { cancellationId: null },
    ],
  ] as const)('a form with %s', ([, body, said]) => {
    expect(read(FORM, body)).toMatchObject({ ...IDS, ...said })
  })

  /** 결제 in EUC-KR, and a letter of its Microsoft extension whose second byte is an ASCII letter. */
  const EUC_KR = [0xb0, 0xe1, 0xc1, 0xa6, 0x8c, 0x63]
  test.for([
    ['JSON', JSON_TYPE, '{"imp_uid":"imp_1","name":"', '","merchant_uid":"ord-1","status":"paid"}'],
    ['JSON in the status', JSON_TYPE, '{"imp_uid":"imp_1","merchant_uid":"ord-1","status":"', '"}'],
    ['a form', FORM, 'imp_uid=imp_1&name=', '&merchant_uid=ord-1'],
  ] as const)('bytes of EUC-KR in %s', ([, type, before, after]) => {
    const body = Uint8Array.from([...Buffer.from(before), ...EUC_KR, ...Buffer.from(after)])
    for (const declared of [type, `${type}; charset=euc-kr`, undefined])
      expect(parseIamportHint(declared, body)).toMatchObject(IDS)
  })
})

describe('multipart', () => {
  const part = (name: string, value: string, eol = '\r\n', quote = '"'): string =>
    `--X-1${eol}Content-Disposition: form-data; name=${quote}${name}${quote}${eol}${eol}${value}${eol}`
  const BODY = `${part('imp_uid', 'imp_1')}${part('merchant_uid', 'ord-1')}${part('status', 'paid')}--X-1--\r\n`

  test.for([
    ['multipart/form-data; boundary=X-1'],
    ['multipart/form-data; boundary="X-1"; charset=utf-8'],
    ['Multipart/Form-Data; Boundary=X-1'],
    ['multipart/form-data'],
    ['multipart/form-data; boundary=other'],
    [JSON_TYPE],
    [FORM],
    [undefined],
  ])('as %s', ([type]) => {
    expect(read(type, BODY)).toEqual({ ...IDS, status: 'paid', cancellationId: null })
  })

  test('with bare line ends, without quotes, and with headers of its own', () => {
    const typed = part('merchant_uid', 'ord-1', '\n', '').replace('\n\n', '\nContent-Type: text/plain\n\n')
    expect(read(undefined, `${part('imp_uid', 'imp_1', '\n', '')}${typed}--X-1--`)).toMatchObject(IDS)
  })

  test('a file is no field', () => {
    const file = part('x', 'imp_2').replace('name="x"', 'name="imp_uid"; filename="imp_uid"')
    expect(read(undefined, file + BODY)).toMatchObject(IDS)
    expect(read(undefined, `${file}--X-1--`)).toEqual({ kind: 'unreadable', why: 'imp_uid does not fit' })
  })

  test('two values of an id are refused', () => {
    expect(read(undefined, part('imp_uid', 'imp_2') + BODY)).toEqual({ kind: 'unreadable', why: 'imp_uid comes twice' })
  })

  test('of nothing but dashes is unreadable', () => {
    expect(read('multipart/form-data', '--')).toMatchObject({ kind: 'unreadable' })
    expect(read('multipart/form-data; boundary=-', '-'.repeat(60_000))).toMatchObject({ kind: 'unreadable' })
  })
})

test.for([
  [{ imp_uid: undefined }, 'imp_uid'],
  [{ imp_uid: null }, 'imp_uid'],
  [{ imp_uid: '' }, 'imp_uid'],
  [{ imp_uid: 'x'.repeat(41) }, 'imp_uid'],
  [{ imp_uid: 'with space' }, 'imp_uid'],
  [{ imp_uid: '결제' }, 'imp_uid'],
  [{ imp_uid: '..' }, 'imp_uid'],
  [{ imp_uid: 7.5 }, 'imp_uid'],
  [{ imp_uid: 2 ** 60 }, 'imp_uid'],
  [{ imp_uid: true }, 'imp_uid'],
  [{ imp_uid: ['imp_1'] }, 'imp_uid'],
  [{ imp_uid: { toString: 'x' } }, 'imp_uid'],
  [{ merchant_uid: null }, 'merchant_uid'],
  [{ merchant_uid: '' }, 'merchant_uid'],
  [{ merchant_uid: 'x'.repeat(41) }, 'merchant_uid'],
  [{ merchant_uid: 'a\u0000' }, 'merchant_uid'],
  [{ merchant_uid: '\uFFFD' }, 'merchant_uid'],
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
  ['imp_uid=imp_1&merchant_uid=ord-1&merchant_uid=ord-2', 'merchant_uid comes twice'],
  ['imp_uid[]=imp_1&merchant_uid=ord-1', 'imp_uid does not fit'],
  ['__proto__=1&merchant_uid=ord-1', 'imp_uid does not fit'],
  ['imp_uid=imp_1&merchant_uid=%ff', 'merchant_uid does not fit'],
  ['imp_uid=imp_1&merchant_uid=a%00', 'merchant_uid does not fit'],
  ['imp_uid=imp_1', 'merchant_uid does not fit'],
] as const)('form %s: %s', ([body, why]) => {
  expect(read(FORM, body)).toEqual({ kind: 'unreadable', why })
})

describe('ids that stand in the address', () => {
  const QUERY = 'imp_uid=imp_1&merchant_uid=ord-1&status=paid'
  const asked = (query: string, body: string, type?: string): ReadHint =>
    readIamportHint({ query, headers: { 'content-type': type }, body: Buffer.from(body) })

  test.for(['', '{}', 'x', '{"imp_uid":'])('are a hint where the body %j names none', (body) => {
    expect(asked(QUERY, body)).toEqual({ ...IDS, status: 'paid', cancellationId: null })
  })

  test('say nothing beside a body that names some', () => {
    expect(asked(QUERY, '{"imp_uid":"imp_2","merchant_uid":"ord-2"}', JSON_TYPE)).toMatchObject({ gatewayRef: 'imp_2' })
  })

  test('and cannot be read leave it at what is wrong with the body', () => {
    for (const query of ['', 'imp_uid=imp_1', '%%%'])
      expect(asked(query, '')).toEqual({ kind: 'unreadable', why: 'the body is empty' })
  })
})

test('an id that was spoilt so is another one, and refused', () => {
  for (const id of ['a\u0001', 'a\u007f\u0001'])
    expect(read(JSON_TYPE, `{"imp_uid":"imp_1","merchant_uid":"${id}"}`)).toMatchObject({ kind: 'unreadable' })
  expect(read(JSON_TYPE, '{"imp_uid":"imp\n1","merchant_uid":"ord-1"}')).toMatchObject({ kind: 'unreadable' })
})

test('an id with bytes that are not UTF-8 is refused in either format: it would be another one', () => {
  const ids = ['imp_uid=imp_1&merchant_uid=', '{"imp_uid":"imp_1","merchant_uid":"']
  for (const [index, before] of ids.entries()) {
    const bytes = Uint8Array.from([...Buffer.from(before), 0xff, ...Buffer.from(index === 0 ? '' : '"}')])
    for (const type of [JSON_TYPE, FORM, undefined])
      expect(parseIamportHint(type, bytes)).toMatchObject({ kind: 'unreadable' })
  }
})

test('any bytes under any content type are a hint or unreadable, and never throw', () => {
  const declared = [JSON_TYPE, FORM, 'multipart/form-data; boundary=x']
  const types = fc.option(fc.oneof(fc.constantFrom(...declared), fc.string()), { nil: undefined })
  const bodies = fc.oneof(
    fc.uint8Array(),
    fc.json().map((body) => Uint8Array.from(Buffer.from(body))),
    fc.string().map((body) => Uint8Array.from(Buffer.from(`--x\r\n${body}`))),
  )
  fc.assert(
    fc.property(types, bodies, (type, body) => {
      expect(['hint', 'unreadable']).toContain(parseIamportHint(type, body).kind)
    }),
  )
})

test('ids that are readable are a hint whatever stands beside them', () => {
  const body = fc.record({ status: fc.jsonValue(), cancellation_id: fc.jsonValue(), other: fc.jsonValue() })
  fc.assert(
    fc.property(body, (others) => {
      expect(posted(others)).toMatchObject(IDS)
    }),
  )
})
