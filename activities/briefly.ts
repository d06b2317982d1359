// Tries that are made within a workflow task, which waits for them: short, and not for ever in
// vain.
// Must not know: what is tried.
import type { GatewayName } from '../src/domain/ids.ts'

/** So long may one take; the normal activity that follows has all the time that it needs. */
export const BRIEFLY_MS = 3_000
const FAILED_IN_A_ROW = 5
const SKIPPED_MS = 60_000

export type BriefTries = {
  /** False while this gateway has just failed too often: then none is made. */
  worthIt(gateway: GatewayName): boolean
  ended(gateway: GatewayName, answered: boolean): void
}

/** Of one process. `clock`: ms, never set back. */
export function briefTries(clock: () => number = () => performance.now()): BriefTries {
  const failed = new Map<GatewayName, { readonly inARow: number; readonly at: number }>()
  return {
    worthIt: (gateway) => {
      const { inARow, at } = failed.get(gateway) ?? { inARow: 0, at: 0 }
      return inARow < FAILED_IN_A_ROW || clock() - at >= SKIPPED_MS
    },
    ended: (gateway, answered) => {
      if (answered) failed.delete(gateway)
      else failed.set(gateway, { inARow: (failed.get(gateway)?.inARow ?? 0) + 1, at: clock() })
    },
  }
}
