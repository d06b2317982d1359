// Takes the lock file it is given, says so, and keeps it until it is killed.
// Must not know who else wants the lock.

import { withFileLock } from '../../../src/lock.ts'

const [path = ''] = process.argv.slice(2)
await withFileLock({ path, waitMs: 60_000, onWait: console.log }, () => {
  console.log('held')
  return new Promise<void>((resolve) => setTimeout(resolve, 600_000))
})
