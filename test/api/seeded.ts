// The rows that the document's examples name: an order that is paid, and a refund of it that waits.
// Must not know: schemathesis.
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Role } from '../../src/http/server/access.ts'

type Places = { readonly api: string; readonly simulator: string; readonly keys: Readonly<Record<Role, string>> }

const TRIES = 200
const order = {
  merchantUid: 'ord-7',
  amount: 1990,
  currency: 'USD',
  name: 'Gold pack',
  buyer: { name: 'Ann Roe', email: 'ann@example.com' },
}

export async function seed({ api, simulator, keys }: Places): Promise<void> {
  await send(`${api}/payments`, order, keys.checkout)
  await send(`${simulator}/__sim/pay`, { merchantUid: order.merchantUid, outcome: 'paid' })
  for (let tries = 0; !(await isPaid(api, keys.checkout)); tries += 1) {
    if (tries === TRIES) throw new Error('the order of the examples was not paid')
    await pause(100)
  }
  await send(`${api}/payments/ord-7/refunds`, { refundId: 'ref-7', reason: 'not wanted any more' }, keys.checkout)
}

async function isPaid(api: string, key: string): Promise<boolean> {
  const answer = await fetch(`${api}/payments/ord-7`, { headers: { authorization: `Bearer ${key}` } })
  return z.object({ payment: z.object({ accepted: z.boolean() }) }).parse(await answer.json()).payment.accepted
}

async function send(url: string, json: object, key?: string): Promise<void> {
  const headers = { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(json) })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
}
