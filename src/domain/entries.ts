// Booking cancel entries: each once, to the refund that it answers, else as money that moved outside; and entries that went missing.
// Must not know: SQL, wire formats.
import { remainingOf, refundsOf } from './balance.ts'
import type { Attempt, BookedEntry, Refund } from './books.ts'
import { alert, attemptIn, moveRefund, putAttempt, refundIn, type Draft } from './draft.ts'
import type { CancelEntry, Evidence } from './gateway.ts'
import { refundIdInReason, refundWorkflowId, type RefundId } from './ids.ts'
import { outsideRefund } from './policyRefunds.ts'

const REVERSAL_AFTER_MS = 10 * 60_000

type Match = { readonly refund: Refund; readonly matchedBy: 'refundId' | 'cancellationId' | 'amount' }

export function bookEntries(draft: Draft, evidence: Evidence, asOf: string): void {
  const ref = evidence.gatewayRef
  for (const entry of evidence.entries) {
    const booked = attemptIn(draft, ref)?.entries.find((other) => other.key === entry.key)
    if (!booked || booked.gone) bookOne(draft, evidence, entry)
    else if (booked.missingSince !== null) replaceEntry(draft, evidence, { ...booked, missingSince: null })
  }
  for (const booked of attemptIn(draft, ref)?.entries ?? []) {
    const shown = evidence.entries.some((entry) => entry.key === sourceKey(booked.key))
    if (!shown && !booked.gone) missing(draft, evidence, booked, asOf)
  }
}

/** The excess of an entry that answered a smaller refund is booked beside it, under the same key with a mark. */
const EXCESS = '+excess'
const sourceKey = (key: string): string => (key.endsWith(EXCESS) ? key.slice(0, -EXCESS.length) : key)

function bookOne(draft: Draft, evidence: Evidence, entry: CancelEntry): void {
  const attempt = attemptIn(draft, evidence.gatewayRef)
  if (!attempt) return
  const match = matchEntry(draft, attempt, entry)
  const remaining = match ? remainingOf(match.refund, attempt) : 0
  if (!match || remaining === 0) {
    if (match)
      pageFor(
        draft,
        match.refund,
        'returnedTwice',
        `a cancel of ${entry.amount} ${attempt.currency} names this refund, which had already been paid back`,
      )
    bookOutside(draft, attempt, entry, entry.key, entry.amount)
    return
  }
  const amount = Math.min(entry.amount, remaining)
  addEntry(draft, attempt, entry, entry.key, amount, match.refund.refundId)
  const facts = { matchedBy: match.matchedBy, entry: entry.key, amount: entry.amount, cancelledAt: entry.cancelledAt }
  if (match.matchedBy === 'amount')
    warnFor(
      draft,
      match.refund,
      'matchedByAmount',
      'a cancel without a reason was taken as this refund, by amount and time; check it',
    )
  if (entry.amount < remaining) {
    draft.journal.push({
      what: 'refund.partlyBooked',
      refundId: match.refund.refundId,
      gatewayRef: attempt.gatewayRef,
      why: 'the gateway booked less than this refund asked for',
      facts,
    })
    warnFor(
      draft,
      match.refund,
      'smallerThanAsked',
      `the gateway booked ${entry.amount} of ${remaining} ${attempt.currency} (minor units); the refund waits for the rest`,
    )
    return
  }
  close(draft, match.refund, facts)
  if (entry.amount > remaining) {
    const grown = attemptIn(draft, attempt.gatewayRef) ?? attempt
    bookOutside(draft, grown, entry, entry.key + EXCESS, entry.amount - remaining)
    pageFor(
      draft,
      match.refund,
      'largerThanAsked',
      `the gateway paid back ${entry.amount - remaining} ${attempt.currency} (minor units) more than this refund asked for`,
    )
  }
}

function close(draft: Draft, refund: Refund, facts: Readonly<Record<string, unknown>>): void {
  const because = { why: 'the gateway booked the cancel', facts }
  const moved = moveRefund(draft, refund.refundId, 'cancelled', because)
  if (!moved) {
    draft.journal.push({
      what: 'refund.evidence',
      refundId: refund.refundId,
      gatewayRef: refund.gatewayRef,
      ...because,
    })
    return
  }
  if (refund.state === 'settledElsewhere')
    pageFor(
      draft,
      refund,
      'paidBackTwice',
      'the gateway paid it back, and it had been paid back by bank: paid back twice',
    )
  if (refund.state === 'superseded')
    pageFor(draft, refund, 'supersededPaid', 'the gateway paid back a refund that had been overtaken by other money')
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
 * By the refund id that ends the reason, matched whole; else by a cancellation id seen before; else, only for an empty
 * reason, by amount and time where exactly one refund that ever had an intent fits. A foreign reason matches nothing.
 */
function matchEntry(draft: Draft, attempt: Attempt, entry: CancelEntry): Match | undefined {
  const refunds = refundsOf(draft, attempt).filter(
    (refund) => refund.state !== 'withdrawn' && refund.tickets.length > 0,
  )
  const named = refundIdInReason(entry.reason)
  const byId = refunds.find((refund) => refund.refundId === named)
  if (byId) return { refund: byId, matchedBy: 'refundId' }
  const before = attempt.entries.find(
    (booked) =>
      booked.key === entry.key || (entry.cancellationId !== null && booked.cancellationId === entry.cancellationId),
  )
  const same = before && refundIn(draft, before.refundId)
  if (same) return { refund: same, matchedBy: 'cancellationId' }
  if (entry.reason !== '') return undefined
  const fitting = refunds.filter(
    (refund) => remainingOf(refund, attempt) === entry.amount && filedBefore(refund, entry),
  )
  const [only] = fitting
  return only && fitting.length === 1 ? { refund: only, matchedBy: 'amount' } : undefined
}

function filedBefore(refund: Refund, entry: CancelEntry): boolean {
  const firstIntent = Math.min(...refund.tickets.map((ticket) => Date.parse(ticket.intentAt)))
  // The gateway's clock counts whole seconds and is not ours: a minute of doubt.
  return entry.cancelledAt === null || Date.parse(entry.cancelledAt) >= firstIntent - 60_000
}

/** A booked entry that two looks at least ten minutes apart do not show: the money did not go back after all. */
function missing(draft: Draft, evidence: Evidence, booked: BookedEntry, asOf: string): void {
  if (booked.missingSince === null) {
    replaceEntry(draft, evidence, { ...booked, missingSince: asOf })
    draft.journal.push({
      what: 'entry.missing',
      refundId: booked.refundId,
      gatewayRef: evidence.gatewayRef,
      why: 'a look did not show this booked cancel; a second look after ten minutes decides',
      facts: { entry: booked.key, amount: booked.amount },
    })
    return
  }
  if (Date.parse(asOf) - Date.parse(booked.missingSince) < REVERSAL_AFTER_MS) return
  replaceEntry(draft, evidence, { ...booked, gone: true })
  const facts = { entry: booked.key, amount: booked.amount, missingSince: booked.missingSince }
  const moved = moveRefund(draft, booked.refundId, 'reversed', {
    why: 'the booked cancel is gone from two looks at least ten minutes apart',
    facts,
  })
  const refund = moved ?? refundIn(draft, booked.refundId)
  if (refund)
    pageFor(
      draft,
      refund,
      'reversed',
      'the gateway took back a cancel that it had booked; the payer may not have the money',
    )
}

function replaceEntry(draft: Draft, evidence: Evidence, entry: BookedEntry): void {
  const attempt = attemptIn(draft, evidence.gatewayRef)
  if (attempt)
    putAttempt(draft, {
      ...attempt,
      entries: attempt.entries.map((other) => (other.key === entry.key ? entry : other)),
    })
}

function pageFor(draft: Draft, refund: Refund, kind: AlertKind, sentence: string): void {
  alert(draft, {
    level: 'page',
    kind,
    saga: refundWorkflowId(refund.refundId),
    sentence,
    amount: refund.amount,
    currency: refund.currency,
  })
}

function warnFor(draft: Draft, refund: Refund, kind: AlertKind, sentence: string): void {
  alert(draft, {
    level: 'warn',
    kind,
    saga: refundWorkflowId(refund.refundId),
    sentence,
    amount: refund.amount,
    currency: refund.currency,
  })
}
