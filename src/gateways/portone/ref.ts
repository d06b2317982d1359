// PortOne looks and cancels by the order, and counts attempts by transactions: a reference of ours
// names both (portone.md §1.6, §3).
// Must not know: HTTP, what is true of a payment. Pure.
import { gatewayRef, OWN_ID, type GatewayRef } from '../../domain/ids.ts'

export type Transaction = { readonly paymentId: string; readonly transactionId: string }

const TRANSACTION_ID = /^[A-Za-z0-9_-]{1,39}$/

/** No id of either side holds a colon. Throws RangeError for what no order of ours can be. */
export function refNaming({ paymentId, transactionId }: Transaction): GatewayRef {
  if (!OWN_ID.test(paymentId)) throw new RangeError('the payment id is not 1 to 40 characters of A-Z a-z 0-9 . _ -')
  if (!TRANSACTION_ID.test(transactionId)) throw new RangeError('the transaction id is not 1 to 39 letters and digits')
  return gatewayRef(`${paymentId}:${transactionId}`)
}

/** undefined for a reference that is none of ours. */
export function transactionOf(ref: GatewayRef): Transaction | undefined {
  const [paymentId = '', transactionId = '', ...more] = ref.split(':')
  return more.length === 0 && OWN_ID.test(paymentId) && TRANSACTION_ID.test(transactionId)
    ? { paymentId, transactionId }
    : undefined
}
