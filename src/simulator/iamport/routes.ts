// i'mport's REST API, V1, as far as a Paymentwall merchant meets it (iamport.md §2-§4).
// Must not know the desk or the faults' control; lists and cancels have files of their own.
import { Router, type RouterContext } from '@koa/router'
import { z } from 'zod'
import { IAMPORT_KEY, IAMPORT_SECRET } from '../credentials.ts'
import { bodyObject, sayMoved, vendorRoute, type Act, type Method } from '../endpoint.ts'
import { orderCame } from '../play/orders.ts'
import type { Simulation } from '../world/simulation.ts'
import { channels, iamportPayment, prepared } from './account.ts'
import { cancel, NUMBER } from './cancel.ts'
import { byStatus, findAll, findOne, severalAtOnce } from './lists.ts'
import { answer, NOT_FOUND, refuse } from './shape.ts'
import { readSingle, showPayment } from './shown.ts'

const BAD_PARAMETERS = '요청 파라메터가 올바르지 않습니다.'
const NOT_PREPARED = '사전등록된 결제정보가 존재하지 않습니다.'
const ALREADY_PREPARED = '결제정보 사전등록에 실패하였습니다(이미 등록된 merchant_uid입니다).'

export function iamportRoutes(simulation: Simulation): Router {
  const router = new Router()
  const open = (method: Method, paths: string[], act: Act) =>
    vendorRoute(simulation, router, { of: 'iamport', method, paths, act })
  const withToken = (method: Method, paths: string[], act: Act) =>
    open(method, paths, (context) => (hasToken(simulation, context) ? act(context) : refuseToken(context)))

  open('post', ['/users/getToken'], (context) => giveToken(simulation, context))
  withToken('get', ['/users/pg'], (context) => answer(context, channels(simulation)))
  withToken('get', ['/payments'], (context) => severalAtOnce(simulation, context))
  withToken('post', ['/payments/cancel'], (context) => cancel(simulation, context))
  withToken('post', ['/payments/prepare'], (context) => prepare(simulation, context, false))
  withToken('put', ['/payments/prepare'], (context) => prepare(simulation, context, true))
  withToken('get', ['/payments/prepare/:merchant_uid'], (context) => readPrepared(simulation, context))
  withToken('get', orderPaths('find'), (context) => findOne(simulation, context))
  withToken('get', orderPaths('findAll'), (context) => findAll(simulation, context))
  withToken('get', ['/payments/status/:payment_status'], (context) => byStatus(simulation, context))
  withToken('get', ['/payments/:imp_uid'], (context) => readOne(simulation, context))
  withToken('post', ['/paymentwall/delivery'], (context) => confirmDelivery(simulation, context))
  return router
}

function orderPaths(verb: string): string[] {
  return [`/payments/${verb}/:merchant_uid`, `/payments/${verb}/:merchant_uid/:payment_status`]
}

// The way a token may come in (iamport.md §2): bare, Bearer, the old header, the old query.
function hasToken(simulation: Simulation, context: RouterContext): boolean {
  const { _token } = context.query
  const sent = context.get('authorization') || context.get('x-imptokenheader') || String(_token ?? '')
  return simulation.tokens.isValid(sent.replace(/^bearer /i, '').trim())
}

function refuseToken(context: RouterContext): void {
  refuse(context, 401, -1, 'Unauthorized')
}

const KEYS = z.object({ imp_key: z.string().min(1), imp_secret: z.string().min(1) })

async function giveToken(simulation: Simulation, context: RouterContext): Promise<void> {
  const keys = KEYS.safeParse(await bodyObject(context))
  if (!keys.success) return refuse(context, 400, -1, 'imp_key, imp_secret 파라메터가 누락되었습니다.')
  const { setUp } = simulation.faults.now()
  const known = keys.data.imp_key === IAMPORT_KEY && keys.data.imp_secret === IAMPORT_SECRET
  if (!known || setUp.keys === 'wrong') {
    return refuse(context, 401, -1, '인증에 실패하였습니다. API키와 secret을 확인하세요.')
  }
  const { text, now, expiredAt } = simulation.tokens.issue()
  const ahead = setUp.clockAhead
  answer(context, { access_token: text, expired_at: expiredAt + ahead, now: now + ahead })
}

function readOne(simulation: Simulation, context: RouterContext): void {
  const { include_sandbox, extension } = context.query
  const payment = readSingle(simulation, context.params.imp_uid ?? '', include_sandbox === 'true')
  if (!payment) return refuse(context, 404, -1, NOT_FOUND)
  answer(context, showPayment(simulation, payment, extension === 'true'))
}

const PREPARE = z.object({
  merchant_uid: z.string().min(1).max(40),
  amount: NUMBER.refine((amount) => amount >= 0),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullish(),
})

// POST registers an order once, whatever the amount; only PUT changes it (iamport.md §3.3).
async function prepare(simulation: Simulation, context: RouterContext, change: boolean): Promise<void> {
  const request = PREPARE.safeParse(await bodyObject(context))
  if (!request.success) return refuse(context, 400, -1, BAD_PARAMETERS)
  const { merchant_uid: merchantUid, amount, currency = null } = request.data
  const { account } = simulation.faults.now()
  const known = prepared(simulation, merchantUid)
  if (change && !known) return refuse(context, 404, -1, NOT_PREPARED)
  if (!change && known) return refuse(context, 200, 1, ALREADY_PREPARED)
  const now = { merchantUid, amount, currency, account }
  simulation.store.save({ prepared: [now] })
  sayMoved(context, `${merchantUid} ${change ? 'changed' : 'prepared'}`)
  if (!change && account === 'ours') orderCame(simulation, now)
  answer(context, { amount, currency, merchant_uid: merchantUid })
}

function readPrepared(simulation: Simulation, context: RouterContext): void {
  const known = prepared(simulation, context.params.merchant_uid ?? '')
  if (!known) return refuse(context, 404, -1, NOT_PREPARED)
  answer(context, { amount: known.amount, currency: known.currency, merchant_uid: known.merchantUid })
}

const DELIVERY = z.object({
  imp_uid: z.string(),
  merchant_uid: z.string(),
  type: z.enum(['physical', 'digital']),
  status: z.enum(['order_placed', 'order_shipped', 'delivering', 'delivered']),
  shipping_address_email: z.string().min(1),
})

// Paymentwall's own error hides in a good envelope (iamport.md §3.4).
async function confirmDelivery(simulation: Simulation, context: RouterContext): Promise<void> {
  const body = await bodyObject(context)
  const delivery = DELIVERY.safeParse(body)
  const payment = delivery.success ? iamportPayment(simulation, delivery.data.imp_uid) : undefined
  if (delivery.success && payment?.merchantUid !== delivery.data.merchant_uid) {
    return refuse(context, 404, -1, NOT_FOUND)
  }
  const notices = delivery.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  answer(context, delivery.success ? { success: 1 } : { error: 'Invalid delivery data', error_code: 1, notices })
}
