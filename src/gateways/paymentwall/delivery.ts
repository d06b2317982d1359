// Tells Paymentwall how an order is delivered, which it wants to know before it pays out
// (paymentwall.md §8).
// Must not know: rows, retries. Telling the same again is harmless.
import { z } from 'zod'
import { Failure } from '../../domain/failures.ts'
import type { Delivery, DeliveryAnswer } from '../../domain/gateway.ts'
import type { HttpAnswer } from '../http.ts'
import type { Parameters } from './signature.ts'
import { jsonOf, shortText } from './wire.ts'

export const DELIVERY_ROUTE = '/api/delivery'

const REPLY = z.object({
  success: z.union([z.literal([1, '1']), z.literal(true)]).optional(),
  error: z.unknown().optional(),
  error_code: z.unknown().optional(),
  notices: z.array(z.string()).nullish().catch(null),
})

/** One exchange, with the secret in its header. */
export type SendDelivery = (parameters: Parameters) => Promise<HttpAnswer>

/** Throws a Failure where nothing is known of what became of it. */
export async function confirmDelivery(send: SendDelivery, delivery: Delivery): Promise<DeliveryAnswer> {
  const answer = await send(parametersOf(delivery))
  if (answer.kind !== 'answer') throw unanswered(answer.said)
  const { status, body } = answer
  const itsOwn = status === 200 || (status >= 400 && status <= 499)
  const { data } = REPLY.safeParse(itsOwn ? jsonOf(body) : undefined)
  if (data?.success !== undefined && data.error_code == null && data.error == null && status === 200)
    return { kind: 'taken' }
  if (data?.error == null && data?.error_code == null) throw unanswered(`HTTP ${status} instead of an answer`)
  const said = [data.error, ...(data.notices ?? [])].filter((part) => part != null).map(String)
  return { kind: 'refused', said: shortText(said.join('; ')) || `error ${shortText(String(data.error_code))}` }
}

const unanswered = (said: string): Failure =>
  new Failure('gatewayUnavailable', `Paymentwall was not told of the delivery: ${said}; send it again, which is safe.`)

function parametersOf(delivery: Delivery): Parameters {
  const { gatewayRef, merchantUid, kind, status, email, address, channel } = delivery
  const some: Readonly<Record<string, string | null | undefined>> = {
    payment_id: gatewayRef,
    merchant_reference_id: merchantUid,
    type: kind,
    status: `order_${status}`.replace(/^order_deliver/, 'deliver'),
    estimated_delivery_datetime: timeOf(delivery.estimatedAt),
    estimated_update_datetime: timeOf(delivery.estimatedUpdateAt),
    reason: delivery.reason,
    refundable: delivery.refundable === null ? null : String(delivery.refundable),
    details: delivery.details,
    carrier_type: delivery.carrier,
    carrier_tracking_id: delivery.trackingId,
    'shipping_address[email]': email,
    'shipping_address[country]': address?.country,
    'shipping_address[city]': address?.city,
    'shipping_address[zip]': address?.zip,
    'shipping_address[state]': address?.state,
    'shipping_address[street]': address?.street,
    'shipping_address[phone]': address?.phone,
    'shipping_address[firstname]': address?.firstName,
    'shipping_address[lastname]': address?.lastName,
    ...(channel === 'test' && { is_test: '1' }),
  }
  return Object.fromEntries(Object.entries(some).flatMap(([name, value]) => (value == null ? [] : [[name, value]])))
}

/** As its page writes times: 2017/01/15 15:04:55 +0500. */
function timeOf(iso: string | null): string | null {
  if (iso === null) return null
  const [day = '', time = ''] = new Date(iso).toISOString().split('T')
  return `${day.replaceAll('-', '/')} ${time.slice(0, 8)} +0000`
}
