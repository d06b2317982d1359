// What a start prints first, and whose shop the simulator's pages are.
// Must not know: what a page shows.
import { expect, onTestFinished, test } from 'vitest'
import { PROGRAM_ROLES, readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { startProgram, type Program } from '../../src/wiring/program.ts'
import { welcome } from '../../src/wiring/welcome.ts'
import { exchange } from '../support/shop.ts'
import { temporaryFolder } from '../support/temporalCli.ts'

const KEY = 'hunter2-hunter2-hunter2'
const PLACES = {
  api: 'http://127.0.0.1:8080',
  simulator: 'http://127.0.0.1:8081',
  temporalUi: 'http://127.0.0.1:8233',
  temporalAddress: '127.0.0.1:7233',
  database: 'PGlite in .data/pglite',
  db: null,
  failed: new Promise<never>(() => {}),
  stop: () => Promise.resolve(),
} satisfies Program

test('the first address is the pages’, where there are any', () => {
  const config = readConfig({ DATA_DIR: temporaryFolder() }, PROGRAM_ROLES)
  const first = (program: Program) => /http:\/\/\S+/.exec(welcome(program, config))?.[0]
  expect(first(PLACES)).toBe(PLACES.simulator)
  expect(first({ ...PLACES, simulator: null })).toBe(PLACES.api)
})

const CART = { good: 'gold', currency: 'USD', gateway: 'iamport/main', channel: 'live' }

test.for([
  { about: 'simulated', account: {}, status: 502, says: 'does not answer' },
  { about: 'real', account: { IAMPORT_KEY: 'k', IAMPORT_SECRET: 's' }, status: 409, says: 'told of no shop' },
])('where the account is $about, its shop gets: $says', async ({ account, status, says }) => {
  const settings = { ...account, PORT: '1', SIMULATOR_PORT: '0', METRICS_PORT: '0', API_KEYS: `shop:checkout:${KEY}` }
  const config = readConfig({ ...settings, DATA_DIR: temporaryFolder() }, ['simulator'])
  const program = await startProgram(config, createLog('fatal', false), {})
  onTestFinished(program.stop)
  const answer = await exchange(program.simulator ?? '', 'POST', '/__shop/orders', CART)
  expect(answer).toMatchObject({ status, body: { error: expect.stringContaining(says) } })
})
