// The simulator's own clock: it runs as the real one does, and can be moved ahead. Whatever waits
// here waits by it.
// Must not know what waits. Network time-outs are real and are none of its business.

export type Clock = {
  /** Unix milliseconds. */
  now(): number
  /** Those with the same due time run in the order in which they were asked for. */
  after(delayMs: number, act: () => unknown): Timer
  /**
   * Work under way that may still ask for a timer: an advance waits for it, so that nothing due
   * within it comes too late to be seen.
   */
  during(work: Promise<unknown>): void
  /**
   * Runs what falls due on the way, each at its own due time and to its end, then stands `byMs`
   * later than before. Several at once run one after the other. Not to be awaited by a timer.
   */
  advance(byMs: number): Promise<void>
  /** By how much it is ahead of the real clock. */
  aheadMs(): number
  /** Forgets what waits; `back` also brings it back to the real time. */
  forget(back?: 'back'): void
}
export type Timer = { cancel(): void }
type Waiting = { dueMs: number; number: number; act: () => unknown }

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

/**
 * `aheadMs`: as it was left. `real` gives real Unix milliseconds. `failed` is told what a timer
 * threw.
 */
export function makeClock(
  aheadMs: number,
  failed: (error: unknown) => void,
  real: () => number = () => Date.now(),
): Clock {
  const waiting = new Set<Waiting>()
  const { during, idle } = watchWork()
  let ahead = aheadMs
  let held: number | undefined
  let number = 0
  let resets = 0
  let alarm: NodeJS.Timeout | undefined
  let moving: Promise<void> = Promise.resolve()

  const now = () => held ?? real() + ahead

  function arm(): void {
    clearTimeout(alarm)
    const next = earliest(waiting)
    if (next === undefined || held !== undefined) return
    const inMs = Math.min(Math.max(0, next.dueMs - now()), LONGEST_TIMEOUT_MS)
    alarm = setTimeout(ring, inMs).unref()
  }

  // By the real clock nothing waits for anything: each is begun when it is due.
  function ring(): void {
    for (let next = earliest(waiting); next !== undefined && next.dueMs <= now(); next = earliest(waiting)) {
      waiting.delete(next)
      during(run(next))
    }
    arm()
  }

  async function run({ act }: Waiting): Promise<void> {
    try {
      await act()
    } catch (error) {
      failed(error)
    }
  }

  async function move(byMs: number): Promise<void> {
    const target = now() + byMs
    const before = resets
    held = now()
    clearTimeout(alarm)
    await idle()
    for (let next = earliest(waiting); next !== undefined && next.dueMs <= target; next = earliest(waiting)) {
      waiting.delete(next)
      held = Math.max(held, next.dueMs)
      await run(next)
      await idle()
    }
    // Brought back on the way, it stays there.
    if (resets === before) ahead = target - real()
    held = undefined
    arm()
  }

  return {
    now,
    after: (delayMs, act) => {
      const each = { dueMs: now() + delayMs, number: (number += 1), act }
      waiting.add(each)
      arm()
      return { cancel: () => void waiting.delete(each) }
    },
    during,
    advance: (byMs) => (moving = moving.then(() => move(byMs))),
    aheadMs: () => ahead,
    forget: (back) => {
      waiting.clear()
      if (!back) return
      ahead = 0
      resets += 1
    },
  }
}

function earliest(waiting: ReadonlySet<Waiting>): Waiting | undefined {
  let first: Waiting | undefined
  for (const each of waiting) {
    const isEarlier = first === undefined || each.dueMs < first.dueMs
    if (isEarlier || (each.dueMs === first?.dueMs && each.number < first.number)) first = each
  }
  return first
}

function watchWork() {
  const busy = new Set<Promise<unknown>>()
  return {
    during: (work: Promise<unknown>): void => {
      busy.add(work)
      const over = () => void busy.delete(work)
      work.then(over, over)
    },
    idle: async (): Promise<void> => {
      while (busy.size > 0) await Promise.allSettled(busy)
    },
  }
}

const UNITS = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])
const FAR_MS = 10 * 366 * 86_400_000

/** "30m", "24h", "7d", or whole milliseconds; undefined for what is none, or beyond ten years. */
export function durationMs(said: string | number): number | undefined {
  const parts = /^(\d{1,12})(ms|s|m|h|d)$/.exec(String(said))
  const ms = typeof said === 'number' ? said : Number(parts?.[1]) * (UNITS.get(parts?.[2] ?? '') ?? Number.NaN)
  return Number.isSafeInteger(ms) && ms >= 0 && ms <= FAR_MS ? ms : undefined
}
