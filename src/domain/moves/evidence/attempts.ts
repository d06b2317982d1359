// An attempt's row as evidence shows it, before anything is decided from it.
// Must not know: policies, refunds' states.
import { bookedTotal } from '../../books/balance.ts'
import { freshWait, type Attempt } from '../../books/books.ts'
import { alert, attemptIn, pageAbout, putAttempt, putRefund, type Draft } from '../../books/draft.ts'
import { contradicted } from '../../books/holds.ts'
import type { Evidence } from '../../gateway.ts'
import { paymentWorkflowId } from '../../ids.ts'
import { quoted, shownId } from '../../text.ts'
import { printMoney } from '../../money.ts'
import { FRAMES } from '../../shown/words/told.ts'
import { OF_ORDERS } from '../../shown/words/toldElse.ts'
import { inEach } from '../../../language.ts'
import { contradictions, inAnotherCurrency, namesAnotherOrder } from './contradictions.ts'

export type Moment = {
  readonly now: string
  /** When the look began, for display. */
  readonly asOf: string
  /** The look's number in the sequence that also numbers arrivals. */
  readonly number: number
}

/** The attempt's row as the evidence shows it; what was paid stays as it was first booked. */
export function noteAttempt(draft: Draft, before: Attempt | undefined, evidence: Evidence, moment: Moment): void {
  const looked = { evidenceAsOf: moment.asOf, evidenceNumber: moment.number, lookFailedAt: null, lookFailedSaid: null }
  const contradiction = contradictions(before, evidence)
  if (before && namesAnotherOrder(before, evidence)) putAttempt(draft, { ...before, ...looked, contradiction })
  else {
    const known = before ? linked(draft, before) : unseen(moment.now)
    const { gateway, gatewayRef, status, failReason, payMethod } = evidence
    putAttempt(draft, {
      ...known,
      ...looked,
      ...money(draft, before, evidence),
      gateway,
      gatewayRef,
      merchantUid: draft.payment ? draft.payment.merchantUid : null,
      status,
      failReason,
      contradiction,
      payMethod: payMethod ?? known.payMethod,
      paidAt: evidence.paidAt ?? known.paidAt,
      paymentwallRef: evidence.paymentwallRef ?? known.paymentwallRef,
      payerCountry: evidence.payerCountry ?? known.payerCountry,
    })
    tellStatus(draft, before, evidence)
    tellUnknown(draft, before, evidence)
  }
  tellContradiction(draft, before, evidence)
}

/**
 * Of money that is booked nothing changes but what the gateway counts; that is no sum of ours in
 * another currency.
 */
function money({ payment }: Draft, before: Attempt | undefined, evidence: Evidence) {
  const said = { saidAmount: evidence.amount, gatewayReturned: evidence.returned }
  if (before?.everPaid) {
    const { saidMerchantUid, amount, currency, channel, saidAmount, gatewayReturned } = before
    const counted = inAnotherCurrency(before, evidence) ? { saidAmount, gatewayReturned } : said
    const provider = before.provider ?? (evidence.ours ? evidence.provider : null)
    return { saidMerchantUid, amount, currency, channel, provider, ...counted }
  }
  const { merchantUid, amount, currency } = evidence
  const channel = evidence.channel ?? before?.channel ?? payment?.channel ?? 'live'
  const provider = evidence.provider ?? before?.provider ?? null
  return { saidMerchantUid: merchantUid, amount, currency, channel, provider, ...said }
}

/**
 * Money that came before its order was recorded is judged anew once the order is known, unless a
 * person has decided on it: that is linked as it was decided. Its refunds belong to the order from
 * now on.
 */
function linked(draft: Draft, before: Attempt): Attempt {
  const { payment } = draft
  if (before.merchantUid !== null || !payment) return before
  const own = draft.refunds.filter(({ gatewayRef }) => gatewayRef === before.gatewayRef)
  for (const refund of own) putRefund(draft, { ...refund, merchantUid: payment.merchantUid })
  const decided = before.accepted || own.some(({ origin }) => origin === 'ops')
  if (!decided) return { ...before, everPaid: false, because: null }
  if (before.accepted && payment.acceptedRef === null) draft.payment = { ...payment, acceptedRef: before.gatewayRef }
  const why = 'its order is recorded by now; what a person decided about it stays'
  draft.journal.push({ what: 'attempt.linked', gatewayRef: before.gatewayRef, to: payment.merchantUid, why })
  return before
}

function tellStatus(draft: Draft, before: Attempt | undefined, evidence: Evidence): void {
  const { gatewayRef, status, amount, currency, channel, failReason } = evidence
  if (!before) {
    const why = 'the gateway shows this attempt for the order'
    draft.journal.push({ what: 'attempt.seen', gatewayRef, to: status, why, facts: { amount, currency, channel } })
  } else if (before.status !== status) {
    const why = failReason ?? 'the gateway says so'
    draft.journal.push({ what: 'attempt.status', gatewayRef, from: before.status, to: status, why })
  }
}

/**
 * Of money that is booked it is a contradiction; of an attempt that never had any it may be the
 * money itself, which nobody here would ever take as paid.
 */
function tellUnknown(draft: Draft, before: Attempt | undefined, evidence: Evidence): void {
  const { payment } = draft
  const { gatewayRef, status, statusSaid, amount, currency } = evidence
  if (!payment || status !== 'unrecognized' || before?.everPaid || before?.status === status) return
  const told = inEach(OF_ORDERS.statusUnknown, { status: quoted(statusSaid) })
  const sentence = inEach(FRAMES.about, { ref: shownId(gatewayRef), sentence: told })
  const saga = paymentWorkflowId(payment.merchantUid)
  alert(draft, { level: 'warn', kind: 'statusUnknown', saga, sentence, amount, currency })
}

/** Once for each change. Evidence that agrees again ends the hold by itself, with a line. */
function tellContradiction(draft: Draft, before: Attempt | undefined, evidence: Evidence): void {
  const attempt = attemptIn(draft, evidence.gatewayRef)
  const was = before?.contradiction ?? null
  if (!attempt || attempt.contradiction === was) return
  const { gatewayRef, contradiction: now } = attempt
  if (now === null) {
    putAttempt(draft, { ...attempt, released: null })
    const why = 'the evidence agrees with the books again'
    draft.journal.push({ what: 'attempt.agrees', gatewayRef, ...(was !== null && { from: was }), why })
    return
  }
  const why = `the gateway now says of money that is booked: ${now}`
  draft.journal.push({ what: 'attempt.contradicted', gatewayRef, ...(was !== null && { from: was }), to: now, why })
  if (!contradicted(attempt)) return
  pageAbout(draft, attempt, 'contradicted', inEach(OF_ORDERS.contradicted, { against: quoted(now) }))
}

const unseen = (now: string) => ({
  ...freshWait(now),
  everPaid: false,
  paidOrdinal: null,
  accepted: false,
  because: null,
  chargedBack: false,
  entries: [],
  released: null,
  sumsTold: null,
  foreignTickets: null,
  payMethod: null,
  paymentwallRef: null,
  payerCountry: null,
  paidAt: null,
})

/**
 * The gateway's own total, its entries and what is booked should agree; while they do not, no new
 * ticket is filed (design.md §6.3a). Told once for each difference.
 */
export function noteSums(draft: Draft, evidence: Evidence): void {
  const attempt = attemptIn(draft, evidence.gatewayRef)
  if (!attempt) return
  const { returned, currency, entries, gatewayRef } = evidence
  const missing = attempt.entries.filter(({ gone, missingSince }) => !gone && missingSince !== null)
  const booked = bookedTotal(attempt)
  const agree = returned === booked || returned === booked - missing.reduce((sum, { amount }) => sum + amount, 0)
  const listed = entries.reduce((sum, { amount }) => sum + amount, 0)
  // What it lists and does not count may have gone back all the same. To leave entries out is no
  // difference.
  const differs = agree && listed <= returned ? null : `returned ${returned}, listed ${listed}, booked ${booked}`
  if (differs === attempt.sumsTold) return
  putAttempt(draft, { ...attempt, sumsTold: differs })
  if (differs === null) return
  const why = 'the gateway counts another sum as returned than its cancel entries or our books add up to'
  draft.journal.push({ what: 'attempt.sumsDiffer', gatewayRef, why, facts: { listed, returned, booked } })
  const printed = (amount: number) => printMoney({ amount, currency })
  const sentence = inEach(OF_ORDERS.sumsDiffer, {
    returned: printed(returned),
    listed: printed(listed),
    booked: printed(booked),
  })
  pageAbout(draft, attempt, 'sumsDiffer', sentence)
}
