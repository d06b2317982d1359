// The authorised connection to one i'mport account: its token, one call at a time, and what a
// failed call means.
// Must not know: payments, money, what a route answers.
import { Failure } from '../../domain/failures.ts'
import { baseOf, request, type HttpAnswer, type HttpRequest } from '../http.ts'
import { parse, readEnvelope, tokenSchema, type Envelope, type Token } from './schema.ts'
import { countOf, plainText } from './fields.ts'

/** i'mport documents no time-outs (iamport.md §8). */
const READ_TIMEOUT_MS = 10_000
const RENEW_BEFORE_MS = 60_000
const UNKNOWN_LIFETIME_MS = 300_000
const SAID_LENGTH = 500
const PARTLY_FOUND = 207

type OnCall = (route: string, ms: number, outcome: string) => void
export type SessionOptions = {
  readonly apiUrl: string
  readonly key: string
  readonly secret: string
  /** Told of every exchange: the route without its ids, and an HTTP status, `notSent` or `lost`. */
  readonly onCall?: OnCall
  /** Monotonic milliseconds. */
  readonly clock?: () => number
}

export type IamportCall = {
  /** The path with its ids left out, for metrics. */
  readonly route: string
  readonly path: string
  /** Sent as JSON by POST; without one it is a GET. */
  readonly body?: Readonly<Record<string, string | number | boolean>>
  readonly timeoutMs?: number
}
/**
 * What i'mport says in its envelope: yes with a response, or no with a code (with HTTP 200 too:
 * iamport.md §1.6).
 */
export type Reply =
  | { readonly kind: 'yes'; readonly response: unknown }
  | { readonly kind: 'no'; readonly status: number; readonly code: string; readonly said: string }

export type Session = {
  /**
   * A token good for at least one call, cached; callers at the same time share one request. Throws
   * a Failure.
   */
  token(): Promise<string>
  /**
   * What i'mport's clock says, in Unix milliseconds to the second, as its last token told;
   * undefined where it did not. Throws a Failure.
   */
  now(): Promise<number | undefined>
  /** A token that was answered with 401 is not used again. */
  forget(token: string): void
  /** One exchange with this token, never repeated, never throwing for what the other side does. */
  send(call: IamportCall, token: string): Promise<HttpAnswer>
  /**
   * For calls that may be repeated: token, one renewal on 401, envelope. Throws a Failure for all
   * that is no Reply.
   */
  ask(call: IamportCall): Promise<Reply>
}

/** Throws RangeError for an address that is none. */
export function createSession(options: SessionOptions): Session {
  const { onCall = () => undefined, clock = () => performance.now() } = options
  const base = baseOf(options.apiUrl, "i'mport's")

  async function exchange({ route, path, body, timeoutMs = READ_TIMEOUT_MS }: IamportCall, token?: string) {
    const began = clock()
    const answer = await request({ url: base + path, ...messageOf(body, token), timeoutMs })
    onCall(route, clock() - began, answer.kind === 'answer' ? String(answer.status) : answer.kind)
    return answer
  }

  const tokens = createTokens(options, clock, exchange)
  return {
    ...tokens,
    send: exchange,
    async ask(call) {
      const token = await tokens.token()
      const first = await exchange(call, token)
      if (first.kind !== 'answer' || first.status !== 401) return replyOf(first, call)
      tokens.forget(token)
      return replyOf(await exchange(call, await tokens.token()), call)
    },
  }
}

type Exchange = (call: IamportCall, token?: string) => Promise<HttpAnswer>

function createTokens({ key, secret }: SessionOptions, clock: () => number, exchange: Exchange) {
  const call = { route: '/users/getToken', path: '/users/getToken', body: { imp_key: key, imp_secret: secret } }
  let cached: { readonly text: string; readonly renewAt: number } | undefined
  let told: { readonly unixMs: number; readonly at: number } | undefined
  let asking: Promise<string> | undefined

  async function renew(): Promise<string> {
    const began = clock()
    const reply = replyOf(await exchange(call), call)
    if (reply.kind === 'no') throw keysRefused(reply.said)
    const token = parse(tokenSchema, reply.response, 'response')
    // The difference, not the date: the two clocks may disagree (iamport.md §2). Counted from
    // before the request.
    const renewAt = began + lifetimeMsOf(token) - RENEW_BEFORE_MS
    cached = { text: token.access_token, renewAt }
    const seconds = countOf(token.now)
    told = seconds === undefined ? undefined : { unixMs: seconds * 1_000, at: clock() }
    return token.access_token
  }

  function usable(): Promise<string> {
    if (cached !== undefined && clock() < cached.renewAt) return Promise.resolve(cached.text)
    asking ??= renew().finally(() => {
      asking = undefined
    })
    return asking
  }

  return {
    token: usable,
    async now(): Promise<number | undefined> {
      await usable()
      return told && told.unixMs + (clock() - told.at)
    },
    forget(token: string): void {
      if (cached?.text === token) cached = undefined
    },
  }
}

/**
 * Only a hint, for a token that has ended is answered with 401 and renewed: one that says nothing
 * is kept shortly.
 */
function lifetimeMsOf({ now, expired_at: end }: Token): number {
  const [from, to] = [countOf(now), countOf(end)]
  return from === undefined || to === undefined ? UNKNOWN_LIFETIME_MS : (to - from) * 1000
}

function messageOf(
  body: IamportCall['body'],
  token: string | undefined,
): Pick<HttpRequest, 'method' | 'headers' | 'body'> {
  const headers = { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
  if (body === undefined) return { method: 'GET', headers }
  return { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** A text for people out of what the gateway says for its no. */
export function gatewaySaid(envelope: Envelope): string {
  return plainText(envelope.message ?? '', SAID_LENGTH) || `no reason given (code ${envelope.code})`
}

function replyOf(answer: HttpAnswer, { route }: IamportCall): Reply {
  if (answer.kind === 'lost' && answer.tooLarge) throw tooLarge(route, answer.said)
  if (answer.kind !== 'answer') throw unavailable(route, answer.said)
  const { status, body } = answer
  if (status === 429 || status >= 500) throw unavailable(route, `HTTP ${status}`, { status })
  if (status === 401) throw keysRefused(saidIn(body))
  const fine = status >= 200 && status < 300
  const envelope = fine ? readEnvelope(body) : envelopeIn(body)
  // A page of whoever stands in between, JSON or not, says nothing about what was asked.
  if (envelope === undefined) throw unavailable(route, `HTTP ${status} without a word of i'mport's`, { status })
  // 207 = some of several were found (iamport.md §3): those that were are an answer.
  if (envelope.code !== 0 && status !== PARTLY_FOUND)
    return { kind: 'no', status, code: String(envelope.code), said: gatewaySaid(envelope) }
  if (fine) return { kind: 'yes', response: envelope.response }
  throw new Failure('gatewayAnswerUnreadable', `i'mport answered ${route} with HTTP ${status} and yet with code 0.`, {
    route,
    status,
  })
}

function envelopeIn(body: string): Envelope | undefined {
  try {
    return readEnvelope(body)
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

function saidIn(body: string): string {
  const envelope = envelopeIn(body)
  return envelope === undefined ? 'HTTP 401 without a message' : gatewaySaid(envelope)
}

/**
 * Whatever answers a read with a no that is not i'mport's own "not found" is asked again, as after
 * an outage: a firewall says 403 in JSON too, and a payment behind it is not gone.
 */
export function refusedRead({ status, code, said }: Extract<Reply, { kind: 'no' }>, { route }: IamportCall): Failure {
  return unavailable(route, `it said no (HTTP ${status}, code ${code}): ${said}`, { status, code })
}

function unavailable(route: string, said: string, details: { status?: number; code?: string } = {}): Failure {
  const sentence = `i'mport could not be asked (${route}): ${said}. Nothing was changed; it will be asked again.`
  return new Failure('gatewayUnavailable', sentence, { route, ...details })
}

function tooLarge(route: string, said: string): Failure {
  const sentence = `i'mport answered ${route}, but ${said}, which is more than is read; a smaller question may be answered.`
  return new Failure('gatewayAnswerTooLarge', sentence, { route })
}

function keysRefused(said: string): Failure {
  const sentence = `i'mport does not take our keys: ${said}. Check IAMPORT_KEY and IAMPORT_SECRET; nothing was changed.`
  return new Failure('gatewayKeysRefused', sentence, { said })
}

/**
 * One step of a path. URLs resolve `.` and `..`, encoded too, so these two ids cannot be asked
 * about.
 */
export function segment(id: string): string {
  if (id === '.' || id === '..') throw new Failure('gatewayRefused', `"${id}" cannot be an id at i'mport.`, { id })
  return encodeURIComponent(id)
}
