// What one PortOne store knows: its payments by order, and the tickets of each.
// Must not know how they are shown, nor how they change.
import type { Payment, Ticket } from '../world/model.ts'
import type { Simulation } from '../world/simulation.ts'

export function portonePayments({ store }: Simulation): Payment[] {
  return store.payments().filter(({ gateway, vanished }) => gateway === 'portone' && !vanished)
}

/** In the order of making. */
export function attemptsOf(simulation: Simulation, paymentId: string): Payment[] {
  return portonePayments(simulation).filter(({ merchantUid }) => merchantUid === paymentId)
}

/** Look and cancel go by the order: which attempt they mean is not said (portone.md §5). */
export function shownOf(simulation: Simulation, paymentId: string): Payment | undefined {
  if (simulation.faults.now().portone.shows === 'paid') return paidOf(simulation, paymentId)
  return attemptsOf(simulation, paymentId).at(-1)
}

/** The one that was paid, else the latest. */
export function paidOf(simulation: Simulation, paymentId: string): Payment | undefined {
  const attempts = attemptsOf(simulation, paymentId)
  return attempts.find(({ outcome }) => outcome === 'paid') ?? attempts.at(-1)
}

export function ticketsOf({ store }: Simulation, { impUid }: Payment): Ticket[] {
  return store.tickets().filter((ticket) => ticket.impUid === impUid)
}
