// i'mport's payment as evidence: units, times, words, whose it is, and what is refused by the name
// of its field.
// Must not know: HTTP.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { CURRENCIES } from '../../src/domain/currencies.ts'
import { Failure } from '../../src/domain/failures.ts'
import type { Evidence } from '../../src/domain/gateway.ts'
import { majorText, money } from '../../src/domain/money.ts'
import { isReadable, readElement, toEvidence } from '../../src/gateways/iamport/translate.ts'
import { CANCEL, lacking, PAYMENT, readingOn } from './wire.ts'

const { reading } = readingOn()
const evidence = (changes: object = {}): Evidence => toEvidence(reading, { ...PAYMENT, ...changes }, 'response')

test('the six needed fields are enough', () => {
  const { imp_uid, merchant_uid, amount, cancel_amount, currency, status } = PAYMENT
  const needed = { imp_uid, merchant_uid, amount, cancel_amount, currency, status }
  expect(toEvidence(reading, needed, 'response')).toEqual({
    gateway: 'iamport/main',
    gatewayRef: 'imp_1',
    merchantUid: 'ord-1',
    provider: null,
    ours: true,
    status: 'paid',
    statusSaid: 'paid',
    amount: 1990,
    currency: 'USD',
    channel: null,
    returned: 0,
    entries: [],
    paidAt: null,
    failedAt: null,
    failReason: null,
    paymentwallRef: null,
    payMethod: null,
    payerCountry: null,
  })
})

test('the fields of answers published since 2017, which have no sandbox, are evidence', () => {
  const wire = { ...lacking(PAYMENT, 'sandbox'), pg_provider: 'html5_inicis', pg_tid: 'StdpayCARD', cancelled_at: 0 }
  expect(toEvidence(reading, wire, 'response')).toMatchObject({ channel: null, ours: false, amount: 1990 })
})

test('fields that nobody here knows change nothing', () => {
  expect(evidence({ risk_hint: { level: 'none' }, __proto__: { amount: 1 }, constructor: 7 })).toEqual(evidence())
})

test.for([
  [true, 'test'],
  ['true', 'test'],
  ['TRUE', 'test'],
  [1, 'test'],
  ['1', 'test'],
  [false, 'live'],
  ['false', 'live'],
  [0, 'live'],
  ['0', 'live'],
  [undefined, null],
  [null, null],
  ['', null],
  ['yes', null],
  [2, null],
  [{}, null],
  [[], null],
] as const)('sandbox %j is the channel %s', ([sandbox, channel]) => {
  expect(evidence({ sandbox }).channel).toBe(channel)
})

test.for([
  ['paymentwall', 'paymentwall', true],
  ['Paymentwall', 'Paymentwall', true],
  [' paymentwall ', 'paymentwall', true],
  ['paymentwall.t_0123456789abcdef', 'paymentwall.t_0123456789abcdef', true],
  ['paymentwall2', 'paymentwall2', false],
  ['html5_inicis', 'html5_inicis', false],
  ['kakaopay.paymentwall', 'kakaopay.paymentwall', false],
  [undefined, null, true],
  [null, null, true],
  ['', null, true],
  ['  ', null, true],
  [7, null, true],
  [['paymentwall'], null, true],
] as const)('pg_provider %j is the provider %j, ours: %s', ([pg_provider, provider, ours]) => {
  expect(evidence({ pg_provider })).toMatchObject({ provider, ours })
})

test.for([
  ['paid', 'paid', 'paid'],
  ['ready', 'ready', 'ready'],
  ['cancelled', 'cancelled', 'cancelled'],
  ['failed', 'failed', 'failed'],
  ['partial_cancelled', 'unrecognized', 'partial_cancelled'],
  ['PAID', 'paid', 'PAID'],
  [' Cancelled ', 'cancelled', ' Cancelled '],
  ['', 'unrecognized', ''],
  ['constructor', 'unrecognized', 'constructor'],
  ['x'.repeat(50), 'unrecognized', 'x'.repeat(32)],
  ['a\u0000b', 'unrecognized', 'a b'],
] as const)('the status %j is %s', ([status, kind, statusSaid]) => {
  expect(evidence({ status })).toMatchObject({ status: kind, statusSaid })
})

test.for([
  [19.9, 'USD', 1990],
  ['19.9', 'USD', 1990],
  ['19.90', 'USD', 1990],
  ['0019.90000', 'USD', 1990],
  [30.299999999999997, 'USD', 3030],
  ['30.299999999999997', 'USD', 3030],
  [0.30000000000000004, 'USD', 30],
  [27_964.000000000004, 'KRW', 27_964],
  [-2.7755575615628914e-17, 'USD', 0],
  [0, 'KRW', 0],
] as const)('an amount of %j %s is %d', ([amount, currency, minor]) => {
  expect(evidence({ amount, cancel_amount: amount, currency })).toMatchObject({ amount: minor, returned: minor })
})

test.for([
  [{ imp_uid: 448_833_221_100 }, { gatewayRef: '448833221100' }],
  [{ merchant_uid: 20_260_806 }, { merchantUid: '20260806' }],
  [{ merchant_uid: '주문 1' }, { merchantUid: '주문 1' }],
  [{ pg_tid: 7 }, { paymentwallRef: '7' }],
] as const)('an id that is a number is its text: %j', ([changes, said]) => {
  expect(evidence(changes)).toMatchObject(said)
})

test.for([
  [1_785_901_200, '2026-08-05T03:40:00.000Z'],
  [1_785_901_200_123, '2026-08-05T03:40:00.123Z'],
  ['1785901200', '2026-08-05T03:40:00.000Z'],
  ['1785901200123', '2026-08-05T03:40:00.123Z'],
  [1_785_901_200.75, '2026-08-05T03:40:00.750Z'],
  [99_999_999_999, '5138-11-16T09:46:39.000Z'],
  [253_402_300_799_999, '9999-12-31T23:59:59.999Z'],
  [253_402_300_800_000, null],
  ['1785901200000000', null],
  [0, null],
  ['0', null],
  [null, null],
  [undefined, null],
  [-1, null],
  ['-1', null],
  [1e15, null],
  [1e300, null],
  ['9'.repeat(400), null],
  ['2026-08-05 03:40:00', null],
  ['', null],
  [true, null],
  [{}, null],
] as const)('the time %j is %s', ([paid_at, time]) => {
  expect(evidence({ paid_at, failed_at: paid_at })).toMatchObject({ paidAt: time, failedAt: time })
})

test('a failed payment says why; a remark that cannot be read hides nothing', () => {
  const changes = { status: 'failed', fail_reason: '(PG사 결제 장애) Internal error', failed_at: 1_785_901_200 }
  expect(evidence(changes)).toMatchObject({ status: 'failed', failReason: '(PG사 결제 장애) Internal error' })
  expect(evidence({ ...changes, fail_reason: { a: 1 }, pg_tid: [], pay_method: 7 })).toMatchObject({
    failReason: null,
    paymentwallRef: null,
    payMethod: null,
  })
})

test.for([
  [{ country_code: 'DE' }, 'DE'],
  [{ country_code: 'kr' }, 'KR'],
  [{ country_code: 'DEU' }, null],
  [{ country_code: 7 }, null],
  [{ country_code: null }, null],
  [{}, null],
  [[], null],
  [null, null],
  ['DE', null],
] as const)('the payer country out of %j is %s', ([extension, country]) => {
  expect(evidence({ extension }).payerCountry).toBe(country)
})

test.for([
  [{ imp_uid: '' }, 'response.imp_uid'],
  [{ imp_uid: 'with space' }, 'response.imp_uid'],
  [{ imp_uid: null }, 'response.imp_uid'],
  [{ imp_uid: 1.5 }, 'response.imp_uid'],
  [{ imp_uid: 2 ** 53 }, 'response.imp_uid'],
  [{ imp_uid: true }, 'response.imp_uid'],
  [{ imp_uid: '..' }, 'response.imp_uid'],
  [{ merchant_uid: undefined }, 'response.merchant_uid'],
  [{ merchant_uid: '' }, 'response.merchant_uid'],
  [{ merchant_uid: 'a\u0000b' }, 'response.merchant_uid'],
  [{ merchant_uid: ['ord-1'] }, 'response.merchant_uid'],
  [{ amount: undefined }, 'response.amount'],
  [{ amount: null }, 'response.amount'],
  [{ amount: true }, 'response.amount'],
  [{ amount: '' }, 'response.amount'],
  [{ amount: '1,990' }, 'response.amount'],
  [{ amount: ' 19.9' }, 'response.amount'],
  [{ amount: '19.9 USD' }, 'response.amount'],
  [{ amount: '1e3' }, 'response.amount'],
  [{ amount: [19.9] }, 'response.amount'],
  [{ amount: 19.999 }, 'response.amount'],
  [{ amount: 19.905 }, 'response.amount'],
  [{ amount: '19.905' }, 'response.amount'],
  [{ amount: 1e21 }, 'response.amount'],
  [{ amount: Number.POSITIVE_INFINITY }, 'response.amount'],
  [{ amount: -1 }, 'response.amount'],
  [{ amount: '-0.01' }, 'response.amount'],
  [{ amount: 1.5, currency: 'KRW' }, 'response.amount'],
  [{ cancel_amount: undefined }, 'response.cancel_amount'],
  [{ cancel_amount: null }, 'response.cancel_amount'],
  [{ cancel_amount: -0.01 }, 'response.cancel_amount'],
  [{ currency: 'XXX' }, 'response.currency'],
  [{ currency: 'US' }, 'response.currency'],
  [{ currency: 'U SD' }, 'response.currency'],
  [{ currency: undefined }, 'response.currency'],
  [{ currency: 840 }, 'response.currency'],
  [{ status: null }, 'response.status'],
  [{ status: 1 }, 'response.status'],
  [{ cancel_history: [CANCEL, { ...CANCEL, amount: null }] }, 'response.cancel_history[1].amount'],
  [{ cancel_history: [{ ...CANCEL, amount: -5 }] }, 'response.cancel_history[0].amount'],
  [{ cancel_history: [{ ...CANCEL, amount: 5.005 }] }, 'response.cancel_history[0].amount'],
  [{ cancel_history: [null] }, 'response.cancel_history[0]'],
] as const)('%j cannot be read at %s', ([changes, field]) => {
  const refused = (): Evidence => evidence(changes)
  expect(refused).toThrow(Failure)
  expect(refused).toThrow(expect.objectContaining({ kind: 'gatewayAnswerUnreadable', details: { field } }))
})

test('what cannot be read is named, and its value is not repeated', () => {
  expect(() => evidence({ merchant_uid: 'zoe@example.com\u0000' })).toThrow(/^(?!.*zoe).*response\.merchant_uid/)
  expect(() => evidence({ amount: 'zoe@example.com' })).toThrow(/^(?!.*zoe).*response\.amount/)
  expect(() => evidence({ currency: 'zoe' })).toThrow(/^(?!.*zoe).*response\.currency/)
})

test.for([
  [{}, { gatewayRef: 'imp_1', merchantUid: 'ord-1', ours: true }],
  [
    { imp_uid: 7, merchant_uid: 8 },
    { gatewayRef: '7', merchantUid: '8', ours: true },
  ],
  [{ imp_uid: null }, { gatewayRef: null, merchantUid: 'ord-1', ours: true }],
  [{ merchant_uid: 'a\u0000' }, { gatewayRef: 'imp_1', merchantUid: null, ours: true }],
  [{ pg_provider: 'html5_inicis' }, { ours: false }],
  [{ pg_provider: {} }, { ours: true }],
  [{ pg_provider: null }, { ours: true }],
] as const)('an unreadable element keeps what can be read of %j', ([changes, said]) => {
  const element = readElement(reading, { ...PAYMENT, amount: null, ...changes }, 'response.list[]')
  expect(isReadable(element)).toBe(false)
  expect(element).toMatchObject({ ...said, why: expect.stringMatching(/response\.list\[\]\.(amount|imp|merch)/) })
})

test.for([null, undefined, 7, 'x', true, []])('an element that is %j has no ids, and may be ours', (wire) => {
  expect(readElement(reading, wire, 'response.list[]')).toEqual({
    gatewayRef: null,
    merchantUid: null,
    ours: true,
    why: expect.stringMatching(/response\.list\[\]/),
  })
})

test('an amount of any currency comes back to the minor unit', () => {
  const amounts = fc.tuple(fc.constantFrom(...CURRENCIES), fc.integer({ min: 0, max: 99_999_999_999 }))
  fc.assert(
    fc.property(amounts, ([currency, minor]) => {
      const text = majorText(money(minor, currency))
      const wire: unknown = JSON.parse(`{"amount":${text}}`)
      expect(evidence({ ...Object(wire), currency }).amount).toBe(minor)
      expect(evidence({ amount: text, currency }).amount).toBe(minor)
    }),
  )
})

test('whatever stands on the wire is evidence that a database can keep, or a named failure, and nothing else', () => {
  const anything = fc.oneof(
    fc.anything(),
    fc.record({ ...anyField(), cancel_history: fc.array(fc.record(anyCancel())) }),
  )
  fc.assert(
    fc.property(anything, (wire) => {
      try {
        const { amount, entries, paidAt, failedAt } = toEvidence(reading, wire, 'response')
        expect(amount).toBeGreaterThanOrEqual(0)
        for (const entry of entries) expect(entry.amount).toBeGreaterThan(0)
        for (const time of [paidAt, failedAt, ...entries.map(({ cancelledAt }) => cancelledAt)])
          if (time !== null) expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/)
      } catch (error) {
        expect(error).toMatchObject({ kind: 'gatewayAnswerUnreadable', details: { field: expect.any(String) } })
      }
    }),
  )
})

const mostly = (value: unknown): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.anything() })

function anyField(): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(Object.entries(PAYMENT).map(([name, value]) => [name, mostly(value)]))
}

function anyCancel(): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(Object.entries(CANCEL).map(([name, value]) => [name, mostly(value)]))
}
