// Brings a database to the newest of the migrations: one process does it, the others wait for it.
// Must not know: what a migration changes. On Postgres each stands alone, step by step, for an
// index is made beside writers outside of transactions only; on PGlite all of them are one
// transaction.
import { setTimeout as pause } from 'node:timers/promises'
import { Kysely, PostgresAdapter, sql, type Dialect } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import * as books from './migrations/0001_books.ts'
import * as notify from './migrations/0002_notify.ts'
import * as people from './migrations/0003_people.ts'
import * as bounds from './migrations/0004_bounds.ts'
import * as answers from './migrations/0005_answers.ts'
import * as world from './migrations/0006_world.ts'
import * as sweep from './migrations/0007_sweep.ts'
import * as watchdog from './migrations/0008_watchdog.ts'
import * as commands from './migrations/0009_commands.ts'
import * as memory from './migrations/0010_memory.ts'
import * as passes from './migrations/0011_passes.ts'
import * as starts from './migrations/0012_starts.ts'
import * as signed from './migrations/0013_signed.ts'
import * as trips from './migrations/0014_trips.ts'
import * as deliveries from './migrations/0015_deliveries.ts'
import * as requests from './migrations/0016_requests.ts'
import * as tallies from './migrations/0017_tallies.ts'
import * as traces from './migrations/0018_traces.ts'
import * as received from './migrations/0019_received.ts'
import * as words from './migrations/0020_words.ts'
import * as keys from './migrations/0021_keys.ts'
import { APPLICATION, postgresDialect } from './postgres.ts'
import { keepFromOthers, refuseWithoutRights } from './rights.ts'

/**
 * The names of the migrations that this code knows; a database that has others is newer than the
 * code.
 */
export const MIGRATIONS = {
  '0001_books': books,
  '0002_notify': notify,
  '0003_people': people,
  '0004_bounds': bounds,
  '0005_answers': answers,
  '0006_world': world,
  '0007_sweep': sweep,
  '0008_watchdog': watchdog,
  '0009_commands': commands,
  '0010_memory': memory,
  '0011_passes': passes,
  '0012_starts': starts,
  '0013_signed': signed,
  '0014_trips': trips,
  '0015_deliveries': deliveries,
  '0016_requests': requests,
  '0017_tallies': tallies,
  '0018_traces': traces,
  '0019_received': received,
  '0020_words': words,
  '0021_keys': keys,
} as const satisfies Record<string, Migration>
export type MigrationName = keyof typeof MIGRATIONS

type Log = (line: string) => void

/** How often whoever waits for a start reads what it may be waiting for. */
const TOLD_EVERY_MS = 10_000

/**
 * `to`: the last that is run. Each step has time-outs of its own (migrating.ts); all of it takes as
 * long as it takes.
 */
export const migratePostgres = async (url: string, log: Log, to?: MigrationName): Promise<void> =>
  void (await beside(url, log, (db) => migrate(db, { to, transaction: false })))

/**
 * For whoever owns the tables, while all others only work with them. Returns the names of what was
 * carried out now.
 */
export const migrateOnce = (url: string, log: Log): Promise<readonly string[]> =>
  beside(url, log, async (db) => {
    const done = await migrate(db, { to: undefined, transaction: false })
    await keepFromOthers(db)
    return done
  })

async function beside<T>(url: string, log: Log, work: (db: Kysely<unknown>) => Promise<T>): Promise<T> {
  const db = new Kysely<unknown>({ dialect: waitingInTurn(postgresDialect(url, log, {})) })
  const telling = setInterval(() => void tellOfOldest(db, log).catch(() => {}), TOLD_EVERY_MS)
  try {
    return await work(db)
  } finally {
    clearInterval(telling)
    await db.destroy()
  }
}

/** Nobody else is there: all or nothing. */
export const migrateAlone = async <S>(db: Kysely<S>): Promise<void> =>
  void (await migrate(db, { to: undefined, transaction: true }))

export type MigrationState = {
  /** Of ours, not carried out there. */
  readonly pending: readonly string[]
  /** Carried out there, and unknown to this code. */
  readonly unknown: readonly string[]
}

/** Reads only. */
export async function migrationState<S>(db: Kysely<S>): Promise<MigrationState> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } })
  const pending = (await migrator.getMigrations()).filter(({ executedAt }) => executedAt === undefined)
  const { rows: tables } = await sql<{ there: boolean }>`
    select to_regclass('kysely_migration') is not null as there`.execute(db)
  if (tables[0]?.there !== true) return { pending: pending.map(({ name }) => name), unknown: [] }
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  const unknown = rows.map(({ name }) => name).filter((name) => !(name in MIGRATIONS))
  return { pending: pending.map(({ name }) => name), unknown }
}

type How = { readonly to: MigrationName | undefined; readonly transaction: boolean }

/** Throws a sentence. */
async function migrate<S>(db: Kysely<S>, { to, transaction }: How): Promise<readonly string[]> {
  const provider = { getMigrations: () => Promise.resolve(MIGRATIONS) }
  const migrator = new Migrator({ db, provider, disableTransactions: !transaction })
  const pending = (await migrator.getMigrations()).filter(({ executedAt }) => executedAt === undefined)
  await refuseWithoutRights(
    db,
    pending.map(({ name }) => name),
  )
  const { error, results = [] } = await (to === undefined ? migrator.migrateToLatest() : migrator.migrateTo(to))
  if (error === undefined) return results.map(({ migrationName }) => migrationName)
  const said = error instanceof Error ? error.message : 'the migrator did not say why'
  if (/corrupted migrations|missing/i.test(said))
    throw new Error(
      `The database was made by a newer version of this program (${said}). Start that version, or restore a backup made before it.`,
    )
  throw new Error(`The database could not be migrated: ${said}`, { cause: error })
}

type Oldest = { readonly pid: number; readonly name: string; readonly since: string }

/** Whoever holds what a step waits for has most likely been at it for the longest. */
async function tellOfOldest(db: Kysely<unknown>, log: Log): Promise<void> {
  const { rows } = await sql<Oldest>`
    select pid, application_name as name, xact_start as since from pg_stat_activity
    where datname = current_database() and application_name <> ${APPLICATION} and xact_start is not null
    order by xact_start limit 1`.execute(db)
  const [oldest] = rows
  const waits = oldest
    ? `it may wait for the transaction of pid ${oldest.pid} (application "${oldest.name}"), open since ${oldest.since}: let that end`
    : 'no transaction that this role may see is in its way, and those of other roles only a superuser sees (pg_stat_activity)'
  log(`the database is still being migrated, here or by another process; ${waits}. What runs beside it works on`)
}

const waitingInTurn = (dialect: Dialect): Dialect => ({
  createAdapter: () => new PatientAdapter(),
  createQueryCompiler: () => dialect.createQueryCompiler(),
  createIntrospector: (db) => dialect.createIntrospector(db),
  createDriver: () => dialect.createDriver(),
})

/** Kysely's own, so that older versions of this program and this one exclude each other. */
const LOCK = sql.raw('3853314791062309107')
const NEXT_TRY_MS = 250

/**
 * The second of two processes asks again and again whether the first is done: one that waited
 * inside a statement would be a transaction for whose end a concurrent index waits, and both would
 * wait for ever.
 */
class PatientAdapter extends PostgresAdapter {
  override async acquireMigrationLock(db: Kysely<unknown>): Promise<void> {
    const taken = async () =>
      (await sql<{ taken: boolean }>`select pg_try_advisory_lock(${LOCK}) as taken`.execute(db)).rows[0]?.taken
    while ((await taken()) !== true) await pause(NEXT_TRY_MS)
  }
}
