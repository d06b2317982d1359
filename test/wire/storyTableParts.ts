// Stories of money that goes back in parts: two refunds of one size, and a part by the console
// between. Only where parts may be refunded.
// Must not know: webhooks. Typed by hand from design.md §4 and §5: an order of 19,000 won.
import type { Story } from '../support/stories.ts'
import {
  checkoutAsksFor,
  deskCompletes,
  deskCompletesLast,
  isCancelledInTheConsole,
  order,
} from '../support/storyActs.ts'
import { AS_ORDERED, DONE, OUTSIDE, paid } from '../support/storyWords.ts'

const PARTLY = 'partlyCancelled accepted | asOrdered partlyCancelled |'
const PENDING = 'cancelPending accepted | asOrdered cancelPending |'
const ASKED = 'refund.requested: customer request'
const REQUESTED = 'refund.requested payment.cancelPending refund.ticketOpen'

export const STORIES_IN_PARTS: readonly Story[] = [
  {
    name: 'two refunds of one size, the second worked off first',
    open: order(),
    phases: [
      paid,
      { do: checkoutAsksFor(5_000), shows: `${PENDING} checkout ticketOpen 5000` },
      { do: checkoutAsksFor(5_000), shows: `${PENDING} checkout ticketOpen 5000, checkout ticketOpen 5000` },
      {
        do: deskCompletesLast,
        shows: `${PENDING} checkout ticketOpen 5000, checkout refunded 5000`,
      },
      { do: deskCompletes, shows: `${PARTLY} checkout refunded 5000, checkout refunded 5000` },
    ],
    ends: {
      shown: `${PARTLY} checkout refunded 5000, checkout refunded 5000`,
      tickets: 'completed 5000, completed 5000',
      why: [AS_ORDERED, ASKED, ASKED],
      notices: `payment.prepared payment.paid ${REQUESTED} refund.requested refund.ticketOpen refund.refunded refund.refunded payment.partlyCancelled`,
      deliveries: 1,
      alerts: '',
      sagas: `${DONE}, refund COMPLETED, refund COMPLETED`,
    },
    cancels: 2,
    waits: true,
  },
  {
    name: 'a part by the console while a ticket for another part is open',
    open: order(),
    phases: [
      paid,
      { do: checkoutAsksFor(7_000), shows: `${PENDING} checkout ticketOpen 7000` },
      {
        do: isCancelledInTheConsole(4_000),
        shows: `${PENDING} checkout ticketOpen 7000, outside refunded 4000 (console cancel)`,
      },
      {
        do: deskCompletes,
        blind: true,
        shows: `${PARTLY} checkout refunded 7000, outside refunded 4000 (console cancel)`,
      },
    ],
    ends: {
      shown: `${PARTLY} checkout refunded 7000, outside refunded 4000 (console cancel)`,
      tickets: 'completed 7000',
      why: [AS_ORDERED, ASKED, OUTSIDE],
      notices: `payment.prepared payment.paid ${REQUESTED} refund.refunded refund.refunded payment.partlyCancelled`,
      deliveries: 1,
      alerts: '',
      sagas: `${DONE}, refund COMPLETED`,
    },
    cancels: 1,
    waits: true,
  },
]
