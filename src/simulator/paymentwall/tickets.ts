// Paymentwall's ticket call (paymentwall.md §6): a letter to people. It is not checked against the
// balance, and `result: 1` says that it was filed, or that nobody wanted to say no.
// Must not know how a ticket is worked.
import type { RouterContext } from '@koa/router'
import { answerBroken, bodyText, neverAnswer, sayMoved, sleep } from '../endpoint.ts'
import { fileTicket, scriptedAnswer, whyNeverDone } from '../play/tickets.ts'
import { leftOf, type Payment } from '../world/model.ts'
import { fromMajor } from '../world/money.ts'
import { giveBack, openedBy, type Simulation } from '../world/simulation.ts'
import { answerJson, findPayment, isOurs } from './common.ts'
import { parametersOf, type Parameters } from './signature.ts'

export const NO_ACCESS = 'You do not have access to the developers API'
const NOT_CREATED = 'Ticket cannot be created for this payment'
const ANSWER_AFTER_PINGBACK_MS = 5_000

export async function takeTicket(simulation: Simulation, context: RouterContext): Promise<void> {
  const fault = simulation.faults.now().cancel
  if (fault === 'timeoutBefore') return neverAnswer(context)
  if (fault === 'error500') return answerBroken(context)
  const parameters = parametersOf(await bodyText(context))
  if (!isOurs(simulation, parameters)) return refuse(context, NO_ACCESS)
  const found = judge(simulation, parameters)
  if (typeof found === 'string') return refuse(context, found)
  if (found === undefined) return answerJson(context, { result: 1 })
  const scripted = scriptedAnswer(found.payment)
  if (scripted === 'html502') return answerBroken(context, 502)
  if (fault === 'lostAnswer' || scripted === 'lostAnswer') neverAnswer(context)
  if (fault === 'refuse' || scripted === 'refuse') return refuse(context, NOT_CREATED)
  await file(simulation, context, found, fault === 'instant')
  if (fault === 'error500After') return answerBroken(context)
  answerJson(context, { result: 1 })
}

type Asked = { payment: Payment; amount: number; whole: boolean; message: string; refundId: string | null }

// A sentence: refused. Undefined: taken, and nothing is filed (paymentwall.md §6.1, §6.2).
function judge(simulation: Simulation, parameters: Parameters): Asked | string | undefined {
  const { ref, uid, type, test_mode } = parameters
  const { mode, notRefundable } = simulation.faults.now().projects.direct
  if (!ref && !uid) return 'Either ref or uid is required'
  if (type !== '1' && type !== '5') return 'Ticket type is not supported'
  if (test_mode === '1' || mode === 'test') return undefined
  const payment = findPayment(simulation, parameters)
  if (!payment) return 'Payment is not found'
  const amount = type === '1' ? leftOf(payment) : fromMajor(Number(parameters.amount), payment.currency)
  if (amount === undefined || (type === '5' && amount <= 0)) return 'Amount is not valid'
  if (notRefundable === 'refuse' && whyNeverDone(simulation, payment)) return NOT_CREATED
  const { message = '', merchant_refund_id: refundId = null } = parameters
  return { payment, amount, whole: type === '1', message, refundId }
}

async function file(simulation: Simulation, context: RouterContext, asked: Asked, instant: boolean): Promise<void> {
  const { payment, amount, whole, message, refundId } = asked
  const request = { amount, reason: message, merchantRefundId: refundId, enableWebhook: false }
  const ticket = fileTicket(simulation, payment, { ...request, whole })
  sayMoved(context, openedBy(ticket))
  const fits = amount > 0 && amount <= leftOf(payment)
  if (!instant || !fits || whyNeverDone(simulation, payment)) return
  const done = giveBack(simulation, payment, { ...request, origin: 'call', ticket })
  await Promise.race([done.told, sleep(ANSWER_AFTER_PINGBACK_MS)])
}

function refuse(context: RouterContext, error: string): void {
  answerJson(context, { result: 0, errors: [error] })
}
