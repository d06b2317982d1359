// Carries out a plan's faults, each at its moment, and takes all of them off again.
// Must not know: how moments were chosen, what is compared.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { LIKELIEST } from '../../src/simulator/iamport/wire.ts'
import { cacheWith, makeBuild } from '../support/builds.ts'
import { runCommand } from '../support/mainCommand.ts'
import { chanceOf } from '../support/seeded.ts'
import type { Customers } from './customers.ts'
import { inTurns } from './customers.ts'
import type { Ear } from './listening.ts'
import { allAlone } from './parts.ts'
import type { PlannedFault } from './plan.ts'
import type { World } from './world.ts'

export type Gap = { readonly fromMs: number; readonly toMs: number }
export type Tally = {
  readonly done: Map<string, number>
  /** How often a hint about an order's payments was answered with 200, by what our database must still know. */
  answered: Map<string, number>
  /** Between a dump and the end of what followed when it was put back: rows of then are lost (epoch ms). */
  readonly gaps: Gap[]
  readonly fallen: string[]
  restored: number
  /** A build that did not fit was worn: sagas that cannot go on are restarted by a person. */
  badBuilds: number
  /** Sagas that a person has restarted after one, by what came of it. */
  readonly restarts: Map<string, number>
  /** Sagas whose rows a restore has lost, ended by a person. */
  ended: number
  hints: number
}
type Deps = {
  readonly world: World
  readonly customers: Customers
  readonly ear: Ear
  readonly folder: string
  readonly now: () => number
  readonly say: (line: string) => void
}
export type Faults = {
  readonly tally: Tally
  /** Resolves when the last one is over. */
  readonly raged: Promise<void>
  /** Every switch as the facts call likeliest, every link whole. */
  heal(): Promise<void>
}

const USUAL = { webhooks: 'deliver', cancel: 'accept', reads: 'ok', wire: LIKELIEST }
const AGAIN_MS = 500
const PROCESSES = ['api0', 'api1', 'worker0', 'worker1'] as const

export function rage(deps: Deps, faults: readonly PlannedFault[]): Faults {
  const tally: Tally = {
    done: new Map(),
    answered: new Map(),
    gaps: [],
    fallen: [],
    restored: 0,
    badBuilds: 0,
    restarts: new Map(),
    ended: 0,
    hints: 0,
  }
  const { world, now } = deps
  const switches = switchboard(world)
  const acting: Acting = { ...deps, tally, switches }
  // One of the two memories after the other, in the plan's order, whatever each of them waits for.
  let losses: Promise<unknown> = Promise.resolve()
  const inTurn = async (atMs: number, work: () => Promise<void>) => {
    await pause(Math.max(0, atMs - now()))
    losses = losses.then(work)
    await losses
  }
  const one = async (fault: PlannedFault) => {
    if (fault.kind === 'restore') await goBack(acting, fault, inTurn)
    else if (fault.kind === 'forget') await inTurn(fault.atMs, () => forget(acting))
    else {
      await pause(Math.max(0, fault.atMs - now()))
      await carryOut(acting, fault)
    }
    const name = nameOf(fault)
    tally.done.set(name, (tally.done.get(name) ?? 0) + 1)
  }
  const raged = Promise.all(faults.map(one)).then(() => undefined)
  return { tally, raged, heal: () => heal(acting) }
}

function nameOf(fault: PlannedFault): string {
  if (fault.kind === 'kill' || fault.kind === 'freeze') return `${fault.kind} ${fault.part}`
  if (fault.kind === 'cut') return `cut, ${fault.how}`
  return 'as' in fault ? `${fault.kind} ${fault.as}` : fault.kind
}

type Acting = Deps & { readonly tally: Tally; readonly switches: Switchboard }
type Lasting = Exclude<PlannedFault, { kind: 'restore' | 'forget' }>

async function carryOut(acting: Acting, fault: Lasting): Promise<void> {
  const { world, ear, switches, say } = acting
  switch (fault.kind) {
    case 'kill':
      say(`kill -9 ${fault.part}`)
      return killed(acting, fault)
    case 'freeze': {
      const part = world.parts[fault.part]
      say(`SIGSTOP ${fault.part} for ${fault.forMs} ms`)
      return part.alone(async () => {
        await part.freeze()
        await pause(fault.forMs)
        await part.thaw()
      })
    }
    case 'cut': {
      const link = world.links.find(({ name }) => name === fault.link)
      say(`cut ${fault.link}, ${fault.how}, for ${fault.forMs} ms`)
      link?.cut(fault.how)
      await pause(fault.forMs)
      return link?.mend()
    }
    case 'webhooks':
    case 'cancel':
    case 'reads':
      return switches.lasting({ [fault.kind]: fault.as }, fault.forMs)
    case 'wire':
      return switches.lasting({ wire: { ...LIKELIEST, ...fault.wire } }, fault.forMs)
    case 'token':
      return switches.once({ token: 'expireNow' })
    case 'checkout':
      ear.be(fault.mood)
      await pause(fault.forMs)
      return ear.be(200)
    case 'hints':
      return hint(acting, fault)
    case 'badBuild':
      return badBuild(acting, fault.forMs)
  }
}

async function killed(
  { world, switches }: Acting,
  { part: name, downMs }: Extract<Lasting, { kind: 'kill' }>,
): Promise<void> {
  const part = world.parts[name]
  await part.alone(async () => {
    await part.kill9()
    await pause(downMs)
    await part.start()
  })
  // The simulator forgets how it was to misbehave.
  if (name === 'gateway') await switches.again()
}

type Switchboard = ReturnType<typeof switchboard>

/** The gateway’s switches as they are meant to be, told until it has heard. */
function switchboard({ shop }: World) {
  let meant: Record<string, unknown> = { ...USUAL }
  const tell = async (what: object) => {
    while (
      !(await shop.sim.control('PUT', '/faults', what).then(
        () => true,
        () => false,
      ))
    )
      await pause(AGAIN_MS)
  }
  return {
    again: () => tell(meant),
    once: (what: object) => tell(what),
    lasting: async (what: Record<string, unknown>, forMs: number) => {
      meant = { ...meant, ...what }
      await tell(what)
      await pause(forMs)
      const usual = Object.fromEntries(Object.entries(USUAL).filter(([name]) => name in what))
      meant = { ...meant, ...usual }
      await tell(usual)
    },
    heal: () => {
      meant = { ...USUAL }
      return tell(meant)
    },
  }
}

/** True ones about payments made lately, and forged ones, told apart by nothing that a receiver could believe. */
async function hint(
  { world, customers, tally }: Acting,
  { count, draw }: Extract<Lasting, { kind: 'hints' }>,
): Promise<void> {
  const chance = chanceOf(draw)
  const lately = customers.ledger.paid.slice(-20)
  const hints = Array.from({ length: count }, () => {
    const about = lately.length > 0 && chance.below(3) > 0 ? chance.pick(lately) : undefined
    const status = chance.pick(['paid', 'cancelled', 'failed', 'ready'])
    if (about) return { imp_uid: about.impUid, merchant_uid: about.merchantUid, status }
    return { imp_uid: `imp_${100_000 + chance.below(100_000)}`, merchant_uid: `nobody-${chance.below(50)}`, status }
  })
  const known = new Set(lately.map(({ merchantUid }) => merchantUid))
  await inTurns(hints, async (body) => {
    const epoch = tally.answered
    const { status } = await world.shop.call('POST', '/webhooks/iamport', body).catch(() => ({ status: 0 }))
    tally.hints += 1
    const { merchant_uid: order } = body
    if (status === 200 && known.has(order)) epoch.set(order, (epoch.get(order) ?? 0) + 1)
  })
}

type Restore = Extract<PlannedFault, { kind: 'restore' }>
type InTurn = (atMs: number, work: () => Promise<void>) => Promise<void>

/** As docs/after-a-restore.md says: everything is stopped, the dump put back, after-restore run, started, compared, released. */
async function goBack(acting: Acting, { atMs, backMs, heldMs }: Restore, inTurn: InTurn): Promise<void> {
  const { world, folder, tally, customers, now, say } = acting
  const { parts, postgres } = world
  const file = join(folder, `dump-${atMs}`)
  let [sinceMs, fromMs, answered] = [0, 0, tally.answered]
  await inTurn(atMs - backMs, () =>
    parts.postgres.alone(async () => {
      sinceMs = now()
      fromMs = Date.now()
      answered = new Map(tally.answered)
      await postgres.dump('saga', file)
      say('the database was dumped')
    }),
  )
  const putBack = () =>
    allAlone(Object.values(parts), async () => {
      for (const name of PROCESSES) await parts[name].kill9()
      await world.emptyDatabase()
      await postgres.restore('saga', file)
      // What was answered since then is gone with the rows, and nobody’s fault; later answers count again.
      tally.answered = answered
      tally.restored += 1
      customers.wentBack()
      await acting.switches.heal()
      const { code, rows, error } = await runCommand(world.environment, 'after-restore')
      if (code !== 0 && code !== 2) throw new Error(`after-restore ended with ${code}: ${error}`)
      say(`the database went back by ${Math.round(now() - sinceMs)} ms; after-restore named ${rows.length} lines`)
      await Promise.all(PROCESSES.map((name) => parts[name].start()))
    })
  await inTurn(atMs, async () => {
    await putBack()
    // From here on others may be killed again, but neither memory is lost.
    const again = await customers.askAgain(sinceMs)
    say(`the checkout asked ${again} times again`)
    await pause(heldMs)
    await until(async () =>
      [200, 409].includes((await world.shop.call('POST', '/filing/release', { reason: 'compared' })).status),
    )
    tally.gaps.push({ fromMs, toMs: Date.now() })
  })
}

/** Nothing is to be done then (docs/after-a-restore.md); the workers are restarted with the server, so that nobody waits ten minutes for its Schedules. */
async function forget({ world, say }: Acting): Promise<void> {
  const { parts } = world
  await allAlone([parts.temporal, parts.worker0, parts.worker1], async () => {
    await parts.temporal.kill9()
    await world.forgetTemporal()
    say('all that Temporal knew is thrown away')
    await parts.temporal.start()
    await Promise.all([parts.worker0, parts.worker1].map((worker) => worker.kill9().then(() => worker.start())))
  })
}

async function badBuild({ world, folder, tally, say }: Acting, forMs: number): Promise<void> {
  const { worker0, worker1 } = world.parts
  const cache = join(folder, `bad-${tally.badBuilds}`)
  mkdirSync(cache, { recursive: true })
  const wearing = { XDG_CACHE_HOME: await cacheWith(cache, 'oneMoreTimer', makeBuild) }
  await allAlone([worker0, worker1], async () => {
    tally.badBuilds += 1
    say(`a bad build for ${forMs} ms`)
    for (const more of [wearing, {}]) {
      await Promise.all(
        (['worker0', 'worker1'] as const).map(async (name) => {
          world.wear(name, more)
          await world.parts[name].kill9()
          await world.parts[name].start()
        }),
      )
      if (more === wearing) await pause(forMs)
    }
  })
}

async function heal({ world, ear, switches }: Acting): Promise<void> {
  ear.be(200)
  for (const link of world.links) link.mend()
  await switches.heal()
}

async function until(ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask().catch(() => false))) await pause(AGAIN_MS)
}
