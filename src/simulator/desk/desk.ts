// The control API: the buyer in the payment window, the people at Paymentwall's desk, and the faults.
// Must not know the vendors' wires: it judges what may happen and lets it happen.
import { Router, type RouterContext } from '@koa/router'
import { z } from 'zod'
import { bodyObject } from '../endpoint.ts'
import { FAULT_CHANGE } from '../world/faults.ts'
import { leftOf, returnedOf, statusOf, type Payment, type Ticket } from '../world/model.ts'
import { fromMajor } from '../world/money.ts'
import { deskPage } from '../pages/page.ts'
import { approve, giveBack, pay, refuseTicket, takeBack, type Simulation } from '../world/simulation.ts'
import { PAGE_POLICY } from '../pages/widget.ts'

const AMOUNT = z.number().int().positive()
const PAY = z.strictObject({
  merchantUid: z.string().min(1).max(256),
  outcome: z.enum(['paid', 'declined', 'approvedLate']),
  method: z.string().min(1).max(20).default('card'),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be two capital letters, like DE')
    .optional(),
  amount: AMOUNT.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be three capital letters, like USD')
    .optional(),
  sandbox: z.boolean().default(false),
  noticeUrl: z.url({ protocol: /^https?$/ }).optional(),
  gateway: z.enum(['iamport', 'paymentwall']).default('iamport'),
  uid: z.string().min(1).max(64).default('buyer'),
})
const SOME_AMOUNT = z.strictObject({ amount: AMOUNT.optional() })
const NOTHING = z.strictObject({})

export function deskRoutes(simulation: Simulation): Router {
  const router = new Router({ prefix: '/__sim' })
  router.use(async (context, next) => {
    await next().catch((error: unknown) => answerError(simulation, context, error))
  })
  router.get('/', showPage)
  router.post('/pay', (context) => buy(simulation, context))
  router.get('/tickets', (context) => answer(context, { tickets: simulation.store.tickets().map(showTicket) }))
  router.post('/tickets/:id/complete', (context) => completeTicket(simulation, context))
  router.post('/tickets/:id/refuse', (context) => sayNo(simulation, context))
  router.get('/payments', (context) => answer(context, { payments: simulation.store.payments().map(showPayment) }))
  router.post('/payments/:id/approve', (context) => approveLate(simulation, context))
  router.post('/payments/:id/chargeback', (context) => moveOutside(simulation, context, 'chargeback'))
  router.post('/payments/:id/consoleCancel', (context) => moveOutside(simulation, context, 'console cancel'))
  router.post('/payments/:id/reverse', (context) => reverse(simulation, context))
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
  const known = order.gateway === 'iamport' ? simulation.store.prepared(order.merchantUid) : undefined
  // A registration without a currency checks none; KRW is what a window without one asks (iamport.md §3.3, §7).
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
  const giving = { amount: amount ?? ticket.amount, reason: ticket.reason, cause: 'refund' as const, ticket }
  mustFit(context, payment, giving.amount)
  giveBack(simulation, payment, { ...giving, merchantRefundId: ticket.merchantRefundId })
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
  if (!payment.underReview) {
    return context.throw(409, `Payment ${payment.impUid} is ${statusOf(payment)} and not under review.`)
  }
  answer(context, { payment: showPayment(approve(simulation, payment)) })
}

/** Money that goes back without the merchant's asking; all that is left, where no amount is given. */
async function moveOutside(
  simulation: Simulation,
  context: RouterContext,
  reason: 'chargeback' | 'console cancel',
): Promise<void> {
  const { amount } = await validBody(context, SOME_AMOUNT)
  const payment = paymentOf(simulation, context)
  const giving = { amount: amount ?? leftOf(payment), reason, merchantRefundId: null }
  mustFit(context, payment, giving.amount)
  const cause = reason === 'chargeback' ? 'chargeback' : 'refund'
  answer(context, { payment: showPayment(giveBack(simulation, payment, { ...giving, cause }).payment) })
}

async function reverse(simulation: Simulation, context: RouterContext): Promise<void> {
  const { amount } = await validBody(context, SOME_AMOUNT)
  const payment = paymentOf(simulation, context)
  const cancel = payment.cancels.findLast((booked) => amount === undefined || booked.amount === amount)
  if (!cancel) return context.throw(409, `Payment ${payment.impUid} has no such booked cancel.`)
  answer(context, { payment: showPayment(takeBack(simulation, payment, cancel)) })
}

function paymentOf(simulation: Simulation, context: RouterContext): Payment {
  return (
    simulation.store.payment(context.params.id ?? '') ?? context.throw(404, `There is no payment ${context.params.id}.`)
  )
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
  answer(context, {})
}

async function validBody<Body>(context: RouterContext, schema: z.ZodType<Body>): Promise<Body> {
  const body = await bodyObject(context)
  if (body === undefined) return context.throw(422, 'The body is not a JSON object.')
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`)
  return context.throw(422, faults.join('; '))
}

function showTicket({ id, impUid, merchantUid, amount, currency, state, openedAt, reason }: Ticket) {
  return { id, impUid, merchantUid, amount, currency, state, openedAt, reason }
}

function showPayment(payment: Payment) {
  const { impUid, merchantUid, amount, currency, sandbox, gateway, ref, underReview } = payment
  const money = { status: statusOf(payment), amount, cancelAmount: returnedOf(payment), currency }
  return { impUid, merchantUid, ...money, sandbox, gateway, ref, underReview }
}

function showPage(context: RouterContext): void {
  context.set('content-security-policy', PAGE_POLICY)
  context.type = 'html'
  context.body = deskPage()
}

function answer(context: RouterContext, body: object): void {
  context.type = 'json'
  context.body = JSON.stringify(body)
}

const SAID = z.object({ status: z.number(), expose: z.literal(true), message: z.string() })

function answerError(simulation: Simulation, context: RouterContext, error: unknown): void {
  const said = SAID.safeParse(error)
  if (!said.success) simulation.log(`control call failed: ${error instanceof Error ? error.stack : String(error)}`)
  answer(context, { error: said.data?.message ?? 'The simulator failed; its log says why.' })
  context.status = said.data?.status ?? 500
}
