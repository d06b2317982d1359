// A throw-away Postgres server out of this machine's binaries: in a temporary folder, on a free port of the loopback, gone afterwards.
// Must not know: what is stored in it. Nothing is synced to disk, and everybody on the loopback is let in: for tests alone.
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort } from '../../src/temporal/server/ports.ts'

export type PostgresServer = {
  /** postgres://… of its maintenance database, as somebody who may create others. */
  readonly url: string
  stop(): Promise<void>
}

const HOST = '127.0.0.1'
const READY_MS = 60_000
/** Postgres refuses to run as root; whoever starts the tests as root lends it one of these users. */
const USERS = ['postgres', 'nobody']
/** Two processes a test file and a pool each, with room. */
const SETTINGS = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  max_connections: '300',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  // Counts what each statement costs: for the test that holds a saga against its budget.
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.max': '20000',
}
/** It must not outlive the tests, not even killed ones: its standard input ends with them. Its folder goes with it. */
const KEEPER = 'folder=$0; "$@" </dev/null & p=$!; read _; kill -INT $p; wait $p; rm -rf "$folder"'

/** Throws one sentence with the remedy where this machine has no Postgres. */
export async function startPostgres(more: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const programs = findPrograms()
  const owner = ownerOf(process.getuid?.())
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-postgres-'))
  if (owner) await chown(folder, owner.uid, owner.gid)
  const data = join(folder, 'data')
  const making = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
  await promisify(execFile)(join(programs, 'initdb'), making, { ...owner, cwd: folder })
  const port = await freePort(HOST)
  const settings = Object.entries({ ...SETTINGS, ...more, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const args = ['-c', KEEPER, folder, join(programs, 'postgres'), '-D', data, ...settings]
  const child = spawn('sh', args, { ...owner, cwd: folder, detached: true, stdio: ['pipe', 'ignore', 'pipe'] })
  const url = `postgres://postgres@${HOST}:${port}/postgres`
  const stop = () => ended(child, folder)
  try {
    await untilItAnswers(child, url)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, stop }
}

/** The folder with Postgres' programs on this machine, if any. */
export function postgresPrograms(): string | undefined {
  const path = (process.env['PATH'] ?? '').split(delimiter)
  const folders = [...path, ...versions('/usr/lib/postgresql'), '/usr/local/bin', '/usr/local/pgsql/bin']
  return folders.find((folder) => ['postgres', 'initdb'].every((name) => existsSync(join(folder, name))))
}

export function findPrograms(): string {
  const found = postgresPrograms()
  if (found !== undefined) return found
  throw new Error(
    'There is no Postgres to test on: install one (for example the package "postgresql"), or set DATABASE_URL to a server on which databases may be created.',
  )
}

/** The newest first. */
function versions(packages: string): readonly string[] {
  if (!existsSync(packages)) return []
  const byNumber = readdirSync(packages).toSorted((a, b) => Number(b) - Number(a))
  return byNumber.map((version) => join(packages, version, 'bin'))
}

export function ownerOf(uid: number | undefined): { uid: number; gid: number } | undefined {
  if (uid !== 0) return undefined
  for (const user of USERS) {
    try {
      const [own, group] = ['-u', '-g'].map((which) => Number(execFileSync('id', [which, user], { stdio: 'pipe' })))
      if (own && group) return { uid: own, gid: group }
    } catch {
      continue
    }
  }
  throw new Error(
    `Postgres refuses to run as root, and there is none of the users ${USERS.join(', ')}: run the tests as somebody else.`,
  )
}

export async function untilItAnswers(child: ChildProcess, url: string): Promise<void> {
  const said: string[] = []
  child.stderr?.on('data', (chunk: Buffer) => said.push(String(chunk)))
  const until = performance.now() + READY_MS
  while (!(await answers(url))) {
    if (child.exitCode === null && performance.now() < until) await pause(50)
    else throw new Error(`The throw-away Postgres server did not start; it said: ${said.join('').slice(-2_000)}`)
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end()
  }
}

async function ended(child: ChildProcess, folder: string): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.stdin?.end()
  if (child.exitCode === null) await gone
  await rm(folder, { recursive: true, force: true })
}
