// What the simulator answers at V2 is what the vendor says it answers: by the types of the vendor's library, and, where a copy is
// at hand (PORTONE_OPENAPI, a path), by the vendor's own OpenAPI document, whose licence keeps it out of here.
// Must not know: our gateway.
import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { readText } from '../../support/readme.ts'
import { CALLS, everyAnswer, type Answer } from './answers.ts'
import { faultsByDocument, readDocument } from './described.ts'
import { faultsByTypes, isTyped } from './typed.ts'

let answers: readonly Answer[] = []
beforeAll(async () => void (answers = await everyAnswer()), 120_000)

const typeIn = ({ body }: Answer): string => String(Object(body).type)
const nameOf = (answer: Answer): string => `${answer.call} ${answer.status}, ${answer.when}`

test('every route is asked, and every error that the wire can write is among the answers', () => {
  const sources = readdirSync(new URL('../../../src/simulator/portone', import.meta.url)).map((name) =>
    readText(`src/simulator/portone/${name}`),
  )
  const routes = sources.flatMap((text) => [...text.matchAll(/open\('(get|post)', '([^']+)'/g)])
  expect(
    routes.map(([, method = '', path = '']) => `${method.toUpperCase()} ${path.replace(':paymentId', '{paymentId}')}`),
  ).toEqual(CALLS)
  const types = sources.flatMap((text) =>
    [...text.matchAll(/(?:error\(\d+, |: \[)'([A-Z_]+)'/g)].map(([, type]) => type),
  )
  expect(types.length).toBeGreaterThan(10)
  expect(new Set(types)).toEqual(new Set(answers.filter(({ status }) => status !== 200).map(typeIn)))
})

/** Said in the vendor's prose, or by nobody: neither the types nor the document have them. */
const BEYOND: Readonly<Record<string, string>> = {
  IDEMPOTENCY_OUTSTANDING_REQUEST: 'a page on keys has it, and no schema',
  NOT_FOUND: 'a call that has ended is no call any more',
}
/** Of the document of 2026-07, and not of the library of 2026-01. */
const NEWER: Readonly<Record<string, string>> = { MAX_CANCEL_COUNT_REACHED: 'a type of error' }
const described = () => answers.filter((answer) => !(typeIn(answer) in BEYOND))

describe('the types of the vendor’s library', () => {
  test('take every answer that they know of', async () => {
    const known = described().filter((answer) => isTyped(answer) && !(typeIn(answer) in NEWER))
    const faults = await faultsByTypes(known.map(asOfThen))
    expect(known.flatMap((answer, index) => (faults[index] ? [`${nameOf(answer)}: ${faults[index]}`] : []))).toEqual([])
  })

  test('refuse what they do not know', async () => {
    const unknown = answers.filter((answer) => isTyped(answer) && (typeIn(answer) in BEYOND || typeIn(answer) in NEWER))
    expect(new Set(unknown.map(typeIn))).toEqual(new Set([...Object.keys(BEYOND), ...Object.keys(NEWER)]))
    expect((await faultsByTypes(unknown)).filter((fault) => fault === undefined)).toEqual([])
  })

  test('see each way in which an answer may depart', async () => {
    const paid = aPaid()
    const { orderName, ...rest } = Object(paid.body)
    const departing = {
      'a field lacks': rest,
      'one more': { ...rest, orderName, riskHint: {} },
      'another type': { ...rest, orderName: 7 },
      'a status of tomorrow': { ...rest, orderName, status: 'UNDER_INQUIRY' },
      'a word of tomorrow within': { ...rest, orderName, cancellations: [{ ...REQUEST, status: 'WAITING' }] },
    }
    const faults = await faultsByTypes(
      [paid, ...Object.values(departing).map((body) => ({ ...paid, body }))].map(asOfThen),
    )
    expect(faults).toEqual([undefined, ...Object.keys(departing).map(() => expect.stringMatching(/^TS\d+/))])
  })

  test('have no call for deliveries: what portone.md names is all that it answers', () => {
    const said = answers.filter((answer) => !isTyped(answer)).map((answer) => `${answer.status} ${typeIn(answer)}`)
    expect(new Set(said)).toEqual(
      new Set(['200 undefined', '400 INVALID_REQUEST', '401 UNAUTHORIZED', '404 PAYMENT_NOT_FOUND']),
    )
  })
})

const document = process.env['PORTONE_OPENAPI']
describe.skipIf(document === undefined)('the vendor’s document', () => {
  const read = () => readDocument(readFileSync(document ?? '', 'utf8'))

  test('describes every answer', () => {
    const vendor = read()
    const faults = described().flatMap((answer) =>
      faultsByDocument(vendor, answer).map((fault) => `${nameOf(answer)}: ${fault}`),
    )
    expect(faults).toEqual([])
  })

  test('describes nothing that is beyond it', () => {
    const vendor = read()
    for (const answer of answers.filter((each) => typeIn(each) in BEYOND))
      expect(faultsByDocument(vendor, answer), nameOf(answer)).not.toEqual([])
    const paid = aPaid()
    expect(faultsByDocument(vendor, { ...paid, body: { ...Object(paid.body), riskHint: {} } })).toEqual([
      '.riskHint: it is not described',
    ])
  })
})

const REQUEST = {
  status: 'REQUESTED',
  id: 'r-1',
  totalAmount: 1,
  taxFreeAmount: 0,
  vatAmount: 0,
  reason: 'asked',
  requestedAt: '2026-08-05T02:06:10Z',
}

function aPaid(): Answer {
  const paid = answers.find(
    ({ call, when }) => call === 'GET /payments/{paymentId}' && when === 'paid, with all fields',
  )
  if (!paid) throw new Error('nothing was paid')
  return paid
}

/** Without the one field that the document has got since: a payment has it, a transaction does not. */
const asOfThen = (answer: Answer): Answer =>
  answer.call.endsWith('/transactions') ? answer : { ...answer, body: withoutOrigin(answer.body) }

function withoutOrigin(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOrigin)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).filter(([name]) => name !== 'origin')
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutOrigin(field)]))
}
