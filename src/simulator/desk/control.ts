// What all control calls have in common: a body that is judged, a
// payment that is found, an answer, an error's sentence.
// Must not know any control call.
import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { bodyObject } from '../endpoint.ts'
import { durationMs } from '../world/clock.ts'
import { isLocalAddress, isLocalHost, wasPassedOn } from '../world/loopback.ts'
import { returnedOf, statusOf, type Payment } from '../world/model.ts'
import type { Simulation } from '../world/simulation.ts'

export const NOTHING = z.strictObject({})

/** A time from now: "30m", "24h", "7d", or whole milliseconds. */
export const DURATION = z.union([z.string(), z.number()]).transform((said, context) => {
  const ms = durationMs(said)
  if (ms !== undefined) return ms
  context.addIssue('must be a time like "30m", "24h", "7d", or whole milliseconds, up to ten years')
  return z.NEVER
})

/**
 * Whoever calls here pays, refunds and forgets as he likes: only this machine may, at its own name,
 * and in a browser only this program's own pages.
 */
export function refuseStrangers(context: RouterContext): void {
  const { host = '', origin } = context.headers
  const own = origin === undefined || origin.toLowerCase() === `http://${host}`.toLowerCase()
  if (isLocalAddress(context.req.socket.remoteAddress) && isLocalHost(host) && own && !wasPassedOn(context.req)) return
  context.throw(
    403,
    'The control calls are for this machine alone: at localhost, through no proxy, and from no page of another address.',
  )
}

export async function validBody<Body>(context: RouterContext, schema: z.ZodType<Body>): Promise<Body> {
  const body = await bodyObject(context)
  if (body === undefined) return context.throw(422, 'The body is not a JSON object.')
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`)
  return context.throw(422, faults.join('; '))
}

export function paymentOf(simulation: Simulation, context: RouterContext): Payment {
  return (
    simulation.store.payment(context.params.id ?? '') ?? context.throw(404, `There is no payment ${context.params.id}.`)
  )
}

export function showPayment(payment: Payment) {
  const { impUid, merchantUid, amount, currency, sandbox, gateway, ref, underReview } = payment
  const money = { status: statusOf(payment), amount, cancelAmount: returnedOf(payment), currency }
  return { impUid, merchantUid, ...money, sandbox, gateway, ref, underReview }
}

export function answer(context: RouterContext, body: object): void {
  context.type = 'json'
  context.body = JSON.stringify(body)
}

const SAID = z.object({ status: z.number(), expose: z.literal(true), message: z.string() })

export function answerError(simulation: Simulation, context: RouterContext, error: unknown): void {
  const said = SAID.safeParse(error)
  if (!said.success) simulation.log(`control call failed: ${error instanceof Error ? error.stack : String(error)}`)
  answer(context, { error: said.data?.message ?? 'The simulator failed; its log says why.' })
  context.status = said.data?.status ?? 500
}
