// A checkpoint raises attention whatever its look does: evidence that the database refuses, a bug
// of ours, a sentence that cannot be kept.
// Must not know: Temporal. Only a database that is away stops it.
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { checkpointPayment, checkpointRefund } from '../../activities/checkpoint.ts'
import { checkpointStray } from '../../activities/strays.ts'
import type { Database } from '../../src/db/connect.ts'
import { activityDeps } from '../support/activityDeps.ts'
import { aRefund, anEntry, anEvidence, DAY, GATEWAY, later } from '../support/books.ts'
import {
  bookEvidence,
  emptyQueues,
  freshOrder,
  moveBooks,
  paidOrder,
  recordPrepared,
} from '../support/booksDatabase.ts'
import { scriptedGateway, type Scripted } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
let gateway: Scripted
let logged: string[]
const db = () => database.db
beforeAll(async () => void (database = await openTestDatabase()))
afterAll(() => database.close())
beforeEach(async () => {
  await emptyQueues(db())
  gateway = scriptedGateway()
  logged = []
})

const deps = () =>
  activityDeps(db(), gateway, {
    log: (line) => void logged.push(line),
    checkpointLook: { everyMs: 1, forMs: 5 },
  })

async function openRefund() {
  const { order, ref } = await paidOrder(db())
  const refund = aRefund({ refundId: `r-${order}`, merchantUid: order, gatewayRef: ref })
  await moveBooks(db(), { merchantUid: order }, (books) => ({
    books: { ...books, refunds: [refund] },
    journal: [],
    alerts: [],
  }))
  await emptyQueues(db())
  return { order, ref, id: refund.refundId }
}
const alerts = async () =>
  (await db().selectFrom('outbox').select('payload').where('kind', '=', 'alert').orderBy('id').execute()).map(
    ({ payload }) => `${Object(payload).level} ${Object(payload).sentence}`,
  )
/** Eight days on: the page is due. */
const page = (id: string) => asActivity(() => checkpointRefund(deps(), { refundId: id, now: later(8 * DAY) }))
const asActivity = <T>(work: () => Promise<T>): Promise<T> => new MockActivityEnvironment().run(work)
const attentionOf = async (id: string) =>
  (await db().selectFrom('refunds').select(['refundId', 'attention']).execute()).find(({ refundId }) => refundId === id)
    ?.attention

test('evidence that the database refuses is a look that failed: attention rises, and a person is told', async () => {
  const { order, ref, id } = await openRefund()
  const zero = anEntry({ cancellationId: 'c0', amount: 0, reason: 'fee' })
  gateway.truth = [
    { ...anEvidence({ merchantUid: order, gatewayRef: ref, returned: 0 }), entries: [zero], paidAt: 'never' },
  ]
  expect(await page(id)).toMatchObject({ state: 'ticketOpen' })
  expect(await attentionOf(id)).toBe('page')
  expect(await alerts()).toEqual([expect.stringMatching(/^page .*could not look: .*cannot be booked/)])
})

test.each([
  ['a bug', () => new TypeError("Cannot read properties of undefined (reading 'x')"), 'Cannot read properties'],
  ['what the database can never store', () => new Error('nul \u0000 inside'), 'nul inside'],
  ['a very long sentence', () => new Error('x'.repeat(100_000)), 'xxxx'],
  ['no error at all', () => 'a string', 'a string'],
])('%s in the look is logged with its stack, and said as "could not look"', async (_what, thrown, said) => {
  const { id } = await openRefund()
  gateway.meanwhile = () => {
    throw thrown()
  }
  await page(id)
  expect(await attentionOf(id)).toBe('page')
  const [told = ''] = await alerts()
  expect(told).toContain('could not look: `this program failed while it looked')
  expect(told).toContain(said)
  expect(told.length).toBeLessThan(1_000)
  const faults = logged.filter((line) => line.includes(`the look of refund:${id} failed by a fault of this program`))
  expect(faults).toHaveLength(1)
  if (_what === 'a bug') expect(faults[0]).toContain('blindCheckpoints.test.ts')
})

test('a look that fails once by a fault and then answers has looked', async () => {
  const { order, ref, id } = await openRefund()
  gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
  let times = 0
  gateway.meanwhile = () => {
    times += 1
    if (times === 1) throw new Error('connection lost')
  }
  const patient = { ...deps(), checkpointLook: { everyMs: 1, forMs: 5_000 } }
  await asActivity(() => checkpointRefund(patient, { refundId: id, now: later(8 * DAY) }))
  expect(await alerts()).toEqual([expect.stringContaining('looked: still paid')])
})

test('payments and money with a saga of its own are told the same', async () => {
  const wrong = freshOrder()
  await recordPrepared(db(), wrong.order)
  await bookEvidence(db(), anEvidence({ merchantUid: wrong.order, gatewayRef: wrong.ref, amount: 9_000 }))
  const { order, second } = await paidOrder(db())
  const hold = { policies: { late: 'hold', second: 'hold' } } as const
  await bookEvidence(db(), anEvidence({ merchantUid: order, gatewayRef: second }), hold)
  await emptyQueues(db())
  gateway.meanwhile = () => {
    throw new TypeError('a bug')
  }
  await asActivity(() => checkpointPayment(deps(), { merchantUid: wrong.order, now: later(8 * DAY) }))
  await asActivity(() => checkpointStray(deps(), { gateway: GATEWAY, gatewayRef: second, now: later(8 * DAY) }))
  expect(await alerts()).toEqual([
    expect.stringContaining('could not look: `this program failed'),
    expect.stringContaining('could not look: `this program failed'),
  ])
})

test('a database that is away stops it: nothing can be written, and it is tried again', async () => {
  const away = await openTestDatabase()
  await away.close()
  const without = { ...deps(), db: away.db }
  await expect(asActivity(() => checkpointRefund(without, { refundId: 'r-1', now: later(DAY) }))).rejects.toThrow()
})

test('one whose activity is cancelled looks no more and tells nobody: another worker does it again', async () => {
  const { id } = await openRefund()
  const activity = new MockActivityEnvironment()
  let looks = 0
  gateway.meanwhile = () => {
    looks += 1
    activity.cancel('WORKER_SHUTDOWN')
    throw new Error('cut off')
  }
  const patient = { ...deps(), checkpointLook: { everyMs: 1, forMs: 5_000 } }
  await expect(
    activity.run(() => checkpointRefund(patient, { refundId: id, now: later(8 * DAY) })),
  ).rejects.toMatchObject({ name: 'CancelledFailure' })
  expect(looks).toBe(1)
  expect(await attentionOf(id)).toBe('none')
  expect(await alerts()).toEqual([])
})
