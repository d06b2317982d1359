// Who caused which gateway calls: the simulator counts them by route, the story goes saga by saga,
// so the difference is the saga's.
// Must not know: the story.
import { callsBetween, type Calls } from '../outside.ts'
import type { Stage } from '../stage.ts'

export type Ledger = {
  /** All calls since the last charge are the saga's. */
  charge(stage: Stage, saga: string): Promise<number>
  of(saga: string): number
}

export function createLedger(): Ledger {
  const charged = new Map<string, number>()
  let before: Calls = {}
  return {
    of: (saga) => charged.get(saga) ?? 0,
    charge: async ({ outside }, saga) => {
      const now = await outside.calls()
      const calls = callsBetween(before, now)
      before = now
      charged.set(saga, (charged.get(saga) ?? 0) + calls)
      return calls
    },
  }
}
