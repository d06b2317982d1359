// Tells PortOne how an order is delivered, which is a must for all payments at Paymentwall
// (portone.md §10).
// Must not know: rows, retries. Telling the same again is harmless.
import type { Delivery, DeliveryAnswer } from '../../domain/gateway.ts'
import { saidNo, type Exchange } from './exchange.ts'
import { transactionOf } from './ref.ts'

const ROUTE = '/paymentwall/delivery/confirm'
const STATUSES = {
  placed: 'ORDER_PLACED',
  shipped: 'ORDER_SHIPPED',
  delivering: 'ORDER_SHIPPED',
  delivered: 'DELIVERED',
} as const satisfies Record<Delivery['status'], string>
/** An open set: whose types are about this delivery, and not about who asks. */
const ITS_OWN: readonly string[] = ['INVALID_REQUEST', 'PAYMENT_NOT_FOUND', 'PG_PROVIDER']

/** `now`: ISO. Throws a Failure where nothing is known of what became of it. */
export async function tellDelivery(exchange: Exchange, delivery: Delivery, now: string): Promise<DeliveryAnswer> {
  const body = bodyOf(delivery, now)
  if (typeof body === 'string') return { kind: 'refused', said: body }
  const call = { route: ROUTE, path: ROUTE, body: JSON.stringify(body) }
  const reply = await exchange.ask(call)
  if (reply.kind === 'yes') return { kind: 'taken' }
  if (!ITS_OWN.includes(reply.type)) throw saidNo(reply, call)
  return { kind: 'refused', said: `${reply.type}: ${reply.said}` }
}

/** A sentence where something is lacking that PortOne demands. */
function bodyOf(delivery: Delivery, now: string): Readonly<Record<string, unknown>> | string {
  const { kind, refundable, details, address } = delivery
  const transaction = transactionOf(delivery.gatewayRef)
  if (transaction === undefined) return 'the payment has no transaction of PortOne'
  if (refundable === null) return 'PortOne wants to know whether the goods can be given back: send refundable'
  if (details === null) return 'PortOne wants a text about the delivery: send details'
  const estimatedAt = delivery.estimatedAt ?? (kind === 'digital' ? now : null)
  if (estimatedAt === null) return 'PortOne wants to know when shipped goods will be there: send estimatedAt'
  const all = {
    transactionId: transaction.transactionId,
    deliveryType: kind === 'digital' ? 'DIGITAL' : 'PHYSICAL',
    deliveryStatus: STATUSES[delivery.status],
    estimatedDeliveryDatetime: estimatedAt,
    estimatedUpdateDatetime: delivery.estimatedUpdateAt ?? now,
    refundable,
    details,
    shippingAddressEmail: delivery.email,
    reason: delivery.reason,
    carrierType: delivery.carrier,
    carrierTrackingId: delivery.trackingId,
    shippingAddressCountry: address?.country,
    shippingAddressCity: address?.city,
    shippingAddressZip: address?.zip,
    shippingAddressState: address?.state,
    shippingAddressStreet: address?.street,
    shippingAddressPhone: address?.phone,
    shippingAddressFirstname: address?.firstName,
    shippingAddressLastname: address?.lastName,
  }
  return Object.fromEntries(Object.entries(all).filter(([, said]) => said !== null && said !== undefined))
}
