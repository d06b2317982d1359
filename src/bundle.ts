// Makes the workflow bundle ahead of a start, for images: `npm run bundle`.
// Must not know: what the workflows do.
import { readConfig } from './config.ts'
import { workflowBundle } from './temporal/worker.ts'

// For no role and not in production, so that nothing but the cache folder is needed from the
// environment.
const { cacheDir } = readConfig({ ...process.env, NODE_ENV: undefined }, [])
process.stdout.write(`${await workflowBundle(cacheDir)}\n`)
