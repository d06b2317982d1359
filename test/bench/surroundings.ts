// What a bench runs in: the Temporal CLI, the gateway, a folder of its own, an end at which all that was started is ended; what the
// machine and its programs are; and where its numbers go. Must not know: what is measured.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { findOrMakeTemporalCli } from '../../src/temporal/server/binary.ts'
import { testCacheDir } from '../support/temporalCli.ts'
import { startGateway, type Gateway } from './gateway.ts'
import { inMarkdown, publish, type Place } from './numbers/published.ts'
import type { Machine } from './numbers/report.ts'
import { needsProc } from './processes.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MB_A_GB = 1_000_000_000
const MINUTE_MS = 60_000
const INTERRUPTED = 130
/** Git does not keep it; what has come there once stays. */
export const KEPT = join(ROOT, '.bench')

const pinned = z.object({ dependencies: z.record(z.string(), z.string()) })
export const say = (line: string): void => {
  const seconds = Math.floor(performance.now() / 1_000)
  process.stderr.write(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}  ${line}\n`)
}

export type Surroundings = {
  /** ISO 8601, in UTC. */
  readonly began: string
  readonly load: number
  readonly minutes: () => number
  readonly cli: string
  readonly gateway: Gateway
  /** Gone at the end. */
  readonly folder: string
  /** Of what the programs say; it stays. */
  readonly logs: string
  /** The last one first, each once, whatever happens. */
  readonly atTheEnd: (stop: () => Promise<void> | void) => void
}

type Bench<Asked> = (around: Surroundings, asked: Asked) => Promise<void>

/** Ends the process, also when it is interrupted. */
export async function runIn<Asked>(read: (args: readonly string[]) => Asked, bench: Bench<Asked>): Promise<never> {
  let interrupted = false
  const stops: (() => Promise<void> | void)[] = []
  const stopAll = async () => {
    for (let next = stops.pop(); next !== undefined; next = stops.pop()) await next()
  }
  const interrupt = () => {
    if (interrupted) return
    interrupted = true
    say('ending what was started')
    void stopAll().finally(() => process.exit(INTERRUPTED))
  }
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, interrupt)
  let code = 0
  try {
    const asked = read(process.argv.slice(2))
    await bench(await surroundings((stop) => void stops.push(stop)), asked)
  } catch (error) {
    // What was interrupted fails, which is no news.
    if (interrupted) await new Promise(() => {})
    process.stderr.write(`${error instanceof RangeError ? error.message : String(error)}\n`)
    code = 1
  }
  await stopAll()
  // Webhooks of a turn that failed may still be repeated.
  process.exit(code)
}

async function surroundings(atTheEnd: Surroundings['atTheEnd']): Promise<Surroundings> {
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
  atTheEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 }))
  const gateway = await startGateway()
  atTheEnd(gateway.stop)
  const logs = join(KEPT, 'logs')
  mkdirSync(logs, { recursive: true })
  return { began, load, minutes: () => performance.now() / MINUTE_MS, cli, gateway, folder, logs, atTheEnd }
}

const loadNow = (): number => loadavg()[0] ?? 0

type Told = { readonly postgres: string; readonly withPeers: boolean }

/** Asked at the end: the load is that of before and of now. */
export async function machineOf(around: Surroundings, { postgres, withPeers }: Told): Promise<Machine> {
  const own = await pinnedIn('package.json')
  const peers = await pinnedIn('test/bench/peers/package.json')
  const { stdout } = await promisify(execFile)(around.cli, ['--version'])
  return {
    processor: cpus()[0]?.model.trim() ?? 'an unknown processor',
    cores: cpus().length,
    memoryGb: totalmem() / MB_A_GB,
    load: [around.load, loadNow()],
    versions: {
      'Node.js': process.versions.node,
      Postgres: postgres,
      'Temporal CLI': stdout.trim().replace(/^temporal version /, ''),
      '@temporalio/worker': own['@temporalio/worker'] ?? 'unknown',
      ...(withPeers && peers),
    },
  }
}

const pinnedIn = async (path: string): Promise<Readonly<Record<string, string>>> =>
  pinned.parse(JSON.parse(await readFile(join(ROOT, path), 'utf8'))).dependencies

type Ended = { readonly place: Place; readonly run: { readonly began: string }; readonly said: string }

/** The report on standard output, the numbers into a file, and where that is asked for the report into the document, too. */
export async function tell({ place, run, said }: Ended, write: boolean): Promise<void> {
  const results = join(KEPT, 'results')
  mkdirSync(results, { recursive: true })
  const file = join(results, `${run.began.replace(/[:.]/g, '-')}.json`)
  writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`)
  process.stdout.write(`\n${await inMarkdown(said)}`)
  say(`all numbers are in ${relative(ROOT, file)}`)
  if (!write) return
  await publish(place, said)
  say('docs/benchmark.md has this run')
}
