// A loop that works while there is work, sleeps until kicked or until the next poll, and survives
// every error of its work.
// Must not know: what the work is.

export type Loop = {
  kick(): void
  /** A kick after so many milliseconds; forgotten at the stop. */
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

export function startLoop(options: LoopOptions): Loop {
  const sleeper = makeSleeper()
  const running = run(options, sleeper)
  return {
    kick: sleeper.kick,
    kickIn: (ms) => void setTimeout(sleeper.kick, ms).unref(),
    stop: async () => {
      sleeper.stop()
      await running
    },
  }
}

type Sleeper = ReturnType<typeof makeSleeper>

async function run({ name, pollMs, work, log }: LoopOptions, sleeper: Sleeper): Promise<void> {
  let failures = 0
  while (!sleeper.stopped()) {
    sleeper.begin()
    try {
      const more = await work()
      failures = 0
      if (!more) await sleeper.sleep(pollMs)
    } catch (error) {
      failures += 1
      log(`${name}: ${error instanceof Error ? error.message : String(error)}; going on`)
      await sleeper.rest(Math.min(LONGEST_PAUSE_MS, 100 * 2 ** failures))
    }
  }
}

function makeSleeper() {
  let stopped = false
  let kicked = false
  let wake = () => {}
  const rest = (ms: number) =>
    new Promise<void>((resolve) => {
      if (stopped) return resolve()
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  return {
    stopped: () => stopped,
    /** Kicks from now on are about what this round has not seen. */
    begin: () => void (kicked = false),
    /** Until the time is over, a kick, or the stop. */
    sleep: async (ms: number) => {
      if (!kicked) await rest(ms)
    },
    /**
     * After an error: until the time is over or the stop; a kick counts too, for something may have
     * changed.
     */
    rest,
    kick: () => {
      kicked = true
      wake()
    },
    stop: () => {
      stopped = true
      wake()
    },
  }
}
