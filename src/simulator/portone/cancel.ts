// PortOne's POST /payments/{paymentId}/cancel: an entry is REQUESTED, a ticket is filed with
// Paymentwall, and the same key gets the same answer (portone.md §7, §8).
// Must not know how tickets end.
import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { PORTONE_STORE } from '../credentials.ts'
import { answerBroken, bodyText, neverAnswer, sayMoved, sleep } from '../endpoint.ts'
import { fileTicket, scriptedAnswer, whyNeverDone } from '../play/tickets.ts'
import { leftOf, type Payment } from '../world/model.ts'
import { giveBack, openedBy, type Simulation } from '../world/simulation.ts'
import { paidOf, ticketsOf } from './account.ts'
import type { Answered } from './memory.ts'
import { tellPending } from './news.ts'
import { answerWith, error, idOfCancel, jsonOf, NOT_FOUND, requestOf } from './shape.ts'

const BODY = z.object({
  storeId: z.string().optional(),
  amount: z.int().optional(),
  reason: z.string(),
  currentCancellableAmount: z.int().optional(),
  skipWebhook: z.boolean().optional(),
})
type Body = z.infer<typeof BODY>

const INSTANT_METHOD = 'paypal'
const ANSWER_AFTER_WEBHOOK_MS = 5_000
const INVALID = error(400, 'INVALID_REQUEST', '요청이 올바르지 않습니다.')
const OUTSTANDING = error(409, 'IDEMPOTENCY_OUTSTANDING_REQUEST', '처리 중인 요청이 있습니다.')

export async function cancel(simulation: Simulation, context: RouterContext): Promise<void> {
  const fault = simulation.faults.now().cancel
  if (fault === 'timeoutBefore') return neverAnswer(context)
  if (fault === 'error500') return answerBroken(context)
  const text = await bodyText(context)
  const said = context.get('idempotency-key')
  const key = said === '' ? undefined : keyIn(said)
  if (said !== '' && key === undefined) return answerWith(context, INVALID)
  const before = key === undefined ? undefined : known(simulation, key, text)
  if (before) return answerWith(context, before)
  const { cancel: answerKind, errors } = simulation.faults.now().portone
  if (answerKind === 'outstanding') return answerWith(context, OUTSTANDING)
  const payment = paidOf(simulation, context.params.paymentId ?? '')
  const scripted = payment && scriptedAnswer(payment)
  if (fault === 'lostAnswer' || scripted === 'lostAnswer') neverAnswer(context)
  const atMs = simulation.clock.now()
  if (key !== undefined) simulation.portone.keep(key, { text, answered: undefined, atMs })
  const answered = await carryOut(simulation, context, payment, text)
  if (key !== undefined && (answered.status === 200 || errors === 'stored'))
    simulation.portone.keep(key, { text, answered, atMs })
  else if (key !== undefined) simulation.portone.drop(key)
  if (scripted === 'html502') return answerBroken(context, 502)
  answerWith(context, answered)
}

/** A string of RFC 8941, quotes and all, of 16 to 256 characters. */
function keyIn(said: string): string | undefined {
  return /^"([\x20-\x21\x23-\x5b\x5d-\x7e]{16,256})"$/.exec(said)?.[1]
}

function known(simulation: Simulation, key: string, text: string): Answered | undefined {
  const { keyMinutes, otherBody } = simulation.faults.now().portone
  const kept = simulation.portone.key(key)
  if (!kept || simulation.clock.now() - kept.atMs >= keyMinutes * 60_000) return undefined
  if (kept.text !== text && otherBody === 'refused') return INVALID
  return kept.answered ?? OUTSTANDING
}

async function carryOut(
  simulation: Simulation,
  context: RouterContext,
  payment: Payment | undefined,
  text: string,
): Promise<Answered> {
  const body = BODY.safeParse(jsonOf(text))
  if (!body.success) return INVALID
  if ((body.data.storeId ?? PORTONE_STORE) !== PORTONE_STORE) return error(403, 'FORBIDDEN', '권한이 없습니다.')
  const { portone, cancel: fault } = simulation.faults.now()
  const judged = switched(portone.cancel) ?? judge(simulation, payment, body.data)
  if ('status' in judged) return judged
  const isPart = judged.amount < leftOf(judged.payment)
  if (portone.cancel === 'pgError' || (isPart && portone.partCancel === 'pgError')) return pgError()
  if (isPart && portone.partCancel === 'failed') return failedAtOnce(judged)
  if (fault === 'refuse' || scriptedAnswer(judged.payment) === 'refuse') return failedAtOnce(judged)
  const asked = { ...judged, reason: body.data.reason }
  const never = whyNeverDone(simulation, judged.payment)
  if ((judged.payment.method === INSTANT_METHOD || fault === 'instant') && !never) return atOnce(simulation, asked)
  return file(simulation, context, asked)
}

const ANSWERS = {
  alreadyCancelled: ['PAYMENT_ALREADY_CANCELLED', '이미 취소된 결제입니다.'],
  consistencyBroken: ['CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN', '취소 가능 잔액이 일치하지 않습니다.'],
  exceeds: ['CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT', '취소 금액이 취소 가능 금액을 초과합니다.'],
  maxCancels: ['MAX_CANCEL_COUNT_REACHED', '취소 가능 횟수를 초과했습니다.'],
} as const
const conflict = (kind: keyof typeof ANSWERS): Answered => error(409, ANSWERS[kind][0], ANSWERS[kind][1])

function switched(kind: string): Answered | undefined {
  switch (kind) {
    case 'alreadyCancelled':
    case 'consistencyBroken':
    case 'exceeds':
    case 'maxCancels':
      return conflict(kind)
  }
  return undefined
}

const pgError = () => error(502, 'PG_PROVIDER', 'PG사에서 오류가 발생했습니다.', { pgCode: '1', pgMessage: 'error' })

type Judged = { payment: Payment; amount: number }

/** Missing is all that is left (portone.md §7). */
function judge(simulation: Simulation, payment: Payment | undefined, body: Body): Answered | Judged {
  if (!payment) return NOT_FOUND
  if (payment.outcome !== 'paid') return error(409, 'PAYMENT_NOT_PAID', '결제가 완료되지 않았습니다.')
  const { balance, secondCancel } = simulation.faults.now().portone
  const open = ticketsOf(simulation, payment).filter(({ state }) => state === 'open')
  if (leftOf(payment) === 0) return conflict('alreadyCancelled')
  if (open.length > 0 && secondCancel === 'exceeds') return conflict('exceeds')
  const pending = balance === 'pendingToo' ? open.reduce((sum, { amount }) => sum + amount, 0) : 0
  const left = Math.max(0, leftOf(payment) - pending)
  if (body.currentCancellableAmount !== undefined && body.currentCancellableAmount !== left)
    return conflict('consistencyBroken')
  const amount = body.amount ?? left
  if (amount <= 0) return INVALID
  return amount > left ? conflict('exceeds') : { payment, amount }
}

type Asked = Judged & { reason: string }

/** 200, and yet a no (portone.md §7). */
function failedAtOnce({ payment, amount }: Judged): Answered {
  const at = new Date(payment.updatedAtMs).toISOString()
  const sums = { totalAmount: amount, taxFreeAmount: 0, vatAmount: 0 }
  const id = `failed-${payment.impUid}`
  return { status: 200, body: { cancellation: { status: 'FAILED', id, ...sums, reason: '', requestedAt: at } } }
}

/** The webhook goes out before the answer. */
async function atOnce(simulation: Simulation, { payment, amount, reason }: Asked): Promise<Answered> {
  const giving = { amount, reason, merchantRefundId: null, enableWebhook: true, origin: 'call' } as const
  const done = giveBack(simulation, payment, giving)
  await Promise.race([done.told, sleep(ANSWER_AFTER_WEBHOOK_MS)])
  const cancel = done.payment.cancels.at(-1)
  const at = new Date(simulation.clock.now()).toISOString()
  const sums = { totalAmount: amount, taxFreeAmount: 0, vatAmount: 0 }
  const id = cancel ? idOfCancel(done.payment, cancel) : ''
  const entry = { status: 'SUCCEEDED', id, ...sums, reason, requestedAt: at, cancelledAt: at, trigger: 'API' }
  return { status: 200, body: { cancellation: entry } }
}

function file(simulation: Simulation, context: RouterContext, { payment, amount, reason }: Asked): Answered {
  const { portone } = simulation.faults.now()
  const request = { amount, reason, merchantRefundId: null, enableWebhook: true, whole: amount === leftOf(payment) }
  const ticket = fileTicket(simulation, payment, request)
  sayMoved(context, openedBy(ticket))
  void tellPending(simulation, payment, ticket)
  if (portone.cancel === 'pgErrorFiled') return pgError()
  return { status: 200, body: { cancellation: requestOf(ticket, portone) } }
}
