// What Paymentwall's calls have in common: whose request it is, which payment it names, how it is
// answered.
// Must not know any call.
import type { RouterContext } from '@koa/router'
import { PROJECT_KEY, PROJECT_SECRET } from '../credentials.ts'
import type { Payment } from '../world/model.ts'
import type { Simulation } from '../world/simulation.ts'
import { isSigned, type Parameters } from './signature.ts'

/** Not where a console gives other keys than those that the merchant has. */
export function keysFit({ faults }: Simulation): boolean {
  return faults.now().setUp.keys === 'right'
}

export function isOurs(simulation: Simulation, parameters: Parameters | undefined): parameters is Parameters {
  if (!keysFit(simulation)) return false
  return parameters !== undefined && parameters.key === PROJECT_KEY && isSigned(parameters, PROJECT_SECRET)
}

export function findPayment(simulation: Simulation, { ref, uid }: Parameters): Payment | undefined {
  const isPaidHere = (payment: Payment) => payment.gateway === 'paymentwall' && payment.outcome === 'paid'
  if (!ref) return simulation.store.payments().findLast((payment) => isPaidHere(payment) && payment.uid === uid)
  const payment = simulation.store.payment(ref)
  return payment && isPaidHere(payment) && payment.ref === ref ? payment : undefined
}

export function answerJson(context: RouterContext, body: object): void {
  context.type = 'json'
  context.body = JSON.stringify(body)
}
