// The states, walked cell by cell against tables that are typed here from the design, not read from the code.
// Must not know: how the code keeps its tables. A name that stands in history stays for ever.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TicketOutcome } from '../../src/domain/books/books.ts'
import { attemptState, ORDER_STATES, orderAfter, PAYMENT_STATES, type OrderState } from '../../src/domain/payment.ts'
import {
  REFUND_MOVES,
  REFUND_ORIGINS,
  REFUND_STATES,
  refundAfter,
  refundClosed,
  refundReserves,
  ticketMayLive,
  type RefundState,
} from '../../src/domain/refund.ts'
import { aRefund, aTicket } from '../support/books.ts'

/** State, Korean label, reserves the balance, shows 취소처리 대기, may become. */
const REFUND_TABLE = [
  ['requested', '취소접수', 'yes', true, 'ticketOpen refunded refused unknown blocked withdrawn superseded'],
  ['ticketOpen', '취소처리 대기', 'yes', true, 'refunded refused settledElsewhere superseded requested unknown'],
  ['unknown', '취소요청 확인중', 'yes', true, 'ticketOpen requested refunded refused settledElsewhere superseded'],
  ['blocked', '취소불가', 'yes', false, 'ticketOpen refunded settledElsewhere withdrawn superseded requested unknown'],
  [
    'refused',
    '취소거절',
    'ifTicketMayLive',
    false,
    'ticketOpen refunded settledElsewhere withdrawn superseded requested unknown',
  ],
  ['settledElsewhere', '별도환불', 'no', false, 'refunded'],
  ['withdrawn', '취소철회', 'no', false, ''],
  ['superseded', '대체종결', 'no', false, 'refunded'],
  ['refunded', '취소완료', 'no', false, 'reversed'],
  ['reversed', '취소번복', 'yes', false, 'refunded settledElsewhere refused requested unknown'],
] as const

/** What each event means, and the states in which it may happen. */
const EVENT_TABLE = [
  ['ticketFiled', 'ticketOpen', 'requested unknown'],
  ['ticketSeen', 'ticketOpen', 'unknown'],
  ['ticketShown', 'ticketOpen', 'requested unknown blocked refused'],
  ['ticketRefused', 'refused', 'ticketOpen unknown'],
  ['doneAtOnce', 'refunded', 'requested unknown'],
  ['cancelled', 'refunded', 'requested ticketOpen unknown blocked refused settledElsewhere superseded reversed'],
  ['resolvedRefunded', 'refunded', 'ticketOpen unknown blocked refused reversed'],
  ['turnedDown', 'refused', 'requested unknown'],
  ['resolvedRefused', 'refused', 'ticketOpen unknown reversed'],
  ['lostAnswer', 'unknown', 'requested'],
  ['notRefundable', 'blocked', 'requested'],
  ['notSent', 'requested', 'unknown'],
  ['retried', 'requested', 'ticketOpen unknown blocked refused reversed'],
  ['released', 'requested', 'blocked'],
  ['settled', 'settledElsewhere', 'ticketOpen unknown blocked refused reversed'],
  ['withdrawn', 'withdrawn', 'requested blocked refused'],
  ['overtaken', 'superseded', 'requested ticketOpen unknown blocked refused'],
  ['reversed', 'reversed', 'refunded'],
  ['rowWentBack', 'unknown', 'requested ticketOpen blocked refused reversed'],
] as const

const STATES = REFUND_TABLE.map(([state]) => state)
const CLOSED: readonly RefundState[] = ['refunded', 'settledElsewhere', 'withdrawn', 'superseded']
const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '')

describe('the states of a refund', () => {
  test('are those of the design, in its order', () => {
    expect(Object.keys(REFUND_STATES)).toEqual(STATES)
  })

  test.each(REFUND_TABLE)('%s is shown as %s', (state, ko, reserves, waits) => {
    expect(REFUND_STATES[state]).toMatchObject({ ko, reserves, waits })
    expect(REFUND_STATES[state].en).not.toBe('')
  })

  test.each(REFUND_TABLE)('%s becomes what the design allows and nothing else', (state, _ko, _r, _w, mayBecome) => {
    expect(new Set(Object.values(REFUND_MOVES[state]))).toEqual(new Set(words(mayBecome)))
  })

  test('know the events of this table and no others', () => {
    const known = new Set(Object.values(REFUND_MOVES).flatMap((moves) => Object.keys(moves)))
    expect(known).toEqual(new Set(EVENT_TABLE.map(([event]) => event)))
  })

  const cells = EVENT_TABLE.flatMap(([event, to, from]) =>
    STATES.map((state) => ({ event, state, to: words(from).includes(state) ? to : undefined })),
  )
  test.each(cells)('$event in $state leads to $to', ({ event, state, to }) => {
    expect(refundAfter(state, event)).toBe(to)
  })

  test('nothing but evidence and people leads out of a closed state', () => {
    for (const state of CLOSED) {
      const events = Object.keys(REFUND_MOVES[state])
      expect(events.filter((event) => !['cancelled', 'reversed'].includes(event))).toEqual([])
    }
  })

  test('keep their names for ever, for they stand in histories', () => {
    expect(REFUND_ORIGINS).toEqual([
      'checkout',
      'ops',
      'policy',
      'testChannel',
      'console',
      'chargeback',
      'outside',
      'temporal',
    ])
    expect(REFUND_MOVES).toMatchSnapshot('events and states of a refund')
  })
})

describe('whether a refund reserves, and whether it is closed', () => {
  const OUTCOMES: readonly (TicketOutcome | null)[] = ['filed', 'unknown', null, 'doneAtOnce', 'refused', 'notSent']
  const LIVING: readonly (TicketOutcome | null)[] = ['filed', 'unknown', null]

  test.each(STATES.filter((state) => state !== 'refused'))('%s reserves by its row of the table alone', (state) => {
    const yes = REFUND_TABLE.find(([name]) => name === state)?.[2] === 'yes'
    for (const outcome of OUTCOMES) {
      expect(refundReserves(aRefund({ state, tickets: [aTicket({ outcome })] }))).toBe(yes)
    }
  })

  test.each(OUTCOMES)('refused after a ticket that ended as %s reserves only while it may live', (outcome) => {
    const refused = aRefund({ state: 'refused', tickets: [aTicket({ outcome })] })
    expect(refundReserves(refused)).toBe(LIVING.includes(outcome))
    expect(refundReserves({ ...refused, ticketDead: true })).toBe(false)
  })

  test('a ticket that a person called dead stays dead when a later authorisation is tried and refused', () => {
    const tickets = [
      aTicket({ outcome: 'filed', dead: true }),
      aTicket({ authorisedBy: 'retry-1', outcome: 'refused' }),
    ]
    expect(ticketMayLive(aRefund({ state: 'refused', authorisation: 'retry-1', tickets }))).toBe(false)
  })

  test('an older ticket that nobody called dead lives on beside a later one', () => {
    const tickets = [aTicket({ outcome: 'filed' }), aTicket({ authorisedBy: 'retry-1', outcome: 'refused' })]
    expect(ticketMayLive(aRefund({ state: 'refused', authorisation: 'retry-1', tickets }))).toBe(true)
  })

  test.each(STATES)('%s closes the saga where the design says so', (state) => {
    expect(refundClosed(aRefund({ state }))).toBe(CLOSED.includes(state))
    expect(refundClosed(aRefund({ state, ticketDead: true }))).toBe(CLOSED.includes(state) || state === 'refused')
  })
})

describe('the states of an order', () => {
  const ORDER_TABLE = [
    ['opening', { registered: 'prepared', timedOut: 'expired', closed: 'closed' }],
    ['prepared', { declined: 'declined', timedOut: 'expired', closed: 'closed' }],
    ['declined', { newAttempt: 'prepared', timedOut: 'expired', closed: 'closed' }],
    ['expired', {}],
    ['closed', {}],
  ] as const satisfies readonly (readonly [OrderState, Readonly<Record<string, OrderState>>])[]
  const EVENTS = ['registered', 'declined', 'newAttempt', 'timedOut', 'closed'] as const
  const cells = ORDER_TABLE.flatMap(([state, moves]) =>
    EVENTS.map((event) => ({ state, event, to: new Map<string, OrderState>(Object.entries(moves)).get(event) })),
  )

  test.each(cells)('$event in $state leads to $to', ({ state, event, to }) => {
    expect(orderAfter(state, event)).toBe(to)
  })

  test('and of the money in it carry the labels of the design', () => {
    const labels = Object.fromEntries(Object.entries(PAYMENT_STATES).map(([state, { ko }]) => [state, ko]))
    expect(Object.keys(ORDER_STATES)).toEqual(ORDER_TABLE.map(([state]) => state))
    expect(labels).toEqual({
      opening: '결제준비',
      prepared: '결제대기',
      declined: '결제실패',
      expired: '주문종료',
      closed: '주문종료',
      paid: '결제완료',
      cancelPending: '취소처리 대기',
      partlyCancelled: '부분취소',
      cancelled: '취소완료',
      quarantined: '확인필요',
    })
  })
})

describe('the state of an attempt, computed from its sums', () => {
  test.each([
    [{ paid: 100, returned: 0, reserved: 0, waits: false, reversed: false }, true, 'paid'],
    [{ paid: 100, returned: 0, reserved: 0, waits: false, reversed: false }, false, 'quarantined'],
    [{ paid: 100, returned: 1, reserved: 0, waits: false, reversed: false }, true, 'partlyCancelled'],
    [{ paid: 100, returned: 1, reserved: 0, waits: false, reversed: false }, false, 'partlyCancelled'],
    [{ paid: 100, returned: 99, reserved: 1, waits: true, reversed: false }, true, 'cancelPending'],
    [{ paid: 100, returned: 0, reserved: 1, waits: true, reversed: false }, false, 'cancelPending'],
    [{ paid: 100, returned: 0, reserved: 100, waits: false, reversed: false }, true, 'paid'],
    [{ paid: 100, returned: 99, reserved: 0, waits: false, reversed: false }, true, 'partlyCancelled'],
    [{ paid: 100, returned: 100, reserved: 0, waits: false, reversed: false }, true, 'cancelled'],
    [{ paid: 100, returned: 100, reserved: 0, waits: true, reversed: false }, false, 'cancelled'],
    [{ paid: 100, returned: 0, reserved: 100, waits: false, reversed: true }, true, 'quarantined'],
    [{ paid: 100, returned: 50, reserved: 50, waits: false, reversed: true }, true, 'quarantined'],
    [{ paid: 100, returned: 50, reserved: 50, waits: true, reversed: true }, true, 'cancelPending'],
    [{ paid: 100, returned: 100, reserved: 0, waits: false, reversed: true }, true, 'cancelled'],
    [{ paid: 100, returned: 101, reserved: 0, waits: true, reversed: false }, true, 'cancelled'],
  ] as const)('of %j, accepted %j, is %s', (sums, accepted, state) => {
    expect(attemptState(sums, accepted)).toBe(state)
  })

  test('is paid only for accepted money of which nothing went back, nothing waits and nothing is reversed', () => {
    const sums = fc.record({
      paid: fc.nat(9),
      returned: fc.nat(9),
      reserved: fc.nat(9),
      waits: fc.boolean(),
      reversed: fc.boolean(),
    })
    fc.assert(
      fc.property(sums, fc.boolean(), (each, accepted) => {
        const untouched = each.returned === 0 && each.paid > 0 && !each.waits && !each.reversed
        expect(attemptState(each, accepted) === 'paid').toBe(accepted && untouched)
      }),
    )
  })
})
