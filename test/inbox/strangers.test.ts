// Another provider's payment on the shared account, seen by a look of whatever kind: counted, and nothing else, unless its
// order is ours.
// Must not know: lists (sweep.test.ts), what is decided about one on an order of ours (adoption.test.ts).
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../src/db/connect.ts'
import { keepHint, type Hint } from '../../src/db/hints/hints.ts'
import type { Evidence } from '../../src/domain/gateway.ts'
import type { GatewayRef } from '../../src/domain/ids.ts'
import { look } from '../../src/inbox/look.ts'
import { lookOnce } from '../../src/inbox/looker.ts'
import { metrics, registry } from '../../src/metrics.ts'
import { anEvidence, GATEWAY } from '../support/books.ts'
import { emptyQueues, freshOrder, paidOrder, readBooks, recordPrepared } from '../support/booksDatabase.ts'
import { lookerOptions, scriptedGateway, type Scripted } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
let gateway: Scripted
beforeAll(async () => void (database = await openTestDatabase()))
beforeEach(async () => {
  await emptyQueues(database.db)
  gateway = scriptedGateway()
  metrics.strangers.reset()
})
afterAll(() => database.close())

const options = () => lookerOptions(database.db, gateway)
const counted = async () =>
  Number(/^saga_strangers_total\{.*source="look"\} (\d+)$/m.exec(await registry.metrics())?.[1] ?? 0)
/** Everything that a look could have left behind, in all rows that there are. */
async function left(): Promise<unknown> {
  const { db } = database
  const tables = ['attempts', 'refunds', 'cancelEntries', 'journal', 'outbox'] as const
  return Promise.all(tables.map(async (table) => (await db.selectFrom(table).selectAll().execute()).length))
}
const theirs = (about: { merchantUid: string; gatewayRef: GatewayRef }, shown: Partial<Evidence> = {}) =>
  anEvidence({ provider: 'html5_inicis', ours: false, ...about, ...shown })
const hints = () => database.db.selectFrom('inbox').select('state').execute()
const hint = (shown: Partial<Hint>) =>
  keepHint(database.db, { gateway: GATEWAY, source: 'sweep', gatewayRef: null, merchantUid: null, ...shown })

test.each([
  ['live and paid', {}],
  ['test money', { channel: 'test' }],
  ['given back', { returned: 10_000, status: 'cancelled' }],
  ['of another currency', { currency: 'USD' }],
] as const)('a look at it by its reference counts it, and nothing else (%s)', async (_what, shown) => {
  const { order, ref } = freshOrder()
  gateway.truth = [theirs({ merchantUid: order, gatewayRef: ref }, shown)]
  const before = await left()
  await look(options(), { gateway: GATEWAY, gatewayRef: ref }, { who: 'test', strays: true })
  expect([await counted(), await left()]).toEqual([1, before])
})

test('a look at its order counts each of its attempts, and nothing else', async () => {
  const [one, other] = [freshOrder(), freshOrder()]
  gateway.truth = [one.ref, other.ref].map((ref) => theirs({ merchantUid: one.order, gatewayRef: ref }))
  const before = await left()
  await look(options(), { gateway: GATEWAY, merchantUid: one.order }, { who: 'test', strays: true })
  expect([await counted(), await left()]).toEqual([2, before])
})

test('an order id that none of ours can be is a stranger’s all the same', async () => {
  const { ref } = freshOrder()
  const order = 'their order, no. 7'
  gateway.truth = [theirs({ merchantUid: order, gatewayRef: ref })]
  const before = await left()
  await look(options(), { gateway: GATEWAY, gatewayRef: ref }, { who: 'test', strays: true })
  expect([await counted(), await left()]).toEqual([1, before])
})

test('a hint of the sweep about it costs one look; it is settled, and nothing comes after it', async () => {
  const { order, ref } = freshOrder()
  gateway.truth = [theirs({ merchantUid: order, gatewayRef: ref })]
  const before = await left()
  await hint({ gatewayRef: ref, merchantUid: order })
  while (await lookOnce(options()));
  expect([await counted(), gateway.asked.length, await hints()]).toEqual([1, 1, [{ state: 'looked' }]])
  expect(await left()).toEqual(before)
})

test('a webhook about it costs no question, for its order is unknown here', async () => {
  const { order, ref } = freshOrder()
  gateway.truth = [theirs({ merchantUid: order, gatewayRef: ref })]
  await hint({ source: 'webhook', gatewayRef: ref, merchantUid: order })
  while (await lookOnce(options()));
  expect([await counted(), gateway.asked, await hints()]).toEqual([0, [], [{ state: 'parked' }]])
})

test('beside payments of ours in one answer it is counted alone', async () => {
  const { order, ref } = await paidOrder(database.db)
  await emptyQueues(database.db)
  const theirOrder = freshOrder()
  gateway.truth = [
    anEvidence({ merchantUid: order, gatewayRef: ref }),
    theirs({ merchantUid: theirOrder.order, gatewayRef: theirOrder.ref }),
  ]
  const before = await left()
  for (const { gatewayRef } of gateway.truth)
    await look(options(), { gateway: GATEWAY, gatewayRef }, { who: 'test', strays: true })
  expect([await counted(), await left()]).toEqual([1, before])
})

test('on an order of ours it is no stranger: it is kept, and waits for a person', async () => {
  const { order, ref } = freshOrder()
  await recordPrepared(database.db, order)
  gateway.truth = [theirs({ merchantUid: order, gatewayRef: ref })]
  await look(options(), { gateway: GATEWAY, merchantUid: order }, { who: 'test' })
  const { payment, attempts, refunds } = await readBooks(database.db, { merchantUid: order })
  expect([payment?.state, attempts.map(({ because }) => because), refunds]).toEqual([
    'quarantined',
    ['providerDiffers'],
    [],
  ])
  expect(await counted()).toBe(0)
})
