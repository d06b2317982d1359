// Paymentwall's own wire for merchants without i'mport
// (paymentwall.md §3-§8): widget, tickets, status, delivery.
// Must not know i'mport's API; payments made through i'mport are not found here.
import { Router, type RouterContext } from '@koa/router'
import { PROJECT_SECRET } from '../credentials.ts'
import { bodyText, vendorRoute, type Act, type Method } from '../endpoint.ts'
import { sendPage } from '../pages/page.ts'
import { methodsOf } from '../world/methods.ts'
import { leftOf, type Payment } from '../world/model.ts'
import { toText } from '../world/money.ts'
import type { Simulation } from '../world/simulation.ts'
import { answerJson, findPayment, isOurs, keysFit } from './common.ts'
import { parametersOf, type Parameters } from './signature.ts'
import { NO_ACCESS, takeTicket } from './tickets.ts'

export function paymentwallRoutes(simulation: Simulation): Router {
  const router = new Router()
  const open = (method: Method, paths: string[], act: Act) =>
    vendorRoute(simulation, router, { of: 'paymentwall', method, paths, act })
  open('get', ['/api/subscription', '/api/ps', '/api/cart'], (context) => showWidget(simulation, context))
  open('post', ['/developers/api/ticket'], (context) => takeTicket(simulation, context))
  open('get', ['/api/rest/payment'], (context) => showStatus(simulation, context))
  open('get', ['/api/payment-systems'], (context) => showMethods(simulation, context))
  open('post', ['/api/delivery'], (context) => confirmDelivery(simulation, context))
  return router
}

// Both answers are pages, and both are 200 (paymentwall.md §3.4). Version 1 signs only the uid: not
// enough for a price.
function showWidget(simulation: Simulation, context: RouterContext): void {
  const parameters = parametersOf(context.querystring)
  const signed = isOurs(simulation, parameters) && parameters.sign_version !== undefined
  if (!signed) return sendPage(context, 'refused')
  sendPage(context, opens(simulation, parameters) ? 'window' : 'unavailable')
}

// The version that is asked for is the one in the console (paymentwall.md §3.3).
function opens(simulation: Simulation, { version }: Parameters): boolean {
  return version === undefined || version === simulation.faults.now().setUp.widgetVersion
}

// By ref one object, by uid and order an array (paymentwall.md §7).
// The HTTP status of errors is not documented: 200.
function showStatus(simulation: Simulation, context: RouterContext): void {
  const parameters = parametersOf(context.querystring)
  if (!isOurs(simulation, parameters)) return answerJson(context, errorObject('Request signature is invalid', 4009))
  // What a project without it is told is not documented: as the ticket call says it.
  const { statusApi } = simulation.faults.now().projects.direct
  if (statusApi === 'off') return answerJson(context, errorObject(NO_ACCESS, 4008))
  if (parameters.ref) {
    const payment = findPayment(simulation, parameters)
    return answerJson(context, payment ? statusObject(payment) : errorObject('Payment is not found', 4010))
  }
  const found = simulation.store
    .paymentsOf(parameters.ag_external_id ?? '')
    .filter(({ gateway, outcome, uid }) => gateway === 'paymentwall' && outcome === 'paid' && uid === parameters.uid)
  answerJson(context, found.map(statusObject))
}

// `refunded` knows no parts: true only when all is back (paymentwall.md §7).
function statusObject(payment: Payment): object {
  return {
    object: 'payment',
    id: payment.ref,
    created: payment.paidAt,
    amount: toText(payment.amount, payment.currency),
    currency: payment.currency,
    refunded: leftOf(payment) === 0,
    risk: 'approved',
    uid: payment.uid,
    product_id: payment.merchantUid,
    payment_system: payment.method === 'card' ? 'cc' : payment.method,
  }
}

function errorObject(error: string, code: number): object {
  return { type: 'Error', object: 'Error', error, code }
}

// Unsigned: the secret itself is the key (paymentwall.md §8).
async function confirmDelivery(simulation: Simulation, context: RouterContext): Promise<void> {
  const parameters = parametersOf(await bodyText(context))
  const key = keysFit(simulation) ? context.get('x-apikey') : ''
  if (key !== PROJECT_SECRET) return answerJson(context, { error_code: 4007, error: 'Invalid key' })
  const found = parameters?.payment_id ? findPayment(simulation, { ref: parameters.payment_id }) : undefined
  const complete = parameters?.type && parameters.status && parameters['shipping_address[email]']
  if (!found || !complete) return answerJson(context, { error_code: 1, error: 'Invalid delivery data', notices: [] })
  answerJson(context, { success: 1 })
}

// The methods of a country, or all (paymentwall.md §14). What is offered is not what can be
// refunded: the list does not say.
function showMethods(simulation: Simulation, context: RouterContext): void {
  const parameters = parametersOf(context.querystring)
  if (!isOurs(simulation, parameters)) return answerJson(context, errorObject('Request signature is invalid', 4009))
  answerJson(
    context,
    methodsOf(parameters.country_code).map(({ code, number }) => ({
      id: code,
      name: code,
      new_window: false,
      img_url: `https://images.example/${code}.png`,
      img_class: `ps-${code}`,
      ps_type_id: number,
    })),
  )
}
