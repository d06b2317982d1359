// The files that reach the database, on Postgres: DATABASE_URL's server, or a throw-away one; each test file has a database of its own.
import { fileURLToPath } from 'node:url'
import { mergeConfig } from 'vitest/config'
import { filesOnPostgres } from './support/reaching.ts'
import { alone } from './vitest.config.ts'

const onPostgres = mergeConfig(alone, { test: { globalSetup: ['test/support/postgresRun.ts'] } })
onPostgres.test.include = filesOnPostgres(fileURLToPath(new URL('..', import.meta.url)))
export default onPostgres
