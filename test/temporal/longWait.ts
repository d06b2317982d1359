// A workflow that does nothing but wait: it shows that time can be skipped.
// Must not know anything of ours.

import { sleep } from '@temporalio/workflow'

/** Returns the workflow's own time after the wait. */
export async function longWait(days: number): Promise<string> {
  await sleep(`${days} days`)
  return new Date().toISOString()
}
