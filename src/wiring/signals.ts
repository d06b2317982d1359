// The signals that end a program: the first in order, a second one at once; and the end of an order
// that does not come.
// Must not know: what there is to stop.

const INTERRUPTED = 130
/** Longer than any stop takes whose parts answer or fail, and below the 90 s before others kill. */
export const LATEST_STOP_MS = 80_000
/**
 * Ctrl-C under npm arrives twice: from the terminal, and passed on by npm. Two so close together
 * are one.
 */
const SAME_MS = 1_000

export type EndingSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/**
 * Aborted by the first of these signals; one that comes later than that moment ends the process
 * where it stands.
 */
export function untilSignalled(names: readonly EndingSignal[]): AbortSignal {
  const controller = new AbortController()
  let firstAt = 0
  const end = () => {
    if (controller.signal.aborted && performance.now() - firstAt > SAME_MS) process.exit(INTERRUPTED)
    if (!controller.signal.aborted) firstAt = performance.now()
    controller.abort()
  }
  for (const name of names) process.on(name, end)
  return controller.signal
}

/**
 * Stops, or says `late` where that does not end: a part that neither answers nor fails, a database
 * behind a lost network say, would hold the process for ever. What is under way then is in its
 * rows.
 */
export async function stopBy(stop: () => Promise<void>, ms: number, late: () => void): Promise<void> {
  const timer = setTimeout(late, ms)
  try {
    await stop()
  } finally {
    clearTimeout(timer)
  }
}
