// Stories of money that the buyer moves: in time, late, wrong, and asked back; each with the one
// ending that it has whatever becomes of the webhooks.
// Must not know: webhooks. Typed by hand from design.md §4 and §6: an order of 19,000 won unless
// the story says otherwise.
import type { Story, Tale } from './stories.ts'
import {
  checkoutAsks,
  checkoutCloses,
  checkoutMayNotAsk,
  closedOrder,
  deskCompletes,
  deskRefuses,
  expiredOrder,
  isApproved,
  isDeclined,
  oneAfterTheOther,
  order,
  pays,
  personDoes,
  personSaysNoTicketLives,
} from './storyActs.ts'
import { AS_ORDERED, asked, BOTH_DONE, BY_TICKET, LATE, nothing, OTHER_CHANNEL, paid, SECOND } from './storyWords.ts'

const refunds: readonly Story[] = [
  {
    name: 'a refund waits for its ticket',
    open: order(),
    phases: [
      paid,
      asked,
      { do: deskCompletes, shows: 'cancelled accepted | asOrdered cancelled | checkout refunded 19000' },
    ],
    ends: {
      shown: 'cancelled accepted | asOrdered cancelled | checkout refunded 19000',
      tickets: 'completed 19000',
      why: [AS_ORDERED, 'refund.requested: customer request'],
      notices: `payment.prepared payment.paid ${BY_TICKET}`,
      deliveries: 1,
      alerts: '',
      sagas: BOTH_DONE,
    },
    cancels: 1,
  },
  {
    name: 'a refund by PayPal is done at once',
    open: order(),
    phases: [
      { do: pays({ method: 'paypal' }), shows: paid.shows },
      { do: checkoutAsks, shows: 'cancelled accepted | asOrdered cancelled | checkout refunded 19000' },
    ],
    ends: {
      ...nothing,
      shown: 'cancelled accepted | asOrdered cancelled | checkout refunded 19000',
      why: [AS_ORDERED, 'refund.requested: customer request'],
      notices: 'payment.prepared payment.paid refund.requested payment.cancelPending refund.refunded payment.cancelled',
      deliveries: 1,
      sagas: BOTH_DONE,
    },
    cancels: 1,
  },
]

/** No webhook is sent of a decline: the buyer's browser finds it, or a sweep. */
const declines: readonly Story[] = [
  {
    name: 'a decline is found when the buyer comes back',
    open: order(),
    phases: [{ do: isDeclined(), shows: 'declined | unpaid failed |' }],
    ends: {
      ...nothing,
      shown: 'declined | unpaid failed |',
      why: ['order.declined: (PG사 결제 실패) Payment was declined'],
      notices: 'payment.prepared payment.declined',
      sagas: 'payment waits',
    },
    cancels: 0,
  },
  {
    name: 'attempt 1 is declined, attempt 2 paid, attempt 1 approved later',
    open: order(),
    phases: [
      { do: isDeclined('approvedLate'), shows: 'declined | unpaid failed |' },
      { do: pays(), shows: 'paid accepted | asOrdered paid, unpaid failed |' },
      { do: isApproved, shows: 'paid accepted | asOrdered paid, second cancelPending | policy ticketOpen 19000' },
      { do: deskCompletes, shows: 'paid accepted | asOrdered paid, second cancelled | policy refunded 19000' },
    ],
    ends: {
      shown: 'paid accepted | asOrdered paid, second cancelled | policy refunded 19000',
      tickets: 'completed 19000',
      why: [
        'order.declined: (PG사 결제 장애) Internal error',
        AS_ORDERED,
        SECOND,
        'refund.requested: second payment of an order that is already paid',
      ],
      notices: 'payment.prepared payment.declined payment.paid refund.requested refund.ticketOpen refund.refunded',
      deliveries: 1,
      alerts: '',
      sagas: BOTH_DONE,
    },
    cancels: 1,
  },
  {
    name: 'a declined attempt is approved after the sale was closed',
    open: order(),
    phases: [
      { do: isDeclined('approvedLate'), shows: 'declined | unpaid failed |' },
      { do: checkoutCloses, shows: 'closed | unpaid failed |' },
      { do: isApproved, shows: 'quarantined | late quarantined |' },
    ],
    ends: {
      ...nothing,
      shown: 'quarantined | late quarantined |',
      why: ['order.declined: (PG사 결제 장애) Internal error', 'order.closed: sold out', LATE],
      notices: 'payment.prepared payment.declined payment.closed payment.quarantined',
      alerts: 'remind held.late',
      sagas: 'payment waits',
    },
    cancels: 0,
  },
]

const FOUND_NONE = 'the last look found no money'
const NOBODY_LOOKS =
  "nothing that was signed says so, and paymentwall/main cannot be asked: its status call is not enabled (PAYMENTWALL_STATUS_API); compare Paymentwall's console"

const ways = [
  {
    how: 'expired',
    opened: expiredOrder,
    why: ({ gateway }: Tale) =>
      `order.timedOut: not paid in time; ${gateway === 'paymentwall/main' ? NOBODY_LOOKS : FOUND_NONE}`,
  },
  {
    how: 'closed',
    opened: (latePolicy: 'hold' | 'refund' | 'accept') => closedOrder({ latePolicy }),
    why: () => 'order.closed: sold out',
  },
] as const
const late: readonly Story[] = ways.flatMap(({ how, opened, why }): readonly Story[] => [
  {
    name: `money for an order that was ${how} is held until a person accepts it`,
    open: opened('hold'),
    phases: [
      { do: pays(), shows: 'quarantined | late quarantined |' },
      { do: personDoes('accept', 'found one'), shows: 'paid accepted | late paid |' },
    ],
    ends: (tale) => ({
      ...nothing,
      shown: 'paid accepted | late paid |',
      why: [why(tale), LATE, 'attempt.accepted: found one'],
      notices: `payment.prepared payment.${how} payment.quarantined payment.paid`,
      deliveries: 1,
      alerts: 'remind held.late',
    }),
    cancels: 0,
  },
  {
    name: `money for an order that was ${how} goes back by policy`,
    open: opened('refund'),
    phases: [
      { do: pays(), shows: 'cancelPending | late cancelPending | policy ticketOpen 19000' },
      { do: deskCompletes, shows: 'cancelled | late cancelled | policy refunded 19000' },
    ],
    ends: (tale) => ({
      ...nothing,
      shown: 'cancelled | late cancelled | policy refunded 19000',
      tickets: 'completed 19000',
      why: [why(tale), LATE, 'refund.requested: paid after the order was closed'],
      notices: `payment.prepared payment.${how} ${BY_TICKET}`,
      sagas: BOTH_DONE,
    }),
    cancels: 1,
  },
  {
    name: `money for an order that was ${how} settles it by policy`,
    open: opened('accept'),
    phases: [{ do: pays(), shows: 'paid accepted | late paid |' }],
    ends: (tale) => ({
      ...nothing,
      shown: 'paid accepted | late paid |',
      why: [why(tale), 'attempt.accepted: paid after the order was expired or closed'],
      notices: `payment.prepared payment.${how} payment.paid`,
      deliveries: 1,
    }),
    cancels: 0,
  },
])

const wrong: readonly Story[] = [
  {
    name: 'USD 1 paid for an order of USD 100, refunded, its ticket refused',
    open: order({ amount: 10_000, currency: 'USD' }),
    phases: [
      { do: pays({ amount: 100 }), shows: 'quarantined | amountDiffers quarantined |' },
      {
        do: oneAfterTheOther(checkoutMayNotAsk, personDoes('refund', 'wrong amount')),
        shows: 'cancelPending | amountDiffers cancelPending | ops ticketOpen 100',
      },
      { do: deskRefuses, shows: 'cancelPending | amountDiffers cancelPending | ops ticketOpen 100' },
      { do: personSaysNoTicketLives, shows: 'quarantined | amountDiffers quarantined | ops refused 100' },
    ],
    ends: {
      ...nothing,
      shown: 'quarantined | amountDiffers quarantined | ops refused 100',
      tickets: 'refused 100',
      why: [
        'attempt.paid: paid with another amount than ordered',
        'refund.requested: wrong amount',
        'resolvedRefused: the desk said no',
      ],
      notices:
        'payment.prepared payment.quarantined refund.requested payment.cancelPending refund.ticketOpen refund.refused payment.quarantined',
      alerts: 'warn held.amountDiffers',
      sagas: 'payment waits, refund COMPLETED',
    },
    cancels: 1,
    waits: true,
  },
  {
    name: 'dollars for an order in won',
    open: order(),
    phases: [
      { do: pays({ amount: 1_500, currency: 'USD' }), shows: 'quarantined | currencyDiffers quarantined |' },
      { do: personDoes('accept', 'agreed by phone'), shows: 'paid accepted | currencyDiffers paid |' },
    ],
    ends: {
      ...nothing,
      shown: 'paid accepted | currencyDiffers paid |',
      why: ['attempt.paid: paid in another currency than ordered', 'attempt.accepted: agreed by phone'],
      notices: 'payment.prepared payment.quarantined payment.paid',
      deliveries: 1,
      alerts: 'warn held.currencyDiffers',
    },
    cancels: 0,
  },
  {
    name: 'test money on a live order',
    open: order(),
    phases: [
      {
        do: pays({ sandbox: true }),
        shows: 'cancelPending | channelDiffers cancelPending | testChannel ticketOpen 19000',
      },
      { do: deskCompletes, shows: 'cancelled | channelDiffers cancelled | testChannel refunded 19000' },
    ],
    ends: {
      ...nothing,
      shown: 'cancelled | channelDiffers cancelled | testChannel refunded 19000',
      tickets: 'completed 19000',
      why: [OTHER_CHANNEL, 'refund.requested: test money on a real card goes back'],
      notices: `payment.prepared ${BY_TICKET}`,
      sagas: BOTH_DONE,
    },
    cancels: 1,
    channels: true,
  },
  {
    name: 'live money on a test order',
    open: order({ channel: 'test' }),
    phases: [{ do: pays(), shows: 'quarantined | channelDiffers quarantined |' }],
    ends: {
      ...nothing,
      shown: 'quarantined | channelDiffers quarantined |',
      why: [OTHER_CHANNEL],
      notices: 'payment.prepared payment.quarantined',
      alerts: 'warn held.channelDiffers',
      sagas: 'payment waits',
    },
    cancels: 0,
    channels: true,
  },
]

export const STORIES_OF_BUYERS: readonly Story[] = [...refunds, ...declines, ...late, ...wrong]
