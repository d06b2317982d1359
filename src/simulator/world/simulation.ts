// The parts of one running simulator, and what happens to money
// in it: paid, approved, asked back, given back.
// Must not know HTTP: endpoints and the desk judge, then call one of these.
import type { Believed, Ear } from '../iamport/ear.ts'
import type { Tokens } from '../iamport/tokens.ts'
import type { Traffic } from '../log/traffic.ts'
import type { Dice } from '../play/dice.ts'
import type { PortoneMemory } from '../portone/memory.ts'
import type { Forgery } from '../post/forged.ts'
import type { Messenger } from '../post/webhooks.ts'
import type { Calls } from './calls.ts'
import type { Clock } from './clock.ts'
import type { Faults } from './faults.ts'
import type { Looks } from './looks.ts'
import { isByPingback, leftOf, type Cancel, type Payment, type Ticket } from './model.ts'
import { toText } from './money.ts'
import type { Store } from './store.ts'

export type Simulation = {
  store: Store
  faults: Faults
  tokens: Tokens
  portone: PortoneMemory
  calls: Calls
  looks: Looks
  ear: Ear
  traffic: Traffic
  dice: Dice
  messenger: Messenger
  /** Settles when the first message about it is out, or put aside. */
  tell: (payment: Payment, news: News) => Promise<void>
  /** i'mport's own part: about a payment, and a cancel where one is named. */
  tellWebhook: (payment: Payment, cancel: Cancel | undefined) => Promise<void>
  /** What a stranger writes about a payment; false where it has nowhere to go. */
  forge: (payment: Payment, kind: Forgery) => boolean
  /** Where PortOne's V2 sends its webhooks, where an address is entered. */
  portoneUrl: () => string | undefined
  clock: Clock
  /** What is played for the next order, or for every one, that the merchant prepares. */
  armed: Armed | null
  log: (line: string) => void
}
export type Armed = { name: string; seed: number; every: boolean }
/** What the merchant hears of; each wire says it in its own words. */
/** `review`: paid, once a review ended well (paymentwall.md §5.2). */
export type News = { kind: 'paid'; review?: boolean } | Returned | Told
export type Returned = {
  kind: 'returned'
  cancel: Cancel
  all: boolean
  merchantRefundId: string | null
}

/** Nothing but a pingback of this type: reviews, gifts, subscriptions (paymentwall.md §5.2). */
export type Told = { kind: 'told'; type: string; reason: string | null }

export type Order = Pick<
  Payment,
  | 'merchantUid'
  | 'gateway'
  | 'pgProvider'
  | 'uid'
  | 'method'
  | 'country'
  | 'currency'
  | 'amount'
  | 'sandbox'
  | 'noticeUrl'
  | 'subscription'
  | 'pingbackUrl'
  | 'script'
>
/** What was done, and when the first message about it is out. */
export type Done = { payment: Payment; told: Promise<void> }
export type Outcome = 'paid' | 'declined' | 'approvedLate' | 'ready'

// Word for word what a payment says that Paymentwall's fraud
// review has stopped for now (iamport.md §6).
const UNDER_REVIEW = '(PG사 결제 장애) Internal error'
const DECLINED = '(PG사 결제 실패) Payment was declined'

export function pay(simulation: Simulation, order: Order, outcome: Outcome): Done {
  const seconds = nowSeconds(simulation)
  const paid = outcome === 'paid'
  const failReason = failReasonOf(outcome)
  const made: Payment = {
    ...order,
    ...makeIds(simulation, order, seconds),
    number: simulation.store.nextNumber(),
    outcome: outcome === 'paid' || outcome === 'ready' ? outcome : 'failed',
    underReview: outcome === 'approvedLate',
    failReason,
    startedAt: seconds,
    paidAt: paid ? seconds : 0,
    failedAt: failReason === null ? 0 : seconds,
    updatedAtMs: simulation.clock.now(),
    cancels: [],
    toldWhenPaid: tellsNow(simulation),
    vanished: false,
    contradiction: {},
    wire: null,
  }
  simulation.store.save({ payments: [made] })
  // A one-off failure, or a buyer who left, is told to nobody (iamport.md §6).
  return { payment: made, told: paid ? tellPaid(simulation, made, UNPAID) : Promise.resolve() }
}

const UNPAID = { outcome: 'ready', underReview: false, failReason: null } as const

function tellPaid(simulation: Simulation, payment: Payment, before: Believed, review = false): Promise<void> {
  if (isByPingback(payment)) simulation.ear.owePaid(payment.impUid, before)
  return simulation.tell(payment, { kind: 'paid', review })
}

function failReasonOf(outcome: Outcome): string | null {
  if (outcome === 'declined') return DECLINED
  return outcome === 'approvedLate' ? UNDER_REVIEW : null
}

// A webhook that is dropped never went out.
function tellsNow({ faults }: Simulation): boolean {
  return faults.now().webhooks !== 'drop'
}

/**
 * The fraud review ends well, or the buyer comes back: now it
 * is paid, and told (iamport.md §6, PR #1091).
 */
export function approve(simulation: Simulation, payment: Payment, review = false): Done {
  const approved: Payment = {
    ...payment,
    outcome: 'paid',
    underReview: false,
    failReason: null,
    paidAt: nowSeconds(simulation),
    updatedAtMs: simulation.clock.now(),
    toldWhenPaid: tellsNow(simulation),
  }
  simulation.store.save({ payments: [approved] })
  const { outcome, underReview, failReason } = payment
  return { payment: approved, told: tellPaid(simulation, approved, { outcome, underReview, failReason }, review) }
}

/** The fraud review ends badly: the buyer gets the money back, and nothing was paid. */
export function decline(simulation: Simulation, payment: Payment): Done {
  const now = nowSeconds(simulation)
  const ended = { outcome: 'failed', underReview: false, failReason: DECLINED, failedAt: now } as const
  const declined: Payment = { ...payment, ...ended, updatedAtMs: simulation.clock.now() }
  simulation.store.save({ payments: [declined] })
  return { payment: declined, told: simulation.tell(declined, { kind: 'told', type: '202', reason: null }) }
}

/**
 * A second ticket beside an open one is opened too: nobody knows
 * what Paymentwall does, and doubles must show.
 */
export function openTicket(
  simulation: Simulation,
  payment: Payment,
  request: Pick<Ticket, 'amount' | 'reason' | 'merchantRefundId' | 'whole' | 'enableWebhook'>,
): Ticket {
  const ticket: Ticket = {
    ...request,
    id: `ticket-${simulation.dice.hex(8)}`,
    impUid: payment.impUid,
    merchantUid: payment.merchantUid,
    currency: payment.currency,
    state: 'open',
    lost: false,
    openedAt: new Date(simulation.clock.now()).toISOString(),
  }
  simulation.store.save({ tickets: [ticket] })
  return ticket
}

/** For the log. */
export function openedBy({ id, amount, currency }: Ticket): string {
  return `${id} opened for ${toText(amount, currency)} ${currency}`
}

export type Giving = {
  amount: number
  reason: string
  origin: Cancel['origin']
  merchantRefundId: string | null
  enableWebhook: boolean
  ticket?: Ticket
  /** The pingback does not name the refund that it is about. */
  unnamed?: boolean
  chargebackReason?: Cancel['chargebackReason']
}

/**
 * Books a cancel of at most what is left, closes its ticket in
 * the same write, and tells the merchant.
 */
export function giveBack(simulation: Simulation, { impUid }: Payment, giving: Giving): Done {
  // i'mport may believe less than is true.
  const payment = simulation.store.payment(impUid)
  if (!payment) throw new Error(`There is no payment ${impUid}.`)
  const cancel: Cancel = {
    cancellationId: `cncl_${simulation.dice.hex(12)}`,
    amount: giving.amount,
    reason: giving.reason,
    origin: giving.origin,
    cancelledAt: nowSeconds(simulation),
    enableWebhook: giving.enableWebhook,
    chargebackReason: giving.chargebackReason ?? '1',
    ticketId: giving.ticket?.id ?? null,
  }
  const returned: Payment = { ...payment, cancels: [...payment.cancels, cancel], updatedAtMs: simulation.clock.now() }
  const tickets: Ticket[] = giving.ticket ? [{ ...giving.ticket, state: 'completed' }] : []
  simulation.store.save({ payments: [returned], tickets })
  const all = giving.amount === leftOf(payment) && (giving.ticket?.whole ?? true)
  return { payment: returned, told: tellReturned(simulation, returned, cancel, all, giving) }
}

// i'mport's own name of a cancel that it asked for is what Paymentwall echoes to it.
function tellReturned(simulation: Simulation, payment: Payment, cancel: Cancel, all: boolean, giving: Giving) {
  const byPingback = isByPingback(payment)
  if (byPingback) simulation.ear.oweCancel(payment.impUid, cancel.cancellationId)
  const named = byPingback && cancel.origin === 'call' ? cancel.cancellationId : giving.merchantRefundId
  const merchantRefundId = giving.unnamed ? null : named
  return simulation.tell(payment, { kind: 'returned', cancel, all, merchantRefundId })
}

/** Refused: not a word to anybody (iamport.md §4.2, a declined ticket). */
export function refuseTicket(simulation: Simulation, ticket: Ticket): Ticket {
  const refused: Ticket = { ...ticket, state: 'refused' }
  simulation.store.save({ tickets: [refused] })
  return refused
}

/** Mislaid: no wire tells it from one that waits. */
export function loseTicket(simulation: Simulation, ticket: Ticket): Ticket {
  const lost: Ticket = { ...ticket, lost: true }
  simulation.store.save({ tickets: [lost] })
  return lost
}

/**
 * The money did not go back after all: the booked entry is gone.
 * No wire has a word for it, so nothing is told.
 */
export function takeBack(simulation: Simulation, payment: Payment, cancel: Cancel): Payment {
  const cancels = payment.cancels.filter((booked) => booked.cancellationId !== cancel.cancellationId)
  const reversed: Payment = { ...payment, cancels, updatedAtMs: simulation.clock.now() }
  simulation.store.save({ payments: [reversed] })
  return reversed
}

function nowSeconds(simulation: Simulation): number {
  return Math.floor(simulation.clock.now() / 1000)
}

// `imp_` and digits; `b…` for a payment, `t…` for the test method of a
// direct project (iamport.md §5, paymentwall.md §5.1).
function makeIds({ store, dice }: Simulation, order: Order, seconds: number): { impUid: string; ref: string } {
  const letter = order.gateway === 'paymentwall' && order.sandbox ? 't' : 'b'
  const ref = unused(store, () => `${letter}${seconds}${dice.digits(4)}`)
  return { ref, impUid: order.gateway === 'paymentwall' ? ref : unused(store, () => idAt(order.gateway, dice)) }
}

function idAt(gateway: Order['gateway'], dice: Dice): string {
  if (gateway === 'iamport') return `imp_${dice.digits(12)}`
  return `${dice.hex(8)}-${dice.hex(4)}-4${dice.hex(3)}-8${dice.hex(3)}-${dice.hex(12)}`
}

function unused(store: Store, make: () => string): string {
  let id = make()
  while (store.payment(id)) id = make()
  return id
}
