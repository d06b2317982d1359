// i'mport's POST /payments/cancel as Paymentwall has it: a ticket is opened, the payment stays as
// it was (iamport.md §4).
// Must not know how tickets end.
import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { answerBroken, bodyObject, neverAnswer, sleep } from '../endpoint.ts'
import { leftOf, type Payment } from '../world/model.ts'
import { fromMajor } from '../world/money.ts'
import { giveBack, openTicket, type Giving, type Simulation } from '../world/simulation.ts'
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
  if (fault === 'lostAnswer') neverAnswer(context)
  if (decision.kind === 'refuse') return refuse(context, 200, 1, decision.message)
  if (fault === 'refuse')
    return refuse(context, 200, -1, '결제취소에 실패하였습니다. [3204|Payment can not be refunded]')
  const { payment, amount } = decision
  const asked = {
    amount,
    reason: request.data.reason ?? '',
    merchantRefundId: null,
    enableWebhook: request.data.enable_webhook === true || request.data.enable_webhook === 'true',
  }
  if (fault === 'instant' || isInstant(payment)) return cancelAtOnce(simulation, context, payment, asked)
  openTicket(simulation, payment, { ...asked, whole: amount === leftOf(payment) })
  answer(context, showPayment(simulation, payment))
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
  await Promise.race([done.told, sleep(ANSWER_AFTER_WEBHOOK_MS)])
  answer(context, showPayment(simulation, done.payment))
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
  const left = leftOf(payment)
  if (left === 0) return no('이미 전액취소된 주문입니다.')
  // Only booked cancels count: the checksum does not see an open ticket (iamport.md §4.1).
  if (request.checksum != null && fromMajor(request.checksum, payment.currency) !== left) {
    return no('취소 가능 잔액이 checksum과 일치하지 않습니다.')
  }
  // Missing or 0 cancels all (iamport.md §4.1).
  const amount = request.amount ? fromMajor(request.amount, payment.currency) : left
  if (amount === undefined || amount < 0) return no('취소 요청 금액이 올바르지 않습니다.')
  if (amount > left) return no('취소 요청 금액이 취소 가능 금액보다 큽니다.')
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
