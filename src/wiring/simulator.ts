// The simulator as a part of this program: where it is found, and where it sends the webhooks of
// the gateways that it plays.
// Must not know: what it simulates.
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { iamport } from '../gateways/iamport/config.ts'
import { hasAccount } from '../gateways/index.ts'
import { paymentwall } from '../gateways/paymentwall/config.ts'
import { portone } from '../gateways/portone/config.ts'
import { startSimulator, type Simulator } from '../simulator/app.ts'
import type { Merchant } from '../simulator/pages/merchant.ts'
import type { Wiring } from './parts.ts'

export async function runSimulator({ config, log, stops }: Wiring): Promise<Simulator> {
  const simulator = await startSimulator({
    host: config.HOST,
    port: config.SIMULATOR_PORT,
    dataDir: join(config.DATA_DIR, 'simulator'),
    webhookUrl: receiverOf(config, null) + iamport.webhooks.path,
    pingbackUrl: receiverOf(config, null) + paymentwall.webhooks.path,
    portoneUrl: receiverOf(config, null) + portone.webhooks.path,
    // Where real accounts are configured its shop is nobody's: the pages ask for no key.
    ...(hasAccount(config) ? {} : { merchant: merchantAt(config, receiverOf(config, null), null) }),
    log: (line) => log.debug(`simulator: ${line}`),
  })
  stops.push(simulator.close)
  return simulator
}

/** Once the API listens, at this address: at a port that it chose itself, it may be. */
export function sendWebhooksTo(
  simulator: Simulator,
  config: Config,
  { api, temporalUi }: { readonly api: string | null; readonly temporalUi: string | null },
): void {
  simulator.setWebhookUrl(receiverOf(config, api) + iamport.webhooks.path)
  simulator.setPingbackUrl(receiverOf(config, api) + paymentwall.webhooks.path)
  simulator.setPortoneUrl(receiverOf(config, api) + portone.webhooks.path)
  simulator.setMerchant(merchantAt(config, api ?? receiverOf(config, null), temporalUi))
}

/** Its shop asks as a checkout: with the key of one, where there are keys. */
function merchantAt({ API_KEYS }: Config, api: string, temporalUi: string | null): Merchant {
  const key = API_KEYS.find(({ role }) => role === 'checkout')?.key
  return { api, key, temporalUi: temporalUi ?? undefined }
}

const receiverOf = ({ PUBLIC_URL, HOST, PORT }: Config, api: string | null): string =>
  PUBLIC_URL ?? api ?? `http://${HOST}:${PORT}`
