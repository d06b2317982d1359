// The configuration: read once, all faults listed at once. Nothing else reads the environment.
// Must not know: what the parts do with it.
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { z } from 'zod'
import type { TemporalAccess } from './domain/moves/people/unproved.ts'
import { ENVIRONMENT, KEYS_FORM } from './environment.ts'
import { ADDRESSES, CREDENTIALS, hasAccount, accountFaults } from './gateways/index.ts'
import { isLoopback } from './http/server/thisMachine.ts'

export const PROGRAM_ROLES = ['api', 'worker', 'simulator'] as const
export type ProgramRole = (typeof PROGRAM_ROLES)[number]

type Settings = z.output<typeof ENVIRONMENT>
export type Config = Settings & { readonly roles: readonly ProgramRole[]; readonly cacheDir: string }

/**
 * Parses the environment for these roles; throws one Error that lists every fault and what to write
 * instead. No roles: nothing is asked for that only a start needs.
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  roles: readonly ProgramRole[],
): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const result = ENVIRONMENT.safeParse(given)
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

/**
 * The one-shot that migrates holds the owner's URL and no other secret, so it asks for nothing
 * else.
 */
export function readMigrateConfig(environment: Readonly<Record<string, string | undefined>>): MigrateConfig {
  const { DATABASE_URL, LOG_LEVEL } = environment
  const given = { DATABASE_URL: DATABASE_URL || undefined, LOG_LEVEL: LOG_LEVEL || undefined }
  const { data, error } = ENVIRONMENT.pick({ LOG_LEVEL: true, DATABASE_URL: true }).safeParse(given)
  const faults = error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
  if (data?.DATABASE_URL !== undefined) return { ...data, DATABASE_URL: data.DATABASE_URL }
  const missing = 'DATABASE_URL: set it to the Postgres database, as the role that owns its tables'
  throw new Error(`Nothing was migrated: ${faults.length > 0 ? faults.join('; ') : missing}`)
}

/**
 * Where keys are set a person proves who he is; a worker of its own does not hold them, and in
 * production they are set.
 */
export function temporalAccess(config: Settings): TemporalAccess {
  const keys = config.API_KEYS.length > 0 || config.NODE_ENV === 'production'
  return { starts: config.TEMPORAL_STARTS ?? 'open', commands: config.TEMPORAL_COMMANDS ?? (keys ? 'quiet' : 'all') }
}

type Names = 'TEMPORAL_ADDRESS' | 'TEMPORAL_PROFILE' | 'TEMPORAL_CONFIG_FILE'
/**
 * Whether a Temporal server is named, by its address or by a profile of Temporal's own
 * configuration file. The file at its usual place alone names none: it is there for other programs
 * too.
 */
export const namesTemporal = (config: Pick<Settings, Names>): boolean =>
  [config.TEMPORAL_ADDRESS, config.TEMPORAL_PROFILE, config.TEMPORAL_CONFIG_FILE].some((name) => name !== undefined)

function acrossFields(config: Settings, roles: readonly ProgramRole[]): string[] {
  const faults: string[] = []
  const all = PROGRAM_ROLES.every((role) => roles.includes(role))
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
  faults.push(...accountFaults(config))
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

/**
 * Without keys whoever comes from this machine may do everything, and a proxy makes strangers come
 * from it.
 */
function withoutKeys(config: Settings, roles: readonly ProgramRole[]): readonly string[] {
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

function inProduction(config: Settings, roles: readonly ProgramRole[]): readonly string[] {
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
    const said = config[name]
    const url = new URL(typeof said === 'string' ? said : 'https://nothing.is.set')
    if (url.protocol === 'http:' && !isLoopback(url.hostname))
      faults.push(
        `${name}: production refuses http://, by which whoever is between reads and changes what is sent. Write the address with https://, or send to a proxy on this machine (http://127.0.0.1:…) that does`,
      )
  }
  return faults
}
