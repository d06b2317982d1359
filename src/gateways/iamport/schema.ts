// What i'mport puts on the wire, as zod schemas: only what is read, tolerant of what is new (iamport.md §5).
// Must not know: HTTP, our own words for these things (translate.ts), tokens in use.
import { z } from 'zod'
import { Failure } from '../../domain/failures.ts'

/** Unix seconds; 0 and null mean "has not happened". The limit is that of a JavaScript date. */
const seconds = z.number().int().nonnegative().max(8_640_000_000_000).nullish()
/** A text that describes and decides nothing: one that cannot be read must not hide the money beside it. */
const remark = z.string().nullish().catch(null)

const envelopeSchema = z.object({
  code: z.number().int(),
  message: remark,
  response: z.unknown().optional(),
})
export type Envelope = z.infer<typeof envelopeSchema>

/** The token goes into a header, so nothing but printable characters may be in it. */
export const tokenSchema = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,1000}$/),
  now: z.number(),
  expired_at: z.number(),
})

const cancelSchema = z.object({
  amount: z.number(),
  cancelled_at: seconds,
  reason: z.string().nullish(),
  cancellation_id: z.string().nullish(),
})
export type WireCancel = z.infer<typeof cancelSchema>

/** PaymentAnnotation. The first seven are the ones that i'mport promises; all else may be absent or null. */
export const paymentSchema = z.object({
  imp_uid: z.string().min(1),
  merchant_uid: z.string().min(1),
  amount: z.number(),
  cancel_amount: z.number(),
  currency: z.string(),
  status: z.string(),
  sandbox: z.boolean(),
  cancel_history: z.array(cancelSchema).nullish(),
  paid_at: seconds,
  failed_at: seconds,
  fail_reason: remark,
  pg_tid: remark,
  pay_method: remark,
  /** Only with `extension=true`; keys depend on the Paymentwall project, and PHP writes an empty one as []. */
  extension: z.unknown().optional(),
})

/** The elements stay unread, so that one cannot hide the others. `next` is a page number, 0 on the last page. */
export const pageSchema = z.object({
  next: z.number().int().nonnegative().nullish(),
  list: z.array(z.unknown()),
})

/** The amount registered for an order; currency null means that the payment window does not check it. */
export const preparedSchema = z.object({ amount: z.number(), currency: z.string().nullish() })
export type WirePrepared = z.infer<typeof preparedSchema>

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

/** Parses with a schema; `at` is where the value stood, for example `response`. Throws a Failure naming the field. */
export function parse<T>(schema: z.ZodType<T>, value: unknown, at: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw unreadable(pathOf(at, issue?.path ?? []), issue?.message ?? 'it does not fit')
}

/** A Failure gatewayAnswerUnreadable that names the field, never its value: that may be a person's. */
export function unreadable(field: string, why: string): Failure {
  return new Failure(
    'gatewayAnswerUnreadable',
    `i'mport's answer cannot be read at ${field}: ${why}; nothing of it was taken over.`,
    { field },
  )
}

/** A vendor's text made fit to be stored and shown: no control characters, no half surrogates, at most `max` long. */
export function plain(text: string, max: number): string {
  return text.slice(0, max).replace(/[\p{Cc}\p{Cs}]/gu, ' ')
}

function pathOf(at: string, path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')
  const whole = (at + steps).replace(/^\./, '')
  return whole === '' ? '(body)' : whole
}
