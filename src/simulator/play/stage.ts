// What a scenario has at hand for one order: the buyer, the desk, the faults and the clock; and the
// plan that it leaves behind, for people to read.
// Must not know any scenario.
import { tellFailed } from '../portone/news.ts'
import type { FAULT_CHANGE } from '../world/faults.ts'
import { isByPingback, type Payment, type TicketScript } from '../world/model.ts'
import { pay, type Done, type Order, type Simulation } from '../world/simulation.ts'
import type { z } from 'zod'
import { makeDice, type Dice } from './dice.ts'

const HOUR_MS = 3_600_000
const UNTIL_TOLD_MS = 5_000

export type Step = {
  /** By the simulator's clock; null: whenever its tickets are filed. */
  at: string | null
  what: string
}
type Change = z.infer<typeof FAULT_CHANGE>
export type Stage = {
  simulation: Simulation
  dice: Dice
  order: Order
  /** One of the whole hours from `first` to `last`, in milliseconds. */
  hours(first: number, last: number): number
  /** The buyer pays; `by` in place of simply paying. */
  buy(what: string, by?: (order: Order) => Done): Promise<void>
  /** The same while something is broken, which is whole again once the first message was tried. */
  buyWhile(what: string, change: Pick<Change, 'webhooks' | 'projects'>): Promise<void>
  /** How the tickets of what is bought from here on are worked. */
  tickets(what: string, script: Omit<TicketScript, 'amount'>): void
  /** Later, with the order's first payment as it is by then. */
  later(afterMs: number, what: string, act: (payment: Payment) => unknown): void
  plan(): { payments: string[]; steps: Step[] }
}

export function setStage(simulation: Simulation, asked: Order, seed: number): Stage {
  const { clock, store, ear, faults } = simulation
  const steps: Step[] = []
  const payments: string[] = []
  const order: Order = { ...asked }
  const dice = makeDice(seed)

  function note(afterMs: number | null, what: string): void {
    steps.push({ at: afterMs === null ? null : new Date(clock.now() + afterMs).toISOString(), what })
  }

  async function buy(what: string, by?: (order: Order) => Done): Promise<void> {
    note(0, what)
    const { payment, told } = by ? by(order) : pay(simulation, order, 'paid')
    payments.push(payment.impUid)
    if (payment.gateway === 'portone' && payment.outcome === 'failed') void tellFailed(simulation, payment)
    // A merchant that is slow, or gone, holds nobody up.
    const out = isByPingback(payment) ? told.then(() => ear.followed(payment.impUid)) : told
    await Promise.race([out, new Promise((resolve) => setTimeout(resolve, UNTIL_TOLD_MS).unref())])
  }

  return {
    simulation,
    dice,
    order,
    hours: (first, last) => (first + dice.below(last - first + 1)) * HOUR_MS,
    buy,
    buyWhile: async (what, change) => {
      const { webhooks, projects } = faults.now()
      faults.set(change)
      try {
        await buy(what)
      } finally {
        faults.set({ webhooks, projects })
      }
    },
    tickets: (what, script) => {
      note(null, what)
      order.script = { ...script, amount: null }
    },
    later: (afterMs, what, act) => {
      note(afterMs, what)
      clock.after(afterMs, () => {
        const payment = store.payment(payments[0] ?? '')
        return payment ? act(payment) : undefined
      })
    },
    plan: () => ({ payments, steps: steps.toSorted((left, right) => timeOf(left) - timeOf(right)) }),
  }
}

// What waits for tickets stands last.
function timeOf({ at }: Step): number {
  return at === null ? Number.MAX_SAFE_INTEGER : Date.parse(at)
}
