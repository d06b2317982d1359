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
import { money, printMoney } from '../money.ts'
import { REFUND_STATES, refundClosed } from '../refund.ts'
import { lastLook } from '../shown/views.ts'
import { ATTEMPT_STATUS, PAGE } from '../shown/words/pages.ts'
import { LOOKED, STILL_WAITS } from '../shown/words/told.ts'
import { OF_ORDERS } from '../shown/words/toldElse.ts'
import { quoted, shownId } from '../text.ts'
import { inEach, type Said } from '../../language.ts'

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
  if (level !== 'none' && !seen(raised)) tell(draft, raised, level, lookOf(draft, raised, blind))
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
const unseen = (blind: string): Said => inEach(LOOKED.failed, { why: quoted(blind) })

function stillSo(attempt: Attempt): Said {
  const { lookFailedAt, lookFailedSaid, status, gatewayReturned, currency } = attempt
  if (lookFailedAt !== null) return unseen(lookFailedSaid ?? 'no answer')
  const returned = printMoney(money(gatewayReturned, currency))
  return inEach(LOOKED.still, { status: ATTEMPT_STATUS[status], returned, paid: printMoney(attempt) })
}

function saidBy(draft: Draft, refund: Refund, blind: string | undefined): string {
  if (blind !== undefined) return `could not look: ${blind}`
  const attempt = attemptOf(draft, refund.gatewayRef)
  return attempt ? `looked: still ${lastLook(attempt).said}` : 'looked: nothing found'
}

function lookOf(draft: Draft, refund: Refund, blind: string | undefined): Said {
  if (blind !== undefined) return unseen(blind)
  const attempt = attemptOf(draft, refund.gatewayRef)
  return attempt ? stillSo(attempt) : LOOKED.nothing
}

function tell(draft: Draft, refund: Refund, level: Exclude<Attention, 'none'>, look: Said): void {
  const { refundId, merchantUid, amount, currency, waitingSince: since } = refund
  const order = merchantUid ?? PAGE.unknownOrder
  const sentence = inEach(STILL_WAITS.refund, {
    refund: refundId,
    order,
    state: REFUND_STATES[refund.state],
    since,
    look,
  })
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
    const { merchantUid: order, waitingSince: since } = payment
    const look = blind === undefined ? LOOKED.answered : unseen(blind)
    const sentence =
      held === 'contradicted'
        ? inEach(STILL_WAITS.orderAgainst, { order, since, against: quoted(attempt?.contradiction ?? ''), look })
        : inEach(STILL_WAITS.order, { order, since, look })
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
    const about = { ref: shownId(ref), order: shownId(attempt.saidMerchantUid) }
    const look = blind === undefined ? stillSo(attempt) : unseen(blind)
    const sentence = contradicted(attempt)
      ? inEach(STILL_WAITS.strayAgainst, { ...about, against: quoted(attempt.contradiction ?? ''), look })
      : inEach(STILL_WAITS.stray, { ...about, since: waitingSince, look })
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
    sentence: OF_ORDERS.cancelRequested,
  })
  return decided(draft)
}
