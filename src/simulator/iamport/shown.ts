// What i'mport's reads show of a payment: whether at all, with
// which contradictions, through which distortions.
// Must not know endpoints, nor how payments change.
import type { Faults } from '../world/faults.ts'
import { statusOf, statusTimeOf, type Payment } from '../world/model.ts'
import type { Simulation } from '../world/simulation.ts'
import { iamportPayment } from './account.ts'
import { inOrder, paymentObject } from './shape.ts'
import { distort, type Wire } from './wire.ts'

/** The payment's own switches win over those of all payments. */
export function wireOf(faults: Faults, payment: Payment): Wire {
  const all = faults.now().wire
  return payment.wire === null ? all : { ...all, ...payment.wire }
}

export function shownStatus(payment: Payment): string {
  return payment.contradiction.status ?? statusOf(payment)
}

function isTest(payment: Payment): boolean {
  return payment.contradiction.sandbox ?? payment.sandbox
}

/** One by its imp_uid. Counts the answer where the payment is not seen yet. */
export function readSingle(simulation: Simulation, impUid: string, withTests: boolean): Payment | undefined {
  const payment = iamportPayment(simulation, impUid)
  if (!payment || payment.vanished || (isTest(payment) && !withTests)) return undefined
  if (!isUnseen(simulation, payment)) return payment
  simulation.looks.countKeptBack(payment.impUid)
  return undefined
}

/**
 * Whether order looks, lists and the batch show it.
 * `include_sandbox` is none of theirs (iamport.md §13).
 */
export function isListed(simulation: Simulation, payment: Payment): boolean {
  if (payment.vanished || isUnseen(simulation, payment)) return false
  return !isTest(payment) || wireOf(simulation.faults, payment).testPayments === 'everywhere'
}

function isUnseen(simulation: Simulation, payment: Payment): boolean {
  const { unseenLooks } = wireOf(simulation.faults, payment)
  return payment.outcome === 'paid' && simulation.looks.keptBack(payment.impUid) < unseenLooks
}

/** Unix seconds, as a reader of the payment would have them. */
export function shownTimes(simulation: Simulation, payment: Payment): { paidAt: number; statusAt: number } {
  const statusAt = statusTimeOf(payment)
  if (payment.outcome !== 'paid') return { paidAt: payment.paidAt, statusAt }
  const { backDated } = wireOf(simulation.faults, payment)
  return { paidAt: payment.paidAt - backDated, statusAt: statusAt - backDated }
}

/** Counts as an answer that shows the payment. */
export function showPayment(simulation: Simulation, payment: Payment, withExtension = false): object {
  const ids = payment.cancels.map(({ cancellationId }) => cancellationId)
  const before = simulation.looks.countShown(payment.impUid, ids)
  const entries = new Map(
    payment.cancels.map(({ cancellationId, origin }) => {
      const shownBefore = before.entries.get(cancellationId) ?? 0
      return [cancellationId, { asked: origin === 'call', shownBefore }]
    }),
  )
  // What contradicts the truth stands in its place.
  const shown = { ...payment, ...payment.contradiction, status: shownStatus(payment) }
  const object = paymentObject(shown, withExtension)
  return inOrder(distort(object, { answersBefore: before.answers, entries }, wireOf(simulation.faults, payment)))
}
