// npm run ui:shots: takes the two pictures of docs/operate.md in the real Temporal UI, and checks what ops see and do there.
// Must not know: how a page is read. Ends with 0 only if everything was shown; nothing that it started outlives it.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COMMAND_HELP, REFUND_COMMANDS } from '../../src/domain/moves/people/commands.ts'
import { ROOT } from '../support/readme.ts'
import { findChromium, openBrowser, type TemporalUi } from './browser.ts'
import { eventually, startStage, type Stage } from './stage.ts'
import { checkViews, readViews } from './views.ts'

const began = performance.now()
const say = (line: string): void =>
  void process.stdout.write(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}\n`)

const INTERRUPTED = 130

async function main(): Promise<void> {
  const path = process.env['PATH'] ?? ''
  say(`browser: ${findChromium(path)}`)
  const folder = mkdtempSync(join(tmpdir(), 'paymentwall-saga-ui-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const stops: (() => Promise<void>)[] = []
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= inOrder(stops.toReversed()))
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => void stop().finally(() => process.exit(INTERRUPTED)))
  try {
    say('starting the program; where no Temporal server was made yet this takes minutes, once')
    const stage = await startStage(folder, process.env)
    stops.push(stage.stop)
    const browser = await openBrowser(path, stage.temporalUi)
    stops.push(browser.close)
    await show(stage, browser.temporalUi)
  } finally {
    await stop()
  }
}

async function inOrder(steps: readonly (() => Promise<void>)[]): Promise<void> {
  for (const step of steps) await step()
}

async function show(stage: Stage, ui: TemporalUi): Promise<void> {
  await refundsThatPage(stage)
  await saveViews(ui)
  await untilAttention(stage, 'gold-1001', 'page')
  await refundsThatAreYoung(stage)
  await untilAttention(stage, 'gold-1006', 'remind')
  await takeList(ui)
  await takeRefund(ui, 'gold-1001')
  await checkViews(ui, stage, say)
  await checkUpdates(stage, ui, 'gold-1003')
  await checkCancellation(stage, ui, 'gold-1007')
}

async function refundsThatPage(stage: Stage): Promise<void> {
  await stage.refunded({ id: 'gold-1001', amount: 19_000, currency: 'KRW', country: 'KR' })
  await stage.refunded({ id: 'gold-1002', amount: 4_990, currency: 'EUR', country: 'DE' })
  await stage.acknowledge('gold-1002', 'ann')
  await stage.refunded({ id: 'gold-1003', amount: 1_990, currency: 'USD', country: 'US', cancel: 'lostAnswer' })
  await stage.paidAgain('gold-1001')
  say('opened: two refunds that will page, one of them taken by ann, one lost answer, one second payment')
}

async function saveViews(ui: TemporalUi): Promise<void> {
  for (const { saving } of readViews()) await ui.view(saving)
  say('saved the views by their links')
}

async function refundsThatAreYoung(stage: Stage): Promise<void> {
  await stage.refunded({ id: 'gold-1004', amount: 2_990, currency: 'USD', country: 'US', cancel: 'refuse' })
  await stage.refunded({ id: 'gold-1005', amount: 990, currency: 'EUR', country: 'PT', method: 'multibanco' })
  await stage.refunded({ id: 'gold-1006', amount: 12_900, currency: 'JPY', country: 'JP' })
  say('opened: one that is refused, one that cannot be refunded, one that will remind')
}

async function untilAttention(stage: Stage, id: string, level: string): Promise<void> {
  await eventually(`${id} at ${level}`, async () => (await stage.refund(id))?.attention === level)
  say(`${id}: ${level}`)
}

async function takeList(ui: TemporalUi): Promise<void> {
  const view = readViews()[0]
  if (!view) throw new Error('there are no saved views')
  await eventually('a list with refunds at each level', async () => {
    await ui.view(view.link)
    const text = await ui.list()
    return ['remind', 'warn', 'page', 'ann', 'SagaState', 'WaitingSince'].every((word) => text.includes(word))
  })
  await take(ui, 'temporal-ui-list.png')
}

async function takeRefund(ui: TemporalUi, id: string): Promise<void> {
  const text = await ui.details(`refund:${id}`)
  must('the page of a refund', text, [
    '취소처리 대기',
    'Waits for',
    'Since',
    'The gateway said',
    'Last look',
    'Comes next',
  ])
  await take(ui, 'temporal-ui-refund.png')
}

async function take(ui: TemporalUi, name: string): Promise<void> {
  mkdirSync(join(ROOT, 'docs'), { recursive: true })
  const file = join(ROOT, 'docs', name)
  await ui.picture(file)
  say(`docs/${name}: ${Math.ceil(statSync(file).size / 1_024)} KiB`)
}

async function checkUpdates(stage: Stage, ui: TemporalUi, id: string): Promise<void> {
  const options = await ui.updates(`refund:${id}`)
  for (const name of REFUND_COMMANDS)
    must('the dialog of updates', options.join('\n'), [`${name} ${COMMAND_HELP[name]}`])
  await ui.update(`refund:${id}`, 'acknowledge', { owner: 'kim', person: 'kim' })
  await eventually(`${id} is taken by kim`, async () => (await stage.refund(id))?.owner === 'kim')
  const line = (await stage.journal(id)).find(({ what }) => what === 'acknowledge')
  must('the journal', line?.who ?? '', ['unverified:kim'])
  say(
    `the dialog lists ${REFUND_COMMANDS.length} updates with what they do; acknowledge was given there, by ${line?.who}`,
  )
}

async function checkCancellation(stage: Stage, ui: TemporalUi, id: string): Promise<void> {
  await stage.refunded({ id, amount: 5_500, currency: 'USD', country: 'US' })
  await ui.requestCancellation(`refund:${id}`)
  const noted = async () => (await stage.journal(id)).some(({ what }) => what === 'cancelRequested')
  await eventually('the journal has the cancel request', noted)
  await eventually(`${id} asks for a person`, async () => (await stage.refund(id))?.attention === 'warn')
  let page = ''
  await eventually(`${id} is shown at warn`, async () => {
    page = await ui.details(`refund:${id}`)
    return page.includes('attention warn')
  })
  must('the page', page, ['취소처리 대기', 'Cancelling this workflow calls no ticket back.'])
  // By patience alone the warning comes later: its checkpoint must still be ahead.
  if (!/then a (reminder|warning)/.test(page)) throw new Error(`this came too late to tell who raised it:\n${page}`)
  say('Request Cancellation: journalled, shown with attention warn, and the refund waits on')
}

function must(about: string, text: string, words: readonly string[]): void {
  const missing = words.filter((word) => !text.includes(word))
  if (missing.length > 0) throw new Error(`${about} does not show ${missing.join(', ')}; it shows:\n${text}`)
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`FAILED: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
