// The log: JSON lines, or readable ones at a terminal. Secrets and personal data are redacted by name before they are written.
// Must not know: what is logged.
import { pino, type Logger } from 'pino'
import pretty from 'pino-pretty'

const SECRETS = ['authorization', 'key', 'secret', 'token', 'access_token', 'imp_key', 'imp_secret', 'buyer', 'email']
const redact = { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' }

export function createLog(level: string, terminal: boolean): Logger {
  const options = { level, redact, base: undefined }
  return terminal
    ? pino(options, pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' }))
    : pino(options)
}

export type Log = Logger

/** Lines of Temporal's SDK, beside ours: errors as errors, everything else that it says aloud as warnings. */
export const sdkLines =
  (log: Log) =>
  (level: string, message: string, facts: object): void =>
    level === 'ERROR' ? log.error(facts, message) : log.warn(facts, message)
