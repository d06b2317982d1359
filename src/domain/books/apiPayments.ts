// Key-in and recurring ("API") payments, which are still being prepared (design.md §3.11): whoever
// asks for one is told so.
// Must not know: which fields an order has. Asked of the JSON as sent, so that nobody hears of an
// unknown field instead.
import { Failure } from '../failures.ts'

/**
 * Names are compared in lower case and without separators, so that `customer_uid` and `customerUid`
 * are one.
 */
const CARD_FIELDS: readonly string[] = ['card', 'cardnumber', 'expiry', 'cvc', 'birth', 'pwd2digit', 'keyin']
const API_FIELDS: readonly string[] = ['customeruid', 'billingkey', 'onetime', 'schedule', 'schedules', 'recurring']
const METHOD_FIELDS: readonly string[] = ['paymethod', 'paymentmethod', 'method', 'channel', 'type']
const API_METHODS: readonly string[] = ['api', 'keyin', 'recurring', 'billing', 'billingkey', 'subscription']

/** Throws `apiPaymentNotSupported`. What is no object asks for nothing. */
export function refuseApiPayment(request: unknown): void {
  if (typeof request !== 'object' || request === null) return
  for (const [field, value] of Object.entries(request)) {
    if (value === undefined || value === null || value === false) continue
    const name = bare(field)
    const asksForOne = METHOD_FIELDS.includes(name) && typeof value === 'string' && API_METHODS.includes(bare(value))
    if (!asksForOne && !API_FIELDS.includes(name) && !CARD_FIELDS.includes(name)) continue
    const named = field.slice(0, 40)
    const sentence =
      `"${named}" asks for a key-in or recurring payment; those are still being prepared for Paymentwall. ` +
      'Nothing was recorded: open a payment window instead.'
    throw new Failure('apiPaymentNotSupported', sentence, { field: named })
  }
}

function bare(text: string): string {
  return text.toLowerCase().replace(/[-_ ]/g, '')
}
