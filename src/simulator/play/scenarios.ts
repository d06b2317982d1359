// The scenarios by name: each plays the buyer, the faults and the desk for one order, by the
// simulator's clock and its seed. What the merchant does is the merchant's.
// Must not know the control calls.
import { FORGERIES } from '../post/forged.ts'
import { leftOf, type Payment } from '../world/model.ts'
import { approve, giveBack, pay, type Simulation } from '../world/simulation.ts'
import { follow } from './courses.ts'
import type { Stage } from './stage.ts'

export type Scenario = {
  /** One line for people. */
  says: string
  /** Left out: for an order of either. */
  only?: Payment['gateway']
  /** Where it cannot be played, and why. */
  never?: { gateway: Payment['gateway']; why: string }
  play(stage: Stage): Promise<void>
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'late-approval': {
    says: 'the fraud review stops the payment, and a day later it is approved after all',
    play: async (stage) => {
      await stage.buy('the buyer pays, and the review says no', (order) => pay(stage.simulation, order, 'approvedLate'))
      stage.later(stage.hours(20, 28), 'the payment is approved', (payment) => approved(stage.simulation, payment))
    },
  },
  'review-then-approval': {
    says: 'the payment is under review for two minutes, and passes',
    play: (stage) =>
      stage.buy('the buyer pays; two minutes later the review is over', (order) =>
        follow(stage.simulation, order, 'reviewAccepted'),
      ),
  },
  'silent-refusal': {
    says: 'the desk refuses the ticket, and nobody says so',
    play: async (stage) => {
      const afterMs = stage.hours(2, 48)
      stage.tickets(`refused ${inHours(afterMs)} after it was filed, without a word`, {
        ending: 'silentRefusal',
        afterMs,
      })
      await stage.buy('the buyer pays')
    },
  },
  'forgotten-ticket': {
    says: 'the ticket lies for two months, and is carried out then',
    play: async (stage) => {
      const afterMs = stage.hours(50 * 24, 70 * 24)
      stage.tickets(`carried out ${inHours(afterMs)} after it was filed`, { ending: 'veryLate', afterMs })
      await stage.buy('the buyer pays')
    },
  },
  'desk-on-holiday': {
    says: 'nobody is at the desk for a week and more; then the tickets are carried out',
    play: async (stage) => {
      const afterMs = stage.hours(8 * 24, 12 * 24)
      stage.tickets(`carried out ${inHours(afterMs)} after it was filed`, { ending: 'full', afterMs })
      await stage.buy('the buyer pays')
    },
  },
  'chargeback-overtakes': {
    says: 'the buyer’s bank takes the money back while the ticket is open',
    play: async (stage) => {
      const afterMs = stage.hours(2, 24)
      const what = `the bank takes it all ${inHours(afterMs)} after it was filed; the desk drops the ticket`
      stage.tickets(what, { ending: 'chargebackFirst', afterMs })
      await stage.buy('the buyer pays')
    },
  },
  'done-without-its-name': {
    says: 'the ticket is carried out, and the pingback does not say which refund it was',
    play: async (stage) => {
      const afterMs = stage.hours(2, 24)
      stage.tickets(`carried out ${inHours(afterMs)} after it was filed`, { ending: 'withoutRefundId', afterMs })
      await stage.buy('the buyer pays')
    },
  },
  'partial-twice': {
    says: 'the desk carries the same ticket out twice: a part goes back two times under one refund',
    play: async (stage) => {
      const afterMs = stage.hours(2, 12)
      stage.tickets(`carried out ${inHours(afterMs)} after it was filed, and as long after that again`, {
        ending: 'doneTwice',
        afterMs,
      })
      await stage.buy('the buyer pays')
    },
  },
  'lost-answer': {
    says: 'the ticket is filed, and the answer to the call never comes; then it is carried out',
    play: async (stage) => {
      const afterMs = stage.hours(2, 24)
      stage.tickets(`filed, never answered, carried out ${inHours(afterMs)} later`, {
        ending: 'timeoutAfterFiling',
        afterMs,
      })
      await stage.buy('the buyer pays')
    },
  },
  'lost-webhook': {
    says: 'the message that the order is paid is lost for ever',
    play: (stage) => stage.buyWhile('the buyer pays; the message is lost', { webhooks: 'drop' }),
  },
  'lost-pingback': {
    says: 'Paymentwall’s pingback does not arrive; half an hour later it is repeated',
    never: { gateway: 'portone', why: 'what passes between Paymentwall and PortOne V2 is not played' },
    play: (stage) => {
      const project = stage.order.gateway === 'iamport' ? 'iamport' : 'direct'
      const what = 'the buyer pays; the pingback is lost, and repeated in 30 minutes'
      return stage.buyWhile(what, { projects: { [project]: { pingbacks: 'lost' } } })
    },
  },
  'forged-webhooks': {
    says: 'strangers write of the payment what nobody at the gateway wrote, for an hour',
    play: async (stage) => {
      await stage.buy('the buyer pays')
      for (const kind of FORGERIES[stage.order.gateway]) {
        const afterMs = (1 + stage.dice.below(60)) * MINUTE_MS
        stage.later(afterMs, `a stranger: ${kind}`, (payment) => stage.simulation.forge(payment, kind))
      }
    },
  },
  'paid-twice': {
    says: 'the buyer pays the same order a second time',
    never: { gateway: 'portone', why: 'the window of V2 does not open for an order that is paid' },
    play: async (stage) => {
      await stage.buy('the buyer pays')
      const { simulation, order } = stage
      stage.later(stage.hours(1, 3), 'the buyer pays again', () => pay(simulation, order, 'paid').told)
    },
  },
  'console-cancel': {
    says: 'somebody cancels the payment in the console, and asked nobody',
    play: async (stage) => {
      await stage.buy('the buyer pays')
      stage.later(stage.hours(12, 36), 'all that is left is cancelled in the console', (payment) =>
        cancelled(stage.simulation, payment),
      )
    },
  },
  'fraud-found-later': {
    says: 'a day after the payment it turns out as card fraud, and the bank takes it back',
    play: (stage) =>
      stage.buy('the buyer pays; a day later the bank takes it back', (order) =>
        follow(stage.simulation, order, 'fraudLater'),
      ),
  },
  'gateway-down': {
    says: 'right after the payment every question to the gateway fails, for some hours',
    play: async (stage) => {
      const { faults } = stage.simulation
      await stage.buy('the buyer pays')
      faults.set({ reads: 'error500' })
      stage.later(stage.hours(2, 6), 'the gateway answers again', () => faults.set({ reads: 'ok' }))
    },
  },
  'renewals-fail': {
    says: 'a subscription is renewed twice, and the third time the card fails',
    only: 'paymentwall',
    play: (stage) =>
      stage.buy('the buyer subscribes; renewed after 30 and 60 days, failed after 90', (order) =>
        follow(stage.simulation, order, 'renewalsFail'),
      ),
  },
}

/** A name and a line each. */
export function scenarioList(): { name: string; says: string; gateway: Payment['gateway'] | null }[] {
  return Object.entries(SCENARIOS).map(([name, { says, only, never }]) => ({
    name,
    /** The only one that it can be played at. */
    gateway: only ?? null,
    says: says + (only === undefined ? '' : ' (at Paymentwall itself only)') + (never ? ' (not at V2)' : ''),
  }))
}

function inHours(ms: number): string {
  const hours = ms / HOUR_MS
  return ms >= 4 * DAY_MS ? `${Math.round(hours / 24)} days` : `${hours} hours`
}

async function approved(simulation: Simulation, payment: Payment): Promise<void> {
  if (payment.outcome !== 'paid') await approve(simulation, payment).told
}

async function cancelled(simulation: Simulation, payment: Payment): Promise<void> {
  const amount = leftOf(payment)
  if (amount === 0) return
  const console = { origin: 'console', reason: 'console cancel' } as const
  await giveBack(simulation, payment, { amount, ...console, merchantRefundId: null, enableWebhook: false }).told
}
