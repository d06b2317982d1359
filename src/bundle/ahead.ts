// Makes ahead of a start what it would make, for images: `npm run bundle`. Each program as one
// file, and the workflow bundle.
// Must not know: what the workflows do.
import { bundled, PROGRAMS } from './bundled.js'
import { readConfig } from '../config.ts'
import { workflowBundle } from '../temporal/worker.ts'

for (const program of PROGRAMS) process.stdout.write(`${await bundled(program)}\n`)
// For no role and not in production, so that nothing but the cache folder is needed from the
// environment.
const { cacheDir } = readConfig({ ...process.env, NODE_ENV: undefined }, [])
process.stdout.write(`${await workflowBundle(cacheDir)}\n`)
