// What is measured while so many refunds wait, as it is printed: a column for each size, and the last by the first.
// Must not know: how it is measured.
import { reportOf, type Machine } from '../numbers/report.ts'

export const MANY = {
  broughtASecond: { label: 'brought to wait, a second', digits: 1 },
  settledMb: { label: 'memory of the app, all of them brought up by it, MB', digits: 0 },
  startedMb: { label: 'memory of the app, started while they wait, MB', digits: 0 },
  idleAppMs: { label: 'CPU ms a second while nothing comes, app', digits: 1 },
  idleServerMs: { label: '– Temporal server', digits: 1 },
  idlePostgresMs: { label: '– Postgres', digits: 1 },
  knownRowS: { label: 'kill -9 to the row of a refund in its memory, s', digits: 2 },
  knownEndS: { label: '– to the end of its saga', digits: 2 },
  otherRowS: { label: 'kill -9 to the row of one not in its memory, s', digits: 2 },
  otherEndS: { label: '– to the end of its saga', digits: 2 },
  sweepS: { label: 'a sweep, s', digits: 2 },
  sweepAppMs: { label: '– CPU ms, app', digits: 0 },
  sweepServerMs: { label: '– CPU ms, Temporal server', digits: 0 },
  sweepPostgresMs: { label: '– CPU ms, Postgres', digits: 0 },
  sweepStatements: { label: '– SQL statements', digits: 0 },
  sweepCalls: { label: '– calls of the gateway', digits: 0 },
  passS: { label: 'a pass of the supervisor, s', digits: 2 },
  passAppMs: { label: '– CPU ms, app', digits: 0 },
  passServerMs: { label: '– CPU ms, Temporal server', digits: 0 },
  passPostgresMs: { label: '– CPU ms, Postgres', digits: 0 },
  passStatements: { label: '– SQL statements', digits: 0 },
  passCalls: { label: '– calls of the gateway', digits: 0 },
  backlogASecond: { label: 'a backlog ends, refunds a second', digits: 1 },
  backlogAppMs: { label: '– CPU ms a refund, app', digits: 1 },
  backlogServerMs: { label: '– CPU ms a refund, Temporal server', digits: 1 },
  backlogPostgresMs: { label: '– CPU ms a refund, Postgres', digits: 1 },
} as const

export type Measured = Readonly<Record<keyof typeof MANY, number>>
export type ManyRun = {
  /** ISO 8601, in UTC. */
  readonly began: string
  readonly minutes: number
  readonly machine: Machine
  /** In the order in which they were measured. */
  readonly sizes: readonly { readonly waiting: number; readonly measured: Measured }[]
}

const NONE = '–'
const NAMES = Object.keys(MANY).filter((name): name is keyof typeof MANY => name in MANY)

export function manyReport(run: ManyRun): string {
  const sizes = run.sizes.map(({ waiting }) => waiting.toLocaleString('en'))
  const [first, last] = [run.sizes[0]?.measured, run.sizes.at(-1)?.measured]
  const compared = first !== undefined && last !== undefined && run.sizes.length > 1
  const rows = NAMES.map((name) => {
    const { label, digits } = MANY[name]
    const numbers = run.sizes.map(({ measured }) => measured[name].toFixed(digits))
    return [label, ...numbers, ...(compared ? [ratio(last[name], first[name], digits)] : [])]
  })
  const head = ['refunds that wait', ...sizes, ...(compared ? ['last ÷ first'] : [])]
  return reportOf(run, `${sizes.join(' and then ')} refunds that wait`, [head, ...rows])
}

/** Nothing is compared with what is printed as 0. */
const ratio = (last: number, first: number, digits: number): string =>
  Number(first.toFixed(digits)) > 0 ? (last / first).toFixed(2) : NONE
