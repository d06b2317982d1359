// PortOne V2 as a kind of gateway: its settings, its webhooks' door, its account.
// Must not know: the environment, which other kinds there are.
import { Webhook } from 'standardwebhooks'
import { z } from 'zod'
import { gatewayName } from '../../domain/ids.ts'
import { parseDurationMs } from '../../domain/patience.ts'
import { address, by } from '../../settings.ts'
import type { GatewayKind } from '../kind.ts'
import { createPortoneGateway } from './client.ts'
import { portoneWebhooks } from './hint.ts'
import { portoneWindowShape } from './window.ts'

export const PORTONE_MAIN = gatewayName('portone/main')

export const portoneSettings = {
  PORTONE_API_SECRET: z
    .string()
    .regex(/^[\x21-\x7e]{1,500}$/, 'is a line of printable characters')
    .optional()
    .describe(
      'secret of the V2 API; it ends at a date that the console names. Orders name the store as `portone/main`',
    ),
  PORTONE_STORE_ID: z.string().min(1).max(100).optional().describe('the store, `store-…`'),
  PORTONE_WEBHOOK_SECRET: by(parseSecrets)
    .optional()
    .describe('of its webhooks, `whsec_…`; several with commas, of live and test, or while one follows another'),
  PORTONE_API_URL: address
    .prefault('https://api.portone.io')
    .describe('in production https, unless it is on this machine'),
  PORTONE_CANCEL_TIMEOUT: by(parseTimeout)
    .prefault('65s')
    .describe('how long a cancel call may take, up to 65s; PortOne advises 60s at least, for hanging up stops nothing'),
  PORTONE_CHANNEL_KEY_LIVE: z
    .string()
    .optional()
    .describe('channel of the payment window for live orders, `channel-key-…`; without it they are refused'),
  PORTONE_CHANNEL_KEY_TEST: z.string().optional().describe('and for test orders'),
}
type Settings = z.output<z.ZodObject<typeof portoneSettings>>

/** The simulator's. */
const SIMULATED = {
  PORTONE_API_SECRET: 'sim-portone-secret',
  PORTONE_STORE_ID: 'store-simulator',
  PORTONE_WEBHOOK_SECRET: ['whsec_c2ltdWxhdG9yLXdlYmhvb2stc2VjcmV0LTE=', 'whsec_c2ltdWxhdG9yLXdlYmhvb2stc2VjcmV0LTI='],
  PORTONE_CHANNEL_KEY_LIVE: 'channel-key-simulator-live',
  PORTONE_CHANNEL_KEY_TEST: 'channel-key-simulator-test',
}

export const portone: GatewayKind<Settings> = {
  kind: 'portone',
  webhooks: portoneWebhooks,
  windowShape: portoneWindowShape,
  addresses: ['PORTONE_API_URL'],
  credentials: ['PORTONE_API_SECRET', 'PORTONE_STORE_ID', 'PORTONE_WEBHOOK_SECRET'],
  simulated: (simulator) => ({ ...SIMULATED, ...(simulator !== undefined && { PORTONE_API_URL: simulator }) }),
  accounts: (settings, telling) => {
    const { PORTONE_API_SECRET: secret, PORTONE_STORE_ID: storeId, PORTONE_WEBHOOK_SECRET: webhookSecrets } = settings
    if (secret === undefined || storeId === undefined || webhookSecrets === undefined) return []
    const gateway = createPortoneGateway({
      ...telling(PORTONE_MAIN),
      name: PORTONE_MAIN,
      apiUrl: settings.PORTONE_API_URL,
      secret,
      storeId,
      webhookSecrets,
      cancelMs: settings.PORTONE_CANCEL_TIMEOUT,
      channelKeys: { live: settings.PORTONE_CHANNEL_KEY_LIVE, test: settings.PORTONE_CHANNEL_KEY_TEST },
    })
    return [gateway]
  },
}

const CANCEL_AT_MOST_MS = 65_000

/** Throws RangeError. */
function parseTimeout(text: string): number {
  const ms = parseDurationMs(text)
  if (ms > 0 && ms <= CANCEL_AT_MOST_MS) return ms
  throw new RangeError('at most 65s, for looks stand before and after the call')
}

const SECRETS_AT_MOST = 4

/** Throws RangeError with a sentence that holds no secret. */
function parseSecrets(text: string): readonly string[] {
  const secrets = text.split(',').map((part) => part.trim())
  if (secrets.length > SECRETS_AT_MOST) throw new RangeError(`at most ${SECRETS_AT_MOST} secrets are tried`)
  if (!secrets.every(isSecret)) throw new RangeError('write each secret as the console shows it: whsec_ and base64')
  return secrets
}

function isSecret(text: string): boolean {
  if (!/^whsec_[A-Za-z0-9+/]{16,200}={0,2}$/.test(text)) return false
  try {
    return new Webhook(text) instanceof Webhook
  } catch {
    return false
  }
}
