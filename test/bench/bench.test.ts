// The bench's pure parts: what it is asked for, medians of ratios, the table. What takes time is no test.
import { expect, test } from 'vitest'
import { NAMES, readArguments, USAGE } from './arguments.ts'
import { written } from './numbers/published.ts'
import { report, type Run, type Taken } from './numbers/report.ts'
import { median, percentile, ratioWithinRounds } from './numbers/statistics.ts'

test('without arguments all four are measured, and nothing is written', () => {
  expect(readArguments([])).toEqual({ orders: 60, rounds: 3, only: NAMES, write: false })
})

test('a run is as large as it is asked to be, with those that are named, in the order of a round', () => {
  const asked = readArguments(['--orders', '60', '--rounds', '5', '--only', 'plain,ours', '--write'])
  expect(asked).toEqual({ orders: 60, rounds: 5, only: ['ours', 'plain'], write: true })
})

test.each([
  [['--orders', '2']],
  [['--orders', '1e3']],
  [['--orders', '100001']],
  [['--rounds', '-1']],
  [['--only', 'ours,temporal']],
  [['--only', '']],
  [['--fast']],
  [['60']],
])('%j is refused with the usage', (args) => {
  expect(() => readArguments(args)).toThrow(new RangeError(USAGE))
})

test('a median is the middle one, or lies between the two in the middle', () => {
  expect(median([9, 1, 3])).toBe(3)
  expect(median([9, 1, 3, 4])).toBe(3.5)
  expect(median([7])).toBe(7)
  expect(() => median([])).toThrow(RangeError)
})

test('a percentile is one of the numbers: the smallest that so many do not exceed', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(percentile(hundred, 0.5)).toBe(50)
  expect(percentile(hundred, 0.99)).toBe(99)
  expect(percentile([5, 8], 0.99)).toBe(8)
  expect(percentile([5, 8], 0)).toBe(5)
  expect(() => percentile([], 0.5)).toThrow(RangeError)
})

test('ratios are taken within a round, so that a slow round troubles both: it is not the ratio of the medians', () => {
  const ours = new Map([10, 1, 12].entries())
  const theirs = new Map([20, 1, 6].entries())
  expect(ratioWithinRounds(ours, theirs)).toEqual({ median: 1, least: 0.5, most: 2 })
  expect(ratioWithinRounds(theirs, ours)).toEqual({ median: 1, least: 0.5, most: 2 })
})

test('a round that one of them lacks, or in which the other has nothing, is no ratio', () => {
  expect(ratioWithinRounds(new Map([[1, 4]]), new Map([[2, 8]]))).toBeUndefined()
  expect(ratioWithinRounds(new Map([[1, 4]]), new Map([[1, 0]]))).toBeUndefined()
  expect(
    ratioWithinRounds(
      new Map([
        [1, 4],
        [2, 6],
      ]),
      new Map([[2, 3]]),
    ),
  ).toEqual({ median: 2, least: 2, most: 2 })
})

const turn = (round: number, name: Taken['name'], paymentsASecond: number): Taken => ({
  round,
  name,
  measures: { paymentsASecond, ...(name !== 'plain' && { paymentEvents: 12 }) },
})
const RUN: Run = {
  began: '2026-11-27T18:31:07.123Z',
  minutes: 4.4,
  orders: 60,
  rounds: 2,
  machine: {
    processor: 'Some processor',
    cores: 2,
    memoryGb: 24.2,
    load: [0.5, 2],
    versions: { 'Node.js': '20.20.2', Postgres: '15.18' },
  },
  turns: [turn(1, 'ours', 10), turn(1, 'plain', 40), turn(2, 'ours', 30), turn(2, 'plain', 60)],
}

test('a report names the day, the size, the machine with its load, and the versions', () => {
  expect(report(RUN).split('\n').slice(0, 3)).toEqual([
    '2026-11-27 18:31 UTC, 60 orders, 2 rounds, 4 minutes.',
    'Some processor, 2 cores, 24 GB; load average 0.50 before, 2.00 after.',
    'Node.js 20.20.2, Postgres 15.18.',
  ])
})

test('its table has each one’s median and the median of the ratios; what one has not is a dash', () => {
  const lines = report(RUN).split('\n')
  expect(lines).toContain('|  | ours | plain Postgres | ours ÷ plain Postgres |')
  expect(lines).toContain('| payments a second, burst | 20.0 | 50.0 | 0.38 (0.25–0.50) |')
  expect(lines).toContain('| events of Temporal a payment | 12 | – | – |')
  expect(lines).toContain('| refunds a second, burst | – | – | – |')
})

test('nothing is compared with what is printed as 0', () => {
  const turns = [turn(1, 'ours', 10), turn(1, 'plain', 0.0001), turn(2, 'ours', 30), turn(2, 'plain', 60)]
  const lines = report({ ...RUN, turns }).split('\n')
  expect(lines).toContain('| payments a second, burst | 20.0 | 30.0 | 0.50 (0.50–0.50) |')
})

test('without ours there is nothing to compare with', () => {
  const others = { ...RUN, turns: RUN.turns.filter(({ name }) => name !== 'ours') }
  expect(report(others).split('\n')).toContain('|  | plain Postgres |')
})

test('a document gets a run into its place, and keeps the rest', () => {
  const document = 'before\n\n<!-- last run -->\n\nold, with $1\n\n<!-- /last run -->\n\nafter\n'
  const once = written(document, 'last run', 'new, with $1 and $&')
  expect(once).toBe('before\n\n<!-- last run -->\n\nnew, with $1 and $&\n<!-- /last run -->\n\nafter\n')
  expect(written(once, 'last run', 'newer')).toContain('newer')
  expect(() => written('nothing', 'last run', 'new')).toThrow('has no <!-- last run -->')
})
