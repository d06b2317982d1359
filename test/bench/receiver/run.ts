// npm run bench:receiver [-- --rounds N] [--pace-ms N] [--temporal host:port] [--write]: our receiver beside a bare one, in rounds of both.
// A number is the median of the rounds; docs/benchmark.md says what it means.
// Must not know: what is measured.
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { inMarkdown, publish } from '../numbers/published.ts'
import { median } from '../numbers/statistics.ts'
import { compareReceivers, type Acks, type Reading, type Round } from './receiver.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    'pace-ms': { type: 'string', default: '20000' },
    temporal: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const began = new Date().toISOString()
const load = loadavg()[0] ?? 0
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

const NAMES = {
  hooksPerSecond: 'webhooks a second, as many as are answered',
  p50Ms: 'webhook to its 200 at 25 a second, p50 ms',
  p99Ms: 'webhook to its 200 at 25 a second, p99 ms',
  appMsAHook: 'CPU ms a webhook, app',
  postgresMsAHook: 'CPU ms a webhook, Postgres',
} as const
type Name = keyof typeof NAMES
const OURS = ['hanging', 'working', 'busy'] as const

function valueOf(reading: Acks | Reading, name: Name): number | undefined {
  return name === 'p50Ms' || name === 'p99Ms' ? reading[name] : 'hooksPerSecond' in reading ? reading[name] : undefined
}

/** Of both in one round: whatever else the machine had to do, it had it beside both. */
function shown(which: keyof Round, name: Name): string {
  const values = rounds.flatMap((round) => valueOf(round[which], name) ?? [])
  if (values.length === 0) return '–'
  const ratios = rounds.map((round) => (valueOf(round[which], name) ?? Number.NaN) / round.bare[name])
  return `${median(values).toFixed(2)}${which === 'bare' ? '' : ` (${median(ratios).toFixed(2)}x)`}`
}

const names = Object.keys(NAMES).filter((name): name is Name => name in NAMES)
const head = ['', 'bare', 'ours, all looks hang', 'ours, each is looked at', 'ours, thousands wait for a look']
const report = [
  `${began.slice(0, 16).replace('T', ' ')} UTC, ${values.rounds} rounds; ${cpus()[0]?.model.trim()}, ${cpus().length} cores, load average ${load.toFixed(2)} before.`,
  '',
  `| ${head.join(' | ')} |`,
  `| ${head.map(() => '---').join(' | ')} |`,
  ...names.map(
    (name) => `| ${[NAMES[name], ...(['bare', ...OURS] as const).map((which) => shown(which, name))].join(' | ')} |`,
  ),
].join('\n')
process.stdout.write(`\n${await inMarkdown(report)}`)
if (values.write) await publish('receiver', report)
