// The owner migrates, everybody else works: what the working role of deploy/postgres-users.sh may do in the database, and what not.
// Must not know: what the tables are for. On a real Postgres; where none is installed, all of it is skipped.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeJournal } from '../../src/db/books/journal.ts'
import { beginLook } from '../../src/db/clock.ts'
import { openDatabase, sqlState, transact } from '../../src/db/connect.ts'
import { keepHint } from '../../src/db/hints/hints.ts'
import { migrateOnce } from '../../src/db/migrate.ts'
import { queryOf } from '../support/database.ts'
import { postgresPrograms, startPostgres, type PostgresServer } from '../support/postgres.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const programs = postgresPrograms()
const log = () => {}

describe.skipIf(programs === undefined)('Postgres (skipped where it is not installed)', () => {
  let server: PostgresServer
  const as = (user: string, database = 'merchant') => {
    const { hostname, port } = new URL(server.url)
    return `postgres://${user}@${hostname}:${port}/${database}`
  }
  const state = (url: string, statement: string) =>
    queryOf(url, statement).then(
      () => 'done',
      (error: unknown) => sqlState(error),
    )
  async function makeRoles(): Promise<void> {
    const { hostname, port } = new URL(server.url)
    const env = {
      PATH: `${programs}:${process.env['PATH']}`,
      PGHOST: hostname,
      PGPORT: port,
      MERCHANT_OWNER_DB_PASSWORD: 'owner',
      MERCHANT_DB_PASSWORD: 'working',
      TEMPORAL_DB_PASSWORD: 'temporal',
    }
    await promisify(execFile)('sh', [`${ROOT}deploy/postgres-users.sh`], { env })
  }
  beforeAll(async () => {
    server = await startPostgres()
    await makeRoles()
  }, 120_000)
  afterAll(() => server.stop())

  test('an empty database is refused to the working role, with the command that helps', async () => {
    const refused = openDatabase({ url: as('merchant'), folder: undefined, log })
    await expect(refused).rejects.toThrow(
      /needs \d+ migration\(s\), 0001_books, .*the role "merchant" .*may not change its tables.*Run "npm run migrate".*DATABASE_URL.*start again/,
    )
    await expect(migrateOnce(as('merchant'), log)).rejects.toThrow('npm run migrate')
    expect(await state(as('merchant'), 'select 1 from kysely_migration')).toBe('42P01')
  })

  test('npm run migrate, as the owner, needs no other setting, says what it did, and may be repeated', async () => {
    const env = { PATH: process.env['PATH'], NODE_ENV: 'production', DATABASE_URL: as('merchant_owner') }
    const run = () =>
      promisify(execFile)('node', ['src/run.js', 'src/main.ts', 'migrate'], { cwd: ROOT, env, encoding: 'utf8' })
    expect((await run()).stdout).toMatch(/^migrated: 0001_books, /)
    expect((await run()).stdout).toBe('the database is up to date\n')
    const { DATABASE_URL: _left, ...nothing } = env
    const failed = await promisify(execFile)('node', ['src/run.js', 'src/main.ts', 'migrate'], {
      cwd: ROOT,
      env: nothing,
    }).catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('as the role that owns its tables') })
  }, 120_000)

  test('the working role opens the database then, and reads, writes, notifies and numbers', async () => {
    const database = await openDatabase({ url: as('merchant'), folder: undefined, log })
    try {
      await keepHint(database.db, {
        gateway: 'iamport/main',
        source: 'webhook',
        gatewayRef: 'imp_1',
        merchantUid: null,
      })
      await database.db.deleteFrom('inbox').execute()
      await transact(database.db, 'journal', async (trx) => {
        await beginLook(trx)
        const line = { what: 'payment.opened', why: 'a test' }
        await writeJournal(trx, [line], { who: 'test', at: new Date().toISOString(), merchantUid: 'order-1' })
      })
    } finally {
      await database.close()
    }
  })

  test.each([
    'drop trigger journal_append_only on journal',
    'alter table journal disable trigger all',
    'alter table journal disable trigger journal_append_only',
    'create or replace function journal_is_append_only() returns trigger language plpgsql as $$ begin return new; end $$',
    "update journal set who = 'nobody'",
    'delete from journal',
    'truncate journal',
    'drop table journal',
    'alter table journal rename to journal_away',
    'create trigger mine before insert on journal for each row execute function journal_is_append_only()',
    'create table mine (id int)',
    'alter table payments add column mine int',
    'drop table refunds cascade',
    'truncate refunds',
    'delete from kysely_migration',
    "insert into kysely_migration values ('9999_mine', 'now')",
    'drop schema public cascade',
    'create schema mine',
    'create extension file_fdw',
    "set session_replication_role = 'replica'",
    'set role merchant_owner',
    'set role postgres',
    'alter role merchant superuser',
    'alter default privileges for role merchant_owner grant all on tables to merchant',
    'grant all on journal to merchant; update journal set who = who',
    'create temporary table mine (id int)',
    "copy journal to program 'cat'",
  ])('the working role may not: %s', async (statement) => {
    const before = await queryOf(as('merchant_owner'), 'select * from journal')
    expect(await state(as('merchant'), statement)).toBe('42501')
    expect(await queryOf(as('merchant_owner'), 'select * from journal')).toMatchObject({ rows: rowsOf(before) })
  })
  const rowsOf = (result: unknown): unknown =>
    typeof result === 'object' && result !== null && 'rows' in result ? result.rows : undefined

  test('not even the owner changes the journal while its trigger is there', async () => {
    expect(await state(as('merchant_owner'), 'delete from journal')).toBe('P0001')
  })

  test('a newer program refuses to start as the working role, and says what is pending', async () => {
    await queryOf(
      as('merchant_owner'),
      'delete from kysely_migration where name = (select max(name) from kysely_migration)',
    )
    const refused = openDatabase({ url: as('merchant'), folder: undefined, log })
    await expect(refused).rejects.toThrow(/needs 1 migration\(s\), \d{4}_\w+, and the role "merchant"/)
  })

  test('in a database of before, where merchant owned all, the roles are parted by running the script again', async () => {
    await queryOf(server.url, 'drop database merchant')
    await queryOf(server.url, 'create database merchant owner merchant')
    const before = await openDatabase({ url: as('merchant'), folder: undefined, log })
    await before.close()
    expect(await state(as('merchant'), 'create table mine (id int)')).toBe('done')
    await makeRoles()
    expect(await migrateOnce(as('merchant_owner'), log)).toEqual([])
    expect(await state(as('merchant'), 'create table mine_too (id int)')).toBe('42501')
    expect(await state(as('merchant'), 'drop trigger journal_append_only on journal')).toBe('42501')
    expect(await state(as('merchant'), 'update journal set who = who')).toBe('42501')
    const now = await openDatabase({ url: as('merchant'), folder: undefined, log })
    await now.close()
  })

  test('Temporal’s role does not get in', async () => {
    expect(await state(as('temporal'), 'select 1')).toBe('42501')
    expect(await state(as('temporal', 'postgres'), 'create database temporal')).toBe('done')
  })
})
