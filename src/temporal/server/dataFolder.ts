// The data folder of the development server: which server version made it, and who uses it now.
// Must not know how the server is started.

import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { plain, type ChildEnvironment } from './childEnvironment.ts'
import { runCommand } from './command.ts'

export type OpenDataFolder = {
  readonly dataDir: string
  readonly cli: string
  readonly log: (line: string) => void
  /** Our own; the programs that are asked get what they need of it. */
  readonly env: ChildEnvironment
  /** How long a server of an earlier start may still need to end. */
  readonly waitMs: number
}

export type DataFolder = {
  /** The database file. */
  readonly database: string
  /** To be called when the server runs: the next start waits for the end of this process. */
  readonly recordStarted: (serverPid: number) => Promise<void>
  /** To be called when the server answers: from then on the file is never thrown away. */
  readonly recordReady: (serverPid: number) => Promise<void>
}

/** `making` until the server has answered once: before that nobody can have stored anything. */
type Note = { readonly state: 'making' | 'ready'; readonly server: string; readonly pid: number }

const POLL_MS = 100

/**
 * Makes the folder usable for the server of `cli`, or refuses with a sentence: the development
 * server sets up the schema of a new file only and never upgrades it, so a file belongs to one
 * server version. The caller holds a lock on the folder until the server is recorded as ready: two
 * first starts at once would remove each other's file.
 */
export async function openDataFolder(options: OpenDataFolder): Promise<DataFolder> {
  const { dataDir, cli, log, env } = options
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const database = join(dataDir, 'temporal.db')
  const notePath = join(dataDir, 'temporal.db.version')
  const note = await readNote(notePath)
  if (note !== undefined) await untilEarlierServerIsGone(note.pid, database, options)
  if (note?.state === 'making') {
    log('an earlier first start was cut off before the server answered: starting with a new database')
    await removeDatabase(database)
  }
  const server = await serverVersion(cli, env)
  const state = existsSync(database) ? 'ready' : 'making'
  if (state === 'ready') refuseOtherVersion(database, note, server)
  else await writeNote(notePath, { state, server, pid: 0 })
  return {
    database,
    recordStarted: (pid) => writeNote(notePath, { state, server, pid }),
    recordReady: (pid) => writeNote(notePath, { state: 'ready', server, pid }),
  }
}

/** The server inside a Temporal CLI, as in `1.29.1`. */
async function serverVersion(cli: string, env: ChildEnvironment): Promise<string> {
  const end = await runCommand({ program: cli, args: ['--version'], env: plain(env), limitMs: 30_000 })
  const version = end.ok ? /\bServer (\d+\.\d+\.\d+\S*?)[,)]/.exec(end.output)?.[1] : undefined
  if (version !== undefined) return version
  const said = end.ok ? end.output.trim() : end.said
  throw new Error(`${cli} is no Temporal CLI with a development server (--version: ${said}). Set TEMPORAL_CLI to one.`)
}

function refuseOtherVersion(database: string, note: Note | undefined, server: string): void {
  if (note === undefined || note.server === server) return
  throw new Error(
    `${database} was made by Temporal server ${note.server}, and this is ${server}, which would not upgrade it. ` +
      `Nothing was changed. Use a CLI with server ${note.server} (TEMPORAL_CLI), or another DATA_DIR.`,
  )
}

/**
 * After a kill the earlier server still needs a moment; two servers on one file would fight over
 * it.
 */
async function untilEarlierServerIsGone(pid: number, database: string, options: OpenDataFolder): Promise<void> {
  const giveUpAt = Date.now() + options.waitMs
  let waitingSaid = false
  while (await runsOn(pid, database, options.env)) {
    if (Date.now() > giveUpAt) {
      throw new Error(
        `Temporal server process ${pid} of another start uses ${database}. ` +
          'Stop that program, or choose another DATA_DIR.',
      )
    }
    if (!waitingSaid) options.log(`waiting for Temporal server process ${pid} of an earlier start to end`)
    waitingSaid = true
    await pause(POLL_MS)
  }
}

/**
 * A process id alone proves nothing, ids are used again: its command line must name the database.
 */
async function runsOn(pid: number, database: string, env: ChildEnvironment): Promise<boolean> {
  if (pid === 0) return false
  if (existsSync('/proc/self/cmdline')) {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    return commandLine.split('\0').includes(database)
  }
  const args = ['-o', 'args=', '-p', String(pid)]
  const end = await runCommand({ program: 'ps', args, env: plain(env), limitMs: 5_000 })
  return end.ok && end.output.includes(database)
}

async function readNote(path: string): Promise<Note | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const [, state, server, pid] = /^(making|ready) (\S+) (\d+)$/m.exec(text) ?? []
  if (server === undefined || pid === undefined) return undefined
  return { state: state === 'making' ? 'making' : 'ready', server, pid: Number(pid) }
}

async function writeNote(path: string, note: Note): Promise<void> {
  const draft = `${path}.new`
  await writeFile(
    draft,
    `# how temporal.db stands, the server version that made it, its process\n${note.state} ${note.server} ${note.pid}\n`,
  )
  await rename(draft, path)
}

async function removeDatabase(database: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(`${database}${suffix}`, { force: true })
}
