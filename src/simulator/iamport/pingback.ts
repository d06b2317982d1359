// i'mport's own door for Paymentwall's pingbacks: what is signed and about a payment of its own is
// heard, and told on to the merchant by webhook (iamport.md §4.3, §6).
// Must not know why Paymentwall tells something.
import { Router, type RouterContext } from '@koa/router'
import { PROJECT_SECRET } from '../credentials.ts'
import { noted, sayMoved } from '../endpoint.ts'
import { isSignedPingback, parametersOf, type Parameters } from '../paymentwall/signature.ts'
import { isByPingback, type Cancel, type Payment } from '../world/model.ts'
import { toText } from '../world/money.ts'
import type { Simulation } from '../world/simulation.ts'

/** The path is the one that merchants enter at Paymentwall (iamport.md §4.3). */
export const PINGBACK_PATH = '/paymentwall/webhook'
/** Results of lower ones "do not come back" (iamport.md §4.3). */
const SIGN_VERSION = '3'

export function pingbackRoutes(simulation: Simulation): Router {
  const router = new Router()
  // Not counted: it is no call of the merchant's.
  router.get(PINGBACK_PATH, (context) =>
    noted(simulation, context, { from: 'paymentwall', to: 'iamport' }, () => take(simulation, context)),
  )
  return router
}

function take(simulation: Simulation, context: RouterContext): void {
  const parameters = parametersOf(context.querystring)
  const isSigned = parameters?.sign_version === SIGN_VERSION && isSignedPingback(parameters, PROJECT_SECRET)
  if (!isSigned) return say(context, 401, 'NOK')
  const payment = paymentOf(simulation, parameters)
  if (!payment) return say(context, 404, 'NOK')
  hear(simulation, context, payment, parameters)
  say(context, 200, 'OK')
}

function paymentOf(simulation: Simulation, { ref, goodsid, uid }: Parameters): Payment | undefined {
  const payment = simulation.store.payment(ref ?? '')
  const isMeant = payment?.ref === ref && payment?.merchantUid === goodsid && payment?.uid === uid
  return payment && isMeant && isByPingback(payment) ? payment : undefined
}

// Paymentwall's memory is the truth here, so a pingback can only let i'mport know of what is true:
// what was heard before, or never was, moves nothing.
function hear(simulation: Simulation, context: RouterContext, payment: Payment, parameters: Parameters): void {
  const { impUid } = payment
  const { type } = parameters
  const gone = type === '2' || type === '220'
  if (!gone && type !== '0' && type !== '201') return sayMoved(context, 'nothing: no such type here')
  const isNewlyPaid = simulation.ear.hearPaid(impUid, parameters.country_code !== undefined)
  const cancel = gone ? cancelMeant(simulation, payment, parameters) : undefined
  const isNews = cancel ? simulation.ear.hearCancel(impUid, cancel.cancellationId) : !gone && isNewlyPaid
  if (!isNews) return sayMoved(context, 'nothing new')
  sayMoved(context, `${impUid} ${cancel ? 'cancelled' : 'paid'} at i'mport`)
  void simulation.tellWebhook(simulation.ear.asHeard(payment), cancel)
}

// By i'mport's own name where it is echoed; else the oldest of that kind that is not heard of yet.
function cancelMeant(simulation: Simulation, payment: Payment, parameters: Parameters): Cancel | undefined {
  const { merchant_refund_id: id, type, reason, refund_amount } = parameters
  if (id !== undefined) return payment.cancels.find(({ cancellationId }) => cancellationId === id)
  const isBank = type === '2' && reason !== '9'
  return payment.cancels.find(({ cancellationId, origin, amount }) => {
    const fits = type === '2' || toText(amount, payment.currency) === refund_amount
    return simulation.ear.isOwed(payment.impUid, cancellationId) && fits && (origin === 'chargeback') === isBank
  })
}

function say(context: RouterContext, status: number, body: string): void {
  context.status = status
  context.type = 'text/plain'
  context.body = body
}
