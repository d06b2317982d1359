// The log: JSON lines, or readable ones at a terminal, which nothing in them can steer. Secrets and
// personal data are redacted by name before they are written.
// Must not know: what is logged.
import { pino, type LogFn, type Logger } from 'pino'
import pretty from 'pino-pretty'
import { tame } from './domain/text.ts'

const SECRETS = ['authorization', 'key', 'secret', 'token', 'access_token', 'imp_key', 'imp_secret', 'buyer', 'email']
const redact = { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' }

/** `out`: where the lines go, if not to the terminal or standard output. */
export function createLog(level: string, terminal: boolean, out?: NodeJS.WritableStream): Logger {
  const options = { level, redact, base: undefined }
  return terminal
    ? pino(
        { ...options, hooks: { logMethod: tamely } },
        pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss', ...(out && { destination: out }) }),
      )
    : out
      ? pino(options, out)
      : pino(options)
}

/**
 * JSON writes control characters as escapes; a readable line does not, and may quote what others
 * wrote.
 */
function tamely(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const tamed = args.map((each: unknown) => (typeof each === 'string' ? tame(each) : factsOf(each)))
  Reflect.apply(method, this, tamed)
}

/** An error's stack keeps its lines, as pino writes it. */
const factsOf = (facts: unknown): unknown =>
  typeof facts !== 'object' || facts === null || facts instanceof Error
    ? facts
    : Object.fromEntries(
        Object.entries(facts).map(([name, value]: [string, unknown]) => [
          name,
          typeof value === 'string' && name !== 'stack' ? tame(value) : value,
        ]),
      )

export type Log = Logger

/**
 * Lines of Temporal's SDK, beside ours: errors as errors, everything else that it says aloud as
 * warnings.
 */
export const sdkLines =
  (log: Log) =>
  (level: string, message: string, facts: object): void =>
    level === 'ERROR' ? log.error(facts, message) : log.warn(facts, message)
