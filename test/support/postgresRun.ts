// What surrounds the run on Postgres: DATABASE_URL's server, or a throw-away one that is gone after the last test.
// Must not know: tests. They find the server by TEST_POSTGRES_URL; DATABASE_URL is taken away, for each file gets its own.
import { startPostgres } from './postgres.ts'

/** Called once, before the first test file is started. What it returns is called after the last. */
export default async function setup(): Promise<() => Promise<void>> {
  const given = process.env['DATABASE_URL']
  delete process.env['DATABASE_URL']
  if (given) {
    process.env['TEST_POSTGRES_URL'] = given
    return () => Promise.resolve()
  }
  const server = await startPostgres().catch(refused)
  process.env['TEST_POSTGRES_URL'] = server.url
  return server.stop
}

/** One sentence with the remedy is enough, and no test has failed. */
function refused(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
