// What operators filter sagas by in the Temporal UI: the values of the search attributes. What they
// read is in details.ts.
// Must not know: Temporal. No personal data: neither the buyer nor free text of his.
import { attemptOf, shownAttempt } from '../books/balance.ts'
import type { Attempt, Books, Payment, Refund, Wait } from '../books/books.ts'
import type { AttributeName } from '../names.ts'
import { strayState } from './views.ts'

/** Names and types of search attributes are in names.ts; null: not set. */
export type Attributes = Readonly<Record<string, string | number | boolean | null>>
/** What a saga that waits for people always has. */
type AllAttributes = Record<AttributeName, Attributes[string]>

const waitAttributes = (wait: Wait) => ({
  Owner: wait.owner,
  WaitingSince: wait.waitingSince,
  NextCheckpoint: wait.nextCheckpointAt,
})

/**
 * One word from the request until its ticket is done: so an ordinary refund, which starts with it,
 * costs no upsert.
 */
const waitsAsOrdinary = ({ state }: Refund): boolean => state === 'requested' || state === 'ticketOpen'

export function refundAttributes(books: Books, refund: Refund): Attributes {
  const attempt = attemptOf(books, refund.gatewayRef)
  return {
    SagaState: waitsAsOrdinary(refund) ? 'waiting' : refund.state,
    Attention: refund.attention,
    Gateway: refund.gateway,
    GatewayRef: refund.gatewayRef,
    PaymentwallRef: attempt?.paymentwallRef ?? null,
    MerchantUid: refund.merchantUid,
    Currency: refund.currency,
    PayerCountry: attempt?.payerCountry ?? null,
    AmountMinor: refund.amount,
    TestChannel: refund.testChannel,
    ...waitAttributes(refund),
  } satisfies AllAttributes
}

/**
 * A payment's attributes are those of its start until it needs a person: an ordinary payment costs
 * no upsert.
 */
export function paymentAttributes(books: Books, payment: Payment): Attributes {
  const base = {
    Gateway: payment.gateway,
    MerchantUid: payment.merchantUid,
    Currency: payment.currency,
    AmountMinor: payment.amount,
    TestChannel: payment.channel === 'test',
  }
  if (payment.attention === 'none') return { ...base, SagaState: 'prepared', Attention: 'none' }
  const shown = shownAttempt(books)
  return {
    ...base,
    SagaState: payment.state,
    Attention: payment.attention,
    GatewayRef: shown?.gatewayRef ?? null,
    PaymentwallRef: shown?.paymentwallRef ?? null,
    PayerCountry: shown?.payerCountry ?? null,
    ...waitAttributes(payment),
  } satisfies AllAttributes
}

/**
 * Money with a saga of its own; `MerchantUid` is what the gateway names, for the order may be
 * unknown.
 */
export function strayAttributes(books: Books, attempt: Attempt): Attributes {
  return {
    SagaState: strayState(books, attempt),
    Attention: attempt.attention,
    Gateway: attempt.gateway,
    GatewayRef: attempt.gatewayRef,
    PaymentwallRef: attempt.paymentwallRef,
    MerchantUid: attempt.saidMerchantUid,
    Currency: attempt.currency,
    PayerCountry: attempt.payerCountry,
    AmountMinor: attempt.amount,
    TestChannel: attempt.channel === 'test',
    ...waitAttributes(attempt),
  } satisfies AllAttributes
}
