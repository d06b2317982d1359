// Rounds can be repeated: the same seed gives the same plan; and rounds leave nothing out: some
// seed reaches every value of every switch.
// Must not know: stories, what a distortion does.
import { expect, test } from 'vitest'
import {
  CUT_AFTER,
  CUT_BEHIND_MARKER,
  DESCRIBING,
  HARMLESS,
  HARMLESS_FIELDS,
  PHASES,
  planOf,
  VALUES,
  type Plan,
  type WireChange,
} from './wirePlan.ts'

const MODES = ['delivered', 'late', 'lost']
/** So many rounds in a row leave nothing out. */
const ROUNDS = 3_000
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
const everyValue = (values: object, fields: readonly string[]): readonly string[] => [
  ...Object.entries(values).flatMap(([name, some]) => [some].flat().map((value) => `${name}: ${value}`)),
  ...['omit', 'nulls'].flatMap((name) => fields.map((field) => `${name}: ${field}`)),
]
const OF_PAGES = /^(emptyPages|next|total): /

test('the same seed gives the same plan, and another one another', () => {
  expect(planOf(4711, MODES)).toEqual(planOf(4711, MODES))
  expect(new Set(plans.map((plan) => JSON.stringify({ ...plan, seed: 0 }))).size).toBe(ROUNDS)
})

test.each([
  { kind: 'wild', values: { ...VALUES, reasonLength: CUT_AFTER }, fields: DESCRIBING },
  { kind: 'harmless', values: { ...HARMLESS, reasonLength: CUT_BEHIND_MARKER }, fields: HARMLESS_FIELDS },
])('$kind rounds reach every value of every switch, for all payments and for some', ({ kind, values, fields }) => {
  const phases = plans.filter((plan) => plan.kind === kind).flatMap((plan) => plan.phases)
  const all = [...valuesIn(phases.map(({ wire }) => wire))]
  const every = everyValue(values, fields)
  expect(all.toSorted(byName)).toEqual(every.toSorted(byName))
  const some = [...valuesIn(phases.map((phase) => phase.some))]
  expect(some.toSorted(byName)).toEqual(every.filter((value) => !OF_PAGES.test(value)).toSorted(byName))
})
const byName = (a: string, b: string): number => (a < b ? -1 : 1)

test('every trouble, mode and policy is reached, and a plain wire too', () => {
  const reached = (of: (plan: Plan) => unknown) => new Set(plans.map(of))
  expect(reached(({ mode }) => mode)).toEqual(new Set(MODES))
  expect(reached(({ kind }) => kind)).toEqual(new Set(['harmless', 'wild']))
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
