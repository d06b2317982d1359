// The control API: the buyer in the payment window, the people
// at Paymentwall's desk, and the faults.
// Must not know the vendors' wires: it judges what may happen and lets it happen.
import { Router, type RouterContext } from '@koa/router'
import { z } from 'zod'
import { whyNeverDone } from '../play/tickets.ts'
import { tellDeclined } from '../portone/news.ts'
import { FAULT_CHANGE, FAULTS } from '../world/faults.ts'
import { leftOf, statusOf, type Payment, type Ticket } from '../world/model.ts'
import { approve, giveBack, loseTicket, refuseTicket, takeBack, type Simulation } from '../world/simulation.ts'
import { AMOUNT, buy, untilIamportKnows } from './buy.ts'
import { answer, answerError, NOTHING, paymentOf, refuseStrangers, showPayment, validBody } from './control.ts'
import { disguise } from './disguise.ts'
import { plays } from './plays.ts'
import { scenarios } from './scenarios.ts'
import { time } from './time.ts'

const TOLD = z.strictObject({
  type: z.string().regex(/^\d{1,4}$/),
  reason: z
    .string()
    .regex(/^\d{1,2}$/)
    .optional(),
})
const SOME_AMOUNT = z.strictObject({ amount: AMOUNT.optional() })
const OUTSIDE = SOME_AMOUNT.extend({ reason: z.string().max(200).optional() })

export function deskRoutes(simulation: Simulation): Router {
  const router = new Router({ prefix: '/__sim' })
  router.use(async (context, next) => {
    try {
      refuseStrangers(context)
      await next()
    } catch (error) {
      answerError(simulation, context, error)
    }
  })
  router.post('/pay', (context) => buy(simulation, context))
  router.get('/tickets', (context) => answer(context, { tickets: simulation.store.tickets().map(showTicket) }))
  router.post('/tickets/:id/complete', (context) => completeTicket(simulation, context))
  router.post('/tickets/:id/refuse', (context) => sayNo(simulation, context))
  router.post('/tickets/:id/lose', (context) => mislay(simulation, context))
  router.get('/payments', (context) => answer(context, { payments: simulation.store.payments().map(showPayment) }))
  router.post('/payments/:id/approve', (context) => approveLate(simulation, context))
  router.post('/payments/:id/chargeback', (context) => moveOutside(simulation, context, 'chargeback'))
  router.post('/payments/:id/consoleCancel', (context) => moveOutside(simulation, context, 'console'))
  router.post('/payments/:id/pingback', (context) => tell(simulation, context))
  router.post('/payments/:id/reverse', (context) => reverse(simulation, context))
  disguise(simulation, router)
  time(simulation, router)
  plays(simulation, router)
  scenarios(simulation, router)
  router.get('/calls', (context) => answer(context, { calls: simulation.calls.all() }))
  router.get('/faults', (context) => answer(context, simulation.faults.now()))
  router.get('/faults/words', (context) => answer(context, { words: FAULTS }))
  router.put('/faults', async (context) =>
    answer(context, simulation.faults.set(await validBody(context, FAULT_CHANGE))),
  )
  router.post('/reset', (context) => reset(simulation, context))
  router.all('/*rest', (context) => context.throw(404, `There is no control call ${context.method} ${context.path}.`))
  return router
}

async function completeTicket(simulation: Simulation, context: RouterContext): Promise<void> {
  const { amount } = await validBody(context, SOME_AMOUNT)
  const ticket = openTicketOf(simulation, context)
  const payment = simulation.store.payment(ticket.impUid)
  if (!payment) return context.throw(404, `There is no payment ${ticket.impUid}.`)
  const { reason, merchantRefundId, enableWebhook } = ticket
  const giving = { amount: amount ?? ticket.amount, reason, merchantRefundId, enableWebhook, ticket }
  const never = whyNeverDone(simulation, payment)
  if (never) return context.throw(409, `${never} Refuse the ticket.`)
  mustFit(context, payment, giving.amount)
  await untilIamportKnows(giveBack(simulation, payment, { ...giving, origin: 'call' }))
  answer(context, { ticket: showTicket(simulation.store.ticket(ticket.id) ?? ticket) })
}

async function sayNo(simulation: Simulation, context: RouterContext): Promise<void> {
  await validBody(context, NOTHING)
  const ticket = refuseTicket(simulation, openTicketOf(simulation, context))
  void tellDeclined(simulation, ticket)
  answer(context, { ticket: showTicket(ticket) })
}

async function mislay(simulation: Simulation, context: RouterContext): Promise<void> {
  await validBody(context, NOTHING)
  answer(context, { ticket: showTicket(loseTicket(simulation, openTicketOf(simulation, context))) })
}

function openTicketOf(simulation: Simulation, context: RouterContext): Ticket {
  const ticket = simulation.store.ticket(context.params.id ?? '')
  if (!ticket) return context.throw(404, `There is no ticket ${context.params.id}.`)
  if (ticket.state !== 'open') return context.throw(409, `Ticket ${ticket.id} is ${ticket.state} already.`)
  return ticket
}

async function approveLate(simulation: Simulation, context: RouterContext): Promise<void> {
  await validBody(context, NOTHING)
  const payment = paymentOf(simulation, context)
  if (!payment.underReview && payment.outcome !== 'ready') {
    return context.throw(409, `Payment ${payment.impUid} is ${statusOf(payment)} and not under review.`)
  }
  const done = approve(simulation, payment)
  await untilIamportKnows(done)
  answer(context, { payment: showPayment(done.payment) })
}

const USUAL_REASON = { chargeback: 'chargeback', console: 'console cancel' }

/**
 * Money that goes back without the merchant's asking; all that is left, where no amount is given.
 */
async function moveOutside(
  simulation: Simulation,
  context: RouterContext,
  origin: 'chargeback' | 'console',
): Promise<void> {
  const { amount, reason = USUAL_REASON[origin] } = await validBody(context, OUTSIDE)
  const payment = paymentOf(simulation, context)
  const giving = { amount: amount ?? leftOf(payment), reason, origin, merchantRefundId: null, enableWebhook: false }
  mustFit(context, payment, giving.amount)
  const done = giveBack(simulation, payment, giving)
  await untilIamportKnows(done)
  answer(context, { payment: showPayment(done.payment) })
}

/** A pingback of any type: what it says has happened to nothing here. */
async function tell(simulation: Simulation, context: RouterContext): Promise<void> {
  const { type, reason = null } = await validBody(context, TOLD)
  const payment = paymentOf(simulation, context)
  if (payment.gateway !== 'paymentwall') {
    return context.throw(409, `Payment ${payment.impUid} was made through i'mport, which tells nobody of this.`)
  }
  void simulation.tell(payment, { kind: 'told', type, reason })
  answer(context, { payment: showPayment(payment) })
}

async function reverse(simulation: Simulation, context: RouterContext): Promise<void> {
  const { amount } = await validBody(context, SOME_AMOUNT)
  const payment = paymentOf(simulation, context)
  const cancel = payment.cancels.findLast((booked) => amount === undefined || booked.amount === amount)
  if (!cancel) return context.throw(409, `Payment ${payment.impUid} has no such booked cancel.`)
  answer(context, { payment: showPayment(takeBack(simulation, payment, cancel)) })
}

function mustFit(context: RouterContext, payment: Payment, amount: number): void {
  const left = leftOf(payment)
  if (amount <= left && amount > 0) return
  context.throw(422, `Only ${left} ${payment.currency} minor units are left of payment ${payment.impUid}.`)
}

async function reset(simulation: Simulation, context: RouterContext): Promise<void> {
  await validBody(context, NOTHING)
  simulation.armed = null
  simulation.messenger.forget()
  simulation.clock.forget('back')
  simulation.tokens.expireAhead()
  simulation.portone.reset()
  simulation.ear.reset()
  simulation.traffic.reset()
  simulation.store.clear()
  simulation.faults.reset()
  simulation.calls.reset()
  simulation.looks.reset()
  answer(context, {})
}

function showTicket({ id, impUid, merchantUid, amount, currency, state, lost, openedAt, reason }: Ticket) {
  return { id, impUid, merchantUid, amount, currency, state, lost, openedAt, reason }
}
