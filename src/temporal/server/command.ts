// Runs one program to its end: its last lines when it fails, a sign of life while it takes long.
// Must not know what the program is for.

import { spawn } from 'node:child_process'
import type { ChildEnvironment } from './childEnvironment.ts'

export type Command = {
  readonly program: string
  readonly args: readonly string[]
  /** All that it gets: never our own as a whole, which holds secrets. */
  readonly env: ChildEnvironment
  readonly cwd?: string
  /** The program is killed after this time, and that is what it then said. */
  readonly limitMs: number
  /** A line every 15 seconds while the program runs; none without it. */
  readonly stillRunning?: (elapsedSeconds: number) => void
}

/** `said` is why not: the last lines of what the program wrote, or why it could not be started. */
export type CommandEnd = { readonly ok: true; readonly output: string } | { readonly ok: false; readonly said: string }

const HEARTBEAT_SECONDS = 15
const KEPT_LINES = 12
const KEPT_CHARACTERS = 64_000

export function runCommand(command: Command): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const child = spawn(command.program, command.args, {
      cwd: command.cwd,
      env: { ...command.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: command.limitMs,
      killSignal: 'SIGKILL',
    })
    let output = ''
    const keep = (chunk: string) => {
      output = (output + chunk).slice(-KEPT_CHARACTERS)
    }
    child.stdout.setEncoding('utf8').on('data', keep)
    child.stderr.setEncoding('utf8').on('data', keep)
    const startedAt = Date.now()
    const heartbeat = setInterval(
      () => command.stillRunning?.(Math.round((Date.now() - startedAt) / 1000)),
      HEARTBEAT_SECONDS * 1000,
    )
    const end = (result: CommandEnd) => {
      clearInterval(heartbeat)
      resolve(result)
    }
    child.on('error', (error) => end({ ok: false, said: whyNotStarted(command.program, error) }))
    child.on('close', (code, signal) => {
      if (code === 0) end({ ok: true, output })
      else if (child.killed) end({ ok: false, said: `stopped after ${command.limitMs / 1000} s; ${lastLines(output)}` })
      else end({ ok: false, said: `ended with ${signal ?? `code ${code}`}; ${lastLines(output)}` })
    })
  })
}

/** The last lines of a program's output, or a word that there were none. */
export function lastLines(output: string): string {
  const lines = output.trim().split('\n').slice(-KEPT_LINES)
  const text = lines.join('\n').trim()
  return text === '' ? 'it wrote nothing' : `it wrote:\n${text}`
}

function whyNotStarted(program: string, error: Error): string {
  if ('code' in error && error.code === 'ENOENT') return `${program} is not on PATH`
  return `${program} could not be started: ${error.message}`
}
