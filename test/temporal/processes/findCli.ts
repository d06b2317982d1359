// Looks for the Temporal CLI with nothing but the given cache folder and PATH, and says where it is.
// Must not know that another process does the same.

import { findOrMakeTemporalCli } from '../../../src/temporal/server/binary.ts'

const [cacheDir = '', path = ''] = process.argv.slice(2)
const env = { PATH: path, HTTPS_PROXY: 'http://127.0.0.1:9' } // no download
const progress = (line: string) => console.log(`progress: ${line}`)
console.log(`found: ${await findOrMakeTemporalCli({ searchPath: '', cacheDir, env, progress })}`)
