// Refunds whose ticket is silent for weeks, on a server that skips time: who is told what and when, what it costs, and that nothing is lost.
// Must not know: how patience is computed. The hours and dates here were worked out by hand.
import { defineSearchAttributeKey } from '@temporalio/common'
import { describe, expect, test, vi } from 'vitest'
import { expectWithin } from '../support/budget.ts'
import { eventually, type OwnShop } from '../support/shop.ts'
import {
  alertsOf,
  checkpointsOf,
  DAY,
  HOUR,
  hoursOf,
  hoursSince,
  inSkippedTime,
  laterSilentRefund,
  MINUTE,
  restingAfter,
  silentRefund,
  startRefund,
  withoutCache,
  type SkippingShop,
  type Events,
} from './skippedTime.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

const LADDER = '24h remind, 72h warn, 7d page, then every 7d page'
const LOOK = 'GET /payments/:imp_uid'
const CANCEL = 'POST /payments/cancel'
const ATTENTION = defineSearchAttributeKey('Attention', 'KEYWORD')

/** Paid by the first test that asks, before it skips any time: an order's own time is the real one. */
function paidOrders(time: () => SkippingShop, count: number): (index: number) => Promise<string> {
  const paid: string[] = []
  return async (index) => {
    while (paid.length < count) paid.push((await time().shop().paid()).merchantUid)
    return paid[index] ?? 'none'
  }
}

async function complete(shop: OwnShop, merchantUid: string, refundId: string): Promise<void> {
  const [ticket] = await shop.sim.tickets(merchantUid)
  await shop.sim.complete(ticket?.id ?? '')
  expect(await shop.client.workflow.getHandle(`refund:${refundId}`).result()).toEqual({ state: 'refunded' })
}

describe("under the program's own ladder", () => {
  // A look that is tried for minutes at a checkpoint is tried for seconds: for as long no time is skipped.
  const time = inSkippedTime({}, { checkpointLook: { everyMs: 1_000, forMs: 3_000 } })
  const orderOf = paidOrders(time, 2)

  describe('a ticket that is silent for 40 days', () => {
    const CHECKPOINTS = [24, 72, 168, 336, 504, 672, 840]
    type Seen = Awaited<ReturnType<typeof seen>>
    type Story = Awaited<ReturnType<typeof play>>
    let story: Promise<Story> | undefined
    /** Played once, by the first test that runs; the others read what was seen. */
    const played = () => (story ??= play())

    async function seen(shop: OwnShop, refundId: string, events: Events) {
      const row = await shop.refund(refundId)
      const described = await shop.client.workflow.getHandle(`refund:${refundId}`).describe()
      const { state, attention, nextCheckpoint } = row
      const shown = described.typedSearchAttributes.get(ATTENTION)
      return { state, attention, shown, nextCheckpoint, events, calls: await shop.sim.calls() }
    }

    /** What is seen before each checkpoint and at rest after it, and at the begin and the end of the 40 days. */
    async function play() {
      const skipping = time()
      const shop = skipping.shop()
      await orderOf(0)
      const refund = await silentRefund(shop)
      const { refundId, since } = refund
      const now = async () => seen(shop, refundId, await shop.events(`refund:${refundId}`))
      const begin = await now()
      const moments: { before: Seen; after: Seen }[] = []
      for (const hour of CHECKPOINTS) {
        await skipping.until(since + hour * HOUR - MINUTE)
        const before = await now()
        await skipping.until(since + hour * HOUR + MINUTE)
        await restingAfter(shop, `refund:${refundId}`, before.events.length)
        moments.push({ before, after: await now() })
      }
      await skipping.until(since + 960 * HOUR)
      const end = await now()
      const rests = [begin, ...moments.map(({ after }) => after)]
      const nexts = [...moments.map(({ before }) => before), end]
      return { ...refund, skipping, shop, begin, moments, end, rests, nexts, told: await alertsOf(shop, refundId) }
    }

    test('reminds after 24 hours, warns after 72, pages after 168 and every week from then on, and says no more', async () => {
      const { since, told } = await played()
      expect(hoursOf(told, since)).toBe(
        '24 h remind, 72 h warn, 168 h page, 336 h page, 504 h page, 672 h page, 840 h page',
      )
      for (const { kind, sentence } of told) {
        expect(kind).toBe('refund.ticketOpen')
        expect(sentence).toContain('looked: still paid')
      }
    })

    test('is planned to the millisecond from the request, however late a checkpoint runs', async () => {
      const { since, rests } = await played()
      const due = [...CHECKPOINTS, 1_008].map((hour) => new Date(since + hour * HOUR).toISOString())
      expect(rests.map(({ nextCheckpoint }) => nextCheckpoint?.at)).toEqual(due)
    })

    test('asks for a person as loudly in the row as in the search attribute, from each checkpoint to the next', async () => {
      const { rests, nexts } = await played()
      const loud = (all: readonly Seen[]) => all.map(({ attention, shown }) => [attention, shown])
      expect(loud(rests)).toEqual([
        ['none', 'none'],
        ['remind', 'remind'],
        ['warn', 'warn'],
        ...Array.from({ length: 5 }, () => ['page', 'page']),
      ])
      expect(loud(nexts)).toEqual(loud(rests))
      expect(new Set([...rests, ...nexts].map(({ state }) => state))).toEqual(new Set(['ticketOpen']))
    })

    test('costs no event between checkpoints', async () => {
      const { rests, nexts } = await played()
      expect(nexts.map(({ events }) => events.length)).toEqual(rests.map(({ events }) => events.length))
    })

    test('costs at most 3 actions and 12 events a checkpoint', async () => {
      const { moments } = await played()
      expect(moments).toHaveLength(CHECKPOINTS.length)
      for (const { before, after } of moments)
        expectWithin({ actions: 3, events: 12 }, after.events.slice(before.events.length))
    })

    test('asks the gateway for nothing but one look a checkpoint', async () => {
      const { moments, rests, nexts, end } = await played()
      expect(nexts.map(({ calls }) => calls)).toEqual(rests.map(({ calls }) => calls))
      for (const { before, after } of moments)
        expect(after.calls).toEqual({ ...before.calls, [LOOK]: (before.calls[LOOK] ?? 0) + 1 })
      expect(end.calls[CANCEL]).toBe(1)
    })

    test('is settled by a webhook on day 41 all the same', async () => {
      const { skipping, shop, merchantUid, refundId, since, told } = await played()
      await skipping.until(since + 41 * DAY)
      await complete(shop, merchantUid, refundId)

      expect(await shop.refund(refundId)).toMatchObject({ state: 'refunded', attention: 'none', nextCheckpoint: null })
      expect(await shop.payment(merchantUid)).toMatchObject({ state: 'cancelled', attention: 'none' })
      const { status } = await shop.client.workflow.getHandle(`refund:${refundId}`).describe()
      expect(status.name).toBe('COMPLETED')
      expect(await alertsOf(shop, refundId)).toEqual(told)
    })
  })

  test('a checkpoint at which the gateway does not answer raises attention as planned and says that it could not look', async () => {
    const { until, shop: running } = time()
    const shop = running()
    const { merchantUid, refundId, since } = await laterSilentRefund(shop, await orderOf(1))
    await shop.sim.faults({ reads: 'error500' })
    // In the time for which the look is tried no time is skipped; by so much the next checkpoint is later.
    await until(since + 24 * HOUR + 10 * MINUTE)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', attention: 'remind' })
    const [blind, ...more] = await alertsOf(shop, refundId)
    expect(more).toEqual([])
    expect(blind).toMatchObject({ level: 'remind', sentence: expect.stringContaining('could not look: ') })
    expect(blind?.sentence).not.toContain('looked')

    await shop.sim.faults({ reads: 'ok' })
    await restingAfter(shop, `refund:${refundId}`, 0)
    await until(since + 72 * HOUR + 10 * MINUTE)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', attention: 'warn' })
    const [, seeing] = await alertsOf(shop, refundId)
    expect(seeing).toMatchObject({ level: 'warn', sentence: expect.stringContaining('looked: still paid') })
    expect(seeing?.sentence).not.toContain('could not')

    const moves = (await shop.journal(merchantUid)).filter(
      (line) => line.refundId === refundId && line.what !== 'checkpoint',
    )
    expect(moves.map(({ to }) => to).filter((to) => to !== null)).toEqual(['requested', 'filed', 'ticketOpen'])
    await complete(shop, merchantUid, refundId)
  })

  test('a refund whose answer was lost is looked for after 1 and 10 minutes, warned of after an hour, then climbs the ladder, and is not sent again for 40 days', async () => {
    const { until, shop: running } = time()
    const shop = running()
    const merchantUid = await orderOf(0)
    const calls = await shop.sim.callsOf(CANCEL)
    // The ticket is filed, and what comes back says nothing.
    await shop.sim.faults({ cancel: 'error500After' })
    const refundId = await startRefund(shop, merchantUid)
    await eventually(() => shop.refund(refundId).catch(() => undefined)).toMatchObject({ state: 'unknown' })
    await restingAfter(shop, `refund:${refundId}`, 0)
    const { waitingSince, stateSince } = await shop.refund(refundId)
    const [since, lostAt, looks] = [Date.parse(waitingSince), Date.parse(stateSince), await shop.sim.callsOf(LOOK)]
    const nextMinute = async () =>
      (Date.parse((await shop.refund(refundId)).nextCheckpoint?.at ?? '') - lostAt) / MINUTE
    expect(await nextMinute()).toBe(1)
    await until(lostAt + 5 * MINUTE)
    await eventually(nextMinute).toBe(10)
    await until(lostAt + 30 * MINUTE)
    await eventually(nextMinute).toBe(60)
    await until(since + 40 * DAY)

    const hours = [24, 72, 168, 336, 504, 672, 840]
    const checkpoints = await checkpointsOf(shop, merchantUid)
    expect(checkpoints.map((at) => hoursSince(since, at))).toEqual([0, 0, 1, ...hours])
    expect(hoursOf(await alertsOf(shop, refundId), since)).toBe(
      '1 h warn, 24 h remind, 72 h warn, 168 h page, 336 h page, 504 h page, 672 h page, 840 h page',
    )
    expect(await shop.refund(refundId)).toMatchObject({ state: 'unknown', attention: 'page' })
    expect(await shop.sim.callsOf(LOOK)).toBe(looks + 10)
    expect(await shop.sim.callsOf(CANCEL)).toBe(calls + 1)
    expect(await shop.sim.tickets(merchantUid)).toHaveLength(1)

    await complete(shop, merchantUid, refundId)
    expect(await shop.refund(refundId)).toMatchObject({ state: 'refunded', attention: 'none' })
    expect(await shop.sim.callsOf(CANCEL)).toBe(calls + 1)
  })
})

describe('a patience that people set', () => {
  withoutCache()
  const WITHOUT_WEEKENDS = { REFUND_PATIENCE: `${LADDER}, skip weekends Asia/Seoul` }
  const ONE_MONTH = { REFUND_PATIENCE: '24h remind, 30d page' }
  const time = inSkippedTime(WITHOUT_WEEKENDS)
  const orderOf = paidOrders(time, 4)

  /** The worker's restart loses no workflow task: the saga replays and goes on. */
  async function expectNoFailedTask(shop: OwnShop, refundId: string): Promise<void> {
    const events = await shop.events(`refund:${refundId}`)
    expect(events.filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([])
  }

  test('with weekends skipped no checkpoint falls on Saturday or Sunday in Seoul, and each is made up on Monday at the same time of day', async () => {
    const { until, under } = time()
    const shop = await under(WITHOUT_WEEKENDS)
    const [onFriday, onSaturday] = [await orderOf(0), await orderOf(1)]
    // 5 in the morning in Seoul, where it is a day later than in UTC: Friday 2 March, then Saturday 3 March 2040.
    await until(Date.parse('2040-03-01T20:00:00Z'))
    const friday = await startRefund(shop, onFriday)
    await restingAfter(shop, `refund:${friday}`, 0)
    await until(Date.parse('2040-03-02T20:00:00Z'))
    const saturday = await startRefund(shop, onSaturday)
    await restingAfter(shop, `refund:${saturday}`, 0)
    await until(Date.parse('2040-04-11T20:00:00Z'))

    const told = async (refundId: string) =>
      (await alertsOf(shop, refundId)).map(({ at, level }) => `${at.slice(0, 13)} ${level}`)
    expect(await told(friday)).toEqual([
      '2040-03-04T20 warn', // the reminder of Saturday comes on Monday with the warning
      '2040-03-08T20 page',
      '2040-03-15T20 page',
      '2040-03-22T20 page',
      '2040-03-29T20 page',
      '2040-04-05T20 page',
    ])
    expect(await told(saturday)).toEqual([
      '2040-03-04T20 remind', // Sunday
      '2040-03-05T20 warn', // Tuesday
      '2040-03-11T20 page', // Saturday, and so every week
      '2040-03-18T20 page',
      '2040-03-25T20 page',
      '2040-04-01T20 page',
      '2040-04-08T20 page',
    ])
    const weekday = new Intl.DateTimeFormat('en-US', { timeZone: 'Asia/Seoul', weekday: 'short' })
    const days = [...(await checkpointsOf(shop, onFriday)), ...(await checkpointsOf(shop, onSaturday))]
    expect(days.map((at) => weekday.format(Date.parse(at))).join(' ')).toBe(
      'Mon Fri Fri Fri Fri Fri Mon Tue Mon Mon Mon Mon Mon',
    )
    await complete(shop, onFriday, friday)
    await complete(shop, onSaturday, saturday)
  })

  test('holds at once where it is longer, for what waits: the next checkpoint is the new one', async () => {
    const { until, under } = time()
    // On a Monday: what the weekends would change comes after the change.
    const before = await under(WITHOUT_WEEKENDS)
    const waiting = await orderOf(2)
    await until(Date.parse('2040-04-15T20:00:00Z'))
    const { merchantUid, refundId, since } = await laterSilentRefund(before, waiting)
    await until(since + 3 * DAY + HOUR)
    expect((await before.refund(refundId)).attention).toBe('warn')

    const shop = await under(ONE_MONTH)
    const due = new Date(since + 30 * DAY).toISOString()
    const planned = { attention: 'warn', nextCheckpoint: { at: due, level: 'page' } }
    await eventually(() => shop.refund(refundId)).toMatchObject(planned)
    const { length } = await restingAfter(shop, `refund:${refundId}`, 0)
    await until(since + 30 * DAY - HOUR)
    expect(await shop.events(`refund:${refundId}`)).toHaveLength(length)
    await until(since + 31 * DAY)

    expect(hoursOf(await alertsOf(shop, refundId), since)).toBe('24 h remind, 72 h warn, 720 h page')
    await expectNoFailedTask(shop, refundId)
    await complete(shop, merchantUid, refundId)
  })

  test('holds at once where it is shorter, for what waits: what it asks for by now is told, and its checkpoints come', async () => {
    const { until, under } = time()
    const before = await under(ONE_MONTH)
    const { refundId, since } = await laterSilentRefund(before, await orderOf(3))
    const nextHour = async (shop: OwnShop) => hoursSince(since, (await shop.refund(refundId)).nextCheckpoint?.at ?? '')
    await until(since + 3 * DAY)
    expect(await nextHour(before)).toBe(720)

    // 12 h is past, and even before the last checkpoint.
    const shop = await under({ REFUND_PATIENCE: '12h warn, 5d page, then every 2d page' })
    await eventually(() => nextHour(shop)).toBe(120)
    expect(await shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', attention: 'warn' })
    await restingAfter(shop, `refund:${refundId}`, 0)
    await until(since + 10 * DAY)

    expect(hoursOf(await alertsOf(shop, refundId), since)).toBe(
      '24 h remind, 72 h warn, 120 h page, 168 h page, 216 h page',
    )
    await expectNoFailedTask(shop, refundId)
  })
})
