// The control calls that play a part for longer than one call: scripts for tickets, and strangers.
// Must not know what the parts do.
import type { Router, RouterContext } from '@koa/router'
import { z } from 'zod'
import { USUAL_AFTER_MS, VERY_LATE_MS } from '../play/tickets.ts'
import { FORGERIES, type Forgery } from '../post/forged.ts'
import { TICKET_ENDINGS, type Payment } from '../world/model.ts'
import type { Simulation } from '../world/simulation.ts'
import { AMOUNT } from './buy.ts'
import { answer, DURATION, paymentOf, validBody } from './control.ts'

const SCRIPT = z.strictObject({
  /** Null: its tickets wait for the desk. */
  ending: z.enum(TICKET_ENDINGS).nullable(),
  after: DURATION.optional(),
  amount: AMOUNT.optional(),
})
const FORGE = z.strictObject({
  kind: z.enum([...FORGERIES.iamport, ...FORGERIES.paymentwall, ...FORGERIES.portone]),
  /** The payment that it is about; left out: the last one. */
  payment: z.string().optional(),
})

export function plays(simulation: Simulation, router: Router): void {
  router.put('/payments/:id/script', (context) => setScript(simulation, context))
  router.post('/forge', (context) => forge(simulation, context))
}

/** For tickets that are filed from now on. */
async function setScript(simulation: Simulation, context: RouterContext): Promise<void> {
  const { ending, after, amount } = await validBody(context, SCRIPT)
  const payment = paymentOf(simulation, context)
  const afterMs = after ?? (ending === 'veryLate' ? VERY_LATE_MS : USUAL_AFTER_MS)
  const script = ending === null ? null : { ending, afterMs, amount: amount ?? null }
  simulation.store.save({ payments: [{ ...payment, script }] })
  answer(context, { script })
}

async function forge(simulation: Simulation, context: RouterContext): Promise<void> {
  const { kind, payment: id } = await validBody(context, FORGE)
  const gateway = gatewayOf(kind)
  const payment = meant(simulation, id, gateway)
  if (!payment) return context.throw(404, `There is no payment ${id ?? `through ${gateway}`} to write about.`)
  const sent = simulation.forge(payment, kind)
  if (!sent) return context.throw(409, 'There is no address that it could go to.')
  answer(context, { kind, about: payment.impUid })
}

function gatewayOf(kind: Forgery): Payment['gateway'] {
  const all: Readonly<Record<Payment['gateway'], readonly Forgery[]>> = FORGERIES
  if (all.iamport.includes(kind)) return 'iamport'
  return all.portone.includes(kind) ? 'portone' : 'paymentwall'
}

function meant({ store }: Simulation, id: string | undefined, gateway: Payment['gateway']): Payment | undefined {
  if (id === undefined) return store.payments().findLast((payment) => payment.gateway === gateway)
  const payment = store.payment(id)
  return payment?.gateway === gateway ? payment : undefined
}
