// A run's verdict can fail: each planted fault is found by the check that is there for it, and by no other; and a plan is its seed's.
// Must not know: processes.
import { sql } from 'kysely'
import { expect, test as plain } from 'vitest'
import { gatewayToken, shopTest, type OwnShop } from '../support/shop.ts'
import { collect, type OfTheRun } from './collecting.ts'
import { compare, type Facts } from './comparing.ts'
import { PART_NAMES } from './parts.ts'
import { planRun } from './plan.ts'

const test = shopTest({ PARTIAL_REFUNDS: 'yes' })
const NOTHING: Pick<Facts, OfTheRun> = {
  taken: [],
  forged: [],
  answered: new Map(),
  opened: [],
  asked: [],
  stuck: [],
  fallen: [],
  restored: false,
  reopened: new Set(),
  lost: new Set(),
}
const GATEWAY = 'the gateway’s payments and our attempts'
const JOURNAL = 'the journal and the rows'
const CHECKOUT = 'the checkout’s orders and refunds, and the rows'
const LAST = 'notices: the last one and the rows'
const NUMBERS = 'notices: numbers and order'
const TOLD = 'what differs, and no person was told'

/** The names of the checks that found something. */
const found = (facts: Facts): readonly string[] =>
  compare(facts).flatMap(({ name, differences }) => (differences.length > 0 ? [name] : []))

/** Nobody listens to this shop's notices: its books alone are compared. */
async function foundIn(shop: OwnShop): Promise<readonly string[]> {
  const facts = await collect(shop.db, shop, { ...NOTHING, gaps: [] })
  return found({ ...facts, noticeRows: [], overdue: [] }).filter((name) => name !== LAST)
}

test('books of a real shop agree; a second ticket at the desk and a row changed by hand are found', async ({
  shop,
}) => {
  const { merchantUid, impUid, refundId } = await shop.paidThenRefunded({ amount: 9_000 })
  await expect.poll(() => foundIn(shop)).toEqual([])

  // By somebody with the merchant's keys, under the refund's own mark.
  const answer = await fetch(`${shop.simulator}/payments/cancel`, {
    method: 'POST',
    headers: { authorization: await gatewayToken(shop.simulator), 'content-type': 'application/json' },
    body: JSON.stringify({ imp_uid: impUid, amount: 9_000, checksum: 9_000, reason: `#${refundId} once more` }),
  })
  expect(await answer.json()).toMatchObject({ code: 0 })
  expect(await shop.sim.tickets(merchantUid)).toHaveLength(2)
  expect(await foundIn(shop)).toEqual(['the desk’s tickets and our calls', 'second tickets'])

  await sql`update refunds set state = 'refunded' where refund_id = ${refundId}`.execute(shop.db)
  const afterwards = await foundIn(shop)
  expect(afterwards).toEqual(['the desk’s tickets and our calls', 'second tickets', JOURNAL, 'sagas asleep'])
  await sql`update attempts set amount = 8000 where gateway_ref = ${impUid}`.execute(shop.db)
  expect(await foundIn(shop)).toEqual([GATEWAY, ...afterwards])
})

/** A quiet run of one order, paid and wholly refunded. */
const QUIET: Facts = {
  ...NOTHING,
  gateway: [],
  desk: [],
  journal: [],
  theirPayments: [{ merchantUid: 'ord', paid: 9_000, returned: 9_000 }],
  tickets: ['ord-r1'],
  payments: [{ merchantUid: 'ord', state: 'cancelled', accepted: true }],
  refunds: [{ refundId: 'ord-r1', merchantUid: 'ord', state: 'refunded', amount: 9_000, attention: 'none' }],
  noticeRows: [1, 2].map((number) => ({ id: `n${number}`, merchantUid: 'ord', number, state: 'delivered' })),
  taken: [
    { id: 'n1', number: 1, merchantUid: 'ord', paymentState: 'paid', refund: null },
    {
      id: 'n2',
      number: 2,
      merchantUid: 'ord',
      paymentState: 'cancelled',
      refund: { refundId: 'ord-r1', state: 'refunded' },
    },
  ],
  unlooked: [],
  kept: new Map([['ord', 3]]),
  answered: new Map([['ord', 3]]),
  openSagas: [],
  running: [],
  overdue: [],
  told: new Set(),
  opened: ['ord'],
  asked: [{ refundId: 'ord-r1', merchantUid: 'ord', amount: 9_000 }],
}
const REFUSED = { refundId: 'ord-r1', merchantUid: 'ord', state: 'refused', amount: 9_000, attention: 'warn' }
const OVERTAKEN = { ...REFUSED, state: 'superseded' }
const TAKEN = QUIET.taken
const RAISED = TAKEN.slice(1).map((notice) => ({ ...notice, number: 1_002 }))

plain('a quiet run agrees', () => expect(found(QUIET)).toEqual([]))

plain.each<[string, Partial<Facts>, readonly string[]]>([
  ['a second ticket', { tickets: ['ord-r1', 'ord-r1'] }, ['second tickets']],
  ['an order without a row', { opened: ['ord', 'lost'] }, [CHECKOUT]],
  ['a refund of another amount', { asked: [{ refundId: 'ord-r1', merchantUid: 'ord', amount: 1 }] }, [CHECKOUT]],
  ['a notice that waits', { noticeRows: [{ id: 'n3', merchantUid: 'ord', number: 3, state: 'pending' }] }, [NUMBERS]],
  ['a notice that was never taken', { taken: TAKEN.slice(0, 1) }, [NUMBERS, LAST]],
  ['notices in another order', { taken: TAKEN.toReversed() }, [NUMBERS, LAST]],
  ['a gap in the numbers', { noticeRows: [], taken: TAKEN.slice(1) }, [NUMBERS]],
  ['a gap that no restore makes', { noticeRows: [], taken: TAKEN.slice(1), restored: true }, [NUMBERS]],
  ['the gap of a restore', { noticeRows: [], taken: [...TAKEN.slice(0, 1), ...RAISED], restored: true }, []],
  [
    'an order that begins anew after a restore',
    { noticeRows: [], taken: [...TAKEN, ...TAKEN], restored: true, reopened: new Set(['ord']) },
    [],
  ],
  ['an order that begins anew for no reason', { noticeRows: [], taken: [...TAKEN, ...TAKEN] }, [NUMBERS]],
  ['a notice that was signed by nobody', { forged: ['no matching signature'] }, ['notices: signatures']],
  ['a hint that no look has answered', { unlooked: ['webhook hint of ref:imp_1'] }, ['forgotten hints']],
  ['a hint that was not kept', { kept: new Map([['ord', 2]]) }, ['forgotten hints']],
  ['an open row without a run', { openSagas: ['refund:ord-r1'] }, ['sagas asleep']],
  ['a run of a closed row', { running: [{ id: 'refund:ord-r1', failing: false }] }, ['sagas asleep']],
  [
    'a run that cannot go on',
    { openSagas: ['refund:ord-r1'], running: [{ id: 'refund:ord-r1', failing: true }] },
    ['sagas asleep'],
  ],
  ['a refusal that nobody was told of', { refunds: [REFUSED] }, [LAST, TOLD]],
  ['one overtaken without a ticket', { refunds: [OVERTAKEN], tickets: [], theirPayments: [] }, [LAST]],
  ['one overtaken while a ticket may live', { refunds: [OVERTAKEN], theirPayments: [] }, [LAST, TOLD]],
  ['a refusal that was told', { refunds: [REFUSED], told: new Set(['refund:ord-r1']) }, [LAST]],
  ['money that nobody asked for', { refunds: [], asked: [] }, [TOLD]],
  ['money that nobody asked for, told', { refunds: [], asked: [], told: new Set(['payment:ord']) }, []],
  ['a customer who waits', { stuck: ['ord was never accepted'] }, ['customers left waiting']],
  ['a process that ended', { fallen: ['worker0'] }, ['processes that ended by themselves']],
])('%s', (_what, planted, names) => expect(found({ ...QUIET, ...planted })).toEqual(names))

plain('a seed repeats its orders and its faults, and another one draws others', () => {
  const size = { orders: 200, minutes: 30 }
  expect(planRun({ ...size, seed: 7 })).toEqual(planRun({ ...size, seed: 7 }))
  expect(planRun({ ...size, seed: 8 }).sales).not.toEqual(planRun({ ...size, seed: 7 }).sales)
  expect(planRun({ ...size, seed: 8 }).faults).not.toEqual(planRun({ ...size, seed: 7 }).faults)
})

plain(
  'the usual run kills a hundred times and more, each part among them, and never loses both memories at once',
  () => {
    const { sales, faults } = planRun({ orders: 5_500, minutes: 75, seed: 7 })
    expect(sales).toHaveLength(5_500)
    const kills = faults.flatMap((fault) => (fault.kind === 'kill' ? [fault.part] : []))
    expect(kills.length).toBeGreaterThanOrEqual(100)
    expect(new Set(kills)).toEqual(new Set(PART_NAMES))
    const lost = faults.flatMap((fault) => (fault.kind === 'forget' ? [fault.atMs] : []))
    const restores = faults.flatMap((fault) => (fault.kind === 'restore' ? [fault] : []))
    expect([lost.length, restores.length]).toEqual([3, 3])
    for (const { atMs, backMs } of restores)
      expect(lost.filter((at) => at > atMs - backMs - 60_000 && at < atMs + 60_000)).toEqual([])
  },
)
