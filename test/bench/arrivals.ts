// What has come, by its id, when, and the wait until all of it is there.
// Must not know: what it is.

const LIMIT_MS = 180_000
const SHOWN = 3

export function arrivals(what: string) {
  const times = new Map<string, number>()
  const waiting = new Set<() => void>()
  return {
    /** Only the first time counts. */
    note: (id: string): void => {
      if (times.has(id)) return
      times.set(id, performance.now())
      for (const look of waiting) look()
    },
    /** Monotonic milliseconds. Throws for what has not come. */
    at: (id: string): number => {
      const time = times.get(id)
      if (time === undefined) throw new Error(`${what} of ${id} has not come`)
      return time
    },
    /** Throws after three minutes, with what is missing. */
    all: (ids: readonly string[]): Promise<void> =>
      new Promise((resolve, reject) => {
        const missing = new Set(ids)
        const look = () => {
          for (const id of missing) if (times.has(id)) missing.delete(id)
          if (missing.size > 0) return
          stop()
          resolve()
        }
        const late = setTimeout(() => {
          stop()
          const first = [...missing].slice(0, SHOWN).join(', ')
          reject(
            new Error(
              `${what} of ${missing.size} of ${ids.length} did not come within ${LIMIT_MS / 1_000} s, the first: ${first}. ` +
                'Ask for fewer --orders where the machine is busy; what the programs said is in .bench/logs.',
            ),
          )
        }, LIMIT_MS)
        const stop = () => {
          clearTimeout(late)
          waiting.delete(look)
        }
        waiting.add(look)
        look()
      }),
  }
}
