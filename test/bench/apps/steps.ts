// The steps of the other contestants' saga: ask the gateway, and when it has said that it is done, look and write the one row.
// Must not know: who calls them, and how often. They check next to nothing: that is what makes them a floor.
import pg from 'pg'
import { z } from 'zod'

export type Kind = 'payment' | 'refund'
/** In minor units of two decimals. */
export type Order = { readonly merchantUid: string; readonly amount: number; readonly currency: string }
export type Steps = ReturnType<typeof makeSteps>

const looked = z.object({
  response: z.object({ status: z.string(), amount: z.number(), cancel_amount: z.number() }),
})
const OUTCOME = {
  name: 'outcome',
  text: 'insert into outcomes (saga) values ($1) on conflict do nothing',
}

/** As ours names them. */
export const sagaOf = (kind: Kind, merchantUid: string): string =>
  kind === 'payment' ? `payment:${merchantUid}` : `refund:r-${merchantUid}`

export function makeSteps(gateway: string, pool: pg.Pool) {
  return {
    async ask(kind: Kind, { merchantUid, amount, currency }: Order): Promise<void> {
      const money = { merchant_uid: merchantUid, amount: amount / 100 }
      if (kind === 'payment') await exchange(`${gateway}/payments/prepare`, { ...money, currency })
      else await exchange(`${gateway}/payments/cancel`, { ...money, reason: 'too small', enable_webhook: true })
    },
    async settle(kind: Kind, merchantUid: string, impUid: string): Promise<void> {
      const { response } = looked.parse(await exchange(`${gateway}/payments/${impUid}`))
      const done = kind === 'payment' ? response.status === 'paid' : response.cancel_amount === response.amount
      if (!done) throw new Error(`${merchantUid} is ${response.status}`)
      await pool.query({ ...OUTCOME, values: [sagaOf(kind, merchantUid)] })
    },
  }
}

async function exchange(url: string, body?: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer bench' }
  const response = await fetch(url, body && { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`the gateway answered ${response.status}`)
  return response.json()
}

/** Throws for a name that the bench did not set. */
export function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: this program is started by npm run bench`)
  return value
}

export const openPool = (): pg.Pool => new pg.Pool({ connectionString: setting('DATABASE_URL'), max: 10 })
