// What the gateway says of a payment, and where it stays: each field of evidence in an attempt's row, each field of the row in
// the API.
// Must not know: how evidence is judged. The compiler asks for each new field, here and nowhere else: kept and shown, or why not.
import { expect, test } from 'vitest'
import type { Attempt, Wait } from '../../src/domain/books/books.ts'
import type { Evidence } from '../../src/domain/gateway.ts'
import { attemptView } from '../../src/domain/shown/views.ts'
import { anAttempt, anEvidence, judged, later, theBooks, unpaidBooks } from '../support/books.ts'

const NAMES_IT = 'it names the payment, so another value is another payment'

/** What is said in place of the usual, and the field that keeps it; or why none does. */
const KEPT: Record<keyof Evidence, string | { readonly says: unknown; readonly in: keyof Attempt }> = {
  gateway: NAMES_IT,
  gatewayRef: NAMES_IT,
  merchantUid: NAMES_IT,
  provider: { says: 'another', in: 'provider' },
  ours: 'it decides whether the payment is looked at by us at all',
  status: { says: 'failed', in: 'status' },
  statusSaid: 'for the sentence of a contradiction',
  amount: { says: 20_000, in: 'amount' },
  currency: { says: 'USD', in: 'currency' },
  channel: { says: 'test', in: 'channel' },
  returned: { says: 3_000, in: 'gatewayReturned' },
  entries: 'each is a row of its own',
  tickets: 'they move the refunds that they name; of others the attempt keeps that they are open',
  paidAt: { says: later(60_000), in: 'paidAt' },
  failedAt: 'the journal has the time at which it was seen',
  failReason: { says: 'closed card', in: 'failReason' },
  paymentwallRef: { says: 'b2', in: 'paymentwallRef' },
  payMethod: { says: 'vbank', in: 'payMethod' },
  payerCountry: { says: 'DE', in: 'payerCountry' },
  partial: 'it says how the evidence is made whole by the books, before it is kept',
}
const kept = Object.entries(KEPT).flatMap(([field, how]) =>
  typeof how === 'string' ? [] : [[field, how.in, how.says] as const],
)

test.each(kept)('%s of an attempt that was never seen is kept as %s', (field, place, says) => {
  const { books } = judged(unpaidBooks(), anEvidence({ [field]: says }))
  expect(books.attempts[0]?.[place]).toEqual(says)
})

const FOR_SUMS = 'it is in what was paid, returned and reserved'
const OWN = 'how we came to it; the journal tells that'

/** `same`: as it stands in the row. */
const SHOWN: Record<Exclude<keyof Attempt, keyof Wait>, string> = {
  gateway: 'the payment names it',
  gatewayRef: 'same',
  merchantUid: 'the payment names it',
  provider: 'same',
  saidMerchantUid: 'of strays: with what else only they have',
  status: 'as the state, while it was never paid',
  amount: 'same',
  currency: 'same',
  channel: 'same',
  everPaid: 'as the state',
  paidOrdinal: OWN,
  paidAt: 'same',
  accepted: 'same',
  because: 'same',
  chargedBack: 'same',
  saidAmount: 'as a contradiction, where it differs',
  gatewayReturned: 'in the last look',
  failReason: 'same',
  paymentwallRef: 'same',
  payMethod: 'same',
  payerCountry: 'same',
  entries: FOR_SUMS,
  contradiction: 'same',
  released: 'whether it is of this contradiction',
  sumsTold: OWN,
  foreignTickets: 'by the refunds that it blocks',
  evidenceAsOf: 'in the last look',
  evidenceNumber: OWN,
  lookFailedAt: 'in the last look',
  lookFailedSaid: 'in the last look',
}
const shown = Object.entries(SHOWN).flatMap(([field, how]) => (how === 'same' ? [field] : []))

test.each(shown)('%s is shown as it is kept', (field) => {
  const attempt = { ...anAttempt(), [field]: 'another word' }
  expect(attemptView(theBooks({ attempts: [attempt] }), attempt)).toMatchObject({ [field]: 'another word' })
})
