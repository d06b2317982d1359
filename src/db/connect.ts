// Opens the merchant's database: Postgres by URL, else PGlite in a folder; migrates it; runs transactions with their guards.
// Must not know: what is stored. Numbers and times come out the same from both: int8 as a safe integer, timestamptz as ISO 8601.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { PGlite, types as pgliteTypes } from '@electric-sql/pglite'
import { CamelCasePlugin, Kysely, PGliteDialect, sql, type Dialect, type Transaction } from 'kysely'
import { Migrator } from 'kysely/migration'
import { withFileLock } from '../lock.ts'
import { guarded, insideOf } from './guard.ts'
import { iso, postgresDialect, safeInteger, TIMEOUTS } from './postgres.ts'
import * as books from './migrations/0001_books.ts'
import * as notify from './migrations/0002_notify.ts'
import * as people from './migrations/0003_people.ts'
import * as bounds from './migrations/0004_bounds.ts'
import * as answers from './migrations/0005_answers.ts'
import * as world from './migrations/0006_world.ts'
import * as sweep from './migrations/0007_sweep.ts'
import * as watchdog from './migrations/0008_watchdog.ts'
import * as commands from './migrations/0009_commands.ts'
import { keepFromOthers, refuseWithoutRights } from './rights.ts'
import type { Schema } from './schema.ts'

export type Db = Kysely<Schema>
export type Trx = Transaction<Schema>
export type Database = { readonly db: Db; readonly kind: 'postgres' | 'pglite'; close(): Promise<void> }

export type DatabaseOptions = {
  /** postgres://… ; undefined: PGlite in `folder`, or in memory where `folder` is undefined too. */
  readonly url: string | undefined
  readonly folder: string | undefined
  readonly log: (line: string) => void
}

const SLOW_TRANSACTION_MS = 2_000
const REPEATS = 5
/** Serialization failure, deadlock, and a row inserted by somebody else at the same moment: nothing was done, the whole may be repeated. */
const REPEATABLE = new Set(['40001', '40P01', '23505'])

type Log = (line: string) => void
/** Where a database says what is slow: it goes with the handle, so that no caller can forget it. */
const logs = new WeakMap<Db, Log>()

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, log } = options
  if (url !== undefined) await migratePostgres(url, log)
  const opened =
    url === undefined
      ? await openPglite(options)
      : { dialect: postgresDialect(url, log, TIMEOUTS), release: async () => {} }
  const db = handle(opened.dialect)
  logs.set(db, log)
  const close = async () => {
    await db.destroy()
    await opened.release()
  }
  try {
    if (url === undefined) {
      await migrate(db)
      await endLeases(db)
    }
    // Kysely forgets to end a pool that was never asked for anything.
    await sql`select 1`.execute(db)
  } catch (error) {
    await close()
    throw error
  }
  return { db, kind: url === undefined ? 'pglite' : 'postgres', close }
}

/** The folder's lock proves that no other process lives: what a killed one had leased is free at once. */
async function endLeases(db: Db): Promise<void> {
  await db
    .updateTable('looks')
    .set({ leaseToken: null, leasedUntil: null })
    .where('leaseToken', 'is not', null)
    .execute()
  await db
    .updateTable('outbox')
    .set({ leaseToken: null, leasedUntil: null })
    .where('leaseToken', 'is not', null)
    .execute()
}

const handle = (dialect: Dialect): Db =>
  new Kysely<Schema>({
    dialect: guarded(dialect),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })

type Opened = { dialect: Dialect; release: () => Promise<void> }

/** A folder opened by two processes silently loses rows, so the folder is locked while it is open. */
async function openPglite({ folder }: DatabaseOptions): Promise<Opened> {
  const parsers = { [pgliteTypes.INT8]: safeInteger, [pgliteTypes.TIMESTAMPTZ]: iso }
  if (folder === undefined)
    return { dialect: new PGliteDialect({ pglite: await PGlite.create({ parsers }) }), release: async () => {} }
  await mkdir(folder, { recursive: true })
  const release = await holdFolder(folder)
  const pglite = await PGlite.create({ dataDir: join(folder, 'pglite'), parsers })
  return { dialect: new PGliteDialect({ pglite }), release }
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

/** Without time-outs: the second of two processes that start at once waits for the first, however long its migrations take. */
async function migratePostgres(url: string, log: Log): Promise<void> {
  const db = handle(postgresDialect(url, log, {}))
  try {
    await migrate(db)
  } finally {
    await db.destroy()
  }
}

/** For whoever owns the tables, while all others only work with them. Returns the names of what was carried out now. */
export async function migrateOnce(url: string, log: Log): Promise<readonly string[]> {
  const db = handle(postgresDialect(url, log, {}))
  try {
    const done = await migrate(db)
    await keepFromOthers(db)
    return done
  } finally {
    await db.destroy()
  }
}

/** The names of the migrations that this code knows; a database that has others is newer than the code. */
const MIGRATIONS = {
  '0001_books': books,
  '0002_notify': notify,
  '0003_people': people,
  '0004_bounds': bounds,
  '0005_answers': answers,
  '0006_world': world,
  '0007_sweep': sweep,
  '0008_watchdog': watchdog,
  '0009_commands': commands,
}

async function migrate(db: Db): Promise<readonly string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } })
  const pending = (await migrator.getMigrations()).filter(({ executedAt }) => executedAt === undefined)
  await refuseWithoutRights(
    db,
    pending.map(({ name }) => name),
  )
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error === undefined) return results.map(({ migrationName }) => migrationName)
  const said = error instanceof Error ? error.message : 'the migrator did not say why'
  if (/corrupted migrations|missing/i.test(said))
    throw new Error(
      `The database was made by a newer version of this program (${said}). Start that version, or restore a backup made before it.`,
    )
  throw new Error(`The database could not be migrated: ${said}`, { cause: error })
}

/** Runs `work` in one transaction, repeated whole on serialization failures and deadlocks. Named for the log. */
export async function transact<T>(
  db: Db,
  name: string,
  work: (trx: Trx) => Promise<T>,
  log: Log = logs.get(db) ?? (() => {}),
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const began = performance.now()
    try {
      return await db.transaction().execute((trx) => insideOf(name, () => work(trx)))
    } catch (error) {
      if (attempt >= REPEATS || !REPEATABLE.has(sqlState(error) ?? '')) throw error
    } finally {
      const ms = performance.now() - began
      if (ms > SLOW_TRANSACTION_MS) log(`the transaction "${name}" took ${Math.round(ms)} ms`)
    }
    // Those that collided do not come back at the same moment.
    await pause(attempt * 20 * Math.random())
  }
}

/** SQLSTATE of a driver's error, by its code and never by its class. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined
}
