// A loop that works while there is work, sleeps until kicked or until the next poll, and survives every error of its work.
// Must not know: what the work is.

export type Loop = {
  kick(): void
  /** Not now, but sooner than the next poll: something is due then. */
  kickIn(ms: number): void
  stop(): Promise<void>
}
export type LoopOptions = {
  readonly name: string
  readonly pollMs: number
  /** Does one portion; true where there may be more at once. */
  readonly work: () => Promise<boolean>
  readonly log: (line: string) => void
}

const LONGEST_PAUSE_MS = 30_000

export function startLoop({ name, pollMs, work, log }: LoopOptions): Loop {
  let stopped = false
  let kicked = false
  let wake = () => {}
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (kicked || stopped) return resolve()
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const run = async () => {
    let failures = 0
    while (!stopped) {
      kicked = false
      try {
        const more = await work()
        failures = 0
        if (!more) await pause(pollMs)
      } catch (error) {
        failures += 1
        log(`${name}: ${error instanceof Error ? error.message : String(error)}; going on`)
        await new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST_PAUSE_MS, 100 * 2 ** failures)))
      }
    }
  }
  const running = run()
  const timers = new Set<NodeJS.Timeout>()
  const kick = () => {
    kicked = true
    wake()
  }
  return {
    kick,
    kickIn: (ms) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        kick()
      }, ms)
      timers.add(timer)
    },
    stop: async () => {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
      wake()
      await running
    },
  }
}
