// When a lost call may be sent again: for so long after its intent, by both clocks, and only while nothing forbids a call.
// Must not know: gateways, rows.
import { expect, test } from 'vitest'
import type { Ticket } from '../../../src/domain/books/books.ts'
import { repeatable } from '../../../src/domain/moves/repeats.ts'
import { anAttempt, aRefund, AT, aTicket, MINUTE, refundOf, theBooks } from '../../support/books.ts'

const BEGAN = Date.parse(AT)
const END = BEGAN + 150 * MINUTE
const ticket = (shown: Partial<Ticket> = {}): Ticket =>
  aTicket({
    outcome: 'unknown',
    sentCall: 'as it was sent',
    repeatUntil: new Date(END).toISOString(),
    ...shown,
  })
const may = (database: number, here: number, shown: Parameters<typeof aRefund>[0] = {}, attempt = {}) => {
  const refund = aRefund({ state: 'unknown', tickets: [ticket()], ...shown })
  const books = theBooks({ attempts: [anAttempt(attempt)], refunds: [refund] })
  return repeatable(books, refundOf(books), { database, here }, []) !== undefined
}

test.each([
  [BEGAN, BEGAN, true],
  [END - 1, END - 1, true],
  [END, END - 1, false],
  [END - 1, END, false],
  [END + 1, BEGAN, false],
  [BEGAN, END + 1, false],
  [BEGAN - 2 * MINUTE, BEGAN, true],
  [BEGAN - 2 * MINUTE - 1, BEGAN, false],
  [BEGAN, BEGAN - 2 * MINUTE - 1, false],
])('at %d by the database and %d here: %s', (database, here, expected) => {
  expect(may(database, here)).toBe(expected)
})

test.each([
  ['another state', { state: 'ticketOpen' }],
  ['an outcome that is known', { tickets: [ticket({ outcome: 'notSent' })] }],
  ['a later ticket', { tickets: [ticket(), aTicket({ authorisedBy: 'retry-1', outcome: 'unknown' })] }],
  ['no text', { tickets: [ticket({ sentCall: null })] }],
  ['no time', { tickets: [ticket({ repeatUntil: null })] }],
  ['a ticket that a person has called dead', { tickets: [ticket({ dead: true })] }],
  ['a refund that a person has called dead', { ticketDead: true }],
] as const)('not with %s', (_, shown) => {
  expect(may(BEGAN, BEGAN, shown)).toBe(false)
})

test.each([
  ['an open request of others', { foreignTickets: 'request-1 of 4000' }],
  ['sums that differ', { gatewayReturned: 1 }],
  ['a gateway that speaks against the books', { contradiction: 'amount 1' }],
])('not beside %s', (_, attempt) => {
  expect(may(BEGAN, BEGAN, {}, attempt)).toBe(false)
})
