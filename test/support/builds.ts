// Builds of the workflows beside the one of today, and a cache folder from which a program takes one of them for its own.
// Must not know: what a test does with it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleOf, workflowBundle } from '../../src/temporal/worker.ts'
import { testCacheDir } from './temporalCli.ts'

/** Entries of bundles: a refund begins with one more timer; the same for those alone that begin under that build. */
export type Build = 'oneMoreTimer' | 'onePatchMore'
const codeOf = (build: Build): Promise<string> => bundleOf(fileURLToPath(new URL(`./${build}.ts`, import.meta.url)))

/** Its path. */
export async function buildIn(folder: string, build: Build): Promise<string> {
  const path = join(folder, `${build}.js`)
  writeFileSync(path, await codeOf(build))
  return path
}

/** As XDG_CACHE_HOME: a program finds this build under the name of the one that it would make. */
export async function cacheWith(folder: string, build: Build): Promise<string> {
  const name = basename(await workflowBundle(testCacheDir()))
  const cache = join(folder, 'paymentwall-saga')
  mkdirSync(cache, { recursive: true })
  writeFileSync(join(cache, name), await codeOf(build))
  return folder
}
