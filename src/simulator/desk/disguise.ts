// The control calls that change what reads show of one payment,
// and nothing else: its money stays where it is.
// Must not know how it is shown.
import type { Router, RouterContext } from '@koa/router'
import { PAYMENT_WIRE } from '../iamport/wire.ts'
import { PORTONE_PAYMENT } from '../portone/switches.ts'
import { CONTRADICTION, type Payment } from '../world/model.ts'
import type { Simulation } from '../world/simulation.ts'
import { answer, NOTHING, paymentOf, showPayment, validBody } from './control.ts'

export function disguise(simulation: Simulation, router: Router): void {
  router.put('/payments/:id/wire', (context) => setWire(simulation, context))
  router.post('/payments/:id/vanish', (context) => setVanished(simulation, context, true))
  router.post('/payments/:id/appear', (context) => setVanished(simulation, context, false))
  router.post('/payments/:id/contradict', (context) => contradict(simulation, context))
}

/** Only the named switches change; the answer has those of this payment alone. */
async function setWire(simulation: Simulation, context: RouterContext): Promise<void> {
  const payment = shownByReads(simulation, context)
  const change = await validBody(context, payment.gateway === 'portone' ? PORTONE_PAYMENT : PAYMENT_WIRE)
  const wire = { ...payment.wire, ...change }
  save(simulation, { ...payment, wire })
  answer(context, { wire })
}

async function setVanished(simulation: Simulation, context: RouterContext, vanished: boolean): Promise<void> {
  await validBody(context, NOTHING)
  answer(context, { payment: showPayment(save(simulation, { ...shownByReads(simulation, context), vanished })) })
}

/** Replaces what was contradicted before; an empty body takes it all back. */
async function contradict(simulation: Simulation, context: RouterContext): Promise<void> {
  const contradiction = await validBody(context, CONTRADICTION)
  save(simulation, { ...shownByReads(simulation, context), contradiction })
  answer(context, { contradiction })
}

function shownByReads(simulation: Simulation, context: RouterContext): Payment {
  const payment = paymentOf(simulation, context)
  if (payment.gateway !== 'paymentwall') return payment
  return context.throw(
    409,
    `Payment ${payment.impUid} was made at Paymentwall directly: no read of PortOne's shows it.`,
  )
}

// Not an update of the payment: the order of updates in lists stays as it was.
function save(simulation: Simulation, payment: Payment): Payment {
  simulation.store.save({ payments: [payment] })
  return payment
}
