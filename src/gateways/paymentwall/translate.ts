// From Paymentwall's status call to evidence of this program (paymentwall.md §7). Pure.
// Must not know: HTTP, books. The call knows no parts, no reasons and no ids: what it does not show
// says nothing.
import { isCurrency } from '../../domain/currencies.ts'
import type { Evidence } from '../../domain/gateway.ts'
import { gatewayRef, type GatewayName } from '../../domain/ids.ts'
import { fromMajor } from '../../domain/money.ts'
import { isOfTestMethod, shortText, unreadableStatus, type StatusPayment } from './wire.ts'

const STATUS_LENGTH = 32

/** Whose status call it was; all money in a test project is test money. */
export type StatusProject = { readonly name: GatewayName; readonly test: boolean }

/** Throws a Failure that names the field. */
export function evidenceOfStatus({ name: gateway, test }: StatusProject, wire: StatusPayment): Evidence {
  const ref = readable('id', () => gatewayRef(String(wire.id)))
  const { currency: code } = wire
  if (!isCurrency(code)) throw unreadableStatus('currency', 'it is not a currency code of ISO 4217')
  const { amount } = readable('amount', () => fromMajor(wire.amount, code))
  if (!(amount > 0)) throw unreadableStatus('amount', 'it is not above zero')
  const merchantUid = shortText(String(wire.product_id))
  if (merchantUid === '') throw unreadableStatus('product_id', 'it is empty')
  const status = statusOf(wire)
  return {
    gateway,
    gatewayRef: ref,
    merchantUid,
    provider: 'paymentwall',
    ours: true,
    status,
    statusSaid: wire.refunded ? 'refunded' : shortText(wire.risk ?? 'no risk named').slice(0, STATUS_LENGTH),
    amount,
    currency: code,
    channel: test || isOfTestMethod(ref) ? 'test' : null,
    returned: wire.refunded ? amount : 0,
    entries: [],
    paidAt: status === 'paid' ? timeOf(wire.created) : null,
    failedAt: null,
    failReason: status === 'failed' ? 'declined in a review' : null,
    paymentwallRef: ref,
    payMethod: wire.payment_system ? shortText(wire.payment_system).slice(0, 100) : null,
    payerCountry: null,
    partial: true,
  }
}

/** The spelling of a decline is not documented: any other word is kept, and moves nothing. */
function statusOf({ refunded, risk }: StatusPayment): Evidence['status'] {
  if (refunded) return 'cancelled'
  switch (risk) {
    case 'approved':
      return 'paid'
    case 'pending':
      return 'ready'
    case 'declined':
      return 'failed'
    case null:
    case undefined:
      return 'unrecognized'
  }
  return 'unrecognized'
}

function timeOf(seconds: unknown): string | null {
  const number = Number(seconds)
  return Number.isSafeInteger(number) && number > 0 && number < 1e11 ? new Date(number * 1000).toISOString() : null
}

function readable<T>(field: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError) throw unreadableStatus(field, error.message)
    throw error
  }
}
