// i'mport (PortOne V1) as a kind of gateway: its settings, its webhooks' door, its accounts.
// Must not know: the environment, which other kinds there are.
import { z } from 'zod'
import { gatewayName } from '../../domain/ids.ts'
import { address, by } from '../../settings.ts'
import type { GatewayKind } from '../kind.ts'
import { createIamportGateway } from './client.ts'
import { hintShape, webhooks } from './hint.ts'
import { windowShape } from './window.ts'

export const IAMPORT_MAIN = gatewayName('iamport/main')

export const iamportSettings = {
  IAMPORT_KEY: z
    .string()
    .optional()
    .describe("key of i'mport's API; without key and secret the simulator is the gateway"),
  IAMPORT_SECRET: z.string().optional().describe('its secret'),
  IAMPORT_API_URL: address
    .prefault('https://api.iamport.kr')
    .describe('in production https, unless it is on this machine; so are `NOTICE_URL` and `ALERT_WEBHOOK_URL`'),
  IAMPORT_CODE: z.string().optional().describe("the merchant's code, for the payment window"),
  IAMPORT_CHANNEL_KEY_LIVE: z.string().optional().describe('channel of the payment window for live orders'),
  IAMPORT_CHANNEL_KEY_TEST: z.string().optional().describe('and for test orders'),
  IAMPORT_PG_PROVIDERS: by(parseProviders)
    .prefault('paymentwall')
    .describe('whose payments on the account are ours, with commas between; all others are counted and never touched'),
}
type Settings = z.output<z.ZodObject<typeof iamportSettings>>

/** The simulator's. */
const SIMULATED = {
  IAMPORT_KEY: 'sim-key',
  IAMPORT_SECRET: 'sim-secret',
  IAMPORT_CODE: 'imp-simulator',
  IAMPORT_CHANNEL_KEY_LIVE: 'channel-key-simulator-live',
  IAMPORT_CHANNEL_KEY_TEST: 'channel-key-simulator-test',
}

export const iamport: GatewayKind<Settings> = {
  kind: 'iamport',
  webhooks,
  hintShape,
  windowShape,
  addresses: ['IAMPORT_API_URL'],
  credentials: ['IAMPORT_KEY', 'IAMPORT_SECRET'],
  simulated: (simulator) => ({ ...SIMULATED, ...(simulator !== undefined && { IAMPORT_API_URL: simulator }) }),
  accounts: (settings, telling) => {
    const { IAMPORT_KEY: key, IAMPORT_SECRET: secret } = settings
    if (key === undefined || secret === undefined) return []
    const gateway = createIamportGateway({
      ...telling(IAMPORT_MAIN),
      name: IAMPORT_MAIN,
      apiUrl: settings.IAMPORT_API_URL,
      key,
      secret,
      providers: settings.IAMPORT_PG_PROVIDERS,
      window: {
        code: settings.IAMPORT_CODE,
        channelKeys: { live: settings.IAMPORT_CHANNEL_KEY_LIVE, test: settings.IAMPORT_CHANNEL_KEY_TEST },
      },
    })
    return [gateway]
  },
}

/** Payment providers by their names at i'mport, whose payments are ours; in lower case. */
function parseProviders(text: string): readonly string[] {
  const providers = text.split(',').map((part) => part.trim().toLowerCase())
  if (!providers.every((provider) => /^[a-z0-9_-]{1,40}(\.[\x21-\x7e]{1,80})?$/.test(provider)))
    throw new RangeError("write the providers' names at i'mport with commas between, like paymentwall")
  return providers
}
