// What rounds of distorted stories have found in the judge, and what keeps it away: each as the
// smallest case.
// Must not know: wires, gateways. Books and evidence come as the judge takes them.
import { expect, test } from 'vitest'
import { anEntry, anEvidence, aRefund, HOUR, judged, kindsOf, later, linesOf, theBooks } from '../support/books.ts'

const PART = { amount: 3_000 } as const

test('a cancel that names nobody and fits two refunds alike is told of both', () => {
  const books = theBooks({ refunds: [aRefund(PART), aRefund({ ...PART, refundId: 'r2' })] })
  const decision = judged(books, anEvidence({ entries: [anEntry({ ...PART, reason: '' })] }))
  expect(decision.books.refunds.map(({ origin, state }) => `${origin} ${state}`)).toEqual([
    'checkout ticketOpen',
    'checkout ticketOpen',
    'outside refunded',
  ])
  expect(kindsOf(decision)).toEqual(['warn fitsSeveral', 'warn fitsSeveral'])
  expect(decision.alerts.map(({ saga }) => saga)).toEqual(['refund:r1', 'refund:r2'])
})

test('money that moved outside is explained as soon as the gateway says why', () => {
  const silent = judged(theBooks(), anEvidence({ entries: [anEntry({ ...PART, reason: '' })] }))
  const said = anEvidence({ entries: [anEntry({ ...PART, reason: 'console cancel' })] })
  const decision = judged(silent.books, said, { asOf: later(3 * HOUR) })
  expect(silent.books.refunds).toMatchObject([{ origin: 'outside', reason: 'moved outside' }])
  expect(decision.books.refunds).toMatchObject([{ origin: 'outside', reason: 'console cancel' }])
  expect(linesOf(decision)).toEqual(['refund.explained'])
  expect(decision.alerts).toEqual([])
})
