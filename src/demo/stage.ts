// Where the story is played: the whole program in this process, on free ports and in a folder of
// its own, and all who act around it.
// Must not know: what happens in the story.
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { z } from 'zod'
import { readConfig, PROGRAM_ROLES } from '../config.ts'
import { sdkLines, type Log } from '../log.ts'
import { installRuntime } from '../temporal/telemetry.ts'
import { startProgram, type Program } from '../wiring/program.ts'
import { createCheckout, type Checkout } from './checkout.ts'
import { createChecks, StoryFailure, type Checks } from './checks.ts'
import { createOutside, type Outside } from './outside.ts'
import { openHistories, type Histories } from './printed/histories.ts'
import type { Timeline } from './printed/timeline.ts'
import { createRows, type Rows } from './rows.ts'
import type { Way } from './ways.ts'

export type Stage = Checks & {
  readonly timeline: Timeline
  readonly checkout: Checkout
  readonly outside: Outside
  readonly rows: Rows
  readonly histories: Histories
  readonly signal: AbortSignal
  /** On which way it is played. */
  readonly way: Way
}
export type Staged = { readonly stage: Stage; readonly program: Program; stop(): Promise<void> }

/** Other than the defaults, so that nobody waits: of 30 s, 65 s and 5 s. */
export const SHORTENED = { CANCEL_TIMEOUT: '2s', PORTONE_CANCEL_TIMEOUT: '2s', LOOK_SPACING: '1s' } as const
/** All that the demo takes from the environment: how the Temporal server is found or made. */
const TAKEN = ['PATH', 'XDG_CACHE_HOME', 'TEMPORAL_CLI'] as const
const FREE_PORTS = { PORT: '0', SIMULATOR_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' } as const

export type Setting = {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly folder: string
  readonly timeline: Timeline
  readonly signal: AbortSignal
  readonly way: Way
}

export async function setStage({ environment, folder, timeline, signal, way }: Setting): Promise<Staged> {
  const taken = Object.fromEntries(TAKEN.map((name) => [name, environment[name]]))
  const config = readConfig({ ...taken, ...FREE_PORTS, ...SHORTENED, DATA_DIR: folder }, PROGRAM_ROLES)
  const starting = new AbortController()
  const log = logTo(timeline, () => !starting.signal.aborted)
  installRuntime('WARN', sdkLines(log))
  timeline.event('program', 'starting: database, Temporal server, simulator, worker, API')
  void sayStillStarting(timeline, AbortSignal.any([starting.signal, signal]))
  try {
    const program = await startProgram(config, log, environment)
    return await gather(program, { timeline, signal, way })
  } finally {
    starting.abort()
  }
}

async function gather(program: Program, around: Pick<Setting, 'timeline' | 'signal' | 'way'>): Promise<Staged> {
  const { api, simulator, temporalAddress, db } = program
  try {
    if (api === null || simulator === null || temporalAddress === null || db === null)
      throw new StoryFailure(
        'the program should run with API, simulator, Temporal server and database, and one is missing',
      )
    const histories = await openHistories(temporalAddress)
    const checkout = createCheckout(api, around.signal)
    const outside = createOutside(simulator, around.signal)
    const stage = { ...createChecks(), ...around, checkout, outside, rows: createRows(db), histories }
    const stop = async () => {
      await histories.close()
      await program.stop()
    }
    return { stage, program, stop }
  } catch (error) {
    await program.stop()
    throw error
  }
}

const lineSchema = z.object({ level: z.number(), msg: z.string() })
const WARN = 40

/**
 * The program's own log: all of it while it starts, for making a Temporal server takes minutes;
 * then warnings only.
 */
function logTo(timeline: Timeline, starting: () => boolean): Log {
  const write = (line: string) => {
    const { level, msg } = lineSchema.parse(JSON.parse(line))
    const banner = msg.startsWith('temporal: ')
    if (level >= WARN || (starting() && !banner)) timeline.event('program', msg)
  }
  return pino({ level: 'info' }, { write })
}

async function sayStillStarting(timeline: Timeline, over: AbortSignal): Promise<void> {
  try {
    for (let pauseMs = 5_000; ; pauseMs = Math.min(30_000, pauseMs * 2)) {
      await pause(pauseMs, undefined, { signal: over })
      timeline.event('program', 'still starting')
    }
  } catch (error) {
    if (!over.aborted) throw error
  }
}
