// A checkout that was down hears everything in order, each notice once; after two days it sees by the numbers what it missed, and GET has it.
// Must not know: how delivery works. Times are moved in the rows, never waited for.
import { sql } from 'kysely'
import { expect } from 'vitest'
import { readConfig, PROGRAM_ROLES } from '../../src/config.ts'
import { openCheckout, SECRET } from '../support/checkout.ts'
import { eventually, shopTest, type OwnShop } from '../support/shop.ts'

const checkout = await openCheckout()
const test = shopTest(checkout.environment)

/** An order with a whole life: declined, paid, refunded by its ticket. */
async function lived(shop: OwnShop): Promise<string> {
  const { sim } = shop
  const { merchantUid } = await shop.open()
  const declined = await sim.pay(merchantUid, { outcome: 'declined' })
  await shop.call('POST', `/payments/${merchantUid}/returned`, { gatewayRef: declined })
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'declined' })
  await sim.pay(merchantUid)
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid' })
  return merchantUid
}
async function refunded(shop: OwnShop, merchantUid: string): Promise<void> {
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  const [ticket] = await shop.sim.tickets(merchantUid)
  await shop.sim.complete(ticket?.id ?? '')
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
}
/** `hours` pass for what waits to be told, and it is due. */
const pass = (shop: OwnShop, hours: number) =>
  sql`update outbox set created_at = created_at - ${hours} * interval '1 hour', due_at = clock_timestamp()
    where kind = 'notice' and state = 'pending'`.execute(shop.db)
const listed = async (shop: OwnShop, merchantUid: string) => {
  const { body } = await shop.call('GET', `/notices?merchantUid=${merchantUid}&limit=100`)
  const notices: { id: string; number: number; state: string }[] = Object(body).notices
  return notices
}

const LIFE = ['payment.prepared', 'payment.declined', 'payment.paid']
const REFUND = [
  'refund.requested',
  'payment.cancelPending',
  'refund.ticketOpen',
  'refund.refunded',
  'payment.cancelled',
]
const numbered = (types: readonly string[], from = 1) => types.map((type, index) => `${index + from} ${type}`)

test('down for an hour: every notice comes, in order and once each by its number', async ({ shop }) => {
  checkout.be(503)
  const merchantUid = await lived(shop)
  await refunded(shop, merchantUid)
  await eventually(async () => checkout.tried().length).toBeGreaterThan(0)
  expect(checkout.lines(merchantUid)).toEqual([])
  await pass(shop, 1)

  checkout.be(200)
  await eventually(() => checkout.lines(merchantUid)).toEqual(numbered([...LIFE, ...REFUND]))
  expect(checkout.forged()).toEqual([])
  expect(checkout.deliveries(merchantUid)).toBe(1)
  expect(new Set(checkout.notices(merchantUid).map(({ id }) => id)).size).toBe(8)
  const last = checkout.notices(merchantUid).at(-1)
  const { payment } = await shop.order(merchantUid)
  // A look that moved nothing since is told to nobody.
  const lookedAt = { at: expect.any(String) }
  const attempts = payment.attempts.map((each) => ({
    ...each,
    lastLook: each.lastLook && { ...each.lastLook, ...lookedAt },
  }))
  expect(last?.payment).toEqual({ ...payment, attempts })
  expect(checkout.notices(merchantUid).at(-2)?.refund).toMatchObject({ state: 'refunded', remaining: 0 })
})

test('down for two days: the numbers show the gap, everything is in GET, and a person may send it again', async ({
  shop,
}) => {
  checkout.be('silent')
  const merchantUid = await lived(shop)
  await eventually(async () => (await listed(shop, merchantUid)).map(({ state }) => state)).toEqual(
    Array(3).fill('pending'),
  )
  await pass(shop, 48)
  await shop.call('POST', `/payments/${merchantUid}/returned`, {})
  await eventually(async () => (await listed(shop, merchantUid)).map(({ state }) => state)).toEqual(
    Array(3).fill('parked'),
  )
  await refunded(shop, merchantUid)
  expect(checkout.lines(merchantUid)).toEqual([])

  checkout.be(200)
  await pass(shop, 0)
  await eventually(() => checkout.lines(merchantUid)).toEqual(numbered(REFUND, 4))
  expect(await shop.order(merchantUid)).toMatchObject({
    payment: { state: 'cancelled', accepted: true, attempts: [{}, {}] },
    refunds: [{ state: 'refunded' }],
  })
  await eventually(() => shop.metric('saga_alerts_total{level="warn",kind="noticeParked"}')).toBeGreaterThan(0)

  const third = (await listed(shop, merchantUid)).find(({ number }) => number === 3)
  expect(await shop.call('POST', `/notices/${third?.id}/resend`)).toMatchObject({
    status: 200,
    body: { notice: { number: 3 } },
  })
  await eventually(() => checkout.lines(merchantUid).at(-1)).toBe('3 payment.paid')
  expect(checkout.notices(merchantUid).at(-1)).toMatchObject({
    id: third?.id,
    payment: { state: 'paid', accepted: true },
  })
  expect(await shop.call('POST', '/notices/00000000-0000-4000-8000-000000000000/resend')).toMatchObject({ status: 404 })
})

test('an order whose notices do not leave holds up no other, nor any refund', async ({ shop }) => {
  const slow = await shop.open()
  await eventually(() => checkout.lines(slow.merchantUid)).toEqual(['1 payment.prepared'])
  checkout.be(500)
  const { merchantUid } = await shop.paid()
  await eventually(async () => (await listed(shop, merchantUid))[0]).toMatchObject({ state: 'pending', number: 1 })
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  checkout.be(200)
  const other = await shop.open()
  await eventually(() => checkout.lines(other.merchantUid)).toEqual(['1 payment.prepared'])
})

test.for([
  ['an address without a secret', { NOTICE_SECRET: '' }, /NOTICE_URL, NOTICE_SECRET: set both or neither/],
  ['a secret that is no base64', { NOTICE_SECRET: 'whsec_not a secret' }, /NOTICE_SECRET: one or two secrets/],
  ['a secret that is too short', { NOTICE_SECRET: 'whsec_c2hvcnQ=' }, /openssl rand -base64 32/],
  ['three secrets', { NOTICE_SECRET: [SECRET, SECRET, SECRET].join(',') }, /NOTICE_SECRET: one or two secrets/],
  ['an address with a user name', { NOTICE_URL: 'https://ann@shop.example/' }, /NOTICE_URL: must hold no user name/],
] as const)('%s is refused at the start', ([, changed, fault]) => {
  expect(() => readConfig({ ...checkout.environment, ...changed }, PROGRAM_ROLES)).toThrow(fault)
})
