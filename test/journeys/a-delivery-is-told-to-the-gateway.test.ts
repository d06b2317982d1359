// How an order is delivered is told to its gateway, at either one alike, as often as one likes, and stands in the journal.
// Must not know: workflows' code, wires.
import { expect } from 'vitest'
import { merchantUid as orderId } from '../../src/domain/ids.ts'
import { alertsOf, openDirect, paidDirect } from '../support/direct.ts'
import { eventually, shopTest, type OwnShop } from '../support/shop.ts'

const test = shopTest({ DELIVERY_WARN_AFTER: '1s' })
const EMAIL = 'ann.delivered@example.com'
const BODY = { kind: 'digital', status: 'delivered', email: EMAIL }
const ADDRESS = {
  country: 'DE',
  city: 'Berlin',
  zip: '10115',
  street: 'Invalidenstr. 1',
  phone: '+49 30 1',
  firstName: 'Ann',
  lastName: 'Roe',
}
const tell = (shop: OwnShop, merchantUid: string, body: object) =>
  shop.call('POST', `/payments/${merchantUid}/delivery`, body)
const told = async (shop: OwnShop, merchantUid: string) =>
  (await shop.journal(merchantUid)).filter(({ what }) => what.startsWith('delivery.'))

const GATEWAYS: Readonly<Record<string, (shop: OwnShop, more?: { goods: 'physical' }) => Promise<string>>> = {
  'through i’mport': async (shop, more) => (await shop.paid(more)).merchantUid,
  'at Paymentwall itself': async (shop, more) => (await paidDirect(shop, more)).merchantUid,
}

test.for(Object.entries(GATEWAYS))(
  '%s it may be told again and again, and is kept without whom and where',
  async ([, paid], { shop }) => {
    const merchantUid = await paid(shop)
    const shipped = { kind: 'physical', status: 'shipped', email: EMAIL, carrier: 'DHL', address: ADDRESS }
    for (const body of [shipped, shipped, BODY])
      expect(await tell(shop, merchantUid, body)).toMatchObject({ status: 200 })
    const lines = await told(shop, merchantUid)
    expect(lines).toMatchObject([
      { what: 'delivery.told', why: 'physical: shipped', facts: { kind: 'physical', status: 'shipped' } },
      { what: 'delivery.told', why: 'physical: shipped' },
      { what: 'delivery.told', why: 'digital: delivered' },
    ])
    expect(JSON.stringify(lines)).not.toMatch(/Berlin|Invalidenstr|ann\.delivered/)
    expect(await shop.payment(merchantUid)).toMatchObject({ state: 'paid' })
  },
)

test('what is shipped needs an address, and what is not paid is not delivered', async ({ shop }) => {
  const { merchantUid } = await openDirect(shop)
  expect(await tell(shop, merchantUid, { ...BODY, kind: 'physical' })).toMatchObject({
    status: 422,
    body: { code: 'invalidRequest' },
  })
  expect(await tell(shop, merchantUid, BODY)).toMatchObject({ status: 409, body: { code: 'paymentNotPaid' } })
  expect(await tell(shop, 'nobody-knows-it', BODY)).toMatchObject({ status: 404 })
  expect(await told(shop, merchantUid)).toEqual([])
})

test.for(Object.entries(GATEWAYS))(
  '%s people are warned of what is to be shipped and told by nobody, until it is told',
  async ([, paid], { shop }) => {
    const merchantUid = await paid(shop, { goods: 'physical' })
    const saga = `payment:${merchantUid}`
    expect(await shop.payment(merchantUid)).toMatchObject({ goods: 'physical', deliveryToldAt: null })
    const before = await runOf(shop, saga)
    await eventually(() => alertsOf(shop, saga)).toContain('warn deliveryUntold')
    expect(await runOf(shop, saga), 'no saga waits for it').toEqual(before)
    const shipped = { kind: 'physical', status: 'placed', email: EMAIL, address: ADDRESS }
    expect(await tell(shop, merchantUid, shipped)).toMatchObject({ status: 200 })
    expect(await shop.payment(merchantUid)).toMatchObject({ state: 'paid', deliveryToldAt: expect.any(String) })
    const row = shop.db
      .selectFrom('payments')
      .select('deliveryAwaitedSince')
      .where('merchantUid', '=', orderId(merchantUid))
    expect(await row.executeTakeFirst()).toEqual({ deliveryAwaitedSince: null })
    expect(await runOf(shop, saga)).toEqual(before)
  },
)

/** Its newest run, once that has ended. */
async function runOf({ client }: OwnShop, saga: string) {
  const run = () => client.workflow.getHandle(saga).describe()
  await eventually(async () => (await run()).status.name).toBe('COMPLETED')
  const { runId, historyLength } = await run()
  return { runId, historyLength }
}
