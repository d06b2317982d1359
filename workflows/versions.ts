// Named changes of the order of commands, so that sagas that began before a change go on as they began.
// Must not know: what the sagas do. README, "Change a workflow", tells when a name may go.
import { patched } from '@temporalio/workflow'

/** Each name with the day on which it came and what it changed. Names in histories are for ever. */
export const CHANGES: Readonly<Record<string, string>> = {}

/**
 * Whether this run began with the named change, or reaches it for the first time. An unknown name is a bug.
 * @public used from the first change on
 */
export function changed(name: string): boolean {
  if (!(name in CHANGES)) throw new Error(`${name} is not named in CHANGES`)
  return patched(name)
}
