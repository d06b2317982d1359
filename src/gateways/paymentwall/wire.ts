// What Paymentwall's calls answer, as zod schemas; only what is read (paymentwall.md §6.2, §7).
// Must not know: HTTP, what follows from an answer. Nobody has seen a live answer: an unknown one
// is never taken for a yes.
import { z } from 'zod'
import { Failure } from '../../domain/failures.ts'
import { tame } from '../../domain/text.ts'

const TICKET = z.object({
  result: z.union([z.literal([0, 1, '0', '1']), z.boolean()]),
  errors: z.array(z.string()).nullish().catch(null),
})
export type TicketReply = { readonly filed: boolean; readonly said: string }

/** undefined for a body that is no answer of the ticket call. */
export function readTicketReply(body: string): TicketReply | undefined {
  const { data } = TICKET.safeParse(jsonOf(body))
  if (data === undefined) return undefined
  const filed = data.result === true || String(data.result) === '1'
  return { filed, said: shortText(data.errors?.join('; ') ?? '') || 'it gave no reason' }
}

const PAYMENT = z.object({
  object: z.literal('payment'),
  id: z.union([z.string(), z.int()]),
  product_id: z.union([z.string(), z.int()]),
  uid: z.union([z.string(), z.int()]).nullish(),
  amount: z.union([z.string(), z.number()]),
  currency: z.string(),
  /** Nothing else than a yes or a no: whether it could be a sum, or a word, no page says. */
  refunded: z.boolean(),
  risk: z.string().nullish().catch(null),
  created: z.unknown().optional(),
  payment_system: z.string().nullish().catch(null),
})
export type StatusPayment = z.infer<typeof PAYMENT>

const ERROR = z.object({ object: z.literal('Error'), error: z.string(), code: z.union([z.int(), z.string()]) })
export type StatusError = { readonly code: string; readonly said: string }

export type StatusReply =
  | { readonly kind: 'payments'; readonly payments: readonly StatusPayment[] }
  | ({ readonly kind: 'error' } & StatusError)

/**
 * By reference one object, by buyer and order a list: either is taken for either. Throws a Failure
 * that names the field.
 */
export function readStatus(body: string): StatusReply {
  const json = jsonOf(body)
  if (json === undefined) throw unreadableStatus('(body)', 'it is not JSON')
  const { data: error } = ERROR.safeParse(json)
  if (error) return { kind: 'error', code: shortText(String(error.code)), said: shortText(error.error) }
  const payments = (Array.isArray(json) ? json : [json]).map((each: unknown) => {
    const { data, error: fault } = PAYMENT.safeParse(each)
    if (data) return data
    const [issue] = fault.issues
    throw unreadableStatus(issue?.path.map(String).join('.') || '(body)', issue?.message ?? 'it does not fit')
  })
  return { kind: 'payments', payments }
}

export function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Names the field, never its value: that may be a person's. */
export const unreadableStatus = (field: string, why: string): Failure =>
  new Failure(
    'gatewayAnswerUnreadable',
    `Paymentwall's answer cannot be read at ${field}: ${why}; nothing of it was taken over.`,
    { field },
  )

const SAID_LENGTH = 500
/** A vendor's text, fit to be stored and shown. */
export const shortText = (text: string): string => tame(text.slice(0, SAID_LENGTH))

/**
 * The test method's references say what they are; of any other nothing is known
 * (paymentwall.md §5.1).
 */
export const isOfTestMethod = (ref: string): boolean => /^t\d+$/.test(ref)
