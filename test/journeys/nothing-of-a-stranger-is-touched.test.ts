// Nothing of a stranger is ever touched: other providers' payments on the same account are counted, and nothing else happens to them.
// Must not know: how it is told whose a payment is.
import { expect } from 'vitest'
import { eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'
import { sweepNow } from '../support/sweepNow.ts'

const test = shopTest()
const OTHERS = ['kcp', 'html5_inicis', 'tosspay']
const STRANGERS = 50
const SWEEPS = 5
const CANCEL = 'POST /payments/cancel'

const countOf = async ({ db }: OwnShop, table: 'attempts' | 'refunds' | 'payments') =>
  Number(
    (
      await db
        .selectFrom(table)
        .select((eb) => eb.fn.countAll().as('count'))
        .executeTakeFirstOrThrow()
    ).count,
  )
const alertsOf = ({ db }: OwnShop) =>
  db.selectFrom('outbox').select(['target', 'payload']).where('kind', '=', 'alert').execute()
const unlooked = ({ db }: OwnShop) => db.selectFrom('inbox').select('id').where('state', '=', 'received').execute()

test(
  '50 payments of three other providers, live and test, beside 10 of ours, over five sweeps',
  { timeout: 600_000 },
  async ({ shop, sim }) => {
    for (let index = 0; index < 10; index += 1) await shop.paid()
    const strangers = Array.from({ length: STRANGERS }, (_, index) => ({
      merchantUid: fresh('stranger'),
      outcome: (['paid', 'declined', 'paid', 'approvedLate'] as const)[index % 4],
      pgProvider: OTHERS[index % OTHERS.length],
      sandbox: index % 2 === 0,
      amount: 1_000 + index,
      currency: 'KRW',
    }))
    // Its webhooks come here too: the console has one address for all of an account.
    for (const each of strangers) await sim.control('POST', '/pay', each)
    const before = {
      attempts: await countOf(shop, 'attempts'),
      payments: await countOf(shop, 'payments'),
      refunds: await countOf(shop, 'refunds'),
      cancels: await sim.callsOf(CANCEL),
    }
    const counted = await shop.metric('saga_strangers_total{gateway="iamport/main",source="list"}')

    for (let round = 0; round < SWEEPS; round += 1) await sweepNow(shop)
    await eventually(() => unlooked(shop)).toEqual([])

    expect({
      attempts: await countOf(shop, 'attempts'),
      payments: await countOf(shop, 'payments'),
      refunds: await countOf(shop, 'refunds'),
      cancels: await sim.callsOf(CANCEL),
    }).toEqual(before)
    expect(await alertsOf(shop)).toEqual([])
    expect(await shop.call('GET', '/strays')).toMatchObject({ status: 200, body: { strays: [] } })
    const now = await shop.metric('saga_strangers_total{gateway="iamport/main",source="list"}')
    expect(now - counted).toBeGreaterThanOrEqual(STRANGERS * SWEEPS)
  },
)

test('a stranger that pays under the id of an order of ours is quarantined for a person, and nothing goes back by itself', async ({
  shop,
  sim,
}) => {
  const { merchantUid } = await shop.open()
  const cancels = await sim.callsOf(CANCEL)
  await sim.control('POST', '/pay', { merchantUid, outcome: 'paid', pgProvider: 'kcp', sandbox: true })
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'quarantined', accepted: false })
  expect(await shop.order(merchantUid)).toMatchObject({
    payment: { attempts: [{ because: 'providerDiffers', provider: 'kcp' }] },
    refunds: [],
  })
  expect(await sim.callsOf(CANCEL)).toBe(cancels)
})
