// What design.md §4 and §6 says of late answers and of what people may do, in each state: typed by hand. What is not named is refused.
// Must not know: the code. Refund | payment | returned+reserved, what is left | journal | what must leave. 10,000 paid, 6,000 asked back.

/** How the answer to a call that was given up, or is still on its way, moves each state that may wait for one. */
export const ANSWERS = {
  filed: `
    asking           | ticketOpen              | cancelPending   | 0+6000, 4000 left | ticket.ended ticketFiled      | refund.ticketOpen
    unknown          | ticketOpen              | cancelPending   | 0+6000, 4000 left | ticket.lateAnswer ticketFiled | wake, refund.ticketOpen
    authorisedAnew   | ticketOpen              | cancelPending   | 0+6000, 4000 left | ticket.lateAnswer ticketFiled | wake, refund.ticketOpen
    filedAnew        | ticketOpen              | cancelPending   | 0+6000, 4000 left | ticket.lateAnswer             |
    blockedAnew      | blocked                 | paid            | 0+6000, 4000 left | ticket.lateAnswer             |
    ticketSeen       | ticketOpen              | cancelPending   | 0+6000, 4000 left | ticket.lateAnswer             |
    refusedLiving    | refused                 | paid            | 0+6000, 4000 left | ticket.lateAnswer             |
    refusedDead      | refused closed          | paid            | 0+0, 10000 left   | ticket.lateAnswer             |
    settledElsewhere | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | ticket.lateAnswer             |
    superseded       | superseded closed       | partlyCancelled | 5000+0, 5000 left | ticket.lateAnswer             |
    refunded         | refunded closed         | partlyCancelled | 6000+0, 4000 left | ticket.lateAnswer             |
    reversed         | reversed                | quarantined            | 0+6000, 4000 left | ticket.lateAnswer             |`,

  notSent: `
    asking           | requested               | cancelPending   | 0+6000, 4000 left | ticket.ended              |
    unknown          | requested               | cancelPending   | 0+6000, 4000 left | ticket.lateAnswer notSent | wake, refund.requested
    authorisedAnew   | requested               | cancelPending   | 0+6000, 4000 left | ticket.lateAnswer         |
    filedAnew        | ticketOpen              | cancelPending   | 0+6000, 4000 left | ticket.lateAnswer         |
    blockedAnew      | blocked                 | paid            | 0+6000, 4000 left | ticket.lateAnswer         |
    ticketSeen       | ticketOpen              | cancelPending   | 0+6000, 4000 left | ticket.lateAnswer         |
    refusedLiving    | refused                 | paid            | 0+0, 10000 left   | ticket.lateAnswer         |
    refusedDead      | refused closed          | paid            | 0+0, 10000 left   | ticket.lateAnswer         |
    settledElsewhere | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | ticket.lateAnswer         |
    superseded       | superseded closed       | partlyCancelled | 5000+0, 5000 left | ticket.lateAnswer         |
    refunded         | refunded closed         | partlyCancelled | 6000+0, 4000 left | ticket.lateAnswer         |
    reversed         | reversed                | quarantined            | 0+6000, 4000 left | ticket.lateAnswer         |`,

  refused: `
    asking           | refused                 | paid            | 0+0, 10000 left   | ticket.ended turnedDown payment.state      | refund.refused, payment.paid, warn refused
    unknown          | refused                 | paid            | 0+0, 10000 left   | ticket.lateAnswer turnedDown payment.state | wake, refund.refused, payment.paid, warn refused
    authorisedAnew   | refused                 | paid            | 0+0, 10000 left   | ticket.lateAnswer turnedDown payment.state | wake, refund.refused, payment.paid, warn refused
    filedAnew        | ticketOpen              | cancelPending   | 0+6000, 4000 left | ticket.lateAnswer |
    blockedAnew      | blocked                 | paid            | 0+6000, 4000 left | ticket.lateAnswer |
    ticketSeen       | ticketOpen              | cancelPending   | 0+6000, 4000 left | ticket.lateAnswer |
    refusedLiving    | refused                 | paid            | 0+0, 10000 left   | ticket.lateAnswer |
    refusedDead      | refused closed          | paid            | 0+0, 10000 left   | ticket.lateAnswer |
    settledElsewhere | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | ticket.lateAnswer |
    superseded       | superseded closed       | partlyCancelled | 5000+0, 5000 left | ticket.lateAnswer |
    refunded         | refunded closed         | partlyCancelled | 6000+0, 4000 left | ticket.lateAnswer |
    reversed         | reversed                | quarantined            | 0+6000, 4000 left | ticket.lateAnswer |`,

  doneAtOnce: `
    asking           | refunded closed | partlyCancelled | 6000+0, 4000 left | cancelled payment.state ticket.ended      | refund.refunded, payment.partlyCancelled
    unknown          | refunded closed | partlyCancelled | 6000+0, 4000 left | cancelled payment.state ticket.lateAnswer | wake, refund.refunded, payment.partlyCancelled
    authorisedAnew   | refunded closed | partlyCancelled | 6000+0, 4000 left | cancelled payment.state ticket.lateAnswer | wake, refund.refunded, payment.partlyCancelled
    filedAnew       | refunded closed | partlyCancelled | 6000+0, 4000 left | cancelled payment.state ticket.lateAnswer | wake, refund.refunded, payment.partlyCancelled
    blockedAnew      | refunded closed | partlyCancelled | 6000+0, 4000 left | cancelled payment.state ticket.lateAnswer | wake, refund.refunded, payment.partlyCancelled
    ticketSeen       | refunded closed | partlyCancelled | 6000+0, 4000 left | cancelled payment.state ticket.lateAnswer | wake, refund.refunded, payment.partlyCancelled
    refusedLiving    | refunded closed | partlyCancelled | 6000+0, 4000 left | cancelled payment.state ticket.lateAnswer | wake, refund.refunded, payment.partlyCancelled
    refusedDead      | refunded closed | partlyCancelled | 6000+0, 4000 left | cancelled payment.state ticket.lateAnswer | refund.refunded, payment.partlyCancelled
    settledElsewhere | refunded closed | cancelled       | 12000+0, 0 left   | cancelled payment.state ticket.lateAnswer | refund.refunded, payment.cancelled, page paidBackTwice, page overReturned`,

  unknown: `
    asking | unknown | cancelPending | 0+6000, 4000 left | ticket.ended lostAnswer | refund.unknown`,
} as const

/** A person's own move needs no wake: it is a step of the saga that it is about. */
export const PEOPLE = {
  acknowledge: `
    requested     | requested  | cancelPending | 0+6000, 4000 left    | acknowledge |
    ticketOpen    | ticketOpen | cancelPending | 0+6000, 4000 left    | acknowledge |
    pastPage      | ticketOpen | cancelPending | 0+6000, 4000 left    | acknowledge |
    partlyBooked  | ticketOpen | cancelPending | 2000+4000, 4000 left | acknowledge |
    unknown          | unknown    | cancelPending | 0+6000, 4000 left    | acknowledge |
    unknownForAnHour | unknown    | cancelPending | 0+6000, 4000 left    | acknowledge |
    blocked       | blocked    | paid          | 0+6000, 4000 left    | acknowledge |
    refused       | refused    | paid          | 0+0, 10000 left      | acknowledge |
    refusedLiving | refused    | paid          | 0+6000, 4000 left    | acknowledge |
    reversed      | reversed   | quarantined          | 0+6000, 4000 left    | acknowledge |`,

  snooze: `
    requested     | requested  | cancelPending | 0+6000, 4000 left    | snooze |
    ticketOpen    | ticketOpen | cancelPending | 0+6000, 4000 left    | snooze |
    pastPage      | ticketOpen | cancelPending | 0+6000, 4000 left    | snooze |
    partlyBooked  | ticketOpen | cancelPending | 2000+4000, 4000 left | snooze |
    unknown          | unknown    | cancelPending | 0+6000, 4000 left    | snooze |
    unknownForAnHour | unknown    | cancelPending | 0+6000, 4000 left    | snooze |
    blocked       | blocked    | paid          | 0+6000, 4000 left    | snooze |
    refused       | refused    | paid          | 0+0, 10000 left      | snooze |
    refusedLiving | refused    | paid          | 0+6000, 4000 left    | snooze |
    reversed      | reversed   | quarantined          | 0+6000, 4000 left    | snooze |`,

  retryTicket: `
    pastPage      | requested | cancelPending | 0+6000, 4000 left | retried               | refund.requested
    unknownForAnHour | requested | cancelPending | 0+6000, 4000 left | retried               | refund.requested
    blocked       | requested | cancelPending | 0+6000, 4000 left | retried payment.state | refund.requested, payment.cancelPending
    refused       | requested | cancelPending | 0+6000, 4000 left | retried payment.state | refund.requested, payment.cancelPending
    refusedLiving | requested | cancelPending | 0+6000, 4000 left | retried payment.state | refund.requested, payment.cancelPending
    refusedDead   | requested | cancelPending | 0+6000, 4000 left | retried payment.state | refund.requested, payment.cancelPending
    reversed      | requested | cancelPending | 0+6000, 4000 left | retried payment.state | refund.requested, payment.cancelPending`,

  'resolve refunded': `
    ticketOpen    | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    pastPage      | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    partlyBooked  | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    unknown          | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    unknownForAnHour | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    blocked       | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    refused       | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    refusedLiving | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    refusedDead   | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    reversed      | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled`,

  'resolve refunded, ticket dead': `
    ticketOpen    | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    pastPage      | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    partlyBooked  | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    unknown          | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    unknownForAnHour | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    blocked       | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    refused       | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    refusedLiving | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    refusedDead   | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled
    reversed      | refunded closed | partlyCancelled | 6000+0, 4000 left | resolvedRefunded payment.state | refund.refunded, payment.partlyCancelled`,

  'resolve refused': `
    ticketOpen   | refused | paid            | 0+6000, 4000 left    | resolvedRefused payment.state | refund.refused, payment.paid
    pastPage     | refused | paid            | 0+6000, 4000 left    | resolvedRefused payment.state | refund.refused, payment.paid
    partlyBooked | refused | partlyCancelled | 2000+4000, 4000 left | resolvedRefused payment.state | refund.refused, payment.partlyCancelled
    unknown          | refused | paid            | 0+6000, 4000 left    | resolvedRefused payment.state | refund.refused, payment.paid
    unknownForAnHour | refused | paid            | 0+6000, 4000 left    | resolvedRefused payment.state | refund.refused, payment.paid
    reversed     | refused | paid            | 0+6000, 4000 left    | resolvedRefused payment.state | refund.refused, payment.paid`,

  'resolve refused, ticket dead': `
    ticketOpen    | refused closed | paid            | 0+0, 10000 left   | resolvedRefused payment.state | refund.refused, payment.paid
    pastPage      | refused closed | paid            | 0+0, 10000 left   | resolvedRefused payment.state | refund.refused, payment.paid
    partlyBooked  | refused closed | partlyCancelled | 2000+0, 8000 left | resolvedRefused payment.state | refund.refused, payment.partlyCancelled
    unknown          | refused closed | paid            | 0+0, 10000 left   | resolvedRefused payment.state | refund.refused, payment.paid
    unknownForAnHour | refused closed | paid            | 0+0, 10000 left   | resolvedRefused payment.state | refund.refused, payment.paid
    refused       | refused closed | paid            | 0+0, 10000 left   | resolvedRefused               |
    refusedLiving | refused closed | paid            | 0+0, 10000 left   | resolvedRefused               |
    reversed      | refused closed | paid            | 0+0, 10000 left   | resolvedRefused payment.state | refund.refused, payment.paid`,

  'resolve settledElsewhere': `
    ticketOpen    | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    pastPage      | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    partlyBooked  | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    unknown          | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    unknownForAnHour | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    blocked       | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    refused       | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    refusedLiving | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    refusedDead   | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    reversed      | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled`,

  'resolve settledElsewhere, ticket dead': `
    ticketOpen    | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    pastPage      | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    partlyBooked  | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    unknown          | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    unknownForAnHour | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    blocked       | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    refused       | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    refusedLiving | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    refusedDead   | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled
    reversed      | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left | settled payment.state | refund.settledElsewhere, payment.partlyCancelled`,

  'resolve ticketOpen': `
    unknown          | ticketOpen | cancelPending | 0+6000, 4000 left | ticketSeen | refund.ticketOpen
    unknownForAnHour | ticketOpen | cancelPending | 0+6000, 4000 left | ticketSeen | refund.ticketOpen`,
  'resolve ticketOpen, ticket dead': '',

  withdraw: `
    requested | withdrawn closed | paid | 0+0, 10000 left | withdrawn payment.state | refund.withdrawn, payment.paid
    blocked   | withdrawn closed | paid | 0+0, 10000 left | withdrawn               | refund.withdrawn
    refused   | withdrawn closed | paid | 0+0, 10000 left | withdrawn               | refund.withdrawn`,
} as const
