// What operators see of a saga in the Temporal UI: search attributes, and current details as markdown.
// Must not know: Temporal. No personal data: neither the buyer nor free text of his.
import { attemptOf, shownAttempt, undecidedOfPayment } from './balance.ts'
import type { Attempt, Attention, Books, Payment, Refund, Wait } from './books.ts'
import { printMoney } from './money.ts'
import { REFUND_STATES } from './refund.ts'
import { lastLook, strayState } from './views.ts'

/** Names and types of search attributes are in attributes.ts; null: not set. */
export type Attributes = Readonly<Record<string, string | number | boolean | null>>

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

/** Money with a saga of its own; `MerchantUid` is what the gateway names, for the order may be unknown. */
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

export function refundDetails(books: Books, refund: Refund): string {
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

export function paymentDetails(books: Books, payment: Payment): string {
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

const STRAY_WORDS: Partial<Record<NonNullable<Attempt['because']>, string>> = {
  second: 'a second payment: another attempt has settled the order',
  unknownOrder: 'paid for an order that is unknown here',
}

export function strayDetails(books: Books, attempt: Attempt): string {
  const look = lastLook(attempt)
  const { gatewayRef, paymentwallRef, saidMerchantUid, waitingSince, attention, owner } = attempt
  const lines = [
    `### ${strayState(books, attempt)} · ${printMoney(attempt)}`,
    `- Attempt \`${gatewayRef}\`${paymentwallRef ? `, Paymentwall \`${paymentwallRef}\`` : ''}, for order **${saidMerchantUid}**: ${STRAY_WORDS[attempt.because ?? 'second'] ?? attempt.because ?? ''}`,
    `- Waiting since ${waitingSince}, attention **${attention}**${owner ? `, owner ${owner}` : ', no owner'}`,
    `- Last look ${look.at}: ${look.said}`,
    attempt.nextCheckpointAt
      ? `- Next checkpoint ${attempt.nextCheckpointAt}: ${checkpointWord(attempt.nextCheckpointLevel)}`
      : '',
    '- What you may do: `accept` to keep the money, `refund` to give it back; `recheck`, `acknowledge`.',
  ]
  return lines.filter((line) => line !== '').join('\n')
}
