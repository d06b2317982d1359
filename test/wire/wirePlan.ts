// Which distortions of the wire a round brings, phase by phase: chosen by its seed alone, so that
// every round can be repeated. Harmless ones must change nothing; wild ones nothing without a word.
// Must not know: stories, the shop, what a distortion does. Pure.
import type { Wire } from '../../src/simulator/iamport/wire.ts'
import { chanceOf, type Chance } from '../support/seeded.ts'

type Fields = 'omit' | 'nulls'
type Words = Omit<Wire, Fields | 'reasonLength' | 'status'>
type Lists = { readonly [Name in 'paid' | 'cancelled' | 'failed']: 'ok' | 'error500' | 'forbidden403' }

const HOUR_S = 3_600
/** Every value of a switch besides the likeliest one. */
export const VALUES = {
  history: ['empty', 'absent', 'null'],
  floats: ['noisy'],
  numbers: ['text'],
  entryIds: ['never', 'late'],
  entryOrder: ['newest', 'shuffled'],
  zeroEntry: [true],
  sameSecond: [true],
  reason: ['cut', 'replaced', 'blank', 'appended', 'prepended', 'absent'],
  times: ['milliseconds', 'text'],
  backDated: [40, HOUR_S, 30 * HOUR_S, 400 * 24 * HOUR_S],
  unseenLooks: [1, 2, 5],
  failedAt: ['zero'],
  testPayments: ['singleOnly'],
  cancelWebhooks: ['consoleOnly'],
  hints: ['form', 'multipart', 'odd'],
  // No two fit into one answer.
  customData: [700_000],
  emptyPages: ['400', '404'],
  next: ['missing'],
  total: ['missing'],
} as const satisfies { readonly [Name in keyof Words]: readonly Words[Name][] }

/** Fields that describe: money and identity hang on none of them. */
export const DESCRIBING = [
  'sandbox',
  'pg_provider',
  'paid_at',
  'failed_at',
  'fail_reason',
  'pg_tid',
  'pay_method',
  'extension',
  'cancel_history',
  'cancel_history.reason',
  'cancel_history.cancellation_id',
  'cancel_history.cancelled_at',
]
/**
 * What must make no difference at all, not even while it lasts: by facts and design nothing hangs on
 * it.
 */
export const HARMLESS: { readonly [Name in keyof Words]?: readonly Words[Name][] } = {
  floats: ['noisy'],
  numbers: ['text'],
  entryIds: ['never', 'late'],
  entryOrder: ['newest', 'shuffled'],
  zeroEntry: [true],
  sameSecond: [true],
  // The marker stays, at the front or within.
  reason: ['cut', 'appended', 'prepended'],
  times: ['milliseconds', 'text'],
  // Within what a sweep lists again.
  backDated: [40],
  failedAt: ['zero'],
  hints: ['form', 'multipart', 'odd'],
  emptyPages: ['400', '404'],
  next: ['missing'],
  total: ['missing'],
}
/** A story shows the reason of a decline and of money that moved outside; entries are the money. */
const SHOWN: ReadonlySet<string> = new Set(['fail_reason', 'cancel_history', 'cancel_history.reason'])
export const HARMLESS_FIELDS = DESCRIBING.filter((name) => !SHOWN.has(name))

/** There are many of them, so they are chosen twice as often as any other switch. */
const FIELDS = ['omit', 'nulls']
/** Of pages: no single payment has them. */
const OF_PAGES: ReadonlySet<string> = new Set(['emptyPages', 'next', 'total'])
/** From nothing to more than the longest marker. */
export const CUT_AFTER = [0, 3, 8, 16, 30]
export const CUT_BEHIND_MARKER = [44]

export type WireChange = Partial<Wire>
export type Trouble = {
  readonly reads: 'ok' | 'slow'
  /** Every read is answered so for a while, then as `reads` says. */
  readonly broken: { readonly as: 'error500' | 'forbidden403'; readonly forMs: number } | null
  readonly lists: Partial<Lists>
}
export type PhasePlan = {
  /** Of all payments. */
  readonly wire: WireChange
  /** Of some payments, on top of it. */
  readonly some: WireChange
  readonly trouble: Trouble
}
export type Plan = {
  readonly seed: number
  readonly kind: 'harmless' | 'wild'
  readonly policy: 'refund' | 'hold'
  /** The name of what becomes of webhooks. */
  readonly mode: string
  /** The gateway carries out each cancel at once. */
  readonly instant: boolean
  /** Which stories have `some`: each `every`-th, counted from `first`. */
  readonly some: { readonly every: number; readonly first: number }
  readonly phases: readonly PhasePlan[]
}

/** No story has more. */
export const PHASES = 5
const MOST_SWITCHES = 5
const NO_TROUBLE: Trouble = { reads: 'ok', broken: null, lists: {} }

/** `modes`: the names to choose from. */
export function planOf(seed: number, modes: readonly string[]): Plan {
  const chance = chanceOf(seed)
  const kind = oneIn(chance, 2) ? 'harmless' : 'wild'
  const policy = oneIn(chance, 5) ? 'hold' : 'refund'
  const mode = chance.pick(modes)
  const instant = kind === 'wild' && oneIn(chance, 6)
  const every = 2 + chance.below(3)
  const some = { every, first: chance.below(every) }
  const beginsSome = oneIn(chance, 2) ? chance.below(3) : PHASES
  const drawer = drawers[kind](chance)
  const phases: PhasePlan[] = []
  for (let number = 0; number < PHASES; number += 1) {
    const before = phases.at(-1)
    phases.push({
      wire: before ? next(chance, before.wire, drawer.ofAll) : drawer.ofAll(),
      some: someAfter(chance, before?.some ?? {}, number - beginsSome, drawer.ofSome),
      trouble: kind === 'wild' ? troubleOf(chance) : NO_TROUBLE,
    })
  }
  return { seed, kind, policy, mode, instant, some, phases }
}

const oneIn = (chance: Chance, many: number): boolean => chance.below(many) === 0

type Draw = () => WireChange

/** The same as before, for once nothing at all, or others. */
function next(chance: Chance, before: WireChange, draw: Draw): WireChange {
  const which = chance.below(4)
  if (which < 2) return before
  return which === 2 ? {} : draw()
}

function someAfter(chance: Chance, before: WireChange, since: number, draw: Draw): WireChange {
  if (since < 0) return {}
  return since === 0 ? draw() : next(chance, before, draw)
}

type Choices = {
  readonly values: ReadonlyMap<string, readonly unknown[]>
  readonly fields: readonly string[]
  readonly cutAfter: readonly number[]
}
const choices = {
  harmless: { values: new Map(Object.entries(HARMLESS)), fields: HARMLESS_FIELDS, cutAfter: CUT_BEHIND_MARKER },
  wild: { values: new Map(Object.entries(VALUES)), fields: DESCRIBING, cutAfter: CUT_AFTER },
} satisfies Record<Plan['kind'], Choices>

const drawerOf = (from: Choices) => (chance: Chance) => ({
  ofAll: () => switches(chance, from, MOST_SWITCHES, true),
  ofSome: () => switches(chance, from, 3, false),
})
const drawers = { harmless: drawerOf(choices.harmless), wild: drawerOf(choices.wild) }

/** One to `most` switches, each with one of its values. */
function switches(chance: Chance, from: Choices, most: number, withPages: boolean): WireChange {
  const names = [...FIELDS, ...FIELDS, ...from.values.keys()].filter((name) => withPages || !OF_PAGES.has(name))
  const count = 1 + chance.below(most)
  const chosen = new Set<string>()
  while (chosen.size < count) chosen.add(chance.pick(names))
  return Object.assign({}, ...[...chosen].map((name) => switched(chance, from, name)))
}

/** As the simulator takes it: `reasonLength` belongs to a reason that is cut. */
function switched(chance: Chance, { values, fields, cutAfter }: Choices, name: string): WireChange {
  if (FIELDS.includes(name)) return { [name]: some(chance, fields) }
  const value = chance.pick(values.get(name) ?? [])
  return { [name]: value, ...(value === 'cut' && { reasonLength: chance.pick(cutAfter) }) }
}

function some(chance: Chance, fields: readonly string[]): string[] {
  const count = 1 + chance.below(4)
  const chosen = new Set<string>()
  while (chosen.size < count) chosen.add(chance.pick(fields))
  return [...chosen]
}

function troubleOf(chance: Chance): Trouble {
  const broken = oneIn(chance, 8)
    ? { as: chance.pick(['error500', 'forbidden403'] as const), forMs: 1_000 + chance.below(4_000) }
    : null
  const list = chance.pick(['paid', 'cancelled', 'failed'] as const)
  const lists = oneIn(chance, 8) ? { [list]: chance.pick(['error500', 'forbidden403'] as const) } : {}
  return { reads: oneIn(chance, 10) ? 'slow' : 'ok', broken, lists }
}

/** Whether any payment of the round says nothing of its channel, live or test. */
export const hidesChannels = ({ phases }: Plan): boolean =>
  phases.some(({ wire, some: own }) =>
    [wire.omit, wire.nulls, own.omit, own.nulls].some((fields) => fields?.includes('sandbox') === true),
  )
