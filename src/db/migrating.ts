// The steps of a migration, each such that processes which are at work notice nothing: on Postgres
// every step stands alone and may be repeated, for one that failed is begun again from its first.
// Must not know: tables. On PGlite nobody else is there, and all steps are one transaction.
import { setTimeout as pause } from 'node:timers/promises'
import { PGliteAdapter, sql, type Kysely, type RawBuilder } from 'kysely'

type Db = Kysely<unknown>
type Statement = RawBuilder<unknown>
/** `alone`: nobody else uses this database, as on PGlite, or all of it is one transaction. */
type Place = { readonly db: Db; readonly alone: boolean }
export type MigrationStep = (place: Place) => Promise<void>

/**
 * A statement that locks a table against writers waits behind every reader of it, and all writers
 * wait behind it: so it gives up soon and comes again, and a pause lets them pass. All of it is
 * less than the `lock_timeout` of whoever waits (postgres.ts).
 */
const BRIEF = { lock_timeout: 300, statement_timeout: 3_000 }
/**
 * Now and then: only who waits for more than a second (`deadlock_timeout`) makes an autovacuum give
 * way.
 */
const INSISTENT = { ...BRIEF, lock_timeout: 1_500 }
const INSISTS_EVERY = 5
/** What locks out no reader and no writer may wait and work for as long as it takes. */
const PATIENT = { lock_timeout: 0, statement_timeout: 0 }
/** A portion that meets a row that somebody holds comes again. */
const PORTION = { lock_timeout: 2_000, statement_timeout: 10_000 }
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000
/** Lock not available, statement timed out, deadlock, serialization failure: nothing was done. */
const REPEATABLE = new Set(['55P03', '57014', '40P01', '40001'])

/** The `up` of a migration. */
export const steps =
  (...all: readonly MigrationStep[]) =>
  async (db: Db): Promise<void> => {
    const alone = db.isTransaction || db.getExecutor().adapter instanceof PGliteAdapter
    const each = (one: Db) => inTurn(...all)({ db: one, alone })
    if (alone) return each(db)
    // The time-outs belong to the connection: all steps have the same one, and give it back as it
    // was.
    await db.connection().execute(async (one) => {
      try {
        await each(one)
      } finally {
        // A connection that is lost has nothing to give back, and what lost it is what must be
        // said.
        await restoreTimeouts(one).catch(() => {})
      }
    })
  }

/**
 * Statements that are done in a moment, in one transaction: new tables; a column without a default
 * or with a constant one; a default; a trigger; a constraint that is not valid yet.
 */
export const briefly =
  (...statements: readonly Statement[]): MigrationStep =>
  ({ db, alone }) =>
    again({ db, alone }, BRIEF, async () => {
      if (alone) for (const statement of statements) await statement.execute(db)
      else
        await db.transaction().execute(async (trx) => {
          for (const statement of statements) await statement.execute(trx)
        })
    })

/**
 * `on`: the table, the columns, and the condition. Made while others write; what was left behind by
 * one that failed is made anew.
 */
export const index =
  (name: string, on: Statement, { unique = false } = {}): MigrationStep =>
  (place) =>
    again(place, PATIENT, async () => {
      const { db, alone } = place
      const kind = sql.raw(unique ? 'unique index' : 'index')
      if (alone) {
        await sql`create ${kind} if not exists ${sql.ref(name)} on ${on}`.execute(db)
        return
      }
      const { rows } = await sql<{ valid: boolean }>`
        select indisvalid as valid from pg_index where indexrelid = to_regclass(${name})`.execute(db)
      if (rows[0]?.valid === true) return
      if (rows[0]) await sql`drop index concurrently if exists ${sql.ref(name)}`.execute(db)
      await sql`create ${kind} concurrently ${sql.ref(name)} on ${on}`.execute(db)
    })

/** One that nothing asks by any more. */
export const withoutIndex =
  (name: string): MigrationStep =>
  (place) =>
    again(place, PATIENT, async () => {
      const beside = sql.raw(place.alone ? '' : 'concurrently')
      await sql`drop index ${beside} if exists ${sql.ref(name)}`.execute(place.db)
    })

/**
 * What reads tables in use and writes to a new one only: nobody waits for it, however long it
 * takes. It must be right beside writers, and when it is repeated.
 */
export const patiently =
  (statement: Statement): MigrationStep =>
  (place) =>
    again(place, PATIENT, async () => void (await statement.execute(place.db)))

/** A CHECK that holds for what is written from now on, then for all that is there. */
export const check = (table: string, name: string, condition: Statement): MigrationStep =>
  inTurn(fromNowOn(table, name, condition), valid(table, name))

/**
 * NOT NULL, proved by a CHECK that locks out nobody while all rows are read. `fill` is run before
 * the CHECK, and again for what was written in between.
 */
export function notNull(table: string, column: string, fill: MigrationStep): MigrationStep {
  const name = `${table}_${column}_is_there`
  return inTurn(
    fill,
    fromNowOn(table, name, sql`${sql.ref(column)} is not null`),
    fill,
    valid(table, name),
    briefly(sql`alter table ${sql.table(table)} alter column ${sql.ref(column)} set not null`),
    briefly(sql`alter table ${sql.table(table)} drop constraint ${sql.ref(name)}`),
  )
}

const inTurn =
  (...all: readonly MigrationStep[]): MigrationStep =>
  async (place) => {
    for (const step of all) await step(place)
  }

const fromNowOn = (table: string, name: string, condition: Statement): MigrationStep =>
  briefly(
    sql`alter table ${sql.table(table)} drop constraint if exists ${sql.ref(name)},
      add constraint ${sql.ref(name)} check (${condition}) not valid`,
  )

const valid =
  (table: string, name: string): MigrationStep =>
  (place) =>
    again(place, PATIENT, async () => {
      await sql`alter table ${sql.table(table)} validate constraint ${sql.ref(name)}`.execute(place.db)
    })

/**
 * All rows, portion by portion in the order of a key: others wait for no longer than one portion
 * takes. `portion` begins after the key that it is given, has a `limit`, and answers with the
 * `last` key that it has seen.
 */
export const inPortions =
  <Key extends string | number>(first: Key, portion: (after: Key) => RawBuilder<{ last: Key | null }>): MigrationStep =>
  async (place) => {
    for (let after: Key | null = first; after !== null;) {
      const from: Key = after
      await again(place, PORTION, async () => {
        const { rows } = await portion(from).execute(place.db)
        after = rows[0]?.last ?? null
      })
    }
  }

/**
 * Until it is done: what works meanwhile goes on without it, and a program that is not migrated
 * cannot start.
 */
async function again({ db, alone }: Place, timeouts: typeof BRIEF, work: () => Promise<void>): Promise<void> {
  if (alone) return work()
  for (let tries = 1; ; tries += 1) {
    try {
      await setTimeouts(db, timeouts === BRIEF && tries % INSISTS_EVERY === 0 ? INSISTENT : timeouts)
      return await work()
    } catch (error) {
      if (!REPEATABLE.has(codeOf(error))) throw error
    }
    await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)))
  }
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

async function setTimeouts(db: Db, { lock_timeout: lockMs, statement_timeout: statementMs }: typeof BRIEF) {
  await sql`select set_config('lock_timeout', ${String(lockMs)}, false),
    set_config('statement_timeout', ${String(statementMs)}, false)`.execute(db)
}

async function restoreTimeouts(db: Db): Promise<void> {
  await sql`reset lock_timeout`.execute(db)
  await sql`reset statement_timeout`.execute(db)
}
