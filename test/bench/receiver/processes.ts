// The processes of a comparison: started with their environment, asked where they listen, and what processor time they have taken.
// Must not know: what is compared.
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { z } from 'zod'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const database = z.object({ DATABASE_URL: z.string() })

export const databaseIn = (environment: object): string => database.parse(environment).DATABASE_URL

/** On standard output, for whoever started this process. */
export function tellWhere(bound: AddressInfo | string | null): void {
  if (typeof bound !== 'object' || bound === null) throw new Error('it has no port')
  process.stdout.write(`http://127.0.0.1:${bound.port}\n`)
}

type Environment = Readonly<Record<string, string>>
export type RunningSource = { readonly pid: number; stop(): Promise<void> }

export function run(
  args: readonly string[],
  environment: Environment,
): RunningSource & { readonly child: ChildProcess } {
  const child = spawn(process.execPath, [...args], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  if (child.pid === undefined) throw new Error(`${args.join(' ')} was not started`)
  return { child, pid: child.pid, stop }
}

/** All that it says until it ends by itself. */
export async function saidBy(args: readonly string[], environment: Environment): Promise<string> {
  const { child } = run(args, environment)
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text))
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}`)
  return said
}

/** The first address that it prints. */
export function addressOf({ child }: { readonly child: ChildProcess }): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before it listened`)))
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0]
      if (found !== undefined) resolve(found)
    })
  })
}

/** A tick of /proc is 10 ms on every Linux that Node runs on. */
const TICK_MS = 10

/** Milliseconds of processor time that this process has taken, and its children that have ended. */
function cpuOf(pid: number | string): { readonly parent: number; readonly ms: number } {
  // The name before the last bracket may hold spaces.
  const [, , ...fields] = `0 0 ${readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1] ?? ''}`.split(' ')
  const [, parent] = fields
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return { parent: Number(parent), ms: ticks * TICK_MS }
}

/** Of a process and of all those that it has started itself. */
export function cpuWithChildrenMs(pid: number): number {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const taken = children.map((each) => {
    try {
      return Number(each) === pid ? { parent: pid, ms: cpuOf(each).ms } : cpuOf(each)
    } catch (error) {
      // It has ended between the list and the question; its parent has its time now.
      if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
        return { parent: 0, ms: 0 }
      throw error
    }
  })
  return taken.filter(({ parent }) => parent === pid).reduce((sum, { ms }) => sum + ms, 0)
}

const folder = z.object({ rows: z.tuple([z.object({ data_directory: z.string() })]) })

/** The first process of this server, on this machine. */
export async function postmasterOf(client: pg.Client): Promise<number> {
  const { rows } = folder.parse(await client.query('show data_directory'))
  return Number(readFileSync(`${rows[0].data_directory}/postmaster.pid`, 'utf8').split('\n')[0])
}
