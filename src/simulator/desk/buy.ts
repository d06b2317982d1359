// The control call of the buyer: pays, fails or leaves in the payment window, and comes back to
// the shop in the browser.
// Must not know what follows from a payment, nor how it is told.
import type { RouterContext } from '@koa/router'
import { z } from 'zod'
import { COURSES, follow, IAMPORT_COURSES } from '../play/courses.ts'
import { attemptsOf } from '../portone/account.ts'
import { tellFailed } from '../portone/news.ts'
import { browseBack } from '../post/browser.ts'
import { isLoopback } from '../world/loopback.ts'
import { confirmedAfterMs } from '../world/methods.ts'
import { CURRENCY, isByPingback, PG_PROVIDER } from '../world/model.ts'
import { fromMajor } from '../world/money.ts'
import { whyNoWindow } from '../world/setUp.ts'
import { approve, pay, type Done, type Order, type Outcome, type Simulation } from '../world/simulation.ts'
import { answer, DURATION, validBody } from './control.ts'

export const AMOUNT = z.number().int().positive()
const OWN_ADDRESS = z
  .url({ protocol: /^https?$/ })
  .refine(isLoopback, 'must be an address of this machine: localhost, 127.0.0.1 or [::1]')

/** An order in the buyer's hand. */
export const ORDER = z.strictObject({
  merchantUid: z.string().min(1).max(256),
  method: z.string().min(1).max(20).default('card'),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be two capital letters, like DE')
    .optional(),
  amount: AMOUNT.optional(),
  currency: CURRENCY.optional(),
  pgProvider: PG_PROVIDER.default('paymentwall'),
  sandbox: z.boolean().default(false),
  noticeUrl: OWN_ADDRESS.optional(),
  gateway: z.enum(['iamport', 'paymentwall', 'portone']).default('iamport'),
  uid: z.string().min(1).max(64).default('buyer'),
  /** Where its pingbacks are wanted: heeded where the project says so. */
  pingbackUrl: OWN_ADDRESS.optional(),
})
const PAY = ORDER.extend({
  outcome: z.enum(['paid', 'declined', 'approvedLate', 'ready']).default('paid'),
  /** Approved late, or left: it is approved after this time, without the desk. */
  approveAfter: DURATION.optional(),
  /** Late: confirmed when the method is, which may be a month from now (paymentwall.md §11). */
  confirmed: z.enum(['atOnce', 'late']).default('atOnce'),
  /** What becomes of it later. */
  course: z.enum(COURSES).optional(),
  /** Where the buyer's browser goes when the window closes. */
  returnUrl: OWN_ADDRESS.optional(),
})
type Asked = z.infer<typeof PAY>

const AFTER_WEBHOOK_MS = 5_000

export async function buy(simulation: Simulation, context: RouterContext): Promise<void> {
  const asked = await validBody(context, PAY)
  if (asked.course && (asked.outcome !== 'paid' || asked.confirmed === 'late' || asked.approveAfter !== undefined)) {
    return context.throw(422, 'course: says itself what becomes of the payment; leave the outcome out.')
  }
  if (asked.course && asked.gateway !== 'paymentwall' && !IAMPORT_COURSES.includes(asked.course)) {
    return context.throw(409, `Through ${asked.gateway} nobody hears of a ${asked.course}.`)
  }
  mustOpen(simulation, context)
  if (asked.gateway === 'portone') mustBeUnpaid(simulation, context, asked.merchantUid)
  const order = orderAsked(simulation, context, asked)
  const done = asked.course ? follow(simulation, order, asked.course) : paid(simulation, order, asked)
  if (asked.gateway === 'portone' && done.payment.outcome === 'failed') void tellFailed(simulation, done.payment)
  await untilIamportKnows(done)
  if (simulation.faults.now().iamport.redirect === 'afterWebhook') await webhookOut(simulation, done)
  answer(context, { impUid: done.payment.impUid })
  if (asked.returnUrl) void browseBack(simulation, done.payment, asked.returnUrl)
}

export function mustOpen(simulation: Simulation, context: RouterContext): void {
  const why = whyNoWindow(simulation.faults.now().setUp)
  if (why !== undefined) context.throw(409, why)
}

/** Of several attempts one may succeed: a paid id is refused by the window (portone.md §3). */
export function mustBeUnpaid(simulation: Simulation, context: RouterContext, paymentId: string): void {
  const isPaid = attemptsOf(simulation, paymentId).some(({ outcome }) => outcome === 'paid')
  if (isPaid) context.throw(409, `The window does not open: ${paymentId} is paid.`)
}

/** Nobody waits for the merchant: only for i'mport, whose reads show what it has heard. */
export async function untilIamportKnows({ payment, told }: Done): Promise<void> {
  if (isByPingback(payment)) await told
}

async function webhookOut({ ear }: Simulation, { payment, told }: Done): Promise<void> {
  const out = told.then(() => ear.followed(payment.impUid))
  await Promise.race([out, new Promise((resolve) => setTimeout(resolve, AFTER_WEBHOOK_MS).unref())])
}

function paid(simulation: Simulation, order: Order, { outcome, approveAfter, confirmed, method }: Asked): Done {
  const late = confirmed === 'late' && outcome === 'paid' ? confirmedAfterMs(method) : 0
  const first: Outcome = late > 0 ? 'ready' : outcome
  const done = pay(simulation, order, first)
  const waits = first === 'approvedLate' || first === 'ready'
  const afterMs = late > 0 ? late : approveAfter
  if (waits && afterMs !== undefined) simulation.clock.after(afterMs, () => approveThen(simulation, done))
  return done
}

// The desk may have been faster.
async function approveThen(simulation: Simulation, done: Done): Promise<void> {
  const payment = simulation.store.payment(done.payment.impUid)
  if (payment && payment.outcome !== 'paid') await approve(simulation, payment).told
}

/**
 * As it is prepared where it does not say more. A registration without a currency checks none; KRW
 * is what a window without one asks (iamport.md §3.3, §7).
 */
export function orderAsked(simulation: Simulation, context: RouterContext, asked: z.infer<typeof ORDER>): Order {
  const known = asked.gateway === 'iamport' ? simulation.store.prepared(asked.merchantUid, 'ours') : undefined
  const registered = asked.gateway === 'portone' ? simulation.portone.registered(asked.merchantUid) : undefined
  const currency = asked.currency ?? registered?.currency ?? (known ? (known.currency ?? 'KRW') : undefined)
  const amount =
    asked.amount ?? registered?.amount ?? (known && currency ? fromMajor(known.amount, currency) : undefined)
  if (currency === undefined || amount === undefined) {
    return context.throw(422, `${asked.merchantUid} is not prepared: prepare it, or give both amount and currency.`)
  }
  const { merchantUid, gateway, pgProvider, uid, method, sandbox } = asked
  const { country = null, noticeUrl = null, pingbackUrl = null } = asked
  const named = { merchantUid, gateway, pgProvider, uid, method, sandbox, country, noticeUrl, pingbackUrl }
  return { ...named, amount, currency, subscription: null, script: null }
}
