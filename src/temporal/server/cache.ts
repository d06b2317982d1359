// A folder of made things: each made once, under a lock, in a temporary folder, and moved into
// place in one step.
// Must not know what the things are or how they are made.

import { constants } from 'node:fs'
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { withFileLock } from '../../lock.ts'
import { fileDigest, recordDigest, recordedDigest, whyNotTrusted } from './trust.ts'

export type Progress = (line: string) => void

/** One way to put the executable into `folder`; returns why not when it did not work. */
type Way = {
  readonly name: string
  readonly attempt: (folder: string) => Promise<string | undefined>
}

export type CachedExecutable = {
  readonly cacheDir: string
  /** The folder inside the cache, with the version in its name. */
  readonly name: string
  /** The executable's file name inside that folder. */
  readonly file: string
  readonly ways: readonly Way[]
  readonly progress: Progress
}

const LOCK_WAIT_MS = 30 * 60_000

/** The executable's path, or what every way said. */
export type Made = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly tried: string[] }

/**
 * There already, made by another process while we waited, or made now by the first way that works.
 * Throws where what is there may have been changed by others, or is no longer what was made.
 */
export async function cachedOrMade(wanted: CachedExecutable): Promise<Made> {
  const path = join(wanted.cacheDir, wanted.name, wanted.file)
  if (await isExecutable(path)) return { ok: true, path: await unchanged(path, wanted) }
  await mkdir(wanted.cacheDir, { recursive: true, mode: 0o755 })
  const lock = { path: join(wanted.cacheDir, `${wanted.name}.lock`), waitMs: LOCK_WAIT_MS, onWait: wanted.progress }
  return withFileLock(lock, async () => {
    const tried = (await isExecutable(path)) ? undefined : await make(wanted)
    return tried === undefined ? { ok: true, path: await unchanged(path, wanted) } : { ok: false, tried }
  })
}

/**
 * It is run with our rights, so it is looked at before each start, and not only when it is made.
 */
async function unchanged(path: string, { cacheDir, name, file }: CachedExecutable): Promise<string> {
  const remedy = `Delete ${join(cacheDir, name)}, and it is made anew; and see to it that only you can write there.`
  const fault = await whyNotTrusted(path)
  if (fault !== undefined)
    throw new Error(`${path} is not started, for others may have changed it: ${fault}. ${remedy}`)
  const recorded = await recordedDigest(path)
  if (recorded === undefined) await recordDigest(path, file).catch(() => {})
  else if (recorded !== (await fileDigest(path)))
    throw new Error(`${path} is not started, for it is not what was made: its SHA-256 is another one. ${remedy}`)
  return path
}

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

/**
 * Undefined when it was made, else why not, a line for each way. Only ever under the lock; what a
 * maker that was killed left behind is removed first.
 */
async function make(wanted: CachedExecutable): Promise<string[] | undefined> {
  const prefix = `${wanted.name}.making-`
  for (const entry of await readdir(wanted.cacheDir)) {
    if (entry.startsWith(prefix)) await removeFolder(join(wanted.cacheDir, entry))
  }
  const tried: string[] = []
  for (const way of wanted.ways) {
    const folder = await mkdtemp(join(wanted.cacheDir, prefix))
    try {
      const whyNot = await way.attempt(folder)
      if (whyNot === undefined) {
        await moveIntoPlace(folder, wanted)
        return undefined
      }
      tried.push(`${way.name}: ${whyNot}`)
    } finally {
      await removeFolder(folder)
    }
  }
  return tried
}

async function moveIntoPlace(folder: string, wanted: CachedExecutable): Promise<void> {
  const target = join(wanted.cacheDir, wanted.name)
  await chmod(join(folder, wanted.file), 0o755)
  await recordDigest(join(folder, wanted.file), wanted.file)
  await chmod(folder, 0o755)
  await removeFolder(target) // it holds no executable, else we would not be here
  await rename(folder, target)
}

async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
}
