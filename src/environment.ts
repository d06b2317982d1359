// Every setting by name: how it is read, its default as one would write it, and what it means.
// docs/configure.md is printed from it.
// Must not know: which settings fit together, which role needs them, what the parts do with them.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { isCurrency } from './domain/currencies.ts'
import type { RefundRule } from './domain/moves/refundability.ts'
import { parseRefundRules } from './domain/moves/refundRules.ts'
import { parseDurationMs, parsePatience } from './domain/patience.ts'
import { OVERDUE_AFTER } from './domain/shown/watchdog.ts'
import { parseLanguage } from './language.ts'
import { gatewaySettings } from './gateways/index.ts'
import type { ApiKey } from './http/server/access.ts'
import { address, by } from './settings.ts'

export const KEYS_FORM =
  'write name:role:key,… with the roles checkout, ops, approver and keys of 16 characters or more'

const REFUND_RULES = fileURLToPath(new URL('refundRules.csv', import.meta.url))

const port = z.coerce.number().int().min(0).max(65_535)
const duration = by(parseDurationMs)
/**
 * Of one of anything a worker cannot do two kinds of tasks, those of sagas that it has in memory
 * and new ones.
 */
const atLeastTwo = z.coerce.number().int().min(2)
const cached = atLeastTwo.max(100_000)
/** Paths are appended to it. */
const base = address
  .refine(
    (text) => /^https?:\/\/[^/?#@]+(\/[^?#]*)?$/i.test(text),
    'an address and at most a path, without a user, a query or a #',
  )
  .transform((text) => text.replace(/\/+$/, ''))

export const ENVIRONMENT = z.object({
  NODE_ENV: z
    .string()
    .optional()
    .describe('`production` refuses what is for development, with a sentence each (docs/deploy.md)'),
  HOST: z.string().prefault('127.0.0.1').describe('where the API listens; a host that others reach needs `API_KEYS`'),
  PORT: port.prefault('8080').describe('its port; 0 takes any free one, here and below, and the log says which'),
  METRICS_PORT: port
    .prefault('0')
    .describe(
      'every role serves `/healthz`, `/readyz` and `/metrics` there without a key, with what the SDK of Temporal counts; 0: none',
    ),
  PUBLIC_URL: base
    .optional()
    .describe(
      'how the outside reaches the API, for `notice_url`; needs `API_KEYS`; in production the role api needs it',
    ),
  TRUSTED_PROXIES: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .prefault('0')
    .describe('how many of your own proxies stand in front, at most 10; more than none needs `API_KEYS`'),
  API_KEYS: by(parseApiKeys)
    .default([])
    .describe('`name:role:key,…` with the roles checkout, ops, approver; none: this machine only, never in production'),
  APPROVAL_LIMIT: by(parseLimits)
    .optional()
    .describe(
      '`USD:100000,KRW:1000000` in minor units: above it, and in currencies that it does not list, another person approves',
    ),
  LANGUAGE: by(parseLanguage)
    .prefault('en')
    .describe(
      '`ko` or `en`: of alerts and of what the Temporal UI shows of a saga; of a list, as shells set it (`ko_KR:en`), the first of the two counts, and without one it is English',
    ),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .prefault('info')
    .describe('`trace`, `debug`, `info`, `warn`, `error` or `fatal`'),
  DATA_DIR: z
    .string()
    .prefault('.data')
    .describe("folder of the embedded database, of Temporal's data and of the simulator's state; for its owner alone"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional()
    .describe('`postgres://…` instead of the embedded database'),
  TEMPORAL_ADDRESS: z.string().optional().describe('a Temporal server instead of the embedded one'),
  TEMPORAL_PROFILE: z
    .string()
    .optional()
    .describe(
      'names one too, by a profile of the configuration file of Temporal; other standard `TEMPORAL_*` names are read',
    ),
  TEMPORAL_CONFIG_FILE: z.string().optional().describe('where that file is, if not at its usual place'),
  TEMPORAL_NAMESPACE: z.string().prefault('default').describe('the namespace of the sagas'),
  TEMPORAL_STARTS: z
    .enum(['open', 'proved'])
    .optional()
    .describe(
      'whoever reaches the namespace counts as a checkout: `open` (where it is not set) starts orders, and refunds up to `APPROVAL_LIMIT`; `proved`: only with a proof of the API; production wants it written out',
    ),
  TEMPORAL_COMMANDS: z
    .enum(['quiet', 'all'])
    .optional()
    .describe(
      'without a proof: `quiet` (where keys are set) lets recheck, acknowledge, and a snooze that ends before the next page pass; `all` (where none are): every command below the limit',
    ),
  TEMPORAL_CLI: z.string().optional().describe('path of a Temporal CLI for the embedded server; it is used as it is'),
  TEMPORAL_PORT: port.prefault('7233').describe('port of the embedded server'),
  TEMPORAL_UI_PORT: port.prefault('8233').describe('port of its UI'),
  TEMPORAL_UI_URL: address.optional().describe('address of the UI for links, where the server is not the embedded one'),
  ...gatewaySettings,
  CHANNEL: z
    .enum(['live', 'test'])
    .prefault('live')
    .describe('`live`, or `test` for a shop that only tests; test payments charge real cards'),
  PARTIAL_REFUNDS: z
    .enum(['no', 'yes'])
    .prefault('no')
    .describe('`yes`: a part of a payment may be refunded, where the gateway can; its documents leave that open'),
  PAYMENT_EXPIRY: duration.prefault('30m').describe('how long an order may be paid, where it does not say so itself'),
  LATE_PAYMENT_POLICY: z
    .enum(['hold', 'refund', 'accept'])
    .prefault('hold')
    .describe('money that comes after the order was over: `hold` for a person, `refund`, `accept`'),
  SECOND_PAYMENT_POLICY: z
    .enum(['refund', 'hold'])
    .prefault('refund')
    .describe('a second payment of a paid order: `refund`, or `hold` for a person'),
  REFUND_RULES: by(readRefundRules)
    .prefault(REFUND_RULES)
    .describe('file of the same columns: which methods can be refunded, where, and for how many days'),
  REFUND_PATIENCE: by(parsePatience)
    .prefault('24h remind, 72h warn, 7d page, then every 7d page')
    .describe(
      'when a waiting refund is looked at, and how loudly; `skip weekends Asia/Seoul` may stand at the end; a change reaches refunds that wait when a worker starts',
    ),
  CANCEL_TIMEOUT: duration.prefault('30s').describe('how long the answer to a cancel call is waited for, at most 30s'),
  FILING: z
    .enum(['on', 'held'])
    .prefault('on')
    .describe('`held`: no new cancel call is made until `ops release`; for the first start after a restore'),
  SWEEP_EVERY: duration
    .refine((ms) => ms >= 10_000, 'at least 10s, for every run asks the gateway three times')
    .prefault('10m')
    .describe("how often the gateway's lists are compared with what is known here, and sagas with their rows"),
  OVERDUE_AFTER: duration
    .refine((ms) => ms >= 1_000, 'at least 1s; what is late by less is only on its way')
    .prefault(`${OVERDUE_AFTER.rowsMs / 60_000}m`)
    .describe('how long an open row, or a wake, may be late before a person is told and it is woken anew; at least 1s'),
  DELIVERY_WARN_AFTER: duration
    .refine((ms) => ms >= 1_000, 'at least 1s')
    .prefault('7d')
    .describe(
      'how long after its payment an order of physical goods may go without a delivery that the gateway was told of, before people are warned, and again after each such time; at least 1s',
    ),
  NIGHTLY_LOOKS: z.coerce
    .number()
    .int()
    .min(1)
    .max(50)
    .prefault('2')
    .describe('calls a second, at most, for the daily looks at what waits: 1 to 50'),
  LOOK_SPACING: duration
    .prefault('5s')
    .describe('between looks that webhooks ask for; it doubles while they bring no news'),
  ALERT_WEBHOOK_URL: address.optional().describe('a secret address: alerts leave as messages to a chat tool'),
  OTEL_EXPORTER_OTLP_ENDPOINT: base
    .optional()
    .describe(
      'where an OpenTelemetry collector takes OTLP over HTTP, such as `http://collector:4318`: traces leave to it (docs/operate.md); not set: none are made',
    ),
  RUNBOOK_URL: address
    .optional()
    .describe('where `docs/runbook.md` is published, for the links in alerts; else they name the file'),
  NOTICE_URL: address
    .refine((url) => new URL(url).username === '', 'must hold no user name')
    .optional()
    .describe('where notices to the checkout go (docs/checkouts.md)'),
  NOTICE_SECRET: by(parseSecrets)
    .optional()
    .describe('`whsec_…` to sign them, two with a comma between while one follows the other'),
  WORKER_CACHED_REFUNDS: cached
    .prefault('100')
    .describe(
      'refunds that a worker keeps in memory, 60 to 130 KB each; one that is not kept is replayed when it moves',
    ),
  WORKER_CACHED_PAYMENTS: cached.prefault('200').describe('payments that a worker keeps in memory'),
  WORKER_STICKY: duration
    .refine(
      (ms) => ms >= 1_000 && ms <= 600_000,
      'between 1s and 10m: for so long a task waits for a worker that is gone',
    )
    .prefault('5s')
    .describe(
      'how long a task waits for the worker that has its saga in memory; shorter finds a killed worker sooner, and costs more in bursts',
    ),
  WORKER_SLOTS: atLeastTwo
    .max(1_000)
    .optional()
    .describe('steps at once, of each kind and queue; without it 40 tasks and 100 steps, as in the SDK'),
  WORKER_POLLERS: atLeastTwo
    .max(100)
    .optional()
    .describe('questions for tasks at once, of each kind and queue; without it 10, as in the SDK'),
  SIMULATOR_PORT: port.prefault('8081').describe('where the simulator listens'),
  XDG_CACHE_HOME: z.string().optional().describe('holds our cache folder, if not `~/.cache`'),
  PATH: z.string().prefault('').describe('where a `temporal` and the tools that can make one are looked for'),
})

function parseApiKeys(text: string): readonly ApiKey[] {
  const parts = text.split(',')
  return parts.map((part, index) => {
    const [name = '', role = '', ...rest] = part.trim().split(':')
    const key = rest.join(':')
    // By its place alone: in a mistyped entry anything may be the key, what stands for the name
    // too.
    const entry = `entry ${index + 1} of ${parts.length}`
    if (role !== 'checkout' && role !== 'ops' && role !== 'approver')
      throw new RangeError(`${entry} has no known role; ${KEYS_FORM}`)
    if (!/^[A-Za-z0-9._-]{1,40}$/.test(name)) throw new RangeError(`${entry} has no name; ${KEYS_FORM}`)
    if (key.length < 16) throw new RangeError(`the key of ${entry} is too short; ${KEYS_FORM}`)
    return { name, role, key }
  })
}

/**
 * Standard Webhooks: `whsec_` and 24 to 64 bytes in base64; two while a checkout changes from one
 * to the other.
 */
function parseSecrets(text: string): readonly string[] {
  const secrets = text.split(',').map((part) => part.trim())
  const fits = (secret: string) => {
    const base64 = secret.replace(/^whsec_/, '')
    const bytes = Buffer.from(base64, 'base64')
    return bytes.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '') && bytes.length >= 24
  }
  if (secrets.length > 2 || !secrets.every(fits))
    throw new RangeError('one or two secrets with a comma between, each as "whsec_$(openssl rand -base64 32)" makes it')
  return secrets
}

function readRefundRules(path: string): readonly RefundRule[] {
  return parseRefundRules(readFileSync(path, 'utf8'))
}

function parseLimits(text: string): ReadonlyMap<string, number> {
  return new Map(
    text.split(',').map((part): [string, number] => {
      const match = /^([A-Z]{3}):(\d{1,15})$/.exec(part.trim())
      if (!match?.[1] || !match[2] || !isCurrency(match[1]))
        throw new RangeError(`"${part}" is not a limit; write USD:100000,KRW:1000000 in minor units`)
      return [match[1], Number(match[2])]
    }),
  )
}
