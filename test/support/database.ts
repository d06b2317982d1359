// The database of a test file, of its own: PGlite in a folder, or a fresh one on the Postgres server that TEST_POSTGRES_URL names.
// Must not know: what a test does with it. The suites are the same; what can run on one only is skipped by its name.
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openDatabase, type Database } from '../../src/db/connect.ts'
import { migratePostgres } from '../../src/db/migrate.ts'
import { copyMigrated, onceARun } from './migrated.ts'
import { testCacheDir } from './temporalCli.ts'

const SERVER = process.env['TEST_POSTGRES_URL']
/** Whether this run is on Postgres. */
export const onPostgres = SERVER !== undefined

/**
 * So many rows or sagas as `whole` on Postgres; of the embedded database, which does its work in the test's own process, a
 * fifth is asked: what holds for few and for many is proved by both numbers.
 */
export const crowd = (whole: number): number => (onPostgres ? whole : Math.ceil(whole / 5))

/** All of them on Postgres; on the embedded database every second one, from the first or the second on. Names say so. */
export const halfOf = <T>(all: readonly T[], from = 0): readonly T[] =>
  onPostgres ? all : all.filter((_, index) => (index + from) % 2 === 0)
/** For the names of tests that take `halfOf`. */
export const ALL_OR_HALF = onPostgres ? 'all' : 'half, and all on Postgres'

/** Migrated; closed, it is gone. */
export async function openTestDatabase(): Promise<Database & Pick<TestDatabase, 'url'>> {
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
  const { url, drop } = await createMigratedDatabase(folder)
  const opened = await openDatabase({ url, folder, log: () => {} })
  const close = async () => {
    await opened.close()
    await drop()
    await rm(folder, { recursive: true, force: true })
  }
  return { ...opened, url, close }
}

export type TestDatabase = {
  /** undefined: the program's own embedded database. */
  readonly url: string | undefined
  /** What a program is started with; empty counts as not set, whatever the environment of the tests says. */
  readonly environment: { readonly DATABASE_URL: string }
  drop(): Promise<void>
}

/** An empty database, not migrated. */
export const createTestDatabase = (): Promise<TestDatabase> =>
  SERVER === undefined ? Promise.resolve(EMBEDDED) : createOn(SERVER, undefined)

/** As a program finds it that has run before; the embedded one is put into its folder. */
export async function createMigratedDatabase(dataDir: string): Promise<TestDatabase> {
  if (SERVER !== undefined) return createOn(SERVER, await migratedOn(SERVER))
  await copyMigrated(dataDir, testCacheDir())
  return EMBEDDED
}

const EMBEDDED: TestDatabase = { url: undefined, environment: { DATABASE_URL: '' }, drop: () => Promise.resolve() }

async function createOn(server: string, template: string | undefined): Promise<TestDatabase & { url: string }> {
  const name = `saga_test_${randomUUID().replaceAll('-', '')}`
  await queryOf(server, `create database ${name}${template === undefined ? '' : ` template ${template}`}`)
  const url = urlOf(server, name)
  // Whoever still holds a connection was killed by a test, or is about to end.
  const drop = async () => void (await queryOf(server, `drop database if exists ${name} with (force)`))
  return { url, environment: { DATABASE_URL: url }, drop }
}

/** The same for all test files of a run; nobody is ever connected to it once it is made. */
async function migratedOn(server: string): Promise<string> {
  const place = await onceARun('postgres', async (folder) => {
    const { url } = await createOn(server, undefined)
    await migratePostgres(url, () => {})
    await writeFile(join(folder, 'name'), new URL(url).pathname.slice(1))
  })
  return readFile(join(place, 'name'), 'utf8')
}

function urlOf(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}

/** One question over a connection of its own, past every guard and time-out of ours. */
export async function queryOf(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(statement)
  } finally {
    await client.end()
  }
}
