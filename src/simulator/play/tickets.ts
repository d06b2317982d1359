// How the tickets of a payment are worked where the desk has a script for them: people who follow
// it, by the simulator's clock.
// Must not know who filed a ticket, nor over which wire.
import { whyNotRefundable } from '../world/methods.ts'
import { leftOf, type Payment, type Ticket, type TicketScript } from '../world/model.ts'
import { giveBack, openTicket, refuseTicket, type Giving, type Simulation } from '../world/simulation.ts'

const HOUR_MS = 3_600_000
/** From filing to ending, where a script does not say it. */
export const USUAL_AFTER_MS = 2 * HOUR_MS
export const VERY_LATE_MS = 60 * 24 * HOUR_MS

/**
 * Opens a ticket that is worked as its payment's script says; without one it waits for the desk.
 */
export function fileTicket(
  simulation: Simulation,
  payment: Payment,
  request: Parameters<typeof openTicket>[2],
): Ticket {
  const ticket = openTicket(simulation, payment, request)
  workLater(simulation, ticket)
  return ticket
}

/** What was waiting when the program ended waits on. */
export function resumeTickets(simulation: Simulation): void {
  for (const ticket of simulation.store.tickets()) {
    if (ticket.state === 'open') workLater(simulation, ticket)
  }
}

/** How a call that asks for a ticket is answered; undefined: as ever. */
export function scriptedAnswer({ script }: Payment): 'refuse' | 'html502' | 'lostAnswer' | undefined {
  if (script?.ending === 'result0') return 'refuse'
  if (script?.ending === 'html502') return 'html502'
  return script?.ending === 'timeoutAfterFiling' ? 'lostAnswer' : undefined
}

/** A sentence where people can never carry this payment's tickets out. */
export function whyNeverDone(simulation: Simulation, { method, paidAt }: Payment): string | undefined {
  return whyNotRefundable(method, paidAt, Math.floor(simulation.clock.now() / 1000))
}

function workLater(simulation: Simulation, ticket: Ticket): void {
  const payment = simulation.store.payment(ticket.impUid)
  const script = payment?.script
  if (!payment || !script || whyNeverDone(simulation, payment)) return
  const dueMs = Date.parse(ticket.openedAt) + script.afterMs
  simulation.clock.after(Math.max(0, dueMs - simulation.clock.now()), () => work(simulation, ticket.id, script))
}

async function work(simulation: Simulation, ticketId: string, script: TicketScript): Promise<void> {
  const ticket = simulation.store.ticket(ticketId)
  const payment = simulation.store.payment(ticket?.impUid ?? '')
  // The desk may have been faster, or has mislaid it.
  if (!ticket || !payment || ticket.state !== 'open' || ticket.lost) return
  const left = leftOf(payment)
  if (script.ending === 'silentRefusal' || left === 0) return void refuseTicket(simulation, ticket)
  if (script.ending === 'chargebackFirst') return takenFirst(simulation, payment, ticket)
  const part = Math.max(1, script.amount ?? Math.floor(ticket.amount / 2))
  const giving: Giving = {
    amount: Math.min(script.ending === 'partial' ? part : ticket.amount, left),
    reason: ticket.reason,
    origin: 'call',
    merchantRefundId: ticket.merchantRefundId,
    enableWebhook: ticket.enableWebhook,
    ticket,
    unnamed: script.ending === 'withoutRefundId',
  }
  await giveBack(simulation, payment, giving).told
  if (script.ending !== 'doneTwice') return
  simulation.clock.after(script.afterMs, () => doAgain(simulation, payment.impUid, giving))
}

async function takenFirst(simulation: Simulation, payment: Payment, ticket: Ticket): Promise<void> {
  const taken: Giving = {
    amount: leftOf(payment),
    reason: 'chargeback',
    origin: 'chargeback',
    merchantRefundId: null,
    enableWebhook: false,
  }
  refuseTicket(simulation, ticket)
  await giveBack(simulation, payment, taken).told
}

// The same people, or others, find the letter again.
async function doAgain(simulation: Simulation, impUid: string, { ticket, ...giving }: Giving): Promise<void> {
  const payment = simulation.store.payment(impUid)
  if (!payment) return
  if (leftOf(payment) >= giving.amount) {
    await giveBack(simulation, payment, giving).told
    return
  }
  const cancel = payment.cancels.findLast(({ origin }) => origin === 'call')
  const all = ticket?.whole ?? true
  const merchantRefundId = payment.gateway === 'iamport' ? (cancel?.cancellationId ?? null) : giving.merchantRefundId
  if (cancel) await simulation.tell(payment, { kind: 'returned', cancel, all, merchantRefundId })
}
