// Catch-ups: a person names a range, its lists are walked in the background, and what differs is
// kept as hints of that catch-up.
// Must not know: HTTP. The sweep's own cursors stay where they are.
import { setTimeout as pause } from 'node:timers/promises'
import { noteCatchUp, type SweepCounts } from '../../db/watch/sweeps.ts'
import { Failure } from '../../domain/failures.ts'
import { LISTED, type Gateway, type ListedStatus } from '../../domain/gateway.ts'
import { proveAccount } from '../account.ts'
import { added, keepRange, NOTHING_SWEPT, type SweepDeps } from './keepRange.ts'

export type CatchUpAsked = { readonly id: string; readonly from: Date; readonly to: Date }
export type CatchUps = { begin(asked: CatchUpAsked): void; stop(): Promise<void> }

/** A million payments: beyond that a shorter range is the better question. */
const MOST_CALLS = 10_000
/** Between two pages, so that looks and checkpoints are answered in between. */
const BREATH_MS = 50

export function startCatchUps(deps: SweepDeps): CatchUps {
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()
  return {
    begin: (asked) => {
      const run = listAll(deps, asked, stopping.signal).finally(() => running.delete(run))
      running.add(run)
    },
    stop: async () => {
      stopping.abort()
      await Promise.allSettled(running)
    },
  }
}

/** Never rejects: how it ended is written into its row. No list keeps another from being walked. */
async function listAll(deps: SweepDeps, asked: CatchUpAsked, stopping: AbortSignal): Promise<void> {
  const { db, log } = deps
  let counts = NOTHING_SWEPT
  const faults: string[] = []
  try {
    for (const gateway of deps.gateways.values()) {
      // Of a gateway without a list nothing can be caught up: what it signs it sends again by
      // itself.
      if (!gateway.list) continue
      for (const status of LISTED) {
        if (stopping.aborted) throw STOPPED
        const walked = await walk(deps, gateway, status, { ...asked, stopping, before: counts })
        counts = added(counts, walked.counts)
        if (walked.said !== null) faults.push(`${status} of ${gateway.name}: ${walked.said}`)
      }
    }
  } catch (error) {
    faults.push(saidOf(error))
  }
  const said = faults.length === 0 ? null : faults.join('; ')
  if (said !== null) log(`catch-up ${asked.id}: ${said}`)
  await noteCatchUp(db, asked.id, counts, { state: said === null ? 'listed' : 'failed', said }).catch(
    (lost: unknown) => {
      log(`catch-up ${asked.id} has ended, which could not be noted: ${saidOf(lost)}`)
    },
  )
}

const saidOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const STOPPED = new Failure('temporarilyUnavailable', 'the program was stopped; ask again')
type Walking = CatchUpAsked & { readonly stopping: AbortSignal; readonly before: SweepCounts }

async function walk(
  deps: SweepDeps,
  gateway: Gateway,
  status: ListedStatus,
  { id, from, to, stopping, before }: Walking,
): Promise<{ readonly counts: SweepCounts; readonly said: string | null }> {
  const { db, kick } = deps
  const beforePage = async (counts: SweepCounts) => {
    if (counts.calls === 0) await proveAccount(deps, gateway, 0)
    await noteCatchUp(db, id, added(before, counts), { state: 'listing', said: null })
    kick()
    if (stopping.aborted) throw STOPPED
    if (counts.calls > 0) await pause(BREATH_MS)
  }
  const range = { from, to }
  const asked = { range, mostCalls: MOST_CALLS, sweepId: id, beforePage }
  const { counts, reached, failure } = await keepRange(deps, gateway, status, asked)
  if (failure !== undefined) return { counts, said: saidOf(failure) }
  return { counts, said: reached < to ? tooMuch(reached) : null }
}

const tooMuch = (reached: Date): string =>
  `there is more than one catch-up lists; everything up to ${reached.toISOString()} was kept, ask for the rest from there`
