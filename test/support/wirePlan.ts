// Which distortions of the wire a round brings, phase by phase: chosen by its seed alone, so that
// every round can be repeated.
// Must not know: stories, the shop, what a distortion does. Pure.
import type { Wire } from '../../src/simulator/wire.ts'
import { chanceOf, type Chance } from './seeded.ts'

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
/** There are many of them, so they are chosen twice as often as any other switch. */
const FIELDS = ['omit', 'nulls']
/** Of pages: no single payment has them. */
const OF_PAGES: ReadonlySet<string> = new Set(['emptyPages', 'next', 'total'])
const CUT_AFTER = [0, 3, 8, 16, 30]

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

/** `modes`: the names to choose from. */
export function planOf(seed: number, modes: readonly string[]): Plan {
  const chance = chanceOf(seed)
  const policy = oneIn(chance, 5) ? 'hold' : 'refund'
  const mode = chance.pick(modes)
  const instant = oneIn(chance, 8)
  const every = 2 + chance.below(3)
  const some = { every, first: chance.below(every) }
  const beginsSome = oneIn(chance, 2) ? chance.below(3) : PHASES
  const phases: PhasePlan[] = []
  for (let number = 0; number < PHASES; number += 1) {
    const before = phases.at(-1)
    phases.push({
      wire: before ? next(chance, before.wire, true) : switches(chance, MOST_SWITCHES, true),
      some: someAfter(chance, before?.some ?? {}, number - beginsSome),
      trouble: troubleOf(chance),
    })
  }
  return { seed, policy, mode, instant, some, phases }
}

const oneIn = (chance: Chance, many: number): boolean => chance.below(many) === 0

/** The same as before, for once nothing at all, or others. */
function next(chance: Chance, before: WireChange, withPages: boolean): WireChange {
  const which = chance.below(4)
  if (which < 2) return before
  return which === 2 ? {} : switches(chance, MOST_SWITCHES, withPages)
}

function someAfter(chance: Chance, before: WireChange, since: number): WireChange {
  if (since < 0) return {}
  return since === 0 ? switches(chance, 3, false) : next(chance, before, false)
}

/** One to `most` switches, each with one of its values. */
function switches(chance: Chance, most: number, withPages: boolean): WireChange {
  const names = [...FIELDS, ...FIELDS, ...Object.keys(VALUES)].filter((name) => withPages || !OF_PAGES.has(name))
  const count = 1 + chance.below(most)
  let change: WireChange = {}
  while (Object.keys(change).length < count) change = { ...change, ...switched(chance, chance.pick(names)) }
  return change
}

/** As the simulator takes it: `reasonLength` belongs to a reason that is cut. */
function switched(chance: Chance, name: string): WireChange {
  if (name === 'omit' || name === 'nulls') return { [name]: fields(chance) }
  const value = chance.pick<unknown>(new Map<string, readonly unknown[]>(Object.entries(VALUES)).get(name) ?? [])
  return { [name]: value, ...(value === 'cut' && { reasonLength: chance.pick(CUT_AFTER) }) }
}

function fields(chance: Chance): string[] {
  const count = 1 + chance.below(4)
  const chosen = new Set<string>()
  while (chosen.size < count) chosen.add(chance.pick(DESCRIBING))
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
