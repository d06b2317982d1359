// Orders at Paymentwall itself: opened, paid in its widget, refunded by a ticket; and pingbacks that are signed by hand.
// Must not know: what a test asserts, our signatures' inside.
import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { z } from 'zod'
import { eventually, fresh, type OwnShop } from './shop.ts'

const SECRET = '0f1e2d3c4b5a69788796a5b4c3d2e1f0'
export const DOOR = '/webhooks/paymentwall'
const opened = z.object({ payment: z.object({ state: z.string() }), window: z.object({ url: z.string() }) })

export const directOrder = (merchantUid: string) => ({
  merchantUid,
  amount: 1990,
  currency: 'USD',
  name: 'Gold pack',
  gateway: 'paymentwall/main',
  buyer: { id: 'Buyer-77', name: 'Ann Roe', email: 'ann@example.com' },
})
export async function openDirect(shop: OwnShop, more: object = {}) {
  const merchantUid = fresh('order')
  const answer = await shop.call('POST', '/payments', { ...directOrder(merchantUid), ...more })
  expect(answer).toMatchObject({ status: 201, body: { payment: { state: 'prepared' } } })
  return { merchantUid, url: opened.parse(answer.body).window.url }
}
/** The buyer in the widget. */
export async function buyDirect(shop: OwnShop, merchantUid: string, outcome = 'paid'): Promise<string> {
  const order = { gateway: 'paymentwall', uid: 'buyer-77', amount: 1990, currency: 'USD', outcome }
  return z.object({ impUid: z.string() }).parse(await shop.sim.control('POST', '/pay', { merchantUid, ...order }))
    .impUid
}
export async function paidDirect(shop: OwnShop, more: object = {}) {
  const { merchantUid } = await openDirect(shop, more)
  const ref = await buyDirect(shop, merchantUid)
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid', accepted: true })
  return { merchantUid, ref }
}
export async function directTicket(shop: OwnShop, ref: string): Promise<string> {
  const all = z.object({ tickets: z.array(z.object({ id: z.string(), impUid: z.string(), state: z.string() })) })
  const { tickets } = all.parse(await shop.sim.control('GET', '/tickets'))
  return tickets.find(({ impUid, state }) => impUid === ref && state === 'open')?.id ?? 'none'
}
export async function refundedDirect(shop: OwnShop, amount?: number) {
  const { merchantUid, ref } = await paidDirect(shop)
  const { refundId } = await shop.askRefund(merchantUid, amount === undefined ? {} : { amount })
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  return { merchantUid, ref, refundId, ticket: await directTicket(shop, ref) }
}
export const signedRows = ({ db }: OwnShop, ref: string) =>
  db
    .selectFrom('inbox')
    .select(['signedKey', 'state', 'times', 'source', 'parkedBecause'])
    .where('gatewayRef', '=', ref)
    .where('signedKey', 'is not', null)
    .orderBy('id')
    .execute()
export async function alertsOf({ db }: OwnShop, target: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('outbox')
    .select('payload')
    .where('kind', '=', 'alert')
    .where('target', '=', target)
    .orderBy('id')
    .execute()
  return rows.map(({ payload }) => `${Object(payload).level} ${Object(payload).kind}`)
}
/** Flat names only. */
export function pingback(fields: Readonly<Record<string, string>>): string {
  const all: Record<string, string> = { slength: '', speriod: '', uid: 'buyer-77', ...fields, sign_version: '3' }
  const base = Object.keys(all)
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((name) => `${name}=${all[name]}`)
    .join('')
  const sig = createHash('sha256')
    .update(base + SECRET)
    .digest('hex')
  return `${DOOR}?${new URLSearchParams({ ...all, sig }).toString()}`
}
export const sendTo = async (shop: OwnShop, address: string) => {
  const response = await fetch(shop.api + address)
  return { status: response.status, body: await response.text() }
}
