// npx tsx test/bench/receiver/run.ts [--rounds N] [--pace-ms N] [--temporal host:port]: our receiver beside a bare one, in rounds of
// both; medians of what each round shows.
// Must not know: what is measured.
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { compareReceivers, type Acks, type Reading, type Round } from './receiver.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    'pace-ms': { type: 'string', default: '20000' },
    temporal: { type: 'string' },
  },
})
const rounds: Round[] = []
const comparison = await compareReceivers({
  paceMs: Number(values['pace-ms']),
  ...(values.temporal !== undefined && { temporal: values.temporal }),
})
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
const NAMES = ['hooksPerSecond', 'p50Ms', 'p99Ms', 'appMsAHook', 'postgresMsAHook'] as const
type Name = (typeof NAMES)[number]
const OURS = ['hanging', 'working', 'busy'] as const

function valueOf(reading: Acks | Reading, name: Name): number | undefined {
  return name === 'p50Ms' || name === 'p99Ms' ? reading[name] : 'hooksPerSecond' in reading ? reading[name] : undefined
}

/** Of both in one round: whatever else the machine had to do, it had it beside both. */
function shown(which: keyof Round, name: Name): string {
  const values = rounds.flatMap((round) => valueOf(round[which], name) ?? [])
  if (values.length === 0) return ''
  const ratios = rounds.map((round) => (valueOf(round[which], name) ?? Number.NaN) / round.bare[name])
  return `${median(values).toFixed(2)}${which === 'bare' ? '' : ` (${median(ratios).toFixed(2)}x)`}`
}

console.table(
  NAMES.map((name) => ({
    median: name,
    bare: shown('bare', name),
    ...Object.fromEntries(OURS.map((which) => [which, shown(which, name)])),
  })),
)
