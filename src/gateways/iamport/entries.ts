// From i'mport's cancel_history to our entries: money that went back, and who asked for it where
// that is known.
// Must not know: refunds, what is booked. Nothing is told apart by its place in the list.
import type { Currency } from '../../domain/currencies.ts'
import type { CancelEntry, ForeignMark } from '../../domain/gateway.ts'
import { ENTRY_FIELDS, fieldsOf, idOf, minorIn, remarkUpTo, timeOf, type OnMissing } from './fields.ts'

/** Ours is a marker and a line of 200 characters at most, so a longer one is a stranger's. */
const REASON_LENGTH = 2_000

/**
 * As they stand on the wire; an entry of nothing is left out. Throws a Failure
 * gatewayAnswerUnreadable.
 */
export function entriesOf(
  wires: readonly unknown[],
  currency: Currency,
  at: string,
  onMissing: OnMissing,
): readonly CancelEntry[] {
  return wires.flatMap((wire, place) => {
    const entry = entryOf(wire, currency, `${at}[${place}]`, onMissing)
    if (entry.amount > 0) return [entry]
    onMissing(`${ENTRY_FIELDS.place}amount`, 'nothing: an entry of 0 is left out')
    return []
  })
}

function entryOf(wire: unknown, currency: Currency, at: string, onMissing: OnMissing): CancelEntry {
  const fields = fieldsOf(ENTRY_FIELDS, wire, at, onMissing)
  const reason = fields.lenient('reason', '', remarkUpTo(REASON_LENGTH))
  return {
    cancellationId: fields.lenient('cancellation_id', null, idOf),
    amount: fields.needed('amount', minorIn(currency)),
    // An entry is a cancel that happened, so a 0 is a gap here.
    cancelledAt: fields.lenient('cancelled_at', null, (value) => timeOf(value) ?? undefined),
    reason,
    mark: foreignMarkOf(reason),
  }
}

/**
 * What stands in a reason that we sent: the refund that it is of (design.md §5), then whatever a
 * person wrote.
 */
const OUR_MARKER = /^\s*#[A-Za-z0-9._-]{1,40}(?![A-Za-z0-9._-])/
/** What i'mport writes for a cancel in its console (iamport.md §13). */
const CONSOLE = '관리자페이지취소'
/**
 * In front only: further on it may be a person's word about something else. Korean hangs its
 * particles on the word.
 */
const CHARGEBACK = /^[\s[("'*<-]*(?:charge[\s_-]?backs?|charged[\s_-]back|disput(?:e|ed|es))(?![\p{L}\p{N}])/iu
const CHARGEBACK_KO = /^[\s[("'*<-]*차지\s?백/u

/**
 * No source says how a chargeback is told (iamport.md §12.3); these are the words that name one.
 */
export function foreignMarkOf(reason: string): ForeignMark | null {
  const text = reason.normalize('NFC')
  if (OUR_MARKER.test(text)) return null
  if (text.trimStart().startsWith(CONSOLE)) return 'console'
  return CHARGEBACK.test(text) || CHARGEBACK_KO.test(text) ? 'chargeback' : null
}
