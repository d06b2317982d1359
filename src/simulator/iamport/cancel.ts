// i'mport's POST /payments/cancel as Paymentwall has it: a ticket is opened, the payment stays as
// it was (iamport.md §4).
// Must not know how tickets end.
import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { answerBroken, bodyObject, neverAnswer, sayMoved, sleep } from '../endpoint.ts'
import { fileTicket, scriptedAnswer, whyNeverDone } from '../play/tickets.ts'
import { leftOf, type Payment, type Ticket } from '../world/model.ts'
import { fromMajor } from '../world/money.ts'
import { giveBack, openedBy, type Giving, type Simulation } from '../world/simulation.ts'
import { iamportPayment, iamportPaymentsOf } from './account.ts'
import { answer, refuse } from './shape.ts'
import { showPayment } from './shown.ts'

/** A number, or text of one where the body is a form. */
export const NUMBER = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
])

const REQUEST = z.object({
  imp_uid: z.string().nullish(),
  merchant_uid: z.string().nullish(),
  amount: NUMBER.nullish(),
  checksum: NUMBER.nullish(),
  reason: z.string().nullish(),
  enable_webhook: z.unknown().optional(),
})
type Request = z.infer<typeof REQUEST>

// This method cancels at once, without a ticket (iamport.md §1, fact 4).
const INSTANT_METHOD = 'paypal'
const ANSWER_AFTER_WEBHOOK_MS = 5_000

type Decision = { kind: 'cancel'; payment: Payment; amount: number } | { kind: 'refuse'; message: string }

export async function cancel(simulation: Simulation, context: RouterContext): Promise<void> {
  const fault = simulation.faults.now().cancel
  if (fault === 'timeoutBefore') return neverAnswer(context)
  if (fault === 'error500') return answerBroken(context)
  const request = REQUEST.safeParse(await bodyObject(context))
  if (!request.success) return refuse(context, 400, -1, '요청 파라메터가 올바르지 않습니다.')
  const decision = decide(simulation, request.data)
  const scripted = decision.kind === 'cancel' ? scriptedAnswer(decision.payment) : undefined
  if (scripted === 'html502') return answerBroken(context, 502)
  if (fault === 'lostAnswer' || scripted === 'lostAnswer') neverAnswer(context)
  if (decision.kind === 'refuse') return refuse(context, 200, 1, decision.message)
  const { payment, amount } = decision
  if (fault === 'refuse' || scripted === 'refuse' || isTurnedDown(simulation, payment)) {
    return refuse(context, 200, -1, '결제취소에 실패하였습니다. [3204|Payment can not be refunded]')
  }
  const asked = {
    amount,
    reason: request.data.reason ?? '',
    merchantRefundId: null,
    enableWebhook: request.data.enable_webhook === true || request.data.enable_webhook === 'true',
  }
  if (isInstant(payment) || (fault === 'instant' && !whyNeverDone(simulation, payment))) {
    return cancelAtOnce(simulation, context, payment, asked)
  }
  if (filesTicket(simulation, payment)) {
    sayMoved(context, openedBy(fileTicket(simulation, payment, { ...asked, whole: amount === leftOf(payment) })))
  }
  if (fault === 'error500After') return answerBroken(context)
  answer(context, showPayment(simulation, payment))
}

// Paymentwall says at once that it cannot go back, where the project is so.
function isTurnedDown(simulation: Simulation, payment: Payment): boolean {
  const { notRefundable } = simulation.faults.now().projects.iamport
  return notRefundable === 'refuse' && whyNeverDone(simulation, payment) !== undefined
}

// A test project files none (paymentwall.md §6.2); nor does a second cancel, where it is so.
function filesTicket(simulation: Simulation, payment: Payment): boolean {
  const { projects, iamport } = simulation.faults.now()
  if (projects.iamport.mode === 'test') return false
  return iamport.secondCancel !== 'sameTicket' || openTicketsOf(simulation, payment).length === 0
}

function openTicketsOf({ store }: Simulation, { impUid }: Payment): Ticket[] {
  return store.tickets().filter((ticket) => ticket.impUid === impUid && ticket.state === 'open')
}

/**
 * The pingback comes within the call, so the webhook overtakes the answer (iamport.md §1, fact 4).
 */
async function cancelAtOnce(
  simulation: Simulation,
  context: RouterContext,
  payment: Payment,
  asked: Omit<Giving, 'origin'>,
): Promise<void> {
  const done = giveBack(simulation, payment, { ...asked, origin: 'call' })
  const out = done.told.then(() => simulation.ear.followed(payment.impUid))
  await Promise.race([out, sleep(ANSWER_AFTER_WEBHOOK_MS)])
  answer(context, showPayment(simulation, simulation.ear.asHeard(done.payment)))
}

// Tickets are Paymentwall's; other providers on the account
// answer when they are done (iamport.md §4.2).
function isInstant({ method, pgProvider }: Payment): boolean {
  return method === INSTANT_METHOD || pgProvider !== 'paymentwall'
}

// Codes as in iamport.md §8; where it has no text, the text is ours and nobody may branch on it.
function decide(simulation: Simulation, request: Request): Decision {
  const payment = find(simulation, request)
  if (payment === undefined || payment.outcome !== 'paid') return no('취소할 결제건이 존재하지 않습니다.')
  const { secondCancel, pendingBalance } = simulation.faults.now().iamport
  const open = openTicketsOf(simulation, payment)
  if (leftOf(payment) === 0) return no('이미 전액취소된 주문입니다.')
  if (secondCancel === 'refuse' && open.length > 0) return no('이미 취소 요청이 진행 중인 주문입니다.')
  // Only booked cancels count: the checksum does not see an open ticket, where nothing else is set
  // (iamport.md §4.1).
  const reserved = pendingBalance === 'reserved' ? open.reduce((sum, { amount }) => sum + amount, 0) : 0
  const left = Math.max(0, leftOf(payment) - reserved)
  if (request.checksum != null && fromMajor(request.checksum, payment.currency) !== left) {
    return no('취소 가능 잔액이 checksum과 일치하지 않습니다.')
  }
  // Missing or 0 cancels all (iamport.md §4.1).
  const amount = request.amount ? fromMajor(request.amount, payment.currency) : left
  if (amount === undefined || amount < 0) return no('취소 요청 금액이 올바르지 않습니다.')
  if (amount > left || amount === 0) return no('취소 요청 금액이 취소 가능 금액보다 큽니다.')
  return { kind: 'cancel', payment, amount }
}

// imp_uid wins: a wrong one fails, whatever merchant_uid says (iamport.md §4.1).
function find(simulation: Simulation, request: Request): Payment | undefined {
  if (request.imp_uid) return iamportPayment(simulation, request.imp_uid)
  const attempts = iamportPaymentsOf(simulation, request.merchant_uid ?? '').filter(
    ({ merchantUid }) => merchantUid === request.merchant_uid,
  )
  return attempts.findLast((payment) => leftOf(payment) > 0) ?? attempts.findLast(({ outcome }) => outcome === 'paid')
}

function no(message: string): Decision {
  return { kind: 'refuse', message }
}
