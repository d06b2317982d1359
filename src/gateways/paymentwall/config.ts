// Paymentwall itself as a kind of gateway: its settings, its pingbacks' door, its accounts.
// Must not know: the environment, which other kinds there are.
import { z } from 'zod'
import { gatewayName } from '../../domain/ids.ts'
import { address, by } from '../../settings.ts'
import type { GatewayKind } from '../kind.ts'
import { createPaymentwallGateway } from './client.ts'
import { pingbacks } from './pingback.ts'
import { FIRST, parseProjects, type ListedProject } from './projects.ts'
import type { SignVersion } from './signature.ts'
import { widgetShape } from './window.ts'

export const PAYMENTWALL_MAIN = gatewayName(`paymentwall/${FIRST}`)

const VERSIONS = { '1': 1, '2': 2, '3': 3 } as const satisfies Record<string, SignVersion>

export const paymentwallSettings = {
  PAYMENTWALL_PROJECT_KEY: z
    .string()
    .optional()
    .describe('key of a project at Paymentwall itself; orders name it as `paymentwall/main`'),
  PAYMENTWALL_SECRET_KEY: z.string().optional().describe('its secret key'),
  PAYMENTWALL_API_URL: address
    .prefault('https://api.paymentwall.com')
    .describe('in production https, unless it is on this machine'),
  PAYMENTWALL_SIGN_VERSION: z
    .enum(['1', '2', '3'])
    .transform((version) => VERSIONS[version])
    .prefault('3')
    .describe("the project's pingback signature version; pingbacks of a lower one are refused"),
  PAYMENTWALL_STATUS_API: z
    .enum(['off', 'on'])
    .prefault('off')
    .describe(
      '`on` where Paymentwall has enabled the status call; without it a lost pingback is found by people alone',
    ),
  PAYMENTWALL_PROJECTS: by(parseProjects)
    .default([])
    .describe(
      'further projects, `name:live:projectKey:secretKey,…`, or `name:test:…` of a test project, which takes test orders only; behind it `:2` for another signature version, `:status` where the status call is on; orders name one as `paymentwall/name`',
    ),
}
type Settings = z.output<z.ZodObject<typeof paymentwallSettings>>

/** The simulator's: the pair of paymentwall.md §4.2. */
const SIMULATED = {
  PAYMENTWALL_PROJECT_KEY: '1111aaaa2222bbbb3333cccc4444dddd',
  PAYMENTWALL_SECRET_KEY: '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
}

export const paymentwall: GatewayKind<Settings> = {
  kind: 'paymentwall',
  webhooks: pingbacks,
  windowShape: widgetShape,
  addresses: ['PAYMENTWALL_API_URL'],
  credentials: ['PAYMENTWALL_PROJECT_KEY', 'PAYMENTWALL_SECRET_KEY'],
  lists: ['PAYMENTWALL_PROJECTS'],
  faults: ({ PAYMENTWALL_PROJECT_KEY: key, PAYMENTWALL_PROJECTS: further }) =>
    further.some((project) => project.key === key)
      ? ['PAYMENTWALL_PROJECTS: lists the project of PAYMENTWALL_PROJECT_KEY once more; leave it out of the list']
      : [],
  simulated: (simulator) => ({ ...SIMULATED, ...(simulator !== undefined && { PAYMENTWALL_API_URL: simulator }) }),
  accounts: (settings, telling) =>
    projectsOf(settings).map(({ name, test, key, secret, version, statusApi }) =>
      createPaymentwallGateway({
        ...telling(`paymentwall/${name}`),
        name: gatewayName(`paymentwall/${name}`),
        apiUrl: settings.PAYMENTWALL_API_URL,
        key,
        secret,
        test,
        version: version ?? settings.PAYMENTWALL_SIGN_VERSION,
        statusApi: statusApi ?? settings.PAYMENTWALL_STATUS_API === 'on',
      }),
    ),
}

/** The first one takes test orders too, by its test method (paymentwall.md §10). */
function projectsOf(settings: Settings): readonly ListedProject[] {
  const { PAYMENTWALL_PROJECT_KEY: key, PAYMENTWALL_SECRET_KEY: secret, PAYMENTWALL_PROJECTS: further } = settings
  if (key === undefined || secret === undefined) return further
  return [{ name: FIRST, test: false, key, secret, version: undefined, statusApi: undefined }, ...further]
}
