// Sagas as people find them: a ticket that is open, one that waits for long, a refusal, money that nobody has decided on.
// Must not know: what a person then does.
import { sql } from 'kysely'
import { expect } from 'vitest'
import { paymentSaga, refundSaga, straySaga, type Saga } from './doors.ts'
import { eventually, type OwnShop } from './shop.ts'

export type Situation = Saga & { readonly merchantUid: string }
export type Prepare = (shop: OwnShop) => Promise<Situation>

const refundOf = (merchantUid: string, refundId: string): Situation => ({ ...refundSaga(refundId), merchantUid })

export const ticketOpen = async (shop: OwnShop, amount = 19_000, currency = 'KRW'): Promise<Situation> => {
  const { merchantUid, refundId } = await shop.paidThenRefunded({ amount, currency })
  return refundOf(merchantUid, refundId)
}

export const pastPage: Prepare = async (shop) => {
  const asked = await ticketOpen(shop)
  await aged(shop, asked.id)
  return asked
}

/** All that a refund's row says of its past moved back by a week and more: past the page level, its tickets old. */
export async function aged({ db }: OwnShop, refundId: string): Promise<void> {
  // No test waits for a week. The saga reads its row before it does anything, and finds it so.
  await sql`update refunds set attention = 'page', waiting_since = waiting_since - interval '8 days',
    state_since = state_since - interval '8 days', created_at = created_at - interval '8 days',
    version = version + 1 where refund_id = ${refundId}`.execute(db)
  await sql`update tickets set intent_at = intent_at - interval '8 days' where refund_id = ${refundId}`.execute(db)
}

/** The gateway refuses every cancel from here on. */
export const refused: Prepare = async (shop) => {
  await shop.sim.faults({ cancel: 'refuse' })
  return requestedUntil(shop, (await shop.paid()).merchantUid, 'refused')
}

export const refunded: Prepare = async (shop) =>
  requestedUntil(shop, (await shop.paid({ method: 'paypal' })).merchantUid, 'refunded')

async function requestedUntil(shop: OwnShop, merchantUid: string, state: string): Promise<Situation> {
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state })
  return refundOf(merchantUid, refundId)
}

export const paid: Prepare = async (shop) => {
  const { merchantUid } = await shop.paid()
  return { ...paymentSaga(merchantUid), merchantUid }
}

/** Another amount than was ordered. */
export const quarantined: Prepare = async (shop) => {
  const { merchantUid } = await shop.open()
  await shop.sim.pay(merchantUid, { amount: 18_000 })
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'quarantined' })
  return { ...paymentSaga(merchantUid), merchantUid }
}

/** Held by policy, in a saga of its own. */
export const second: Prepare = async (shop) => {
  const { merchantUid } = await shop.paid()
  const ref = await shop.sim.pay(merchantUid)
  await eventually(async () => (await shop.payment(merchantUid)).attempts).toMatchObject([
    { because: expect.any(String) },
    { because: expect.any(String) },
  ])
  return { ...straySaga(ref), merchantUid }
}
