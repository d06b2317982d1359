// The same stories told under a plan of distortions: what cannot be seen yet waits, then the wire
// is as it should be and all is told to its end.
// Must not know: how stories ought to end, which plan it is. Nothing here fails for what the
// program does; that is compared afterwards.
import { expect } from 'vitest'
import { disguise, disturb, heal } from './distortions.ts'
import { lookAgainTwice } from './lookedAgain.ts'
import type { OwnShop } from '../support/shop.ts'
import { happens, refundsOf, settled, shown, valueOf, type Mode, type Phase, type Tale } from '../support/stories.ts'
import { sweepNow } from '../support/sweepNow.ts'
import type { PhasePlan, Plan } from './wirePlan.ts'

/** A story under way: what of it is left, and what did not come as it should have. */
export type Telling = { readonly tale: Tale; left: readonly Phase[]; behind: boolean; readonly notes: string[] }

/**
 * A phase is given up once no story has shown anything new for so long; and in any case after the
 * longer time.
 */
const USUAL = { quietMs: 5_000, longestMs: 25_000 }
/**
 * What a gateway that is slow, or was broken, adds to both: a failed look is tried again after 5 s,
 * then after 10 s.
 */
const SLOW_MS = 7_000
const RETRIED_MS = 11_000

function patienceIn({ trouble: { reads, broken } }: PhasePlan): typeof USUAL {
  const more = (reads === 'slow' ? SLOW_MS : 0) + (broken ? broken.forMs + RETRIED_MS : 0)
  return { quietMs: USUAL.quietMs + more, longestMs: USUAL.longestMs + more }
}
/**
 * On a wire that is as it should be: a look that failed is tried again after some seconds, at
 * first.
 */
const HEALED = { quietMs: 20_000, longestMs: 120_000 }
/** Its next try has its time, which comes. */
const IS_TRIED_AGAIN = / requested \d/

export async function tellDistorted(
  shop: OwnShop,
  plan: Plan,
  mode: Mode,
  tales: readonly Tale[],
): Promise<readonly Telling[]> {
  const all = tales.map((tale): Telling => ({ tale, left: tale.story.phases, behind: false, notes: [] }))
  for (const [number, phase] of plan.phases.entries()) await tellPhase(shop, plan, phase, number, mode, all)
  await heal(shop, tales)
  await sweepNow(shop)
  await Promise.all(all.map((telling) => tellTheRest(telling)))
  await sweepNow(shop)
  await Promise.all(all.map((telling) => recheck(telling)))
  await settled(shop)
  return all
}

async function tellPhase(
  shop: OwnShop,
  plan: Plan,
  phase: PhasePlan,
  number: number,
  mode: Mode,
  all: readonly Telling[],
): Promise<void> {
  const now = all.filter((telling) => isNext(telling, number))
  const tales = all.map(({ tale }) => tale)
  await disturb(shop, plan, phase, mode)
  await disguise(tales, plan, phase)
  await Promise.all(now.map((telling) => begin(telling, mode)))
  await disguise(tales, plan, phase)
  if (mode.sweeps || now.some(({ tale }) => tale.story.phases[number]?.sweeps)) await sweepIfPossible(shop)
  await whileNews(now, patienceIn(phase))
  for (const telling of now) if (telling.behind) note(telling, number, 'not shown while the wire was distorted')
  await lookAgainTwice(shop, tales)
}

/**
 * It has not been left behind before, or what comes now may happen before anybody here has seen
 * what came before.
 */
const isNext = ({ tale: { story }, left, behind }: Telling, number: number): boolean =>
  left.length > 0 && left[0] === story.phases[number] && (!behind || left[0]?.blind === true)

const note = ({ tale: { story }, notes }: Telling, number: number, what: string) =>
  notes.push(`phase ${number + 1} of ${story.phases.length}: ${what}`)

/**
 * What happens next in the story; where it cannot happen yet the story stops here and is told on
 * when all can be seen.
 */
async function begin(telling: Telling, mode: Mode): Promise<void> {
  const { tale, left } = telling
  const [phase, ...rest] = left
  if (!phase) return
  telling.behind = true
  try {
    await happens(tale, phase, mode)
    telling.left = rest
  } catch (error) {
    telling.notes.push(`could not happen while the wire was distorted: ${saidBy(error)}`)
  }
}

const saidBy = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 300)

/** Lists that fail may keep a run trying for long: the stories do not wait for it. */
const sweepIfPossible = (shop: OwnShop) => sweepNow(shop).catch((error: unknown) => void saidBy(error))

/** Until each story shows what its last phase brings, or nothing new has come for a while. */
async function whileNews(
  tellings: readonly Telling[],
  { quietMs, longestMs }: { quietMs: number; longestMs: number },
): Promise<void> {
  const began = performance.now()
  let newsAt = began
  let last = ''
  while (performance.now() - newsAt < quietMs && performance.now() - began < longestMs) {
    const waiting = tellings.filter(({ behind }) => behind)
    if (waiting.length === 0) return
    const lines = await Promise.all(waiting.map((telling) => see(telling)))
    const seen = lines.join('\n')
    if (seen !== last || IS_TRIED_AGAIN.test(seen)) newsAt = performance.now()
    last = seen
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function see(telling: Telling): Promise<string> {
  const { tale, left } = telling
  const done = tale.story.phases[tale.story.phases.length - left.length - 1]
  const line = await shown(tale)
  if (done && line === valueOf(done.shows, tale)) telling.behind = false
  return line
}

/**
 * What is left of the story, on a wire that is as it should be. What does not come even so is for
 * the comparison.
 */
async function tellTheRest(telling: Telling): Promise<void> {
  const { tale } = telling
  const delivered: Mode = { name: 'delivered', webhooks: 'deliver' }
  if (telling.behind) await catchUp(telling)
  while (telling.left.length > 0 && !telling.behind) {
    const number = tale.story.phases.length - telling.left.length
    const sweeps = telling.left[0]?.sweeps === true
    await begin(telling, delivered)
    if (sweeps) await sweepIfPossible(tale.shop)
    await catchUp(telling)
    if (telling.behind) note(telling, number, 'not shown on a wire that is as it should be')
  }
}

async function catchUp(telling: Telling): Promise<void> {
  await whileNews([telling], { quietMs: 3_000, longestMs: 6_000 })
  if (!telling.behind) return
  await recheck(telling)
  await whileNews([telling], HEALED)
}

/**
 * As a person may ask for it, of the order, its refunds and its strays; one that does not exist
 * answers 404.
 */
async function recheck({ tale }: Pick<Telling, 'tale'>): Promise<void> {
  const { shop, merchantUid, refs } = tale
  const paths = [
    `/payments/${merchantUid}`,
    ...(await refundsOf(tale)).map(({ refundId }) => `/refunds/${refundId}`),
    ...refs.map((ref) => `/strays/iamport/main/${ref}`),
  ]
  for (const path of paths) {
    const { status } = await shop.call('POST', `${path}/recheck`, {})
    expect([200, 404, 409, 503], `recheck of ${path}`).toContain(status)
  }
}
