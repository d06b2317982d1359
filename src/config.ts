// The configuration: one schema, all faults listed at once. Nothing else reads the environment.
// Must not know: what the parts do with it.
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { isCurrency } from './domain/currencies.ts'
import { parseDurationMs, parsePatience } from './domain/patience.ts'
import type { RefundRule } from './domain/moves/refundability.ts'
import { parseRefundRules } from './domain/moves/refundRules.ts'
import type { TemporalAccess } from './domain/moves/people/unproved.ts'
import { OVERDUE_AFTER } from './domain/shown/watchdog.ts'
import { ADDRESSES, CREDENTIALS, gatewaySettings, halfAccounts, hasAccount } from './gateways/index.ts'
import { isLoopback } from './http/server/thisMachine.ts'
import { address, by } from './settings.ts'

export const ROLES = ['api', 'worker', 'simulator'] as const
export type Role = (typeof ROLES)[number]
export type ApiRole = 'checkout' | 'ops' | 'approver'
export type ApiKey = { readonly name: string; readonly role: ApiRole; readonly key: string }

const REFUND_RULES = fileURLToPath(new URL('refundRules.csv', import.meta.url))

const port = z.coerce.number().int().min(0).max(65_535)
const duration = by(parseDurationMs)
/** Of one of anything a worker cannot do two kinds of tasks, those of sagas that it has in memory and new ones. */
const atLeastTwo = z.coerce.number().int().min(2)
const cached = atLeastTwo.max(100_000)
/** Paths are appended to it. */
const base = address
  .refine(
    (text) => /^https?:\/\/[^/?#@]+(\/[^?#]*)?$/i.test(text),
    'an address and at most a path, without a user, a query or a #',
  )
  .transform((text) => text.replace(/\/+$/, ''))

const schema = z.object({
  NODE_ENV: z.string().optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(8080),
  SIMULATOR_PORT: port.default(8081),
  METRICS_PORT: port.default(0),
  PUBLIC_URL: base.optional(),
  DATA_DIR: z.string().default('.data'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional(),
  TEMPORAL_ADDRESS: z.string().optional(),
  TEMPORAL_PROFILE: z.string().optional(),
  TEMPORAL_CONFIG_FILE: z.string().optional(),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_STARTS: z.enum(['open', 'proved']).optional(),
  TEMPORAL_COMMANDS: z.enum(['quiet', 'all']).optional(),
  TEMPORAL_CLI: z.string().optional(),
  TEMPORAL_PORT: port.default(7233),
  TEMPORAL_UI_PORT: port.default(8233),
  TEMPORAL_UI_URL: address.optional(),
  ...gatewaySettings,
  CHANNEL: z.enum(['live', 'test']).default('live'),
  PARTIAL_REFUNDS: z.enum(['no', 'yes']).default('no'),
  API_KEYS: by(parseApiKeys).default([]),
  REFUND_PATIENCE: by(parsePatience).default(parsePatience('24h remind, 72h warn, 7d page, then every 7d page')),
  CANCEL_TIMEOUT: duration.default(30_000),
  PAYMENT_EXPIRY: duration.default(1_800_000),
  LATE_PAYMENT_POLICY: z.enum(['hold', 'refund', 'accept']).default('hold'),
  SECOND_PAYMENT_POLICY: z.enum(['refund', 'hold']).default('refund'),
  SWEEP_EVERY: duration
    .refine((ms) => ms >= 10_000, 'at least 10s, for every run asks the gateway three times')
    .default(600_000),
  OVERDUE_AFTER: duration
    .refine((ms) => ms >= 1_000, 'at least 1s; what is late by less is only on its way')
    .default(OVERDUE_AFTER.rowsMs),
  FILING: z.enum(['on', 'held']).default('on'),
  NIGHTLY_LOOKS: z.coerce.number().int().min(1).max(50).default(2),
  LOOK_SPACING: duration.default(5_000),
  WORKER_CACHED_REFUNDS: cached.default(100),
  WORKER_CACHED_PAYMENTS: cached.default(200),
  WORKER_STICKY: duration
    .refine(
      (ms) => ms >= 1_000 && ms <= 600_000,
      'between 1s and 10m: for so long a task waits for a worker that is gone',
    )
    .default(5_000),
  WORKER_SLOTS: atLeastTwo.max(1_000).optional(),
  WORKER_POLLERS: atLeastTwo.max(100).optional(),
  ALERT_WEBHOOK_URL: address.optional(),
  RUNBOOK_URL: address.optional(),
  NOTICE_URL: address.refine((url) => new URL(url).username === '', 'must hold no user name').optional(),
  NOTICE_SECRET: by(parseSecrets).optional(),
  REFUND_RULES: by(readRefundRules).default(() => readRefundRules(REFUND_RULES)),
  APPROVAL_LIMIT: by(parseLimits).optional(),
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  XDG_CACHE_HOME: z.string().optional(),
  PATH: z.string().default(''),
})

type Settings = z.output<typeof schema>
export type Config = Settings & { readonly roles: readonly Role[]; readonly cacheDir: string }

/**
 * Parses the environment for these roles; throws one Error that lists every fault and what to write instead. No roles:
 * nothing is asked for that only a start needs.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>, roles: readonly Role[]): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const result = schema.safeParse(given)
  const faults = result.success
    ? acrossFields(result.data, roles)
    : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  if (!result.success || faults.length > 0)
    throw new Error(
      `The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    )
  const cacheDir = join(result.data.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'paymentwall-saga')
  return { ...result.data, roles, cacheDir }
}

export type MigrateConfig = Readonly<Pick<Config, 'LOG_LEVEL'> & { DATABASE_URL: string }>

/** The one-shot that migrates holds the owner's URL and no other secret, so it asks for nothing else. */
export function readMigrateConfig(environment: Readonly<Record<string, string | undefined>>): MigrateConfig {
  const { DATABASE_URL, LOG_LEVEL } = environment
  const given = { DATABASE_URL: DATABASE_URL || undefined, LOG_LEVEL: LOG_LEVEL || undefined }
  const { data, error } = schema.pick({ LOG_LEVEL: true, DATABASE_URL: true }).safeParse(given)
  const faults = error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
  if (data?.DATABASE_URL !== undefined) return { ...data, DATABASE_URL: data.DATABASE_URL }
  const missing = 'DATABASE_URL: set it to the Postgres database, as the role that owns its tables'
  throw new Error(`Nothing was migrated: ${faults.length > 0 ? faults.join('; ') : missing}`)
}

/** Where keys are set a person proves who he is; a worker of its own does not hold them, and in production they are set. */
export function temporalAccess(config: z.output<typeof schema>): TemporalAccess {
  const keys = config.API_KEYS.length > 0 || config.NODE_ENV === 'production'
  return { starts: config.TEMPORAL_STARTS ?? 'open', commands: config.TEMPORAL_COMMANDS ?? (keys ? 'quiet' : 'all') }
}

type Names = 'TEMPORAL_ADDRESS' | 'TEMPORAL_PROFILE' | 'TEMPORAL_CONFIG_FILE'
/**
 * Whether a Temporal server is named, by its address or by a profile of Temporal's own configuration file. The file at its
 * usual place alone names none: it is there for other programs too.
 */
export const namesTemporal = (config: Pick<Settings, Names>): boolean =>
  [config.TEMPORAL_ADDRESS, config.TEMPORAL_PROFILE, config.TEMPORAL_CONFIG_FILE].some((name) => name !== undefined)

function acrossFields(config: Settings, roles: readonly Role[]): string[] {
  const faults: string[] = []
  const all = ROLES.every((role) => roles.includes(role))
  if (!all && !roles.every((role) => role === 'simulator')) {
    if (config.DATABASE_URL === undefined)
      faults.push(
        'DATABASE_URL: roles that run as separate processes share one Postgres; the embedded database belongs to one process. Set it, or start without --role',
      )
    if (!namesTemporal(config))
      faults.push(
        'TEMPORAL_ADDRESS: roles that run as separate processes share one Temporal server. Set it or TEMPORAL_PROFILE, or start without --role',
      )
    if (!hasAccount(config))
      faults.push(
        `${CREDENTIALS}: roles that run as separate processes need a gateway; for the simulator set ${ADDRESSES.join(' or ')}, sim-key and sim-secret`,
      )
  }
  faults.push(...halfAccounts(config))
  if ((config.NOTICE_URL === undefined) !== (config.NOTICE_SECRET === undefined))
    faults.push('NOTICE_URL, NOTICE_SECRET: set both or neither; without them notices wait and nothing is sent')
  if (config.CANCEL_TIMEOUT > 30_000)
    faults.push('CANCEL_TIMEOUT: at most 30s, for the activity that waits for the answer has 45 s')
  // The keys are the API's alone: a worker that is told of the limit needs none of them.
  if (
    config.APPROVAL_LIMIT !== undefined &&
    roles.includes('api') &&
    !config.API_KEYS.some(({ role }) => role === 'approver')
  )
    faults.push('APPROVAL_LIMIT: nobody could approve; add a key with the role approver to API_KEYS')
  faults.push(...withoutKeys(config, roles))
  if (config.NODE_ENV === 'production') faults.push(...inProduction(config, roles))
  return faults
}

const KEYS_FORM = 'write name:role:key,… with the roles checkout, ops, approver and keys of 16 characters or more'

/** Without keys whoever comes from this machine may do everything, and a proxy makes strangers come from it. */
function withoutKeys(config: Settings, roles: readonly Role[]): readonly string[] {
  if (!roles.includes('api') || config.API_KEYS.length > 0) return []
  if (config.NODE_ENV === 'production')
    return [
      `API_KEYS: in production the api role needs them (the worker does not), for without keys whatever comes from this machine may do everything, strangers behind a proxy on it too. Set it: ${KEYS_FORM}`,
    ]
  const { PUBLIC_URL, TRUSTED_PROXIES, HOST } = config
  const invites: readonly (readonly [name: string, invites: boolean, otherwise: string])[] = [
    ['PUBLIC_URL', PUBLIC_URL !== undefined && !isLoopback(new URL(PUBLIC_URL).hostname), 'leave PUBLIC_URL out'],
    ['TRUSTED_PROXIES', TRUSTED_PROXIES > 0, 'set TRUSTED_PROXIES to 0'],
    ['HOST', !isLoopback(HOST), 'set HOST to 127.0.0.1'],
  ]
  return invites
    .filter(([, does]) => does)
    .map(
      ([name, , otherwise]) =>
        `${name}, API_KEYS: without keys the API is for this machine alone, and ${name} says that others come to it. Set API_KEYS (${KEYS_FORM}), or ${otherwise}`,
    )
}

/** Keys of the account, news of orders, and an address that is a secret leave by these. */
const IN_THE_CLEAR = [...ADDRESSES, 'NOTICE_URL', 'ALERT_WEBHOOK_URL'] as const

function inProduction(config: Settings, roles: readonly Role[]): readonly string[] {
  const faults: string[] = []
  if (config.DATABASE_URL === undefined)
    faults.push(
      'DATABASE_URL: production refuses the embedded database, which never syncs and does not survive a power cut. Set it to a Postgres server',
    )
  if (!namesTemporal(config))
    faults.push(
      'TEMPORAL_ADDRESS: production refuses the embedded Temporal server, which is for development. Set it, or TEMPORAL_PROFILE, to a Temporal server',
    )
  if (config.TEMPORAL_STARTS === undefined && roles.includes('worker'))
    faults.push(
      'TEMPORAL_STARTS: write out what whoever reaches the namespace may do, for it counts as a checkout: open (starts orders, and refunds up to APPROVAL_LIMIT), or proved (only with a proof that the API made)',
    )
  if (config.PUBLIC_URL === undefined && roles.includes('api'))
    faults.push(
      'PUBLIC_URL: in production the api role needs it (the worker does not), for payment windows carry it as notice_url and would carry the address that this process listens on. Set it to what the outside reaches the API by, for example https://pay.example.com',
    )
  if (!hasAccount(config) || roles.includes('simulator'))
    faults.push(
      `${CREDENTIALS}, --role: production refuses the simulator. Set the keys of the real account and start with --role api or --role worker`,
    )
  for (const name of IN_THE_CLEAR) {
    const url = new URL(String(config[name] ?? 'https://nothing.is.set'))
    if (url.protocol === 'http:' && !isLoopback(url.hostname))
      faults.push(
        `${name}: production refuses http://, by which whoever is between reads and changes what is sent. Write the address with https://, or send to a proxy on this machine (http://127.0.0.1:…) that does`,
      )
  }
  return faults
}

function parseApiKeys(text: string): readonly ApiKey[] {
  const parts = text.split(',')
  return parts.map((part, index) => {
    const [name = '', role = '', ...rest] = part.trim().split(':')
    const key = rest.join(':')
    // By its place alone: in a mistyped entry anything may be the key, what stands for the name too.
    const entry = `entry ${index + 1} of ${parts.length}`
    if (role !== 'checkout' && role !== 'ops' && role !== 'approver')
      throw new RangeError(`${entry} has no known role; ${KEYS_FORM}`)
    if (!/^[A-Za-z0-9._-]{1,40}$/.test(name)) throw new RangeError(`${entry} has no name; ${KEYS_FORM}`)
    if (key.length < 16) throw new RangeError(`the key of ${entry} is too short; ${KEYS_FORM}`)
    return { name, role, key }
  })
}

/** Standard Webhooks: `whsec_` and 24 to 64 bytes in base64; two while a checkout changes from one to the other. */
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
