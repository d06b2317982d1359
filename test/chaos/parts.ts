// The parts of a run: each is a process (or a server of several) that may be killed, frozen and started again, one thing at a time.
// Must not know: when, and why.
import { setTimeout as pause } from 'node:timers/promises'

export const PART_NAMES = ['api0', 'api1', 'worker0', 'worker1', 'gateway', 'temporal', 'postgres'] as const
export type PartName = (typeof PART_NAMES)[number]

type Handle = {
  start(): Promise<void>
  kill9(): Promise<void>
  freeze(): Promise<void> | void
  thaw(): Promise<void> | void
  isUp(): boolean
}
export type Part = {
  readonly name: PartName
  /** Alone: whoever else wants this part waits. */
  alone<T>(work: () => Promise<T>): Promise<T>
  /** Until it is up, however often it must be started: what it needs may be down itself. */
  start(): Promise<void>
  kill9(): Promise<void>
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** It has ended, and nobody killed it. */
  hasFallen(): boolean
}

const BETWEEN_STARTS_MS = 1_000
const MOST_STARTS = 60

type Keeping = {
  readonly say: (line: string) => void
  /** Nothing is started any more. */
  readonly over: () => boolean
}

export function makePart(name: PartName, handle: Handle, { say, over }: Keeping): Part {
  let last: Promise<unknown> = Promise.resolve()
  let wanted = false
  const kill9 = async () => {
    wanted = false
    await handle.kill9()
  }
  return {
    name,
    alone: (work) => {
      const next = last.then(work)
      last = next.catch(() => undefined)
      return next
    },
    start: async () => {
      for (let tries = 1; ; tries += 1) {
        if (over()) throw new Error(`${name} is not started any more`)
        try {
          await handle.start()
          wanted = true
          return
        } catch (error) {
          say(`${name} did not start: ${String(error)}`)
          await handle.kill9()
          if (tries === MOST_STARTS || over()) throw error
          await pause(BETWEEN_STARTS_MS)
        }
      }
    },
    kill9,
    freeze: async () => handle.freeze(),
    thaw: async () => handle.thaw(),
    hasFallen: () => wanted && !handle.isUp(),
  }
}

/** All of these at once, taken in one order so that nobody waits for somebody who waits for him. */
export function allAlone<T>(parts: readonly Part[], work: () => Promise<T>): Promise<T> {
  const sorted = parts.toSorted((one, other) => one.name.localeCompare(other.name))
  return sorted.reduceRight<() => Promise<T>>((inner, part) => () => part.alone(inner), work)()
}
