// So many refunds are brought to wait, and then: memory, what is done while nothing comes, a sweep, a pass of the supervisor, kill -9,
// a backlog.
// Must not know: how many waited before; the table.
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { MAINTENANCE_QUEUE, SUPERVISE_WORKFLOW, SWEEP_WORKFLOW } from '../../../src/domain/names.ts'
import type { TemporalClient } from '../../costs/temporal.ts'
import { aSecondOf, bringToWait, eachOf, idsOf, killed, refunding, refundOf, type Scene } from '../acts.ts'
import type { Spent } from '../contestants.ts'
import { median } from '../numbers/statistics.ts'
import type { Measured } from './table.ts'

export type World = Scene & {
  readonly temporal: TemporalClient
  readonly say: (line: string) => void
  /** Ids of orders whose refunds wait, the oldest first; what is done with them is taken off. */
  readonly waiting: string[]
}

const PROGRESS_MS = 5_000
/** Autovacuum, checkpoints and garbage of what was brought up. */
const SETTLE_MS = 30_000
const IDLE_MS = 30_000
/** What follows an end is its, too. */
const AFTER_MS = 2_000
/** Longer than Temporal waits for the worker that had a saga; the start is over by then. */
const STARTED_MS = 15_000
const PASSES = 3
const KILLS = 2
const BACKLOG = 500

export async function measureWith(world: World, size: number): Promise<Measured> {
  const { contestant, waiting, say } = world
  const broughtASecond = await fillUp(world, size)
  say('nothing comes')
  await pause(SETTLE_MS)
  const settledMb = contestant.memoryMb()
  const idle = await aSecondOf(contestant, IDLE_MS)
  await allWait(world, size)
  const sweep = await passesOf(world, idle, { name: 'a sweep', once: () => sweepOnce(world) })
  const pass = await passesOf(world, idle, { name: 'a pass of the supervisor', once: () => superviseOnce(world) })
  const { known, other, startedMb } = await killOften(world, size)
  const ids = waiting.splice(0, Math.min(BACKLOG, Math.floor(waiting.length / 2)))
  say(`a backlog of ${ids.length}`)
  const backlog = await costOf(world, idle, refunding(world, ids).end)
  return {
    broughtASecond,
    settledMb,
    startedMb,
    idleAppMs: idle.app,
    idleServerMs: idle.server,
    idlePostgresMs: idle.postgres,
    knownRowS: known.rowS,
    knownEndS: known.endS,
    otherRowS: other.rowS,
    otherEndS: other.endS,
    sweepS: sweep.seconds,
    sweepAppMs: sweep.app,
    sweepServerMs: sweep.server,
    sweepPostgresMs: sweep.postgres,
    sweepStatements: sweep.statements,
    sweepCalls: sweep.calls,
    passS: pass.seconds,
    passAppMs: pass.app,
    passServerMs: pass.server,
    passPostgresMs: pass.postgres,
    passStatements: pass.statements,
    passCalls: pass.calls,
    backlogASecond: ids.length / backlog.seconds,
    backlogAppMs: backlog.app / ids.length,
    backlogServerMs: backlog.server / ids.length,
    backlogPostgresMs: backlog.postgres / ids.length,
  }
}

/** A second, over the time that it took. */
async function fillUp(world: World, size: number): Promise<number> {
  const { waiting, say } = world
  const before = waiting.length
  const told = () => say(`${waiting.length.toLocaleString('en')} of ${size.toLocaleString('en')} refunds wait`)
  const telling = setInterval(told, PROGRESS_MS)
  const began = performance.now()
  try {
    await bringToWait(world, idsOf(`m${size}-`, size - before), (id) => void waiting.push(id))
  } finally {
    clearInterval(telling)
  }
  told()
  return ((size - before) * 1_000) / (performance.now() - began)
}

const supervised = z.object({ running: z.number(), open: z.number() })
const sweepOnce = ({ temporal }: World): Promise<unknown> =>
  temporal.run(SWEEP_WORKFLOW, { taskQueue: MAINTENANCE_QUEUE, args: [{ gateway: 'iamport/main' }] })
const superviseOnce = ({ temporal }: World): Promise<unknown> =>
  temporal.run(SUPERVISE_WORKFLOW, { taskQueue: MAINTENANCE_QUEUE, args: [] })

/** Throws where not as many sagas run and rows are open, or where one of three looked at has no timer. */
async function allWait(world: World, size: number): Promise<void> {
  const { temporal, waiting } = world
  const { running, open } = supervised.parse(await superviseOnce(world))
  if (running !== size || open !== size)
    throw new Error(`${size} refunds were to wait, but ${running} sagas run and ${open} rows are open`)
  for (const id of [waiting[0], waiting[Math.floor(size / 2)], waiting.at(-1)]) {
    const timers = await temporal.timersOf(refundOf(id ?? ''))
    if (timers !== 1) throw new Error(`the refund of ${id} was to wait with a timer, but has ${timers}`)
  }
}

type Cost = Spent & { readonly seconds: number; readonly calls: number }

/** Of a piece of work and what follows at once, less what is done anyway while nothing comes. */
async function costOf({ contestant, gateway }: World, idle: Spent, work: () => Promise<unknown>): Promise<Cost> {
  const [before, calls, from] = [await contestant.spent(), gateway.calls(), performance.now()]
  await work()
  const seconds = (performance.now() - from) / 1_000
  await pause(AFTER_MS)
  const after = await contestant.spent()
  const anyway = (performance.now() - from) / 1_000
  const spent = eachOf((key) => Math.max(0, after[key] - before[key] - idle[key] * anyway))
  return { ...spent, seconds, calls: gateway.calls() - calls }
}

type Pass = { readonly name: string; readonly once: () => Promise<unknown> }

/** The middle one of each number. */
async function passesOf(world: World, idle: Spent, { name, once }: Pass): Promise<Cost> {
  const taken: Cost[] = []
  for (let count = 1; count <= PASSES; count += 1) {
    world.say(`${name}, ${count} of ${PASSES}`)
    taken.push(await costOf(world, idle, once))
  }
  const middle = (key: keyof Cost) => median(taken.map((cost) => cost[key]))
  return { ...eachOf(middle), seconds: middle('seconds'), calls: middle('calls') }
}

type Ended = { readonly rowS: number; readonly endS: number }

/** Behind the newest refund, which was brought up by what is killed; and behind the oldest, which it has never moved. */
async function killOften(world: World, size: number) {
  const { contestant, waiting, say } = world
  const [known, other, memory]: [Ended[], Ended[], number[]] = [[], [], []]
  const killBehind = async (id: string | undefined) => {
    const ended = await killedAndEnded(world, id ?? '')
    await contestant.ready()
    await pause(STARTED_MS)
    memory.push(contestant.memoryMb())
    return ended
  }
  for (let count = 1; count <= KILLS; count += 1) {
    say(`kill -9 and the first refund behind it, ${count} of ${KILLS}`)
    await bringToWait(world, idsOf(`k${size}-${count}-`, 2), (id) => void waiting.push(id))
    await pause(AFTER_MS)
    known.push(await killBehind(waiting.pop()))
    other.push(await killBehind(waiting.shift()))
  }
  return { known: middleOf(known), other: middleOf(other), startedMb: median(memory) }
}

async function killedAndEnded(world: World, id: string): Promise<Ended> {
  const began = performance.now()
  const rowMs = await killed(world, id)
  await world.temporal.ended(refundOf(id))
  return { rowS: rowMs / 1_000, endS: (performance.now() - began) / 1_000 }
}

const middleOf = (ended: readonly Ended[]): Ended => ({
  rowS: median(ended.map(({ rowS }) => rowS)),
  endS: median(ended.map(({ endS }) => endS)),
})
