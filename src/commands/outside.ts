// What commands beside a running program work with: its configuration, its Temporal server, its
// database.
// Must not know: what a command does. Nothing is started here that the running program would meet.
import { readConfig, type Config } from '../config.ts'
import { openDatabase, type Database } from '../db/connect.ts'
import { createTemporalClient, type TemporalClient } from '../temporal/client.ts'
import { namedServer, type Environment } from '../wiring/parts.ts'

/** One is 1 as everywhere: refused, nothing was done. */
export const EXITS = { done: 0, refused: 1, left: 2, noAnswer: 3 } as const

/** Ends the command with this code, and its message as the only line. */
export class CommandFailure extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Nothing that only a start needs is asked for: beside a worker there are no keys of the API,
 * wherever it listens.
 */
export const configOf = (environment: Environment): Config => readConfig({ ...environment, NODE_ENV: undefined }, [])

export type Outside = { readonly temporal: TemporalClient; readonly namespace: string; readonly address: string }

/** The server that is named, else the one that `npm start` runs on this machine. It must answer. */
export async function reachTemporal(config: Config, environment: Environment): Promise<Outside> {
  const { namespace, connecting } = namedServer(config, environment)
  const address = connecting.address ?? `127.0.0.1:${config.TEMPORAL_PORT}`
  const temporal = createTemporalClient({ ...connecting, address, namespace }, () => undefined)
  if (await temporal.ready()) return { temporal, namespace, address }
  await temporal.close()
  throw new CommandFailure(
    EXITS.noAnswer,
    `Temporal at ${address} does not answer, or has no namespace ${namespace}. Nothing was done; set TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE to those of the workers.`,
  )
}

/**
 * The database that the running program uses, too: the embedded one belongs to its process alone.
 */
export async function reachDatabase(config: Config, instead: string): Promise<Database> {
  const { DATABASE_URL: url } = config
  if (url === undefined)
    throw new CommandFailure(
      EXITS.refused,
      `This needs DATABASE_URL, for the embedded database belongs to the process of npm start alone. ${instead}`,
    )
  return openDatabase({ url, folder: undefined, log: () => {} })
}
