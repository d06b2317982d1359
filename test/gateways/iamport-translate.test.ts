// i'mport's payment as evidence: units, times, words, and what is refused by the name of its field.
// Must not know: HTTP.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CURRENCIES } from '../../src/domain/currencies.ts'
import { Failure } from '../../src/domain/failures.ts'
import type { Evidence } from '../../src/domain/gateway.ts'
import { majorText, money } from '../../src/domain/money.ts'
import { IAMPORT_MAIN } from '../../src/gateways/index.ts'
import { toEvidence } from '../../src/gateways/iamport/translate.ts'
import { PAYMENT } from './wire.ts'

const evidence = (changes: object = {}): Evidence => toEvidence(IAMPORT_MAIN, { ...PAYMENT, ...changes }, 'response')
const CANCEL = { pg_tid: 'b1', amount: 5, cancelled_at: 1_786_070_000, reason: 'late #r-1', cancellation_id: 'cncl_1' }

test('the seven promised fields are enough', () => {
  const { cancel_history, paid_at, ...promised } = PAYMENT
  expect([cancel_history, paid_at]).toHaveLength(2)
  expect(toEvidence(IAMPORT_MAIN, promised, 'response')).toEqual({
    gateway: 'iamport/main',
    gatewayRef: 'imp_1',
    merchantUid: 'ord-1',
    status: 'paid',
    statusSaid: 'paid',
    amount: 1990,
    currency: 'USD',
    channel: 'live',
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

test('times are Unix seconds, and 0 has not happened', () => {
  expect(evidence({ paid_at: 1_785_901_200, failed_at: 0 })).toMatchObject({
    paidAt: '2026-08-05T03:40:00.000Z',
    failedAt: null,
  })
})

test('a sandbox payment is of the test channel', () => {
  expect(evidence({ sandbox: true })).toMatchObject({ channel: 'test' })
})

test('a status of tomorrow is kept and unrecognized', () => {
  expect(evidence({ status: 'partial_cancelled' })).toMatchObject({
    status: 'unrecognized',
    statusSaid: 'partial_cancelled',
  })
})

test('a failed payment says why; a remark that cannot be read hides nothing', () => {
  const changes = { status: 'failed', fail_reason: '(PG사 결제 장애) Internal error', failed_at: 1_785_901_200 }
  expect(evidence(changes)).toMatchObject({ status: 'failed', failReason: '(PG사 결제 장애) Internal error' })
  expect(evidence({ ...changes, fail_reason: { a: 1 }, pg_tid: 7 })).toMatchObject({
    failReason: null,
    paymentwallRef: null,
  })
})

test.for([
  [{ country_code: 'DE' }, 'DE'],
  [{ country_code: 'kr' }, 'KR'],
  [{ country_code: 'DEU' }, null],
  [{ country_code: 7 }, null],
  [{}, null],
  [[], null],
  [null, null],
  ['DE', null],
] as const)('the payer country out of %j is %s', ([extension, country]) => {
  expect(evidence({ extension }).payerCountry).toBe(country)
})

describe('cancel entries', () => {
  test('are keyed by cancellation id, in minor units, with the reason whole', () => {
    const reason = `${'long '.repeat(500)}#r-1`
    expect(evidence({ cancel_amount: 5, cancel_history: [{ ...CANCEL, reason }] }).entries).toEqual([
      { key: 'cncl_1', cancellationId: 'cncl_1', amount: 500, cancelledAt: '2026-08-07T02:33:20.000Z', reason },
    ])
  })

  test.for([[[0, 1, 2]], [[2, 1, 0]]] as const)('without ids keep their ordinals in order %j', ([order]) => {
    const all = [1, 2, 3].map((amount) => ({ amount, cancelled_at: amount, reason: null }))
    const { entries } = evidence({ cancel_history: order.map((place) => all[place]) })
    expect(entries.map(({ key, amount, reason }) => [key, amount, reason])).toEqual([
      ['#1', 100, ''],
      ['#2', 200, ''],
      ['#3', 300, ''],
    ])
  })

  test('may disagree with the total: both are kept', () => {
    const { returned, entries } = evidence({ cancel_amount: 7, cancel_history: [CANCEL] })
    expect([returned, entries[0]?.amount]).toEqual([700, 500])
  })

  test('may be null', () => {
    expect(evidence({ cancel_history: null }).entries).toEqual([])
  })
})

test.for([
  [{ imp_uid: '' }, 'response.imp_uid'],
  [{ imp_uid: 'with space' }, 'response.imp_uid'],
  [{ merchant_uid: undefined }, 'response.merchant_uid'],
  [{ merchant_uid: 'a\u0000b' }, 'response.merchant_uid'],
  [{ amount: '19.9' }, 'response.amount'],
  [{ amount: 19.999 }, 'response.amount'],
  [{ amount: 1e21 }, 'response.amount'],
  [{ amount: -1 }, 'response.amount'],
  [{ amount: 1.5, currency: 'KRW' }, 'response.amount'],
  [{ cancel_amount: null }, 'response.cancel_amount'],
  [{ cancel_amount: -0.01 }, 'response.cancel_amount'],
  [{ currency: 'XXX' }, 'response.currency'],
  [{ currency: 'usd' }, 'response.currency'],
  [{ status: null }, 'response.status'],
  [{ sandbox: 'false' }, 'response.sandbox'],
  [{ paid_at: -1 }, 'response.paid_at'],
  [{ paid_at: 1e15 }, 'response.paid_at'],
  [{ cancel_history: {} }, 'response.cancel_history'],
  [{ cancel_history: [CANCEL, { ...CANCEL, amount: null }] }, 'response.cancel_history[1].amount'],
  [{ cancel_history: [{ ...CANCEL, amount: -5 }] }, 'response.cancel_history[0].amount'],
  [{ cancel_history: [{ ...CANCEL, reason: 7 }] }, 'response.cancel_history[0].reason'],
  [{ cancel_history: [CANCEL, CANCEL] }, 'response.cancel_history[1].cancellation_id'],
  [
    { cancel_history: [{ amount: 1 }, { amount: 2, cancellation_id: '#1' }] },
    'response.cancel_history[1].cancellation_id',
  ],
] as const)('%j cannot be read at %s', ([changes, field]) => {
  const refused = (): Evidence => evidence(changes)
  expect(refused).toThrow(Failure)
  expect(refused).toThrow(expect.objectContaining({ kind: 'gatewayAnswerUnreadable', details: { field } }))
})

test('what cannot be read is named, and its value is not repeated', () => {
  expect(() => evidence({ merchant_uid: 'zoe@example.com\u0000' })).toThrow(/^(?!.*zoe).*response\.merchant_uid/)
})

test('an amount of any currency comes back to the minor unit', () => {
  const amounts = fc.tuple(fc.constantFrom(...CURRENCIES), fc.integer({ min: 0, max: 99_999_999_999 }))
  fc.assert(
    fc.property(amounts, ([currency, minor]) => {
      const wire: unknown = JSON.parse(`{"amount":${majorText(money(minor, currency))}}`)
      expect(evidence({ ...Object(wire), currency }).amount).toBe(minor)
    }),
  )
})

test('whatever stands on the wire is evidence or a named failure, and nothing else', () => {
  const anything = fc.oneof(
    fc.anything(),
    fc.record({ ...anyField(), cancel_history: fc.array(fc.record(anyCancel())) }),
  )
  fc.assert(
    fc.property(anything, (wire) => {
      try {
        expect(toEvidence(IAMPORT_MAIN, wire, 'response').amount).toBeGreaterThanOrEqual(0)
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
