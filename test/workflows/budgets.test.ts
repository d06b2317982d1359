// What each flow costs at most: actions as Temporal bills them, and events, both counted from real histories; and files that
// whoever reads its way opens.
// Must not know: clocks. Arrivals have a fixed order: each step waits until the one before it has come to rest.
import { runInNewContext } from 'node:vm'
import { expect } from 'vitest'
import { waitedFor } from '../support/brief.ts'
import { expectWithin } from '../support/budget.ts'
import { onPostgres } from '../support/database.ts'
import { eventually, shopTest, type OwnShop } from '../support/shop.ts'
import { filesOnTheWay } from '../support/ways.ts'

const DAY_MS = 86_400_000
const CHECKPOINT = 'checkpointRefund'
/** The first one is a day after the request. */
const BEYOND_THE_FIRST_MS = 2 * DAY_MS
/** No checkpoint falls due by itself, however slow the machine is. */
const test = shopTest()

type Events = Awaited<ReturnType<OwnShop['events']>>

/** The history once its last event says that the saga waits: nothing is under way. */
async function resting(shop: OwnShop, workflowId: string): Promise<Events> {
  await eventually(async () => {
    const last = (await shop.events(workflowId)).at(-1)
    const read = last?.markerRecordedEventAttributes
    return last?.timerStartedEventAttributes ?? last?.upsertWorkflowSearchAttributesEventAttributes ?? read
  }).toBeTruthy()
  return shop.events(workflowId)
}

async function ended(shop: OwnShop, workflowId: string, state: string): Promise<Events> {
  expect(await shop.client.workflow.getHandle(workflowId).result()).toEqual({ state })
  return shop.events(workflowId)
}

/** The embedded database's driver is one of them; that of Postgres is a library. */
const FILES = onPostgres ? 66 : 67

test('a webhook that pays goes through at most 67 files until it wakes its saga, 66 on Postgres', async ({
  shop,
  sim,
}) => {
  const ways: ReadonlySet<string>[] = []
  for (let times = 1; times <= 3; times += 1) {
    const { merchantUid } = await shop.open()
    await resting(shop, `payment:${merchantUid}`)
    ways.push(await filesOnTheWay('/webhooks/iamport', `payment:${merchantUid}`, () => sim.pay(merchantUid)))
  }
  const [first = new Set<string>(), ...others] = ways

  const files = [...first].filter((file) => others.every((way) => way.has(file))).toSorted()

  expect(files).toContain('src/domain/moves/evidence/judge.ts')
  expect(files.length, `more than before; is each of them needed?\n${files.join('\n')}`).toBeLessThanOrEqual(FILES)
})

test('a payment that is paid by webhook costs at most 5 actions and 12 events', async ({ shop, sim }) => {
  const { merchantUid } = await shop.open()
  await resting(shop, `payment:${merchantUid}`)
  await sim.pay(merchantUid)

  const events = await ended(shop, `payment:${merchantUid}`, 'paid')

  expectWithin({ actions: 5, events: 12 }, events)
})

test('a refund whose ticket is done before the first checkpoint costs at most 5 actions and 17 events', async ({
  shop,
  sim,
}) => {
  const { merchantUid, refundId } = await shop.paidThenRefunded()
  await resting(shop, `refund:${refundId}`)
  const [ticket] = await sim.tickets(merchantUid)
  await sim.complete(ticket?.id ?? '')

  const events = await ended(shop, `refund:${refundId}`, 'refunded')

  expectWithin({ actions: 5, events: 17 }, events)
})

test('each checkpoint that alerts costs at most 3 actions and 12 events, of which 4 are the timer that brings it', async ({
  shop,
}) => {
  const { refundId } = await shop.paidThenRefunded()
  const workflowId = `refund:${refundId}`
  const checkpointAt = (events: Events) =>
    events.findLastIndex(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === CHECKPOINT,
    )
  let before = (await resting(shop, workflowId)).length
  for (const [days, attention] of [
    [1, 'remind'],
    [2, 'warn'],
    [4, 'page'],
    [7, 'page'],
  ] as const) {
    // The row says that so much more time has passed, and the saga reads it.
    await waitedFor(shop, refundId, days * DAY_MS)
    await eventually(async () => checkpointAt(await shop.events(workflowId))).toBeGreaterThanOrEqual(before)
    const events = await resting(shop, workflowId)
    expectWithin({ actions: 3, events: 8 }, events.slice(checkpointAt(events)))
    expect(await shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', attention })
    before = events.length
  }
})

test('a wake that brings nothing costs 2 actions and 5 events: the timer goes on, until the row names another time', async ({
  shop,
}) => {
  const { refundId } = await shop.paidThenRefunded()
  const workflowId = `refund:${refundId}`
  const timers = async () =>
    (await shop.events(workflowId)).flatMap(
      ({ timerStartedEventAttributes: began, timerCanceledEventAttributes: ended }) =>
        began ? ['began'] : ended ? ['was ended'] : [],
    )
  for (let times = 1; times <= 2; times += 1) {
    const before = await resting(shop, workflowId)
    await shop.wake(workflowId)
    await eventually(async () => (await shop.events(workflowId)).length).toBeGreaterThanOrEqual(before.length + 5)
    expectWithin({ actions: 2, events: 5 }, (await shop.events(workflowId)).slice(before.length))
  }
  expect(await timers()).toEqual(['began'])
  const until = new Date(Date.now() + BEYOND_THE_FIRST_MS).toISOString()
  expect(await shop.call('POST', `/refunds/${refundId}/snooze`, { until })).toMatchObject({ status: 200 })
  await eventually(async () => (await timers()).toSorted()).toEqual(['began', 'began', 'was ended'])
})

test('a promise of a saga is noted with two lines of stack, not with ten', async ({ shop }) => {
  await shop.open()
  expect(runInNewContext('Error.stackTraceLimit')).toBe(2)
  expect(Error.stackTraceLimit, 'of this context, which was there before').toBeGreaterThanOrEqual(10)
})

test('duplicate and forged hints, and waiting itself, cost nothing', async ({ shop }) => {
  const { merchantUid, impUid } = await shop.paid()
  const payment = await ended(shop, `payment:${merchantUid}`, 'paid')
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  const refund = await resting(shop, `refund:${refundId}`)
  for (const status of ['paid', 'paid', 'cancelled', 'cancelled'])
    await shop.hint({ imp_uid: impUid, merchant_uid: merchantUid, status })
  await shop.hint({ imp_uid: 'imp_000000000000', merchant_uid: merchantUid, status: 'paid' })
  await eventually(async () => {
    const due = shop.db.selectFrom('inbox').select('id').where('state', '=', 'received').where('source', '=', 'webhook')
    return due.execute()
  }).toEqual([])

  expect((await shop.events(`payment:${merchantUid}`)).length).toBe(payment.length)
  expect((await shop.events(`refund:${refundId}`)).length).toBe(refund.length)
})

test('a wake on a closed saga costs at most 2 actions and 8 events', async ({ shop, sim }) => {
  const { merchantUid, refundId } = await shop.paidThenRefunded()
  const [ticket] = await sim.tickets(merchantUid)
  await sim.complete(ticket?.id ?? '')
  await ended(shop, `refund:${refundId}`, 'refunded')

  for (const [workflowId, state] of [
    [`refund:${refundId}`, 'refunded'],
    [`payment:${merchantUid}`, 'cancelled'],
  ] as const) {
    const runId = await shop.wake(workflowId)
    expect(await shop.client.workflow.getHandle(workflowId, runId).result()).toEqual({ state })
    expectWithin({ actions: 2, events: 8 }, await shop.events(workflowId, runId))
  }
})
