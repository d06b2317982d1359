// Refunds whose ticket is silent for weeks, on a server that skips time: who is told what and when, what it costs, and that nothing is lost.
// Must not know: how patience is computed. The hours and dates here were worked out by hand.
import { defineSearchAttributeKey } from '@temporalio/common'
import { afterAll, describe, expect, test, vi } from 'vitest'
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
  MINUTE,
  restingAfter,
  silentRefund,
  startRefund,
  startSkippingShop,
  withoutCache,
  type Events,
  type SkippingShop,
} from './skippedTime.ts'

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

const LADDER = '24h remind, 72h warn, 7d page, then every 7d page'
const LOOK = 'GET /payments/:imp_uid'
const CANCEL = 'POST /payments/cancel'
const ATTENTION = defineSearchAttributeKey('Attention', 'KEYWORD')

async function complete(shop: OwnShop, merchantUid: string, refundId: string): Promise<void> {
  const [ticket] = await shop.sim.tickets(merchantUid)
  await shop.sim.complete(ticket?.id ?? '')
  expect(await shop.client.workflow.getHandle(`refund:${refundId}`).result()).toEqual({ state: 'refunded' })
}

describe('a ticket that is silent for 40 days', () => {
  const CHECKPOINTS = [24, 72, 168, 336, 504, 672, 840]
  type Seen = Awaited<ReturnType<typeof seen>>
  type Story = Awaited<ReturnType<typeof play>>
  let story: Promise<Story> | undefined
  let time: SkippingShop | undefined
  /** Played once, by the first test that runs; the others read what was seen. */
  const played = () => (story ??= play())
  afterAll(() => time?.close())

  async function seen(shop: OwnShop, refundId: string, events: Events) {
    const row = await shop.refund(refundId)
    const described = await shop.client.workflow.getHandle(`refund:${refundId}`).describe()
    const { state, attention, nextCheckpoint } = row
    const shown = described.typedSearchAttributes.get(ATTENTION)
    return { state, attention, shown, nextCheckpoint, events, calls: await shop.sim.calls() }
  }

  /** What is seen before each checkpoint and at rest after it, and at the begin and the end of the 40 days. */
  async function play() {
    // The program's own default is the ladder of this file.
    const skipping = (time = await startSkippingShop())
    const shop = skipping.shop()
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

test('with weekends skipped no checkpoint falls on Saturday or Sunday in Seoul, and each is made up on Monday at the same time of day', async () =>
  inSkippedTime({ REFUND_PATIENCE: `${LADDER}, skip weekends Asia/Seoul` }, async (time) => {
    const shop = time.shop()
    const [onFriday, onSaturday] = [await shop.paid(), await shop.paid()]
    // 5 in the morning in Seoul, where it is a day later than in UTC: Friday 2 March, then Saturday 3 March 2040.
    await time.until(Date.parse('2040-03-01T20:00:00Z'))
    const friday = await startRefund(shop, onFriday.merchantUid)
    await restingAfter(shop, `refund:${friday}`, 0)
    await time.until(Date.parse('2040-03-02T20:00:00Z'))
    const saturday = await startRefund(shop, onSaturday.merchantUid)
    await restingAfter(shop, `refund:${saturday}`, 0)
    await time.until(Date.parse('2040-04-11T20:00:00Z'))

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
    const days = [
      ...(await checkpointsOf(shop, onFriday.merchantUid)),
      ...(await checkpointsOf(shop, onSaturday.merchantUid)),
    ]
    expect(days.map((at) => weekday.format(Date.parse(at))).join(' ')).toBe(
      'Mon Fri Fri Fri Fri Fri Mon Tue Mon Mon Mon Mon Mon',
    )
  }))

test('a checkpoint at which the gateway does not answer raises attention as planned and says that it could not look', async () => {
  const story = async (time: SkippingShop) => {
    const shop = time.shop()
    const { merchantUid, refundId, since } = await silentRefund(shop)
    await shop.sim.faults({ reads: 'error500' })
    // In the time for which the look is tried no time is skipped; by so much the next checkpoint is later.
    await time.until(since + 24 * HOUR + 10 * MINUTE)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', attention: 'remind' })
    const [blind, ...more] = await alertsOf(shop, refundId)
    expect(more).toEqual([])
    expect(blind).toMatchObject({ level: 'remind', sentence: expect.stringContaining('could not look: ') })
    expect(blind?.sentence).not.toContain('looked')

    await shop.sim.faults({ reads: 'ok' })
    await restingAfter(shop, `refund:${refundId}`, 0)
    await time.until(since + 72 * HOUR + 10 * MINUTE)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', attention: 'warn' })
    const [, seeing] = await alertsOf(shop, refundId)
    expect(seeing).toMatchObject({ level: 'warn', sentence: expect.stringContaining('looked: still paid') })
    expect(seeing?.sentence).not.toContain('could not')

    const moves = (await shop.journal(merchantUid)).filter(
      (line) => line.refundId === refundId && line.what !== 'checkpoint',
    )
    expect(moves.map(({ to }) => to).filter((to) => to !== null)).toEqual(['requested', 'filed', 'ticketOpen'])
  }
  await inSkippedTime({ REFUND_PATIENCE: LADDER }, story, { checkpointLook: { everyMs: 1_000, forMs: 3_000 } })
})

describe('a patience that is changed while a refund waits', () => {
  /** The worker's restart loses no workflow task: the saga replays and goes on. */
  async function expectNoFailedTask(shop: OwnShop, refundId: string): Promise<void> {
    const events = await shop.events(`refund:${refundId}`)
    expect(events.filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([])
  }

  test('holds at once where it is shorter: what it asks for by now is told, and its checkpoints come', async () => {
    withoutCache()
    await inSkippedTime({ REFUND_PATIENCE: '24h remind, 20d warn, 30d page' }, async (time) => {
      const { refundId, since } = await silentRefund(time.shop())
      const nextHour = async () => hoursSince(since, (await time.shop().refund(refundId)).nextCheckpoint?.at ?? '')
      await time.until(since + 3 * DAY)
      expect(await nextHour()).toBe(480)

      // 12 h is past, and even before the last checkpoint.
      const shop = await time.restart({ REFUND_PATIENCE: '12h warn, 5d page, then every 2d page' })
      await eventually(nextHour).toBe(120)
      expect(await shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', attention: 'warn' })
      await restingAfter(shop, `refund:${refundId}`, 0)
      await time.until(since + 10 * DAY)

      expect(hoursOf(await alertsOf(shop, refundId), since)).toBe(
        '24 h remind, 72 h warn, 120 h page, 168 h page, 216 h page',
      )
      await expectNoFailedTask(shop, refundId)
    })
  })

  test('holds at once where it is longer: the next checkpoint is the new one', async () => {
    withoutCache()
    await inSkippedTime({ REFUND_PATIENCE: LADDER }, async (time) => {
      const { merchantUid, refundId, since } = await silentRefund(time.shop())
      await time.until(since + 3 * DAY + HOUR)
      expect((await time.shop().refund(refundId)).attention).toBe('warn')

      const shop = await time.restart({ REFUND_PATIENCE: '24h remind, 30d page' })
      const due = new Date(since + 30 * DAY).toISOString()
      const planned = { attention: 'warn', nextCheckpoint: { at: due, level: 'page' } }
      await eventually(() => shop.refund(refundId)).toMatchObject(planned)
      const { length } = await restingAfter(shop, `refund:${refundId}`, 0)
      await time.until(since + 30 * DAY - HOUR)
      expect(await shop.events(`refund:${refundId}`)).toHaveLength(length)
      await time.until(since + 31 * DAY)

      expect(hoursOf(await alertsOf(shop, refundId), since)).toBe('24 h remind, 72 h warn, 720 h page')
      await expectNoFailedTask(shop, refundId)
      await complete(shop, merchantUid, refundId)
    })
  })
})

test('a refund whose answer was lost is looked for after 1 and 10 minutes, warned of after an hour, then climbs the ladder, and is not sent again for 40 days', async () =>
  inSkippedTime({ REFUND_PATIENCE: LADDER, CANCEL_TIMEOUT: '2s' }, async (time) => {
    const shop = time.shop()
    const { merchantUid } = await shop.paid()
    await shop.sim.faults({ cancel: 'lostAnswer' })
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'unknown' })
    await restingAfter(shop, `refund:${refundId}`, 0)
    const { waitingSince, stateSince } = await shop.refund(refundId)
    const [since, lostAt, looks] = [Date.parse(waitingSince), Date.parse(stateSince), await shop.sim.callsOf(LOOK)]
    const nextMinute = async () =>
      (Date.parse((await shop.refund(refundId)).nextCheckpoint?.at ?? '') - lostAt) / MINUTE
    expect(await nextMinute()).toBe(1)
    await time.until(lostAt + 5 * MINUTE)
    await eventually(nextMinute).toBe(10)
    await time.until(lostAt + 30 * MINUTE)
    await eventually(nextMinute).toBe(60)
    await time.until(since + 40 * DAY)

    const hours = [24, 72, 168, 336, 504, 672, 840]
    const checkpoints = await checkpointsOf(shop, merchantUid)
    expect(checkpoints.map((at) => hoursSince(since, at))).toEqual([0, 0, 1, ...hours])
    expect(hoursOf(await alertsOf(shop, refundId), since)).toBe(
      '1 h warn, 24 h remind, 72 h warn, 168 h page, 336 h page, 504 h page, 672 h page, 840 h page',
    )
    expect(await shop.refund(refundId)).toMatchObject({ state: 'unknown', attention: 'page' })
    expect(await shop.sim.callsOf(LOOK)).toBe(looks + 10)
    expect(await shop.sim.callsOf(CANCEL)).toBe(1)
    expect(await shop.sim.tickets(merchantUid)).toHaveLength(1)

    await complete(shop, merchantUid, refundId)
    expect(await shop.refund(refundId)).toMatchObject({ state: 'refunded', attention: 'none' })
    expect(await shop.sim.callsOf(CANCEL)).toBe(1)
  }))
