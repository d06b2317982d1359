// What design.md §4 and §5 says of each state under each evidence, answer and person's action: typed by hand, never worked out by the code.
// Must not know: the code. Refund | payment | returned+reserved, what is left | journal | what must leave. 10,000 paid, 6,000 asked back.

/** How each station of the walk stands before anything happens to it. */
export const STANDING = `
  requested        | requested               | cancelPending   | 0+6000, 4000 left
  ticketOpen       | ticketOpen              | cancelPending   | 0+6000, 4000 left
  pastPage         | ticketOpen              | cancelPending   | 0+6000, 4000 left
  partlyBooked     | ticketOpen              | cancelPending   | 2000+4000, 4000 left
  unknown          | unknown                 | cancelPending   | 0+6000, 4000 left
  unknownForAnHour | unknown                 | cancelPending   | 0+6000, 4000 left
  blocked          | blocked                 | paid            | 0+6000, 4000 left
  refused          | refused                 | paid            | 0+0, 10000 left
  refusedLiving    | refused                 | paid            | 0+6000, 4000 left
  refusedDead      | refused closed          | paid            | 0+0, 10000 left
  settledElsewhere | settledElsewhere closed | partlyCancelled | 6000+0, 4000 left
  withdrawn        | withdrawn closed        | paid            | 0+0, 10000 left
  superseded       | superseded closed       | partlyCancelled | 5000+0, 5000 left
  refunded         | refunded closed         | partlyCancelled | 6000+0, 4000 left
  saidRefunded     | refunded closed         | partlyCancelled | 6000+0, 4000 left
  reversed         | reversed                | quarantined            | 0+6000, 4000 left`

export const EVIDENCE = {
  'an entry of ours for the whole': `
    requested        | refunded closed  | partlyCancelled | 6000+0, 4000 left | attempt.status cancelled payment.state | wake, refund.refunded, payment.partlyCancelled
    ticketOpen       | refunded closed  | partlyCancelled | 6000+0, 4000 left | attempt.status cancelled payment.state | wake, refund.refunded, payment.partlyCancelled
    pastPage         | refunded closed  | partlyCancelled | 6000+0, 4000 left | attempt.status cancelled payment.state | wake, refund.refunded, payment.partlyCancelled
    partlyBooked     | refunded closed  | partlyCancelled | 8000+0, 2000 left | cancelled refund.outside payment.state | wake, refund.refunded, refund.refunded, payment.partlyCancelled, page largerThanAsked
    unknown          | refunded closed  | partlyCancelled | 6000+0, 4000 left | attempt.status cancelled payment.state | wake, refund.refunded, payment.partlyCancelled
    unknownForAnHour | refunded closed  | partlyCancelled | 6000+0, 4000 left | attempt.status cancelled payment.state | wake, refund.refunded, payment.partlyCancelled
    blocked          | refunded closed  | partlyCancelled | 6000+0, 4000 left | attempt.status cancelled payment.state | wake, refund.refunded, payment.partlyCancelled
    refused          | refunded closed  | partlyCancelled | 6000+0, 4000 left | attempt.status cancelled payment.state | wake, refund.refunded, payment.partlyCancelled
    refusedLiving    | refunded closed  | partlyCancelled | 6000+0, 4000 left | attempt.status cancelled payment.state | wake, refund.refunded, payment.partlyCancelled
    refusedDead      | refunded closed  | partlyCancelled | 6000+0, 4000 left | attempt.status cancelled payment.state | refund.refunded, payment.partlyCancelled
    settledElsewhere | refunded closed  | cancelled       | 12000+0, 0 left   | attempt.status cancelled payment.state | refund.refunded, payment.cancelled, page paidBackTwice, page overReturned
    withdrawn        | withdrawn closed | partlyCancelled | 6000+0, 4000 left | attempt.status refund.outside payment.state | refund.refunded, payment.partlyCancelled
    superseded       | refunded closed  | cancelled       | 11000+0, 0 left   | cancelled payment.state | refund.refunded, payment.cancelled, page supersededPaid, page overReturned
    refunded         | refunded closed  | cancelled       | 12000+0, 0 left   | refund.outside payment.state | refund.refunded, payment.cancelled, page returnedTwice, page overReturned
    saidRefunded     | refunded closed  | partlyCancelled | 6000+0, 4000 left | attempt.status refund.evidence |
    reversed         | refunded closed  | partlyCancelled | 6000+0, 4000 left | attempt.status cancelled payment.state | wake, refund.refunded, payment.partlyCancelled`,

  'an entry of ours larger than asked': `
    requested        | refunded closed  | partlyCancelled | 7000+0, 3000 left | attempt.status cancelled refund.outside payment.state | wake, refund.refunded, refund.refunded, payment.partlyCancelled, page largerThanAsked
    ticketOpen       | refunded closed  | partlyCancelled | 7000+0, 3000 left | attempt.status cancelled refund.outside payment.state | wake, refund.refunded, refund.refunded, payment.partlyCancelled, page largerThanAsked
    pastPage         | refunded closed  | partlyCancelled | 7000+0, 3000 left | attempt.status cancelled refund.outside payment.state | wake, refund.refunded, refund.refunded, payment.partlyCancelled, page largerThanAsked
    partlyBooked     | refunded closed  | partlyCancelled | 9000+0, 1000 left | cancelled refund.outside payment.state | wake, refund.refunded, refund.refunded, payment.partlyCancelled, page largerThanAsked
    unknown          | refunded closed  | partlyCancelled | 7000+0, 3000 left | attempt.status cancelled refund.outside payment.state | wake, refund.refunded, refund.refunded, payment.partlyCancelled, page largerThanAsked
    unknownForAnHour | refunded closed  | partlyCancelled | 7000+0, 3000 left | attempt.status cancelled refund.outside payment.state | wake, refund.refunded, refund.refunded, payment.partlyCancelled, page largerThanAsked
    blocked          | refunded closed  | partlyCancelled | 7000+0, 3000 left | attempt.status cancelled refund.outside payment.state | wake, refund.refunded, refund.refunded, payment.partlyCancelled, page largerThanAsked
    refused          | refunded closed  | partlyCancelled | 7000+0, 3000 left | attempt.status cancelled refund.outside payment.state | wake, refund.refunded, refund.refunded, payment.partlyCancelled, page largerThanAsked
    refusedLiving    | refunded closed  | partlyCancelled | 7000+0, 3000 left | attempt.status cancelled refund.outside payment.state | wake, refund.refunded, refund.refunded, payment.partlyCancelled, page largerThanAsked
    refusedDead      | refunded closed  | partlyCancelled | 7000+0, 3000 left | attempt.status cancelled refund.outside payment.state | refund.refunded, refund.refunded, payment.partlyCancelled, page largerThanAsked
    settledElsewhere | refunded closed  | cancelled       | 13000+0, 0 left   | attempt.status cancelled refund.outside payment.state | refund.refunded, refund.refunded, payment.cancelled, page paidBackTwice, page largerThanAsked, page overReturned
    withdrawn        | withdrawn closed | partlyCancelled | 7000+0, 3000 left | attempt.status refund.outside payment.state | refund.refunded, payment.partlyCancelled
    superseded       | refunded closed  | cancelled       | 12000+0, 0 left   | cancelled refund.outside payment.state | refund.refunded, refund.refunded, payment.cancelled, page supersededPaid, page largerThanAsked, page overReturned
    refunded         | refunded closed  | cancelled       | 13000+0, 0 left   | refund.outside payment.state | refund.refunded, payment.cancelled, page returnedTwice, page overReturned
    saidRefunded     | refunded closed  | partlyCancelled | 7000+0, 3000 left | attempt.status refund.evidence refund.outside | refund.refunded, page largerThanAsked
    reversed         | refunded closed  | partlyCancelled | 7000+0, 3000 left | attempt.status cancelled refund.outside payment.state | wake, refund.refunded, refund.refunded, payment.partlyCancelled, page largerThanAsked`,

  'an entry of ours smaller than asked': `
    requested        | requested               | cancelPending   | 2000+4000, 4000 left | attempt.status refund.partlyBooked | warn smallerThanAsked
    ticketOpen       | ticketOpen              | cancelPending   | 2000+4000, 4000 left | attempt.status refund.partlyBooked | warn smallerThanAsked
    pastPage         | ticketOpen              | cancelPending   | 2000+4000, 4000 left | attempt.status refund.partlyBooked | warn smallerThanAsked
    partlyBooked     | ticketOpen              | cancelPending   | 4000+2000, 4000 left | refund.partlyBooked | warn smallerThanAsked
    unknown          | unknown                 | cancelPending   | 2000+4000, 4000 left | attempt.status refund.partlyBooked | warn smallerThanAsked
    unknownForAnHour | unknown                 | cancelPending   | 2000+4000, 4000 left | attempt.status refund.partlyBooked | warn smallerThanAsked
    blocked          | blocked                 | partlyCancelled | 2000+4000, 4000 left | attempt.status refund.partlyBooked payment.state | payment.partlyCancelled, warn smallerThanAsked
    refused          | refused                 | partlyCancelled | 2000+0, 8000 left    | attempt.status refund.partlyBooked payment.state | payment.partlyCancelled, warn smallerThanAsked
    refusedLiving    | refused                 | partlyCancelled | 2000+4000, 4000 left | attempt.status refund.partlyBooked payment.state | payment.partlyCancelled, warn smallerThanAsked
    refusedDead      | refused closed          | partlyCancelled | 2000+0, 8000 left    | attempt.status refund.partlyBooked payment.state | payment.partlyCancelled, warn smallerThanAsked
    settledElsewhere | settledElsewhere closed | partlyCancelled | 8000+0, 2000 left    | attempt.status refund.partlyBooked | page paidBackTwice
    withdrawn        | withdrawn closed        | partlyCancelled | 2000+0, 8000 left    | attempt.status refund.outside payment.state | refund.refunded, payment.partlyCancelled
    superseded       | superseded closed       | partlyCancelled | 7000+0, 3000 left    | refund.partlyBooked | page supersededPaid
    refunded         | refunded closed         | partlyCancelled | 8000+0, 2000 left    | refund.outside | refund.refunded, page returnedTwice
    saidRefunded     | refunded closed         | partlyCancelled | 6000+0, 4000 left    | attempt.status refund.partlyBooked | warn smallerThanAsked
    reversed         | reversed                | quarantined | 2000+4000, 4000 left | attempt.status refund.partlyBooked | warn smallerThanAsked`,

  'a foreign entry that takes all, as a chargeback': `
    requested        | superseded closed       | cancelled | 10000+0, 0 left    | attempt.status refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.cancelled
    ticketOpen       | superseded closed       | cancelled | 10000+0, 0 left    | attempt.status refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.cancelled, page overtakenTicket
    pastPage         | superseded closed       | cancelled | 10000+0, 0 left    | attempt.status refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.cancelled, page overtakenTicket
    partlyBooked     | superseded closed       | cancelled | 10000+0, 0 left    | refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.cancelled, page overtakenTicket
    unknown          | superseded closed       | cancelled | 10000+0, 0 left    | attempt.status refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.cancelled, page overtakenTicket
    unknownForAnHour | superseded closed       | cancelled | 10000+0, 0 left    | attempt.status refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.cancelled, page overtakenTicket
    blocked          | superseded closed       | cancelled | 10000+0, 0 left    | attempt.status refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.cancelled
    refused          | refused                 | cancelled | 10000+0, 0 left    | attempt.status refund.outside payment.state | refund.refunded, payment.cancelled
    refusedLiving    | superseded closed       | cancelled | 10000+0, 0 left    | attempt.status refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.cancelled, page overtakenTicket
    refusedDead      | refused closed          | cancelled | 10000+0, 0 left    | attempt.status refund.outside payment.state | refund.refunded, payment.cancelled
    settledElsewhere | settledElsewhere closed | cancelled | 16000+0, 0 left    | attempt.status refund.outside payment.state | refund.refunded, payment.cancelled, page overReturned
    withdrawn        | withdrawn closed        | cancelled | 10000+0, 0 left    | attempt.status refund.outside payment.state | refund.refunded, payment.cancelled
    superseded       | superseded closed       | cancelled | 10000+0, 0 left    | refund.outside payment.state | refund.refunded, payment.cancelled
    refunded         | refunded closed         | cancelled | 10000+0, 0 left    | refund.outside payment.state | refund.refunded, payment.cancelled
    saidRefunded     | refunded closed         | cancelled | 16000+0, 0 left    | attempt.status refund.outside payment.state | refund.refunded, payment.cancelled, page overReturned
    reversed         | reversed                | cancelled | 10000+6000, 0 left | attempt.status refund.outside payment.state | refund.refunded, payment.cancelled, page overReturned`,

  'a foreign entry that takes more than is free': `
    requested        | superseded closed       | partlyCancelled | 5000+0, 5000 left | attempt.status refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.partlyCancelled
    ticketOpen       | superseded closed       | partlyCancelled | 5000+0, 5000 left | attempt.status refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.partlyCancelled, page overtakenTicket
    pastPage         | superseded closed       | partlyCancelled | 5000+0, 5000 left | attempt.status refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.partlyCancelled, page overtakenTicket
    partlyBooked     | superseded closed       | partlyCancelled | 7000+0, 3000 left | refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.partlyCancelled, page overtakenTicket
    unknown          | superseded closed       | partlyCancelled | 5000+0, 5000 left | attempt.status refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.partlyCancelled, page overtakenTicket
    unknownForAnHour | superseded closed       | partlyCancelled | 5000+0, 5000 left | attempt.status refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.partlyCancelled, page overtakenTicket
    blocked          | superseded closed       | partlyCancelled | 5000+0, 5000 left | attempt.status refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.partlyCancelled
    refused          | refused                 | partlyCancelled | 5000+0, 5000 left | attempt.status refund.outside payment.state | refund.refunded, payment.partlyCancelled
    refusedLiving    | superseded closed       | partlyCancelled | 5000+0, 5000 left | attempt.status refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.partlyCancelled, page overtakenTicket
    refusedDead      | refused closed          | partlyCancelled | 5000+0, 5000 left | attempt.status refund.outside payment.state | refund.refunded, payment.partlyCancelled
    settledElsewhere | settledElsewhere closed | cancelled       | 11000+0, 0 left   | attempt.status refund.outside payment.state | refund.refunded, payment.cancelled, page overReturned
    withdrawn        | withdrawn closed        | partlyCancelled | 5000+0, 5000 left | attempt.status refund.outside payment.state | refund.refunded, payment.partlyCancelled
    superseded       | superseded closed       | cancelled       | 10000+0, 0 left   | refund.outside payment.state | refund.refunded, payment.cancelled
    refunded         | refunded closed         | cancelled       | 10000+0, 0 left   | refund.outside payment.state | refund.refunded, payment.cancelled
    saidRefunded     | refunded closed         | cancelled       | 11000+0, 0 left   | attempt.status refund.outside payment.state | refund.refunded, payment.cancelled, page overReturned
    reversed         | reversed                | quarantined | 5000+6000, 0 left | attempt.status refund.outside | refund.refunded, page overReturned`,

  'a foreign entry that fits beside it': `
    requested        | requested               | cancelPending   | 3000+6000, 1000 left | attempt.status refund.outside | refund.refunded
    ticketOpen       | ticketOpen              | cancelPending   | 3000+6000, 1000 left | attempt.status refund.outside | refund.refunded
    pastPage         | ticketOpen              | cancelPending   | 3000+6000, 1000 left | attempt.status refund.outside | refund.refunded
    partlyBooked     | ticketOpen              | cancelPending   | 5000+4000, 1000 left | refund.outside | refund.refunded
    unknown          | unknown                 | cancelPending   | 3000+6000, 1000 left | attempt.status refund.outside | refund.refunded
    unknownForAnHour | unknown                 | cancelPending   | 3000+6000, 1000 left | attempt.status refund.outside | refund.refunded
    blocked          | blocked                 | partlyCancelled | 3000+6000, 1000 left | attempt.status refund.outside payment.state | refund.refunded, payment.partlyCancelled
    refused          | refused                 | partlyCancelled | 3000+0, 7000 left    | attempt.status refund.outside payment.state | refund.refunded, payment.partlyCancelled
    refusedLiving    | refused                 | partlyCancelled | 3000+6000, 1000 left | attempt.status refund.outside payment.state | refund.refunded, payment.partlyCancelled
    refusedDead      | refused closed          | partlyCancelled | 3000+0, 7000 left    | attempt.status refund.outside payment.state | refund.refunded, payment.partlyCancelled
    settledElsewhere | settledElsewhere closed | partlyCancelled | 9000+0, 1000 left    | attempt.status refund.outside | refund.refunded
    withdrawn        | withdrawn closed        | partlyCancelled | 3000+0, 7000 left    | attempt.status refund.outside payment.state | refund.refunded, payment.partlyCancelled
    superseded       | superseded closed       | partlyCancelled | 8000+0, 2000 left    | refund.outside | refund.refunded
    refunded         | refunded closed         | partlyCancelled | 9000+0, 1000 left    | refund.outside | refund.refunded
    saidRefunded     | refunded closed         | partlyCancelled | 9000+0, 1000 left    | attempt.status refund.outside | refund.refunded
    reversed         | reversed                | quarantined | 3000+6000, 1000 left | attempt.status refund.outside | refund.refunded`,
} as const

/** Of what was booked, two looks at least ten minutes apart show nothing more: what the second one does. */
export const GONE = `
  partlyBooked | ticketOpen        | cancelPending | 0+6000, 4000 left | entry.gone             | page reversed
  superseded   | superseded closed | quarantined   | 0+5000, 5000 left | reversed payment.state | wake refund, refund.reversed, payment.quarantined, page reversed
  refunded     | reversed          | quarantined          | 0+6000, 4000 left | reversed payment.state | wake, refund.reversed, payment.quarantined, page reversed`

/** Money that was never accepted, and the refund that a person made of all of it: what each move of the refund shows of the payment. */
export const NEVER_ACCEPTED = `
  filed            | ticketOpen              | cancelPending   | 0+9000, paymentNotPaid    | ticket.ended ticketFiled | refund.ticketOpen
  unknown          | unknown                 | cancelPending   | 0+9000, paymentNotPaid    | ticket.ended lostAnswer | refund.unknown
  refused          | refused                 | quarantined     | 0+0, paymentNotPaid       | ticket.ended turnedDown payment.state | wake payment, refund.refused, payment.quarantined, warn refused
  blocked          | blocked                 | quarantined     | 0+9000, paymentNotPaid    | notRefundable payment.state | refund.blocked, payment.quarantined, warn blocked.notRefundable
  withdrawn        | withdrawn closed        | quarantined     | 0+0, paymentNotPaid       | withdrawn | wake payment, refund.withdrawn
  refusedLiving    | refused                 | quarantined     | 0+9000, paymentNotPaid    | resolvedRefused payment.state | refund.refused, payment.quarantined
  refusedDead      | refused closed          | quarantined     | 0+0, paymentNotPaid       | resolvedRefused payment.state | wake payment, refund.refused, payment.quarantined
  retried          | requested               | cancelPending   | 0+9000, paymentNotPaid    | retried payment.state | wake payment, refund.requested, payment.cancelPending
  settledElsewhere | settledElsewhere closed | cancelled       | 9000+0, paymentNotPaid    | settled payment.state | refund.settledElsewhere, payment.cancelled
  partlyBooked     | ticketOpen              | cancelPending   | 2000+7000, paymentNotPaid | attempt.status refund.partlyBooked | warn smallerThanAsked
  partlyRefused    | refused closed          | partlyCancelled | 2000+0, paymentNotPaid    | resolvedRefused payment.state | wake payment, refund.refused, payment.partlyCancelled
  superseded       | superseded closed       | cancelled       | 9000+0, paymentNotPaid    | attempt.status refund.outside overtaken payment.state | wake, refund.superseded, refund.refunded, payment.cancelled, page overtakenTicket
  refunded         | refunded closed         | cancelled       | 9000+0, paymentNotPaid    | attempt.status cancelled payment.state | wake, refund.refunded, payment.cancelled
  reversed         | reversed                | quarantined     | 0+9000, paymentNotPaid    | reversed payment.state | wake, refund.reversed, payment.quarantined, page reversed`
