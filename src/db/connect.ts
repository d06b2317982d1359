// Opens the merchant's database: Postgres by URL, else PGlite in a folder; has it migrated; runs
// transactions with their guards.
// Must not know: what is stored. Numbers and times come out the same from both: int8 as a safe
// integer, timestamptz as ISO 8601.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { PGlite, types as pgliteTypes } from '@electric-sql/pglite'
import { CamelCasePlugin, Kysely, PGliteDialect, sql, type Dialect, type Transaction } from 'kysely'
import { withFileLock } from '../lock.ts'
import { guarded, insideOf } from './guard.ts'
import { migrateAlone, migratePostgres } from './migrate.ts'
import { beginsOn, tellCommitted } from './notify.ts'
import { iso, postgresDialect, receiverDialect, safeInteger, TIMEOUTS } from './postgres.ts'
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
/**
 * Serialization failure, deadlock, and a row inserted by somebody else at the same moment: nothing
 * was done, the whole may be repeated.
 */
const REPEATABLE = new Set(['40001', '40P01', '23505'])

type Log = (line: string) => void
/** Where a database says what is slow: it goes with the handle, so that no caller can forget it. */
const logs = new WeakMap<Db, Log>()
const backends = new WeakMap<Db, Set<number>>()
/** Whether this backend of the server works for this handle. */
export const isOwnBackend = (db: Db, backend: number): boolean => backends.get(db)?.has(backend) === true

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, log } = options
  if (url !== undefined) await migratePostgres(url, log)
  const own = new Set<number>()
  const opened =
    url === undefined
      ? await openPglite(options)
      : { dialect: postgresDialect(url, log, TIMEOUTS, own), release: async () => {} }
  const db = handle(opened.dialect)
  logs.set(db, log)
  backends.set(db, own)
  const close = async () => {
    await db.destroy()
    await opened.release()
  }
  try {
    if (url === undefined) {
      await migrateAlone(db)
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

/**
 * A Postgres database as it is: nothing is migrated, and nobody is asked yet. For whoever only
 * reads.
 */
export function openAsItIs(url: string, log: Log): Database {
  const db = handle(postgresDialect(url, log, TIMEOUTS))
  return { db, kind: 'postgres', close: () => db.destroy() }
}

/**
 * Connections to the same Postgres that whoever looks, lists or books cannot take from the
 * receiver; what is committed over them is this process's own. The embedded database has one, which
 * all share.
 */
export function openForReceiver(
  { db, kind }: Pick<Database, 'db' | 'kind'>,
  url: string | undefined,
): Omit<Database, 'kind'> {
  if (kind === 'pglite' || url === undefined) return { db, close: () => Promise.resolve() }
  const log = logs.get(db) ?? (() => {})
  const apart = handle(receiverDialect(url, log, backends.get(db) ?? new Set()))
  logs.set(apart, log)
  return { db: apart, close: () => apart.destroy() }
}

/**
 * The folder's lock proves that no other process lives: what a killed one had leased is free at
 * once.
 */
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

/**
 * A folder opened by two processes silently loses rows, so the folder is locked while it is open.
 */
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

/**
 * Runs `work` in one transaction, repeated whole on serialization failures and deadlocks. Named for
 * the log.
 */
export async function transact<T>(
  db: Db,
  name: string,
  work: (trx: Trx) => Promise<T>,
  log: Log = logs.get(db) ?? (() => {}),
  moment?: 'one moment',
): Promise<T> {
  const beginning = () =>
    moment ? db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only') : db.transaction()
  for (let attempt = 1; ; attempt += 1) {
    const began = performance.now()
    try {
      let committed: Trx | undefined
      const result = await beginning().execute((trx) => {
        committed = trx
        beginsOn(trx, db)
        return insideOf(name, () => work(trx))
      })
      if (committed) tellCommitted(db, committed)
      return result
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

/** All reads inside see one moment: rows of a payment and its refunds that belong together. */
export function readTogether<T>(db: Db, name: string, read: (trx: Trx) => Promise<T>): Promise<T> {
  return transact(db, name, read, undefined, 'one moment')
}

/** Throws where it does not. */
export const databaseAnswers = async (db: Db): Promise<void> => void (await sql`select 1`.execute(db))
