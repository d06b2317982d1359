// What gateways send to their doors, one of each kind.
// Must not know: who sends it here.

const IAMPORT = [
  { imp_uid: 'imp_1', merchant_uid: 'ord-7', status: 'paid' },
  { imp_uid: 'imp_2', merchant_uid: 'ord-7', status: 'cancelled', cancellation_id: 'c-1' },
]
const PORTONE = [
  {
    type: 'Transaction.Paid',
    timestamp: '2026-03-02T04:00:00.000Z',
    data: { paymentId: 'ord-7', storeId: 'store-1', transactionId: 'tx-1' },
  },
  {
    type: 'Transaction.Cancelled',
    timestamp: '2026-03-02T04:00:00.000Z',
    data: { paymentId: 'ord-7', transactionId: 'tx-1', cancellationId: 'c-1' },
  },
]
const PINGBACK = [
  {
    uid: 'buyer-1',
    goodsid: 'ord-7',
    slength: '',
    speriod: '',
    type: 0,
    ref: 'b1',
    is_test: 0,
    sign_version: 3,
    sig: 'a'.repeat(64),
  },
  { uid: 'buyer-1', goodsid: 'ord-7', type: 2, ref: 'b1', reason: 9, sign_version: 2, sig: 'a'.repeat(32) },
]

/** By the door's path; a door that is new here is tried with all of them. */
export function webhooksOf(path: string): readonly Readonly<Record<string, unknown>>[] {
  if (path.includes('iamport')) return IAMPORT
  if (path.includes('portone')) return PORTONE
  return path.includes('paymentwall') ? PINGBACK : [...IAMPORT, ...PORTONE, ...PINGBACK]
}
