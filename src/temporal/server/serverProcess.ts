// One process of the Temporal development server: its flags, and the shell around it that ends it
// when we are gone.
// Must not know when the server is ready, nor how its ports and its folder were chosen.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { SEARCH_ATTRIBUTES } from '../../domain/names.ts'
import { plain, type ChildEnvironment } from './childEnvironment.ts'

export type ServerCommand = {
  readonly cli: string
  readonly database: string
  readonly ip: string
  readonly port: number
  readonly uiPort: number | undefined
  readonly namespace: string
  /** Our own; the server gets what it needs of it. */
  readonly env: ChildEnvironment
}

export type ServerProcess = {
  /** The server's own process id, not the shell's; never settles when it could not be started. */
  readonly pid: Promise<number>
  /** Its exit code, or null when there is none. */
  readonly exited: Promise<number | null>
  readonly hasExited: () => boolean
  /** The first lines it wrote, which say why it fell, and the last. */
  readonly output: () => string
  readonly stop: () => Promise<void>
}

/**
 * The shell gives the server 10 seconds to end after being asked; this is the end of our own
 * patience.
 */
const STOP_MS = 15_000
const KEPT_FIRST_LINES = 20
const KEPT_LAST_LINES = 40

/**
 * Go's own setting: garbage is collected at half as much growth, which takes 20 MB less and no time
 * that could be measured.
 */
const LEAN = { GOGC: '50' }

/**
 * The server must not outlive us, not even after kill -9. The shell's standard input is a pipe from
 * us, which the system closes however we end; the watcher then ends the server, first politely. The
 * shell ends with the server.
 */
const WRAPPER = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
echo "$server"
{
  read -r _ <&3
  kill "$server"
  i=0
  while [ $i -lt 10 ] && kill -0 "$server"; do sleep 1; i=$((i + 1)); done
  kill -9 "$server"
} >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$server"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
`

export function runServer(command: ServerCommand, log: (line: string) => void): ServerProcess {
  const args = ['-c', WRAPPER, 'sh', command.cli, ...serverArguments(command)]
  // Detached: Ctrl-C at a terminal must reach us alone, so that our workers end before the server
  // does.
  const shell = spawn('sh', args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...plain(command.env), ...LEAN },
  })
  const [first, last]: [string[], string[]] = [[], []]
  const keep = (line: string) => {
    if (line.trim() === '') return
    if (first.length < KEPT_FIRST_LINES) first.push(line)
    else if (last.push(line) > KEPT_LAST_LINES) last.shift()
    log(line)
  }
  const lines = createInterface({ input: shell.stdout })
  const pid = new Promise<number>((resolve) => {
    lines.once('line', (line) => {
      resolve(Number(line))
      lines.on('line', keep)
    })
  })
  createInterface({ input: shell.stderr }).on('line', keep)
  let gone = false
  const exited = new Promise<number | null>((resolve) => {
    const end = (code: number | null) => {
      gone = true
      resolve(code)
    }
    shell.once('error', (error) => {
      keep(error.message)
      end(null)
    })
    shell.once('close', end)
  })
  shell.stdin.on('error', () => undefined) // the shell may be gone first
  const stop = async () => {
    shell.stdin.end()
    const endedInTime = await Promise.race([exited.then(() => true), pause(STOP_MS, false, { ref: false })])
    if (!endedInTime && shell.pid !== undefined) process.kill(-shell.pid, 'SIGKILL') // the whole group
    await exited
  }
  return { pid, exited, hasExited: () => gone, output: () => [...first, ...last].join('\n'), stop }
}

function serverArguments({ database, ip, port, uiPort, namespace }: ServerCommand): string[] {
  const ui = uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]
  const attributes = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => `${name}=${flagType(type)}`)
  return [
    ['server', 'start-dev', '--ip', ip, '--port', String(port), ...ui, '--namespace', namespace],
    ['--db-filename', database, '--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=FULL'],
    // The default of 20 polls a second adds some 40 ms to every step of a workflow.
    ['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000'],
    // For a new namespace only; namespace.ts adds them to one that is there already.
    attributes.flatMap((attribute) => ['--search-attribute', attribute]),
    ['--log-level', 'error'],
  ].flat()
}

/** The flag spells a type `Keyword`, the API `KEYWORD`. */
function flagType(type: string): string {
  return type.charAt(0) + type.slice(1).toLowerCase()
}
