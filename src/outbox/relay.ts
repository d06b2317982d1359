// The relay: one outbox, one loop. Claims what must leave, hands it to its deliverer, delays what
// did not leave.
// Must not know: what a wake or an alert is.
import type { Db } from '../db/connect.ts'
import { takeWakes, type WakeAtOnce, type Woken } from '../db/notify.ts'
import { claim, delayed, delivered, HELD_MS, wakesDelivered, type Claimed } from '../db/outgoing/outgoing.ts'
import { OUTBOX_KINDS, type OutboxKind } from '../db/schema.ts'
import { startLoop, type Loop } from '../loop.ts'
import { metrics } from '../metrics.ts'
import { saidBy } from '../temporal/said.ts'

/** Resolves with a word on how it left; throws where it did not. */
export type Deliver = (target: string, payload: unknown) => Promise<string>

export type RelayOptions = {
  readonly db: Db
  readonly pollMs: number
  readonly deliverers: Partial<Record<OutboxKind, Deliver>>
  readonly log: (line: string) => void
  /** Delivers a wake right after the commit that put it. */
  readonly wakeAtOnce?: (saga: string, about: Woken, trace: object) => Promise<string>
  /** Something that did not leave is due again then. */
  readonly again?: (ms: number) => void
}

const AT_ONCE = 20
const LEASE_MS = 15_000
const LONGEST_DELAY_MS = 10_000

export function startRelay(options: RelayOptions): Loop {
  const { pollMs, log } = options
  const work = () => relayOnce({ ...options, again: (ms) => loop.kickIn(ms) })
  const loop = startLoop({ name: 'relay', pollMs, log, work })
  const { wakeAtOnce } = options
  if (!wakeAtOnce) return loop
  // What a process that was killed held is free by then.
  loop.kickIn(2 * HELD_MS)
  const atOnce = leavingAtOnce(options, wakeAtOnce, () => loop.kickIn(HELD_MS + AFTER_HELD_MS))
  return { ...loop, stop: async () => void (await Promise.all([atOnce.stop(), loop.stop()])) }
}

const AFTER_HELD_MS = 100
/** Wakes that leave one after the other are marked by one statement. */
const MARKED_TOGETHER_MS = 200

/**
 * Wakes leave right after their commit, one of a saga at a time. Their rows stay the truth: what is
 * not marked as delivered is claimed as any other, once it is held no longer.
 */
function leavingAtOnce({ db, log }: RelayOptions, deliver: NonNullable<RelayOptions['wakeAtOnce']>, late: () => void) {
  const waiting = new Map<string, (WakeAtOnce & { readonly takenAt: number })[]>()
  const underWay = new Map<string, Promise<void>>()
  let left: (WakeAtOnce & { said: string })[] = []
  let marking: NodeJS.Timeout | undefined
  const mark = async () => {
    clearTimeout(marking)
    marking = undefined
    const wakes = left.splice(0).map(({ saga, token, said }) => ({ saga, token, said }))
    if (wakes.length === 0) return
    metrics.delivered.inc({ kind: 'wake' }, wakes.length)
    await wakesDelivered(db, wakes).catch((error: unknown) => log(`wakes that left are not marked: ${saidBy(error)}`))
  }
  const leave = async (saga: string, latest: WakeAtOnce, all: readonly WakeAtOnce[]) => {
    try {
      const said = await deliver(saga, latest.about, latest.trace)
      left.push(...all.map((wake) => ({ ...wake, said })))
      marking ??= setTimeout(() => void mark(), MARKED_TOGETHER_MS)
    } catch {
      // The relay claims it, says so, and tries again.
      late()
    } finally {
      underWay.delete(saga)
      next()
    }
  }
  const next = () => {
    for (const [saga, wakes] of waiting) {
      if (underWay.size >= AT_ONCE) return
      if (underWay.has(saga)) continue
      waiting.delete(saga)
      const held = wakes.filter(({ takenAt }) => performance.now() - takenAt < HELD_MS)
      const latest = held.at(-1)
      if (latest) underWay.set(saga, leave(saga, latest, held))
      else late()
    }
  }
  const end = takeWakes(db, (wakes) => {
    const takenAt = performance.now()
    for (const wake of wakes) waiting.set(wake.saga, [...(waiting.get(wake.saga) ?? []), { ...wake, takenAt }])
    next()
  })
  return {
    stop: async () => {
      end()
      waiting.clear()
      await Promise.all(underWay.values())
      await mark()
    },
  }
}

/**
 * One portion of each kind; true where one was full and something left, so that there may be more.
 */
export async function relayOnce(options: RelayOptions): Promise<boolean> {
  const { db, deliverers } = options
  const left = await Promise.all(
    OUTBOX_KINDS.map(async (kind) => {
      const deliver = deliverers[kind]
      if (!deliver) return false
      const claimed = await claim(db, kind, AT_ONCE, LEASE_MS)
      const gone = await Promise.all(claimed.map((row) => one(options, kind, row, deliver)))
      return claimed.length === AT_ONCE && gone.some(Boolean)
    }),
  )
  return left.some(Boolean)
}

async function one(options: RelayOptions, kind: OutboxKind, row: Claimed, deliver: Deliver): Promise<boolean> {
  const { db, log, again } = options
  try {
    const said = await deliver(row.target, row.payload)
    await delivered(db, row, said)
    metrics.delivered.inc({ kind })
    return true
  } catch (error) {
    const said = saidBy(error)
    const delayMs = Math.min(LONGEST_DELAY_MS, 250 * 2 ** row.tries)
    if (row.tries % 10 === 0) log(`${kind} for ${row.target} did not leave: ${said}; trying again`)
    await delayed(db, row, delayMs, said)
    again?.(delayMs)
    return false
  }
}
