// The pool of connections to a Postgres server: its size, its time-outs, and what its drivers give
// back.
// Must not know: what is stored. A process at work loses connections without ending.
import { PostgresDialect, sql, type Dialect } from 'kysely'
import pg from 'pg'

type Log = (line: string) => void

/** What the server's own lists call this program. */
export const APPLICATION = 'paymentwall-saga'
const CONNECTIONS = 10
/** The receiver's, by which many hints at once are kept (hints/together.ts). */
const RECEIVER_CONNECTIONS = 4
/**
 * A webhook a minute shall not wait for a new connection each time; less than firewalls forget
 * after.
 */
const RECEIVER_IDLE_MS = 60_000
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
 * next needed. `backends`: which of the server's processes serve it just now.
 */
export function postgresDialect(
  url: string,
  log: Log,
  timeouts: Partial<typeof TIMEOUTS>,
  backends = new Set<number>(),
  own: pg.PoolConfig = { max: CONNECTIONS, application_name: APPLICATION },
): Dialect {
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, safeInteger)
  types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, iso)
  const pool = new pg.Pool({
    connectionString: url,
    ...own,
    connectionTimeoutMillis: WAIT_FOR_CONNECTION_MS,
    keepAlive: true,
    ...timeouts,
    types,
  })
  const lost = (error: Error) => log(`a database connection was lost: ${error.message}`)
  pool.on('error', lost)
  // The pool hears only of idle connections; the loss of one at work would else end the process.
  pool.on('connect', (client) => {
    client.on('error', () => {})
    backends.add(backendOf(client))
    Object.assign(client, preparing(client))
  })
  pool.on('remove', (client) => void backends.delete(backendOf(client)))
  return new PostgresDialect({ pool })
}

/** The same server over connections that nobody but the receiver uses. */
export const receiverDialect = (url: string, log: Log, backends: Set<number>): Dialect =>
  postgresDialect(url, log, TIMEOUTS, backends, {
    max: RECEIVER_CONNECTIONS,
    application_name: `${APPLICATION} receiver`,
    idleTimeoutMillis: RECEIVER_IDLE_MS,
  })

/**
 * Begins a statement that every saga sends: the server plans it once for each connection. What it
 * answers with must be of one form for ever, whatever columns its tables get: no `select *`.
 */
export const HOT = sql.raw('/* hot */')
const hotNames = new Map<string, string>()

/** One name for each text; undefined where it is not to be prepared. */
export function hotName(text: string): string | undefined {
  if (!text.includes('/* hot */')) return undefined
  const name = hotNames.get(text) ?? `hot_${hotNames.size + 1}`
  hotNames.set(text, name)
  return name
}

/** A client's `query` that sends hot statements under their names. */
function preparing(client: pg.PoolClient): { readonly query: (...args: unknown[]) => unknown } {
  const { query } = client
  const named = ([first, values, ...rest]: readonly unknown[]): unknown[] => {
    const name = typeof first === 'string' ? hotName(first) : undefined
    return name === undefined ? [first, values, ...rest] : [{ name, text: first, values }, ...rest]
  }
  return { query: (...args) => Reflect.apply(query, client, named(args)) }
}

/**
 * The server's name for this connection, which its notifications carry; the driver's types leave it
 * out.
 */
const backendOf = (client: pg.PoolClient): number =>
  'processID' in client && typeof client.processID === 'number' ? client.processID : 0

export function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`the database holds ${text}, which is beyond 2^53 − 1`)
  return value
}

export const iso = (text: string): string => new Date(text).toISOString()
