// npm run bench [-- --orders N] [--rounds N] [--only NAMES] [--write]: ours beside bare Temporal, DBOS and plain Postgres, in turns.
// Must not know: how a turn is measured. docs/benchmark.md says what the numbers mean.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findOrMakeTemporalCli } from '../../src/temporal/server/binary.ts'
import { testCacheDir } from '../support/temporalCli.ts'
import { readArguments, type Asked } from './arguments.ts'
import { makeContestant, type Contestant } from './contestants.ts'
import { startGateway, type Gateway } from './gateway.ts'
import { needsProc } from './processes.ts'
import { inMarkdown, publish } from './numbers/published.ts'
import { report, type Run, type Taken } from './numbers/report.ts'
import { bundleBareSaga, installPeers, KEPT, loadNow, machineOf } from './surroundings.ts'
import { takeTurn, warmUp } from './turn.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const INTERRUPTED = 130
const MINUTE_MS = 60_000
/** Of each kind, before the first round. */
const WARM_UP_ORDERS = 20

const say = (line: string): void => {
  const seconds = Math.floor(performance.now() / 1_000)
  process.stderr.write(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}  ${line}\n`)
}

let interrupted = false
/** Ended in the reverse order of their start, each once, whatever happened. */
const stops: (() => Promise<void> | void)[] = []
async function stopAll(): Promise<void> {
  for (let next = stops.pop(); next !== undefined; next = stops.pop()) await next()
}

async function main(asked: Asked): Promise<void> {
  needsProc()
  const load = loadNow()
  const began = new Date().toISOString()
  const cli = await findOrMakeTemporalCli({
    cli: process.env['TEMPORAL_CLI'],
    searchPath: process.env['PATH'] ?? '',
    cacheDir: testCacheDir(),
    env: process.env,
    progress: say,
  })
  const folder = mkdtempSync(join(tmpdir(), 'paymentwall-saga-bench-'))
  stops.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 }))
  const peers = asked.only.includes('dbos') ? await installPeers(say) : ''
  const gateway = await startGateway()
  stops.push(gateway.stop)
  say('starting a Postgres for each, and a Temporal server for those that need one')
  const logs = join(KEPT, 'logs')
  mkdirSync(logs, { recursive: true })
  const bundle = asked.only.includes('bare') ? await bundleBareSaga(folder) : ''
  const contestants: Contestant[] = []
  for (const name of asked.only) {
    const contestant = await makeContestant(name, { folder, logs, gatewayUrl: gateway.url, cli, peers, bundle })
    stops.push(contestant.stop)
    contestants.push(contestant)
    say(`starting ${name}`)
    await contestant.start()
  }
  const turns = await takeTurns(asked, contestants, gateway)
  const machine = await machineOf({
    cli,
    postgres: contestants[0]?.postgresVersion ?? 'none',
    load: [load, loadNow()],
  })
  const { orders, rounds } = asked
  await tell({ began, minutes: performance.now() / MINUTE_MS, orders, rounds, machine, turns }, asked)
}

async function takeTurns(
  { orders, rounds }: Asked,
  contestants: readonly Contestant[],
  gateway: Gateway,
): Promise<readonly Taken[]> {
  for (const contestant of contestants) {
    say(`warm-up, ${contestant.name}`)
    await warmUp({ contestant, gateway, orders: WARM_UP_ORDERS, prefix: contestant.name, say })
  }
  const turns: Taken[] = []
  for (let round = 1; round <= rounds; round += 1)
    for (const contestant of contestants) {
      const { name } = contestant
      const saying = (line: string) => say(`round ${round} of ${rounds}, ${name}: ${line}`)
      const measures = await takeTurn({ contestant, gateway, orders, prefix: `${name}-${round}`, say: saying })
      turns.push({ round, name, measures })
    }
  return turns
}

async function tell(run: Run, { write }: Asked): Promise<void> {
  const results = join(KEPT, 'results')
  mkdirSync(results, { recursive: true })
  const file = join(results, `${run.began.replace(/[:.]/g, '-')}.json`)
  writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`)
  const said = report(run)
  process.stdout.write(`\n${await inMarkdown(said)}`)
  say(`each turn's numbers are in ${relative(ROOT, file)}`)
  if (!write) return
  await publish('last run', said)
  say('docs/benchmark.md has this run')
}

function interrupt(): void {
  if (interrupted) return
  interrupted = true
  say('ending what was started')
  void stopAll().finally(() => process.exit(INTERRUPTED))
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, interrupt)
let code = 0
try {
  await main(readArguments(process.argv.slice(2)))
} catch (error) {
  // What was interrupted fails, which is no news.
  if (interrupted) await new Promise(() => {})
  process.stderr.write(`${error instanceof RangeError ? error.message : String(error)}\n`)
  code = 1
}
await stopAll()
// Webhooks of a turn that failed may still be repeated.
process.exit(code)
