// A Postgres server of this machine's binaries that is killed and started again over the same folder: whoever was told of a commit
// must find it.
// Must not know: what is stored in it.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { chown, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { findPrograms, ownerOf, untilItAnswers } from '../support/postgres.ts'
import { steadyPort } from './links.ts'

const HOST = '127.0.0.1'
/** The processes are killed, the machine is not: what was handed to the system is kept without a sync. */
const SETTINGS = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'on',
  full_page_writes: 'on',
}
/** It must not outlive whoever started it, not even a killed one: standard input ends with them. */
const KEEPER = `
exec 3<&0
"$@" </dev/null 3<&- & server=$!
echo "$server"
{ read -r _ <&3; kill -INT "$server"; } >/dev/null 2>&1 & watcher=$!
exec 3<&-
wait "$server"
kill "$watcher"
`
const START_TRIES = 20
const BETWEEN_TRIES_MS = 500

export type PostgresProcess = {
  readonly port: number
  start(): Promise<void>
  /** The server and all of its children at once. */
  kill9(): Promise<void>
  freeze(): Promise<void>
  thaw(): Promise<void>
  isUp(): boolean
  dump(database: string, file: string): Promise<void>
  /** Into a database that is there and empty. */
  restore(database: string, file: string): Promise<void>
  stop(): Promise<void>
}

export async function makePostgres(): Promise<PostgresProcess> {
  // What dumps and restores stands beside the server itself, not always beside a link to it.
  const programs = dirname(await realpath(join(findPrograms(), 'postgres')))
  const owner = ownerOf(process.getuid?.())
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-postgres-'))
  if (owner) await chown(folder, owner.uid, owner.gid)
  const run = promisify(execFile)
  const data = join(folder, 'data')
  const making = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
  await run(join(programs, 'initdb'), making, { ...owner, cwd: folder })
  const port = await steadyPort()
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const at = ['-h', HOST, '-p', String(port), '-U', 'postgres']
  let running: { readonly shell: ChildProcess; readonly pid: number; readonly gone: Promise<unknown> } | undefined

  async function tryStart(): Promise<void> {
    const args = ['-c', KEEPER, 'sh', join(programs, 'postgres'), '-D', data, ...settings]
    const shell = spawn('sh', args, { ...owner, cwd: folder, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
    shell.stdin.on('error', () => undefined)
    const gone = new Promise((resolve) => shell.once('exit', resolve))
    const pid = await new Promise<number>((resolve) => shell.stdout.once('data', (text) => resolve(Number(text))))
    running = { shell, pid, gone }
    await untilItAnswers(shell, `postgres://postgres@${HOST}:${port}/postgres`)
  }
  const all = async (signal: NodeJS.Signals) => {
    if (running) for (const pid of [running.pid, ...(await childrenOf(running.pid))]) signalTo(pid, signal)
  }
  return {
    port,
    start: async () => {
      // Those that a killed server has left may hold its memory for a moment.
      for (let tries = 1; ; tries += 1) {
        try {
          return await tryStart()
        } catch (error) {
          await running?.gone
          if (tries === START_TRIES) throw error
          await pause(BETWEEN_TRIES_MS)
        }
      }
    },
    kill9: async () => {
      await all('SIGKILL')
      await running?.gone
    },
    freeze: () => all('SIGSTOP'),
    thaw: () => all('SIGCONT'),
    isUp: () => running?.shell.exitCode === null,
    dump: async (database, file) => {
      await run(join(programs, 'pg_dump'), [...at, '-Fc', '-Z', '1', '-f', file, database])
    },
    restore: async (database, file) => {
      await run(join(programs, 'pg_restore'), [...at, '--exit-on-error', '-d', database, file])
    },
    stop: async () => {
      if (running) {
        signalTo(running.pid, 'SIGINT')
        await running.gone
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function childrenOf(parent: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const parents = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      return { pid: Number(pid), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) }
    }),
  )
  return parents.filter((each) => each.parent === parent).map(({ pid }) => pid)
}

/** It may be gone by itself. */
function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
