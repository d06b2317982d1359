// Which order a scenario is played for: a named one, the last that the merchant prepared, or the
// next one that it prepares.
// Must not know what a scenario does.
import type { Prepared } from '../world/model.ts'
import { fromMajor } from '../world/money.ts'
import { whyNoWindow } from '../world/setUp.ts'
import type { Order, Simulation } from '../world/simulation.ts'
import { SCENARIOS, type Scenario } from './scenarios.ts'
import { setStage, type Step } from './stage.ts'

export type Played = { name: string; seed: number; merchantUid: string; payments: string[]; steps: Step[] }
/** Between the merchant's preparing an order and the buyer's paying it. */
const BUYER_COMES_MS = 1_000

export async function play(simulation: Simulation, name: string, order: Order, seed: number): Promise<Played> {
  const stage = setStage(simulation, order, seed)
  await scenarioOf(name).play(stage)
  return { name, seed, merchantUid: order.merchantUid, ...stage.plan() }
}

/** The last one that is prepared and that nobody has paid for. */
export function lastPrepared({ store }: Simulation): Order | undefined {
  const waiting = store.allPrepared().findLast(({ merchantUid, account }) => {
    return account === 'ours' && store.paymentsOf(merchantUid).length === 0
  })
  return waiting && orderOf(waiting)
}

/** The same of those that were registered at V2. */
export function lastRegistered(simulation: Simulation): Order | undefined {
  const { store, portone } = simulation
  const waiting = portone.allRegistered().findLast((paymentId) => store.paymentsOf(paymentId).length === 0)
  return waiting === undefined ? undefined : registeredOrder(simulation, waiting)
}

/** Is told of every order that the merchant prepares. */
export function orderCame(simulation: Simulation, prepared: Prepared): void {
  came(simulation, orderOf(prepared))
}

/** And of every one that it registers at V2. */
export function orderRegistered(simulation: Simulation, paymentId: string): void {
  came(simulation, registeredOrder(simulation, paymentId))
}

function came(simulation: Simulation, order: Order | undefined): void {
  const { armed, clock, faults } = simulation
  const opens = whyNoWindow(faults.now().setUp) === undefined
  if (!armed || !opens || !order || !fits(scenarioOf(armed.name), order.gateway)) return
  simulation.armed = armed.every ? { ...armed, seed: armed.seed + 1 } : null
  clock.after(BUYER_COMES_MS, async () => {
    const { steps, merchantUid } = await play(simulation, armed.name, order, armed.seed)
    for (const { at, what } of steps) simulation.log(`${armed.name} ${merchantUid}: ${at ?? 'tickets'} ${what}`)
  })
}

export function fits({ only, never }: Scenario, gateway: Order['gateway']): boolean {
  return (only === undefined || only === gateway) && never?.gateway !== gateway
}

/** Throws for a name that is none. */
export function scenarioOf(name: string): Scenario {
  const scenario = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined
  if (!scenario) throw new Error(`There is no scenario ${name}.`)
  return scenario
}

// KRW is what a window without a currency asks (iamport.md §7).
function orderOf({ merchantUid, amount, currency }: Prepared): Order | undefined {
  const asked = currency ?? 'KRW'
  const minor = fromMajor(amount, asked)
  if (minor === undefined || minor === 0) return undefined
  return { ...USUAL, merchantUid, amount: minor, currency: asked, gateway: 'iamport' }
}

function registeredOrder({ portone }: Simulation, paymentId: string): Order | undefined {
  const registered = portone.registered(paymentId)
  return registered && { ...USUAL, merchantUid: paymentId, ...registered, gateway: 'portone' }
}

const USUAL = {
  pgProvider: 'paymentwall',
  uid: 'buyer',
  method: 'card',
  country: 'DE',
  sandbox: false,
  noticeUrl: null,
  subscription: null,
  script: null,
  pingbackUrl: null,
} as const
