// What a refusal looks like, for documents: a sentence of each code, as callers read it.
// Must not know: which calls are refused with what.
import type { ErrorCode } from '../../domain/failures.ts'
import { titleOf } from '../server/errors.ts'

const SENTENCES = {
  invalidRequest:
    'The request does not fit: amount: must be a whole number of minor units above zero. Nothing was recorded.',
  unauthorized: 'An API key is needed: send it as "Authorization: Bearer KEY". Nothing was done.',
  forbidden: 'The key "shop" has the role checkout; this call needs ops or approver. Nothing was done.',
  notFound: 'No payment is recorded as ord-7; check the merchantUid.',
  conflict:
    'ord-7 is recorded as another order; it differs in amount. That one was kept as it is; use a new merchantUid for a new order.',
  paymentNotPaid: 'ord-7 has no accepted payment, so there is nothing to give back.',
  alreadyPaid: 'ord-7 is paid, so it cannot be closed; ask for a refund.',
  refundExceedsBalance: 'Of USD 19.90 that were paid for ord-7, USD 5.00 are left to give back. Nothing was recorded.',
  partialRefundNotSupported:
    'Refunds of a part are not agreed with Paymentwall here; leave the amount out to refund all.',
  refundBlocked: 'Payments by this method cannot be given back through Paymentwall.',
  currencyNotSupported: 'The currency must be a code of ISO 4217 in capital letters. Nothing was recorded.',
  amountOutOfLimits: 'The amount is below the least that can be charged in this currency. Nothing was recorded.',
  buyerInvalid: 'The buyer\'s name is written "First Last", with a space between: Paymentwall needs both.',
  apiPaymentNotSupported: 'Key-in and recurring payments are not offered with Paymentwall. Nothing was recorded.',
  updateRejected: 'This refund is refunded, so there is nothing to withdraw. Nothing was done.',
  approvalNeeded: 'Above the limit: another person must approve it.',
  payloadTooLarge: 'The body is larger than 65536 bytes; nothing was recorded.',
  gatewayUnavailable: 'The gateway did not answer in time; what became of it is not known. Ask again.',
  temporarilyUnavailable:
    'The database cannot be reached or is too busy: nothing was recorded, or only its answer was lost. Ask again with the same ids, which is safe.',
} as const satisfies Record<ErrorCode, string>

export const problemSample = (code: ErrorCode, status: number) => ({
  type: 'about:blank',
  title: titleOf(code),
  status,
  code,
  detail: SENTENCES[code],
})
