// Saves what a decision changed in the books of an order that is under lock: rows, journal and
// outbox.
// Must not know: what was decided or why. Every update is a compare-and-set on the row's version,
// and its count is read.
import type { Attempt, Decision, Refund } from '../../domain/books/books.ts'
import type { Trx } from '../connect.ts'
import { noteOpened } from '../notify.ts'
import { noteOutgoing, outgoingWrite, type Outgoing } from '../outgoing/outgoing.ts'
import { attemptWrites } from './attempts.ts'
import { sameRow, writeAll } from './batch.ts'
import type { Loaded } from './books.ts'
import { journalWrite } from './journal.ts'
import { paymentWrites } from './payments.ts'
import { refundMoved, refundWrites } from './refunds.ts'

/** Nothing of it would be saved: no row differs, and nothing is to be told. */
export function changesNothing({ books: before }: Loaded, { books: after, journal, alerts }: Decision): boolean {
  if (journal.length > 0 || alerts.length > 0) return false
  if (before.attempts.length !== after.attempts.length || before.refunds.length !== after.refunds.length) return false
  const samePayment =
    before.payment && after.payment ? sameRow(before.payment, after.payment) : before.payment === after.payment
  return (
    samePayment &&
    after.attempts.every((attempt, index) => sameAttempt(before.attempts[index], attempt)) &&
    after.refunds.every((refund, index) => sameRefund(before.refunds[index], refund))
  )
}

function sameAttempt(before: Attempt | undefined, after: Attempt): boolean {
  if (before === after) return true
  if (!before || before.entries.length !== after.entries.length) return false
  const { entries: had, ...old } = before
  const { entries, ...row } = after
  return sameRow(old, row) && entries.every((entry, index) => sameRow(had[index] ?? {}, entry))
}

const sameRefund = (before: Refund | undefined, after: Refund): boolean =>
  before === after || (before !== undefined && !refundMoved(before, after))

type Saved = {
  readonly who: string
  readonly at: string
  /** How many notices this move numbers, in the order of the payment's counter. */
  readonly notices: number
  readonly births: Loaded['births']
  /** What leaves because of it. */
  readonly outgoing: readonly Outgoing[]
}

/** All of it in one statement. */
export async function saveBooks(trx: Trx, loaded: Loaded, decision: Decision, saved: Saved): Promise<void> {
  const { books: before, versions, notices } = loaded
  const { books: after } = decision
  const heading = { who: saved.who, at: saved.at, merchantUid: after.payment?.merchantUid ?? null }
  const counter = { before: notices, after: notices + saved.notices }
  const { payment } = after
  await writeAll(trx, [
    ...(payment && before.payment ? paymentWrites(before.payment, payment, versions, counter) : []),
    ...attemptWrites(before.attempts, after.attempts, versions),
    ...refundWrites(before.refunds, after.refunds, versions, saved.births),
    journalWrite(decision.journal, heading),
    outgoingWrite(saved.outgoing),
  ])
  noteOutgoing(trx, saved.outgoing)
  if (payment && before.payment?.state === 'opening' && payment.state !== 'opening')
    noteOpened(trx, payment.merchantUid, after)
}
