// PortOne's V2 REST API (portone.md): what a merchant with Paymentwall calls of it.
// Must not know i'mport's V1; payments made there are not found here.
import { Router, type RouterContext } from '@koa/router'
import { z } from 'zod'
import { PORTONE_SECRET, PORTONE_STORE } from '../credentials.ts'
import { bodyText, vendorRoute, type Act, type Method } from '../endpoint.ts'
import { orderRegistered } from '../play/orders.ts'
import type { Simulation } from '../world/simulation.ts'
import { attemptsOf } from './account.ts'
import { cancel } from './cancel.ts'
import type { Answered } from './memory.ts'
import { showList, showOne, showTransactions } from './reads.ts'
import { answerWith, error, jsonOf, NOT_FOUND } from './shape.ts'

type Routes = ReturnType<Router['routes']>

/** Both of PortOne's APIs have the same paths: who says `PortOne SECRET` means this one. */
export function portoneDoor(simulation: Simulation): (...asked: Parameters<Routes>) => ReturnType<Routes> {
  const routes = portoneRoutes(simulation).routes()
  return (context, next) => {
    if (!/^PortOne( |$)/.test(context.get('authorization'))) return next()
    const nowhere = () => Promise.resolve(answerWith(context, error(404, 'NOT_FOUND', '찾을 수 없습니다.')))
    return routes(context, nowhere)
  }
}

function portoneRoutes(simulation: Simulation): Router {
  const router = new Router()
  const open = (method: Method, path: string, act: Act, elsewhere = FORBIDDEN) =>
    vendorRoute(simulation, router, { of: 'portone', method, paths: [path], act: allowed(simulation, act, elsewhere) })
  open('get', '/payments', (context) => showList(simulation, context))
  open('get', '/payments/:paymentId', (context) => showOne(simulation, context))
  open('get', '/payments/:paymentId/transactions', (context) => showTransactions(simulation, context))
  open('post', '/payments/:paymentId/pre-register', (context) => preRegister(simulation, context))
  open('post', '/payments/:paymentId/cancel', (context) => cancel(simulation, context))
  open('post', '/paymentwall/delivery/confirm', (context) => confirmDelivery(simulation, context), NOT_FOUND)
  return router
}

const FORBIDDEN = error(403, 'FORBIDDEN', '권한이 없습니다.')

/**
 * A secret that has ended is no secret; another store's reads nothing of ours. `elsewhere`: what
 * its call gets; a delivery is never forbidden (portone.md §2).
 */
function allowed(simulation: Simulation, act: Act, elsewhere: Answered): Act {
  return (context) => {
    const { portone, setUp, account } = simulation.faults.now()
    const fits = context.get('authorization') === `PortOne ${PORTONE_SECRET}`
    if (!fits || setUp.keys === 'wrong' || portone.secret === 'expired')
      return answerWith(context, error(401, 'UNAUTHORIZED', '인증 정보가 올바르지 않습니다.'))
    const store = context.query.storeId
    if (account === 'other' || (store !== undefined && store !== PORTONE_STORE)) return answerWith(context, elsewhere)
    return act(context)
  }
}

const ORDER = z.object({ totalAmount: z.int().positive(), currency: z.string().length(3) })

async function preRegister(simulation: Simulation, context: RouterContext): Promise<void> {
  const order = ORDER.safeParse(jsonOf(await bodyText(context)))
  if (!order.success) return answerWith(context, error(400, 'INVALID_REQUEST', '요청이 올바르지 않습니다.'))
  const paymentId = context.params.paymentId ?? ''
  if (attemptsOf(simulation, paymentId).some(({ outcome }) => outcome === 'paid'))
    return answerWith(context, error(409, 'ALREADY_PAID', '이미 결제된 건입니다.'))
  const { totalAmount: amount, currency } = order.data
  // It is sent again to make sure (portone.md §4): an order comes once.
  const isNew = simulation.portone.registered(paymentId) === undefined
  simulation.portone.register(paymentId, { amount, currency })
  if (isNew) orderRegistered(simulation, paymentId)
  answerWith(context, { status: 200, body: {} })
}

const DELIVERY = z.object({
  transactionId: z.string(),
  deliveryType: z.enum(['DIGITAL', 'PHYSICAL']),
  deliveryStatus: z.enum(['ORDER_PLACED', 'ORDER_SHIPPED', 'DELIVERED']),
  estimatedDeliveryDatetime: z.iso.datetime({ offset: true }),
  estimatedUpdateDatetime: z.iso.datetime({ offset: true }),
  refundable: z.boolean(),
  details: z.string(),
  shippingAddressEmail: z.string(),
})

async function confirmDelivery(simulation: Simulation, context: RouterContext): Promise<void> {
  const delivery = DELIVERY.safeParse(jsonOf(await bodyText(context)))
  if (!delivery.success || simulation.faults.now().portone.delivery === 'refused')
    return answerWith(context, error(400, 'INVALID_REQUEST', '요청이 올바르지 않습니다.'))
  const payment = simulation.store.payment(delivery.data.transactionId)
  answerWith(context, payment?.gateway === 'portone' ? { status: 200, body: {} } : NOT_FOUND)
}
