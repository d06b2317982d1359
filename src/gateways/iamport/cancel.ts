// Asks i'mport for money back: the one call that must never be sent twice (iamport.md §4, design.md
// §6.3).
// Must not know: rows, tickets, retries. It says how the call ended; what that means for a refund
// is decided elsewhere.
import { Failure } from '../../domain/failures.ts'
import type { CancelAnswer, CancelRequest } from '../../domain/gateway.ts'
import { toMajor } from '../../domain/money.ts'
import { checkCancel } from '../charge.ts'
import type { HttpAnswer } from '../http.ts'
import { isOwnCode, readEnvelope, type Envelope } from './schema.ts'
import { gatewaySaid, type IamportCall, type Session } from './session.ts'
import { toEvidence, type Reading } from './translate.ts'

const ROUTE = '/payments/cancel'

/**
 * Throws RangeError, with nothing sent, for a request that must not be made; every other ending is
 * an answer.
 */
export async function cancelPayment(reading: Reading, session: Session, request: CancelRequest): Promise<CancelAnswer> {
  const call: IamportCall = { route: ROUTE, path: ROUTE, body: bodyOf(request), timeoutMs: request.timeoutMs }
  let refusedTokens = 0
  for (;;) {
    const token = await tokenOf(session)
    if (typeof token !== 'string') return token
    if (!request.mayStillSend()) return { kind: 'notSent', said: 'the time for sending was over before the call' }
    const ending = await sendOnce(reading, session, call, token, request)
    if (ending !== 'unauthorised') return ending
    // 401 = not executed (iamport.md §4.2): one repeat with a new token, asked for anew.
    session.forget(token)
    refusedTokens += 1
    if (refusedTokens > 1) return { kind: 'notSent', said: "i'mport refused a new token as well (HTTP 401)" }
  }
}

/**
 * `amount` missing or 0 would cancel all, and a checksum of null skips the check (iamport.md §4.1).
 */
function bodyOf(request: CancelRequest) {
  const { gatewayRef, money, checksum, reason, timeoutMs } = request
  checkCancel(request)
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs <= 0) throw new RangeError('timeoutMs is a whole number above zero')
  return {
    imp_uid: gatewayRef,
    amount: toMajor(money),
    checksum: toMajor({ amount: checksum, currency: money.currency }),
    reason,
    enable_webhook: true,
  }
}

/**
 * A token that cannot be had, for whatever reason, means that the cancel itself was never put on
 * the wire.
 */
async function tokenOf(session: Session): Promise<string | CancelAnswer> {
  try {
    return await session.token()
  } catch (error) {
    return { kind: 'notSent', said: error instanceof Failure ? error.message : 'the token request failed' }
  }
}

/**
 * From here on the call may be on the wire, so whatever goes wrong, on our side too, leaves its
 * outcome unknown.
 */
async function sendOnce(
  reading: Reading,
  session: Session,
  call: IamportCall,
  token: string,
  { gatewayRef }: CancelRequest,
): Promise<CancelAnswer | 'unauthorised'> {
  try {
    const answer = await session.send(call, token)
    if (answer.kind === 'notSent') return answer
    if (answer.kind === 'lost') return { kind: 'unknown', said: answer.said }
    if (answer.status === 401) return 'unauthorised'
    const envelope = envelopeOf(answer)
    if (envelope === undefined) return { kind: 'unknown', said: `HTTP ${answer.status} instead of an answer` }
    if (envelope.code !== 0) return { kind: 'turnedDown', code: String(envelope.code), said: gatewaySaid(envelope) }
    if (answer.status !== 200) return { kind: 'unknown', said: `HTTP ${answer.status} and yet code 0` }
    const evidence = toEvidence(reading, envelope.response, 'response')
    if (evidence.gatewayRef === gatewayRef) return { kind: 'answered', evidence }
    return { kind: 'unknown', said: 'code 0, but with another payment than the one asked for' }
  } catch (error) {
    const why = error instanceof Failure ? error.message : 'the answer could not be handled'
    return { kind: 'unknown', said: `i'mport may have taken the cancel: ${why}` }
  }
}

/**
 * Only HTTP 200 and 4xx carry i'mport's own word; a 5xx, or a firewall's JSON, may come from in
 * between.
 */
function envelopeOf(answer: Extract<HttpAnswer, { kind: 'answer' }>): Envelope | undefined {
  if (answer.status !== 200 && (answer.status < 400 || answer.status > 499)) return undefined
  try {
    const envelope = readEnvelope(answer.body)
    return answer.status === 200 || envelope.code === 0 || isOwnCode(String(envelope.code)) ? envelope : undefined
  } catch (error) {
    if (answer.status === 200) throw error
    return undefined
  }
}
