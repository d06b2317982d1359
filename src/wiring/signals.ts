// The signals that end a program: the first in order, a second one at once.
// Must not know: what there is to stop.

const INTERRUPTED = 130
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
