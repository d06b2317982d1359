// The database as opened: what the driver gives back, which misuse is refused, and who may open a folder.
// Must not know: what is stored.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseNow } from '../../src/db/clock.ts'
import { openDatabase, readTogether, sqlState, transact, type Database, type Db } from '../../src/db/connect.ts'
import { transactionName } from '../../src/db/guard.ts'
import { HOT } from '../../src/db/postgres.ts'
import { createMigratedDatabase, onPostgres, openTestDatabase } from '../support/database.ts'

const migrations = readdirSync('src/db/migrations').map((file) => file.replace('.ts', ''))
let database: Database
const folders: string[] = []
const children: ChildProcess[] = []
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await database.close()
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
})

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'books-'))
  folders.push(folder)
  return folder
}

async function migratedFolder(): Promise<string> {
  const folder = await freshFolder()
  await createMigratedDatabase(folder)
  return folder
}

describe('values from the database', () => {
  const one = async (expression: string): Promise<unknown> =>
    (await sql<{ value: unknown }>`select ${sql.raw(expression)} as value`.execute(database.db)).rows[0]?.value

  test('int8 is a number, as far as numbers go', async () => {
    expect(await one('9007199254740991::int8')).toBe(Number.MAX_SAFE_INTEGER)
    expect(await one('-1::int8')).toBe(-1)
    expect(await one('count(*)')).toBe(1)
  })

  test('an int8 beyond 2^53 − 1 is refused and never rounded', async () => {
    await expect(one('9007199254740993::int8')).rejects.toThrow('9007199254740993, which is beyond 2^53 − 1')
  })

  test('timestamptz is ISO 8601 in UTC, whatever zone it was written in', async () => {
    expect(await one(`'2026-03-02 12:00:00.123456+09'::timestamptz`)).toBe('2026-03-02T03:00:00.123Z')
    expect(await databaseNow(database.db)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  test('jsonb keeps the keys of what was written', async () => {
    expect(await one(`'{"snake_key": 1, "camelKey": {"in_side": 2}}'::jsonb`)).toEqual({
      snake_key: 1,
      camelKey: { in_side: 2 },
    })
  })
})

describe('statements', () => {
  const number = (on: Db, n: number) =>
    sql<{ n: number }>`select ${n}::int8 as n`.execute(on).then(({ rows }) => rows[0]?.n)

  test('asked at once are each answered with their own, outside a transaction and in one', async () => {
    const asked = [1, 2, 3, 4, 5]
    expect(await Promise.all(asked.map((n) => number(database.db, n)))).toEqual(asked)
    expect(await transact(database.db, 'many', (trx) => Promise.all(asked.map((n) => number(trx, n))))).toEqual(asked)
  })

  test('take parameters as Postgres writes them', async () => {
    const at = new Date('2026-03-02T03:00:00.123Z')
    const { rows } = await sql`select ${[1, 2]}::int4[] as list, ${at}::timestamptz as at, ${true}::bool as flag,
      ${{ in_side: [1] }}::jsonb as json, ${'환불'}::text as text, ${null}::int8 as nothing, ${9007199254740991}::int8 as most
    `.execute(database.db)
    const list = {
      list: [1, 2],
      at: at.toISOString(),
      flag: true,
      json: { in_side: [1] },
      text: '환불',
      nothing: null,
      most: 2 ** 53 - 1,
    }
    expect(rows).toEqual([list])
  })

  test('that are hot are planned once for their connection, others each time', async () => {
    const said = await transact(database.db, 'hot', async (trx) => {
      for (const n of [1, 2, 3]) {
        await sql`${HOT} select ${n}::int8 as tried_hot`.execute(trx)
        await sql`select ${n}::int8 as tried_cold`.execute(trx)
      }
      return sql`select (generic_plans + custom_plans)::int4 as runs from pg_prepared_statements
        where statement like '% as tried\_%'`.execute(trx)
    })
    expect(said.rows).toEqual([{ runs: 3 }])
  })

  test('that are hot and fail can be asked again, whether it was known by then or not', async () => {
    const halves = (n: number) => sql<{ half: number }>`${HOT} select 10 / ${n}::int8 as half`.execute(database.db)
    const missing = () => sql`${HOT} select * from nowhere_at_all`.execute(database.db)
    for (const _again of [1, 2]) {
      expect(sqlState(await halves(0).catch((error: unknown) => error))).toBe('22012')
      expect((await halves(5)).rows).toEqual([{ half: 2 }])
      expect(sqlState(await missing().catch((error: unknown) => error))).toBe('42P01')
    }
  })
})

describe('a transaction', () => {
  test('has a name while it runs, and none outside', async () => {
    expect(transactionName()).toBeUndefined()
    expect(await transact(database.db, 'look', () => Promise.resolve(transactionName()))).toBe('look')
    expect(transactionName()).toBeUndefined()
  })

  test('refuses the outer handle, and the database works on afterwards', { timeout: 20_000 }, async () => {
    // A database of its own: where the guard is missing it hangs for ever, and every later query with it.
    const { db, close } = await openTestDatabase()
    const misuse = transact(db, 'careless', () => databaseNow(db))
    await expect(misuse).rejects.toThrow('used inside the transaction "careless"; pass its trx on')
    const nested = transact(db, 'outer', () => transact(db, 'inner', () => Promise.resolve(1)))
    await expect(nested).rejects.toThrow('inside the transaction "outer"')
    expect(await transact(db, 'next', databaseNow)).toMatch(/Z$/)
    await close()
  })

  test('that fails leaves nothing behind', async () => {
    const failing = transact(database.db, 'failing', async (trx) => {
      await trx.insertInto('looks').values(look('rolled-back')).execute()
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await subjects('rolled-back')).toEqual([])
  })

  test('in which a statement failed that nobody minds is not committed, and says so', async () => {
    const half = transact(database.db, 'half', async (trx) => {
      await trx.insertInto('looks').values(look('half')).execute()
      await sql`select 1 / 0`.execute(trx).catch(() => {})
    })
    await expect(half).rejects.toThrow(/roll(ed)? ?back/i)
    expect(await subjects('half')).toEqual([])
  })

  test('that reads together may not write', async () => {
    const writing = readTogether(database.db, 'reading', (trx) =>
      trx.insertInto('looks').values(look('read')).execute(),
    )
    expect(sqlState(await writing.catch((error: unknown) => error))).toBe('25006')
    expect(await subjects('read')).toEqual([])
  })

  test('is repeated whole when another inserted the same row at that moment, and no more than five times', async () => {
    await database.db.insertInto('looks').values(look('taken')).execute()
    let tries = 0
    const lucky = transact(database.db, 'repeat', async (trx) => {
      tries += 1
      await trx
        .insertInto('looks')
        .values(look(tries < 3 ? 'taken' : 'free'))
        .execute()
    })
    await lucky
    expect(tries).toBe(3)
    const unlucky = transact(database.db, 'repeat', async (trx) => {
      tries += 1
      await trx.insertInto('looks').values(look('taken')).execute()
    })
    expect(sqlState(await unlucky.catch((error: unknown) => error))).toBe('23505')
    expect(tries).toBe(8)
  })

  test('of another error is not repeated', async () => {
    let tries = 0
    const wrong = transact(database.db, 'wrong', (trx) => {
      tries += 1
      return sql`select 1 / 0`.execute(trx)
    })
    expect(sqlState(await wrong.catch((error: unknown) => error))).toBe('22012')
    expect(tries).toBe(1)
  })

  const look = (subject: string) => ({
    gateway: 'iamport/main',
    subject,
    saidMerchantUid: null,
    leaseToken: null,
    leasedUntil: null,
    began: null,
    notBefore: null,
    retryAt: null,
  })
  const subjects = (subject: string) =>
    database.db.selectFrom('looks').select('subject').where('subject', '=', subject).execute()
})

describe.skipIf(onPostgres)('a folder (the embedded database only: Postgres has none to lock)', () => {
  /** The first line that a second process says when it opens the folder. */
  async function second(folder: string): Promise<{ said: string; child: ChildProcess }> {
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/db/booksFolder.ts', folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    children.push(child)
    const [chunk]: unknown[] = await once(child.stdout, 'data')
    return { said: String(chunk), child }
  }

  test('is opened by one process; the second is told what to do; a killed one holds nothing', async () => {
    const folder = await migratedFolder()
    const { said, child } = await second(folder)
    expect(said).toBe('open\n')
    const refused = openDatabase({ url: undefined, folder, log: () => {} })
    await expect(refused).rejects.toThrow(
      /is open in another process, and two at once would lose rows\. Stop that process, or set DATA_DIR/,
    )
    child.kill('SIGKILL')
    await once(child, 'exit')
    const opened = await openDatabase({ url: undefined, folder, log: () => {} })
    expect((await second(folder)).said).toContain('refused: ')
    await opened.close()
  })

  test('keeps its rows, is migrated once, and can be opened again after it was closed', async () => {
    const folder = await freshFolder()
    const first = await openDatabase({ url: undefined, folder, log: () => {} })
    await sql`insert into journal (at, who, what, why) values (now(), 'test', 'kept', 'because')`.execute(first.db)
    await first.close()
    const again = await openDatabase({ url: undefined, folder, log: () => {} })
    expect(await again.db.selectFrom('journal').select('what').execute()).toEqual([{ what: 'kept' }])
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(again.db)
    expect(rows.map(({ name }) => name)).toEqual(migrations)
    await again.close()
  })

  test('of a newer version is refused with a sentence, and let go', async () => {
    const folder = await migratedFolder()
    const first = await openDatabase({ url: undefined, folder, log: () => {} })
    await sql`insert into kysely_migration (name, timestamp) values ('9999_later', '2030')`.execute(first.db)
    await first.close()
    const refused = (): Promise<Database> => openDatabase({ url: undefined, folder, log: () => {} })
    await expect(refused()).rejects.toThrow('made by a newer version of this program')
    await expect(refused()).rejects.toThrow('made by a newer version of this program')
  })
})
