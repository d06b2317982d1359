// What i'mport puts around its payments, as zod schemas: envelope, token, registration; only what
// is read (iamport.md §2).
// Must not know: HTTP, payments (fields.ts), tokens in use.
import { z } from 'zod'
import { Failure } from '../../domain/failures.ts'

const envelopeSchema = z.object({
  code: z.number().int(),
  /** It describes and decides nothing, so one that cannot be read hides nothing. */
  message: z.string().nullish().catch(null),
  response: z.unknown().optional(),
})
export type Envelope = z.infer<typeof envelopeSchema>

/**
 * i'mport's own codes of a no are 1 and those below 0; what stands in between repeats the HTTP
 * status (iamport.md §8).
 */
export const isOwnCode = (code: string): boolean => /^(1|-\d+)$/.test(code)

/** The token goes into a header, so nothing but printable characters may be in it. */
export const tokenSchema = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,1000}$/),
  now: z.unknown().optional(),
  expired_at: z.unknown().optional(),
})

export type Token = z.infer<typeof tokenSchema>

/**
 * The amount registered for an order; currency null means that the payment window does not check
 * it.
 */
export const preparedSchema = z.object({
  amount: z.union([z.number(), z.string()]),
  currency: z.string().nullish(),
})

/** Parses a body as i'mport's envelope. Throws a Failure gatewayAnswerUnreadable. */
export function readEnvelope(body: string): Envelope {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    throw unreadable('(body)', 'it is not JSON')
  }
  return parse(envelopeSchema, json, '')
}

/**
 * Parses with a schema; `at` is where the value stood, for example `response`. Throws a Failure
 * naming the field.
 */
export function parse<T>(schema: z.ZodType<T>, value: unknown, at: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw unreadable(pathOf(at, issue?.path ?? []), issue?.message ?? 'it does not fit')
}

/**
 * A Failure gatewayAnswerUnreadable that names the field, never its value: that may be a person's.
 */
export function unreadable(field: string, why: string): Failure {
  return new Failure(
    'gatewayAnswerUnreadable',
    `i'mport's answer cannot be read at ${field}: ${why}; nothing of it was taken over.`,
    { field },
  )
}

function pathOf(at: string, path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')
  const whole = (at + steps).replace(/^\./, '')
  return whole === '' ? '(body)' : whole
}
