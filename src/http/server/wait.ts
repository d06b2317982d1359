// Waits until something in the database is so: asks again and again, sooner first, until then, a
// deadline, or a caller gone.
// Must not know: what is waited for. No transaction is open between two questions.

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 250

export type Waiting = {
  readonly forMs: number
  /** Aborted when the caller is gone. */
  readonly gone: AbortSignal
}

/**
 * Asks at once, then every 50 to 250 ms. True as soon as `arrived` says so, false at the deadline.
 */
export async function waitUntil(arrived: () => Promise<boolean>, { forMs, gone }: Waiting): Promise<boolean> {
  const deadline = performance.now() + forMs
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5)) {
    if (await arrived()) return true
    const leftMs = deadline - performance.now()
    if (leftMs <= 0 || gone.aborted) return false
    await pause(Math.min(pauseMs, leftMs), gone)
  }
}

function pause(ms: number, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      gone.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    gone.addEventListener('abort', end)
  })
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
