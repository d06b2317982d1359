// A migrated database that is made once for a whole run, by the first test file that asks, and copied for each one after.
// Must not know: tests. What a first start makes of an empty database is proved where nothing is copied: test/db and the demo.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openDatabase } from '../../src/db/connect.ts'
import { withFileLock } from '../../src/lock.ts'

const FOLDER = 'TEST_MIGRATED'
const MAKING_MS = 120_000

/** Called once, before the first test file is started; nothing is made yet. What it returns is called after the last. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-migrated-'))
  process.env[FOLDER] = folder
  return () => rm(folder, { recursive: true, force: true })
}

/** Puts a migrated embedded database where a program with this DATA_DIR finds it. `templates`: as the program keeps them. */
export async function copyMigrated(dataDir: string, templates: string): Promise<void> {
  const made = await onceARun('embedded', async (folder) => {
    const { close } = await openDatabase({ url: undefined, folder, templates, log: () => {} })
    await close()
  })
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await copyFolder(join(made, 'pglite'), join(dataDir, 'pglite'))
}

/** By the program for it: an embedded database is a thousand files, and a copy in this process takes it half a second or more. */
export const copyFolder = async (from: string, to: string): Promise<void> =>
  void (await promisify(execFile)('cp', ['-R', from, to]))

/** Makes what stands for `name` in this run's folder, whoever of its test files comes first; the others wait. */
export async function onceARun(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const whole = join(process.env[FOLDER] ?? missing(), name)
  const there = () => stat(whole).then(Boolean, () => false)
  if (await there()) return whole
  const lock = { path: `${whole}.lock`, waitMs: MAKING_MS, onWait: () => {} }
  return withFileLock(lock, async () => {
    if (await there()) return whole
    const begun = `${whole}.${process.pid}`
    await mkdir(begun)
    await make(begun)
    await rename(begun, whole)
    return whole
  })
}

function missing(): never {
  throw new Error('this is for test files, which vitest starts; a run has a folder for what is made once')
}
