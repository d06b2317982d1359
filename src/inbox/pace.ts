// How many looks are under way at once: as many as ever while this process mostly waits, few while
// its one thread is busy, for webhooks and callers are answered by the same thread.
// Must not know: what a look is. A slow gateway makes nothing busy here, and slows nothing down.

/** How much of a stretch of time a thread was at work, and how long that was. */
export type Worked = { readonly part: number; readonly ms: number }

const BUSY_PART = 0.5
/** Of less nothing can be said. */
const STRETCH_MS = 100

/** Each call says how many may be under way from now on. `worked`: since it was last begun anew. */
export function makePace(
  { most, least }: { readonly most: number; readonly least: number },
  clock: { worked(): Worked; beginAnew(): void } = threadClock(),
): () => number {
  let now = most
  return () => {
    const { part, ms } = clock.worked()
    if (ms < STRETCH_MS) return now
    clock.beginAnew()
    now = part > BUSY_PART ? Math.max(least, Math.floor(now / 2)) : Math.min(most, now * 2)
    return now
  }
}

function threadClock() {
  let begun = performance.eventLoopUtilization()
  return {
    worked: (): Worked => {
      const { utilization, active, idle } = performance.eventLoopUtilization(begun)
      return { part: utilization, ms: active + idle }
    },
    beginAnew: () => {
      begun = performance.eventLoopUtilization()
    },
  }
}
