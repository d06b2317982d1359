// The connection to one PortOne store: one exchange at a time, and what a failed question means
// (portone.md §2).
// Must not know: payments, money, what a call answers. It repeats nothing.
import { z } from 'zod'
import { Failure } from '../../domain/failures.ts'
import { tame } from '../../domain/text.ts'
import { baseOf, request, type HttpAnswer } from '../http.ts'

/** PortOne advises to wait that long at least: hanging up stops nothing (portone.md §1.11). */
const READ_TIMEOUT_MS = 60_000
const SAID_LENGTH = 500

export type ExchangeOptions = {
  readonly apiUrl: string
  readonly secret: string
  readonly storeId: string
  /** Told of every exchange: the route without its ids, and an HTTP status, `notSent` or `lost`. */
  readonly onCall?: (route: string, ms: number, outcome: string) => void
}

export type PortoneCall = {
  /** The path with its ids left out, for metrics. */
  readonly route: string
  readonly path: string
  /** JSON text, sent by POST as it is; without one it is a GET. */
  readonly body?: string
  /** 16 to 256 letters and digits: sent again it gets the stored answer (portone.md §7). */
  readonly idempotencyKey?: string
  readonly timeoutMs?: number
}
/** What PortOne itself says: yes with a body, or no with a type of its own. */
export type PortoneReply =
  | { readonly kind: 'yes'; readonly json: unknown }
  | { readonly kind: 'no'; readonly status: number; readonly type: string; readonly said: string }

export type Exchange = {
  readonly storeId: string
  /** One exchange, never repeated, never throwing for what the other side does. */
  send(call: PortoneCall): Promise<HttpAnswer>
  /** For calls that may be repeated. Throws a Failure for all that is no PortoneReply. */
  ask(call: PortoneCall): Promise<PortoneReply>
}

/** Throws RangeError for an address that is none. */
export function createExchange({ apiUrl, secret, storeId, onCall = () => undefined }: ExchangeOptions): Exchange {
  const base = baseOf(apiUrl, "PortOne's")
  async function send({ route, path, body, idempotencyKey, timeoutMs = READ_TIMEOUT_MS }: PortoneCall) {
    const began = performance.now()
    const headers = {
      accept: 'application/json',
      authorization: `PortOne ${secret}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      // A quoted string by RFC 8941 (portone.md §7).
      ...(idempotencyKey !== undefined && { 'idempotency-key': `"${idempotencyKey}"` }),
    }
    const method = body === undefined ? 'GET' : 'POST'
    const answer = await request({ url: base + path, method, headers, ...(body !== undefined && { body }), timeoutMs })
    onCall(route, performance.now() - began, answer.kind === 'answer' ? String(answer.status) : answer.kind)
    return answer
  }
  return { storeId, send, ask: async (call) => replyOf(await send(call), call) }
}

/** A path's step. URLs resolve `.` and `..`, encoded too, so these two cannot be asked about. */
export function pathStep(id: string): string {
  if (id === '.' || id === '..') throw new Failure('gatewayRefused', `"${id}" cannot be an id at PortOne.`, { id })
  return encodeURIComponent(id)
}

const ERROR = z.object({
  type: z.string().regex(/^[A-Z][A-Z0-9_]{0,99}$/),
  message: z.string().nullish().catch(null),
  pgCode: z.string().nullish().catch(null),
  pgMessage: z.string().nullish().catch(null),
})
export type PortoneError = { readonly type: string; readonly said: string }

/** undefined for what is not PortOne's own word: a page, or JSON of whoever stands in between. */
export function readError(body: string): PortoneError | undefined {
  const { data } = ERROR.safeParse(jsonIn(body))
  if (data === undefined) return undefined
  const { type, message, pgCode, pgMessage } = data
  const said = [message, pgMessage, pgCode === null || pgCode === undefined ? null : `code ${pgCode}`]
  return { type, said: plainSaid(said.filter((part) => part).join('; ')) || 'it gave no reason' }
}

export function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** A vendor's text, fit to be stored and shown. */
export const plainSaid = (text: string): string => tame(text.slice(0, SAID_LENGTH))

function replyOf(answer: HttpAnswer, { route }: PortoneCall): PortoneReply {
  if (answer.kind === 'lost' && answer.tooLarge) throw tooLarge(route, answer.said)
  if (answer.kind !== 'answer') throw unavailable(route, answer.said)
  const { status, body } = answer
  if (status === 429 || status >= 500) throw unavailable(route, `HTTP ${status}`)
  const error = status === 200 ? undefined : readError(body)
  if (status === 401) throw keysRefused(error?.said ?? `HTTP ${status} without a message`)
  if (status === 403 && error?.type === 'FORBIDDEN') throw keysRefused(error.said)
  if (status === 200) {
    const json = jsonIn(body)
    if (json === undefined) throw notReadable('(body)', 'it is not JSON')
    return { kind: 'yes', json }
  }
  if (error === undefined) throw unavailable(route, `HTTP ${status} without a word of PortOne's`)
  return { kind: 'no', status, ...error }
}

/** A no to a question that has no other meaning is asked again, as after an outage. */
export const saidNo = (
  { status, type, said }: Extract<PortoneReply, { kind: 'no' }>,
  { route }: PortoneCall,
): Failure => unavailable(route, `it said no (HTTP ${status}, ${type}): ${said}`)

function unavailable(route: string, said: string): Failure {
  const sentence = `PortOne could not be asked (${route}): ${said}. Nothing was changed; it will be asked again.`
  return new Failure('gatewayUnavailable', sentence, { route })
}

function tooLarge(route: string, said: string): Failure {
  const sentence = `PortOne answered ${route}, but ${said}, which is more than is read; a smaller question may be answered.`
  return new Failure('gatewayAnswerTooLarge', sentence, { route })
}

/** A secret ends by itself, at a date that its console knows (portone.md §2). */
function keysRefused(said: string): Failure {
  const sentence = `PortOne does not take our secret for this store: ${said}. Check PORTONE_API_SECRET, which may have ended, and PORTONE_STORE_ID; nothing was changed.`
  return new Failure('gatewayKeysRefused', sentence, { said })
}

/** Names the field, never its value: that may be a person's. */
export const notReadable = (field: string, why: string): Failure =>
  new Failure(
    'gatewayAnswerUnreadable',
    `PortOne's answer cannot be read at ${field}: ${why}; nothing of it was taken over.`,
    { field },
  )
