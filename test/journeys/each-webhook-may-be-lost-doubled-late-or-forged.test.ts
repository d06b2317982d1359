// Each webhook may be lost, doubled, late or forged: the same stories of an order's money end the same, whatever becomes of what the gateway tells, at whichever gateway.
// Must not know: what the stories are; support/storyTable.ts and storyTableOutside.ts type them, each with its one ending.
import { describe, expect, test as plain } from 'vitest'
import { disagreements } from '../support/agreement.ts'
import { openCheckout } from '../support/checkout.ts'
import { onPostgres } from '../support/database.ts'
import { shopTest, type OwnShop } from '../support/shop.ts'
import {
  endingsOf,
  MODES,
  PAID_AT,
  tell,
  tellTooLate,
  valueOf,
  type Mode,
  type PaidAt,
  type Story,
  type Tale,
} from '../support/stories.ts'
import { STORIES_OF_BUYERS } from '../support/storyTable.ts'
import { STORIES_HELD, STORIES_OUTSIDE } from '../support/storyTableOutside.ts'

const CANCELS: Readonly<Record<PaidAt, string>> = {
  'iamport/main': 'POST /payments/cancel',
  'paymentwall/main': 'POST /developers/api/ticket',
  'portone/main': 'V2 POST /payments/:paymentId/cancel',
}
const LONG_MS = 900_000
/** A machine under load may answer late: that an answer was lost is no part of these stories. */
const PATIENT = { CANCEL_TIMEOUT: '25s', APPROVAL_LIMIT: '' }
const checkout = await openCheckout()

const NO_DECLINE = 'it tells nobody of a decline, and shows none'
const NO_AMOUNT = "no pingback names an amount: the widget is signed for the order's own"
/** Stories that Paymentwall itself cannot bring about, and why. */
const CANNOT_ITSELF: Readonly<Record<string, string>> = {
  'a refund by PayPal is done at once': 'its answer is a ticket, always: the money follows by a pingback',
  'a decline is found when the buyer comes back': NO_DECLINE,
  'attempt 1 is declined, attempt 2 paid, attempt 1 approved later': NO_DECLINE,
  'a declined attempt is approved after the sale was closed': NO_DECLINE,
  'USD 1 paid for an order of USD 100, refunded, its ticket refused': NO_AMOUNT,
  'dollars for an order in won': NO_AMOUNT,
  'money for an order that nobody opened': 'it has no list: what is signed for an unknown order waits for a person',
}
const ONE_SUCCEEDS = 'of several attempts one may succeed: its window refuses an order that is paid'
/** And those that PortOne's V2 cannot. */
const CANNOT_AT_V2: Readonly<Record<string, string>> = {
  'an order that is paid twice': ONE_SUCCEEDS,
  'a second payment is held until a person gives it back': ONE_SUCCEEDS,
}
const CANNOT: Readonly<Record<PaidAt, Readonly<Record<string, string>>>> = {
  'iamport/main': {},
  'paymentwall/main': CANNOT_ITSELF,
  'portone/main': CANNOT_AT_V2,
}
/** It has no list, so what is lost for ever is a person's to find (paymentwall-itself-…). */
const tellsAt = (gateway: PaidAt, { sweeps }: Mode): boolean => gateway !== 'paymentwall/main' || sweeps !== true
/**
 * On Postgres every story is told in every way at every gateway. On the embedded database, which does its work in the test's own
 * process, each is told in two of the six ways, at one gateway each, in turn; those that are alike and stand together are told in
 * others. What became of a webhook, and which gateway sent it, is nothing that a database knows.
 */
const WAYS_OF_A_STORY = [0, 3]
function toldAt(gateway: PaidAt, stories: readonly Story[], number: number): readonly Story[] {
  const mode = MODES[number]
  return stories.filter(({ name }, index) => {
    const able = PAID_AT.filter((each) => mode && tellsAt(each, mode) && !(name in CANNOT[each]))
    if (onPostgres) return able.includes(gateway)
    const turn = WAYS_OF_A_STORY.indexOf((number - index + MODES.length * stories.length) % MODES.length)
    return turn >= 0 && able[(turn + index) % able.length] === gateway
  })
}
const HOW_MANY = onPostgres ? 'all stories end' : 'a third of the stories, and all of them on Postgres, end'

const told = (tales: readonly Tale[]) =>
  Object.fromEntries(tales.map((tale) => [tale.story.name, valueOf(tale.story.ends, tale)]))
const cancelsOf = (tales: readonly Tale[]): number => tales.reduce((sum, { story }) => sum + story.cancels, 0)

describe.each([
  { policy: 'refund', stories: [...STORIES_OF_BUYERS, ...STORIES_OUTSIDE], agree: true },
  // Its desk has tickets that no refund of ours asked for, and money of orders that are none of ours.
  { policy: 'hold', stories: STORIES_HELD, agree: false },
])('where a second payment is under the policy $policy', ({ policy, stories, agree }) => {
  const test = shopTest({ ...checkout.environment, SECOND_PAYMENT_POLICY: policy, ...PATIENT })

  for (const [number, mode] of MODES.entries()) {
    const parts = PAID_AT.map((gateway) => ({ gateway, stories: toldAt(gateway, stories, number) })).filter(
      (part) => part.stories.length > 0,
    )
    const gateways = parts.map(({ gateway }) => gateway).join(' and ')
    test(
      `webhooks ${mode.name}: ${HOW_MANY} as they should at ${gateways}`,
      { timeout: LONG_MS },
      async ({ shop, sim }) => {
        const before = await sim.calls()
        const endings = await Promise.all(
          parts.map(async ({ gateway, stories: here }) => {
            const tales = await tell(shop, mode, here, undefined, gateway)
            return { route: CANCELS[gateway], tales }
          }),
        )
        const after = await sim.calls()
        for (const { route, tales } of endings) {
          expect(await endingsOf(tales, checkout)).toEqual(told(tales))
          expect((after[route] ?? 0) - (before[route] ?? 0), route).toBe(cancelsOf(tales))
        }
        expect(checkout.forged()).toEqual([])
        if (agree) expect(await disagreements(shop.db, shop)).toEqual([])
        if (mode.sweeps) for (const { tales } of endings) await tooLate(shop, tales)
      },
    )
  }

  async function tooLate(shop: OwnShop, tales: readonly Tale[]): Promise<void> {
    const { before, after, looks } = await tellTooLate(shop, tales)
    expect(after, 'webhooks that come when all is over move nothing').toEqual(before)
    expect(await endingsOf(tales, checkout)).toEqual(told(tales))
    const hints = tales.flatMap((tale) => tale.hints)
    expect(looks).toBeGreaterThanOrEqual(new Set(hints.map((hint) => hint.imp_uid)).size)
    expect(looks).toBeLessThanOrEqual(hints.length)
  }
})

plain.each(
  Object.entries(CANNOT).flatMap(([gateway, all]) => Object.entries(all).map(([name, why]) => [gateway, name, why])),
)('at %s there is no "%s": %s', (_, name) => {
  expect([...STORIES_OF_BUYERS, ...STORIES_OUTSIDE, ...STORIES_HELD].map((story) => story.name)).toContain(name)
})
