// A command of the program itself as a child process, and what it printed.
// Must not know: what a test asserts. Its output is a pipe, never a terminal.
import { spawn } from 'node:child_process'
import { ROOT } from './readme.ts'
import type { Environment } from './shop.ts'

type Ran = { readonly code: number | null; readonly rows: readonly (readonly string[])[]; readonly error: string }

export function runCommand(environment: Environment, ...args: readonly string[]): Promise<Ran> {
  const command = ['src/run.js', 'src/main.ts', ...args]
  const child = spawn(process.execPath, command, { cwd: ROOT, env: { ...process.env, ...environment } })
  let [out, error] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      const lines = out.split('\n').filter((line) => line !== '')
      resolve({ code, rows: lines.map((line) => line.split('\t')), error })
    })
  })
}
