// The demo's own eyes: what must hold now, and a sentence with what was expected and what came
// where it does not.
// Must not know: the story.
import { setTimeout as pause } from 'node:timers/promises'

export type Facts = Readonly<Record<string, unknown>>
/** A text is held against a pattern, all else must be equal. */
export type Wanted = Readonly<Record<string, string | number | boolean | RegExp | null>>

export type Checks = {
  /** Throws a StoryFailure that lists each fact that is not as wanted. */
  must(about: string, wanted: Wanted, came: Facts): void
  /** How many facts have been checked. */
  count(): number
}

/** Something did not hold; the message says what was expected and what came. */
export class StoryFailure extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'StoryFailure'
  }
}

export function createChecks(): Checks {
  let count = 0
  return {
    count: () => count,
    must: (about, wanted, came) => {
      const wrong = Object.entries(wanted).filter(([name, value]) => !holds(value, came[name]))
      if (wrong.length > 0) throw new StoryFailure(explain(about, wrong, came))
      count += Object.keys(wanted).length
    },
  }
}

function holds(wanted: Wanted[string], came: unknown): boolean {
  return wanted instanceof RegExp ? typeof came === 'string' && wanted.test(came) : Object.is(wanted, came)
}

function explain(about: string, wrong: readonly (readonly [string, Wanted[string]])[], came: Facts): string {
  const width = Math.max(...wrong.map(([name]) => name.length))
  const lines = wrong.map(
    ([name, value]) => `  ${name.padEnd(width)}  expected ${show(value)}, came ${show(came[name])}`,
  )
  const others = Object.entries(came).filter(([name]) => wrong.every(([each]) => each !== name))
  const beside = others.map(([name, value]) => `${name} ${show(value)}`).join(', ')
  return [`${about} is not as it must be:`, ...lines, ...(beside === '' ? [] : [`  (beside it: ${beside})`])].join('\n')
}

const show = (value: unknown): string =>
  value instanceof RegExp ? String(value) : (JSON.stringify(value) ?? 'nothing')

export type Awaited<T> = {
  readonly read: () => Promise<T>
  /** What is waited for. */
  readonly done: (value: T) => boolean
  /** False where what is waited for cannot come any more. */
  readonly onTheWay?: (value: T) => boolean
  /** Called after three seconds, and every five seconds from then on. */
  readonly stillWaiting: (value: T) => void
  readonly signal: AbortSignal
  readonly limitMs?: number
}

const POLL_MS = 50
const LIMIT_MS = 60_000
/** Longer than the one wait that the story announces. */
const FIRST_WORD_MS = 3_000

/**
 * The last value read: what was waited for, or what made waiting useless, or what stood there when
 * the time was over.
 */
export async function until<T>(awaited: Awaited<T>): Promise<T> {
  const { read, done, onTheWay, stillWaiting, signal, limitMs = LIMIT_MS } = awaited
  const began = performance.now()
  let sayAtMs = FIRST_WORD_MS
  for (;;) {
    const value = await read()
    if (done(value) || onTheWay?.(value) === false) return value
    const waitedMs = performance.now() - began
    if (waitedMs > limitMs) return value
    if (waitedMs > sayAtMs) {
      stillWaiting(value)
      sayAtMs = waitedMs + 5_000
    }
    await pause(POLL_MS, undefined, { signal })
  }
}
