// The relay: one outbox, one loop. Claims what must leave, hands it to its deliverer, delays what
// did not leave.
// Must not know: what a wake or an alert is.
import type { Db } from '../db/connect.ts'
import { claim, delayed, delivered, type Claimed } from '../db/outgoing/outgoing.ts'
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
  return loop
}

/** One portion of each kind; true where something left, so that there may be more. */
export async function relayOnce(options: RelayOptions): Promise<boolean> {
  const { db, deliverers } = options
  const left = await Promise.all(
    OUTBOX_KINDS.map(async (kind) => {
      const deliver = deliverers[kind]
      if (!deliver) return []
      const claimed = await claim(db, kind, AT_ONCE, LEASE_MS)
      return Promise.all(claimed.map((row) => one(options, kind, row, deliver)))
    }),
  )
  return left.flat().some(Boolean)
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
