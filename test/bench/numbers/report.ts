// The table of a run: each one's medians, and how ours compares with each other one, by the ratios within the rounds: their median,
// and from which to which they go.
// Must not know: where the numbers come from, what they mean.
import type { Name } from '../arguments.ts'
import { MEASURES, type MeasureName, type Measures } from './measures.ts'
import { median, ratioWithinRounds, type Ratio } from './statistics.ts'

export type Taken = { readonly round: number; readonly name: Name; readonly measures: Measures }
export type Machine = {
  readonly processor: string
  readonly cores: number
  readonly memoryGb: number
  /** The system's load average over a minute, before the first round and after the last. */
  readonly load: readonly [before: number, after: number]
  readonly versions: Readonly<Record<string, string>>
}
export type Run = {
  /** ISO 8601, in UTC. */
  readonly began: string
  readonly minutes: number
  readonly orders: number
  readonly rounds: number
  readonly machine: Machine
  readonly turns: readonly Taken[]
}

const TITLES: Readonly<Record<Name, string>> = {
  ours: 'ours',
  bare: 'bare Temporal',
  dbos: 'DBOS',
  plain: 'plain Postgres',
}
const NONE = '–'
const MEASURE_NAMES = Object.keys(MEASURES).filter((name): name is MeasureName => name in MEASURES)

export function report(run: Run): string {
  const { orders, rounds, turns } = run
  return reportOf(run, `${orders} orders, ${rounds} rounds`, tableOf(turns))
}

type Head = Pick<Run, 'began' | 'minutes' | 'machine'>

/** When, how large, where, with what; and a table, its head first. */
export function reportOf({ began, minutes, machine }: Head, size: string, table: readonly Cells[]): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`)
  const [before, after] = machine.load.map((load) => load.toFixed(2))
  const [head = [], ...rows] = table
  return [
    `${began.slice(0, 16).replace('T', ' ')} UTC, ${size}, ${minutes.toFixed(0)} minutes.`,
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGb.toFixed(0)} GB; load average ${before} before, ${after} after.`,
    `${versions.join(', ')}.`,
    '',
    ...[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    '',
  ].join('\n')
}

type Cells = readonly string[]

function tableOf(turns: readonly Taken[]): readonly Cells[] {
  const names = [...new Set(turns.map(({ name }) => name))]
  const others = names.includes('ours') ? names.filter((name) => name !== 'ours') : []
  const head = ['', ...names.map((name) => TITLES[name]), ...others.map((name) => `ours ÷ ${TITLES[name]}`)]
  const rows = MEASURE_NAMES.map((measure) => {
    const ofAll = new Map(names.map((name) => [name, byRound(turns, name, measure)]))
    const ours = ofAll.get('ours') ?? new Map()
    return [
      MEASURES[measure].label,
      ...names.map((name) => middleOf(ofAll.get(name), MEASURES[measure].digits)),
      ...others.map((name) => printRatio(ratioWithinRounds(ours, seen(ofAll.get(name), MEASURES[measure].digits)))),
    ]
  })
  return [head, ...rows]
}

function byRound(turns: readonly Taken[], name: Name, measure: MeasureName): ReadonlyMap<number, number> {
  const ofName = turns.filter((turn) => turn.name === name)
  return new Map(
    ofName.flatMap(({ round, measures }) => {
      const number = measures[measure]
      return number === undefined ? [] : [[round, number]]
    }),
  )
}

const middleOf = (numbers: ReadonlyMap<number, number> | undefined, digits: number): string =>
  numbers === undefined || numbers.size === 0 ? NONE : median([...numbers.values()]).toFixed(digits)

/** Nothing is compared with what is too small to be told from nothing. */
const seen = (numbers: ReadonlyMap<number, number> = new Map(), digits: number): ReadonlyMap<number, number> =>
  new Map([...numbers].filter(([, number]) => Number(number.toFixed(digits)) > 0))

const printRatio = (ratio: Ratio | undefined): string => {
  if (ratio === undefined) return NONE
  const [middle, least, most] = [ratio.median, ratio.least, ratio.most].map((number) => number.toFixed(2))
  return `${middle} (${least}–${most})`
}
