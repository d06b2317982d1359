// Paymentwall's own wire for merchants without i'mport
// (paymentwall.md §3-§8): widget, tickets, status, delivery.
// Must not know i'mport's API; payments made through i'mport are not found here.
import { Router, type RouterContext } from '@koa/router'
import { PROJECT_KEY, PROJECT_SECRET } from '../credentials.ts'
import { answerBroken, bodyText, neverAnswer, sleep, vendorRoute } from '../endpoint.ts'
import { refusedPage, widgetPage } from '../pages/widget.ts'
import { leftOf, type Payment } from '../world/model.ts'
import { fromMajor, toText } from '../world/money.ts'
import { giveBack, openTicket, type Simulation } from '../world/simulation.ts'
import { isSigned, parametersOf, type Parameters } from './signature.ts'

const NO_ACCESS = 'You do not have access to the developers API'
const ANSWER_AFTER_PINGBACK_MS = 5_000

export function paymentwallRoutes(simulation: Simulation): Router {
  const router = new Router()
  vendorRoute(simulation, router, 'get', ['/api/subscription'], showWidget)
  vendorRoute(simulation, router, 'post', ['/developers/api/ticket'], (context) => fileTicket(simulation, context))
  vendorRoute(simulation, router, 'get', ['/api/rest/payment'], (context) => showStatus(simulation, context))
  vendorRoute(simulation, router, 'post', ['/api/delivery'], (context) => confirmDelivery(simulation, context))
  return router
}

// Both answers are pages, and both are 200 (paymentwall.md §3.4). Version 1 signs only the uid: not
// enough for a price.
function showWidget(context: RouterContext): void {
  const parameters = parametersOf(context.querystring)
  context.type = 'html'
  context.body = isOurs(parameters) && parameters.sign_version ? widgetPage(parameters) : refusedPage()
}

function isOurs(parameters: Parameters | undefined): parameters is Parameters {
  return parameters !== undefined && parameters.key === PROJECT_KEY && isSigned(parameters, PROJECT_SECRET)
}

// A ticket is a letter to people: it is not checked against the
// balance, and `result: 1` says that it was filed.
async function fileTicket(simulation: Simulation, context: RouterContext): Promise<void> {
  const fault = simulation.faults.now().cancel
  if (fault === 'timeoutBefore') return neverAnswer(context)
  if (fault === 'error500') return answerBroken(context)
  const parameters = parametersOf(await bodyText(context))
  if (fault === 'lostAnswer') neverAnswer(context)
  const errors = fault === 'refuse' ? ['Ticket cannot be created for this payment'] : await file(simulation, parameters)
  answerJson(context, errors.length > 0 ? { result: 0, errors } : { result: 1 })
}

async function file(simulation: Simulation, parameters: Parameters | undefined): Promise<string[]> {
  if (!isOurs(parameters)) return [NO_ACCESS]
  if (!parameters.ref && !parameters.uid) return ['Either ref or uid is required']
  if (parameters.type !== '1' && parameters.type !== '5') return ['Ticket type is not supported']
  // A test ticket needs no payment, and files nothing (paymentwall.md §6.1, §6.2).
  if (parameters.test_mode === '1') return []
  const payment = findPayment(simulation, parameters)
  if (!payment) return ['Payment is not found']
  const asked = parameters.type === '1' ? leftOf(payment) : fromMajor(Number(parameters.amount), payment.currency)
  if (asked === undefined || (parameters.type === '5' && asked <= 0)) return ['Amount is not valid']
  const request = {
    amount: asked,
    reason: parameters.message ?? '',
    merchantRefundId: parameters.merchant_refund_id ?? null,
    enableWebhook: false,
  }
  const ticket = openTicket(simulation, payment, { ...request, whole: parameters.type === '1' })
  const atOnce = simulation.faults.now().cancel === 'instant' && asked > 0 && asked <= leftOf(payment)
  if (!atOnce) return []
  const done = giveBack(simulation, payment, { ...request, origin: 'call', ticket })
  await Promise.race([done.told, sleep(ANSWER_AFTER_PINGBACK_MS)])
  return []
}

function findPayment(simulation: Simulation, { ref, uid }: Parameters): Payment | undefined {
  const isPaidHere = (payment: Payment) => payment.gateway === 'paymentwall' && payment.outcome === 'paid'
  if (!ref) return simulation.store.payments().findLast((payment) => isPaidHere(payment) && payment.uid === uid)
  const payment = simulation.store.payment(ref)
  return payment && isPaidHere(payment) && payment.ref === ref ? payment : undefined
}

// By ref one object, by uid and order an array (paymentwall.md §7).
// The HTTP status of errors is not documented: 200.
function showStatus(simulation: Simulation, context: RouterContext): void {
  const parameters = parametersOf(context.querystring)
  if (!isOurs(parameters)) return answerJson(context, errorObject('Request signature is invalid', 4009))
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
  if (context.get('x-apikey') !== PROJECT_SECRET) return answerJson(context, { error_code: 4007, error: 'Invalid key' })
  const found = parameters?.payment_id ? findPayment(simulation, { ref: parameters.payment_id }) : undefined
  const complete = parameters?.type && parameters.status && parameters['shipping_address[email]']
  if (!found || !complete) return answerJson(context, { error_code: 1, error: 'Invalid delivery data', notices: [] })
  answerJson(context, { success: 1 })
}

function answerJson(context: RouterContext, body: object): void {
  context.type = 'json'
  context.body = JSON.stringify(body)
}
