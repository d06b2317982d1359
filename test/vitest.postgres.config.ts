// The same suites on Postgres: DATABASE_URL's server, or a throw-away one; each test file has a database of its own.
import { mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

export default mergeConfig(base, { test: { globalSetup: ['test/support/postgresRun.ts'] } })
