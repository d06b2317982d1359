// The door of the other contestants: the calls and the webhook that ours has, as small as they can be.
// Must not know: how a saga is kept.
import { Router } from '@koa/router'
import Koa, { type Context } from 'koa'
import { z } from 'zod'
import type { Kind, Order } from './steps.ts'

export type Sagas = {
  start(kind: Kind, order: Order): Promise<void>
  /** The gateway says that it is done. */
  tell(kind: Kind, merchantUid: string, impUid: string): Promise<void>
}

const ordered = z.object({ merchantUid: z.string(), amount: z.number(), currency: z.string() })
const hinted = z.object({ imp_uid: z.string(), merchant_uid: z.string(), status: z.string() })

export function serve({ start, tell }: Sagas, port: number): Promise<void> {
  const router = new Router()
  const orders = new Map<string, Order>()
  router.get('/readyz', (context) => void (context.body = {}))
  router.post('/payments', async (context) => {
    const order = ordered.parse(await bodyOf(context))
    orders.set(order.merchantUid, order)
    await start('payment', order)
    context.body = {}
  })
  router.post('/payments/:merchantUid/refunds', async (context) => {
    const order = orders.get(context.params.merchantUid ?? '')
    if (order === undefined) return
    await start('refund', order)
    context.body = {}
  })
  router.post('/webhooks/iamport', async (context) => {
    const { imp_uid, merchant_uid, status } = hinted.parse(await bodyOf(context))
    await tell(status === 'paid' ? 'payment' : 'refund', merchant_uid, imp_uid)
    context.body = {}
  })
  const app = new Koa().use(router.routes())
  return new Promise((resolve) => app.listen(port, '127.0.0.1', resolve))
}

async function bodyOf(context: Context): Promise<unknown> {
  let text = ''
  for await (const chunk of context.req) text += String(chunk)
  return JSON.parse(text)
}
