// The ops command line against an API of its own, in this process or as one of its own, and what it printed.
// Must not know: what a test asserts. Its output is never a terminal.
import { spawn } from 'node:child_process'
import { runOps } from '../../src/ops/commandLine.ts'
import { ROOT } from '../support/readme.ts'

export type Ran = {
  readonly code: number | null
  readonly out: string
  readonly error: string
  /** Lines of values. */
  readonly rows: readonly (readonly string[])[]
  json(): unknown
}
type Cli = (...args: readonly string[]) => Promise<Ran>

/** In this process, with address and key in its options: what it prints and asks is the same, and its start is not paid. */
export function makeCli(url: string, key?: string): Cli {
  const given = ['--url', url, ...(key === undefined ? [] : ['--key', key])]
  return async (...args) => {
    let [out, error] = ['', '']
    const code = await runOps([...given, ...args], {
      stdout: { write: (text) => void (out += text) },
      stderr: { write: (text) => void (error += text) },
    })
    return ranAs(code, out, error)
  }
}

/** As people start it: a process, with address and key in its environment. Its output is a pipe, and nobody is there to be asked. */
export function cliProcess(url: string, key?: string): Cli {
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
      child.once('close', (code) => resolve(ranAs(code, out, error)))
    })
  }
}

function ranAs(code: number | null, out: string, error: string): Ran {
  const rows = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
  return { code, out, error, rows, json: (): unknown => JSON.parse(out) }
}
