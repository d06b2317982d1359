// An attempt's row as evidence shows it, before anything is decided from it.
// Must not know: policies, refunds.
import { freshWait, type Attempt } from './books.ts'
import { pageAbout, putAttempt, type Draft } from './draft.ts'
import type { Evidence } from './gateway.ts'
import { printMoney } from './money.ts'

type Moment = { readonly asOf: string; readonly now: string }

/** The attempt's row as the evidence shows it; what was paid stays as it was first booked. */
export function noteAttempt(
  draft: Draft,
  before: Attempt | undefined,
  evidence: Evidence,
  { asOf, now }: Moment,
): void {
  const { gateway, gatewayRef, status, amount, currency, channel, failReason, payMethod } = evidence
  // Money that came before its order was recorded is judged anew once the order is known.
  const adopted =
    before && before.merchantUid === null && draft.payment ? { ...before, everPaid: false, because: null } : before
  const known = adopted ?? unseen(now)
  const owner = draft.payment ? draft.payment.merchantUid : null
  putAttempt(draft, {
    ...known,
    gateway,
    gatewayRef,
    merchantUid: owner,
    saidMerchantUid: evidence.merchantUid,
    status,
    amount: before?.everPaid ? before.amount : amount,
    currency: before?.everPaid ? before.currency : currency,
    channel,
    failReason,
    payMethod,
    saidAmount: amount,
    gatewayReturned: evidence.returned,
    evidenceAsOf: asOf,
    lookFailedAt: null,
    lookFailedSaid: null,
    paidAt: evidence.paidAt ?? known.paidAt,
    paymentwallRef: evidence.paymentwallRef ?? known.paymentwallRef,
    payerCountry: evidence.payerCountry ?? known.payerCountry,
  })
  tellStatus(draft, before, evidence)
  if (before?.everPaid && before.saidAmount !== amount && before.amount !== amount) {
    const sentence = `the gateway now names ${printMoney(evidence)} for an attempt booked as ${printMoney(before)}; ask the gateway which is right`
    pageAbout(draft, evidence, 'amountChanged', sentence)
  }
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

const unseen = (now: string) => ({
  ...freshWait(now),
  everPaid: false,
  paidOrdinal: null,
  accepted: false,
  because: null,
  chargedBack: false,
  entries: [],
  paymentwallRef: null,
  payerCountry: null,
  paidAt: null,
})

/** The gateway's own total and its entries should agree; while they do not, no new ticket is filed (design.md §6.3a). */
export function noteSums(draft: Draft, before: Attempt | undefined, evidence: Evidence): void {
  const listed = evidence.entries.reduce((total, entry) => total + entry.amount, 0)
  if (listed === evidence.returned || before?.gatewayReturned === evidence.returned) return
  const facts = { listed, returned: evidence.returned }
  const why = 'the gateway counts another sum as returned than its cancel entries add up to'
  draft.journal.push({ what: 'attempt.sumsDiffer', gatewayRef: evidence.gatewayRef, why, facts })
  const sentence = `the gateway counts ${evidence.returned} ${evidence.currency} as returned, its cancel entries add up to ${listed} (minor units); nothing was moved and no ticket is filed until they agree: find out which is right`
  pageAbout(draft, evidence, 'sumsDiffer', sentence)
}
