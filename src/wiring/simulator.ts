// The simulator as a part of this program: where it is found, and where it sends the webhooks of
// the gateways that it plays.
// Must not know: what it simulates.
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { iamport } from '../gateways/iamport/config.ts'
import { startSimulator, type Simulator } from '../simulator/app.ts'
import type { Wiring } from './parts.ts'

export async function runSimulator({ config, log, stops }: Wiring): Promise<Simulator> {
  const simulator = await startSimulator({
    host: config.HOST,
    port: config.SIMULATOR_PORT,
    dataDir: join(config.DATA_DIR, 'simulator'),
    webhookUrl: receiverOf(config, null),
    log: (line) => log.debug(`simulator: ${line}`),
  })
  stops.push(simulator.close)
  return simulator
}

/** Once the API listens, at this address: at a port that it chose itself, it may be. */
export function sendWebhooksTo(simulator: Simulator, config: Config, api: string | null): void {
  simulator.setWebhookUrl(receiverOf(config, api))
}

const receiverOf = ({ PUBLIC_URL, HOST, PORT }: Config, api: string | null): string =>
  (PUBLIC_URL ?? api ?? `http://${HOST}:${PORT}`) + iamport.webhooks.path
