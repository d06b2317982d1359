// npm run bench:waiting [-- --waiting 1000,100000,1000000] [--rounds N] [--write]: how long a step takes, by how much waits in the database.
// Must not know: what a step asks for. One database for each size, which take turns; docs/benchmark.md says what the numbers mean.
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { openDatabase, type Database } from '../../../src/db/connect.ts'
import { queryOf } from '../../support/database.ts'
import { startPostgres, type PostgresServer } from '../../support/postgres.ts'
import { fillWithWaiting } from '../../support/waiting.ts'
import { inMarkdown, publish } from '../numbers/published.ts'
import { median, ratioWithinRounds } from '../numbers/statistics.ts'
import { STEPS } from './steps.ts'

const USAGE = 'npm run bench:waiting -- [--waiting N,N,…] [--rounds N] [--write]; N are whole numbers above 0'
/** As in production: each commit is on the disk. */
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', max_wal_size: '8GB' }
/** Plans are made and pages are read for the first ones. */
const WARM_UP = 3
/** Of which a round takes the middle. */
const TIMES = 5

const { values } = parseArgs({
  options: {
    waiting: { type: 'string', default: '1000,20000,100000,1000000' },
    rounds: { type: 'string', default: '4' },
    write: { type: 'boolean', default: false },
  },
})
const sizes = values.waiting.split(',').map(Number)
const rounds = Number(values.rounds)
if (![...sizes, rounds].every((number) => Number.isInteger(number) && number > 0)) throw new RangeError(USAGE)
const say = (line: string) => process.stderr.write(`${new Date().toISOString().slice(11, 19)}  ${line}\n`)

type Sized = { readonly size: number; readonly database: Database }

async function prepared({ url }: PostgresServer, size: number): Promise<Sized> {
  say(`${size.toLocaleString('en')} orders, refunds, wakes and hints that wait …`)
  await queryOf(url, `create database waiting_${size}`)
  const own = new URL(url)
  own.pathname = `/waiting_${size}`
  const database = await openDatabase({ url: own.href, folder: '', log: say })
  await fillWithWaiting(database.db, size)
  return { size, database }
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const took: number[] = []
  for (let time = 0; time < TIMES; time += 1) {
    const began = performance.now()
    await work()
    took.push(performance.now() - began)
  }
  return median(took)
}

async function measured(sized: readonly Sized[]): Promise<readonly string[]> {
  const lines: string[] = []
  for (const [name, step] of Object.entries(STEPS)) {
    say(name)
    const taken = new Map(sized.map(({ size }) => [size, new Map<number, number>()]))
    for (const { database } of sized) for (let time = 0; time < WARM_UP; time += 1) await step(database.db)
    for (let round = 1; round <= rounds; round += 1)
      for (const { size, database } of sized) taken.get(size)?.set(round, await millisecondsOf(() => step(database.db)))
    const all = [...taken.values()]
    const ratio = ratioWithinRounds(all.at(-1) ?? new Map(), all[0] ?? new Map())
    if (!ratio) throw new Error('nothing was measured')
    const middles = all.map((byRound) => median([...byRound.values()]).toFixed(1))
    const brackets = `(${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)})`
    lines.push(`| ${[name, ...middles, `${ratio.median.toFixed(2)} ${brackets}`].join(' | ')} |`)
  }
  return lines
}

const load = loadavg()[0] ?? 0
const server = await startPostgres(DURABLE)
const sized: Sized[] = []
try {
  for (const size of sizes) sized.push(await prepared(server, size))
  const lines = await measured(sized)
  const head = ['milliseconds, with so many waiting', ...sizes.map((size) => size.toLocaleString('en')), 'last ÷ first']
  const report = [
    `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, ${rounds} rounds; ${cpus()[0]?.model.trim()}, ${cpus().length} cores, load average ${load.toFixed(2)} before; Postgres on disk, each commit synced.`,
    '',
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...lines,
  ].join('\n')
  process.stdout.write(await inMarkdown(report))
  if (values.write) await publish('waiting', report)
} finally {
  for (const { database } of sized) await database.close()
  await server.stop()
}
