// However the gateway writes, a story of an order's money ends the same, or a person has been told:
// never a silent difference.
// Must not know: what a distortion does. One round is one plan; its seed is printed before it, and
// repeats it.
import { describe, expect } from 'vitest'
import { openCheckout } from '../support/checkout.ts'
import { disguise, disturb, elevenMinutesPass, heal } from './distortions.ts'
import { lookAgainTwice } from './lookedAgain.ts'
import { shopTest, type OwnShop } from '../support/shop.ts'
import { endingsOf, MODES, opened, settled, tell, valueOf, type Mode, type Story } from '../support/stories.ts'
import { toldAtOnce } from '../support/storyActs.ts'
import { findingsOf } from './storyCompare.ts'
import { tellDistorted, type Telling } from './storyDistorted.ts'
import { STORIES_OF_BUYERS } from '../support/storyTable.ts'
import { STORIES_HELD, STORIES_OUTSIDE } from '../support/storyTableOutside.ts'
import { STORIES_IN_PARTS } from './storyTableParts.ts'
import { hidesChannels, planOf, type Plan } from './wirePlan.ts'

/** Of the round that every run of the tests has. */
const USUAL_SEED = 1
const ROUND_MS = 1_200_000
const ENVIRONMENT = { CANCEL_TIMEOUT: '25s', APPROVAL_LIMIT: '', PARTIAL_REFUNDS: 'yes' }
const checkout = await openCheckout()

const plans = seeds().map((seed) =>
  planOf(
    seed,
    MODES.map(({ name }) => name),
  ),
)

/**
 * `npm run test:wire` says how many rounds there are, and from which seed on; else the usual one,
 * and one more where a seed is given.
 */
function seeds(): readonly number[] {
  const { WIRE_ROUNDS: rounds, WIRE_SEED: seed } = process.env
  if (rounds !== undefined) return Array.from({ length: Number(rounds) }, (_, index) => Number(seed ?? 1) + index)
  return [...new Set([USUAL_SEED, ...(seed === undefined ? [] : [Number(seed)])])]
}

const groups = [
  { policy: 'refund', stories: [...STORIES_OF_BUYERS, ...STORIES_OUTSIDE, ...STORIES_IN_PARTS] },
  { policy: 'hold', stories: [...STORIES_HELD, ...STORIES_IN_PARTS] },
] as const

describe.each(
  groups.flatMap((group) => {
    const own = plans.filter(({ policy }) => policy === group.policy)
    return own.length === 0 ? [] : [{ ...group, own }]
  }),
)('where a second payment is under the policy $policy', ({ policy, stories, own }) => {
  const test = shopTest({ ...checkout.environment, SECOND_PAYMENT_POLICY: policy, ...ENVIRONMENT })

  for (const plan of own)
    test(`round ${plan.seed}, ${plan.kind}, webhooks ${plan.mode}`, { timeout: ROUND_MS }, async ({ shop }) => {
      process.stdout.write(`${repeated(plan)}\n${JSON.stringify(plan)}\n`)
      await (plan.kind === 'harmless' ? harmlessly : wildly)(shop, plan, stories)
      expect(checkout.forged()).toEqual([])
    })
})

/** The same, word for word, while the wire is distorted. */
async function harmlessly(shop: OwnShop, plan: Plan, stories: readonly Story[]): Promise<void> {
  const tellable = hidesChannels(plan) ? stories.filter(({ channels }) => channels !== true) : stories
  const mode = modeOf(plan)
  const tales = await tell(shop, mode, tellable, async (number, tales, moment) => {
    const phase = plan.phases[number]
    if (!phase) throw new RangeError(`no plan for phase ${number + 1}`)
    // What the phase before has settled, on that phase's wire.
    if (moment === 'before' && number > 0) await lookAgainTwice(shop, tales)
    await elevenMinutesPass(shop)
    await disturb(shop, plan, phase, mode)
    await disguise(tales, plan, phase)
  })
  await lookAgainTwice(shop, tales)
  await settled(shop)
  const typed = tales.map((tale) => [tale.story.name, valueOf(tale.story.ends, tale)])
  expect(await endingsOf(tales, checkout), repeated(plan)).toEqual(Object.fromEntries(typed))
  await heal(shop, tales)
}

/** The same in the end, on a wire that is as it should be; or a person has been told. */
async function wildly(shop: OwnShop, plan: Plan, stories: readonly Story[]): Promise<void> {
  await shop.sim.faults({ webhooks: 'deliver' })
  const tales = await opened(shop, plan.instant ? atOnce(stories) : stories)
  const tellings = await tellDistorted(shop, plan, modeOf(plan), tales)
  const { wrong, told } = await findingsOf(shop, tellings, { checkout, instant: plan.instant })
  process.stdout.write(summary(tellings, wrong, told))
  expect(wrong, repeated(plan)).toEqual([])
}

function modeOf({ mode }: Plan): Mode {
  const found = MODES.find(({ name }) => name === mode)
  if (!found) throw new RangeError(`there is no mode ${mode}`)
  return found
}

const repeated = ({ seed }: Plan) => `To repeat this round: npm run test:wire -- --rounds 1 --seed ${seed}`
const summary = (tellings: readonly Telling[], wrong: readonly string[], told: readonly string[]): string => {
  const stopped = tellings.filter(({ notes }) => notes.length > 0).length
  const counts = `${tellings.length} stories, ${stopped} had to wait for a plain wire, ${told.length} ended otherwise and a person was told, ${wrong.length} are wrong`
  return `${[counts, ...told, ...wrong.map((text) => `WRONG ${text}`)].join('\n')}\n`
}
const atOnce = (stories: readonly Story[]) => stories.filter(({ waits }) => waits !== true).map(toldAtOnce)
