// The end of an order's time: it expires unless money came, and where nobody could look a person is
// told of a buyer who came back.
// Must not know: who looked, hints.
import { alert, decided, draftOf, moveOrder, type Setting } from '../books/draft.ts'
import type { Books, Decision } from '../books/books.ts'
import { paymentWorkflowId } from '../ids.ts'
import { OF_ORDERS } from '../shown/words/toldElse.ts'
import { inEach } from '../../language.ts'

/** `unseen`: why its gateway can be asked by nobody. `cameBack`: the buyer did, from the window. */
export type LookAtEnd = { readonly unseen?: string; readonly cameBack?: boolean }

/**
 * A gateway that shows nothing would keep every unpaid order open: money that it signs later is
 * late, and never lost.
 */
export function expireOrder(books: Books, { unseen, cameBack }: LookAtEnd, setting: Setting): Decision {
  const draft = draftOf(books, setting)
  const { payment } = books
  if (!payment || books.attempts.some((attempt) => attempt.everPaid)) return decided(draft)
  const found = unseen === undefined ? 'the last look found no money' : `nothing that was signed says so, and ${unseen}`
  if (!moveOrder(draft, 'timedOut', { why: `not paid in time; ${found}` })) return decided(draft)
  if (unseen === undefined || !cameBack) return decided(draft)
  const { merchantUid, amount, currency } = payment
  const sentence = inEach(OF_ORDERS.payerUnseen, { order: merchantUid, unseen })
  alert(draft, { level: 'warn', kind: 'payerUnseen', saga: paymentWorkflowId(merchantUid), sentence, amount, currency })
  return decided(draft)
}
