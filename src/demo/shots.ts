// Pictures of the Temporal UI as the people on duty see it: a real Chromium before the real UI, written into docs/.
// Must not know: how the program works inside. `npm run ui:shots`; it needs Chromium, for example Debian's package.
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import { readConfig, ROLES } from '../config.ts'
import { createLog } from '../log.ts'
import { startProgram } from '../program.ts'
import { installRuntime } from '../temporal/worker.ts'

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url))
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium']
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const JSON_BODY = { 'content-type': 'application/json' }
const LOADED_MS = 60_000

const ORDERS = [
  { id: 'ord-1001', amount: 1_990, currency: 'USD', country: 'DE' },
  { id: 'ord-1002', amount: 19_000, currency: 'KRW', country: 'KR' },
  { id: 'ord-1003', amount: 4_500, currency: 'EUR', country: 'FR' },
]

async function main(): Promise<void> {
  const executablePath = PLACES.find((place) => existsSync(place))
  if (!executablePath)
    throw new Error(`No Chromium was found at ${PLACES.join(', ')}; install one, for example: apt-get install chromium`)
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-shots-'))
  const ports = { PORT: '0', SIMULATOR_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' }
  const patience = { REFUND_PATIENCE: '1s remind, 2s warn, 3s page, then every 7d page' }
  const given = { ...process.env, ...ports, ...patience, DATA_DIR: folder, LOG_LEVEL: 'fatal' }
  installRuntime('ERROR', () => {})
  const program = await startProgram(readConfig(given, ROLES), createLog('fatal', false), given)
  const browser = await chromium.launch({ executablePath, args: QUIET })
  try {
    if (!program.api || !program.simulator || !program.temporalUi)
      throw new Error('a part of the program did not start')
    await play(program.api, program.simulator)
    await mkdir(DOCS, { recursive: true })
    const page = await browser.newPage({ viewport: { width: 1500, height: 1000 } })
    await shoot(page, program.temporalUi)
  } finally {
    await browser.close()
    await program.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Three paid orders whose refunds have waited past the page level. */
async function play(api: string, simulator: string): Promise<void> {
  for (const { id, amount, currency, country } of ORDERS) {
    const buyer = { name: 'Ann Roe', email: 'ann@example.com' }
    await post(`${api}/payments`, { merchantUid: id, amount, currency, name: 'Gold pack', buyer })
    await post(`${simulator}/__sim/pay`, { merchantUid: id, outcome: 'paid', country })
    await until(async () => (await get(`${api}/payments/${id}`)).includes('"state":"paid"'))
    await post(`${api}/payments/${id}/refunds`, { refundId: `ref-${id}`, reason: 'customer request' })
  }
  for (const { id } of ORDERS)
    await until(async () => (await get(`${api}/refunds/ref-${id}`)).includes('"attention":"page"'))
}

async function shoot(page: Page, ui: string): Promise<void> {
  const query = encodeURIComponent('WorkflowType="refund" AND ExecutionStatus="Running" AND Attention="page"')
  await page.goto(`${ui}/namespaces/default/workflows?query=${query}`, { waitUntil: 'domcontentloaded' })
  await page.getByText('refund:ref-ord-1003').first().waitFor({ timeout: LOADED_MS })
  await page.screenshot({ path: join(DOCS, 'ui-list.png') })
  await page.goto(`${ui}/namespaces/default/workflows/refund%3Aref-ord-1002`, { waitUntil: 'domcontentloaded' })
  await page.getByText('User Metadata').first().click({ timeout: LOADED_MS })
  // The UI shows markdown in a frame of its own.
  await page.frameLocator('iframe').first().getByText('What you may do').waitFor({ timeout: LOADED_MS })
  await page.screenshot({ path: join(DOCS, 'ui-refund.png') })
  process.stdout.write(`wrote ${join('docs', 'ui-list.png')} and ${join('docs', 'ui-refund.png')}\n`)
}

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
}

const get = async (url: string): Promise<string> => (await fetch(url)).text()

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 600; round += 1) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('what was waited for did not come within a minute')
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
