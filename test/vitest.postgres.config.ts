// The files that reach the database, on Postgres: DATABASE_URL's server, or a throw-away one; each test file has a database of its own.
import { fileURLToPath } from 'node:url'
import { filesOnPostgres } from './support/reaching.ts'
import { runOf } from './vitest.config.ts'

const files = filesOnPostgres(fileURLToPath(new URL('..', import.meta.url)))
export default runOf(files, ['test/support/migrated.ts', 'test/support/postgresRun.ts'])
