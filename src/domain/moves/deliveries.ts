// What is known of an order's delivery: what the gateway was told of it, and that nobody told it.
// Must not know: wires, the buyer's address. It moves no money state.
import { attemptOf } from '../books/balance.ts'
import type { Books, Decision, Payment } from '../books/books.ts'
import { alert, decided, draftOf, type Setting } from '../books/draft.ts'
import type { Delivery, DeliveryAnswer } from '../gateway.ts'
import { paymentWorkflowId, type GatewayRef } from '../ids.ts'
import type { PaymentState } from '../payment.ts'
import { OF_ORDERS } from '../shown/words/toldElse.ts'
import { quoted } from '../text.ts'
import { inEach } from '../../language.ts'

export type ToldDelivery = Pick<Delivery, 'kind' | 'status'> & { readonly gatewayRef: GatewayRef }

/** In these somebody ships it; while all of it goes back nobody does. */
export const SHIPPED_IN = ['paid', 'partlyCancelled'] as const satisfies readonly PaymentState[]

/** The gateway was told, and has answered. */
export function noteDelivery(books: Books, told: ToldDelivery, answer: DeliveryAnswer, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const { gatewayRef, kind, status } = told
  const line =
    answer.kind === 'taken'
      ? { what: 'delivery.told', why: `${kind}: ${status}` }
      : { what: 'delivery.refused', why: `${kind}: ${status}; the gateway said ${quoted(answer.said)}` }
  draft.journal.push({ ...line, gatewayRef, facts: { kind, status } })
  if (draft.payment) draft.payment = { ...draft.payment, ...toldOf(draft.payment, kind, answer, setting) }
  return decided(draft)
}

/**
 * Of goods that are shipped the gateway wants to hear as such. What is told as shipped and refused
 * is owed, whatever the order said it was.
 */
function toldOf(payment: Payment, kind: Delivery['kind'], answer: DeliveryAnswer, { now }: Setting): Partial<Payment> {
  const counts = kind === 'physical' || payment.goods !== 'physical'
  if (answer.kind === 'taken') return counts ? { deliveryToldAt: now } : {}
  return kind === 'physical' ? { deliveryAwaitedSince: payment.deliveryAwaitedSince ?? now } : {}
}

/**
 * Warns where it has been awaited since `before`, and begins to wait anew. The rows may have moved
 * since they were found.
 */
export function warnOfDelivery(books: Books, before: string, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const { payment } = draft
  const attempt = payment?.acceptedRef == null ? undefined : attemptOf(draft, payment.acceptedRef)
  if (!payment || !attempt || !isOwed(payment, before)) return decided(draft)
  const { merchantUid, deliveryAwaitedSince: since } = payment
  const sentence = inEach(OF_ORDERS.deliveryUntold, { order: merchantUid, since: since ?? '' })
  draft.payment = { ...payment, deliveryAwaitedSince: setting.now }
  draft.journal.push({ what: 'delivery.untold', gatewayRef: attempt.gatewayRef, why: sentence.en })
  const { amount, currency } = attempt
  alert(draft, {
    level: 'warn',
    kind: 'deliveryUntold',
    saga: paymentWorkflowId(merchantUid),
    sentence,
    amount,
    currency,
  })
  return decided(draft)
}

const isOwed = ({ state, deliveryAwaitedSince: since }: Payment, before: string): boolean =>
  since !== null && Date.parse(since) < Date.parse(before) && SHIPPED_IN.some((shipped) => shipped === state)
