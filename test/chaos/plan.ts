// What a run will do: every order with its refunds, and every fault with its moment, drawn from the seed alone.
// Must not know: processes, clocks. Pure. What becomes of it hangs on the machine; the plan does not.
import { HARMLESS, planOf, type WireChange } from '../wire/wirePlan.ts'
import { chanceOf, type Chance } from '../support/seeded.ts'
import { CUTS, type Cut } from './links.ts'
import { PART_NAMES, type PartName } from './parts.ts'

export type Asked = { readonly orders: number; readonly minutes: number; readonly seed: number }

/** How people at Paymentwall treat the tickets of a payment; null: they never come to them. */
export type Ending = { readonly ending: string; readonly afterMs: number } | null
export type PlannedRefund = {
  readonly refundId: string
  /** null: all that is left. */
  readonly amount: number | null
  readonly afterMs: number
}
export type PlannedOrder = {
  readonly merchantUid: string
  readonly atMs: number
  readonly amount: number
  readonly buyer: 'pays' | 'declinedFirst' | 'reviewed' | 'paysTwice' | 'paysLess'
  readonly method: string
  readonly ending: Ending
  readonly refunds: readonly PlannedRefund[]
  /** Somebody cancels so much in the console, and asked nobody. */
  readonly console: number | null
}

export type PlannedFault = { readonly atMs: number } & (
  | { readonly kind: 'kill'; readonly part: PartName; readonly downMs: number }
  | { readonly kind: 'freeze'; readonly part: PartName; readonly forMs: number }
  | { readonly kind: 'cut'; readonly link: string; readonly how: Cut; readonly forMs: number }
  | { readonly kind: 'webhooks' | 'cancel' | 'reads'; readonly as: string; readonly forMs: number }
  | { readonly kind: 'token' }
  | { readonly kind: 'wire'; readonly wire: WireChange; readonly forMs: number }
  | { readonly kind: 'checkout'; readonly mood: number | 'silent'; readonly forMs: number }
  | { readonly kind: 'hints'; readonly count: number; readonly draw: number }
  /** The database goes back to what it was so long before. */
  | { readonly kind: 'restore'; readonly backMs: number; readonly heldMs: number }
  /** All that Temporal knows is thrown away. */
  | { readonly kind: 'forget' }
  | { readonly kind: 'badBuild'; readonly forMs: number }
)
export type Plan = Asked & {
  readonly orders: number
  readonly sales: readonly PlannedOrder[]
  readonly faults: readonly PlannedFault[]
}

const MINUTE_MS = 60_000
/** So much of the time orders come and faults fall; the rest is for what they began. */
const STORM = 0.9
/** A hundred and more in the usual run of 75 minutes: more often, and nothing is up for long enough to be tried. */
const KILLS_A_MINUTE = 1.5
/** A dump is older than this only by what it waits for. */
const MOST_BACK_MS = 90_000

export function planRun({ orders, minutes, seed }: Asked): Plan {
  const stormMs = minutes * MINUTE_MS * STORM
  // Of their own, so that one more kind of fault leaves the orders as they are.
  const sales = salesOf(chanceOf(seed), { orders, stormMs, seed })
  const faults = faultsOf(chanceOf(seed + 1), { minutes, stormMs })
  return { orders, minutes, seed, sales, faults: faults.toSorted((one, other) => one.atMs - other.atMs) }
}

function weighted<T>(chance: Chance, table: readonly (readonly [weight: number, value: T])[]): T {
  const drawn = chance.below(table.reduce((sum, [weight]) => sum + weight, 0))
  let passed = 0
  for (const [weight, value] of table) {
    passed += weight
    if (drawn < passed) return value
  }
  throw new RangeError('there is nothing to choose from')
}

const BUYERS = [
  [88, 'pays'],
  [4, 'declinedFirst'],
  [3, 'reviewed'],
  [3, 'paysTwice'],
  [2, 'paysLess'],
] as const
const METHODS = [
  [90, 'card'],
  [7, 'paypal'],
  [3, 'mobilegateway'],
] as const
const ENDINGS = [
  [74, 'full'],
  [5, 'withoutRefundId'],
  [5, 'timeoutAfterFiling'],
  [3, 'partial'],
  [2, 'doneTwice'],
  [4, 'silentRefusal'],
  [2, 'chargebackFirst'],
  [2, 'result0'],
  [2, 'html502'],
  [1, null],
] as const

function salesOf(chance: Chance, { orders, stormMs, seed }: { orders: number; stormMs: number; seed: number }) {
  return Array.from({ length: orders }, (_, index): PlannedOrder => {
    const merchantUid = `c${seed}-${index}`
    // Round to a hundred won, and so that three parts of it are whole.
    const amount = 3_000 + 300 * chance.below(200)
    const ending = weighted(chance, ENDINGS)
    return {
      merchantUid,
      // The last of them have time for what is asked of them.
      atMs: Math.floor((index / orders) * stormMs * 0.9) + chance.below(2_000),
      amount,
      buyer: weighted(chance, BUYERS),
      method: weighted(chance, METHODS),
      ending: ending === null ? null : { ending, afterMs: 2_000 + chance.below(20_000) },
      refunds: refundsOf(chance, merchantUid, amount),
      console: chance.below(50) === 0 ? amount / 3 : null,
    }
  })
}

/** None, all, one part, two parts, or parts until nothing is left. */
function refundsOf(chance: Chance, merchantUid: string, amount: number): readonly PlannedRefund[] {
  const third = amount / 3
  const amounts = weighted<readonly (number | null)[]>(chance, [
    [25, []],
    [40, [null]],
    [10, [third]],
    [15, [third, third]],
    [10, [third, third, null]],
  ])
  return amounts.map((part, index) => ({
    refundId: `${merchantUid}-r${index + 1}`,
    amount: part,
    afterMs: chance.below(4_000),
  }))
}

const LINKS = [
  ...(['api0', 'api1', 'worker0', 'worker1'] as const).flatMap((name) =>
    ['postgres', 'temporal', 'gateway'].map((to) => `${name}–${to}`),
  ),
  'gateway–api',
]
/** What each of the gateway's switches is set to for a while. */
const SWITCHED = {
  webhooks: ['drop', 'delay', 'duplicate', 'reorder'],
  cancel: ['lostAnswer', 'timeoutBefore', 'error500', 'error500After', 'refuse', 'instant'],
  reads: ['slow', 'error500', 'forbidden403'],
} as const

function faultsOf(chance: Chance, { minutes, stormMs }: { minutes: number; stormMs: number }): readonly PlannedFault[] {
  const at = () => chance.below(stormMs)
  const some = (from: number, to: number) => from + chance.below(to - from)
  const times = (aMinute: number) => Math.ceil(aMinute * minutes)
  const many = (aMinute: number, make: () => PlannedFault) => Array.from({ length: times(aMinute) }, make)
  const switched = (kind: keyof typeof SWITCHED) => (): PlannedFault => ({
    atMs: at(),
    kind,
    as: chance.pick<string>(SWITCHED[kind]),
    forMs: some(2_000, 12_000),
  })
  return [
    ...killsOf(chance, times(KILLS_A_MINUTE), at),
    ...many(0.3, () => ({ atMs: at(), kind: 'freeze', part: chance.pick(PART_NAMES), forMs: some(1_000, 25_000) })),
    ...many(0.6, () => {
      return { atMs: at(), kind: 'cut', link: chance.pick(LINKS), how: chance.pick(CUTS), forMs: some(1_000, 20_000) }
    }),
    ...many(1, switched('webhooks')),
    ...many(0.5, switched('cancel')),
    ...many(0.4, switched('reads')),
    ...many(0.3, () => ({ atMs: at(), kind: 'token' })),
    ...many(0.7, () => ({ atMs: at(), kind: 'wire', wire: harmlessWire(chance), forMs: some(5_000, 30_000) })),
    ...many(0.4, () => {
      return {
        atMs: at(),
        kind: 'checkout',
        mood: chance.pick([500, 429, 'silent'] as const),
        forMs: some(1_000, 10_000),
      }
    }),
    ...many(3, () => ({ atMs: at(), kind: 'hints', count: some(20, 120), draw: chance.below(2 ** 31) })),
    ...lossesOf(chance, minutes, stormMs),
    ...many(0.04, () => ({ atMs: at(), kind: 'badBuild', forMs: some(8_000, 20_000) })),
  ]
}

/** Every part in turn, shuffled anew for each round: none is left out, and nobody knows who is next. */
function killsOf(chance: Chance, count: number, at: () => number): readonly PlannedFault[] {
  const kills: PlannedFault[] = []
  let round: PartName[] = []
  while (kills.length < Math.max(count, PART_NAMES.length)) {
    if (round.length === 0) round = [...PART_NAMES]
    const [part = 'api0'] = round.splice(chance.below(round.length), 1)
    kills.push({ atMs: at(), kind: 'kill', part, downMs: chance.below(3) === 0 ? 1_000 + chance.below(8_000) : 0 })
  }
  return kills
}

/**
 * One of the two memories is lost at a time (docs/after-a-restore.md): the time is cut into parts, and in each either the database
 * goes back by less than the part has run, or Temporal is lost.
 */
function lossesOf(chance: Chance, minutes: number, stormMs: number): readonly PlannedFault[] {
  const count = Math.max(minutes >= 2 ? 2 : 0, Math.round(minutes / 12))
  const partMs = stormMs / Math.max(count, 1)
  const firstIs = chance.below(2)
  return Array.from({ length: count }, (_, index): PlannedFault => {
    const atMs = Math.floor(index * partMs + partMs * (0.6 + chance.below(200) / 1_000))
    if (index % 2 !== firstIs) return { atMs, kind: 'forget' }
    const backMs = Math.min(MOST_BACK_MS, Math.floor(partMs * (0.1 + chance.below(300) / 1_000)))
    return { atMs, kind: 'restore', backMs, heldMs: 2_000 + chance.below(8_000) }
  })
}

/** What by facts and design makes no difference, so that all books must agree at the end without a person. */
function harmlessWire(chance: Chance): WireChange {
  for (;;) {
    const { kind, phases } = planOf(chance.below(2 ** 31), ['deliver'])
    const wire = phases[0]?.wire
    if (
      kind === 'harmless' &&
      wire &&
      Object.keys(wire).every((name) => name in HARMLESS || ['omit', 'nulls', 'reasonLength'].includes(name))
    )
      return wire
  }
}
