// Booking cancel entries: each once, to the refund that it answers, else as money that moved outside; and entries that went missing.
// Must not know: SQL, wire formats.
import { remainingOf, refundsOf } from './balance.ts'
import type { Attempt, BookedEntry, Refund } from './books.ts'
import { attemptIn, moveRefund, putAttempt, raise, refundIn, type Draft } from './draft.ts'
import type { CancelEntry, Evidence } from './gateway.ts'
import { refundIdInReason, type RefundId } from './ids.ts'
import { outsideRefund } from './policyRefunds.ts'
import { refundClosed } from './refund.ts'
import { foundAgain, missed } from './reversal.ts'

type Match = { readonly refund: Refund; readonly matchedBy: 'refundId' | 'cancellationId' | 'amount' }

/** The excess of an entry that answered a smaller refund is booked beside it, under the same key with a mark. */
const EXCESS = '+excess'
const sourceKey = (key: string): string => (key.endsWith(EXCESS) ? key.slice(0, -EXCESS.length) : key)

export function bookEntries(draft: Draft, evidence: Evidence, asOf: string): void {
  // A status that this program does not know is kept, and moves nothing.
  if (evidence.status === 'unrecognized') return
  const ref = evidence.gatewayRef
  for (const entry of evidence.entries) {
    const booked = attemptIn(draft, ref)?.entries.find((other) => other.key === entry.key)
    if (!booked || booked.gone) bookOne(draft, evidence, entry)
  }
  for (const booked of attemptIn(draft, ref)?.entries ?? []) {
    const shown = evidence.entries.some((entry) => entry.key === sourceKey(booked.key))
    if (shown) foundAgain(draft, ref, booked)
    else if (!booked.gone) missed(draft, ref, booked, asOf)
  }
}

function bookOne(draft: Draft, evidence: Evidence, entry: CancelEntry): void {
  const attempt = attemptIn(draft, evidence.gatewayRef)
  if (!attempt) return
  const match = matchEntry(draft, attempt, entry)
  const remaining = match ? remainingOf(match.refund, attempt) : 0
  if (match && remaining > 0) {
    bookAnswer(draft, attempt, entry, match, remaining)
    return
  }
  const twice = `a cancel of ${entry.amount} ${attempt.currency} names this refund, which had already been paid back`
  if (match) raise(draft, 'page', match.refund, 'returnedTwice', twice)
  bookOutside(draft, attempt, entry, entry.key, entry.amount)
}

/** The entry answers a refund: all of it, a part, or more than it asked for. */
function bookAnswer(draft: Draft, attempt: Attempt, entry: CancelEntry, match: Match, remaining: number): void {
  const { refund, matchedBy } = match
  const { gatewayRef, currency } = attempt
  const facts = { matchedBy, entry: entry.key, amount: entry.amount, cancelledAt: entry.cancelledAt }
  addEntry(draft, attempt, entry, entry.key, Math.min(entry.amount, remaining), refund.refundId)
  if (matchedBy === 'amount') {
    const sentence = 'a cancel without a reason was taken as this refund, by amount and time; check it'
    raise(draft, 'warn', refund, 'matchedByAmount', sentence)
  }
  if (entry.amount < remaining) {
    const why = 'the gateway booked less than this refund asked for'
    draft.journal.push({ what: 'refund.partlyBooked', refundId: refund.refundId, gatewayRef, why, facts })
    const part = `${entry.amount} of ${remaining} ${currency} (minor units)`
    const rest = refundClosed(refund) ? 'the refund is over, so nobody waits for the rest' : 'it waits for the rest'
    if (!pageWhereOver(draft, refund, part))
      raise(draft, 'warn', refund, 'smallerThanAsked', `the gateway booked ${part} of this refund; ${rest}`)
    return
  }
  close(draft, refund, facts)
  const excess = entry.amount - remaining
  if (excess === 0) return
  bookOutside(draft, attemptIn(draft, gatewayRef) ?? attempt, entry, entry.key + EXCESS, excess)
  const sentence = `the gateway paid back ${excess} ${currency} (minor units) more than this refund asked for`
  raise(draft, 'page', refund, 'largerThanAsked', sentence)
}

function close(draft: Draft, refund: Refund, facts: Readonly<Record<string, unknown>>): void {
  const { refundId, gatewayRef } = refund
  const because = { why: 'the gateway booked the cancel', facts }
  if (!moveRefund(draft, refundId, 'cancelled', because)) {
    draft.journal.push({ what: 'refund.evidence', refundId, gatewayRef, ...because })
    return
  }
  pageWhereOver(draft, refund, 'all')
}

/** Money of a refund that had ended otherwise, all or a part of it: gone back twice, or beside what had overtaken it. */
function pageWhereOver(draft: Draft, refund: Refund, part: string): boolean {
  const twice = `the gateway paid back ${part} of this refund, which had been paid back by bank: paid back twice`
  const overtaken = `the gateway paid back ${part} of this refund, which had been overtaken by other money`
  if (refund.state === 'settledElsewhere') raise(draft, 'page', refund, 'paidBackTwice', twice)
  else if (refund.state === 'superseded') raise(draft, 'page', refund, 'supersededPaid', overtaken)
  else return false
  return true
}

function bookOutside(draft: Draft, attempt: Attempt, entry: CancelEntry, key: string, amount: number): void {
  const refund = outsideRefund(draft, attempt, { key, amount, reason: entry.reason }, 'outside')
  addEntry(draft, attempt, entry, key, amount, refund.refundId)
}

function addEntry(draft: Draft, attempt: Attempt, entry: CancelEntry, key: string, amount: number, id: RefundId): void {
  const { cancellationId, cancelledAt, reason } = entry
  const booked: BookedEntry = {
    key,
    cancellationId,
    amount,
    cancelledAt,
    reason,
    refundId: id,
    missingSince: null,
    gone: false,
  }
  putAttempt(draft, { ...attempt, entries: [...attempt.entries.filter((other) => other.key !== key), booked] })
}

/**
 * By the refund id that ends the reason, matched whole; else, among refunds that ever had an intent, by a cancellation
 * id seen before, or, only for an empty reason, by amount and time where exactly one fits. A foreign reason matches
 * nothing. A refund that is named without an intent had one in rows that a restored backup does not know: taken as a
 * stranger's money, a partial refund would still fit and be filed a second time.
 */
function matchEntry(draft: Draft, attempt: Attempt, entry: CancelEntry): Match | undefined {
  const alive = refundsOf(draft, attempt).filter((refund) => refund.state !== 'withdrawn')
  const named = refundIdInReason(entry.reason)
  const byId = alive.find((refund) => refund.refundId === named)
  if (byId) return { refund: byId, matchedBy: 'refundId' }
  const refunds = alive.filter((refund) => refund.tickets.length > 0)
  const before = attempt.entries.find((booked) => isSame(booked, entry))
  const same = before && refundIn(draft, before.refundId)
  if (same) return { refund: same, matchedBy: 'cancellationId' }
  if (entry.reason !== '') return undefined
  const fitting = refunds.filter(
    (refund) => remainingOf(refund, attempt) === entry.amount && filedBefore(refund, entry),
  )
  const [only] = fitting
  return only && fitting.length === 1 ? { refund: only, matchedBy: 'amount' } : undefined
}

/** An ordinal is no name: once the entry that had it is gone, another may stand in its place. */
const isSame = (booked: BookedEntry, { key, cancellationId, amount, reason }: CancelEntry): boolean =>
  booked.key === key && (cancellationId !== null || (booked.amount === amount && booked.reason === reason))

function filedBefore(refund: Refund, entry: CancelEntry): boolean {
  const firstIntent = Math.min(...refund.tickets.map((ticket) => Date.parse(ticket.intentAt)))
  // The gateway's clock counts whole seconds and is not ours: a minute of doubt.
  return entry.cancelledAt === null || Date.parse(entry.cancelledAt) >= firstIntent - 60_000
}
