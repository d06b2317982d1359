// npx tsx test/bench/receiver/run.ts [--rounds N] [--pace-ms N]: our receiver beside a bare one, in rounds of both; medians of what each round shows.
// Must not know: what is measured.
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { compareReceivers, type Reading, type Round } from './receiver.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, 'pace-ms': { type: 'string', default: '20000' } },
})
const rounds: Round[] = []
const comparison = await compareReceivers({ paceMs: Number(values['pace-ms']) })
try {
  for (let count = 1; count <= Number(values.rounds); count += 1) {
    const round = await comparison.round()
    rounds.push(round)
    process.stdout.write(`${JSON.stringify({ load: loadavg()[0], ...round })}\n`)
  }
} finally {
  await comparison.stop()
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
const NAMES = [
  'hooksPerSecond',
  'p50Ms',
  'p99Ms',
  'appMsAHook',
  'postgresMsAHook',
] as const satisfies readonly (keyof Reading)[]
const of = (which: keyof Round, name: keyof Reading) => median(rounds.map((round) => round[which][name]))
/** Both of one round: whatever else the machine had to do, it had it beside both. */
const ratio = (which: keyof Round, name: keyof Reading) =>
  median(rounds.map((round) => round[which][name] / round.bare[name]))
console.table(
  NAMES.map((name) => ({
    what: name,
    bare: of('bare', name).toFixed(2),
    ours: of('ours', name).toFixed(2),
    'ours : bare': ratio('ours', name).toFixed(2),
    'ours, looker busy': of('oursBusy', name).toFixed(2),
    'busy : bare': ratio('oursBusy', name).toFixed(2),
  })),
)
