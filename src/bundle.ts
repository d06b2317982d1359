// Makes the workflow bundle ahead of a start, for images: `npm run bundle`.
// Must not know: what the workflows do.
import { readConfig } from './config.ts'
import { workflowBundle } from './temporal/worker.ts'

// The embedded parts are asked for so that nothing but the cache folder is needed from the environment.
const { cacheDir } = readConfig({ ...process.env, NODE_ENV: undefined }, ['api', 'worker', 'simulator'])
process.stdout.write(`${await workflowBundle(cacheDir)}\n`)
