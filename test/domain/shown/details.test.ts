// What operators read of a saga: what it waits for, since when, what was said, what comes next, and only what they may do now.
// Must not know: how the Temporal UI draws it. Every command that a page offers is given as it stands there.
import { describe, expect, test } from 'vitest'
import type { Attempt, Books, Refund, Ticket } from '../../../src/domain/books/books.ts'
import { seenOf, seenOfRefund } from '../../../src/domain/books/seen.ts'
import { Failure } from '../../../src/domain/failures.ts'
import {
  parseRefundCommand,
  REFUND_COMMANDS,
  type RefundCommandName,
} from '../../../src/domain/moves/people/commands.ts'
import { OUTCOMES } from '../../../src/domain/moves/people/possible.ts'
import { commandRefund } from '../../../src/domain/moves/people/refunds.ts'
import { paymentStep, refundStep } from '../../../src/domain/next.ts'
import { parsePatience } from '../../../src/domain/patience.ts'
import { REFUND_STATES, REFUND_STATE_NAMES, type OpenRefundState } from '../../../src/domain/refund.ts'
import { paymentDetails, refundDetails, strayDetails } from '../../../src/domain/shown/details.ts'
import {
  aBooked,
  anAttempt,
  aPayment,
  aRefund,
  aTicket,
  DAY,
  HOUR,
  later,
  MINUTE,
  PATIENCE,
  refundOf,
  SECOND_REF,
  theBooks,
  unpaidBooks,
} from '../../support/books.ts'

const NOW = later(8 * DAY)
const WAITS: Partial<Refund> = { attention: 'page', nextCheckpointAt: later(14 * DAY), nextCheckpointLevel: 'page' }
const gone: Partial<Attempt> = { entries: [{ ...aBooked(), gone: true }] }

const IN_STATE = {
  requested: booksWith({ tickets: [] }),
  ticketOpen: booksWith({ said: 'a ticket is open' }),
  unknown: booksWith({ tickets: [aTicket({ outcome: 'unknown' })] }),
  blocked: booksWith({ tickets: [], blockedBecause: 'notRefundable' }),
  refused: booksWith({ tickets: [aTicket({ outcome: 'refused' })], said: 'closed card' }),
  reversed: booksWith({}, gone),
} satisfies Record<OpenRefundState, Books>
const OPEN = REFUND_STATE_NAMES.filter((state): state is OpenRefundState => state in IN_STATE)

function booksWith(refund: Partial<Omit<Refund, 'refundId'>>, attempt: Partial<Attempt> = {}): Books {
  return theBooks({ attempts: [anAttempt(attempt)], refunds: [aRefund({ ...WAITS, ...refund })] })
}

function booksIn(state: OpenRefundState, shown: Partial<Refund> = {}): Books {
  const books = IN_STATE[state]
  return { ...books, refunds: books.refunds.map((refund) => ({ ...refund, state, ...shown })) }
}

/** All of the attempt's money is reserved by another refund. */
const withAnother = (books: Books): Books => ({
  ...books,
  refunds: [...books.refunds, aRefund({ refundId: 'r2', state: 'ticketOpen' })],
})

const pageOf = (books: Books, now = NOW): string => refundDetails(books, refundOf(books), { now, patience: PATIENCE })
const pointOf = (page: string, name: string): string | undefined =>
  page
    .split('\n')
    .find((line) => line.startsWith(`- **${name}** `))
    ?.slice(`- **${name}** `.length)

/** The commands of a page with the input beside them, as a person would paste it. */
function offered(page: string): readonly { name: RefundCommandName; input: Record<string, unknown> }[] {
  return [...page.matchAll(/^- `([a-zA-Z]+)` .*`(\{.*\})`$/gm)].map(([, name, json = '']) => ({
    name: REFUND_COMMANDS.find((known) => known === name) ?? notACommand(name),
    input: JSON.parse(json),
  }))
}

function notACommand(name: string | undefined): never {
  throw new Error(`the page offers ${name}, which is no command`)
}

function give(books: Books, name: RefundCommandName, input: Record<string, unknown>, now = NOW): string {
  const { command, seen } = parseRefundCommand(name, input)
  if (seen !== null && seen !== markIn(books)) return `the mark ${seen} is not ${markIn(books)}`
  if (command.kind === 'approve') return 'done'
  try {
    commandRefund(books, refundOf(books).refundId, command, { now, patience: PATIENCE })
    return 'done'
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return error.message
  }
}

const markIn = (books: Books): string => seenOfRefund(books, refundOf(books))
const outcomesOf = ({ outcome }: Record<string, unknown>): readonly string[] =>
  typeof outcome === 'string' ? outcome.split('|') : ['']

const FILLED = { until: later(9 * DAY), reason: 'r', evidence: 'e' }
/** The inputs that an example stands for: one for each outcome that it names. */
function filled(input: Record<string, unknown>): readonly Record<string, unknown>[] {
  const shown = Object.fromEntries(Object.entries(FILLED).filter(([name]) => name in input))
  return outcomesOf(input).map((outcome) => ({
    ...input,
    ...shown,
    ...(outcome !== '' && { outcome, ticketDead: outcome === 'refused' }),
  }))
}

describe.each(OPEN)('the page of a refund that is %s', (state) => {
  test('says what it is, what it waits for, since when, how loudly, and what comes next', () => {
    const page = pageOf(booksIn(state))
    expect(page.split('\n')[0]).toBe(`### ${REFUND_STATES[state].ko} (${REFUND_STATES[state].en}) · KRW 10,000`)
    expect(pointOf(page, 'Waits for')).toMatch(/^(the gateway|the people|certainty|a person)/)
    expect(pointOf(page, 'Since')).toBe('2026-03-02 03:00:00 UTC, attention **page**, nobody has taken it')
    expect(pageOf(booksIn(state, { stateSince: later(DAY) }))).toContain(
      '; in this state since 2026-03-03 03:00:00 UTC',
    )
    expect(pointOf(page, 'Comes next')).toBe('2026-03-16 03:00:00 UTC: a look, then a page')
    expect(pointOf(page, 'Last look')).toBe('2026-03-02 03:00:00 UTC: paid, KRW 0 of KRW 10,000 returned')
  })

  test('offers commands that are carried out as they stand there', () => {
    const books = booksIn(state)
    const commands = offered(pageOf(books))
    expect(commands.map(({ name }) => name)).toEqual(expect.arrayContaining(['recheck', 'acknowledge', 'snooze']))
    for (const { name, input } of commands)
      for (const each of filled(input)) expect(give(books, name, each), `${name} ${JSON.stringify(each)}`).toBe('done')
  })

  test('offers no other: the rest would be refused', () => {
    const books = booksIn(state)
    const commands = offered(pageOf(books))
    const resolve = commands.find(({ name }) => name === 'resolve')
    const outcomes = outcomesOf(resolve?.input ?? {})
    const said = { reason: 'r', seen: markIn(books) }
    for (const outcome of OUTCOMES.filter((each) => !outcomes.includes(each)))
      expect(give(books, 'resolve', { ...said, outcome })).toMatch(/possible now/)
    for (const [name, input] of [['retryTicket', said] as const, ['withdraw', { reason: 'r' }] as const])
      if (!commands.some((each) => each.name === name)) expect(give(books, name, input)).toMatch(/possible now/)
  })
})

describe('another ticket', () => {
  const offerOf = (page: string) => page.split('\n').find((line) => line.startsWith('- `retryTicket`'))
  const from = (at: string) =>
    `- \`retryTicket\` from ${at.slice(0, 10)} ${at.slice(11, 19)} UTC on: authorise one more`
  const retryAt = (books: Books, now: string): string => {
    const seen = { reason: 'r', seen: markIn(books) }
    return give(books, 'retryTicket', seen, now)
  }
  const again = (sinceMs: number, outcome: Ticket['outcome']) => [
    aTicket(),
    aTicket({ authorisedBy: 'retry-2', intentAt: later(sinceMs), outcome }),
  ]

  test.each([
    ['the first is open', booksIn('ticketOpen'), later(7 * DAY)],
    [
      'one that a person authorised is open',
      booksIn('ticketOpen', { tickets: again(8 * DAY, 'filed') }),
      later(15 * DAY),
    ],
    ['its answer was lost', booksIn('unknown', { tickets: again(8 * DAY, 'unknown') }), later(8 * DAY + HOUR)],
    ['it was refused just now', booksIn('refused', { tickets: again(8 * DAY, 'refused') }), later(8 * DAY + MINUTE)],
  ])('beside one is offered from when it is taken: %s', (_, books, at) => {
    const before = later(-1, at)
    expect(offerOf(pageOf(books, before))).toContain(from(at))
    expect(retryAt(books, before)).not.toBe('done')
    expect(offerOf(pageOf(books, at))).toMatch(/^- `retryTicket` authorise one more ticket/)
    expect(retryAt(books, at)).toBe('done')
  })

  test.each([
    [
      'its order is contradicted',
      booksWith({ tickets: [] }, { contradiction: 'paid is failed' }),
      'release that first',
    ],
    [
      'nobody with a key asked for it',
      booksIn('blocked', { blockedBecause: 'approvalNeeded' }),
      'another person approves',
    ],
    [
      'its money was asked back by another refund',
      withAnother(booksIn('refused', { tickets: [aTicket({ outcome: 'refused', dead: true })], ticketDead: false })),
      'only KRW 0 is left',
    ],
  ] as const)('is not offered where %s, and no refusal calls it possible', (_, books, said) => {
    const held = {
      ...books,
      refunds: books.refunds.map((each) =>
        each.state === 'requested' ? { ...each, state: 'blocked' as const } : each,
      ),
    }
    expect(offerOf(pageOf(held))).toBeUndefined()
    const told = retryAt(held, NOW)
    expect(told).toContain(said)
    expect(told).not.toContain('retryTicket')
  })

  test('is not offered beside an open one where no patience ever pages', () => {
    const patience = parsePatience('24h remind, 72h warn')
    const books = booksIn('ticketOpen')
    expect(offerOf(refundDetails(books, refundOf(books), { now: later(90 * DAY), patience }))).toBeUndefined()
  })
})

test('an owner, the end of a snooze and the last answer of the gateway are on the page', () => {
  const page = pageOf(
    booksIn('ticketOpen', { owner: 'ann', snoozedUntil: later(14 * DAY), said: 'no *card*\n- `x` <b>' }),
  )
  expect(pointOf(page, 'Since')).toContain('taken by `ann`')
  expect(pointOf(page, 'Comes next')).toContain('(snoozed until then)')
  expect(pointOf(page, 'The gateway said')).toBe('`no *card* - ˋxˋ <b>` (asked 2026-03-02 03:00:00 UTC, `submit`)')
})

test('a look that did not answer is never shown as a look that found the money', () => {
  const blind = { lookFailedAt: later(DAY), lookFailedSaid: 'no answer within 30 s' }
  const page = pageOf(booksWith({}, blind))
  expect(pointOf(page, 'Last look')).toBe('2026-03-03 03:00:00 UTC: could not look: `no answer within 30 s`')
})

test('a refund that is tried again says when, and why it is blocked where it is', () => {
  const tried = pageOf(booksIn('requested', { tries: 3, nextTryAt: later(8 * DAY) }))
  expect(pointOf(tried, 'Comes next')).toBe('2026-03-10 03:00:00 UTC: another try, after 3 that sent nothing')
  expect(pointOf(pageOf(booksIn('blocked')), 'Waits for')).toContain('this method cannot be refunded')
})

test('an order without money waits for its buyer until it expires', () => {
  const books = unpaidBooks()
  const page = paymentDetails(books, books.payment ?? aPayment())
  expect(pointOf(page, 'Waits for')).toBe('the buyer to pay')
  expect(pointOf(page, 'Comes next')).toBe('2026-03-02 03:30:00 UTC: one last look, then it expires')
  expect(page).not.toContain('accept')
})

test('money that nobody has decided on is named with its reason, and what decides it', () => {
  const attempt = anAttempt({ accepted: false, because: 'late' })
  const books = theBooks({ payment: aPayment({ attention: 'remind' }), attempts: [attempt] })
  const page = paymentDetails(books, books.payment ?? aPayment())
  expect(pointOf(page, 'Waits for')).toBe('a person to decide on its money')
  expect(pointOf(page, 'Money')).toContain(
    '`imp_1`, Paymentwall `b1`, `card`, `KR`, KRW 10,000: it came after the order',
  )
  const input = `{"reason":"…", "seen":"${seenOf(books)}", "gatewayRef":"imp_1"}`
  expect(page).toContain(`\`accept\` keep the money and deliver: \`${input}\``)
  expect(page).toContain(`\`refund\` give the money back: \`${input}\``)
})

test('money with a saga of its own says why no order waits for it', () => {
  const stray = anAttempt({ gatewayRef: SECOND_REF, accepted: false, because: 'second', attention: 'warn' })
  const books = theBooks({ attempts: [anAttempt(), stray] })
  const page = strayDetails(books, stray)
  expect(pointOf(page, 'Waits for')).toContain('another attempt has settled the order')
  const input = `{"reason":"…", "seen":"${seenOf(books)}", "gatewayRef":"imp_2"}`
  expect(page).toContain(`\`accept\` keep the money and deliver: \`${input}\``)
})

test('the step of each saga carries its page, and its timer says what a checkpoint will do', () => {
  const books = booksIn('ticketOpen')
  expect(refundStep(books, refundOf(books), { now: NOW, patience: PATIENCE })).toMatchObject({
    details: pageOf(books),
    next: { do: 'wait', summary: 'waits for news; then a look, then a page' },
  })
  const unpaid = unpaidBooks()
  expect(paymentStep(unpaid, aPayment(), NOW).details).toBe(paymentDetails(unpaid, aPayment()))
})

test('a page ends with an empty paragraph, for the Temporal UI cuts the last line off', () => {
  expect(pageOf(booksIn('ticketOpen'))).toMatch(/calls no ticket back\..*\n\n\u00a0$/)
})
