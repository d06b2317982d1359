// What Temporal would show of the sagas' runs, as a test writes it.
// Must not know: Temporal.
import type { SagaRuns } from '../../src/outbox/supervisor.ts'
import type { RunningSaga } from '../../src/outbox/withoutRow.ts'
import type { Memory } from '../../src/domain/books/memory.ts'

type Shown = {
  readonly running?: readonly RunningSaga[]
  /** Ids of runs that were ended from outside. */
  readonly lost?: readonly string[]
  /** By workflow id. */
  readonly memories?: ReadonlyMap<string, Memory>
  /** Called for each list that is walked whole. */
  readonly onWalk?: (kind: string) => void
}

export function runsShown({ running = [], lost = [], memories = new Map(), onWalk = () => {} }: Shown = {}): SagaRuns {
  return {
    count: async (kind) => running.filter(({ type }) => type === kind).length,
    running: async function* (kind) {
      onWalk(kind)
      for (const saga of running.filter(({ type }) => type === kind)) yield [saga]
    },
    lostSince: async function* () {
      yield lost
    },
    memoryOf: async (workflowId) => memories.get(workflowId),
  }
}

const away = () => Promise.reject(new Error('unavailable'))
/** Temporal does not list. */
export const NO_RUNS_SHOWN: SagaRuns = {
  count: away,
  running: () => ({ [Symbol.asyncIterator]: () => ({ next: away }) }),
  lostSince: () => ({ [Symbol.asyncIterator]: () => ({ next: away }) }),
  memoryOf: away,
}
