// The pure parts of bench:many: what it is asked for, its table. What takes time is no test.
import { expect, test } from 'vitest'
import { readArguments, USAGE } from './arguments.ts'
import { MANY, manyReport, type ManyRun, type Measured } from './table.ts'

test('without arguments a thousand wait and then ten thousand, and nothing is written', () => {
  expect(readArguments([])).toEqual({ sizes: [1_000, 10_000], write: false })
  expect(readArguments(['--sagas', '20', '--write'])).toEqual({ sizes: [20], write: true })
})

test.each([
  [['--sagas', '']],
  [['--sagas', '9']],
  [['--sagas', '100001']],
  [['--sagas', '1e3']],
  [['--sagas', '20,']],
  // A world is filled up, and never emptied.
  [['--sagas', '60,20']],
  [['--sagas', '20,20']],
  [['--orders', '20']],
  [['20']],
])('%j is refused with the usage', (args) => {
  expect(() => readArguments(args)).toThrow(new RangeError(USAGE))
})

const NUMBERS: Measured = {
  broughtASecond: 13.21,
  settledMb: 400,
  startedMb: 300,
  idleAppMs: 5,
  idleServerMs: 10,
  idlePostgresMs: 0.04,
  knownRowS: 1.3,
  knownEndS: 2.3,
  otherRowS: 1.2,
  otherEndS: 2.2,
  sweepS: 0.1,
  sweepAppMs: 20,
  sweepServerMs: 30,
  sweepPostgresMs: 10,
  sweepStatements: 20,
  sweepCalls: 4,
  passS: 0.1,
  passAppMs: 20,
  passServerMs: 30,
  passPostgresMs: 10,
  passStatements: 20,
  passCalls: 0,
  backlogASecond: 37,
  backlogAppMs: 20,
  backlogServerMs: 20,
  backlogPostgresMs: 10,
}
const run = (sizes: ManyRun['sizes']): ManyRun => ({
  began: '2026-11-27T18:31:07.123Z',
  minutes: 18.4,
  machine: {
    processor: 'Some processor',
    cores: 2,
    memoryGb: 24.2,
    load: [0.5, 2],
    versions: { 'Node.js': '20.20.2' },
  },
  sizes,
})
const FIRST = { waiting: 1_000, measured: NUMBERS }
const LAST = { waiting: 10_000, measured: { ...NUMBERS, settledMb: 420, idlePostgresMs: 2, passCalls: 3 } }

test('a report names the day, the sizes and the time that it took', () => {
  const [first, ...lines] = manyReport(run([FIRST, LAST])).split('\n')
  expect(first).toBe('2026-11-27 18:31 UTC, 1,000 and then 10,000 refunds that wait, 18 minutes.')
  expect(lines).toContain('Some processor, 2 cores, 24 GB; load average 0.50 before, 2.00 after.')
})

test('its table has a line for each number, a column for each size, and the last by the first', () => {
  const lines = manyReport(run([FIRST, LAST])).split('\n')
  expect(lines).toContain('| refunds that wait | 1,000 | 10,000 | last ÷ first |')
  expect(lines).toContain('| memory of the app, all of them brought up by it, MB | 400 | 420 | 1.05 |')
  expect(lines.filter((line) => line.startsWith('|'))).toHaveLength(2 + Object.keys(MANY).length)
})

test('nothing is compared with what is printed as 0, and one size with nothing', () => {
  const both = manyReport(run([FIRST, LAST])).split('\n')
  // 0.04 is printed as 0.0, and no calls are none.
  expect(both).toContain('| – Postgres | 0.0 | 2.0 | – |')
  expect(both).toContain('| – calls of the gateway | 0 | 3 | – |')
  const one = manyReport(run([FIRST])).split('\n')
  expect(one).toContain('| refunds that wait | 1,000 |')
  expect(one).toContain('| a sweep, s | 0.10 |')
})
