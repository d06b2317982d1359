// Each webhook may be lost, doubled, late or forged: the same stories of an order's money end the same, whatever becomes of what the gateway tells.
// Must not know: what the stories are; support/storyTable.ts and storyTableOutside.ts type them, each with its one ending.
import { describe, expect } from 'vitest'
import { disagreements } from '../support/agreement.ts'
import { openCheckout } from '../support/checkout.ts'
import { shopTest } from '../support/shop.ts'
import { endingsOf, MODES, tell, tellTooLate, valueOf, type Tale } from '../support/stories.ts'
import { STORIES_OF_BUYERS } from '../support/storyTable.ts'
import { STORIES_HELD, STORIES_OUTSIDE } from '../support/storyTableOutside.ts'

const CANCEL = 'POST /payments/cancel'
const LONG_MS = 900_000
/** A machine under load may answer late: that an answer was lost is no part of these stories. */
const PATIENT = { CANCEL_TIMEOUT: '25s', APPROVAL_LIMIT: '' }
const checkout = await openCheckout()

const told = (tales: readonly Tale[]) =>
  Object.fromEntries(tales.map((tale) => [tale.story.name, valueOf(tale.story.ends, tale)]))
const cancelsOf = (tales: readonly Tale[]): number => tales.reduce((sum, { story }) => sum + story.cancels, 0)

describe.each([
  { policy: 'refund', stories: [...STORIES_OF_BUYERS, ...STORIES_OUTSIDE], agree: true },
  // Its desk has tickets that no refund of ours asked for, and money of orders that are none of ours.
  { policy: 'hold', stories: STORIES_HELD, agree: false },
])('where a second payment is under the policy $policy', ({ policy, stories, agree }) => {
  const test = shopTest({ ...checkout.environment, SECOND_PAYMENT_POLICY: policy, ...PATIENT })

  for (const mode of MODES)
    test(`webhooks ${mode.name}: every story ends as it should`, { timeout: LONG_MS }, async ({ shop, sim }) => {
      const cancels = await sim.callsOf(CANCEL)
      const tales = await tell(shop, mode, stories)

      expect(await endingsOf(tales, checkout)).toEqual(told(tales))
      expect((await sim.callsOf(CANCEL)) - cancels).toBe(cancelsOf(tales))
      expect(checkout.forged()).toEqual([])
      if (agree) expect(await disagreements(shop.db, shop)).toEqual([])
      if (!mode.sweeps) return

      const { before, after, looks } = await tellTooLate(shop, tales)
      expect(after, 'webhooks that come when all is over move nothing').toEqual(before)
      expect(await endingsOf(tales, checkout)).toEqual(told(tales))
      const hints = tales.flatMap((tale) => tale.hints)
      expect(looks).toBeGreaterThanOrEqual(new Set(hints.map((hint) => hint.imp_uid)).size)
      expect(looks).toBeLessThanOrEqual(hints.length)
    })
})
