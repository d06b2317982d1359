// Programs as processes of their own that end with whoever started them, and what a process has used, from /proc.
// Must not know: what they do.
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, type WriteStream } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Of the kernel, the same on every Linux that people run. */
const TICKS_A_SECOND = 100
/** It must not outlive the bench, not even a killed one: standard input ends with it. */
const KEEPER = `
exec 3<&0
"$@" </dev/null 3<&- & program=$!
echo "pid $program"
{ read -r _ <&3; kill -9 "$program"; } >/dev/null 2>&1 & watcher=$!
exec 3<&-
wait "$program"
kill "$watcher" 2>/dev/null
`

export type Running = {
  readonly pid: number
  readonly hasEnded: () => boolean
  kill9(): Promise<void>
}

/** `node` with these arguments; what it says goes to the log. */
export async function runProgram(
  given: readonly string[],
  environment: Readonly<Record<string, string>>,
  log: WriteStream,
): Promise<Running> {
  const args = ['-c', KEEPER, 'sh', process.execPath, ...given]
  const env = { ...process.env, ...environment }
  const shell = spawn('sh', args, { cwd: ROOT, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  shell.stdin.on('error', () => undefined)
  const gone = new Promise((resolve) => shell.once('exit', resolve))
  const pid = await pidSaidBy(shell)
  shell.stdout.pipe(log, { end: false })
  shell.stderr.pipe(log, { end: false })
  return {
    pid,
    hasEnded: () => shell.exitCode !== null || shell.signalCode !== null,
    kill9: async () => {
      shell.stdin.end()
      await gone
    },
  }
}

function pidSaidBy(shell: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    shell.once('error', reject)
    shell.stdout?.once('data', (text) => resolve(Number(/^pid (\d+)/.exec(String(text))?.[1])))
  })
}

export function needsProc(): void {
  if (!existsSync('/proc/self/stat'))
    throw new Error('npm run bench reads what processes use from /proc: run it on Linux, or in a Linux container.')
}

type Stat = { readonly parent: number; readonly ms: number }

/** Of the process, its children, and those of them that have ended. */
export function cpuMsOf(pid: number): number {
  const all = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const stat = statOf(Number(name))
        return stat === undefined ? [] : [[Number(name), stat] as const]
      }),
  )
  const sum = (of: number): number =>
    [...all].reduce((ms, [child, { parent }]) => (parent === of ? ms + sum(child) : ms), all.get(of)?.ms ?? 0)
  return sum(pid)
}

export const parentOf = (pid: number): number => statOf(pid)?.parent ?? 0

/** Behind the name, which may hold blanks and brackets. Undefined for one that has just ended. */
function statOf(pid: number): Stat | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined
    throw error
  }
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [user = 0, system = 0, ofEndedUser = 0, ofEndedSystem = 0] = fields.slice(11, 15)
  return { parent: fields[1] ?? 0, ms: ((user + system + ofEndedUser + ofEndedSystem) * 1_000) / TICKS_A_SECOND }
}

export function memoryMbOf(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) / 1_024
}
