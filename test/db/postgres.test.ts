// What only a server with many connections can do: deadlocks, serialization failures, lost connections, time-outs, notifications.
// Must not know: what is stored. Nothing is proved by how long something took.
import { readdirSync } from 'node:fs'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase, sqlState, transact, type Database, type Trx } from '../../src/db/connect.ts'
import { keepHint } from '../../src/db/hints/hints.ts'
import { listenForRows } from '../../src/db/notify.ts'
import { putWake } from '../../src/db/outgoing/outgoing.ts'
import { createTestDatabase, onPostgres, queryOf, type TestDatabase } from '../support/database.ts'
import { meeting } from '../support/meeting.ts'

const GATEWAY = 'iamport/main'
const migrations = readdirSync('src/db/migrations').map((file) => file.replace('.ts', ''))
/** Kysely's own: whoever migrates holds it. */
const MIGRATION_LOCK = '3853314791062309107'

describe.skipIf(!onPostgres)('Postgres (not PGlite, which has one connection and no server)', () => {
  let place: TestDatabase
  let database: Database
  const logged: string[] = []
  const log = (line: string) => void logged.push(line)
  beforeAll(async () => {
    place = await createTestDatabase()
    database = await openDatabase({ url: place.url, folder: undefined, log })
  })
  afterAll(async () => {
    await database.close()
    await place.drop()
  })

  const url = () => place.url ?? ''
  const counter = (subject: string) => ({
    gateway: GATEWAY,
    subject,
    saidMerchantUid: null,
    leaseToken: null,
    leasedUntil: null,
    began: null,
    notBefore: null,
    retryAt: null,
  })
  const makeCounters = (...subjects: readonly string[]) =>
    database.db.insertInto('looks').values(subjects.map(counter)).execute()
  const count = (trx: Trx, subject: string) =>
    trx
      .updateTable('looks')
      .set((eb) => ({ failures: eb('failures', '+', 1) }))
      .where('subject', '=', subject)
      .execute()
  const counted = async (subject: string) =>
    (await database.db.selectFrom('looks').select('failures').where('subject', '=', subject).executeTakeFirst())
      ?.failures

  test('has its time-outs really set: for locks, statements, and transactions that nobody goes on with', async () => {
    const { rows } = await sql<{
      name: string
      setting: string
    }>`select name, setting || unit as setting from pg_settings
      where name in ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout') order by name`.execute(
      database.db,
    )
    expect(rows).toEqual([
      { name: 'idle_in_transaction_session_timeout', setting: '10000ms' },
      { name: 'lock_timeout', setting: '5000ms' },
      { name: 'statement_timeout', setting: '10000ms' },
    ])
  })

  test('a real deadlock is repeated until both transactions are done', async () => {
    await makeCounters('left', 'right')
    const both = meeting(2)
    let tries = 0
    const crossing = (first: string, second: string) =>
      transact(database.db, 'crossing', async (trx) => {
        tries += 1
        await count(trx, first)
        await both()
        await count(trx, second)
      })
    await Promise.all([crossing('left', 'right'), crossing('right', 'left')])
    expect(tries).toBeGreaterThan(2)
    expect([await counted('left'), await counted('right')]).toEqual([2, 2])
  })

  test('a real serialization failure is repeated: no update is lost', async () => {
    await makeCounters('shared')
    const both = meeting(2)
    let tries = 0
    const adding = () =>
      transact(database.db, 'adding', async (trx) => {
        tries += 1
        await sql`set transaction isolation level repeatable read`.execute(trx)
        const row = await trx
          .selectFrom('looks')
          .select('failures')
          .where('subject', '=', 'shared')
          .executeTakeFirstOrThrow()
        await both()
        await trx
          .updateTable('looks')
          .set({ failures: row.failures + 1 })
          .where('subject', '=', 'shared')
          .execute()
      })
    await Promise.all([adding(), adding()])
    expect(tries).toBe(3)
    expect(await counted('shared')).toBe(2)
  })

  test('a connection lost inside a transaction fails that one alone, and nothing of it stays', async () => {
    await makeCounters('torn')
    const torn = transact(database.db, 'torn', async (trx) => {
      await count(trx, 'torn')
      await queryOf(url(), `select pg_terminate_backend(${await backendOf(trx)})`)
      // The news of it may come while no statement is on its way: that must not end the process.
      await new Promise((resolve) => setTimeout(resolve, 100))
      await count(trx, 'torn')
    })
    await expect(torn).rejects.toThrow()
    expect(await counted('torn')).toBe(0)
    await transact(database.db, 'next', (trx) => count(trx, 'torn'))
    expect(await counted('torn')).toBe(1)
  })

  test('idle connections that are lost all at once are replaced', async () => {
    await Promise.all(Array.from({ length: 5 }, () => sql`select pg_sleep(0.05)`.execute(database.db)))
    const lost = () => logged.filter((line) => line.startsWith('a database connection was lost')).length
    const before = lost()
    const { rows } = await sql<{
      count: number
    }>`select count(*) from pg_stat_activity where datname = current_database()`.execute(database.db)
    expect(rows[0]?.count).toBeGreaterThanOrEqual(5)
    await queryOf(
      url(),
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    await expect.poll(() => lost() - before, { timeout: 30_000 }).toBe(rows[0]?.count)
    expect(await counted('torn')).toBe(1)
  })

  test('a transaction of more than two seconds is logged by its name, whoever began it', async () => {
    await transact(database.db, 'dawdling', (trx) => sql`select pg_sleep(2.1)`.execute(trx))
    expect(logged).toContainEqual(expect.stringMatching(/^the transaction "dawdling" took \d+ ms$/))
  })

  test('a lock that is held too long is given up with its SQLSTATE, and the holder is not disturbed', async () => {
    await makeCounters('held')
    await transact(database.db, 'holding', async (trx) => {
      await count(trx, 'held')
      const waiting = queryOf(url(), `set lock_timeout = '100ms'; update looks set failures = 7 where subject = 'held'`)
      expect(sqlState(await waiting.catch((error: unknown) => error))).toBe('55P03')
    })
    expect(await counted('held')).toBe(1)
  })

  test('four programs that start at once on an empty database migrate it once', async () => {
    const empty = await createTestDatabase()
    try {
      const start = () => openDatabase({ url: empty.url, folder: undefined, log })
      const opened = await Promise.all([start(), start(), start(), start()])
      const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
        opened[0].db,
      )
      expect(rows.map(({ name }) => name)).toEqual(migrations)
      await Promise.all(opened.map((each) => each.close()))
    } finally {
      await empty.drop()
    }
  })

  test('a start waits for the migrations of another, longer than for any other lock, and says for whose transaction', async () => {
    const other = queryOf(url(), `begin; select pg_advisory_xact_lock(${MIGRATION_LOCK}); select pg_sleep(15); commit`)
    const locked = `select 1 from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())`
    await expect.poll(async () => (await sql.raw(locked).execute(database.db)).rows.length).toBe(1)
    const opened = await openDatabase({ url: url(), folder: undefined, log })
    await opened.close()
    await other
    expect(logged).toContainEqual(
      expect.stringMatching(
        /still being migrated, here or by another process; it may wait for the transaction of pid \d+/,
      ),
    )
  })

  test('rows of another process are heard of once they are committed, and after a lost connection too', async () => {
    let kicks = 0
    const listener = listenForRows(url(), () => (kicks += 1), log)
    const more = async (act: () => Promise<unknown>) => {
      const before = kicks
      await act()
      await expect.poll(() => kicks, { timeout: 30_000 }).toBeGreaterThan(before)
    }
    try {
      await expect.poll(() => kicks, { timeout: 30_000 }).toBe(1)
      await more(() =>
        keepHint(database.db, { gateway: GATEWAY, source: 'person', gatewayRef: 'imp_1', merchantUid: null }),
      )
      await more(() => transact(database.db, 'wake', (trx) => putWake(trx, 'refund:r1')))
      const rolledBack = kicks
      const failing = transact(database.db, 'no wake', async (trx) => {
        await putWake(trx, 'refund:r2')
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect(kicks).toBe(rolledBack)
      await more(() =>
        sql`select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = 'paymentwall-saga listener' and datname = current_database()`.execute(database.db),
      )
      await more(() => transact(database.db, 'wake', (trx) => putWake(trx, 'refund:r3')))
    } finally {
      await listener.stop()
    }
  })

  const backendOf = async (trx: Trx): Promise<number> =>
    (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)).rows[0]?.pid ?? 0
})
