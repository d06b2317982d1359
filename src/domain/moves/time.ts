// Attention: a checkpoint that has looked raises it by patience and tells a person; it never moves
// a money state.
// Must not know: how alerts are delivered.
import { attemptOf, heldOf, strayClosed, undecidedOfPayment } from '../books/balance.ts'
import {
  louder,
  type Attempt,
  type Attention,
  type Books,
  type Decision,
  type Refund,
  type Wait,
} from '../books/books.ts'
import {
  alert,
  decided,
  draftOf,
  putAttempt,
  putRefund,
  draftedRefund,
  type Draft,
  type Setting,
} from '../books/draft.ts'
import { contradicted } from '../books/holds.ts'
import { isLouder, paymentAnnounces, planPayment, planRefund, planStray, refundAnnounces } from '../books/waits.ts'
import { paymentWorkflowId, refundWorkflowId, strayWorkflowId, type GatewayRef, type RefundId } from '../ids.ts'
import { REFUND_STATES, refundClosed } from '../refund.ts'
import { lastLook } from '../shown/views.ts'
import { quoted, shownId } from '../text.ts'

/**
 * `blind`: why the look did not answer, or undefined where it did. The same checkpoint repeated
 * raises nothing twice.
 */
export function raiseRefund(books: Books, id: RefundId, blind: string | undefined, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const refund = draftedRefund(draft, id)
  if (!refund || refundClosed(refund) || Date.parse(refund.lastCheckpointAt) >= Date.parse(setting.now))
    return decided(draft)
  noteBlindness(draft, refund, blind)
  const raised = planRefund(refund, setting.patience, setting.now, true)
  putRefund(draft, raised)
  const said = saidBy(draft, refund, blind)
  draft.journal.push({
    what: 'checkpoint',
    refundId: id,
    gatewayRef: refund.gatewayRef,
    from: refund.attention,
    to: raised.attention,
    why: said,
  })
  const level = toldLevel(refund, raised, refundAnnounces(refund, setting.patience, setting.now))
  if (level !== 'none' && !seen(raised)) tell(draft, raised, level, toldOf(said, blind))
  return decided(draft)
}

/**
 * A step is told at its own level; attention that rises is told as well. A refund that was warned
 * of is not warned of again by a reminder or a quiet look.
 */
const toldLevel = (before: Wait, raised: Wait, step: Attention): Attention =>
  isLouder(raised.attention, before.attention) ? louder(step, raised.attention) : step

/**
 * Acknowledged at this level or a louder one: reminders are quiet until the next level. A page is
 * never quiet.
 */
function seen({ attention, acknowledgedLevel }: Wait): boolean {
  return (
    attention !== 'page' && acknowledgedLevel !== null && louder(acknowledgedLevel, attention) === acknowledgedLevel
  )
}

function noteBlindness(draft: Draft, refund: Refund, blind: string | undefined): void {
  const attempt = attemptOf(draft, refund.gatewayRef)
  if (attempt && blind !== undefined) putAttempt(draft, blinded(attempt, blind, draft.setting))
}

const blinded = (attempt: Attempt, blind: string, { now }: Setting): Attempt => ({
  ...attempt,
  lookFailedAt: now,
  lookFailedSaid: blind,
})

/** The journal keeps why as it is; people read it quoted, for a gateway's words may be in it. */
const toldOf = (said: string, blind: string | undefined): string =>
  blind === undefined ? said : `could not look: ${quoted(blind)}`

function saidBy(draft: Draft, refund: Refund, blind: string | undefined): string {
  if (blind !== undefined) return `could not look: ${blind}`
  const attempt = attemptOf(draft, refund.gatewayRef)
  return attempt ? `looked: still ${lastLook(attempt).said}` : 'looked: nothing found'
}

function tell(draft: Draft, refund: Refund, level: Exclude<Attention, 'none'>, said: string): void {
  const { refundId, merchantUid, amount, currency, waitingSince } = refund
  const sentence = `refund ${refundId} of order ${merchantUid ?? 'unknown'} is ${REFUND_STATES[refund.state].en} since ${waitingSince}; ${said}`
  alert(draft, { level, kind: `refund.${refund.state}`, saga: refundWorkflowId(refundId), sentence, amount, currency })
}

export function raisePayment(books: Books, blind: string | undefined, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const { payment } = draft
  const held = heldOf(draft)
  if (!payment || held === 'none' || Date.parse(payment.lastCheckpointAt) >= Date.parse(setting.now))
    return decided(draft)
  const raised = planPayment(payment, held, setting.patience, setting.now, true)
  draft.payment = raised
  const said = blind === undefined ? 'looked' : `could not look: ${blind}`
  draft.journal.push({ what: 'checkpoint', from: payment.attention, to: raised.attention, why: said })
  const level = toldLevel(payment, raised, paymentAnnounces(payment, held, setting.patience, setting.now))
  if (level !== 'none') {
    const attempt = held === 'contradicted' ? draft.attempts.find(contradicted) : undecidedOfPayment(draft)[0]
    const what =
      held === 'contradicted'
        ? `is held since ${payment.waitingSince}, for the gateway speaks against our books: ${quoted(attempt?.contradiction ?? '')}`
        : `holds money that nobody has decided on since ${payment.waitingSince}`
    const sentence = `order ${payment.merchantUid} ${what}; ${toldOf(said, blind)}; ${held === 'contradicted' ? 'release it' : 'accept or refund it'}`
    alert(draft, {
      level,
      kind: `payment.${held}`,
      saga: paymentWorkflowId(payment.merchantUid),
      sentence,
      ...(attempt && { amount: attempt.amount, currency: attempt.currency }),
    })
  }
  return decided(draft)
}

/** Money that a stray's saga waits for a decision on. */
export function raiseStray(books: Books, ref: GatewayRef, blind: string | undefined, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const attempt = attemptOf(draft, ref)
  if (!attempt || strayClosed(draft, attempt) || Date.parse(attempt.lastCheckpointAt) >= Date.parse(setting.now))
    return decided(draft)
  const raised = planStray(attempt, true, setting.now, true)
  putAttempt(draft, blind === undefined ? raised : blinded(raised, blind, setting))
  const said = blind === undefined ? `looked: still ${lastLook(attempt).said}` : `could not look: ${blind}`
  const { attention: from, amount, currency, waitingSince } = attempt
  draft.journal.push({ what: 'checkpoint', gatewayRef: ref, from, to: raised.attention, why: said })
  if (raised.attention !== 'none' && !seen(raised)) {
    const [what, way] = contradicted(attempt)
      ? [`is held, for the gateway speaks against our books: ${quoted(attempt.contradiction ?? '')}`, 'release it']
      : [`holds money that nobody has decided on since ${waitingSince}`, 'accept or refund it']
    const sentence = `${shownId(ref)} of order ${shownId(attempt.saidMerchantUid)} ${what}; ${toldOf(said, blind)}; ${way}`
    const saga = strayWorkflowId(attempt.gateway, ref)
    alert(draft, {
      level: raised.attention,
      kind: `stray.${attempt.because ?? 'unknownOrder'}`,
      saga,
      sentence,
      amount,
      currency,
    })
  }
  return decided(draft)
}

/** "Request Cancellation" was pressed: noted, raised to a warning once, and nothing is stopped. */
export function cancelRequested(books: Books, saga: string, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const refund = draft.refunds.find(({ refundId }) => refundWorkflowId(refundId) === saga)
  const why =
    'a cancellation of the workflow was asked for in Temporal; it stops nothing, for a ticket cannot be called back'
  draft.journal.push({ what: 'cancelRequested', ...(refund && { refundId: refund.refundId }), why, facts: { saga } })
  if (refund && !refundClosed(refund) && refund.attention !== 'page') putRefund(draft, { ...refund, attention: 'warn' })
  alert(draft, {
    level: 'warn',
    kind: 'cancelRequested',
    saga,
    sentence: `${why}; use withdraw or resolve for a refund, close for an order, accept or refund for money`,
  })
  return decided(draft)
}
