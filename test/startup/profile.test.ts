// Which Temporal server a start uses: by its address, by a profile of Temporal's own configuration file, or none that is named.
// Must not know: servers. Connections are lazy: nothing is asked.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { connectTemporal } from '../../src/wiring/parts.ts'
import { installTestRuntime } from '../support/shop.ts'
import { temporaryFolder } from '../support/temporalCli.ts'

installTestRuntime()
const REAL = { DATABASE_URL: 'postgres://merchant@db/merchant', IAMPORT_KEY: 'key', IAMPORT_SECRET: 'secret' }
const TOML = `
[profile.default]
address = "default.example.com:7233"
[profile.shop]
address = "shop.example.com:7233"
namespace = "payments"
[profile.nowhere]
namespace = "payments"
`

async function named(environment: Record<string, string>) {
  const file = join(temporaryFolder(), 'temporal.toml')
  writeFileSync(file, TOML)
  const given = { ...REAL, TEMPORAL_CONFIG_FILE: file, ...environment }
  const config = readConfig(given, ['worker'])
  const log = createLog('fatal', false)
  const temporal = await connectTemporal({ config, environment: given, log, stops: [], sdkMetrics: undefined })
  await temporal.close()
  const { address, namespace, own } = temporal
  return { address, namespace, own }
}

test('a profile without TEMPORAL_ADDRESS is used, with its namespace', async () => {
  const shop = { address: 'shop.example.com:7233', namespace: 'payments', own: false }
  expect(await named({ TEMPORAL_PROFILE: 'shop' })).toEqual(shop)
  expect(await named({})).toEqual({ address: 'default.example.com:7233', namespace: 'default', own: false })
})

test('TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE come before the profile', async () => {
  const environment = { TEMPORAL_PROFILE: 'shop', TEMPORAL_ADDRESS: 'here:7233', TEMPORAL_NAMESPACE: 'other' }
  expect(await named(environment)).toEqual({ address: 'here:7233', namespace: 'other', own: false })
})

test('a profile without an address, or that is not there, is refused by its name', async () => {
  await expect(named({ TEMPORAL_PROFILE: 'nowhere' })).rejects.toThrow(/"nowhere" .* names no address/)
  await expect(named({ TEMPORAL_PROFILE: 'other' })).rejects.toThrow(/'other' not found/)
})
