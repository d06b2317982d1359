// What each type and reason of a pingback means (paymentwall.md §5.2, §5.3): one line each.
// Must not know: signatures, orders, what follows. Pure.
import type { ForeignMark, SignedEvent } from '../../domain/gateway.ts'
import type { Parameters } from './signature.ts'

const TYPES: Readonly<Record<string, (parameters: Parameters) => SignedEvent>> = {
  '0': () => ({ kind: 'paid', gift: false }),
  '1': () => ({ kind: 'paid', gift: true }),
  '2': reversal,
  '12': () => ({ kind: 'remark', said: 'a subscription was cancelled' }),
  '13': () => ({ kind: 'remark', said: "a subscription's period ended" }),
  '14': () => ({ kind: 'remark', said: 'the renewal of a subscription failed for good' }),
  '200': () => ({ kind: 'review' }),
  '201': () => ({ kind: 'paid', gift: false }),
  '202': () => ({ kind: 'declined', said: 'the review of this payment ended with no' }),
  '203': () => ({ kind: 'declined', said: 'the authorisation was voided before it was captured' }),
  '220': part,
}

export const eventOf = (type: string, parameters: Parameters): SignedEvent =>
  (Object.hasOwn(TYPES, type) ? TYPES[type] : undefined)?.(parameters) ?? {
    kind: 'unrecognized',
    said: `a pingback of type ${type}`,
  }

type Reason = { readonly said: string; readonly mark: ForeignMark | null }
/** None of them but 9 can answer a ticket; what is given without a reason may. */
const REASONS: Readonly<Record<string, Reason>> = {
  '1': { said: 'chargeback', mark: 'chargeback' },
  '2': { said: 'chargeback: card fraud', mark: 'chargeback' },
  '3': { said: 'chargeback: other fraud', mark: 'chargeback' },
  '4': { said: 'reversed by Paymentwall: wrong data', mark: 'console' },
  '5': { said: 'reversed by Paymentwall: fake or hidden user', mark: 'console' },
  '6': { said: 'reversed by Paymentwall: refused by the advertiser', mark: 'console' },
  '7': { said: 'reversed by Paymentwall: counted twice', mark: 'console' },
  '8': { said: 'reversed by Paymentwall: gift taken back', mark: 'console' },
  '9': { said: 'cancelled order', mark: null },
}

function reversal({ reason = '', merchant_refund_id: refundId = '', cb_type: kind }: Parameters): SignedEvent {
  if (reason === '10') return { kind: 'partReturned', said: 'a part was reversed' }
  const known = Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined
  const { said, mark } = known ?? { said: `reversed for an unknown reason`, mark: null }
  return {
    kind: 'returned',
    part: null,
    refundId: refundId === '' ? null : refundId,
    // CHARGEBACK_TYPE, where the project sends it.
    mark: kind === 'chargeback' ? 'chargeback' : mark,
    said,
  }
}

/**
 * Without the ticket's id it was made in the console, or the id is not sent back here: its amount
 * says more than that.
 */
function part(parameters: Parameters): SignedEvent {
  const { refund_amount: amount = '', merchant_refund_id: refundId = '', paid_ccy: currency = '' } = parameters
  const said = 'a part was refunded'
  if (!(Number(amount) > 0)) return { kind: 'partReturned', said: `${said}, and its amount is not named` }
  return {
    kind: 'returned',
    part: { amount, currency: currency === '' ? null : currency },
    refundId: refundId === '' ? null : refundId,
    mark: null,
    said,
  }
}
