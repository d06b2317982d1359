// A throw-away HTTP server that behaves as badly as a test asks for, and an i'mport gateway that
// talks to it.
// Must not know: what the gateway should make of it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { Failure } from '../../src/domain/failures.ts'
import { createIamportGateway, type IamportOptions } from '../../src/gateways/iamport/client.ts'
import { IAMPORT_MAIN } from '../../src/gateways/iamport/config.ts'
import type { Reading } from '../../src/gateways/iamport/translate.ts'

export type Step = (request: IncomingMessage, response: ServerResponse) => void
export type Seen = { readonly line: string; readonly headers: IncomingMessage['headers']; readonly body: string }
/** Steps by method and path, query left out; the last of several repeats. */
export type Script = Readonly<Record<string, Step | readonly Step[]>>

export async function startWire(script: Script): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const counts = new Map<string, number>()
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { method, url = '' } = request
      seen.push({ line: `${method} ${url}`, headers: request.headers, body })
      const route = `${method} ${url.split('?')[0]}`
      const nth = counts.get(route) ?? 0
      counts.set(route, nth + 1)
      const steps = [script[route] ?? json(404, { code: -1, message: `no step for ${route}`, response: null })].flat()
      steps[Math.min(nth, steps.length - 1)]?.(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the wire has no port')
  return { url: `http://127.0.0.1:${address.port}`, seen }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

export function json(status: number, value: unknown): Step {
  return text(status, JSON.stringify(value), 'application/json')
}

export function text(status: number, body: string, type = 'text/html', headers: Record<string, string> = {}): Step {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': type, ...headers })
    response.end(body)
  }
}

export const yes = (response: unknown): Step => json(200, { code: 0, message: null, response })
export const no = (status: number, code: number, message: string | null): Step =>
  json(status, { code, message, response: null })
export const unauthorized = no(401, -1, 'Unauthorized')
/** Takes the request whole and closes the connection without an answer. */
export const reset: Step = (request) => request.socket.destroy()
export const silent: Step = () => undefined
/** Promises more than it sends, then closes. */
export const half: Step = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  response.write('{"code":0,', () => response.socket?.destroy())
}
/** Begins a body and never ends it. */
export const endless: Step = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.write('{"code":0,')
}

export function token(text: string, lifetimeSeconds = 1800): Step {
  // A server clock far from ours: only the difference may count.
  return yes({ access_token: text, now: 1_000, expired_at: 1_000 + lifetimeSeconds })
}

/** Every field that is read. */
export const PAYMENT = {
  imp_uid: 'imp_1',
  merchant_uid: 'ord-1',
  amount: 19.9,
  cancel_amount: 0,
  currency: 'USD',
  status: 'paid',
  sandbox: false,
  pg_provider: 'paymentwall',
  pg_tid: 'b1785901200',
  pay_method: 'card',
  paid_at: 1_785_901_200,
  failed_at: 0,
  fail_reason: null,
  cancel_history: [],
}

/** Every field of a cancel_history entry that is read. */
export const CANCEL = {
  amount: 5,
  cancelled_at: 1_786_070_000,
  reason: '#r-1 late',
  cancellation_id: 'cncl_1',
}

/** Without these fields. */
export function lacking(wire: object, ...fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(wire).filter(([name]) => !fields.includes(name)))
}

export type Note = readonly [field: string, stoodIn: string]

/** A reading that keeps its notes. */
export function readingOn(providers: readonly string[] = ['paymentwall']): { reading: Reading; notes: Note[] } {
  const notes: Note[] = []
  const onMissing = (field: string, stoodIn: string): void => void notes.push([field, stoodIn])
  return { reading: { name: IAMPORT_MAIN, providers: new Set(providers), onMissing }, notes }
}

/**
 * A gateway on a wire that gives tokens, unless the script says otherwise; `notes` holds the fields
 * that were missing.
 */
export async function gatewayOn(script: Script, options: Partial<IamportOptions> = {}) {
  const wire = await startWire({ 'POST /users/getToken': token('token-1'), ...script })
  const notes: string[] = []
  const onMissing = (field: string): void => void notes.push(field)
  const account = { name: IAMPORT_MAIN, apiUrl: wire.url, key: 'the-key', secret: 'the-secret', onMissing }
  const sent = (line: string): Seen[] => wire.seen.filter((seen) => seen.line.startsWith(line))
  return { gateway: createIamportGateway({ ...account, ...options }), sent, notes }
}

export async function failureOf(answer: Promise<unknown>): Promise<Failure> {
  const error = await answer.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  )
  if (error instanceof Failure) return error
  throw error
}
