// Stories of money that moves beside us: by the console, a bank, another program, a second payment,
// a sale closed at the same moment.
// Must not know: webhooks. Typed by hand from design.md §4 and §6: an order of 19,000 won unless
// the story says otherwise.
import type { Ending, Story, Tale } from './stories.ts'
import {
  deskCompletes,
  isAskedBackElsewhere,
  isCancelledInTheConsole,
  isChargedBack,
  isPaidWhileItIsClosed,
  nobodysOrder,
  oneAfterTheOther,
  order,
  pays,
  personRefundsTheStray,
} from './storyActs.ts'
import { AS_ORDERED, asked, BOTH_DONE, LATE, nothing, OUTSIDE, paid, SECOND } from './storyWords.ts'

/** What Paymentwall itself says of money that moved outside, where i'mport says otherwise. */
const SAID_ITSELF = [
  ['4000 (console cancel)', '4000 (a part was refunded)'],
  ['(console cancel)', '(cancelled order)'],
  ['(moved outside)', '(cancelled order)'],
] as const
/** The console gives one reason for all, and none is empty. */
const SAID_BY_V2 = [
  ['(console cancel)', '(관리자페이지취소)'],
  ['(moved outside)', '(asked elsewhere)'],
] as const
function said(line: string, { gateway }: Tale): string {
  if (gateway === 'iamport/main') return line
  if (gateway === 'portone/main') return SAID_BY_V2.reduce((text, [there, here]) => text.replaceAll(there, here), line)
  return SAID_ITSELF.reduce((text, [there, itself]) => text.replaceAll(there, itself), line)
}
const at =
  (line: string) =>
  (tale: Tale): string =>
    said(line, tale)
const ending =
  (ends: Ending) =>
  (tale: Tale): Ending => ({ ...ends, shown: said(ends.shown, tale) })

const CANCELLED_TWICE =
  'cancelled accepted | asOrdered cancelled | outside refunded 4000 (console cancel), outside refunded 15000 (console cancel)'

const outside: readonly Story[] = [
  {
    name: 'a cancel in the console, in part and whole',
    open: order(),
    phases: [
      paid,
      {
        do: isCancelledInTheConsole(4_000),
        shows: at('partlyCancelled accepted | asOrdered partlyCancelled | outside refunded 4000 (console cancel)'),
      },
      {
        do: isCancelledInTheConsole(15_000),
        blind: true,
        shows: at(CANCELLED_TWICE),
      },
    ],
    ends: ending({
      ...nothing,
      shown: CANCELLED_TWICE,
      why: [AS_ORDERED, OUTSIDE, OUTSIDE],
      notices:
        'payment.prepared payment.paid refund.refunded payment.partlyCancelled refund.refunded payment.cancelled',
      deliveries: 1,
    }),
    cancels: 0,
  },
  {
    name: 'a chargeback',
    open: order(),
    phases: [
      paid,
      {
        do: isChargedBack,
        shows: at('cancelled accepted | asOrdered cancelled | outside refunded 19000 (chargeback)'),
      },
    ],
    ends: ending({
      ...nothing,
      shown: 'cancelled accepted | asOrdered cancelled | outside refunded 19000 (chargeback)',
      why: [AS_ORDERED, OUTSIDE],
      notices: 'payment.prepared payment.paid refund.refunded payment.cancelled',
      deliveries: 1,
    }),
    cancels: 0,
  },
  {
    name: 'a chargeback overtakes an open ticket',
    open: order(),
    phases: [
      paid,
      asked,
      {
        do: isChargedBack,
        shows: at(
          'cancelled accepted | asOrdered cancelled | checkout superseded 19000, outside refunded 19000 (chargeback)',
        ),
      },
    ],
    ends: ending({
      shown:
        'cancelled accepted | asOrdered cancelled | checkout superseded 19000, outside refunded 19000 (chargeback)',
      tickets: 'open 19000',
      why: [
        AS_ORDERED,
        'refund.requested: customer request',
        OUTSIDE,
        'overtaken: money that moved elsewhere took what this refund had reserved',
      ],
      notices:
        'payment.prepared payment.paid refund.requested payment.cancelPending refund.ticketOpen refund.superseded refund.refunded payment.cancelled',
      deliveries: 1,
      alerts: 'page overtakenTicket',
      sagas: BOTH_DONE,
    }),
    cancels: 1,
    waits: true,
  },
]

const twice: Story = {
  name: 'an order that is paid twice',
  open: order(),
  phases: [
    {
      do: oneAfterTheOther(pays(), pays()),
      shows: 'paid accepted | asOrdered paid, second cancelPending | policy ticketOpen 19000',
    },
    { do: deskCompletes, shows: 'paid accepted | asOrdered paid, second cancelled | policy refunded 19000' },
  ],
  ends: {
    shown: 'paid accepted | asOrdered paid, second cancelled | policy refunded 19000',
    tickets: 'completed 19000',
    why: [AS_ORDERED, SECOND, 'refund.requested: second payment of an order that is already paid'],
    notices: 'payment.prepared payment.paid refund.requested refund.ticketOpen refund.refunded',
    deliveries: 1,
    alerts: '',
    sagas: BOTH_DONE,
  },
  cancels: 1,
}

/** Who was first decides, and then it is either paid or late, never both. */
const race = (number: number): Story => {
  const inTime: Ending = {
    ...nothing,
    shown: 'paid accepted | asOrdered paid |',
    why: [AS_ORDERED],
    notices: 'payment.prepared payment.paid',
    deliveries: 1,
  }
  const tooLate: Ending = {
    ...nothing,
    shown: 'quarantined | late quarantined |',
    why: ['order.closed: sold out', LATE],
    notices: 'payment.prepared payment.closed payment.quarantined',
    alerts: 'remind held.late',
    sagas: 'payment waits',
  }
  return {
    name: `a sale that is closed while it is being paid, ${number}`,
    open: order(),
    phases: [{ do: isPaidWhileItIsClosed, shows: ({ branch }) => (branch === 'paid' ? inTime : tooLate).shown }],
    ends: ({ branch }) => (branch === 'paid' ? inTime : tooLate),
    cancels: 0,
  }
}

/** Where a second payment goes back by itself. */
export const STORIES_OUTSIDE: readonly Story[] = [...outside, twice, ...[1, 2, 3].map(race)]

/**
 * A second payment is held; and what no program here asked for, so that desk and books may not
 * agree about it.
 */
export const STORIES_HELD: readonly Story[] = [
  {
    name: 'a second payment is held until a person gives it back',
    open: order(),
    phases: [
      paid,
      { do: pays(), shows: 'paid accepted | asOrdered paid, second quarantined |' },
      {
        do: personRefundsTheStray('paid twice'),
        shows: 'paid accepted | asOrdered paid, second cancelPending | ops ticketOpen 19000',
      },
      { do: deskCompletes, shows: 'paid accepted | asOrdered paid, second cancelled | ops refunded 19000' },
    ],
    ends: {
      shown: 'paid accepted | asOrdered paid, second cancelled | ops refunded 19000',
      tickets: 'completed 19000',
      why: [AS_ORDERED, SECOND, 'refund.requested: paid twice'],
      notices: 'payment.prepared payment.paid refund.requested refund.ticketOpen refund.refunded',
      deliveries: 1,
      alerts: 'warn held.second',
      sagas: BOTH_DONE,
    },
    cancels: 1,
  },
  {
    name: 'a cancel of unknown cause',
    open: order(),
    phases: [
      paid,
      { do: isAskedBackElsewhere, shows: paid.shows },
      {
        do: deskCompletes,
        shows: at('cancelled accepted | asOrdered cancelled | outside refunded 19000 (moved outside)'),
      },
    ],
    ends: ending({
      ...nothing,
      shown: 'cancelled accepted | asOrdered cancelled | outside refunded 19000 (moved outside)',
      tickets: 'completed 19000',
      why: [AS_ORDERED, OUTSIDE],
      notices: 'payment.prepared payment.paid refund.refunded payment.cancelled',
      deliveries: 1,
    }),
    cancels: 1,
    waits: true,
  },
  {
    // A webhook about an order that nobody opened is believed by nobody: only the gateway's own
    // list brings it.
    name: 'money for an order that nobody opened',
    open: nobodysOrder,
    phases: [
      { do: pays({ amount: 5_000, currency: 'KRW' }), sweeps: true, shows: 'nobody | unknownOrder quarantined |' },
      { do: personRefundsTheStray('not ours'), shows: 'nobody | unknownOrder cancelPending | ops ticketOpen 5000' },
      { do: deskCompletes, shows: 'nobody | unknownOrder cancelled | ops refunded 5000' },
    ],
    ends: {
      ...nothing,
      shown: 'nobody | unknownOrder cancelled | ops refunded 5000',
      tickets: 'completed 5000',
      why: ['attempt.paid: paid for an order that is unknown here', 'refund.requested: not ours'],
      notices: '',
      alerts: 'warn held.unknownOrder',
      sagas: 'stray COMPLETED, refund COMPLETED',
    },
    cancels: 1,
  },
]
