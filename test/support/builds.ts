// Builds of the workflows beside the one of today: a bad one, and a cache folder from which a program takes it for its own.
// Must not know: what a test does with it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleOf, workflowBundle } from '../../src/temporal/worker.ts'
import { testCacheDir } from './temporalCli.ts'

const ONE_MORE_TIMER = fileURLToPath(new URL('./oneMoreTimer.ts', import.meta.url))

/** Its path: a refund begins with one more timer. */
export async function badBuildIn(folder: string): Promise<string> {
  const path = join(folder, 'bad.js')
  writeFileSync(path, await bundleOf(ONE_MORE_TIMER))
  return path
}

/** As XDG_CACHE_HOME: a program finds the bad build under the name of the one that it would make. */
export async function cacheWithBadBuild(folder: string): Promise<string> {
  const name = basename(await workflowBundle(testCacheDir()))
  const cache = join(folder, 'paymentwall-saga')
  mkdirSync(cache, { recursive: true })
  writeFileSync(join(cache, name), await bundleOf(ONE_MORE_TIMER))
  return folder
}
