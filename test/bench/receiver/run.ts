// npm run bench:receiver [-- --rounds N] [--turns N] [--temporal host:port] [--write]: our receiver beside a bare one, in rounds of both.
// A number is the median of the rounds; docs/benchmark.md says what it means.
// Must not know: what is measured.
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { inMarkdown, publish } from '../numbers/published.ts'
import { median, percentile } from '../numbers/statistics.ts'
import { compareReceivers, type Round, type Saturated } from './receiver.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    turns: { type: 'string', default: '6' },
    temporal: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const SATURATED = {
  hooksPerSecond: 'webhooks a second, as many as are answered',
  appMsAHook: 'CPU ms a webhook, app',
  postgresMsAHook: 'CPU ms a webhook, Postgres',
} as const satisfies Record<keyof Saturated, string>
const ACKS = (['inTurns', 'together'] as const).flatMap((way) =>
  [50, 99].map((percent) => ({
    way,
    share: percent / 100,
    name: `p${percent} ms, ${way === 'inTurns' ? 'in turns' : 'at the same time'}: ours · bare`,
  })),
)
const OURS = ['hanging', 'working', 'busy'] as const
type Ours = (typeof OURS)[number]

/** Of both in one round: whatever else the machine had to do, it had it beside both. */
function saturatedShown(rounds: readonly Round[], which: keyof Round, name: keyof Saturated): string {
  const each = rounds.flatMap(({ bare, [which]: ours }) =>
    'hooksPerSecond' in ours ? [[ours[name], bare[name]] as const] : [],
  )
  if (each.length === 0) return '–'
  const shown = median(each.map(([ours]) => ours)).toFixed(2)
  return which === 'bare' ? shown : `${shown} (${median(each.map(([ours, bare]) => ours / bare)).toFixed(2)}x)`
}

/** Of all answers of all rounds; in brackets how often the bare one's, and the least and the most of a round. */
function acksShown(rounds: readonly Round[], which: Ours, { way, share }: (typeof ACKS)[number]): string {
  const of = (some: readonly Round[], whose: 'ours' | 'bare') =>
    percentile(
      some.flatMap((round) => round[which].acks[way][whose]),
      share,
    )
  const ratio = (some: readonly Round[]) => of(some, 'ours') / of(some, 'bare')
  const each = rounds.map((round) => ratio([round]))
  const range = [Math.min(...each), Math.max(...each)].map((ratio) => ratio.toFixed(2)).join('–')
  return `${of(rounds, 'ours').toFixed(2)} · ${of(rounds, 'bare').toFixed(2)} (${ratio(rounds).toFixed(2)}x; ${range})`
}

const HEAD = ['', 'bare', 'ours, all looks hang', 'ours, each is looked at', 'ours, thousands wait for a look']
function told(rounds: readonly Round[]): string {
  const names = Object.keys(SATURATED).filter((name): name is keyof Saturated => name in SATURATED)
  return [
    HEAD,
    HEAD.map(() => '---'),
    ...names.map((name) => [
      SATURATED[name],
      ...(['bare', ...OURS] as const).map((which) => saturatedShown(rounds, which, name)),
    ]),
    ...ACKS.map((row) => [
      `at 25 a second, webhook to its 200, ${row.name}`,
      '',
      ...OURS.map((which) => acksShown(rounds, which, row)),
    ]),
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

const began = new Date().toISOString()
const load = loadavg()[0] ?? 0
const rounds: Round[] = []
const comparison = await compareReceivers({
  turns: Number(values.turns),
  ...(values.temporal !== undefined && { temporal: values.temporal }),
})
try {
  for (let count = 1; count <= Number(values.rounds); count += 1) {
    const round = await comparison.round()
    rounds.push(round)
    process.stdout.write(`round ${count} of ${values.rounds}\n${told([round])}\n`)
  }
} finally {
  await comparison.stop()
}

const report = [
  `${began.slice(0, 16).replace('T', ' ')} UTC, ${values.rounds} rounds; ${cpus()[0]?.model.trim()}, ${cpus().length} cores, load average ${load.toFixed(2)} before.`,
  '',
  told(rounds),
].join('\n')
process.stdout.write(`\n${await inMarkdown(report)}`)
if (values.write) await publish('receiver', report)
