// The letter to Paymentwall's desk about one refund: what they need to find it, and what we ask. In
// English, without personal data.
// Must not know: who sends it, mail. A closed refund asks nothing of the desk.
import { attemptOf } from '../books/balance.ts'
import type { Books, Refund } from '../books/books.ts'
import { Failure } from '../failures.ts'
import { majorText } from '../money.ts'
import { refundClosed, type OpenRefundState, type RefundState } from '../refund.ts'
import { quoted, shownId } from '../text.ts'

export type Letter = { readonly subject: string; readonly body: string }

/** Null: nothing was sent yet, so nothing is asked. */
const ASKS: Partial<Record<RefundState, string | null>> = {
  requested: null,
  ticketOpen:
    'We asked you to refund this payment and have seen no result yet. Please tell us whether the refund was carried out, and when; if it was refused, why; and if you find no such request, please say so, and do not open another one before we have answered.',
  unknown:
    'We asked you to refund this payment, and the connection broke before your answer arrived. Please tell us whether a refund request of ours reached you for it. If it did, please work on that one only; if it did not, please say so, and we will send it once more.',
  refused:
    'Our request to refund this payment was refused. Please tell us why, whether any refund request for it is still open on your side, and how the buyer can get the money back.',
  blocked:
    'We must pay this back and cannot ask for it through the interface. Please tell us whether you can refund it, and what you need from us; do not refund it before we have confirmed.',
  reversed:
    'You had booked a refund of this payment, and the booking is gone again. Please tell us whether the buyer has the money, and what happened to the booking.',
} satisfies Record<OpenRefundState, string | null>

/** Throws `updateRejected` where there is nothing to ask. */
export function letterOf(books: Books, refund: Refund, project: string | undefined): Letter {
  const ask = ASKS[refund.state] ?? null
  if (ask === null || refundClosed(refund))
    throw new Failure('updateRejected', `nothing is to be asked of the desk about a ${refund.state} refund`)
  const attempt = attemptOf(books, refund.gatewayRef)
  const asked = refund.tickets.filter(({ outcome }) => outcome !== 'notSent').at(-1)
  const paymentwallRef = attempt?.paymentwallRef
    ? shownId(attempt.paymentwallRef)
    : 'not known to us; please find it by the order'
  const order = refund.merchantUid ?? shownId(attempt?.saidMerchantUid ?? 'unknown')
  const facts = [
    ['Project', project ?? `the one behind our account ${refund.gateway}`],
    ['Paymentwall reference', paymentwallRef],
    ['Gateway reference', shownId(refund.gatewayRef)],
    ['Our order', order],
    ['Our refund', refund.refundId],
    [
      'Paid',
      attempt
        ? `${majorText(attempt)} ${attempt.currency}${attempt.paidAt ? ` on ${utc(attempt.paidAt)}` : ''}`
        : 'unknown',
    ],
    ['To be refunded', `${majorText(refund)} ${refund.currency}`],
    ['Refund asked for', asked ? utc(asked.intentAt) : 'not yet'],
    ['Result so far', refund.said === null ? 'none' : quoted(refund.said)],
  ]
  const named = shownId(attempt?.paymentwallRef ?? refund.gatewayRef)
  return {
    subject: `Refund of ${majorText(refund)} ${refund.currency}, payment ${named}, order ${refund.merchantUid ?? 'unknown'}`,
    body: ['Hello,', '', ask, '', ...facts.map(([name, value]) => `${name}: ${value}`), '', 'Thank you.'].join('\n'),
  }
}

const utc = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`
