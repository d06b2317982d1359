// Keys of another store: what they do not show proves nothing. Nothing is settled, expired, registered or filed by them, and a person is told once.
// Must not know: how the account is recognised.
import { sql } from 'kysely'
import { expect } from 'vitest'
import { eventually, exchange, shopTest, type OwnShop } from '../support/shop.ts'
import { sweepNow } from '../support/sweepNow.ts'

const test = shopTest()
const CANCEL = 'POST /payments/cancel'

const pagesOf = async ({ db }: OwnShop) =>
  (await db.selectFrom('outbox').select(['target', 'payload']).where('kind', '=', 'alert').execute())
    .filter(({ target }) => target.startsWith('account:'))
    .map(({ payload }) => `${Object(payload).level} ${Object(payload).kind}`)
const unlooked = ({ db }: OwnShop) =>
  db
    .selectFrom('inbox')
    .select(['subject', 'source'])
    .where('state', '<>', 'looked')
    .where('source', '<>', 'again')
    .execute()

test('for an hour: nothing is settled wrongly, nothing expires, every hint is looked at afterwards, and there is one page', async ({
  shop,
  sim,
}) => {
  const settled = await shop.paid()
  const waiting = await shop.paidThenRefunded()
  const unpaid = await shop.open()
  const bought = await shop.open()
  const before = await shop.order(waiting.merchantUid)
  const cancels = await sim.callsOf(CANCEL)

  await sim.control('PUT', '/faults', { account: 'other' })
  await sweepNow(shop)
  // Its time ends only now, however slow the machine is.
  await expireSoon(shop, unpaid.merchantUid)
  // The buyer pays in our store, the desk works in our store, and both are told by webhook.
  await sim.pay(bought.merchantUid)
  const [ticket] = await sim.tickets(waiting.merchantUid)
  await sim.complete(ticket?.id ?? '')
  const asked = await shop.askRefund(settled.merchantUid)
  const opened = exchange(shop.api, 'POST', '/payments', {
    merchantUid: 'opened-with-wrong-keys',
    amount: 19_000,
    currency: 'KRW',
    name: 'Gold pack',
    buyer: { name: 'Ann Roe', email: 'ann@example.com' },
  })
  await eventually(() => triesOf(shop, unpaid.merchantUid)).toBeGreaterThan(0)
  await sweepNow(shop)

  expect(await shop.payment(bought.merchantUid)).toMatchObject({ state: 'prepared' })
  expect(await shop.payment(unpaid.merchantUid)).toMatchObject({ state: 'prepared' })
  expect(await shop.order(waiting.merchantUid)).toMatchObject({ payment: { state: before.payment.state } })
  expect(await shop.refund(asked.refundId)).toMatchObject({ state: 'requested', tickets: [] })
  expect(await opened).toMatchObject({ status: 503 })
  expect(await sim.callsOf(CANCEL)).toBe(cancels)
  expect(await pagesOf(shop)).toEqual(['page accountDiffers'])

  await sim.control('PUT', '/faults', { account: 'ours' })
  await sweepNow(shop)
  await eventually(() => shop.payment(bought.merchantUid)).toMatchObject({ state: 'paid', accepted: true })
  await eventually(() => shop.refund(waiting.refundId)).toMatchObject({ state: 'refunded' })
  await eventually(() => unlooked(shop)).toEqual([])
  // What waits for its next try is told to try now; it would do so by itself within minutes.
  await sql`update refunds set next_try_at = now() where state = 'requested'`.execute(shop.db)
  await shop.wake(`refund:${asked.refundId}`)
  await eventually(() => shop.refund(asked.refundId)).toMatchObject({ state: 'ticketOpen' })
  expect(await pagesOf(shop)).toEqual(['page accountDiffers'])
})

/** Sooner than any door allows: its row says so, and its saga reads that when it is told of news. */
async function expireSoon({ db, wake }: OwnShop, order: string): Promise<void> {
  await sql`update payments set expires_at = now() + interval '1 second' where merchant_uid = ${order}`.execute(db)
  await wake(`payment:${order}`)
}

const triesOf = async ({ db }: OwnShop, order: string) =>
  (await sql<{ tries: number }>`select tries from payments where merchant_uid = ${order}`.execute(db)).rows[0]?.tries ??
  0

test('a channel added to the account, attempts that vanish unpaid, and test payments that an order look lacks are no such case', async ({
  shop,
  sim,
}) => {
  const pages = await pagesOf(shop)
  const { merchantUid } = await shop.open({ channel: 'test' })
  const impUid = await sim.pay(merchantUid, { sandbox: true })
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ accepted: true })
  await sim.control('PUT', '/faults', { wire: { testPayments: 'singleOnly' } })
  const ready = await shop.open()
  const left = await sim.control('POST', '/pay', { merchantUid: ready.merchantUid, outcome: 'ready' })
  await sim.control('POST', `/payments/${Object(left).impUid}/vanish`)
  expect(await shop.call('POST', `/payments/${merchantUid}/recheck`, {})).toMatchObject({ status: 200 })
  await shop.hint({ imp_uid: impUid, merchant_uid: merchantUid, status: 'paid' })
  await shop.hint({ imp_uid: Object(left).impUid, merchant_uid: ready.merchantUid, status: 'failed' })
  await eventually(() => unlooked(shop)).toEqual([])
  await sweepNow(shop)
  expect(await pagesOf(shop)).toEqual(pages)
  await sim.control('PUT', '/faults', { wire: { testPayments: 'everywhere' } })
})
