// Money that cannot be refunded is never asked for: no cancel reaches the gateway, a person hears at once; a limit that is near is told in time.
// Must not know: which methods there are; the rules of this shop are its own.
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { readConfig, PROGRAM_ROLES } from '../../src/config.ts'
import { eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'

const HEAD = 'method,countries,refunds,limitDays,source,date'
const rules = join(tmpdir(), `${fresh('rules')}.csv`)
await writeFile(
  rules,
  `# ours\n${HEAD}\ncash,KR,no,,our contract,2026-01\ncash,,yes,180,our contract,2026-01\nmobile,,yes,7,our contract,2026-01\n`,
)
const test = shopTest({ REFUND_RULES: rules })

const CANCEL = 'POST /payments/cancel'

async function paidBy(shop: OwnShop, method: string, country: string) {
  const { merchantUid } = await shop.open()
  const impUid = await shop.sim.pay(merchantUid, { method, country })
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid', payerCountry: country })
  return { merchantUid, impUid }
}

test('a refund of a method that cannot be refunded in its country is blocked, and the gateway is not asked', async ({
  shop,
  sim,
}) => {
  const { merchantUid } = await paidBy(shop, 'cash', 'KR')
  const cancels = await sim.callsOf(CANCEL)
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({
    state: 'blocked',
    label: { ko: '취소불가' },
    attention: 'warn',
    blockedBecause: 'notRefundable',
    waitingForCancellation: false,
    tickets: [],
  })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'paid', reserved: 19_000 })
  const line = (await shop.journal(merchantUid)).find(({ what }) => what === 'notRefundable')
  expect(line?.why).toContain('(our contract, 2026-01)')

  await shop.person(`/refunds/${refundId}/retry-ticket`, { reason: 'try all the same' })
  await eventually(async () =>
    (await shop.journal(merchantUid)).filter(({ what }) => what === 'notRefundable'),
  ).toHaveLength(2)
  expect(await sim.callsOf(CANCEL)).toBe(cancels)
  expect(await sim.tickets(merchantUid)).toEqual([])

  const settled = { outcome: 'settledElsewhere', reason: 'paid back by bank', evidence: 'transfer 7' }
  expect(await shop.person(`/refunds/${refundId}/resolve`, settled)).toMatchObject({ status: 200 })
  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelled', returned: 19_000 })
})

test('the same method in another country, and a method that no rule names, are refunded', async ({ shop, sim }) => {
  for (const [method, country] of [
    ['cash', 'JP'],
    ['card', 'KR'],
  ] as const) {
    const { merchantUid } = await paidBy(shop, method, country)
    await shop.askRefund(merchantUid)
    await eventually(() => sim.tickets(merchantUid)).toMatchObject([{ state: 'open' }])
  }
})

test('a limit that is near is told at once, and the refund goes on', async ({ shop }) => {
  const { merchantUid } = await paidBy(shop, 'mobile', 'KR')
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  const alerts = shop.db.selectFrom('outbox').select('payload').where('kind', '=', 'alert')
  const told = async () =>
    (await alerts.where('target', '=', `refund:${refundId}`).execute()).map(({ payload }) => payload)
  expect(await told()).toMatchObject([
    {
      level: 'warn',
      kind: 'refundLimitNear',
      sentence: expect.stringContaining('within 7 days, of which 6 whole ones are left'),
    },
  ])
})

test('the shipped rules are read where no others are named, and faults of others are listed with their lines', async () => {
  expect(readConfig({}, PROGRAM_ROLES).REFUND_RULES).toHaveLength(106)
  const wrong = `${rules}.wrong`
  await writeFile(wrong, `${HEAD}\nmint,,perhaps,,s,d\nmint,kr,no,,s,d\n`)
  expect(() => readConfig({ REFUND_RULES: wrong, PORT: 'high' }, PROGRAM_ROLES)).toThrow(
    /REFUND_RULES: line 2: refunds is yes or no, not "perhaps"; line 3: countries are codes/,
  )
  expect(() => readConfig({ REFUND_RULES: `${rules}.missing` }, PROGRAM_ROLES)).toThrow(/REFUND_RULES: .*no such file/)
})

test('a part of a payment is refused where partial refunds are switched off, and leaves no row', async ({
  shop,
  sim,
}) => {
  const { merchantUid } = await shop.paid()
  const refundId = fresh('part')
  expect(await shop.requestRefund(merchantUid, { refundId, amount: 5_000 })).toMatchObject({
    status: 422,
    body: { code: 'partialRefundNotSupported', left: 19_000 },
  })
  expect(await shop.call('GET', `/refunds/${refundId}`)).toMatchObject({ status: 404 })
  await shop.askRefund(merchantUid, { refundId, amount: 19_000 })
  await eventually(() => sim.tickets(merchantUid)).toMatchObject([{ amount: 19_000 }])
})
