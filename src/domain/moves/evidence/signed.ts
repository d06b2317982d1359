// What a gateway signed, judged by the same judge: it is evidence of what it names, and of nothing
// else (design.md §5).
// Must not know: signatures, wires, SQL. It has no look's number: it makes nothing missing and
// takes no status back.
import type { AlertKind } from '../../books/alerts.ts'
import { bookedOf } from '../../books/balance.ts'
import type { Alert, Attempt, Books, Decision, Refund } from '../../books/books.ts'
import type { CancelEntry, Evidence, Signed, SignedEvent } from '../../gateway.ts'
import { paymentWorkflowId, reasonMarker, strayWorkflowId, type GatewayName } from '../../ids.ts'
import { fromMajor, type Money, printMoney } from '../../money.ts'
import { quoted } from '../../text.ts'
import type { JudgeSetting } from './classify.ts'
import { groupsOf } from './entries/groups.ts'
import { judgeAll } from './judge.ts'
import { leftOf } from './some.ts'
import { inEach, type Said } from '../../../language.ts'
import { SIGNED } from '../../shown/words/toldElse.ts'
import { FRAMES } from '../../shown/words/told.ts'

type Returned = Extract<SignedEvent, { kind: 'returned' }>
type Told = { readonly level: Alert['level']; readonly kind: AlertKind; readonly sentence: Said }
/** The entries that it adds, and what a person must hear of it. */
type Read = { readonly entries: readonly CancelEntry[]; readonly told?: Told }

/**
 * undefined: it is about an order that nobody here knows, and names no amount that could be booked
 * without it; or not about one that is its gateway's.
 */
export function judgeSigned(
  books: Books,
  gateway: GatewayName,
  signed: Signed,
  setting: Omit<JudgeSetting, 'number'>,
): Decision | undefined {
  const before = books.attempts.find(
    (attempt) => attempt.gateway === gateway && attempt.gatewayRef === signed.gatewayRef,
  )
  const money = moneyOf(books, before, signed)
  if (!money || (books.payment && books.payment.gateway !== gateway)) return undefined
  const { entries, told } = read(books, before, money, signed)
  const said = statusOf(before, signed.event)
  // That something went back, and nothing of it can be booked, is no evidence against what is
  // booked.
  const status = said === 'cancelled' && entries.length === 0 ? undefined : said
  const judged =
    status === undefined
      ? { books, journal: [], alerts: [] }
      : judgeAll(books, [evidenceOf(gateway, signed, { ...money, status, entries })], {
          ...setting,
          number: before?.evidenceNumber ?? 0,
        })
  if (!told) return judged
  const saga = books.payment
    ? paymentWorkflowId(books.payment.merchantUid)
    : strayWorkflowId(gateway, signed.gatewayRef)
  const { gatewayRef } = signed
  const line = { what: 'signed.told', gatewayRef, why: told.sentence.en, facts: { key: signed.key } }
  return {
    ...judged,
    journal: [...judged.journal, line],
    alerts: [
      ...judged.alerts,
      { ...told, saga, sentence: inEach(FRAMES.about, { ref: gatewayRef, sentence: told.sentence }) },
    ],
  }
}

/** What is booked counts in what was booked; else what it names, else what was ordered. */
function moneyOf({ payment }: Books, before: Attempt | undefined, { money }: Signed): Money | undefined {
  if (money) return money
  const known = before ?? payment
  return known && { amount: known.amount, currency: known.currency }
}

/** undefined: it says nothing about the attempt itself. */
function statusOf(before: Attempt | undefined, event: SignedEvent): Evidence['status'] | undefined {
  switch (event.kind) {
    case 'paid':
      return 'paid'
    case 'review':
      return 'ready'
    case 'declined':
      return before?.everPaid ? 'cancelled' : 'failed'
    case 'returned':
      return 'cancelled'
    case 'partReturned':
    case 'remark':
    case 'unrecognized':
      return undefined
  }
}

function read(books: Books, before: Attempt | undefined, money: Money, { event, key }: Signed): Read {
  switch (event.kind) {
    case 'review':
    case 'remark':
      return { entries: [] }
    case 'paid':
      return event.gift
        ? { entries: [], told: { level: 'warn', kind: 'gift', sentence: SIGNED.gift } }
        : { entries: [] }
    case 'declined':
      if (!before?.everPaid) return { entries: [] }
      return allOf(before, money, key, { ...event, kind: 'returned', part: null, refundId: null, mark: 'console' })
    case 'returned':
      return event.part === null ? allOf(before, money, key, event) : partOf(books, before, money, key, event)
    case 'partReturned':
      return unclear('page', inEach(SIGNED.partUnsaid, { said: event.said }))
    case 'unrecognized':
      return unclear('page', inEach(SIGNED.eventUnknown, { said: quoted(event.said) }))
  }
}

const unclear = (level: Alert['level'], sentence: Said): Read => ({
  entries: [],
  told: { level, kind: 'signedUnclear', sentence },
})

/**
 * All that is left has gone back. Where all was booked already, it names what was booked without a
 * name, or comes twice.
 */
function allOf(before: Attempt | undefined, { amount: whole }: Money, key: string, event: Returned): Read {
  if (before?.entries.some(({ cancellationId }) => cancellationId === key)) return { entries: [] }
  const amount = before ? leftOf(before) : whole
  if (amount > 0) return { entries: [entryOf(key, amount, event)] }
  const nameless = groupsOf(before?.entries ?? []).find(
    ({ gone, base }) => !gone && base.cancellationId === null && base.reason === '',
  )
  if (nameless && event.mark === null) {
    return { entries: [{ ...entryOf(key, nameless.amount, event), cancelledAt: nameless.base.cancelledAt }] }
  }
  const twice = inEach(SIGNED.allTwice, { said: event.said })
  return unclear(event.mark === 'chargeback' ? 'page' : 'warn', twice)
}

/**
 * A part of a refund. Whether a second one counts the first one in, nobody says: what can be told
 * is booked.
 */
function partOf(books: Books, before: Attempt | undefined, money: Money, key: string, event: Returned): Read {
  if (before?.entries.some(({ cancellationId }) => cancellationId === key)) return { entries: [] }
  const said = minorOf(event, before ?? money)
  if (said === undefined) return unclear('page', inEach(SIGNED.partUncounted, { said: event.said }))
  const refund = books.refunds.find(
    ({ refundId, gatewayRef }) => refundId === event.refundId && gatewayRef === before?.gatewayRef,
  )
  const booked = refund && before ? bookedOf(refund, before) : 0
  if (!refund || booked === 0) return { entries: [entryOf(key, said, event)] }
  return nextPart(refund, booked, said, key, event)
}

/**
 * A sum that counts on never falls, and a refund's parts are never more than the refund: where only
 * one of the two can be, it is that one. Where both can, the smaller is certain, and a person asks
 * for the rest.
 */
function nextPart(refund: Refund, booked: number, said: number, key: string, event: Returned): Read {
  const mayAdd = booked + said <= refund.amount
  const mayCount = said > booked
  if (mayAdd && !mayCount) return { entries: [entryOf(key, said, event)] }
  const { refundId, currency } = refund
  const printed = (amount: number) => printMoney({ amount, currency })
  const parts = { refund: refundId, booked: printed(booked), said: printed(said) }
  if (!mayCount) return unclear('page', inEach(SIGNED.partTooMuch, parts))
  const read = { entries: [entryOf(key, said - booked, event)] }
  if (!mayAdd) return read
  const sentence = inEach(SIGNED.partUnsure, parts)
  return { ...read, told: { level: 'warn', kind: 'signedUnclear', sentence } }
}

/** Minor units; undefined where it is in another currency, or no amount of this one. */
function minorOf({ part }: Returned, { currency }: Pick<Money, 'currency'>): number | undefined {
  if (!part || (part.currency ?? currency) !== currency) return undefined
  try {
    const { amount } = fromMajor(part.amount, currency)
    return amount > 0 ? amount : undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** With the marker by which a refund's entry is found, where it names the refund. */
const entryOf = (key: string, amount: number, { refundId, said, mark }: Returned): CancelEntry => ({
  cancellationId: key,
  amount,
  cancelledAt: null,
  reason: refundId === null ? said : reasonMarker(refundId) + said,
  mark,
})

type Shown = Money & Pick<Evidence, 'status' | 'entries'>

function evidenceOf(gateway: GatewayName, signed: Signed, { amount, currency, status, entries }: Shown): Evidence {
  const { gatewayRef, merchantUid, channel, paidAt, payMethod, payerCountry, event } = signed
  return {
    gateway,
    gatewayRef,
    merchantUid,
    provider: null,
    ours: true,
    status,
    statusSaid: event.kind,
    amount,
    currency,
    channel,
    returned: 0,
    entries,
    paidAt: status === 'paid' ? paidAt : null,
    failedAt: null,
    failReason: event.kind === 'declined' ? event.said : null,
    paymentwallRef: gatewayRef,
    payMethod,
    payerCountry,
    partial: true,
  }
}
