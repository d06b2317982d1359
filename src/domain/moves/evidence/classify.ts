// Money that is seen for the first time: whether it settles its order, or why not, and what policy
// then does with it.
// Must not know: entries, SQL, Temporal.
import { bookedTotal } from '../../books/balance.ts'
import type { Attempt, LatePolicy, Payment, SecondPolicy } from '../../books/books.ts'
import { alert, attemptIn, putAttempt, type Draft, type Setting } from '../../books/draft.ts'
import { orderHeld } from '../../books/holds.ts'
import type { Evidence } from '../../gateway.ts'
import { paymentWorkflowId, strayWorkflowId } from '../../ids.ts'
import { printMoney } from '../../money.ts'
import { orderOver, type AttemptReason } from '../../payment.ts'
import { PAID_BECAUSE } from '../../shown/words/told.ts'
import { OF_ORDERS } from '../../shown/words/toldElse.ts'
import { inEach } from '../../../language.ts'
import { policyRefund } from '../policyRefunds.ts'
import type { Moment } from './attempts.ts'
import { firstStands } from './second.ts'

export type Policies = { readonly late: LatePolicy; readonly second: SecondPolicy }
export type JudgeSetting = Setting & Moment & { readonly policies: Policies }

/** The first time that an attempt is seen as paid: whether it settles the order, or why not. */
export function classify(draft: Draft, evidence: Evidence, setting: JudgeSetting): void {
  const attempt = attemptIn(draft, evidence.gatewayRef)
  if (!attempt || attempt.everPaid || !paidByEvidence(evidence)) return
  const paidOrdinal = 1 + draft.attempts.filter((other) => other.everPaid).length
  const because = reasonFor(draft, attempt, evidence)
  const accepted = because === 'asOrdered' || (because === 'late' && latePolicy(draft.payment, setting) === 'accept')
  const paid: Attempt = {
    ...attempt,
    everPaid: true,
    paidOrdinal,
    because,
    accepted,
    waitingSince: setting.now,
    lastCheckpointAt: setting.now,
  }
  putAttempt(draft, paid)
  if (accepted && draft.payment) draft.payment = { ...draft.payment, acceptedRef: attempt.gatewayRef }
  draft.journal.push({
    what: accepted ? 'attempt.accepted' : 'attempt.paid',
    gatewayRef: attempt.gatewayRef,
    to: because,
    why: PAID_BECAUSE[because].en,
    facts: { amount: attempt.amount, currency: attempt.currency, channel: attempt.channel },
  })
  if (because === 'alreadyReturned') return
  // Of a stranger's order, or another provider's money, nothing moves by itself.
  const ours = draft.payment !== undefined && because !== 'providerDiffers' && because !== 'firstSeenCancelled'
  if (attempt.channel === 'test' && ours)
    policyRefund(draft, paid, 'testChannel', 'test money on a real card goes back')
  else if (because === 'second' && setting.policies.second === 'refund')
    policyRefund(draft, paid, 'second', 'second payment of an order that is already paid')
  else if (because === 'late' && latePolicy(draft.payment, setting) === 'refund')
    policyRefund(draft, paid, 'late', 'paid after the order was closed')
  else if (!accepted) hold(draft, paid)
}

function reasonFor(draft: Draft, attempt: Attempt, evidence: Evidence): AttemptReason {
  const { payment } = draft
  if (!payment) return 'unknownOrder'
  if (Math.max(bookedTotal(attempt), attempt.gatewayReturned) >= attempt.amount) return 'alreadyReturned'
  if (!evidence.ours) return 'providerDiffers'
  if (evidence.status === 'cancelled') return 'firstSeenCancelled'
  // Nothing is accepted, and nothing sent back as a second one, while anything of the order is
  // contradicted.
  if (orderHeld(draft)) return 'firstInDoubt'
  if (payment.acceptedRef !== null) return firstStands(draft) ? 'second' : 'firstInDoubt'
  if (attempt.currency !== payment.currency) return 'currencyDiffers'
  if (attempt.amount !== payment.amount) return 'amountDiffers'
  if (attempt.channel !== payment.channel) return 'channelDiffers'
  return orderOver(payment.orderState) ? 'late' : 'asOrdered'
}

const latePolicy = (payment: Payment | undefined, setting: JudgeSetting): LatePolicy =>
  payment?.latePolicy ?? setting.policies.late

function hold(draft: Draft, attempt: Attempt): void {
  const saga =
    attempt.because === 'second' || !draft.payment
      ? strayWorkflowId(attempt.gateway, attempt.gatewayRef)
      : paymentWorkflowId(draft.payment.merchantUid)
  const because = PAID_BECAUSE[attempt.because ?? 'unknownOrder']
  const { amount, currency } = attempt
  const sentence = inEach(OF_ORDERS.held, { money: printMoney(attempt), because })
  alert(draft, {
    level: attempt.because === 'late' ? 'remind' : 'warn',
    kind: `held.${attempt.because ?? 'unknownOrder'}`,
    saga,
    sentence,
    amount,
    currency,
  })
}

/**
 * Only what was paid can be cancelled: that nothing is shown as returned, or no time of payment, is
 * no proof of the opposite.
 */
export const paidByEvidence = ({ status }: Pick<Evidence, 'status'>): boolean =>
  status === 'paid' || status === 'cancelled'
