// The control API: the buyer in the payment window, the people
// at Paymentwall's desk, and the faults.
// Must not know the vendors' wires: it judges what may happen and lets it happen.
import { Router, type RouterContext } from '@koa/router'
import { z } from 'zod'
import { deskPage } from '../pages/page.ts'
import { PAGE_POLICY } from '../pages/widget.ts'
import { FAULT_CHANGE } from '../world/faults.ts'
import { isLoopback } from '../world/loopback.ts'
import { CURRENCY, leftOf, PG_PROVIDER, statusOf, type Payment, type Ticket } from '../world/model.ts'
import { fromMajor } from '../world/money.ts'
import { approve, giveBack, pay, refuseTicket, takeBack, type Simulation } from '../world/simulation.ts'
import { answer, answerError, NOTHING, paymentOf, refuseStrangers, showPayment, validBody } from './control.ts'
import { disguise } from './disguise.ts'

const AMOUNT = z.number().int().positive()
const PAY = z.strictObject({
  merchantUid: z.string().min(1).max(256),
  outcome: z.enum(['paid', 'declined', 'approvedLate', 'ready']),
  method: z.string().min(1).max(20).default('card'),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be two capital letters, like DE')
    .optional(),
  amount: AMOUNT.optional(),
  currency: CURRENCY.optional(),
  pgProvider: PG_PROVIDER.default('paymentwall'),
  sandbox: z.boolean().default(false),
  noticeUrl: z
    .url({ protocol: /^https?$/ })
    .refine(isLoopback, 'must be an address of this machine: localhost, 127.0.0.1 or [::1]')
    .optional(),
  gateway: z.enum(['iamport', 'paymentwall']).default('iamport'),
  uid: z.string().min(1).max(64).default('buyer'),
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
  router.get('/', showPage)
  router.post('/pay', (context) => buy(simulation, context))
  router.get('/tickets', (context) => answer(context, { tickets: simulation.store.tickets().map(showTicket) }))
  router.post('/tickets/:id/complete', (context) => completeTicket(simulation, context))
  router.post('/tickets/:id/refuse', (context) => sayNo(simulation, context))
  router.get('/payments', (context) => answer(context, { payments: simulation.store.payments().map(showPayment) }))
  router.post('/payments/:id/approve', (context) => approveLate(simulation, context))
  router.post('/payments/:id/chargeback', (context) => moveOutside(simulation, context, 'chargeback'))
  router.post('/payments/:id/consoleCancel', (context) => moveOutside(simulation, context, 'console'))
  router.post('/payments/:id/reverse', (context) => reverse(simulation, context))
  disguise(simulation, router)
  router.get('/calls', (context) => answer(context, { calls: simulation.calls.all() }))
  router.get('/faults', (context) => answer(context, simulation.faults.now()))
  router.put('/faults', async (context) =>
    answer(context, simulation.faults.set(await validBody(context, FAULT_CHANGE))),
  )
  router.post('/reset', (context) => reset(simulation, context))
  router.all('/*rest', (context) => context.throw(404, `There is no control call ${context.method} ${context.path}.`))
  return router
}

async function buy(simulation: Simulation, context: RouterContext): Promise<void> {
  const { outcome, ...order } = await validBody(context, PAY)
  const known = order.gateway === 'iamport' ? simulation.store.prepared(order.merchantUid, 'ours') : undefined
  // A registration without a currency checks none; KRW is what a
  // window without one asks (iamport.md §3.3, §7).
  const currency = order.currency ?? (known ? (known.currency ?? 'KRW') : undefined)
  const amount = order.amount ?? (known && currency ? fromMajor(known.amount, currency) : undefined)
  if (currency === undefined || amount === undefined) {
    return context.throw(422, `${order.merchantUid} is not prepared: prepare it, or give both amount and currency.`)
  }
  const { country = null, noticeUrl = null } = order
  const made = pay(simulation, { ...order, amount, currency, country, noticeUrl }, outcome)
  answer(context, { impUid: made.impUid })
}

async function completeTicket(simulation: Simulation, context: RouterContext): Promise<void> {
  const { amount } = await validBody(context, SOME_AMOUNT)
  const ticket = openTicketOf(simulation, context)
  const payment = simulation.store.payment(ticket.impUid)
  if (!payment) return context.throw(404, `There is no payment ${ticket.impUid}.`)
  const { reason, merchantRefundId, enableWebhook } = ticket
  const giving = { amount: amount ?? ticket.amount, reason, merchantRefundId, enableWebhook, ticket }
  mustFit(context, payment, giving.amount)
  giveBack(simulation, payment, { ...giving, origin: 'call' })
  answer(context, { ticket: showTicket(simulation.store.ticket(ticket.id) ?? ticket) })
}

async function sayNo(simulation: Simulation, context: RouterContext): Promise<void> {
  await validBody(context, NOTHING)
  answer(context, { ticket: showTicket(refuseTicket(simulation, openTicketOf(simulation, context))) })
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
  answer(context, { payment: showPayment(approve(simulation, payment)) })
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
  answer(context, { payment: showPayment(giveBack(simulation, payment, giving).payment) })
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
  simulation.messenger.forget()
  simulation.store.clear()
  simulation.faults.reset()
  simulation.calls.reset()
  simulation.looks.reset()
  answer(context, {})
}

function showTicket({ id, impUid, merchantUid, amount, currency, state, openedAt, reason }: Ticket) {
  return { id, impUid, merchantUid, amount, currency, state, openedAt, reason }
}

function showPage(context: RouterContext): void {
  context.set('content-security-policy', PAGE_POLICY)
  context.type = 'html'
  context.body = deskPage()
}
