// The embedded database: PGlite in a folder that one process holds, or in memory; in as little of
// this process's memory and time as it can do with.
// Must not know: tables.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { PGlite, types } from '@electric-sql/pglite'
import { Kysely, PostgresDialect, type Dialect } from 'kysely'
import { withFileLock } from '../../lock.ts'
import { migrateAlone } from '../migrate.ts'
import { iso, safeInteger } from '../postgres.ts'
import { poolOfOne } from './pool.ts'
import { copyOfTemplate } from './template.ts'

type Opened = { dialect: Dialect; release: () => Promise<void> }
export type OpenEmbedded = {
  /** undefined: in memory. */
  readonly folder: string | undefined
  /** Where a migrated database is kept to be copied for a first start; undefined: nowhere. */
  readonly templates?: string | undefined
  readonly log: (line: string) => void
}

/**
 * Postgres takes what it may cache at once, by default 128 MB of this process; the system caches
 * the files as well.
 */
const SMALL = ['-c', 'shared_buffers=16MB']

/**
 * A folder opened by two processes silently loses rows, so the folder is locked while it is open.
 */
export async function openEmbedded({ folder, templates, log }: OpenEmbedded): Promise<Opened> {
  if (folder === undefined) return { dialect: await started(undefined), release: async () => {} }
  await mkdir(folder, { recursive: true })
  const release = await holdFolder(folder)
  try {
    const dataDir = join(folder, 'pglite')
    if (templates !== undefined) await copyOfTemplate({ into: dataDir, cacheDir: templates, make: migrated, log })
    return { dialect: await started(dataDir), release }
  } catch (error) {
    await release()
    throw error
  }
}

async function migrated(dataDir: string): Promise<void> {
  const db = new Kysely({ dialect: await started(dataDir) })
  try {
    await migrateAlone(db)
  } finally {
    await db.destroy()
  }
}

async function started(dataDir: string | undefined): Promise<Dialect> {
  // Compiled once and quickly: what would make its code faster takes more time and memory than all
  // that an embedded database is ever asked.
  setFlagsFromString('--liftoff-only')
  const parsers = { [types.INT8]: safeInteger, [types.TIMESTAMPTZ]: iso }
  const startParams = [...PGlite.defaultStartParams, ...SMALL]
  const pglite = await PGlite.create({ ...(dataDir !== undefined && { dataDir }), parsers, startParams })
  return new PostgresDialect({ pool: poolOfOne(pglite) })
}

async function holdFolder(folder: string): Promise<() => Promise<void>> {
  let letGo = () => {}
  const closed = new Promise<void>((resolve) => (letGo = resolve))
  let held: Promise<void> = Promise.resolve()
  await new Promise<void>((holding, refused) => {
    const path = join(folder, 'pglite.lock')
    held = withFileLock({ path, waitMs: 0, onWait: () => {} }, () => {
      holding()
      return closed
    })
    held.catch(() =>
      refused(
        new Error(
          `${folder} is open in another process, and two at once would lose rows. Stop that process, or set DATA_DIR to another folder, or DATABASE_URL to a Postgres server.`,
        ),
      ),
    )
  })
  return async () => {
    letGo()
    await held
  }
}
