// Catch-ups: a person names a range, its lists are walked in the background, and what differs is kept as hints of that catch-up.
// Must not know: HTTP. The sweep's own cursors stay where they are.
import { setTimeout as pause } from 'node:timers/promises'
import { Failure } from '../domain/failures.ts'
import { noteCatchUp, type SweepCounts } from '../db/sweeps.ts'
import { added, keepRange, LISTED, NOTHING_SWEPT, type SweepDeps } from './sweep.ts'

export type CatchUpAsked = { readonly id: string; readonly from: Date; readonly to: Date }
export type CatchUps = { begin(asked: CatchUpAsked): void; stop(): Promise<void> }

/** A million payments: beyond that a shorter range is the better question. */
const MOST_PAGES = 10_000
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

/** Never rejects: how it ended is written into its row. */
async function listAll(deps: SweepDeps, { id, from, to }: CatchUpAsked, stopping: AbortSignal): Promise<void> {
  const { db, log, kick } = deps
  let counts = NOTHING_SWEPT
  try {
    for (const gateway of deps.gateways.values())
      for (const status of LISTED) {
        const before = counts
        const onPage = async (page: SweepCounts) => {
          counts = added(before, page)
          await noteCatchUp(db, id, counts, { state: 'listing', said: null })
          kick()
          if (stopping.aborted) throw new Failure('temporarilyUnavailable', 'the program was stopped; ask again')
          await pause(BREATH_MS)
        }
        const asked = { range: { from, to }, pages: MOST_PAGES, sweepId: id, onPage }
        const { reached } = await keepRange(deps, gateway, status, asked)
        if (reached !== 'end') throw tooMuch(reached)
      }
    await noteCatchUp(db, id, counts, { state: 'listed', said: null })
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    log(`catch-up ${id}: ${said}`)
    await noteCatchUp(db, id, counts, { state: 'failed', said }).catch((lost: unknown) => {
      log(`catch-up ${id} could not be noted as failed: ${String(lost)}`)
    })
  }
}

const tooMuch = (reached: Date): Failure =>
  new Failure(
    'invalidRequest',
    `there is more than one catch-up lists; everything up to ${reached.toISOString()} was kept, ask for the rest from there`,
  )
