// What may become of a payment after the buyer's part is over: reviews, fraud, gifts, renewals
// (paymentwall.md §5.2, §14), by the simulator's clock.
// Must not know the control calls, nor who hears of it.
import { leftOf, type Payment } from '../world/model.ts'
import { approve, decline, giveBack, pay, type Done, type Order, type Simulation } from '../world/simulation.ts'

/** Each with what Paymentwall tells of it. */
export const COURSES = [
  // 200, then 201 after two minutes.
  'reviewAccepted',
  // 200, then 202.
  'reviewDeclined',
  // 0, and a day later 2 with reason 2.
  'fraudLater',
  // 0, and a day later 1: a gift of customer service.
  'goodwill',
  // 0 three times, a month apart, each under a new ref; then 14.
  'renewalsFail',
  // 0; a day later the buyer ends it: 12, and 13 at the end of the month.
  'subscriptionEnds',
] as const
export type Course = (typeof COURSES)[number]
/** Those that i'mport has a word for, too: a failure that turns into a payment, and a cancel. */
export const IAMPORT_COURSES: readonly Course[] = ['reviewAccepted', 'fraudLater']

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const MONTH_MS = 30 * DAY_MS
const REVIEW_MS = 2 * MINUTE_MS
const MONTHLY = { length: 1, period: 'month' }

export function follow(simulation: Simulation, order: Order, course: Course): Done {
  switch (course) {
    case 'reviewAccepted':
      return reviewed(simulation, order, (payment) => approve(simulation, payment, true))
    case 'reviewDeclined':
      return reviewed(simulation, order, (payment) => decline(simulation, payment))
    case 'fraudLater':
      return thenAfter(simulation, pay(simulation, order, 'paid'), DAY_MS, (payment) => fraud(simulation, payment))
    case 'goodwill':
      return thenAfter(simulation, pay(simulation, order, 'paid'), DAY_MS, (payment) => say(simulation, payment, '1'))
    case 'renewalsFail':
      return renewed(simulation, { ...order, subscription: MONTHLY }, 2)
    case 'subscriptionEnds':
      return ended(simulation, { ...order, subscription: MONTHLY })
  }
}

// At i'mport a review looks like a failure, of which it tells nobody (iamport.md §6).
function reviewed(simulation: Simulation, order: Order, end: (payment: Payment) => Done): Done {
  const { payment } = pay(simulation, order, 'approvedLate')
  const told = order.gateway === 'paymentwall' ? say(simulation, payment, '200') : Promise.resolve()
  return thenAfter(simulation, { payment, told }, REVIEW_MS, (now) => end(now).told)
}

async function fraud(simulation: Simulation, payment: Payment): Promise<void> {
  const amount = leftOf(payment)
  if (amount === 0) return
  const bank = { origin: 'chargeback', chargebackReason: '2', reason: 'card fraud' } as const
  await giveBack(simulation, payment, { amount, ...bank, merchantRefundId: null, enableWebhook: false }).told
}

// A renewal is a payment of its own, with a ref of its own.
function renewed(simulation: Simulation, order: Order, more: number): Done {
  return thenAfter(simulation, pay(simulation, order, 'paid'), MONTH_MS, (payment) =>
    more > 0 ? renewed(simulation, order, more - 1).told : say(simulation, payment, '14'),
  )
}

function ended(simulation: Simulation, order: Order): Done {
  return thenAfter(simulation, pay(simulation, order, 'paid'), DAY_MS, async (payment) => {
    simulation.clock.after(MONTH_MS - DAY_MS, () => say(simulation, payment, '13'))
    await say(simulation, payment, '12')
  })
}

function say(simulation: Simulation, payment: Payment, type: string): Promise<void> {
  return simulation.tell(payment, { kind: 'told', type, reason: null })
}

// The payment as it is by then; a reset in between forgets it.
function thenAfter(simulation: Simulation, done: Done, ms: number, act: (now: Payment) => Promise<void>): Done {
  simulation.clock.after(ms, () => {
    const payment = simulation.store.payment(done.payment.impUid)
    return payment ? act(payment) : undefined
  })
  return done
}
