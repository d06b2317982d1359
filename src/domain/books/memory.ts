// What a workflow has seen of a refund's row, so that a database that went back in time is known
// and files nothing twice.
// Must not know: SQL, Temporal, clocks, what is done about it. Times are not compared: only what
// was seen and is not there.
import type { Refund } from './books.ts'

export type Memory = {
  /**
   * Made with the row: a row made again under the same id has another one. null: from before births
   * were kept.
   */
  readonly birth: string | null
  /** Of the row; each save is one more. */
  readonly version: number
  /**
   * Keys under which something was sent, or may have been. Tries that sent nothing are left out: an
   * outage has thousands.
   */
  readonly keys: readonly string[]
}

export const keysThatMatter = ({ tickets }: Refund): readonly string[] =>
  tickets.filter(({ outcome }) => outcome !== 'notSent').map(({ authorisedBy }) => authorisedBy)

/**
 * What a run knows after one more step: the highest that was seen. Of another birth the later one
 * holds, and no key is ever forgotten.
 */
export function remembered(before: Memory | undefined, now: Memory): Memory {
  if (before === undefined) return now
  const keys = [...new Set([...before.keys, ...now.keys])]
  return before.birth === now.birth
    ? { ...now, version: Math.max(before.version, now.version), keys }
    : { ...now, keys }
}

/**
 * The same, and keys that were noted while no row was there: of such a row that is all that is
 * known.
 */
export const alsoKnowing = (memory: Memory | undefined, row: Memory, keys: readonly string[]): Memory | undefined =>
  keys.length === 0 ? memory : { ...(memory ?? row), keys: [...new Set([...(memory ?? row).keys, ...keys])] }

/**
 * The keys that the memory has and the row, given with every key that it has, lacks; undefined
 * where the row is not behind its memory.
 */
export function missingOf(memory: Memory | undefined, row: Memory): readonly string[] | undefined {
  if (memory === undefined) return undefined
  const missing = memory.keys.filter((key) => !row.keys.includes(key))
  const behind = memory.birth !== row.birth || row.version < memory.version || missing.length > 0
  return behind ? missing : undefined
}

/**
 * No row is ever saved so often: what claims it is made up, and saved as it is it could not be
 * counted on from.
 */
const HIGHEST_VERSION = 2 ** 40
const MOST_KEYS = 1_000
/** `submit`, `submit.2`, `retry-2`, …: each becomes a ticket of the row that lacks it. */
const KEY = /^[A-Za-z0-9-]{1,40}(?:\.\d{1,9})?$/

/** Comes over the wire: a run's input may be anybody's. */
export const isMemory = (value: unknown): value is Memory =>
  typeof value === 'object' &&
  value !== null &&
  'birth' in value &&
  (value.birth === null || typeof value.birth === 'string') &&
  'version' in value &&
  isVersion(value.version) &&
  'keys' in value &&
  Array.isArray(value.keys) &&
  value.keys.length <= MOST_KEYS &&
  value.keys.every((key) => typeof key === 'string' && KEY.test(key))

const isVersion = (value: unknown): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= HIGHEST_VERSION
