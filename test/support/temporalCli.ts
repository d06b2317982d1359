// The Temporal CLI for tests, found or made as the program does it, and a folder that is gone afterwards.
// Must not know what a test does with it.

import { mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { findOrMakeTemporalCli } from '../../src/temporal/server/binary.ts'

/** A time limit for the hook that first needs a server: on an empty cache it is made, which takes minutes, once. */
export const MAKING_MS = 30 * 60_000

/** Where servers are kept between runs, for tests as for the program. */
export function testCacheDir(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'paymentwall-saga')
}

let found: Promise<string> | undefined

/** Once a process: what is found is read whole each time, and compared with what was made. */
export const temporalCliForTests = (): Promise<string> => (found ??= find())

function find(): Promise<string> {
  return findOrMakeTemporalCli({
    cli: process.env['TEMPORAL_CLI'],
    searchPath: process.env['PATH'] ?? '',
    cacheDir: testCacheDir(),
    env: process.env,
    progress: (line) => console.warn(line),
  })
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'paymentwall-saga-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
