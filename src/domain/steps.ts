// What a saga's row asks of its workflow next: end, do something, or wait until when. Rides on every activity's result.
// Must not know: Temporal. Configuration, calendars and time zones are worked in here, never in workflow code.
import { attemptOf, paymentClosed, shownAttempt, undecidedOfPayment } from './balance.ts'
import type { Attention, Books, Payment, Refund, Wait } from './books.ts'
import { printMoney } from './money.ts'
import { REFUND_STATES, refundClosed } from './refund.ts'
import { nextTicketKey, openIntent } from './ticketing.ts'
import { lastLook } from './views.ts'

/** Names and types of search attributes are in attributes.ts; null: not set. */
export type Attributes = Readonly<Record<string, string | number | boolean | null>>

/** `ms` is counted from the workflow's own time that was given. */
type Waiting<WhenDue extends string> = {
  readonly do: 'wait'
  readonly ms: number
  readonly whenDue: WhenDue
  readonly summary: string
}
export type RefundNext =
  | { readonly do: 'end' }
  | { readonly do: 'fileTicket' | 'settleTicket'; readonly key: string }
  | Waiting<'checkpoint' | 'read'>
export type PaymentNext = { readonly do: 'end' } | { readonly do: 'open' } | Waiting<'checkpoint' | 'expire' | 'read'>

export type Step<Next> = {
  readonly state: string
  readonly next: Next
  readonly attributes: Attributes
  /** Markdown for the Temporal UI: what, why, since when, what the gateway said, what comes next, what a person may do. */
  readonly details: string
}
export type RefundStep = Step<RefundNext>
export type PaymentStep = Step<PaymentNext>

const LONGEST_WAIT_MS = 400 * 86_400_000

export function refundStep(books: Books, refund: Refund, now: string): RefundStep {
  const next = refundNext(refund, now)
  return {
    state: refund.state,
    next,
    attributes: refundAttributes(books, refund),
    details: refundDetails(books, refund),
  }
}

function refundNext(refund: Refund, now: string): RefundNext {
  if (refundClosed(refund)) return { do: 'end' }
  const checkpoint = waitUntil(
    refund.nextCheckpointAt,
    now,
    'checkpoint',
    `checkpoint: ${refund.nextCheckpointLevel ?? 'none'}`,
  )
  if (refund.state !== 'requested') return checkpoint
  const intent = openIntent(refund)
  if (intent !== undefined) return { do: 'settleTicket', key: intent }
  const key = nextTicketKey(refund)
  if (key === undefined) return checkpoint
  const retry = refund.nextTryAt === null ? 0 : Date.parse(refund.nextTryAt) - Date.parse(now)
  if (retry <= 0) return { do: 'fileTicket', key }
  return retry < checkpoint.ms
    ? { do: 'wait', ms: retry, whenDue: 'read', summary: `next try after ${refund.tries} that sent nothing` }
    : checkpoint
}

export function paymentStep(books: Books, payment: Payment, now: string): PaymentStep {
  const next = paymentNext(books, payment, now)
  return {
    state: payment.state,
    next,
    attributes: paymentAttributes(books, payment),
    details: paymentDetails(books, payment),
  }
}

function paymentNext(books: Books, payment: Payment, now: string): PaymentNext {
  if (paymentClosed(books)) return { do: 'end' }
  if (undecidedOfPayment(books).length > 0) {
    return waitUntil(
      payment.nextCheckpointAt,
      now,
      'checkpoint',
      `checkpoint: ${payment.nextCheckpointLevel ?? 'none'}`,
    )
  }
  const expiry = waitUntil(payment.expiresAt, now, 'expire', `expires at ${payment.expiresAt}`)
  const retry = payment.nextTryAt === null ? 0 : Date.parse(payment.nextTryAt) - Date.parse(now)
  if (expiry.ms === 0)
    return retry <= 0 ? expiry : { ...expiry, ms: retry, summary: 'next try of the last look before expiry' }
  if (payment.orderState !== 'opening') return expiry
  if (retry <= 0) return { do: 'open' }
  return retry < expiry.ms
    ? { do: 'wait', ms: retry, whenDue: 'read', summary: `next try to register the order after ${payment.tries}` }
    : expiry
}

function waitUntil<WhenDue extends string>(
  at: string | null,
  now: string,
  whenDue: WhenDue,
  summary: string,
): Waiting<WhenDue> {
  const ms = at === null ? LONGEST_WAIT_MS : Math.max(0, Date.parse(at) - Date.parse(now))
  return { do: 'wait', ms, whenDue, summary }
}

const waitAttributes = (wait: Wait): Attributes => ({
  Owner: wait.owner,
  WaitingSince: wait.waitingSince,
  NextCheckpoint: wait.nextCheckpointAt,
})

export function refundAttributes(books: Books, refund: Refund): Attributes {
  const attempt = attemptOf(books, refund.gatewayRef)
  return {
    SagaState: refund.state,
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
  }
}

/** A payment's attributes are those of its start until it needs a person: an ordinary payment costs no upsert. */
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
  }
}

const MAY_DO: Partial<Record<Refund['state'], string>> = {
  requested: 'Nothing: a ticket is about to be filed. `withdraw` while nothing was sent.',
  ticketOpen:
    '`recheck`, `acknowledge`, `snooze`; ask the desk at Paymentwall; `resolve` with what they wrote; `retryTicket` past the page level.',
  unknown:
    '`recheck`; look for the ticket at Paymentwall; `resolve` with what they wrote; `retryTicket` only when no ticket is there.',
  blocked: '`resolve` as settledElsewhere after paying back by bank; `retryTicket`; `withdraw`.',
  refused: '`retryTicket`; `resolve`; `withdraw`.',
  reversed: 'Find out where the money is; then `resolve` or `retryTicket`.',
}

function refundDetails(books: Books, refund: Refund): string {
  const attempt = attemptOf(books, refund.gatewayRef)
  const look = attempt ? lastLook(attempt) : undefined
  const { ko, en } = REFUND_STATES[refund.state]
  const lines = [
    `### ${ko} (${en}) · ${printMoney(refund)}`,
    `- Order **${refund.merchantUid ?? 'unknown'}**, attempt \`${refund.gatewayRef}\`${attempt?.paymentwallRef ? `, Paymentwall \`${attempt.paymentwallRef}\`` : ''}`,
    `- Waiting since ${refund.waitingSince}, in this state since ${refund.stateSince}, attention **${refund.attention}**${refund.owner ? `, owner ${refund.owner}` : ', no owner'}`,
    look ? `- Last look ${look.at}: ${look.said}` : '',
    refund.said ? `- The gateway said: ${refund.said}` : '',
    refund.nextCheckpointAt
      ? `- Next checkpoint ${refund.nextCheckpointAt}: ${checkpointWord(refund.nextCheckpointLevel)}`
      : '',
    MAY_DO[refund.state] ? `- What you may do: ${MAY_DO[refund.state]}` : '',
    '- Cancelling this workflow calls no ticket back.',
  ]
  return lines.filter((line) => line !== '').join('\n')
}

const checkpointWord = (level: Attention | null): string =>
  level === null || level === 'none' ? 'a quiet look' : `a look, then ${level}`

function paymentDetails(books: Books, payment: Payment): string {
  const open = undecidedOfPayment(books)
  const lines = [
    `### ${payment.state} · ${printMoney(payment)}`,
    `- Order **${payment.merchantUid}**, expires ${payment.expiresAt}`,
    ...open.map(
      (attempt) =>
        `- Undecided: \`${attempt.gatewayRef}\` ${printMoney(attempt)} (${attempt.because ?? ''}): \`accept\` or \`refund\``,
    ),
    payment.nextCheckpointAt
      ? `- Next checkpoint ${payment.nextCheckpointAt}: ${checkpointWord(payment.nextCheckpointLevel)}`
      : '',
  ]
  return lines.filter((line) => line !== '').join('\n')
}
