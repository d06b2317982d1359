// The control calls that list scenarios and play one.
// Must not know what a scenario does.
import type { Router, RouterContext } from '@koa/router'
import { z } from 'zod'
import { fits, lastPrepared, lastRegistered, play, scenarioOf } from '../play/orders.ts'
import { SCENARIOS, scenarioList } from '../play/scenarios.ts'
import type { Order, Simulation } from '../world/simulation.ts'
import { mustBeUnpaid, mustOpen, ORDER, orderAsked } from './buy.ts'
import { answer, validBody } from './control.ts'

const SEED = z
  .number()
  .int()
  .min(0)
  .max(2 ** 32 - 1)
const PLAY = ORDER.partial({ merchantUid: true }).extend({
  seed: SEED.optional(),
  /** For every order that the merchant prepares from now on. */
  every: z.boolean().default(false),
})

export function scenarios(simulation: Simulation, router: Router): void {
  router.get('/scenarios', (context) => answer(context, { scenarios: scenarioList(), armed: simulation.armed }))
  router.post('/scenarios/:name', (context) => playOne(simulation, context))
}

/**
 * For the order that is named; else for the last one that is prepared and not paid; where there is
 * none, or every one is meant, for those that come.
 */
async function playOne(simulation: Simulation, context: RouterContext): Promise<void> {
  const { name = '' } = context.params
  if (!Object.hasOwn(SCENARIOS, name)) {
    return context.throw(404, `There is no scenario ${name}; there are: ${Object.keys(SCENARIOS).join(', ')}.`)
  }
  const { seed = simulation.dice.below(2 ** 32), every, ...asked } = await validBody(context, PLAY)
  const { never } = scenarioOf(name)
  if (never?.gateway === asked.gateway) return context.throw(409, `${name} is not played there: ${never.why}.`)
  if (!fits(scenarioOf(name), asked.gateway)) {
    return context.throw(409, `${name} is played at Paymentwall itself: give gateway "paymentwall", and an order.`)
  }
  mustOpen(simulation, context)
  const order = every ? undefined : meant(simulation, context, asked)
  if (order) return answer(context, { played: await play(simulation, name, order, seed), armed: null })
  simulation.armed = { name, seed, every }
  answer(context, { played: null, armed: simulation.armed })
}

type Asked = Omit<z.infer<typeof PLAY>, 'seed' | 'every'>

function meant(simulation: Simulation, context: RouterContext, asked: Asked): Order | undefined {
  const { merchantUid } = asked
  if (merchantUid !== undefined && asked.gateway === 'portone') mustBeUnpaid(simulation, context, merchantUid)
  if (merchantUid !== undefined) return orderAsked(simulation, context, { ...asked, merchantUid })
  if (asked.gateway === 'iamport') return lastPrepared(simulation)
  if (asked.gateway === 'portone') return lastRegistered(simulation)
  return context.throw(422, 'merchantUid: Paymentwall itself hears of no order before it is paid; name one.')
}
