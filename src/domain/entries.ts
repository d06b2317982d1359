// Booking cancel entries: each once, to the refund that it answers, else as money that moved outside; and entries that went missing.
// Must not know: SQL, wire formats, how entries are paired (pairing.ts) or matched (matching.ts).
import { remainingOf } from './balance.ts'
import type { Attempt, BookedEntry, Refund } from './books.ts'
import { attemptIn, moveRefund, putAttempt, putRefund, raise, refundIn, type Draft } from './draft.ts'
import type { CancelEntry, Evidence } from './gateway.ts'
import type { GatewayRef, RefundId } from './ids.ts'
import { namedIn } from './markers.ts'
import { fittingByAmount, matchEntry, type Match } from './matching.ts'
import { EXCESS, pair, type Group } from './pairing.ts'
import { outsideRefund } from './policyRefunds.ts'
import { closedByAmount, refundClosed } from './refund.ts'
import { countedAgain, foundAgain, missed } from './reversal.ts'
import { planRefund } from './waits.ts'

/**
 * `older`: the evidence is older than what is booked: it only adds entries that were never booked. Returns the entries
 * of which nothing could be made: shown, and not counted by the gateway's own sum.
 */
export function bookEntries(draft: Draft, evidence: Evidence, asOf: string, older: boolean): readonly CancelEntry[] {
  const ref = evidence.gatewayRef
  const pairs = pair(attemptIn(draft, ref)?.entries ?? [], evidence, older)
  for (const { entry, amount } of pairs.fresh) bookOne(draft, ref, { ...entry, amount })
  if (older) return []
  for (const { group, entry } of pairs.returned) {
    for (const row of group.rows) countedAgain(draft, ref, row)
    learn(draft, ref, group, entry)
  }
  for (const { group, entry } of pairs.shown) {
    for (const row of group.rows) foundAgain(draft, ref, row)
    learn(draft, ref, group, entry)
  }
  for (const { rows } of pairs.missing) for (const row of rows) missed(draft, ref, row, asOf)
  return pairs.doubtful
}

function bookOne(draft: Draft, ref: GatewayRef, entry: CancelEntry): void {
  const attempt = attemptIn(draft, ref)
  if (!attempt) return
  const match = matchEntry(draft, attempt, entry)
  const key = keyFor(attempt, entry)
  if (match && match.matchedBy !== 'amount' && closedByAmount(match.refund)) takeAsOutside(draft, attempt, match.refund)
  const now = attemptIn(draft, ref) ?? attempt
  const remaining = match ? remainingOf(match.refund, now) : 0
  if (match && remaining > 0) {
    bookAnswer(draft, now, entry, key, match, remaining)
    return
  }
  const twice = `a cancel of ${entry.amount} ${now.currency} names this refund, which had already been paid back`
  if (match) raise(draft, 'page', match.refund, 'returnedTwice', twice)
  else tellWhomItFits(draft, now, entry)
  bookOutside(draft, now, entry, key, entry.amount)
}

/** It could be the answer to any of them: nobody here can tell, and the one that it was would wait for nothing. */
function tellWhomItFits(draft: Draft, attempt: Attempt, entry: CancelEntry): void {
  const fitting = fittingByAmount(draft, attempt, entry)
  const names = fitting.map(({ refundId }) => refundId).join(', ')
  for (const refund of fitting)
    raise(
      draft,
      'warn',
      refund,
      'fitsSeveral',
      `a cancel of ${entry.amount} ${attempt.currency} (minor units) names no refund and fits ${names} alike, so it is booked as moved outside: ask the desk whose ticket was worked off`,
    )
}

/** The gateway's id where it can stand as a name of ours, else an ordinal that no entry of this attempt has had. */
function keyFor({ entries }: Attempt, { cancellationId }: CancelEntry): string {
  const taken = new Set(entries.map(({ key }) => key))
  if (cancellationId !== null && !/^#|\+excess$/.test(cancellationId) && !taken.has(cancellationId))
    return cancellationId
  let ordinal = entries.length + 1
  while (taken.has(`#${ordinal}`)) ordinal += 1
  return `#${ordinal}`
}

/** The entry answers a refund: all of it, a part, or more than it asked for. */
function bookAnswer(
  draft: Draft,
  attempt: Attempt,
  entry: CancelEntry,
  key: string,
  match: Match,
  remaining: number,
): void {
  const { matchedBy } = match
  const current = refundIn(draft, match.refund.refundId) ?? match.refund
  const refund = matchedBy === 'amount' ? { ...current, matchedByAmount: true } : current
  if (matchedBy === 'amount') putRefund(draft, refund)
  const { gatewayRef, currency } = attempt
  const facts = { matchedBy, entry: key, amount: entry.amount, cancelledAt: entry.cancelledAt }
  addEntry(draft, attempt, entry, key, Math.min(entry.amount, remaining), refund.refundId)
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
  if (matchedBy === 'amount') {
    const sentence =
      'a cancel whose reason does not name it was taken as this refund, by amount and time; its amount stays reserved until the desk says that its ticket is dead (resolve as refunded with ticketDead)'
    raise(draft, 'warn', refund, 'matchedByAmount', sentence)
  }
  const excess = entry.amount - remaining
  if (excess === 0) return
  bookOutside(draft, attemptIn(draft, gatewayRef) ?? attempt, entry, key + EXCESS, excess)
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
  putAttempt(draft, { ...attempt, entries: [...attempt.entries, booked] })
}

/** An entry that names the refund has come: the one that only fitted by its amount was somebody else's. */
function takeAsOutside(draft: Draft, attempt: Attempt, refund: Refund): void {
  const own = attempt.entries.filter(({ refundId, gone }) => refundId === refund.refundId && !gone)
  for (const { key, amount, reason } of own) {
    const outside = outsideRefund(draft, attempt, { key, amount, reason }, 'outside')
    replaceEntry(draft, attempt.gatewayRef, key, { refundId: outside.refundId })
  }
  confirm(draft, refund, 'an entry names it; the one that had closed it by amount is booked as moved outside')
}

/** What an entry says later, and did not say at first: its id, its time, its reason. What was booked is not taken back. */
function learn(draft: Draft, ref: GatewayRef, { base }: Group, entry: CancelEntry): void {
  const refund = refundIn(draft, base.refundId)
  const ids = draft.refunds.filter(({ gatewayRef }) => gatewayRef === ref).map(({ refundId }) => refundId)
  const named = namedIn(entry.reason, ids)
  const learnt = {
    ...(base.cancellationId === null && entry.cancellationId !== null && { cancellationId: entry.cancellationId }),
    ...(base.cancelledAt === null && entry.cancelledAt !== null && { cancelledAt: entry.cancelledAt }),
    ...((base.reason === '' || (named !== undefined && namedIn(base.reason, ids) === undefined)) &&
      entry.reason !== base.reason && { reason: entry.reason }),
  }
  if (Object.keys(learnt).length > 0) replaceEntry(draft, ref, base.key, learnt)
  if (refund?.origin === 'outside' && base.reason === '' && learnt.reason !== undefined) {
    putRefund(draft, { ...refund, reason: learnt.reason })
    const why = 'the gateway says by now why it booked this cancel'
    const { refundId } = refund
    draft.journal.push({ what: 'refund.explained', refundId, gatewayRef: ref, why, facts: { reason: learnt.reason } })
  }
  if (!refund || !closedByAmount(refund) || named === undefined) return
  if (named === refund.refundId) confirm(draft, refund, 'the entry that closed it by amount names it by now')
  else if (learnt.reason !== undefined) {
    const sentence = `the cancel that was taken as this refund by its amount names ${named} by now: ask the desk which of the two was carried out`
    raise(draft, 'page', refund, 'matchedByAmount', sentence)
  }
}

function confirm(draft: Draft, refund: Refund, why: string): void {
  const { patience, now } = draft.setting
  const { refundId, gatewayRef } = refund
  putRefund(draft, planRefund({ ...refund, matchedByAmount: false }, patience, now, false))
  draft.journal.push({ what: 'refund.confirmed', refundId, gatewayRef, to: 'refunded', why })
}

function replaceEntry(draft: Draft, ref: GatewayRef, key: string, learnt: Partial<BookedEntry>): void {
  const attempt = attemptIn(draft, ref)
  if (!attempt) return
  const entries = attempt.entries.map((other) => (other.key === key ? { ...other, ...learnt } : other))
  putAttempt(draft, { ...attempt, entries })
}
