// The ops command line as a child process against an API of its own, and what it printed.
// Must not know: what a test asserts. Its output is a pipe, never a terminal.
import { spawn } from 'node:child_process'
import { ROOT } from '../support/readme.ts'

export type Ran = {
  readonly code: number | null
  readonly out: string
  readonly error: string
  /** Lines of values. */
  readonly rows: readonly (readonly string[])[]
  json(): unknown
}

export function makeCli(url: string, key?: string): (...args: readonly string[]) => Promise<Ran> {
  return (...args) => {
    const command = ['src/run.js', 'src/ops/main.ts', ...args]
    const { SAGA_KEY: _, PAYMENTWALL_PROJECT: __, ...others } = process.env
    const { TEMPORAL_UI_URL: ___, TEMPORAL_NAMESPACE: ____, ...inherited } = others
    const env = { ...inherited, SAGA_URL: url, ...(key !== undefined && { SAGA_KEY: key }) }
    const child = spawn(process.execPath, command, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let [out, error] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text))
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => {
        const rows = out
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => line.split('\t'))
        resolve({ code, out, error, rows, json: (): unknown => JSON.parse(out) })
      })
    })
  }
}
