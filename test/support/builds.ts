// Builds of the workflows beside the one of today, and a cache folder from which a program takes one of them for its own.
// Must not know: what a test does with it.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleOf, workflowBundle } from '../../src/temporal/worker.ts'
import { onceARun } from './migrated.ts'
import { testCacheDir } from './temporalCli.ts'

/** Entries of bundles: a refund begins with one more timer; the same for those alone that begin under that build. */
export type Build = 'oneMoreTimer' | 'onePatchMore'
const FILE = 'workflows.js'

export async function makeBuild(build: Build, path: string): Promise<void> {
  writeFileSync(path, await bundleOf(fileURLToPath(new URL(`./${build}.ts`, import.meta.url))))
}

/** Its path; made once for all test files of a run. */
export async function pathOfBuild(build: Build): Promise<string> {
  const folder = await onceARun(build, (begun) => makeBuild(build, join(begun, FILE)))
  return join(folder, FILE)
}

const copyOfBuild = async (build: Build, path: string): Promise<void> => copyFileSync(await pathOfBuild(build), path)

/** As XDG_CACHE_HOME: a program finds this build under the name of the one that it would make. */
export async function cacheWith(folder: string, build: Build, put = copyOfBuild): Promise<string> {
  const name = basename(await workflowBundle(testCacheDir()))
  const cache = join(folder, 'paymentwall-saga')
  mkdirSync(cache, { recursive: true })
  await put(build, join(cache, name))
  return folder
}
