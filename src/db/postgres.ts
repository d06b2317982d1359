// The pool of connections to a Postgres server: its size, its time-outs, and what its drivers give
// back.
// Must not know: what is stored. A process at work loses connections without ending.
import { PostgresDialect, type Dialect } from 'kysely'
import pg from 'pg'

type Log = (line: string) => void

/** What the server's own lists call this program. */
export const APPLICATION = 'paymentwall-saga'
const CONNECTIONS = 10
/**
 * A crowd queues for the connections. Longer than any statement may take: whoever is ahead is done
 * by then or has failed, and a webhook that is turned away is sent by nobody again.
 */
const WAIT_FOR_CONNECTION_MS = 30_000

/** A process that is stopped inside a transaction must not hold its locks for ever. */
export const TIMEOUTS = {
  lock_timeout: 5_000,
  statement_timeout: 10_000,
  idle_in_transaction_session_timeout: 10_000,
}

/**
 * Numbers and times come out as from PGlite. A lost connection is logged, and replaced when it is
 * next needed.
 */
export function postgresDialect(url: string, log: Log, timeouts: Partial<typeof TIMEOUTS>): Dialect {
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, safeInteger)
  types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, iso)
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    application_name: APPLICATION,
    connectionTimeoutMillis: WAIT_FOR_CONNECTION_MS,
    keepAlive: true,
    ...timeouts,
    types,
  })
  const lost = (error: Error) => log(`a database connection was lost: ${error.message}`)
  pool.on('error', lost)
  // The pool hears only of idle connections; the loss of one at work would else end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  return new PostgresDialect({ pool })
}

export function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`the database holds ${text}, which is beyond 2^53 − 1`)
  return value
}

export const iso = (text: string): string => new Date(text).toISOString()
