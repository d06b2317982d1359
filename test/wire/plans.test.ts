// Rounds can be repeated: the same seed gives the same plan; and rounds leave nothing out: some
// seed reaches every value of every switch.
// Must not know: stories, what a distortion does.
import { expect, test } from 'vitest'
import { DESCRIBING, PHASES, planOf, VALUES, type Plan, type WireChange } from '../support/wirePlan.ts'

const MODES = ['delivered', 'late', 'lost']
/** So many rounds in a row leave nothing out. */
const ROUNDS = 400
const plans = Array.from({ length: ROUNDS }, (_, seed) => planOf(seed, MODES))
const phases = plans.flatMap((plan) => plan.phases)

const valuesIn = (changes: readonly WireChange[]): ReadonlySet<string> =>
  new Set(
    changes.flatMap((change) =>
      Object.entries(change).flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).map((each) => `${name}: ${each}`),
      ),
    ),
  )
const EVERY_VALUE = [
  ...Object.entries(VALUES).flatMap(([name, values]) => values.map((value) => `${name}: ${value}`)),
  ...['omit', 'nulls'].flatMap((name) => DESCRIBING.map((field) => `${name}: ${field}`)),
]
const OF_PAGES = /^(emptyPages|next|total): /

test('the same seed gives the same plan, and another one another', () => {
  expect(planOf(4711, MODES)).toEqual(planOf(4711, MODES))
  expect(new Set(plans.map((plan) => JSON.stringify({ ...plan, seed: 0 }))).size).toBe(ROUNDS)
})

test('every value of every switch is reached, for all payments and for some', () => {
  const all = valuesIn(phases.map(({ wire }) => wire))
  expect(EVERY_VALUE.filter((value) => !all.has(value))).toEqual([])
  const some = valuesIn(phases.map((phase) => phase.some))
  const ofPayments = EVERY_VALUE.filter((value) => !OF_PAGES.test(value))
  expect(ofPayments.filter((value) => !some.has(value))).toEqual([])
  expect([...some].filter((value) => OF_PAGES.test(value))).toEqual([])
})

test('every trouble, mode and policy is reached, and a plain wire too', () => {
  const reached = (of: (plan: Plan) => unknown) => new Set(plans.map(of))
  expect(reached(({ mode }) => mode)).toEqual(new Set(MODES))
  expect(reached(({ policy }) => policy)).toEqual(new Set(['hold', 'refund']))
  expect(reached(({ instant }) => instant)).toEqual(new Set([false, true]))
  const troubles = phases.map(({ trouble }) => trouble)
  expect(troubles.some(({ reads }) => reads === 'slow')).toBe(true)
  expect(new Set(troubles.map(({ broken }) => broken?.as))).toEqual(new Set([undefined, 'error500', 'forbidden403']))
  const lists = new Set(troubles.flatMap((trouble) => Object.entries(trouble.lists).map((entry) => entry.join(' '))))
  expect(lists.size).toBe(6)
  expect(phases.some(({ wire }) => Object.keys(wire).length === 0)).toBe(true)
})

test('a round begins with one to five switches, and may change them from phase to phase', () => {
  for (const plan of plans) {
    expect(plan.phases).toHaveLength(PHASES)
    const names = Object.keys(plan.phases[0]?.wire ?? {}).filter((name) => name !== 'reasonLength')
    expect(names.length, `seed ${plan.seed}`).toBeGreaterThanOrEqual(1)
    expect(names.length, `seed ${plan.seed}`).toBeLessThanOrEqual(5)
  }
  expect(
    plans.filter(({ phases: [first, ...later] }) => later.some(({ wire }) => wire !== first?.wire)).length,
  ).toBeGreaterThan(ROUNDS / 2)
})
