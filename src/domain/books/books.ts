// The books of one order as plain data: the payment, its attempts with their booked cancel entries,
// its refunds with their tickets.
// Must not know: SQL, HTTP, Temporal. Everything that decides takes Books and gives Books back.
import type { Currency } from '../currencies.ts'
import type { Channel, Evidence } from '../gateway.ts'
import type { GatewayName, GatewayRef, MerchantUid, RefundId } from '../ids.ts'
import type { AttemptReason, OrderState, PaymentState } from '../payment.ts'
import type { RefundOrigin, RefundState } from '../refund.ts'
import type { Said } from '../../language.ts'
import type { AlertKind } from './alerts.ts'

/** How loudly a saga asks for a person, quietest first. */
export const ATTENTIONS = ['none', 'remind', 'warn', 'page'] as const
export type Attention = (typeof ATTENTIONS)[number]
export const louder = (a: Attention, b: Attention): Attention =>
  ATTENTIONS.indexOf(a) >= ATTENTIONS.indexOf(b) ? a : b

/** What every saga's row says of its wait. Times are ISO 8601 in UTC. */
export type Wait = {
  readonly attention: Attention
  readonly owner: string | null
  readonly snoozedUntil: string | null
  /**
   * Somebody has seen it at this level: alerts up to it are quiet until the next one, but a page
   * never is.
   */
  readonly acknowledgedLevel: Attention | null
  readonly waitingSince: string
  /** When a checkpoint last looked and raised attention; the wait's begin while none did. */
  readonly lastCheckpointAt: string
  readonly nextCheckpointAt: string | null
  readonly nextCheckpointLevel: Attention | null
}

/** A wait that begins now and asks for nobody. */
export const freshWait = (now: string): Wait => ({
  attention: 'none',
  owner: null,
  snoozedUntil: null,
  acknowledgedLevel: null,
  waitingSince: now,
  lastCheckpointAt: now,
  nextCheckpointAt: null,
  nextCheckpointLevel: null,
})

/** What is sold: of what is shipped the gateway wants to be told. */
export type Goods = 'physical' | 'digital'
export type LatePolicy = 'hold' | 'refund' | 'accept'
export type SecondPolicy = 'refund' | 'hold'

export type Payment = Wait & {
  readonly merchantUid: MerchantUid
  readonly gateway: GatewayName
  readonly orderState: OrderState
  /** The shown state: computed, kept in the row so that lists can ask for it. */
  readonly state: PaymentState
  readonly amount: number
  readonly currency: Currency
  readonly channel: Channel
  readonly name: string
  readonly returnUrl: string | null
  readonly country: string | null
  readonly widget: string | null
  readonly latePolicy: LatePolicy | null
  /** null: the checkout did not say. */
  readonly goods: Goods | null
  /** When the gateway last took what it was told of the delivery of these goods. */
  readonly deliveryToldAt: string | null
  /**
   * Since when it should be told: accepted, to be shipped, and told of nothing yet. Each warning
   * begins it anew.
   */
  readonly deliveryAwaitedSince: string | null
  readonly expiresAt: string
  /** The attempt that settled the order; it stays after a refund. */
  readonly acceptedRef: GatewayRef | null
  readonly chargedBack: boolean
  readonly closedReason: string | null
  /**
   * Tries at the present step that did nothing (registering, the last look), and when the next one
   * is due.
   */
  readonly tries: number
  readonly nextTryAt: string | null
  readonly createdAt: string
}

/**
 * A booked cancel entry, and the refund that it answers. `missingSince` is set by the first look
 * that misses it.
 */
export type BookedEntry = {
  /**
   * Ours, for good: the id where the first sight had one, else `#1`, `#2` …; `+excess` marks what
   * one paid too much.
   */
  readonly key: string
  /** The gateway's; may come later. */
  readonly cancellationId: string | null
  readonly amount: number
  readonly cancelledAt: string | null
  readonly reason: string
  readonly refundId: RefundId
  readonly missingSince: string | null
  readonly gone: boolean
}

export type Attempt = Wait & {
  readonly gateway: GatewayName
  readonly gatewayRef: GatewayRef
  /** null: money for an order that is unknown to us. */
  readonly merchantUid: MerchantUid | null
  /** Whose payment it is, as the gateway names the provider; null where it names none. */
  readonly provider: string | null
  /** The merchant_uid that the evidence names. */
  readonly saidMerchantUid: string
  readonly status: Evidence['status']
  readonly amount: number
  readonly currency: Currency
  readonly channel: Channel
  readonly everPaid: boolean
  /**
   * 1 for the first attempt of the order that was booked as paid, then 2, 3 …; null while never
   * paid.
   */
  readonly paidOrdinal: number | null
  readonly paidAt: string | null
  readonly accepted: boolean
  /** Why the money counts as it does; null while never paid. */
  readonly because: AttemptReason | null
  readonly chargedBack: boolean
  /**
   * The amount that the last evidence names; differs from what was first booked only in trouble.
   */
  readonly saidAmount: number
  /** What the gateway itself counts as returned; differs from the entries only in trouble. */
  readonly gatewayReturned: number
  readonly failReason: string | null
  readonly paymentwallRef: string | null
  readonly payMethod: string | null
  readonly payerCountry: string | null
  readonly entries: readonly BookedEntry[]
  /**
   * What the last evidence says against these books, in one canonical line; null while it agrees.
   */
  readonly contradiction: string | null
  /** The contradiction whose holds a person has ended; any other one holds. */
  readonly released: string | null
  /**
   * The last difference between the gateway's own sums, or to our books, that a person was told of.
   */
  readonly sumsTold: string | null
  /**
   * Open requests for a cancel that are none of ours, as the last evidence shows that shows any, in
   * one canonical line; null while there are none.
   */
  readonly foreignTickets: string | null
  /** When the look began whose evidence is booked, for people to read. */
  readonly evidenceAsOf: string
  /**
   * Its number in the sequence that also numbers arrivals: evidence with a smaller one only adds
   * what was never booked.
   */
  readonly evidenceNumber: number
  /** The last look that did not answer, and why; null once one answered. */
  readonly lookFailedAt: string | null
  readonly lookFailedSaid: string | null
}

export type TicketOutcome = 'filed' | 'doneAtOnce' | 'refused' | 'notSent' | 'unknown'

export type Ticket = {
  /** `submit`, `submit.2` …, or the id of a person's retryTicket and its followers. */
  readonly authorisedBy: string
  readonly intentAt: string
  /**
   * The reason as it was sent, or would have been, with the refund's marker: entries are matched by
   * it.
   */
  readonly sentReason: string
  readonly outcome: TicketOutcome | null
  readonly said: string | null
  /** A person said, with what Paymentwall wrote, that this ticket does not live. */
  readonly dead: boolean
  /** The gateway's id of it, where it shows requests for cancels. */
  readonly shownAs: string | null
  /** The call's text, where the gateway takes the same call again; until when it may be sent. */
  readonly sentCall: string | null
  readonly repeatUntil: string | null
  /** When it was sent again last, by the clock of the machine that did. */
  readonly repeatedAt: string | null
}

export type Refund = Wait & {
  readonly refundId: RefundId
  readonly merchantUid: MerchantUid | null
  readonly gateway: GatewayName
  readonly gatewayRef: GatewayRef
  readonly amount: number
  /** The amount as sent; null when all that was left was asked for. */
  readonly askedAmount: number | null
  readonly currency: Currency
  readonly reason: string
  readonly origin: RefundOrigin
  readonly state: RefundState
  readonly testChannel: boolean
  /**
   * The authorisation whose tickets may be filed now: `submit` or the id of a person's retryTicket.
   */
  readonly authorisation: string
  /** A `resolve` said that it is over and no ticket lives; a person's retryTicket takes it back. */
  readonly ticketDead: boolean
  /**
   * The entry that closed it did not name it: its ticket may still be worked off, so its amount
   * stays reserved.
   */
  readonly matchedByAmount: boolean
  /** Paid back by bank, outside the gateway, minor units. */
  readonly paidElsewhere: number
  readonly blockedBecause: string | null
  readonly said: string | null
  readonly tries: number
  readonly nextTryAt: string | null
  readonly tickets: readonly Ticket[]
  readonly createdAt: string
  readonly stateSince: string
}

export type Books = {
  readonly payment: Payment | undefined
  readonly attempts: readonly Attempt[]
  readonly refunds: readonly Refund[]
}

/** One line of the journal: who moved what, from where to where, why, on what evidence. */
export type JournalLine = {
  readonly what: string
  readonly refundId?: string
  readonly gatewayRef?: string
  readonly from?: string
  readonly to?: string
  readonly why: string
  readonly facts?: Readonly<Record<string, unknown>>
}

/** A message to people about one saga. */
export type Alert = {
  readonly level: Exclude<Attention, 'none'>
  readonly kind: AlertKind
  readonly saga: string
  /** In each language: which one is read is for whoever delivers it. */
  readonly sentence: Said
  readonly amount?: number
  readonly currency?: string
}

/** What a decision gives: the books as they should be, and what must be written beside them. */
export type Decision = {
  readonly books: Books
  readonly journal: readonly JournalLine[]
  readonly alerts: readonly Alert[]
}
