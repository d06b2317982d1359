// Runs one of the scripts beside this file as a process of its own, to be killed by a test.
// Must not know what the scripts do.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export type Script = {
  /** The script's next line. */
  readonly nextLine: () => Promise<string>
  /** kill -9, and the wait until it is gone. */
  readonly kill: () => Promise<void>
}

export function startScript(file: string, ...args: readonly string[]): Script {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', path, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const kill = async () => {
    child.kill('SIGKILL')
    await gone
  }
  onTestFinished(kill)
  const nextLine = async () => {
    const line = await lines.next()
    if (line.done === true) throw new Error(`${file} ended before it wrote the line that was waited for`)
    return line.value
  }
  return { nextLine, kill }
}
