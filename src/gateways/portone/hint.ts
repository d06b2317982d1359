// Reads a webhook of PortOne: whether one of our secrets signed it, and which payment it is about
// (portone.md §8).
// Must not know: HTTP servers, databases, whether any of it is true. A signed hint is a hint: the
// look finds what is so.
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { z } from 'zod'
import type { HintRequest, ReadHint, Webhooks } from '../../domain/gateway.ts'
import { jsonIn } from './exchange.ts'
import { refNaming } from './ref.ts'

export const portoneWebhooks: Webhooks = {
  method: 'post',
  path: '/webhooks/portone',
  summary: 'PortOne V2 says that something happened: refused where the signature is wrong, else kept and looked at',
  bodies: ['application/json'],
  taken: { body: {} },
  // A score alone: they change by mail (portone.md §8).
  addresses: ['52.78.5.241'],
  // The first of five repeats comes within a minute.
  signed: true,
  againAfterSeconds: 60,
}

/** Ours is the longest of all ids; a header of more is none of the standard's. */
const LONGEST_ID = 200
const HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const

/** What `2024-04-25` sends; the older version is flat, and has no type (portone.md §8). */
const MESSAGE = z.object({
  type: z.string().max(100),
  data: z.object({
    storeId: z.string().nullish().catch(null),
    paymentId: z.string(),
    transactionId: z.string(),
    cancellationId: z.string().nullish().catch(null),
  }),
})
const OLDER = z.object({ payment_id: z.string(), tx_id: z.string(), status: z.string().catch('') })

/**
 * What an event says in the words of a look; all others say only that something happened. None says
 * that a cancel was refused.
 */
const SAID: Readonly<Record<string, string>> = {
  'Transaction.Paid': 'paid',
  'Transaction.Cancelled': 'cancelled',
  'Transaction.PartialCancelled': 'cancelled',
  'Transaction.Failed': 'failed',
}

export type Store = { readonly storeId: string; readonly secrets: readonly string[] }

/** Within five minutes of this machine's clock, either way. */
export function readWebhook({ storeId, secrets }: Store, { headers, body }: HintRequest): ReadHint {
  const signed = HEADERS.map((name) => headers[name])
  const [id, timestamp, signature] = signed
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string')
    return { kind: 'forged', why: 'it is not signed' }
  if (id.length > LONGEST_ID) return { kind: 'forged', why: `its id is longer than ${LONGEST_ID} characters` }
  const bytes = Buffer.from(body)
  const faults = secrets.map((secret) => faultOf(secret, bytes, { id, timestamp, signature }))
  const fault = faults.every((each) => each !== undefined) ? (faults[0] ?? 'no secret is known') : undefined
  return fault === undefined ? contentOf(storeId, id, jsonIn(bytes.toString('utf8'))) : { kind: 'forged', why: fault }
}

type Signed = { readonly id: string; readonly timestamp: string; readonly signature: string }

function faultOf(secret: string, body: Buffer, { id, timestamp, signature }: Signed): string | undefined {
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature }
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false })
    return undefined
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error
    return /timestamp/i.test(error.message)
      ? "its time is more than five minutes away from this machine's clock"
      : 'its signature does not fit'
  }
}

/** What is signed and about no payment of this store is taken, and nothing follows from it. */
function contentOf(storeId: string, messageId: string, json: unknown): ReadHint {
  const { data: message } = MESSAGE.safeParse(json)
  if (message && (message.data.storeId ?? storeId) !== storeId)
    return { kind: 'ignored', why: 'it is about another store' }
  const { data: older } = message ? { data: undefined } : OLDER.safeParse(json)
  const ids = message?.data ?? (older && { paymentId: older.payment_id, transactionId: older.tx_id })
  if (!ids) return { kind: 'ignored', why: 'it names no payment' }
  const said = message ? (SAID[message.type] ?? '') : ''
  const cancellationId = message?.data.cancellationId ?? null
  try {
    const gatewayRef = refNaming(ids)
    const cancelled = said === 'cancelled' && cancellationId !== null && /^[^\p{C}]{1,80}$/u.test(cancellationId)
    return {
      kind: 'hint',
      gatewayRef,
      merchantUid: ids.paymentId,
      status: said,
      cancellationId: cancelled ? cancellationId : null,
      messageId,
    }
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'ignored', why: 'its ids are none that an order here can have' }
    throw error
  }
}
