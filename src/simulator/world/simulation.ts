// The parts of one running simulator, and what happens to money
// in it: paid, approved, asked back, given back.
// Must not know HTTP: endpoints and the desk judge, then call one of these.
import { randomBytes, randomInt } from 'node:crypto'
import type { Tokens } from '../iamport/tokens.ts'
import type { Messenger } from '../post/webhooks.ts'
import type { Calls } from './calls.ts'
import type { Faults } from './faults.ts'
import type { Looks } from './looks.ts'
import { leftOf, type Cancel, type Payment, type Ticket } from './model.ts'
import type { Store } from './store.ts'

export type Simulation = {
  store: Store
  faults: Faults
  tokens: Tokens
  calls: Calls
  looks: Looks
  messenger: Messenger
  tellMerchant: (payment: Payment, news: News) => Promise<void>
  clock: () => number
  log: (line: string) => void
}
/** What the merchant hears of; each wire says it in its own words. */
export type News = { kind: 'paid' } | Returned
export type Returned = {
  kind: 'returned'
  cancel: Cancel
  all: boolean
  merchantRefundId: string | null
  enableWebhook: boolean
}

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
>
export type Outcome = 'paid' | 'declined' | 'approvedLate' | 'ready'

// Word for word what a payment says that Paymentwall's fraud
// review has stopped for now (iamport.md §6).
const UNDER_REVIEW = '(PG사 결제 장애) Internal error'
const DECLINED = '(PG사 결제 실패) Payment was declined'

export function pay(simulation: Simulation, order: Order, outcome: Outcome): Payment {
  const seconds = nowSeconds(simulation)
  const paid = outcome === 'paid'
  const failReason = failReasonOf(outcome)
  const made: Payment = {
    ...order,
    ...makeIds(simulation.store, order, seconds),
    number: simulation.store.nextNumber(),
    outcome: outcome === 'paid' || outcome === 'ready' ? outcome : 'failed',
    underReview: outcome === 'approvedLate',
    failReason,
    startedAt: seconds,
    paidAt: paid ? seconds : 0,
    failedAt: failReason === null ? 0 : seconds,
    updatedAtMs: simulation.clock(),
    cancels: [],
    toldWhenPaid: tellsNow(simulation),
    vanished: false,
    contradiction: {},
    wire: null,
  }
  simulation.store.save({ payments: [made] })
  // A one-off failure, or a buyer who left, is told to nobody (iamport.md §6).
  if (paid) void simulation.tellMerchant(made, { kind: 'paid' })
  return made
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
export function approve(simulation: Simulation, payment: Payment): Payment {
  const approved: Payment = {
    ...payment,
    outcome: 'paid',
    underReview: false,
    failReason: null,
    paidAt: nowSeconds(simulation),
    updatedAtMs: simulation.clock(),
    toldWhenPaid: tellsNow(simulation),
  }
  simulation.store.save({ payments: [approved] })
  void simulation.tellMerchant(approved, { kind: 'paid' })
  return approved
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
    id: `ticket-${randomBytes(4).toString('hex')}`,
    impUid: payment.impUid,
    merchantUid: payment.merchantUid,
    currency: payment.currency,
    state: 'open',
    openedAt: new Date(simulation.clock()).toISOString(),
  }
  simulation.store.save({ tickets: [ticket] })
  return ticket
}

export type Giving = {
  amount: number
  reason: string
  origin: Cancel['origin']
  merchantRefundId: string | null
  enableWebhook: boolean
  ticket?: Ticket
}

/**
 * Books a cancel of at most what is left, closes its ticket in
 * the same write, and tells the merchant.
 */
export function giveBack(simulation: Simulation, payment: Payment, giving: Giving) {
  const cancel: Cancel = {
    cancellationId: `cncl_${randomBytes(6).toString('hex')}`,
    amount: giving.amount,
    reason: giving.reason,
    origin: giving.origin,
    cancelledAt: nowSeconds(simulation),
  }
  const returned: Payment = { ...payment, cancels: [...payment.cancels, cancel], updatedAtMs: simulation.clock() }
  const tickets: Ticket[] = giving.ticket ? [{ ...giving.ticket, state: 'completed' }] : []
  simulation.store.save({ payments: [returned], tickets })
  const { merchantRefundId, enableWebhook } = giving
  const all = giving.amount === leftOf(payment) && (giving.ticket?.whole ?? true)
  const told = simulation.tellMerchant(returned, { kind: 'returned', cancel, all, merchantRefundId, enableWebhook })
  return { payment: returned, told }
}

/** Refused: not a word to anybody (iamport.md §4.2, a declined ticket). */
export function refuseTicket(simulation: Simulation, ticket: Ticket): Ticket {
  const refused: Ticket = { ...ticket, state: 'refused' }
  simulation.store.save({ tickets: [refused] })
  return refused
}

/**
 * The money did not go back after all: the booked entry is gone.
 * No wire has a word for it, so nothing is told.
 */
export function takeBack(simulation: Simulation, payment: Payment, cancel: Cancel): Payment {
  const cancels = payment.cancels.filter((booked) => booked.cancellationId !== cancel.cancellationId)
  const reversed: Payment = { ...payment, cancels, updatedAtMs: simulation.clock() }
  simulation.store.save({ payments: [reversed] })
  return reversed
}

function nowSeconds(simulation: Simulation): number {
  return Math.floor(simulation.clock() / 1000)
}

// `imp_` and digits; `b…` for a payment, `t…` for the test method of a
// direct project (iamport.md §5, paymentwall.md §5.1).
function makeIds(store: Store, order: Order, seconds: number): { impUid: string; ref: string } {
  const letter = order.gateway === 'paymentwall' && order.sandbox ? 't' : 'b'
  const ref = unused(store, () => `${letter}${seconds}${digits(4)}`)
  return { ref, impUid: order.gateway === 'paymentwall' ? ref : unused(store, () => `imp_${digits(12)}`) }
}

function unused(store: Store, make: () => string): string {
  let id = make()
  while (store.payment(id)) id = make()
  return id
}

function digits(count: number): string {
  return String(randomInt(10 ** count)).padStart(count, '0')
}
