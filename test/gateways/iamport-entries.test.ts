// A cancel_history as entries: what is money is strict, what describes is lenient, and who asked
// where that is known.
// Must not know: HTTP, refunds.
import { describe, expect, test } from 'vitest'
import { reasonMarker } from '../../src/domain/ids.ts'
import { entriesOf, foreignMarkOf } from '../../src/gateways/iamport/entries.ts'
import { toEvidence } from '../../src/gateways/iamport/translate.ts'
import { CANCEL, lacking, PAYMENT, readingOn, type Note } from './wire.ts'

function read(wires: readonly unknown[]) {
  const { reading, notes } = readingOn()
  const entries = entriesOf(wires, 'USD', 'response.cancel_history', reading.onMissing)
  return { entries, notes: notes.map(([field]) => field) }
}

test('an entry has its id, its amount in minor units, its time and its reason', () => {
  expect(read([CANCEL])).toEqual({
    entries: [
      {
        cancellationId: 'cncl_1',
        amount: 500,
        cancelledAt: '2026-08-07T02:33:20.000Z',
        reason: '#r-1 late',
        mark: null,
      },
    ],
    notes: [],
  })
})

test('entries stand as they stand on the wire, whatever their times and ids', () => {
  const wires = [3, 1, 2].map((amount) => ({ ...lacking(CANCEL, 'cancellation_id'), amount, cancelled_at: amount }))
  expect(read(wires).entries.map(({ amount, cancellationId }) => [amount, cancellationId])).toEqual([
    [300, null],
    [100, null],
    [200, null],
  ])
})

test('the same entry twice, and the same id on two amounts, are both kept: who pairs them decides', () => {
  expect(read([CANCEL, CANCEL]).entries).toHaveLength(2)
  expect(read([CANCEL, { ...CANCEL, amount: 7 }]).entries.map(({ amount }) => amount)).toEqual([500, 700])
})

test.for([
  [0, 0],
  ['0.00', 0],
  [-0, 0],
  [5.551115123125783e-17, 0],
  [0.01, 1],
] as const)('an amount of %j makes %d entries, and nothing is noted of the rest', ([amount, count]) => {
  const { entries, notes } = read([{ ...CANCEL, amount }])
  expect(entries).toHaveLength(count)
  expect(notes).toEqual(count === 0 ? ['cancel_history[].amount'] : [])
})

test('an entry of nothing hides no other', () => {
  expect(read([{ ...CANCEL, amount: 0 }, CANCEL]).entries).toMatchObject([{ amount: 500 }])
})

test.for([
  [7, '7', 0],
  ['', null, 1],
  [null, null, 1],
  [undefined, null, 1],
  [1.5, null, 1],
  [{}, null, 1],
  [true, null, 1],
  ['a\u0000', null, 1],
  ['x'.repeat(201), null, 1],
  ['#1', '#1', 0],
] as const)('the cancellation_id %j is %j', ([cancellation_id, id, noted]) => {
  const { entries, notes } = read([{ ...CANCEL, cancellation_id }])
  expect(entries).toMatchObject([{ cancellationId: id, amount: 500 }])
  expect(notes).toEqual(noted === 1 ? ['cancel_history[].cancellation_id'] : [])
})

test.for([
  [1_786_070_000, '2026-08-07T02:33:20.000Z', 0],
  [1_786_070_000_000, '2026-08-07T02:33:20.000Z', 0],
  ['1786070000', '2026-08-07T02:33:20.000Z', 0],
  [0, null, 1],
  [null, null, 1],
  [undefined, null, 1],
  [-1, null, 1],
  [1e18, null, 1],
  ['now', null, 1],
] as const)('the time %j is %s', ([cancelled_at, time, noted]) => {
  const { entries, notes } = read([{ ...CANCEL, cancelled_at }])
  expect(entries).toMatchObject([{ cancelledAt: time }])
  expect(notes).toEqual(noted === 1 ? ['cancel_history[].cancelled_at'] : [])
})

test.for([
  ['', '', 0],
  [null, '', 1],
  [undefined, '', 1],
  [7, '', 1],
  [['#r-1 late'], '', 1],
  [' #r-1 late ', ' #r-1 late ', 0],
  ['a\u0000b\nc', 'a b c', 0],
  [`#r-1 ${'long '.repeat(300)}`, `#r-1 ${'long '.repeat(300)}`, 0],
  ['x'.repeat(5_000), 'x'.repeat(2_000), 0],
] as const)('the reason %j is kept', ([reason, kept, noted]) => {
  const { entries, notes } = read([{ ...CANCEL, reason }])
  expect(entries).toMatchObject([{ reason: kept }])
  expect(notes).toEqual(noted === 1 ? ['cancel_history[].reason'] : [])
})

test.for([
  [undefined, true],
  [null, true],
  [{}, true],
  [{ 0: CANCEL }, true],
  ['', true],
  [0, true],
  [[], false],
] as const)('a cancel_history of %j has no entries, and the sums stay as they are', ([cancel_history, noted]) => {
  const { reading, notes } = readingOn()
  const wire = { ...PAYMENT, status: 'cancelled', cancel_amount: 19.9, cancel_history }
  expect(toEvidence(reading, wire, 'response')).toMatchObject({ entries: [], returned: 1990 })
  const expected: Note[] = noted ? [['cancel_history', 'no entries; the sums stay as they are']] : []
  expect(notes).toEqual(expected)
})

test('entries may disagree with the total: both are kept', () => {
  const { reading } = readingOn()
  const { returned, entries } = toEvidence(reading, { ...PAYMENT, cancel_amount: 7, cancel_history: [CANCEL] }, '-')
  expect([returned, entries[0]?.amount]).toEqual([700, 500])
})

describe('who asked for a cancel', () => {
  test.for([
    ['관리자페이지취소', 'console'],
    ['  관리자페이지취소 ', 'console'],
    ['관리자페이지취소 (담당: 김)', 'console'],
    ['관리자페이지취소'.normalize('NFD'), 'console'],
    ['chargeback', 'chargeback'],
    ['Chargeback', 'chargeback'],
    ['CHARGEBACK by the bank', 'chargeback'],
    ['  chargeback: 9', 'chargeback'],
    ['[chargeback] 10.4', 'chargeback'],
    ['charge back', 'chargeback'],
    ['charge-back', 'chargeback'],
    ['charge_back', 'chargeback'],
    ['chargebacks', 'chargeback'],
    ['Charged back', 'chargeback'],
    ['차지백', 'chargeback'],
    ['차지백으로 인한 취소', 'chargeback'],
    ['차지 백', 'chargeback'],
    ['dispute', 'chargeback'],
    ['Disputed by the card holder', 'chargeback'],
  ] as const)('%j: %s', ([reason, mark]) => {
    expect(foreignMarkOf(reason)).toBe(mark)
  })

  test.for([
    '',
    'customer request',
    'no chargeback, please',
    'to avoid a chargeback',
    'chargebacked',
    'chargebackfee',
    'disputes2',
    'disputable',
    'charge',
    '취소 관리자페이지취소',
    '관리자',
    'console cancel',
  ])('%j says nothing', (reason) => {
    expect(foreignMarkOf(reason)).toBeNull()
  })

  test.for(['chargeback', '차지백', 'dispute', '관리자페이지취소', ''])(
    'a reason that we sent is ours, even where a person wrote %j',
    (words) => {
      for (const id of ['r-1', 'chargeback', 'a.b_c-d', 'x'.repeat(40)]) {
        expect(foreignMarkOf(reasonMarker(id) + words)).toBeNull()
        expect(foreignMarkOf(` ${reasonMarker(id)}${words}`)).toBeNull()
        expect(foreignMarkOf(`#${id}`)).toBeNull()
      }
    },
  )
})
