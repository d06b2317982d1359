// A person's word about one refund may take what another had reserved: it is superseded, and somebody asks the desk.
// Must not know: SQL. What booked evidence overtakes is in entries.test.ts.
import { describe, expect, test } from 'vitest'
import { sumsOf } from '../../../../src/domain/books/balance.ts'
import { refundId } from '../../../../src/domain/ids.ts'
import { commandRefund } from '../../../../src/domain/moves/people/refunds.ts'
import { anAttempt, aRefund, aTicket, HOUR, later, PATIENCE, theBooks } from '../../../support/books.ts'

const setting = { now: later(HOUR), patience: PATIENCE }
const refused = { state: 'refused', tickets: [aTicket({ outcome: 'refused' })], amount: 6_000 } as const
const resolve = (outcome: 'refunded' | 'settledElsewhere') =>
  ({ kind: 'resolve', outcome, reason: 'the bank paid it', evidence: null, ticketDead: false }) as const

describe('a refused refund of 6,000 of 10,000 whose money was asked back again', () => {
  const again = aRefund({ refundId: refundId('r2'), amount: 10_000, createdAt: later(60_000) })
  const books = theBooks({ refunds: [aRefund(refused), again] })

  test.for(['settledElsewhere', 'refunded'] as const)(
    'resolved as %s supersedes the other, pages for its ticket, and leaves no more returned and reserved than was paid',
    (outcome) => {
      const { books: after, alerts } = commandRefund(books, refundId('r1'), resolve(outcome), setting)
      expect(after.refunds.map(({ refundId: id, state }) => [id, state])).toEqual([
        ['r1', outcome],
        ['r2', 'superseded'],
      ])
      expect(alerts).toMatchObject([{ level: 'page', kind: 'overtakenTicket' }])
      const sums = sumsOf(after, after.attempts[0] ?? anAttempt())
      expect(sums.returned + sums.reserved).toBe(6_000)
    },
  )

  test('resolved while there is room for both moves nothing else', () => {
    const small = theBooks({ refunds: [aRefund(refused), aRefund({ refundId: refundId('r2'), amount: 4_000 })] })
    const { books: after, alerts } = commandRefund(small, refundId('r1'), resolve('settledElsewhere'), setting)
    expect(after.refunds.map(({ state }) => state)).toEqual(['settledElsewhere', 'ticketOpen'])
    expect(alerts).toEqual([])
  })
})

test('a snooze lowers no attention that something else than the schedule has raised', () => {
  const books = theBooks({ refunds: [aRefund({ attention: 'warn' })] })
  const snooze = { kind: 'snooze', until: later(5 * HOUR), reason: null } as const
  const { books: after } = commandRefund(books, refundId('r1'), snooze, setting)
  expect(after.refunds[0]).toMatchObject({ attention: 'warn', snoozedUntil: later(5 * HOUR) })
})
