// What must leave because rows moved: wakes for sagas, notices for the checkout, alerts for people.
// Pure: books before, decision after.
// Must not know: queues, delivery.
import { paymentWorkflowId, refundWorkflowId, strayWorkflowId } from '../ids.ts'
import { refundClosed } from '../refund.ts'
import { orderView, refundView, type Links } from '../shown/views.ts'
import { paymentClosed, strayClosed } from './balance.ts'
import type { Books, Decision, Refund } from './books.ts'

export type Notice = {
  readonly type: string
  readonly testChannel: boolean
  /** This order has been accepted before: deliver once. */
  readonly again?: boolean
  readonly payment: unknown
  readonly refund?: unknown
}

/**
 * Sagas whose row moved, without the one whose own step made the move, and without rows closed
 * before and after.
 */
export function wakesOf(before: Books, { books: after }: Decision, ownSaga: string | null): readonly string[] {
  const wakes = [
    ...paymentWake(before, after),
    ...after.refunds.flatMap((refund) => refundWake(before, refund)),
    ...strayWakes(before, after),
  ]
  return [...new Set(wakes)].filter((saga) => saga !== ownSaga)
}

function paymentWake(before: Books, after: Books): readonly string[] {
  if (!after.payment) return []
  const open = { before: before.payment === undefined || !paymentClosed(before), after: !paymentClosed(after) }
  const moved =
    before.payment === undefined ||
    open.before !== open.after ||
    before.payment.orderState !== after.payment.orderState ||
    before.payment.acceptedRef !== after.payment.acceptedRef ||
    before.payment.attention !== after.payment.attention
  return moved && (open.before || open.after) ? [paymentWorkflowId(after.payment.merchantUid)] : []
}

function refundWake(before: Books, refund: Refund): readonly string[] {
  const old = before.refunds.find(({ refundId }) => refundId === refund.refundId)
  const open = (old !== undefined && !refundClosed(old)) || !refundClosed(refund)
  const moved = old?.state !== refund.state || refundClosed(old) !== refundClosed(refund)
  return open && moved ? [refundWorkflowId(refund.refundId)] : []
}

function strayWakes(before: Books, after: Books): readonly string[] {
  const known = new Map(before.attempts.map((attempt) => [attempt.gatewayRef, attempt]))
  return after.attempts.flatMap((attempt) => {
    const old = known.get(attempt.gatewayRef)
    if (old === attempt && before.refunds === after.refunds) return []
    const closed = { before: old === undefined || strayClosed(before, old), after: strayClosed(after, attempt) }
    return closed.before === closed.after ? [] : [strayWorkflowId(attempt.gateway, attempt.gatewayRef)]
  })
}

/** Every change that GET would show as a new state: refunds first, then the payment. */
export function noticesOf(before: Books, { books: after }: Decision, links: Links): readonly Notice[] {
  const { payment } = after
  if (!payment) return []
  const testChannel =
    payment.channel === 'test' || after.attempts.some((attempt) => attempt.everPaid && attempt.channel === 'test')
  const moved = after.refunds.filter(
    (refund) => before.refunds.find(({ refundId }) => refundId === refund.refundId)?.state !== refund.state,
  )
  const old = before.payment
  const changed =
    !old ||
    old.state !== payment.state ||
    old.acceptedRef !== payment.acceptedRef ||
    old.chargedBack !== payment.chargedBack
  const tells = changed && payment.state !== 'opening'
  if (!tells && moved.length === 0) return []
  const notice = { testChannel, payment: orderView(after, payment, links).payment }
  const refunds = moved.map((refund) => ({
    ...notice,
    type: `refund.${refund.state}`,
    refund: refundView(after, refund, links),
  }))
  // Paid once more, after it was not for a while: a checkout delivers once for each order.
  const again = payment.state === 'paid' && old !== undefined && old.acceptedRef !== null
  return tells ? [...refunds, { ...notice, type: `payment.${payment.state}`, ...(again && { again }) }] : refunds
}
