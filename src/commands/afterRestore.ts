// after-restore: before anything runs again over a database that went back in time. Filing is held;
// what was lost is found by what Temporal and the gateway remember.
// Must not know: how the two are compared, what is decided about a refund that went back.
import type { Command } from 'commander'
import { raiseNotices } from '../db/books/payments.ts'
import { openDatabase, transact, type Db } from '../db/connect.ts'
import { openRefundReferences } from '../db/lists/open.ts'
import { holdFiling } from '../db/watch/filing.ts'
import { Failure } from '../domain/failures.ts'
import { hasAccount } from '../gateways/index.ts'
import { look } from '../inbox/look.ts'
import type { LookDeps } from '../inbox/subject.ts'
import { createLog } from '../log.ts'
import { grid, progress } from '../ops/render.ts'
import { compareMemories, withoutRows, type AfterRestore, type Found } from '../outbox/afterRestore.ts'
import { connectTemporal, lookPartsOf, type Environment, type Wiring } from '../wiring/parts.ts'
import { runSimulator } from '../wiring/simulator.ts'
import { refuseHeldFolder } from '../wiring/startup.ts'
import { CommandFailure, configOf, EXITS } from './outside.ts'

const HELP = `
It may be run again. Nothing may run beside it: neither api nor worker.

Exit codes:
  0  nothing went back
  2  what it names is left for people; docs/after-a-restore.md says what to do
  3  Temporal did not answer, and without it nothing can be compared; filing is held`

/** More notices than one order ever has between two backups. */
const NOTICE_NUMBERS = 1_000
const STEP = 1_000
const SAID_EACH = 50
const WHO = 'after-restore'

export function addAfterRestore(program: Command, environment: Environment, exit: (code: number) => void): void {
  program
    .command('after-restore')
    .description('After a backup was restored, before anything runs: holds filing, and finds what was lost.')
    .addHelpText('after', HELP)
    .action(async () => exit(await afterRestore(environment)))
}

async function afterRestore(environment: Environment): Promise<number> {
  const config = configOf(environment)
  const log = createLog('warn', false)
  const wiring: Wiring = { config, environment, log, stops: [], sdkMetrics: undefined }
  try {
    const { DATABASE_URL: url, DATA_DIR: folder } = config
    if (url === undefined) await refuseHeldFolder(folder)
    const database = await openDatabase({ url, folder: url === undefined ? folder : undefined, log: () => {} })
    wiring.stops.push(database.close)
    const { db } = database
    await transact(db, 'hold filing', (trx) => holdFiling(trx, { who: WHO, reason: 'a backup was restored' }))
    const temporal = await connectTemporal(wiring)
    if (!(await temporal.ready()))
      throw new CommandFailure(
        EXITS.noAnswer,
        `Temporal at ${temporal.address} does not answer, and without it nothing can be compared. Filing is held; start Temporal and run this again.`,
      )
    const simulator = hasAccount(config) ? undefined : (await runSimulator(wiring)).url
    const look: LookDeps = { ...lookPartsOf(wiring, db, temporal, simulator), kick: () => {} }
    return await work(look, { ...look, client: temporal.client })
  } finally {
    for (const stop of wiring.stops.toReversed()) await stop()
  }
}

async function work(looking: LookDeps, comparing: Omit<AfterRestore, 'say'>): Promise<number> {
  const line = progress(process.stderr)
  const say = (text: string) => line.say(text)
  await raiseAll(comparing.db, say)
  const { compared, found } = await compareMemories({ ...comparing, say })
  const lost = await withoutRows({ ...comparing, say })
  const failed = await lookAtAll(looking, say)
  line.end()
  process.stdout.write(
    `Filing is held; ops release ends it. The numbers of notices were raised by ${NOTICE_NUMBERS}.\n` +
      `${compared} open refunds were compared with Temporal and with the gateway.\n`,
  )
  const all = [...found, ...lost, ...failed]
  if (all.length === 0) return EXITS.done
  grid(
    process.stdout,
    ['saga', 'state', 'found'],
    all.map(({ saga, state, found: what }) => [saga, state, what]),
  )
  return EXITS.left
}

async function raiseAll(db: Db, say: (text: string) => void): Promise<void> {
  let [steps, after] = [0, '']
  for (;;) {
    const last = await transact(db, 'raise notices', (trx) => raiseNotices(trx, NOTICE_NUMBERS, { after, limit: STEP }))
    if (last === undefined) return
    steps += 1
    after = last
    say(`the numbers of notices of up to ${steps * STEP} orders are raised`)
  }
}

/**
 * Presence is proof: a cancel that the gateway shows answers its refund, whatever the database has
 * lost.
 */
async function lookAtAll(deps: LookDeps, say: (text: string) => void): Promise<readonly Found[]> {
  const failed: Found[] = []
  let [looked, after] = [0, '']
  for (;;) {
    const rows = await openRefundReferences(deps.db, { after, limit: STEP })
    for (const { refundId, state, gateway, gatewayRef } of rows) {
      looked += 1
      if (looked % SAID_EACH === 0) say(`${looked} open refunds looked at`)
      try {
        await look(deps, { gateway, gatewayRef }, { who: WHO })
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        failed.push({ saga: `refund:${refundId}`, state, found: `could not look: ${error.message}` })
      }
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < STEP) return failed
    after = last.refundId
  }
}
