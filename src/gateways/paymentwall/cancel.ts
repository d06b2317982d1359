// Asks Paymentwall for money back by a ticket: the one call that must never be sent twice
// (paymentwall.md §6).
// Must not know: rows, retries. `result: 1` is a letter that was filed; whether anything went back,
// a pingback says.
import type { CancelAnswer, CancelRequest } from '../../domain/gateway.ts'
import { checkCancel } from '../charge.ts'
import type { HttpAnswer } from '../http.ts'
import type { Parameters } from './signature.ts'
import { wireAmount } from './window.ts'
import { readTicketReply } from './wire.ts'

export const TICKET_ROUTE = '/developers/api/ticket'
/** What the ticket is for (paymentwall.md §6.1). */
const ALL = '1'
const PART = '5'

/** One exchange, signed, never repeated. */
export type SendTicket = (parameters: Parameters, timeoutMs: number) => Promise<HttpAnswer>

/**
 * Throws RangeError, with nothing sent, for a request that must not be made; every other ending is
 * an answer.
 */
export async function postTicket(send: SendTicket, request: CancelRequest): Promise<CancelAnswer> {
  const parameters = parametersOf(request)
  if (!request.mayStillSend()) return { kind: 'notSent', said: 'the time for sending was over before the call' }
  // From here on the call may be on the wire, so whatever goes wrong leaves its outcome unknown.
  try {
    return endingOf(await send(parameters, request.timeoutMs))
  } catch {
    return { kind: 'unknown', said: 'Paymentwall may have taken the ticket: its answer could not be handled' }
  }
}

function parametersOf(request: CancelRequest): Parameters {
  const { gatewayRef, refundId, money, checksum, reason, timeoutMs } = request
  checkCancel(request)
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs <= 0) throw new RangeError('timeoutMs is a whole number above zero')
  const amount = wireAmount(money)
  if (amount === undefined) throw new RangeError('Paymentwall cannot write an amount with more than two decimals')
  const ticket = { ref: gatewayRef, message: reason, merchant_refund_id: refundId }
  // All that is left is asked for without an amount: there is none to get wrong, and its pingback
  // names none.
  return money.amount === checksum ? { ...ticket, type: ALL } : { ...ticket, type: PART, amount }
}

function endingOf(answer: HttpAnswer): CancelAnswer {
  if (answer.kind === 'notSent') return answer
  if (answer.kind === 'lost') return { kind: 'unknown', said: answer.said }
  const { status, body } = answer
  // A 5xx, and a page instead of JSON, may come from in between: nothing is known then.
  const itsOwn = status === 200 || (status >= 400 && status <= 499)
  const reply = itsOwn ? readTicketReply(body) : undefined
  if (reply === undefined) return { kind: 'unknown', said: `HTTP ${status} instead of an answer` }
  if (!reply.filed) return { kind: 'turnedDown', code: '0', said: reply.said }
  if (status !== 200) return { kind: 'unknown', said: `HTTP ${status} and yet result 1` }
  return { kind: 'accepted', said: 'Paymentwall took the request: a ticket is filed' }
}
