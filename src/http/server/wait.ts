// Waits until something in the database is so: asks when it is told to, or again and again, sooner
// first, until then, a deadline, or a caller gone.
// Must not know: what is waited for. No transaction is open between two questions.

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 250
const TOLD_PAUSE_MS = 1_000

export type Waiting = {
  readonly forMs: number
  /** Aborted when the caller is gone. */
  readonly gone: AbortSignal
  /**
   * Tells of each commit that may have brought it; then it is asked of rarely besides, for what was
   * told while nobody could hear it. Answers with how to end that.
   */
  readonly when?: (told: () => void) => () => void
  /** It is known not to be so yet. */
  readonly notYet?: boolean
}

/**
 * Asks at once, then when told to and every second, or every 50 to 250 ms. True as soon as
 * `arrived` says so, false at the deadline.
 */
export async function waitUntil(arrived: () => Promise<boolean>, waiting: Waiting): Promise<boolean> {
  const { forMs, gone, when, notYet = false } = waiting
  const deadline = performance.now() + forMs
  const bell = makeBell(gone)
  const forget = when?.(bell.ring)
  try {
    for (let [round, pauseMs] = [0, FIRST_PAUSE_MS]; ; round += 1) {
      if (!(notYet && round === 0) && (await arrived())) return true
      const leftMs = deadline - performance.now()
      if (leftMs <= 0 || gone.aborted) return false
      await bell.orAfter(Math.min(when ? TOLD_PAUSE_MS : pauseMs, leftMs))
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5)
    }
  } finally {
    forget?.()
  }
}

/** Rung while nobody waits, it ends the next wait at once. */
function makeBell(gone: AbortSignal) {
  let rung = false
  let end = () => {}
  const ring = () => {
    rung = true
    end()
  }
  const orAfter = async (ms: number): Promise<void> => {
    if (!rung)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => end(), ms)
        end = () => {
          clearTimeout(timer)
          gone.removeEventListener('abort', end)
          resolve()
        }
        gone.addEventListener('abort', end)
      })
    rung = false
  }
  return { ring, orAfter }
}

/** So many callers may wait at once; the next are answered at once, for waiting is a wish. */
export function makeSeats(limit: number) {
  let taken = 0
  return async <T>(work: (seated: boolean) => Promise<T>): Promise<T> => {
    if (taken >= limit) return work(false)
    taken += 1
    try {
      return await work(true)
    } finally {
      taken -= 1
    }
  }
}
