// What every vendor endpoint has in common: it is counted and
// noted, reads a body, obeys the faults, may stay silent.
// Must not know any endpoint by name.
import type { Router, RouterContext } from '@koa/router'
import { z } from 'zod'
import { forbid } from './iamport/shape.ts'
import type { Party } from './log/traffic.ts'
import { SLOW_READ_MS } from './world/faults.ts'
import type { Simulation } from './world/simulation.ts'

const BODY_LIMIT_BYTES = 64 * 1024

export type Act = (context: RouterContext) => unknown
export type Method = 'get' | 'post' | 'put'

export type Endpoint = { of: 'iamport' | 'paymentwall' | 'portone'; method: Method; paths: string[]; act: Act }

/**
 * Adds a vendor endpoint: counted when it arrives, before keys
 * are looked at; reads obey the `reads` fault.
 */
export function vendorRoute(simulation: Simulation, router: Router, { of, method, paths, act }: Endpoint): void {
  // Both of PortOne's APIs have the same paths.
  const label = `${of === 'portone' ? 'V2 ' : ''}${method.toUpperCase()} ${paths[0] ?? ''}`
  router[method](paths, (context) =>
    noted(simulation, context, { from: 'merchant', to: of }, async () => {
      simulation.calls.count(label)
      const { reads } = simulation.faults.now()
      if (method === 'get' && reads === 'error500') return answerBroken(context)
      if (method === 'get' && reads === 'forbidden403') return forbid(context)
      await act(context)
      // Read first, answered later: what a slow answer says may be out of date when it comes.
      if (method === 'get' && reads === 'slow') await sleep(SLOW_READ_MS)
    }),
  )
}

type Ends = { from: Party; to: Party }

/** Writes the call into the log once it is over, however it ends. */
export async function noted(
  { traffic }: Simulation,
  context: RouterContext,
  { from, to }: Ends,
  act: () => unknown,
): Promise<void> {
  const note = (status: number) => {
    const { sent = '', moved = null }: Noted = context.state
    const { method, url } = context
    const body = typeof context.body === 'string' ? context.body : ''
    const answer = context.respond === false ? undefined : { status, type: context.response.type, body }
    const written = { type: context.get('content-type'), body: sent }
    traffic.note({ direction: 'in', from, to, method, path: url, sent: written, answer, moved })
  }
  try {
    await act()
    note(context.status)
  } catch (error) {
    note(SAID_STATUS.safeParse(error).data?.status ?? 500)
    throw error
  }
}

type Noted = { sent?: string; moved?: string | null }
const SAID_STATUS = z.object({ status: z.number() })

/** Tells the log what the call has changed. */
export function sayMoved(context: RouterContext, moved: string): void {
  context.state.moved = moved
}

/** What stands before a broken gateway does not speak JSON. */
export function answerBroken(context: RouterContext, status: 500 | 502 = 500): void {
  const said = status === 500 ? 'Internal Server Error' : 'Bad Gateway'
  context.status = status
  context.type = 'html'
  context.body = `<html><body><h1>${status} ${said}</h1></body></html>`
}

/** Leaves the caller without an answer, the connection open, until the caller gives up. */
export function neverAnswer(context: RouterContext): void {
  context.respond = false
}

export function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs).unref())
}

/** The body as text; 413 above 64 KiB, read to its end so that the answer reaches the sender. */
export async function bodyText(context: RouterContext): Promise<string> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of context.req) {
    const buffer = Buffer.from(piece)
    bytes += buffer.length
    if (bytes <= BODY_LIMIT_BYTES) pieces.push(buffer)
  }
  if (bytes > BODY_LIMIT_BYTES) context.throw(413, 'The body is larger than 64 KiB.')
  const text = Buffer.concat(pieces).toString('utf8')
  context.state.sent = text
  return text
}

/** A JSON object or a form as an object; `{}` for an empty body, undefined for what is neither. */
export async function bodyObject(context: RouterContext): Promise<object | undefined> {
  const text = await bodyText(context)
  if (text.trim() === '') return {}
  if (context.is('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text))
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}
