// npm run ui:walk: what a person who has never seen it does: npm start, the printed page, a purchase, a refund, the desk, 취소완료. Takes the pictures of docs/first-look.md.
// Must not know: how a page is read. No command is typed after the start; ends with 0 only if everything was shown.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ROOT } from '../support/readme.ts'
import { openPages, startChromium, type Person } from './person.ts'

const FOLDER = 'docs/first-look'
const SETTING = { PORT: '0', SIMULATOR_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0', METRICS_PORT: '0' }
const began = performance.now()
const say = (line: string): void =>
  void process.stdout.write(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}\n`)

async function main(): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'paymentwall-saga-walk-'))
  mkdirSync(ROOT + FOLDER, { recursive: true })
  const program = spawn('npm', ['start', '--silent'], {
    cwd: ROOT,
    env: { ...process.env, ...SETTING, DATA_DIR: data, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const gone = once(program, 'exit')
  try {
    const simulator = await printed(createInterface(program.stdout))
    say(`npm start printed ${simulator}`)
    const browser = await startChromium(process.env['PATH'] ?? '')
    try {
      const ann = await openPages(browser, simulator)
      await walk(ann)
      const mina = await openPages(browser, simulator, { language: 'ko', scheme: 'dark' })
      await mina.open('/orders')
      await mina.isShown('ord-', '취소완료')
      await take(mina, '8-in-korean')
      const complaints = [...ann.complaints, ...mina.complaints]
      if (complaints.length > 0) throw new Error(`the browser complains:\n${complaints.join('\n')}`)
    } finally {
      await browser.close()
    }
  } finally {
    if (program.pid !== undefined && program.exitCode === null) process.kill(-program.pid, 'SIGINT')
    await gone
    rmSync(data, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** The first address that a start prints. */
async function printed(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const [, address] = /(http:\/\/\S+)/.exec(line) ?? []
    if (address !== undefined) return address
  }
  throw new Error('npm start ended, and printed no address')
}

async function walk(ann: Person): Promise<void> {
  await ann.open('/')
  await ann.page.locator('#goods input').first().waitFor()
  await take(ann, '1-shop')
  await ann.orders()
  await take(ann, '2-payment-window')
  const id = await ann.ends('paid')
  await ann.isShown(id, 'paid')
  await take(ann, '3-paid')
  await ann.asksRefund(id)
  await both(ann, id, '취소처리 대기')
  await take(ann, '4-waiting-for-cancellation')
  await ann.open('/desk')
  await ann.card(id, '#queue').waitFor()
  await take(ann, '5-desk')
  await ann.press('desk.complete', id, '#queue')
  await ann.card(id, '#done').waitFor()
  await ann.open('/orders')
  await both(ann, id, '취소완료')
  await take(ann, '6-refunded')
  await ann.open('/wire')
  await ann.page.locator('.entry .moved').nth(3).waitFor()
  await take(ann, '7-wire')
}

/** The order and its refund. */
const both = (person: Person, id: string, label: string): Promise<void> =>
  person.card(id).locator('.pill', { hasText: label }).nth(1).waitFor()

async function take(person: Person, name: string): Promise<void> {
  const file = `${FOLDER}/${name}.png`
  await person.picture(ROOT + file)
  say(`${file}: ${Math.ceil(statSync(ROOT + file).size / 1_024)} KiB`)
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`FAILED: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
