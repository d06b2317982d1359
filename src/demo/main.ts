// npm run demo: plays the story on a program of its own, prints a timeline, and ends with 0 only if
// everything held.
// Must not know: what the story is; nobody imports this file.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { untilSignalled } from '../wiring/signals.ts'
import { StoryFailure } from './checks.ts'
import { CANCEL_FAULTS } from './outside.ts'
import { closingTable } from './printed/closing.ts'
import { createLedger } from './printed/ledger.ts'
import { createTimeline, type Timeline } from './printed/timeline.ts'
import { setStage, SHORTENED, type Stage, type Staged } from './stage.ts'
import { FORGERIES, partsOf } from './story.ts'
import { WAY_NAMES, WAYS, type Way } from './ways.ts'

const command = new Command('demo')
  .description('Plays payments, refunds and forged webhooks against a simulated gateway, and checks each step.')
  .option('--keep', 'leave everything running at the end, until Ctrl-C, and print where it is')
  .addOption(
    new Option('--first-cancel <fault>', 'how the gateway takes the first cancel; but for accept the demo must fail')
      .choices(CANCEL_FAULTS)
      .default('accept'),
  )
  .addOption(
    new Option('--gateway <name>', 'the way to Paymentwall on which all of it is played')
      .env('GATEWAY')
      .choices(WAY_NAMES)
      .default('iamport/main'),
  )
const optionsSchema = z.object({
  keep: z.boolean().default(false),
  firstCancel: z.enum(CANCEL_FAULTS),
  gateway: z.enum(WAY_NAMES),
})

const introductionOf = ({ words }: Way, stories: number): string => `
paymentwall-saga, the demo: ${stories} short stories, played on the real program. Each step checks itself.

  checkout  the shop's service: opens payments and asks for refunds, over the HTTP API
  buyer     pays in the payment window
  gateway   ${words.gateway}
  desk      the people at Paymentwall who work through cancel tickets, played by the simulator
  saga      this program: one durable Temporal workflow for each payment and each refund

Everything runs here, on free ports, with a Temporal server of its own; its data is in a temporary
folder and is removed at the end. So that nobody waits: CANCEL_TIMEOUT ${SHORTENED.CANCEL_TIMEOUT} (default 30s),
PORTONE_CANCEL_TIMEOUT ${SHORTENED.PORTONE_CANCEL_TIMEOUT} (default 65s) and LOOK_SPACING ${SHORTENED.LOOK_SPACING} (default 5s).
`
const HEADER = '   time  who       what happened                                what the database shows'
const STOP_WHILE_STARTING_MS = 5_000
const INTERRUPTED = 130

async function main(): Promise<number> {
  const options = optionsSchema.parse(command.parse().opts())
  const timeline = createTimeline({
    write: (text) => void process.stdout.write(text),
    colours: process.stdout.isTTY && !process.env['NO_COLOR'],
    sinceStart: () => performance.now(),
  })
  const folder = mkdtempSync(join(tmpdir(), 'paymentwall-saga-demo-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const interrupted = untilSignalled(['SIGINT', 'SIGTERM', 'SIGHUP'])
  const way = WAYS[options.gateway]
  timeline.plain(introductionOf(way, partsOf(options.firstCancel, way).length))
  timeline.plain(HEADER)
  const setting = { environment: process.env, folder, timeline, signal: interrupted, way }
  const staging = setStage(setting)
  try {
    const staged = await orInterrupted(staging, interrupted)
    const code = await played(staged, timeline, interrupted, options)
    if (options.keep) await keepRunning(staged, timeline, interrupted)
    return code
  } catch (error) {
    if (!interrupted.aborted) throw error
    timeline.plain('\ninterrupted: stopping, and removing the temporary folder')
    timeline.close()
    return INTERRUPTED
  } finally {
    await stopped(staging)
  }
}

type Options = z.output<typeof optionsSchema>

async function played({ stage, program }: Staged, timeline: Timeline, signal: AbortSignal, options: Options) {
  let title = 'the start'
  const play = async () => {
    const ledger = createLedger()
    for (const [index, part] of partsOf(options.firstCancel, stage.way).entries()) {
      title = `part ${index + 1}, "${part.title}"`
      timeline.title(`${index + 1}. ${part.title}`)
      await part.play(stage, ledger)
    }
    title = 'the closing table'
    await closingTable(stage, ledger, FORGERIES[stage.way.played])
  }
  try {
    await orInterrupted(Promise.race([play(), program.failed]), signal)
  } catch (error) {
    if (signal.aborted) throw error
    const said = error instanceof StoryFailure ? error.message : String(error instanceof Error ? error.stack : error)
    process.stderr.write(`\nFAILED in ${title}, after ${timeline.elapsed()}:\n${said}\n`)
    return 1
  }
  timeline.plain(ending(stage, timeline, options))
  return 0
}

function ending({ count }: Stage, timeline: Timeline, { keep }: Options): string {
  const next = keep ? '' : '\n`npm start` keeps all of it running, with the Temporal UI, to try it by hand.'
  return `\nEverything held: ${count()} facts checked in ${timeline.elapsed()}.${next}`
}

async function keepRunning({ program }: Staged, timeline: Timeline, signal: AbortSignal): Promise<void> {
  timeline.plain(`
Everything goes on running until Ctrl-C; then its data is removed.

  API          ${program.api}
  Temporal UI  ${program.temporalUi}/namespaces/default/workflows
  Simulator    ${program.simulator}/__sim
`)
  await Promise.race([program.failed, once(signal, 'abort')])
}

function orInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const interruption = new Promise<never>((_, reject) => {
    const stop = () => reject(new Error('interrupted'))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  return Promise.race([work, interruption])
}

/** What has not started yet is given a moment; the servers end with this process in any case. */
async function stopped(staging: Promise<Staged>): Promise<void> {
  const staged = await Promise.race([staging.catch(() => undefined), pause(STOP_WHILE_STARTING_MS, undefined)])
  await staged?.stop()
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`\nFAILED: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
