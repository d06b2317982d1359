// What a person may do to a refund, in every state: typed here from the design, refused with the whole sentence where it says no.
// Must not know: the tables under test. A refusal says why, and what is possible instead.
import { describe, expect, test } from 'vitest'
import { sumsOf } from '../../../../src/domain/books/balance.ts'
import type { Attempt, Books, Decision, Refund } from '../../../../src/domain/books/books.ts'
import { Failure } from '../../../../src/domain/failures.ts'
import type { RefundCommand } from '../../../../src/domain/moves/people/commands.ts'
import { commandRefund } from '../../../../src/domain/moves/people/refunds.ts'
import type { RefundState } from '../../../../src/domain/refund.ts'
import {
  aBooked,
  anAttempt,
  aRefund,
  aTicket,
  attemptIn,
  DAY,
  HOUR,
  later,
  PATIENCE,
  refundOf,
  theBooks,
} from '../../../support/books.ts'

const NOW = later(8 * DAY)
const WAITS = { attention: 'page', nextCheckpointAt: later(9 * DAY), lastCheckpointAt: later(7 * DAY) } as const
const entry = aBooked()

/** A refund of 10,000 won as it stands in each state after a week, with what the gateway has booked for it. */
const IN_STATE: Record<RefundState, { readonly refund: Partial<Refund>; readonly attempt?: Partial<Attempt> }> = {
  requested: { refund: { ...WAITS, tickets: [] } },
  ticketOpen: { refund: { ...WAITS, tickets: [aTicket()] } },
  unknown: { refund: { ...WAITS, tickets: [aTicket({ outcome: 'unknown' })] } },
  blocked: { refund: { ...WAITS, tickets: [] } },
  refused: { refund: { ...WAITS, tickets: [aTicket({ outcome: 'refused' })] } },
  settledElsewhere: { refund: { tickets: [aTicket()], paidElsewhere: 10_000 } },
  withdrawn: { refund: { tickets: [aTicket({ outcome: 'notSent' })] } },
  superseded: { refund: { tickets: [aTicket()] } },
  refunded: { refund: { tickets: [aTicket()] }, attempt: { entries: [entry], gatewayReturned: 10_000 } },
  reversed: { refund: { ...WAITS, tickets: [aTicket()] }, attempt: { entries: [{ ...entry, gone: true }] } },
}

function booksIn(state: RefundState, shown: Partial<Refund> = {}): Books {
  const { refund, attempt = {} } = IN_STATE[state]
  const { refundId: _, ...changes } = shown
  return theBooks({ attempts: [anAttempt(attempt)], refunds: [aRefund({ ...refund, state, ...changes })] })
}

const r1 = aRefund().refundId
const command = (books: Books, asked: RefundCommand, now = NOW): Decision =>
  commandRefund(books, r1, asked, { now, patience: PATIENCE })

/** The sentence of the refusal; where there is none, the state with what is then returned and reserved. */
function answerOf(books: Books, asked: RefundCommand, now = NOW): string {
  try {
    const after = command(books, asked, now).books
    const { returned, reserved } = sumsOf(after, attemptIn(after))
    return `${refundOf(after).state}, ${returned} back, ${reserved} reserved`
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    expect(error.kind).toBe('updateRejected')
    return error.message
  }
}

const REASON = 'they wrote'
const resolve = (
  outcome: Extract<RefundCommand, { kind: 'resolve' }>['outcome'],
  ticketDead = false,
): RefundCommand => ({
  kind: 'resolve',
  outcome,
  reason: REASON,
  evidence: ticketDead ? 'no ticket is open' : null,
  ticketDead,
})
const COMMANDS = {
  recheck: { kind: 'recheck' },
  acknowledge: { kind: 'acknowledge', owner: 'ann' },
  snooze: { kind: 'snooze', until: later(10 * DAY), reason: 'holidays' },
  retryTicket: { kind: 'retryTicket', reason: REASON },
  refunded: resolve('refunded'),
  refused: resolve('refused'),
  refusedForGood: resolve('refused', true),
  settledElsewhere: resolve('settledElsewhere'),
  ticketOpen: resolve('ticketOpen'),
  withdraw: { kind: 'withdraw', reason: REASON },
} as const satisfies Record<string, RefundCommand>

type Row = Record<keyof typeof COMMANDS, string>
const nothing = (refund: string, possible: string) => ({
  acknowledge: `${refund} refund asks for nobody: ${possible}`,
  snooze: `${refund} refund asks for nobody: ${possible}`,
  retryTicket: `${refund} refund takes no new ticket: ${possible}`,
  refunded: `${refund} refund cannot be resolved as refunded: ${possible}`,
  refused: `${refund} refund cannot be resolved as refused: ${possible}`,
  refusedForGood: `${refund} refund cannot be resolved as refused: ${possible}`,
  settledElsewhere: `${refund} refund cannot be resolved as settledElsewhere: ${possible}`,
  ticketOpen: `${refund} refund cannot be resolved as ticketOpen: ${possible}`,
  withdraw: `${refund} refund cannot be withdrawn: ${possible}`,
})
const same = (sentence: string) => ({ recheck: sentence, acknowledge: sentence, snooze: sentence })
const BACK = {
  refunded: 'refunded, 10000 back, 0 reserved',
  settledElsewhere: 'settledElsewhere, 10000 back, 0 reserved',
}
const AGAIN = { retryTicket: 'requested, 0 back, 10000 reserved' }
/** Refused while a ticket may live keeps its reservation; once it is said to be dead, it does not, and all is over. */
const REFUSED = { refused: 'refused, 0 back, 10000 reserved', refusedForGood: 'refused, 0 back, 0 reserved' }
const WITHDRAWN = { withdraw: 'withdrawn, 0 back, 0 reserved' }
const OPEN = '; acknowledge; snooze; recheck'

const TABLE: Record<RefundState, Row> = {
  requested: {
    ...nothing('a requested', `possible now: withdraw${OPEN}`),
    ...same('requested, 0 back, 10000 reserved'),
    ...WITHDRAWN,
  },
  ticketOpen: {
    ...nothing('a ticketOpen', `possible now: resolve as refunded, refused, settledElsewhere; retryTicket${OPEN}`),
    ...same('ticketOpen, 0 back, 10000 reserved'),
    ...BACK,
    ...REFUSED,
    ...AGAIN,
  },
  unknown: {
    ...nothing(
      'an unknown',
      `possible now: resolve as refunded, refused, settledElsewhere, ticketOpen; retryTicket${OPEN}`,
    ),
    ...same('unknown, 0 back, 10000 reserved'),
    ...BACK,
    ...REFUSED,
    ...AGAIN,
    ticketOpen: 'ticketOpen, 0 back, 10000 reserved',
  },
  blocked: {
    ...nothing('a blocked', `possible now: resolve as refunded, settledElsewhere; retryTicket; withdraw${OPEN}`),
    ...same('blocked, 0 back, 10000 reserved'),
    ...BACK,
    ...AGAIN,
    ...WITHDRAWN,
  },
  refused: {
    ...nothing(
      'a refused',
      `possible now: resolve as refunded, refused with ticketDead, settledElsewhere; retryTicket; withdraw${OPEN}`,
    ),
    ...same('refused, 0 back, 0 reserved'),
    ...BACK,
    ...AGAIN,
    ...WITHDRAWN,
    refusedForGood: 'refused, 0 back, 0 reserved',
  },
  settledElsewhere: {
    ...nothing('a settledElsewhere', 'possible now: recheck'),
    recheck: 'settledElsewhere, 10000 back, 0 reserved',
  },
  withdrawn: { ...nothing('a withdrawn', 'possible now: recheck'), recheck: 'withdrawn, 0 back, 0 reserved' },
  superseded: { ...nothing('a superseded', 'possible now: recheck'), recheck: 'superseded, 0 back, 0 reserved' },
  refunded: { ...nothing('a refunded', 'possible now: recheck'), recheck: 'refunded, 10000 back, 0 reserved' },
  reversed: {
    ...nothing('a reversed', `possible now: resolve as refunded, refused, settledElsewhere; retryTicket${OPEN}`),
    ...same('reversed, 0 back, 10000 reserved'),
    ...BACK,
    ...REFUSED,
    ...AGAIN,
  },
}

const CELLS = Object.entries(TABLE).flatMap(([state, row]) =>
  Object.entries(row).map(([name, expected]) => [state, name, expected] as const),
)
const isState = (text: string): text is RefundState => text in TABLE
const isCommand = (text: string): text is keyof typeof COMMANDS => text in COMMANDS

test.each(CELLS)('%s, %s', (state, name, expected) => {
  if (!isState(state) || !isCommand(name)) throw new Error('the table names what is not there')
  expect(answerOf(booksIn(state), COMMANDS[name])).toBe(expected)
})

test('the table has a cell for every state and command', () => expect(CELLS).toHaveLength(10 * 10))

describe('who waits for whom', () => {
  test('an owner is named at the present level, and naming the same one again says nothing new', () => {
    const { books, journal } = command(booksIn('ticketOpen'), COMMANDS.acknowledge)
    expect(refundOf(books)).toMatchObject({ owner: 'ann', acknowledgedLevel: 'page', state: 'ticketOpen' })
    expect(journal).toEqual([
      { what: 'acknowledge', refundId: 'r1', from: 'nobody', to: 'ann', why: 'seen at attention page' },
    ])
    expect(command(books, COMMANDS.acknowledge).journal).toEqual([])
    expect(command(books, { kind: 'acknowledge', owner: 'bob' }).journal).toMatchObject([{ from: 'ann', to: 'bob' }])
  })

  test('a snooze moves the next checkpoint to its end, at most 90 days from now, and once', () => {
    const { books, journal } = command(booksIn('ticketOpen'), COMMANDS.snooze)
    expect(refundOf(books)).toMatchObject({ snoozedUntil: later(10 * DAY), nextCheckpointAt: later(10 * DAY) })
    expect(journal).toMatchObject([{ what: 'snooze', to: later(10 * DAY), why: 'holidays' }])
    expect(command(books, COMMANDS.snooze).journal).toEqual([])
    const longest = { ...COMMANDS.snooze, until: later(98 * DAY) }
    expect(refundOf(command(booksIn('ticketOpen'), longest).books).snoozedUntil).toBe(later(98 * DAY))
  })

  test.each([later(8 * DAY), later(7 * DAY), later(98 * DAY + 1)])('a snooze until %s is refused', (until) => {
    const why = `a snooze ends in the future, at most 90 days from now; "${until}" does not`
    expect(answerOf(booksIn('ticketOpen'), { ...COMMANDS.snooze, until })).toBe(why)
  })

  test('a snooze needs a reason past the page level, and none before it', () => {
    const asked = { ...COMMANDS.snooze, reason: null }
    const why = 'this refund is past the page level; a snooze needs a reason'
    expect(answerOf(booksIn('ticketOpen'), asked)).toBe(why)
    const warned = command(booksIn('ticketOpen', { attention: 'warn' }), asked)
    expect(warned.journal).toMatchObject([{ what: 'snooze', why: 'no reason was needed' }])
  })
})

test('a refund that is not recorded is not found', () => {
  const nobody = theBooks({ refunds: [] })
  expect(() => command(nobody, COMMANDS.recheck)).toThrow(new Failure('notFound', 'no refund is recorded as r1'))
})

test('a recheck leaves its line and moves nothing', () => {
  const before = booksIn('ticketOpen')
  const { books, journal, alerts } = command(before, COMMANDS.recheck)
  expect([journal.map(({ what, why }) => `${what}: ${why}`), alerts]).toEqual([
    ['recheck: a person asked for a look'],
    [],
  ])
  expect(refundOf(books)).toEqual(refundOf(before))
})

test('every command refused at the moment is refused before it has touched anything', () => {
  const before = booksIn('refunded')
  const kept = structuredClone(before)
  for (const asked of Object.values(COMMANDS)) answerOf(before, asked, later(8 * DAY + HOUR))
  expect(before).toEqual(kept)
})
