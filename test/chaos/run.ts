// npm run chaos [-- --orders N --minutes M --seed S]: real processes under faults for so long; then it is quiet, and all books are
// compared. Ends with 0 only if they agree.
// Must not know: which faults there are, what agrees with what.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createTemporalClient } from '../../src/temporal/client.ts'
import { restartAsked } from '../../src/outbox/restart.ts'
import { underWay } from '../support/agreement.ts'
import { collect } from './collecting.ts'
import { compare, differencesOf, type Check, type Facts } from './comparing.ts'
import { serveAll, type Customers } from './customers.ts'
import { rage, type Faults } from './faults.ts'
import { listen, type Ear } from './listening.ts'
import { planRun, type Plan } from './plan.ts'
import { report } from './report.ts'
import { startWorld, type World } from './world.ts'

const USAGE =
  'npm run chaos -- [--orders N] [--minutes M] [--seed S] [--quiet M], whole numbers, all but the seed at least 1'
const LARGEST = 2 ** 31 - 1
const MINUTE_MS = 60_000
const SETTINGS = { CANCEL_TIMEOUT: '3s', LOOK_SPACING: '1s' }
/** Soon enough for a run: a lost webhook is found by the next sweep, and people are told within minutes. */
const SHORT = {
  SWEEP_EVERY: '30s',
  OVERDUE_AFTER: '30s',
  REFUND_PATIENCE: '40s remind, 60s warn, 90s page, then every 10m page',
}
/** Each sweep reads an hour, and thousands wait at once: what is asked for too often would be most of the work. */
const LONG = {
  SWEEP_EVERY: '60s',
  OVERDUE_AFTER: '60s',
  REFUND_PATIENCE: '2m remind, 3m warn, 4m page, then every 10m page',
}
const LONG_MINUTES = 20
const PROGRESS_MS = 5_000
const INTERRUPTED = 130

function whole(text: string, least: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < least || number > LARGEST) throw new RangeError(USAGE)
  return number
}

function asked() {
  const option = { type: 'string' } as const
  const { values } = parseArgs({ options: { orders: option, minutes: option, seed: option, quiet: option } })
  return {
    orders: whole(values.orders ?? '5500', 1),
    minutes: whole(values.minutes ?? '75', 1),
    seed: whole(values.seed ?? String(Math.floor(Math.random() * 1_000_000)), 0),
    quiet: whole(values.quiet ?? '20', 1),
  }
}

const settingsOf = ({ minutes }: Plan) => ({ ...SETTINGS, ...(minutes < LONG_MINUTES ? SHORT : LONG) })

const began = performance.now()
const now = () => performance.now() - began
const clock = () => `${Math.floor(now() / MINUTE_MS)}:${String(Math.floor(now() / 1_000) % 60).padStart(2, '0')}`
const say = (line: string): void => void process.stdout.write(`${clock().padStart(6)}  ${line}\n`)

type Run = { readonly world: World; readonly ear: Ear; readonly customers: Customers; readonly faults: Faults }

async function main(): Promise<number> {
  const { quiet, ...size } = asked()
  const plan = planRun(size)
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-chaos-'))
  say(`seed ${plan.seed}: ${plan.orders} orders, ${plan.faults.length} faults in ${plan.minutes} min; ${folder}`)
  const ear = await listen()
  const world = await startWorld({ folder, say }, { ...settingsOf(plan), ...ear.environment })
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => void world.stop().finally(() => process.exit(INTERRUPTED)))
  let agreed = false
  try {
    const startedMs = now()
    const since = () => now() - startedMs
    const customers = serveAll({ shop: world.shop, ear, now: since }, plan.sales)
    const faults = rage({ world, customers, ear, folder, now: since, say }, plan.faults)
    const run = { world, ear, customers, faults }
    const ticking = setInterval(() => say(progressOf(run, plan)), PROGRESS_MS)
    const fallen = setInterval(() => watch(run), 1_000)
    await faults.raged
    await faults.heal()
    const quietMs = now()
    say('quiet')
    customers.hurry(quiet * MINUTE_MS)
    await customers.served
    const { checks, facts } = await settled(run, quiet * MINUTE_MS)
    clearInterval(ticking)
    clearInterval(fallen)
    const minutes = (quietMs - startedMs) / MINUTE_MS
    const quietSeconds = (now() - quietMs) / 1_000
    const ran = {
      plan,
      minutes,
      quietSeconds,
      faults: faults.tally.done,
      checks,
      ends: endsOf(facts),
      counts: countsOf(run, facts),
    }
    process.stdout.write(`\n${report(ran)}`)
    agreed = differencesOf(checks).length === 0
  } finally {
    await world.stop()
    ear.stop()
    if (agreed) await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
    else say(`what every process wrote is kept in ${folder}`)
  }
  return agreed ? 0 : 1
}

function progressOf({ customers, faults, ear }: Run, plan: Plan): string {
  const { counts, ledger } = customers
  const done = [...faults.tally.done.values()].reduce((sum, each) => sum + each, 0)
  return `orders ${counts.done}/${plan.orders} (${counts.open} open), refunds asked ${ledger.refunds.size}, notices ${ear.taken().length}, faults ${done}/${plan.faults.length}`
}

/** A process that ended, and nobody killed it, is a finding; it is started again as whoever keeps it would. */
function watch({ world, faults }: Run): void {
  for (const part of Object.values(world.parts))
    if (part.hasFallen())
      void part.alone(async () => {
        if (!part.hasFallen()) return
        faults.tally.fallen.push(part.name)
        await part.kill9()
        await part.start()
      })
}

/** Until all books agree, or for so long. */
async function settled(run: Run, limitMs: number): Promise<{ checks: readonly Check[]; facts: Facts }> {
  const { world, faults } = run
  const database = await world.database()
  const temporal = createTemporalClient({ address: world.temporalAddress, namespace: 'default' })
  const giveUpMs = now() + limitMs
  try {
    for (;;) {
      const busy = await underWay(database.db, world.shop)
      const facts = await factsOf(run, database.db)
      const checks = compare(facts)
      const differences = differencesOf(checks)
      const over = now() > giveUpMs
      if ((busy.length === 0 && differences.length === 0) || over)
        return { checks: over ? stillBusy(checks, busy) : checks, facts }
      say(waitingFor(checks, busy))
      await endLost(run, facts)
      if (faults.tally.badBuilds > 0) await restartStuck(run, facts, { db: database.db, temporal })
      await pause(PROGRESS_MS)
    }
  } finally {
    await temporal.close()
    await database.close()
  }
}

/** As docs/after-a-restore.md says of a saga whose row was lost, and whose money is back: a person was told, and terminates it. */
async function endLost({ world, faults }: Run, { running, told, lost }: Facts): Promise<void> {
  for (const { id } of running.filter((saga) => lost.has(saga.id.replace('refund:', '')) && told.has(saga.id))) {
    await world.shop.client.workflow.getHandle(id).terminate('its row was lost, and its money is back')
    faults.tally.ended += 1
  }
}

/** As the runbook says of sagas that a bad build has left behind: a person restarts each. */
async function restartStuck(
  { faults }: Run,
  { running }: Facts,
  deps: Parameters<typeof restartAsked>[0],
): Promise<void> {
  const { restarts } = faults.tally
  for (const { id } of running.filter(({ failing }) => failing)) {
    const { outcome } = await restartAsked(deps, id, { who: 'unverified:ann', why: 'the build did not fit' })
    restarts.set(outcome, (restarts.get(outcome) ?? 0) + 1)
  }
}

function waitingFor(checks: readonly Check[], busy: readonly string[]): string {
  const found = checks.filter(({ differences }) => differences.length > 0)
  const counts = found.map(({ name, differences }) => `${name} ${differences.length}`)
  const first = found.length > 0 ? found.map(({ differences }) => differences[0]) : [busy[0]]
  return `${[...counts, `under way ${busy.length}`].join(', ')}; first: ${first.join(' | ')}`
}

const stillBusy = (checks: readonly Check[], busy: readonly string[]): readonly Check[] => [
  ...checks,
  { name: 'still under way', compared: busy.length, differences: busy },
]

function factsOf({ world, ear, customers, faults }: Run, db: Parameters<typeof collect>[0]): Promise<Facts> {
  const { ledger } = customers
  const { tally } = faults
  return collect(db, world.shop, {
    taken: ear.taken(),
    forged: ear.forged(),
    answered: tally.answered,
    opened: [...ledger.opened.keys()],
    asked: [...ledger.refunds.values()].filter(({ answer }) => answer === 'taken'),
    stuck: ledger.stuck,
    fallen: tally.fallen,
    restored: tally.restored > 0,
    reopened: ledger.reopened,
    lost: ledger.lost,
    gaps: tally.gaps,
  })
}

function endsOf({ refunds }: Facts): ReadonlyMap<string, number> {
  const ends = new Map<string, number>()
  for (const { state } of refunds) ends.set(state, (ends.get(state) ?? 0) + 1)
  return ends
}

function countsOf({ ear, customers, faults }: Run, facts: Facts): Readonly<Record<string, number>> {
  const { ledger } = customers
  const refused = [...ledger.refunds.values()].filter(({ answer }) => answer !== 'taken').length
  return {
    'orders opened': ledger.opened.size,
    'payments made': ledger.paid.length,
    'refunds asked for': ledger.refunds.size,
    'refunds refused at once': refused,
    'payments and refunds, without those refused': ledger.paid.length + ledger.refunds.size - refused,
    'tickets at the desk': facts.tickets.length,
    'hints sent beside the gateway’s': faults.tally.hints,
    'notices taken': ear.taken().length,
    'notices that came again': ear.repeats(),
    'sagas open at the end': facts.openSagas.length,
    'people told about': facts.told.size,
    'sagas without a row that a person ended': faults.tally.ended,
    'sagas restarted by a person': [...faults.tally.restarts.values()].reduce((sum, each) => sum + each, 0),
  }
}

process.exitCode = await main()
