// A draft of the books while one decision is made: small moves that always leave their journal
// line.
// Must not know: SQL, and which event calls it. A draft is used up by `decided`.
import type { Evidence } from '../gateway.ts'
import { paymentWorkflowId, refundWorkflowId, strayWorkflowId, type GatewayRef, type RefundId } from '../ids.ts'
import type { Patience } from '../patience.ts'
import { orderAfter, type OrderEvent } from '../payment.ts'
import { REFUND_STATES, refundAfter, refundClosed, type RefundEvent } from '../refund.ts'
import { FRAMES } from '../shown/words/told.ts'
import { shownId } from '../text.ts'
import { inEach, type Said } from '../../language.ts'
import { decidesOnMoney, type AlertKind } from './alerts.ts'
import { heldOf, sumsOf, shownState, strayClosed } from './balance.ts'
import {
  louder,
  type Alert,
  type Attempt,
  type Books,
  type Decision,
  type JournalLine,
  type Payment,
  type Refund,
} from './books.ts'
import { seenOf, seenOfRefund } from './seen.ts'
import { deliveryAwaited, planPayment, planRefund, planStray, replanRefund } from './waits.ts'

/** What every decision is told: the moment (ISO), and the configuration that it may look at. */
export type Setting = {
  readonly now: string
  readonly patience: Patience
  /** The ticket's key whose call is answered here: how that ended is written right after. */
  readonly answered?: string
}

export type Draft = {
  payment: Payment | undefined
  /**
   * In the order in which they came; an order may have thousands, so each is found by its place.
   */
  readonly attempts: Attempt[]
  readonly places: Map<GatewayRef, number>
  refunds: readonly Refund[]
  readonly journal: JournalLine[]
  readonly alerts: Alert[]
  readonly setting: Setting
}

export function draftOf(books: Books, setting: Setting): Draft {
  const places = new Map(books.attempts.map(({ gatewayRef }, place) => [gatewayRef, place]))
  return { ...books, attempts: [...books.attempts], places, journal: [], alerts: [], setting }
}

/** Ends the draft: shown state, attention and next checkpoint follow from what was moved. */
export function decided(draft: Draft): Decision {
  settlePayment(draft)
  settleStrays(draft)
  const { payment, attempts, refunds, journal } = draft
  const books = { payment, attempts, refunds }
  return { books, journal, alerts: draft.alerts.map((each) => withMark(each, books)) }
}

/**
 * Where a person may decide on money he is told the mark to name. Only now it is that of the books
 * which he will see.
 */
function withMark(raised: Alert, books: Books): Alert {
  const refund = books.refunds.find(({ refundId }) => refundWorkflowId(refundId) === raised.saga)
  const asksForMoney = refund ? !refundClosed(refund) : decidesOnMoney(raised.kind)
  if (!asksForMoney) return raised
  const mark = refund ? seenOfRefund(books, refund) : seenOf(books)
  return { ...raised, sentence: inEach(FRAMES.marked, { sentence: raised.sentence, mark }) }
}

/**
 * The books with the wait of one saga's row planned anew: a changed configuration reaches rows that
 * already wait.
 */
export function planned(books: Books, saga: string, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const refund = draft.refunds.find(({ refundId }) => refundWorkflowId(refundId) === saga)
  if (refund) putRefund(draft, replanRefund(refund, setting.patience, setting.now))
  return decided(draft)
}

export function putAttempt({ attempts, places }: Draft, attempt: Attempt): void {
  const place = places.get(attempt.gatewayRef) ?? attempts.length
  places.set(attempt.gatewayRef, place)
  attempts[place] = attempt
}

export function putRefund(draft: Draft, refund: Refund): void {
  const known = draft.refunds.some((other) => other.refundId === refund.refundId)
  draft.refunds = known
    ? draft.refunds.map((other) => (other.refundId === refund.refundId ? refund : other))
    : [...draft.refunds, refund]
}

export function draftedRefund(draft: Draft, id: RefundId): Refund | undefined {
  return draft.refunds.find((refund) => refund.refundId === id)
}

export function attemptIn(draft: Draft, ref: GatewayRef): Attempt | undefined {
  const place = draft.places.get(ref)
  return place === undefined ? undefined : draft.attempts[place]
}

type Why = { readonly why: string; readonly facts?: Readonly<Record<string, unknown>> }

/**
 * Moves a refund by the table; returns the moved refund, or undefined where the table forbids it
 * (nothing is changed).
 */
export function moveRefund(draft: Draft, id: RefundId, event: RefundEvent, because: Why): Refund | undefined {
  const refund = draftedRefund(draft, id)
  const to = refund && refundAfter(refund.state, event)
  if (!refund || !to) return undefined
  const fresh = {
    tries: 0,
    nextTryAt: null,
    stateSince: draft.setting.now,
    snoozedUntil: null,
    acknowledgedLevel: null,
  }
  const tickets = REFUND_STATES[to].closed === 'yes' ? settledTries(draft, refund) : refund.tickets
  const moved = planRefund(
    { ...refund, tickets, state: to, ...fresh },
    draft.setting.patience,
    draft.setting.now,
    false,
  )
  putRefund(draft, moved)
  draft.journal.push({ what: event, refundId: id, gatewayRef: refund.gatewayRef, from: refund.state, to, ...because })
  return moved
}

const UNANSWERED = 'the refund closed before an answer to its call was known: it may have been sent'

/**
 * No saga comes back to a closed row, so a call that is still under way, or was lost, has its
 * outcome from here on; its answer, should it come, takes the place of this one.
 */
function settledTries(draft: Draft, { refundId, gatewayRef, tickets }: Refund): Refund['tickets'] {
  const open = tickets.filter(
    ({ authorisedBy, outcome }) => outcome === null && authorisedBy !== draft.setting.answered,
  )
  for (const { authorisedBy: key } of open)
    draft.journal.push({ what: 'ticket.ended', refundId, gatewayRef, to: 'unknown', why: UNANSWERED, facts: { key } })
  return tickets.map((each) => (open.includes(each) ? { ...each, outcome: 'unknown', said: UNANSWERED } : each))
}

/** Moves the order by the table; false where the table forbids it. */
export function moveOrder(draft: Draft, event: OrderEvent, because: Why): boolean {
  const { payment } = draft
  const to = payment && orderAfter(payment.orderState, event)
  if (!payment || !to) return false
  draft.payment = { ...payment, orderState: to, tries: 0, nextTryAt: null }
  draft.journal.push({ what: `order.${event}`, from: payment.orderState, to, ...because })
  return true
}

export function alert(draft: Draft, raised: Alert): void {
  draft.alerts.push(raised)
}

/** Tells people about one refund. */
export function raise(draft: Draft, level: Alert['level'], refund: Refund, kind: AlertKind, sentence: Said): void {
  const { refundId, amount, currency } = refund
  alert(draft, { level, kind, saga: refundWorkflowId(refundId), sentence, amount, currency })
}

type Paid = Pick<Evidence, 'gateway' | 'gatewayRef' | 'amount' | 'currency'>

/** Pages people about one attempt: its order's saga, or its own where the order is unknown. */
export function pageAbout(draft: Draft, paid: Paid, kind: AlertKind, sentence: Said): void {
  const { gateway, gatewayRef, amount, currency } = paid
  const saga = draft.payment ? paymentWorkflowId(draft.payment.merchantUid) : strayWorkflowId(gateway, gatewayRef)
  alert(draft, {
    level: 'page',
    kind,
    saga,
    sentence: inEach(FRAMES.about, { ref: shownId(gatewayRef), sentence }),
    amount,
    currency,
  })
}

function settlePayment(draft: Draft): void {
  const { payment, setting } = draft
  if (!payment) return
  const held = heldOf(draft)
  const begins = held !== 'none' && payment.attention === 'none' && payment.nextCheckpointAt === null
  const since = begins ? { waitingSince: setting.now, lastCheckpointAt: setting.now } : {}
  const state = shownState(draft, payment)
  const shown = { ...payment, ...since, state, deliveryAwaitedSince: deliveryAwaited(payment, state, setting.now) }
  const planned = planPayment(shown, held, setting.patience, setting.now, false)
  draft.payment = held === 'none' ? planned : { ...planned, attention: louder(payment.attention, planned.attention) }
  if (state !== payment.state) {
    const why = 'computed from the sums of the shown attempt'
    draft.journal.push({ what: 'payment.state', from: payment.state, to: state, why, facts: factsOf(draft) })
  }
}

/** News never lowers attention: only a person, or an end of the wait, does. */
function settleStrays(draft: Draft): void {
  const { now } = draft.setting
  for (const [place, attempt] of draft.attempts.entries()) {
    const open = !strayClosed(draft, attempt)
    if (!open && attempt.attention === 'none' && attempt.nextCheckpointAt === null) continue
    const begins = open && attempt.attention === 'none'
    const since = begins ? { waitingSince: now, lastCheckpointAt: now, owner: null, acknowledgedLevel: null } : {}
    const planned = planStray({ ...attempt, ...since }, open, now, false)
    draft.attempts[place] = open ? { ...planned, attention: louder(attempt.attention, planned.attention) } : planned
  }
}

function factsOf(draft: Draft): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    draft.attempts.filter((attempt) => attempt.everPaid).map((attempt) => [attempt.gatewayRef, sumsOf(draft, attempt)]),
  )
}
