// The examples of docs/checkouts.md as they stand there, against a started program: the package as it is packed, curl,
// Python and a Temporal client.
// Must not know: what the examples say.
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect } from 'vitest'
import { z } from 'zod'
import { ROOT } from '../support/readme.ts'
import { SECRET } from '../support/checkout.ts'
import { eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'

const KEY = 'a-key-of-the-checkout'
const test = shopTest({ API_KEYS: `shop:checkout:${KEY}` })
const run = promisify(execFile)

/** A checkout's own folder, where the package is installed as it is packed; what it needs is that of this folder. */
const folder = mkdtempSync(join(tmpdir(), 'paymentwall-saga-checkout-'))
const NEEDED = [
  'openapi-fetch',
  'openapi-typescript-helpers',
  'standardwebhooks',
  '@temporalio/client',
  '@types/node',
  'tsx',
]
const written = (name: string, text: string): string => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

beforeAll(() => {
  const packed = execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', folder], { cwd: ROOT })
  const [{ filename }] = z.tuple([z.object({ filename: z.string() })]).parse(JSON.parse(String(packed)))
  const own = join(folder, 'node_modules', 'paymentwall-saga')
  mkdirSync(own, { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, filename), '--strip-components', '1', '-C', own])
  for (const name of NEEDED) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
  }
  written('package.json', '{"type":"module"}')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A machine without it tries the others; CI has it. */
const hasRequests = spawnSync('python3', ['-c', 'import requests']).status === 0

const document = readFileSync(join(ROOT, 'docs/checkouts.md'), 'utf8')
function example(name: string): string {
  const found = new RegExp(`<!-- example: ${name} -->\\n\\n\`\`\`\\w+\\n([^]*?)\`\`\``).exec(document)?.[1]
  if (found === undefined) throw new Error(`docs/checkouts.md has no example ${name}`)
  return found
}

/** Runs it while the buyer pays; what it printed. */
async function played(shop: OwnShop, order: string, command: string, args: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    SAGA_URL: shop.api,
    SAGA_KEY: KEY,
    ORDER: order,
    TEMPORAL_ADDRESS: shop.temporalAddress,
  }
  const running = run(command, args, { cwd: folder, env, timeout: 120_000 })
  const paying = (async () => {
    await eventually(async () => (await shop.call('GET', `/payments/${order}`)).status).toBe(200)
    await eventually(() => shop.payment(order)).toMatchObject({ state: 'prepared' })
    await shop.sim.pay(order)
  })()
  const [{ stdout }] = await Promise.all([running, paying])
  return stdout
}

test('TypeScript, typed strictly and run', async ({ shop }) => {
  const file = written('checkout.ts', example('typescript'))
  const strict = [
    '--strict',
    '--noEmit',
    '--target',
    'es2023',
    '--module',
    'nodenext',
    '--types',
    'node',
    '--skipLibCheck',
    'false',
  ]
  execFileSync(join(ROOT, 'node_modules/.bin/tsc'), [...strict, file, written('hear.ts', example('notice'))], {
    cwd: folder,
  })
  const order = fresh('order')
  const said = await played(shop, order, process.execPath, ['--import', 'tsx', file])
  expect(said.split('\n')).toEqual([
    'prepared open the payment window with it',
    `deliver ${order}`,
    expect.stringMatching(/^refused: (refundExceedsBalance|partialRefundNotSupported) /),
    'ticketOpen 취소처리 대기',
    '',
  ])
  expect(await shop.refund(`${order}-r2`)).toMatchObject({ state: 'ticketOpen', amount: 1990 })
})

test('a notice, heard and told from a forged one', async () => {
  const id = '6f1c4f0e-6d57-4d7a-9f0b-2f3f6f0c5a11'
  const body = JSON.stringify({ id, number: 1, type: 'payment.paid', payment: { merchantUid: 'o-1', accepted: true } })
  const now = new Date()
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(SECRET).sign(id, now, body),
  }
  written('hear.ts', example('notice'))
  const given = JSON.stringify({ body, headers, secret: SECRET })
  const asking = `import { heard } from './hear.ts'
const { body, headers, secret } = ${given}
console.log(heard(body, new Headers(headers), secret), heard(body + ' ', new Headers(headers), secret))`
  const { stdout } = await run(process.execPath, ['--import', 'tsx', written('heard.ts', asking)], { cwd: folder })
  expect(stdout).toBe(`deliver once o-1 ${id}\n204 401\n`)
})

test('curl', async ({ shop }) => {
  const order = fresh('order')
  const said = await played(shop, order, 'sh', [written('checkout.sh', example('curl'))])
  expect(said).toBe(`prepared\ndeliver ${order}\nticketOpen\n`)
  expect(await shop.refund(`${order}-r2`)).toMatchObject({ state: 'ticketOpen', amount: 1990 })
})

test.skipIf(!hasRequests && process.env['CI'] !== 'true')('Python', async ({ shop }) => {
  const order = fresh('order')
  const said = await played(shop, order, 'python3', [written('checkout.py', example('python'))])
  expect(said).toBe(`prepared\ndeliver ${order}\nticketOpen\n`)
  expect(await shop.refund(`${order}-r2`)).toMatchObject({ state: 'ticketOpen', amount: 1990 })
})

test('a Temporal client', async ({ shop }) => {
  const order = fresh('order')
  const said = await played(shop, order, process.execPath, [
    '--import',
    'tsx',
    written('start.ts', example('temporal')),
  ])
  expect(said).toBe(`started payment:${order}\n`)
  await eventually(() => shop.payment(order)).toMatchObject({ state: 'paid', accepted: true })
})
