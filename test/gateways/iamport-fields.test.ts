// The table of fields against what is really read: each needed one hides the payment, each lenient
// one is noted and stood in for.
// Must not know: HTTP.
import { describe, expect, test } from 'vitest'
import { entriesOf } from '../../src/gateways/iamport/entries.ts'
import {
  CHANNEL_FIELDS,
  ENTRY_FIELDS,
  fieldsOf,
  PAGE_FIELDS,
  PAYMENT_FIELDS,
  type StandIn,
  type Table,
} from '../../src/gateways/iamport/fields.ts'
import { toEvidence } from '../../src/gateways/iamport/translate.ts'
import { CANCEL, lacking, PAYMENT, readingOn, type Note } from './wire.ts'

/** Values that are of no use for any field. */
const UNUSABLE: readonly unknown[] = [{ a: 1 }, Symbol('none'), Number.NaN, '\u0000 \u0000 \u0000']
const TABLES: readonly Table<string, string>[] = [PAYMENT_FIELDS, ENTRY_FIELDS, PAGE_FIELDS, CHANNEL_FIELDS]
const whole = { ...PAYMENT, extension: { country_code: 'DE' } }

function readPayment(wire: object): { notes: Note[]; read: () => object } {
  const { reading, notes } = readingOn()
  return { notes, read: () => toEvidence(reading, wire, 'response') }
}

function readEntry(wire: object): { notes: Note[]; read: () => object } {
  const { reading, notes } = readingOn()
  return { notes, read: () => entriesOf([wire], 'USD', 'response.cancel_history', reading.onMissing) }
}

test('the tables name every field that the tests send, and no other', () => {
  const named = ({ needed, lenient }: Table<string, string>): string[] =>
    [...Object.keys(needed), ...Object.keys(lenient)].toSorted()
  expect(Object.keys(whole).toSorted()).toEqual(named(PAYMENT_FIELDS))
  expect(Object.keys(CANCEL).toSorted()).toEqual(named(ENTRY_FIELDS))
})

test('each field says in words what hangs on it, or what stands in for it', () => {
  for (const { needed, lenient } of TABLES) {
    const stands: readonly StandIn[] = Object.values(lenient)
    for (const words of [...Object.values(needed), ...stands.map(({ standsIn }) => standsIn)])
      expect(words).toMatch(/^\S.{5,80}\S$/)
  }
})

test('a whole payment and a whole entry leave nothing to note', () => {
  for (const { notes, read } of [readPayment(whole), readEntry(CANCEL)]) {
    expect(read).not.toThrow()
    expect(notes).toEqual([])
  }
})

describe.each([
  ['a payment', PAYMENT_FIELDS, whole, readPayment, 'response'],
  ['an entry', ENTRY_FIELDS, CANCEL, readEntry, 'response.cancel_history[0]'],
] as const)('%s', (_what, table: Table<string, string>, wire, read, at) => {
  test.for(Object.keys(table.needed))('cannot be read without %s', (name) => {
    for (const broken of [lacking(wire, name), ...[null, {}, [], true].map((value) => ({ ...wire, [name]: value }))])
      expect(read(broken).read).toThrow(
        expect.objectContaining({ kind: 'gatewayAnswerUnreadable', details: { field: `${at}.${name}` } }),
      )
  })

  test.for(Object.entries(table.lenient))('is read without %s, with a note', ([name, { standsIn, nothing }]) => {
    const values = [undefined, null, '', { country_code: 7 }, 1e300, '\u0000'.repeat(3)]
    const asked = values.map((value) => (value === undefined ? lacking(wire, name) : { ...wire, [name]: value }))
    const noted = asked.map((broken) => {
      const { notes, read: reading } = read(broken)
      expect(reading).not.toThrow()
      return notes
    })
    const isNothing = (value: unknown): boolean => nothing.some((each) => each === value)
    for (const [index, value] of values.slice(0, 3).entries()) if (isNothing(value)) expect(noted[index]).toEqual([])
    expect(noted.flat()).toContainEqual([table.place + name, standsIn])
    expect(new Set(noted.flat().map(([field]) => field))).toEqual(new Set([table.place + name]))
  })
})

test.for([
  ['sandbox', null],
  ['pg_provider', null],
  ['cancel_history', []],
] as const)('%s is noted even where it is null, for i’mport promises it', ([name]) => {
  const { notes, read } = readPayment({ ...whole, [name]: null })
  read()
  expect(notes.map(([field]) => field)).toEqual([name])
})

test('what i’mport documents as nothing to say is no gap', () => {
  const quiet = { paid_at: 0, failed_at: null, fail_reason: null, pg_tid: '', pay_method: null, extension: [] }
  const { notes, read } = readPayment({ ...whole, ...quiet })
  expect(read()).toMatchObject({ paidAt: null, failReason: null, paymentwallRef: null, payerCountry: null })
  expect(notes).toEqual([])
})

test('unusable values of every lenient field at once hide nothing of the money', () => {
  for (const value of UNUSABLE) {
    const odd = Object.fromEntries(Object.keys(PAYMENT_FIELDS.lenient).map((name) => [name, value]))
    const { notes, read } = readPayment({ ...whole, ...odd })
    expect(read()).toMatchObject({ gatewayRef: 'imp_1', amount: 1990, returned: 0, status: 'paid', ours: true })
    expect(notes.length).toBeGreaterThanOrEqual(6)
  }
})

test('what stands where an object should stand is refused by its place', () => {
  for (const wire of [null, undefined, 7, 'x', true])
    expect(() => fieldsOf(PAYMENT_FIELDS, wire, 'response', () => undefined)).toThrow(
      /at response: it is not an object/,
    )
})
