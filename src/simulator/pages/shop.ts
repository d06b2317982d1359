// The shop's own server behind its pages: takes a cart, names the order and its price, and asks the
// program under test as any checkout does.
// Must not know the gateways, nor what becomes of a payment.
import { randomUUID } from 'node:crypto'
import { Router, type RouterContext } from '@koa/router'
import { z } from 'zod'
import { answer, answerError, refuseStrangers, validBody } from '../desk/control.ts'
import type { Simulation } from '../world/simulation.ts'
import { ACCOUNTS, COUNTRY_OF, CURRENCIES, GOODS } from './goods.ts'
import { languageOf } from './language.ts'
import { askMerchant, type Merchant } from './merchant.ts'

/** The same buyer each time: a direct project knows people by their id. */
const BUYER = { id: 'buyer-77', name: 'Ann Roe', email: 'ann@example.com' }
const SHOWN_ORDERS = 20

const CART = z.strictObject({
  good: z.string(),
  currency: z.enum(CURRENCIES),
  gateway: z.enum(ACCOUNTS),
  channel: z.enum(['live', 'test']),
})
const REFUND = z.strictObject({ amount: z.number().int().positive().optional(), reason: z.string().min(1).max(60) })
const RETURNED = z.strictObject({ gatewayRef: z.string().min(1).max(128).optional() })
const LISTED = z.object({ payments: z.array(z.object({ merchantUid: z.string() })) })

export function shopRoutes(simulation: Simulation, merchantNow: () => Merchant | undefined): Router {
  const router = new Router({ prefix: '/__shop' })
  const ask = (context: RouterContext, method: 'GET' | 'POST', path: string, body?: object) => {
    const merchant = merchantNow() ?? context.throw(409, 'This simulator was told of no shop: start it with npm start.')
    return askMerchant(context, merchant, body ? { method, path, body } : { method, path })
  }
  router.use(async (context, next) => {
    try {
      refuseStrangers(context)
      await next()
    } catch (error) {
      answerError(simulation, context, error)
    }
  })
  router.get('/', (context) => {
    answer(context, { goods: GOODS, currencies: CURRENCIES, temporalUi: merchantNow()?.temporalUi ?? null })
  })
  router.post('/orders', async (context) => {
    const said = await ask(context, 'POST', '/payments', orderOf(context, await validBody(context, CART)))
    answer(context, { said })
  })
  router.get('/orders', async (context) => {
    const { payments } = LISTED.parse(await ask(context, 'GET', `/payments?limit=${SHOWN_ORDERS}`))
    const orders = await Promise.all(payments.map(({ merchantUid }) => ask(context, 'GET', pathOf(merchantUid))))
    answer(context, { orders })
  })
  router.get('/orders/:id', async (context) => {
    answer(context, { order: await ask(context, 'GET', pathAsked(context)) })
  })
  router.post('/orders/:id/returned', async (context) => {
    const body = await validBody(context, RETURNED)
    answer(context, { said: await ask(context, 'POST', `${pathAsked(context)}/returned`, body) })
  })
  router.post('/orders/:id/refunds', async (context) => {
    const body = { refundId: `ref-${shortId()}`, ...(await validBody(context, REFUND)) }
    answer(context, { said: await ask(context, 'POST', `${pathAsked(context)}/refunds`, body) })
  })
  return router
}

/** As the API writes ids; anything else could lead to another of its calls. */
const ORDER_ID = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,40}$/
const pathOf = (merchantUid: string): string => `/payments/${merchantUid}`
const pathAsked = (context: RouterContext): string => {
  const { id = '' } = context.params
  return ORDER_ID.test(id) ? pathOf(id) : context.throw(404, `There is no order ${id}.`)
}
const shortId = (): string => randomUUID().slice(0, 8)
/** The API lists by id: what counts down stands first when it is new. */
const orderId = (): string => `ord-${(2 ** 32 - Math.floor(Date.now() / 1_000)).toString(36)}-${shortId().slice(0, 4)}`

function orderOf(context: RouterContext, { good: id, currency, gateway, channel }: z.infer<typeof CART>): object {
  const good = GOODS.find((each) => each.id === id) ?? context.throw(422, `good: nothing is sold as ${id}.`)
  return {
    merchantUid: orderId(),
    amount: good.prices[currency],
    currency,
    name: good.name[languageOf(context)],
    country: COUNTRY_OF[currency],
    buyer: BUYER,
    channel,
    gateway,
  }
}
