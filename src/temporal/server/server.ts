// Starts the Temporal development server, waits until it answers, and stops it.
// Must not know how the program was found, nor what runs on the server.

import { join, resolve as absolute } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { withFileLock } from '../../lock.ts'
import type { ChildEnvironment } from './childEnvironment.ts'
import { lastLines } from './command.ts'
import { openDataFolder } from './dataFolder.ts'
import { becomesFree, freePort, isListening } from './ports.ts'
import { runServer, type ServerProcess } from './serverProcess.ts'

export type TemporalServerOptions = {
  /** The Temporal CLI. */
  readonly cli: string
  /** The folder of `temporal.db`, kept between starts. */
  readonly dataDir: string
  readonly ip: string
  /** 0 means any free port. */
  readonly port: number
  /** 0 means any free port; without it, or below 0, there is no web interface. */
  readonly uiPort?: number | undefined
  readonly namespace: string
  /** Our own environment; none for a server that is found by its path alone. */
  readonly env?: ChildEnvironment
  /** Every line the server writes, and what we wait for. */
  readonly log: (line: string) => void
}

export type TemporalServer = {
  readonly address: string
  readonly uiUrl: string | undefined
  /** The server itself, not the shell around it. */
  readonly pid: number
  /** Asks it to end, and ends it when it does not; may be called more than once. */
  readonly stop: () => Promise<void>
  /** Its exit code, or null when there is none; settles also when nobody asked it to stop. */
  readonly exited: Promise<number | null>
}

type Ports = { readonly port: number; readonly uiPort: number | undefined }

const READY_MS = 60_000
const POLL_MS = 50
/** A program that was just told to end needs a moment to give its port back. */
const BUSY_PORT_MS = 2_000
/** More than the 10 seconds that a server whose program was killed has to end. */
const EARLIER_SERVER_MS = 15_000
/**
 * A free port was taken before the server came to it; or it fell over its own start, which a busy
 * machine has seen.
 */
const PASSING = /address already in use|^panic: /m
/** How often it is started again then. */
const TRIES = 5

export function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const lock = { path: join(options.dataDir, 'temporal.db.lock'), waitMs: 2 * READY_MS, onWait: options.log }
  return withFileLock(lock, () => start(options))
}

async function start(options: TemporalServerOptions): Promise<TemporalServer> {
  const { cli, log, env = {} } = options
  const dataDir = absolute(options.dataDir)
  const folder = await openDataFolder({ dataDir, cli, log, env, waitMs: EARLIER_SERVER_MS })
  for (let triesLeft = TRIES; ; triesLeft -= 1) {
    const ports = await choosePorts(options)
    const server = runServer({ ...options, ...ports, env, database: folder.database }, log)
    try {
      const pid = await Promise.race([server.pid, server.exited.then(() => 0)])
      await folder.recordStarted(pid)
      await untilItAnswers(server, options.ip, ports.port)
      await folder.recordReady(pid)
      const address = hostAndPort(options.ip, ports.port)
      const uiUrl = ports.uiPort === undefined ? undefined : `http://${hostAndPort(options.ip, ports.uiPort)}`
      return { address, uiUrl, pid, stop: server.stop, exited: server.exited }
    } catch (error) {
      await server.stop()
      if (!PASSING.test(server.output()) || triesLeft === 1) throw error
    }
  }
}

async function choosePorts({ ip, port, uiPort }: TemporalServerOptions): Promise<Ports> {
  const chosen = await choosePort(ip, port, 'TEMPORAL_PORT')
  if (uiPort === undefined || uiPort < 0) return { port: chosen, uiPort: undefined }
  return { port: chosen, uiPort: await choosePort(ip, uiPort, 'TEMPORAL_UI_PORT') }
}

async function choosePort(ip: string, port: number, setting: string): Promise<number> {
  if (port === 0) return freePort(ip)
  if (await becomesFree(ip, port, BUSY_PORT_MS)) return port
  throw new Error(
    `Port ${port} on ${ip}, meant for the Temporal server, is taken by another program. ` +
      `Stop that program, or set ${setting} to another port, or to 0 for any free one.`,
  )
}

async function untilItAnswers(server: ServerProcess, ip: string, port: number): Promise<void> {
  const giveUpAt = Date.now() + READY_MS
  while (!(await answers(ip, port)) || server.hasExited()) {
    if (server.hasExited()) {
      const code = await server.exited
      throw new Error(`The Temporal server ended while starting (code ${code}); ${lastLines(server.output())}`)
    }
    if (Date.now() > giveUpAt) {
      throw new Error(
        `The Temporal server did not answer within ${READY_MS / 1000} s and was stopped; ${lastLines(server.output())}`,
      )
    }
    await pause(POLL_MS)
  }
}

/** A plain connection first: a refused gRPC channel would wait a second before it tries again. */
async function answers(ip: string, port: number): Promise<boolean> {
  if (!(await isListening(reachable(ip), port))) return false
  const connection = Connection.lazy({ address: hostAndPort(ip, port) })
  try {
    await connection.withDeadline(Date.now() + 2_000, () => connection.workflowService.getSystemInfo({}))
    return true
  } catch {
    return false
  } finally {
    await connection.close()
  }
}

function hostAndPort(ip: string, port: number): string {
  const host = reachable(ip)
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** A server bound to every address of the machine is reached by its own. */
function reachable(ip: string): string {
  if (ip === '0.0.0.0') return '127.0.0.1'
  return ip === '::' ? '::1' : ip
}
