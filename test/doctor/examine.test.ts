// How an installation is gone through: what hangs on a wrong finding is left out, what is slow is named, what throws is told.
// And single checks that no whole installation can be brought to fail.
import { afterEach, expect, test, vi } from 'vitest'
import { Kysely } from 'kysely'
import { postgresDialect, TIMEOUTS } from '../../src/db/postgres.ts'
import type { Schema } from '../../src/db/schema.ts'
import { databasePart } from '../../src/doctor/database.ts'
import { examine } from '../../src/doctor/examine.ts'
import { outsidePart } from '../../src/doctor/outside.ts'
import { Failure } from '../../src/domain/failures.ts'
import { right, severityOf, unasked, weak, wrong, type Finding, type SetUpPart } from '../../src/domain/shown/setUp.ts'
import { createTestDatabase, onPostgres } from '../support/database.ts'

afterEach(() => void vi.useRealTimers())

type Judge = () => Promise<Finding> | Finding
const part = (
  name: string,
  checks: readonly (readonly [name: string, judge: Judge, after?: readonly string[]])[],
): SetUpPart => ({
  name,
  title: name,
  checks: checks.map(([each, judge, after = []]) => ({ name: each, title: each, after, judge })),
  questions: [],
})
const verdictsOf = async (parts: readonly SetUpPart[]) =>
  (await examine(parts)).findings.map(({ part: of, check, verdict, said }) => `${of}.${check} ${verdict}: ${said}`)

test('what hangs on a wrong finding, however far away, is left out and names the first cause', async () => {
  const parts = [
    part('one', [
      ['keys', () => wrong('they are refused', 'mend them')],
      ['channels', () => right('never asked'), ['keys']],
    ]),
    part('two', [
      ['far', () => right('never asked'), ['one.channels']],
      ['apart', () => right('asked')],
    ]),
  ]
  expect(await verdictsOf(parts)).toEqual([
    'one.keys wrong: they are refused',
    'one.channels unasked: says nothing before one.keys is mended',
    'two.far unasked: says nothing before one.keys is mended',
    'two.apart right: asked',
  ])
})

test('nothing is left out because of what is weak, or could not be told', async () => {
  const parts = [
    part('one', [
      ['a', () => weak('slow', 'hurry')],
      ['b', () => unasked('nobody knows')],
      ['c', () => right('asked'), ['a', 'b']],
    ]),
  ]
  expect((await verdictsOf(parts)).at(-1)).toBe('one.c right: asked')
})

test('what a check throws is told as wrong: a failure by its sentence, anything else by its message', async () => {
  const parts = [
    part('one', [
      ['a', () => Promise.reject(new Failure('gatewayUnavailable', 'It could not be asked.'))],
      ['b', () => Promise.reject(new Error('relation "x" does not exist'))],
    ]),
  ]
  expect(await verdictsOf(parts)).toEqual([
    'one.a wrong: this could not be checked: It could not be asked.',
    'one.b wrong: this could not be checked: relation "x" does not exist',
  ])
})

test('a check that takes more than a moment is named while it runs, and given up after its time', async () => {
  vi.useFakeTimers()
  const said: string[] = []
  const hangs = part('gateway', [['channels', () => new Promise<Finding>(() => {})]])
  const report = examine([hangs], { say: (line) => void said.push(line) })
  await vi.advanceTimersByTimeAsync(1_999)
  expect(said).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(said).toEqual(['gateway: whether channels …'])
  await vi.advanceTimersByTimeAsync(30_000)
  expect((await report).findings).toMatchObject([{ verdict: 'wrong', said: 'there was no answer within 25 s' }])
})

test('a quick one is never named', async () => {
  vi.useFakeTimers()
  const said: string[] = []
  await examine([part('one', [['a', () => right('at once')]])], { say: (line) => void said.push(line) })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(said).toEqual([])
})

test('what no time is left for is not asked', async () => {
  const asked: string[] = []
  const one = part('one', [['a', () => (asked.push('a'), right('asked'))]])
  expect((await examine([one], { withinMs: 0 })).findings).toMatchObject([{ verdict: 'unasked' }])
  expect(asked).toEqual([])
})

test.each([
  [[], 0],
  [['right', 'unasked'], 0],
  [['right', 'weak'], 2],
  [['wrong', 'weak', 'right'], 5],
] as const)('%j ends with %d', (verdicts, code) => {
  const findings = verdicts.map((verdict) => ({ verdict, part: 'p', check: 'c', title: 't', said: 's', remedy: null }))
  expect(severityOf({ findings })).toBe(code)
})

const AT = { isSet: true, gatewaysAreHere: false, doors: [] }
const firstWrong = async (part: SetUpPart) =>
  (await examine([part])).findings.find(({ verdict }) => verdict === 'weak' || verdict === 'wrong')

test.each([
  ['http://127.0.0.1:8080', [], 'address', /this machine itself/],
  ['https://localhost', [], 'address', /this machine itself/],
  ['https://203.0.113.7', [], 'address', /no name/],
  ['https://pay.example.com', ['10.1.2.3'], 'name', /inside of a network/],
  ['https://pay.example.com', ['203.0.113.7', 'fd00::1'], 'name', /fd00::1/],
])('%s, which is %j: %s', async (url, addresses, check, said) => {
  const found = await firstWrong(outsidePart({ ...AT, url, addressesOf: () => Promise.resolve(addresses) }))
  expect(found).toMatchObject({ check, said: expect.stringMatching(said) })
})

test('an address that is not set is told, though windows would carry one', async () => {
  const found = await firstWrong(outsidePart({ ...AT, isSet: false, url: 'http://127.0.0.1:8080' }))
  expect(found).toMatchObject({
    check: 'address',
    verdict: 'wrong',
    said: expect.stringMatching(/PUBLIC_URL is not set/),
  })
})

test('a database that nobody here may open is not asked, and that is no fault', async () => {
  expect(new Set((await examine([databasePart('embedded')])).findings.map(({ verdict }) => verdict))).toEqual(
    new Set(['unasked']),
  )
})

test.skipIf(!onPostgres)('on Postgres, time-outs that do not reach the server are named', async () => {
  const { url = '', drop } = await createTestDatabase()
  const named = async (timeouts: Partial<typeof TIMEOUTS>) => {
    const db = new Kysely<Schema>({ dialect: postgresDialect(url, () => {}, timeouts) })
    const { findings } = await examine([databasePart({ db, kind: 'postgres' })])
    await db.destroy()
    return findings.find(({ check }) => check === 'timeouts')
  }
  expect(await named(TIMEOUTS)).toMatchObject({ verdict: 'right' })
  const { lock_timeout: _, ...without } = TIMEOUTS
  expect(await named(without)).toMatchObject({ verdict: 'wrong', said: expect.stringMatching(/^lock_timeout:/) })
  await drop()
})
