// The database of a test file, of its own: PGlite in memory, or a fresh one on the Postgres server that TEST_POSTGRES_URL names.
// Must not know: what a test does with it. The suites are the same; what can run on one only is skipped by its name.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { openDatabase, type Database } from '../../src/db/connect.ts'

const SERVER = process.env['TEST_POSTGRES_URL']
/** Whether this run is on Postgres. */
export const onPostgres = SERVER !== undefined

/** Migrated; closed, it is gone. */
export async function openTestDatabase(): Promise<Database> {
  const { url, drop } = await createTestDatabase()
  const opened = await openDatabase({ url, folder: undefined, log: () => {} })
  const close = async () => {
    await opened.close()
    await drop()
  }
  return { ...opened, close }
}

export type TestDatabase = {
  /** undefined: the program's own embedded database. */
  readonly url: string | undefined
  /** What a program is started with; empty counts as not set, whatever the environment of the tests says. */
  readonly environment: { readonly DATABASE_URL: string }
  drop(): Promise<void>
}

/** An empty database, not migrated. */
export async function createTestDatabase(): Promise<TestDatabase> {
  if (SERVER === undefined) return { url: undefined, environment: { DATABASE_URL: '' }, drop: () => Promise.resolve() }
  const name = `saga_test_${randomUUID().replaceAll('-', '')}`
  await queryOf(SERVER, `create database ${name}`)
  const url = new URL(SERVER)
  url.pathname = `/${name}`
  // Whoever still holds a connection was killed by a test, or is about to end.
  const drop = async () => void (await queryOf(SERVER, `drop database if exists ${name} with (force)`))
  return { url: url.href, environment: { DATABASE_URL: url.href }, drop }
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
