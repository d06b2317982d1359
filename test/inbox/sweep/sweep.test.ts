// The sweep against lists that fail, move and hold what is not ours: one hint of each difference,
// and cursors that move last.
// Must not know: i'mport's wire, how a list is walked.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { transact, type Database } from '../../../src/db/connect.ts'
import { remember } from '../../../src/db/watch/accounts.ts'
import { beginCatchUp, moveCursor, readCatchUp, loadCursor } from '../../../src/db/watch/sweeps.ts'
import { Failure } from '../../../src/domain/failures.ts'
import type { ListedStatus } from '../../../src/domain/gateway.ts'
import { gatewayRef } from '../../../src/domain/ids.ts'
import { startCatchUps } from '../../../src/inbox/sweep/catchUp.ts'
import type { SweepDeps } from '../../../src/inbox/sweep/keepRange.ts'
import { sweepGateway } from '../../../src/inbox/sweep/sweep.ts'
import { metrics, registry } from '../../../src/metrics.ts'
import { anEntry, aRefund, GATEWAY, HOUR, later, MINUTE, PATIENCE } from '../../support/books.ts'
import { bookEvidence, emptyQueues, freshOrder, moveBooks, recordPrepared } from '../../support/booksDatabase.ts'
import { openTestDatabase } from '../../support/database.ts'
import { elementOf, listing, paidAt, shownAs, unreadableAt, type Listing } from './listing.ts'
import { meeting } from '../../support/meeting.ts'

const NOON = '2026-03-02T12:00:00.000Z'
let database: Database
const db = () => database.db
beforeAll(async () => void (database = await openTestDatabase()))
afterAll(() => database.close())
beforeEach(async () => {
  await emptyQueues(db())
  await sql`delete from sweep_cursors`.execute(db())
})

const deps = ({ gateway }: Listing, shown: Partial<SweepDeps> = {}): SweepDeps => ({
  db: db(),
  gateways: new Map([[gateway.name, gateway]]),
  patience: PATIENCE,
  log: () => {},
  kick: () => {},
  ...shown,
})
const ago = (ms: number): string => new Date(Math.floor((Date.now() - ms) / 1_000) * 1_000).toISOString()
const inbox = () => db().selectFrom('inbox').selectAll().orderBy('id').execute()
const hinted = async () => (await inbox()).map((row) => row.gatewayRef)
const alerts = async () =>
  (
    await db().selectFrom('outbox').select(['target', 'payload']).where('kind', '=', 'alert').orderBy('id').execute()
  ).map(({ target, payload }) => ({
    target,
    level: Object(payload).level,
    kind: Object(payload).kind,
    says: Object(payload).sentence,
  }))
const askedOf = ({ asked }: Listing, status: ListedStatus) => asked.filter((each) => each.status === status)
const refsOf = (list: Listing) =>
  list.holds.flatMap(({ says }) => ('evidence' in says ? [says.evidence.gatewayRef as string] : []))
const failing = (status: ListedStatus) => (asked: { status: ListedStatus }) => {
  if (asked.status === status) throw new Failure('gatewayUnavailable', 'it is away')
}

describe('lists that cannot stop each other', () => {
  test('one that fails keeps no other from being asked, and the run fails all the same', async () => {
    const list = listing([paidAt(1, { at: ago(MINUTE) }), paidAt(2, { at: ago(MINUTE), status: 'failed' })])
    list.before = failing('paid')
    await expect(sweepGateway(deps(list), GATEWAY)).rejects.toMatchObject({
      kind: 'gatewayUnavailable',
      message: expect.stringMatching(/1 of 4 parts.*paid list: it is away/),
      details: {
        swept: {
          lists: {
            paid: { said: 'it is away', calls: 1 },
            cancelled: { said: null },
            failed: { said: null, listed: 1 },
          },
          daily: { said: null },
        },
      },
    })
    expect(new Set(list.asked.map(({ status }) => status))).toEqual(new Set(['cancelled', 'failed']))
    expect(await loadCursor(db(), GATEWAY, 'failed')).toMatchObject({ complete: true })
  })

  test('each that fails is named', async () => {
    const list = listing()
    list.before = ({ status }) => {
      if (status !== 'cancelled') throw new Failure('gatewayAnswerUnreadable', `no ${status}`)
    }
    await expect(sweepGateway(deps(list), GATEWAY)).rejects.toMatchObject({
      message: expect.stringMatching(/paid list: no paid; failed list: no failed/),
    })
  })

  test('a list that fails from the first run on is as old as that run, which no later one forgets', async () => {
    const list = listing()
    list.before = failing('paid')
    await sweepGateway(deps(list), GATEWAY).catch(() => {})
    const first = await loadCursor(db(), GATEWAY, 'paid')
    await sweepGateway(deps(list), GATEWAY).catch(() => {})
    expect(await loadCursor(db(), GATEWAY, 'paid')).toEqual(first)
    const age = Date.now() - Date.parse(first?.cursor ?? '')
    expect(age).toBeGreaterThan(23 * HOUR)
    expect(age).toBeLessThan(25 * HOUR)
  })

  test('while another account answers nothing is asked, and no cursor moves', async () => {
    const list = listing()
    await remember(db(), GATEWAY, ['paymentwall/ours/live'])
    list.gateway.account = () => Promise.resolve(['paymentwall/other/live'])
    await expect(sweepGateway(deps(list), GATEWAY)).rejects.toMatchObject({ kind: 'accountDiffers' })
    await expect(sweepGateway(deps(list), GATEWAY)).rejects.toMatchObject({ kind: 'accountDiffers' })
    expect(list.asked).toEqual([])
    expect(await loadCursor(db(), GATEWAY, 'paid')).toBeUndefined()
    expect(await alerts()).toMatchObject([{ target: 'account:iamport/main', level: 'page', kind: 'accountDiffers' }])

    list.gateway.account = () => Promise.resolve(['paymentwall/ours/live', 'paymentwall/new/test'])
    list.holds = [paidAt(1, { at: ago(20 * HOUR) })]
    expect(await sweepGateway(deps(list), GATEWAY)).toMatchObject({ kept: 1 })
  })

  test('a stop ends the run with its page', async () => {
    const list = listing([paidAt(1, { at: ago(MINUTE) })])
    const stopping = new AbortController()
    list.before = () => stopping.abort()
    const run = sweepGateway(deps(list), GATEWAY, { stopping: stopping.signal })
    await expect(run).rejects.toMatchObject({ kind: 'temporarilyUnavailable' })
    expect(list.asked).toHaveLength(1)
  })
})

describe('the cursor', () => {
  test('begins a day back, and then an hour before where it stands', async () => {
    const list = listing([paidAt(1, { at: ago(23 * HOUR) }), paidAt(2, { at: ago(25 * HOUR) })])
    await sweepGateway(deps(list), GATEWAY)
    expect(await hinted()).toEqual(['imp_1'])
    const first = await loadCursor(db(), GATEWAY, 'paid')
    list.asked.length = 0

    await sweepGateway(deps(list), GATEWAY)
    const back = Date.parse(first?.cursor ?? '') - (list.asked[0]?.from.getTime() ?? 0)
    expect(back).toBeGreaterThanOrEqual(HOUR)
    expect(back).toBeLessThan(HOUR + 1_000)
  })

  test('stands at the end of the last window read whole where a run ends at its bound, and the next goes on there', async () => {
    const list = listing(
      Array.from({ length: 2_500 }, (_, index) => paidAt(index, { at: ago(20 * HOUR - index * 25_000) })),
    )
    await sweepGateway(deps(list), GATEWAY, { pages: 5 })
    const reached = await loadCursor(db(), GATEWAY, 'paid')
    expect(reached?.complete).toBe(false)
    list.asked.length = 0

    await sweepGateway(deps(list), GATEWAY, { pages: 5 })
    expect(askedOf(list, 'paid')[0]?.from.toISOString()).toBe(reached?.cursor)
    for (let runs = 0; runs < 20 && !(await loadCursor(db(), GATEWAY, 'paid'))?.complete; runs += 1)
      await sweepGateway(deps(list), GATEWAY, { pages: 5 })
    expect(await loadCursor(db(), GATEWAY, 'paid')).toMatchObject({ complete: true })
    expect(new Set(await hinted())).toEqual(new Set(refsOf(list)))
  })

  test('stands where a list broke: what was read whole before is kept', async () => {
    const list = listing(
      Array.from({ length: 1_500 }, (_, index) => paidAt(index, { at: ago(20 * HOUR - index * 40_000) })),
    )
    list.before = ({ status, from }) => {
      if (status === 'paid' && from.getTime() > Date.now() - 20 * HOUR)
        throw new Failure('gatewayUnavailable', 'it is away')
    }
    await expect(sweepGateway(deps(list), GATEWAY)).rejects.toMatchObject({ kind: 'gatewayUnavailable' })
    const broken = await loadCursor(db(), GATEWAY, 'paid')
    expect(Date.parse(broken?.cursor ?? '')).toBeGreaterThan(Date.now() - 20 * HOUR)
    expect((await hinted()).length).toBeGreaterThan(100)

    list.before = () => {}
    await sweepGateway(deps(list), GATEWAY)
    expect(new Set(await hinted())).toEqual(new Set(refsOf(list)))
  })

  test('is moved by one of two runs at once, and neither loses a hint', async () => {
    const list = listing([paidAt(1, { at: ago(MINUTE) })])
    const both = meeting(2)
    list.before = ({ status }) => (status === 'paid' ? both() : undefined)
    const runs = await Promise.all([sweepGateway(deps(list), GATEWAY), sweepGateway(deps(list), GATEWAY)])
    expect(runs.every(({ differing }) => differing === 1)).toBe(true)
    expect(new Set(await hinted())).toEqual(new Set(['imp_1']))
    expect(await loadCursor(db(), GATEWAY, 'paid')).toMatchObject({ version: 1, complete: true })
  })

  test('moves only from what was read', async () => {
    const key = { gateway: GATEWAY, status: 'paid' } as const
    const next = { cursor: NOON, complete: true, unreadable: 0 }
    const move = (...args: [typeof before, typeof next]) =>
      transact(db(), 'move', (trx) => moveCursor(trx, key, ...args))
    const before = await loadCursor(db(), GATEWAY, 'paid')
    expect(await move(before, next)).toBe(true)
    expect(await move(before, { ...next, cursor: later(HOUR, NOON) })).toBe(false)
    const read = await loadCursor(db(), GATEWAY, 'paid')
    expect(await move(read, { ...next, cursor: later(HOUR, NOON) })).toBe(true)
    expect(await move(read, next)).toBe(false)
    expect(await loadCursor(db(), GATEWAY, 'paid')).toMatchObject({ cursor: later(HOUR, NOON), version: 2 })
  })
})

describe('a difference', () => {
  test('gets one hint, and none more while it waits', async () => {
    const list = listing([paidAt(1, { at: ago(MINUTE) })])
    expect(await sweepGateway(deps(list), GATEWAY)).toMatchObject({ listed: 1, differing: 1, kept: 1 })
    expect(await sweepGateway(deps(list), GATEWAY)).toMatchObject({ listed: 1, differing: 1, kept: 0 })
    expect(await inbox()).toMatchObject([
      { source: 'sweep', gatewayRef: 'imp_1', merchantUid: 'unknown-1', saidStatus: 'paid', state: 'received' },
    ])
  })

  test('does not wait for a hint that is due later, or that stands in the line of a catch-up', async () => {
    const list = listing([paidAt(1, { at: ago(MINUTE) }), paidAt(2, { at: ago(MINUTE) })])
    await sweepGateway(deps(list), GATEWAY)
    await sql`update inbox set due_at = due_at + interval '5 minutes' where gateway_ref = 'imp_1'`.execute(db())
    await sql`update inbox set sweep_id = 'a catch-up' where gateway_ref = 'imp_2'`.execute(db())
    expect(await sweepGateway(deps(list), GATEWAY)).toMatchObject({ kept: 2 })
  })

  test('is none once a look has booked it, the excess of a larger entry included', async () => {
    const { order, ref } = freshOrder()
    await recordPrepared(db(), order)
    const paid = shownAs({ merchantUid: order, gatewayRef: ref, paidAt: ago(2 * MINUTE) })
    await bookEvidence(db(), paid)
    const refund = aRefund({ refundId: `r-${order}`, merchantUid: order, gatewayRef: ref, amount: 4_000 })
    await moveBooks(db(), { merchantUid: order }, (books) => ({
      books: { ...books, refunds: [refund] },
      journal: [],
      alerts: [],
    }))
    const entries = [anEntry({ amount: 6_000, reason: `asked #r-${order}` })]
    const cancelled = shownAs({ ...paid, status: 'cancelled', returned: 6_000, entries })
    await bookEvidence(db(), cancelled)
    const list = listing([elementOf(cancelled, ago(2 * MINUTE))])
    expect(await sweepGateway(deps(list), GATEWAY)).toMatchObject({ listed: 1, differing: 0, kept: 0 })
  })
})

describe('elements that cannot be read', () => {
  test('are kept by their reference and told once each, the second one too', async () => {
    const first = unreadableAt(ago(MINUTE), { gatewayRef: gatewayRef('imp_bad1'), why: 'currency: it does not fit' })
    const list = listing([first, paidAt(1, { at: ago(MINUTE) })])
    expect(await sweepGateway(deps(list), GATEWAY)).toMatchObject({ unreadable: 1, kept: 1 })
    await sweepGateway(deps(list), GATEWAY)
    expect((await inbox()).filter(({ state }) => state === 'parked')).toMatchObject([
      { source: 'sweep', gatewayRef: 'imp_bad1', subject: 'ref:imp_bad1', parkedBecause: 'unreadable' },
    ])
    expect(await alerts()).toMatchObject([
      { target: `sweep:${GATEWAY}`, level: 'page', kind: 'sweepUnreadable', says: expect.stringContaining('imp_bad1') },
    ])
    expect((await alerts())[0]?.says).toContain('currency: it does not fit')

    // The first one has left the window: as many as before, and another one.
    list.holds = [unreadableAt(ago(MINUTE), { gatewayRef: gatewayRef('imp_bad2') })]
    await sweepGateway(deps(list), GATEWAY)
    expect((await alerts()).map(({ says }) => /imp_bad\d/.exec(says)?.[0])).toEqual(['imp_bad1', 'imp_bad2'])
  })

  test('are not told again once a person has had them looked at', async () => {
    const list = listing([unreadableAt(ago(MINUTE), { gatewayRef: gatewayRef('imp_bad3') })])
    await sweepGateway(deps(list), GATEWAY)
    await db().updateTable('inbox').set({ state: 'looked', parkedBecause: null }).execute()
    await sweepGateway(deps(list), GATEWAY)
    expect(await inbox()).toHaveLength(1)
    expect(await alerts()).toHaveLength(1)
  })

  test('that name no reference are kept by their order, and told by count where they name nothing', async () => {
    const list = listing([unreadableAt(ago(MINUTE), { merchantUid: 'order-bad' }), unreadableAt(ago(MINUTE))])
    expect(await sweepGateway(deps(list), GATEWAY)).toMatchObject({ unreadable: 2 })
    await sweepGateway(deps(list), GATEWAY)
    expect(await inbox()).toMatchObject([{ subject: 'order:order-bad', state: 'parked' }])
    expect((await alerts()).map(({ says }) => says)).toEqual([
      expect.stringContaining('a payment of order-bad'),
      expect.stringContaining('1 of the paid payments'),
    ])
    list.holds.push(unreadableAt(ago(MINUTE)))
    await sweepGateway(deps(list), GATEWAY)
    expect((await alerts()).at(-1)?.says).toContain('2 of the paid payments')
  })

  test('of other providers are only counted, unless they name an order of ours', async () => {
    const { order } = freshOrder()
    await recordPrepared(db(), order, { orderState: 'closed', state: 'closed' })
    const theirs = unreadableAt(ago(MINUTE), { gatewayRef: gatewayRef('imp_theirs'), ours: false })
    const mixed = unreadableAt(ago(MINUTE), { gatewayRef: gatewayRef('imp_mixed'), merchantUid: order, ours: false })
    const list = listing([theirs, mixed])
    expect(await sweepGateway(deps(list), GATEWAY)).toMatchObject({ unreadable: 1, strangers: 1 })
    expect(await hinted()).toEqual(['imp_mixed'])
  })
})

describe("other providers' payments on the account", () => {
  const theirs = (id: string, merchantUid: string) =>
    elementOf(shownAs({ gatewayRef: gatewayRef(id), merchantUid, provider: 'html5_inicis', ours: false }), ago(MINUTE))
  const counted = async () =>
    Number(/^saga_strangers_total\{.*source="list"\} (\d+)$/m.exec(await registry.metrics())?.[1])

  test('are counted, and nothing else', async () => {
    metrics.strangers.reset()
    const list = listing([theirs('imp_s1', 'another-shop-1'), theirs('imp_s2', 'another-shop-2')])
    expect(await sweepGateway(deps(list), GATEWAY)).toMatchObject({ listed: 2, strangers: 2, differing: 0, kept: 0 })
    expect(await inbox()).toEqual([])
    expect(await alerts()).toEqual([])
    expect(await counted()).toBe(2)
  })

  test('get a look where they name an order of ours', async () => {
    const { order } = freshOrder()
    await recordPrepared(db(), order, { orderState: 'closed', state: 'closed' })
    const list = listing([theirs('imp_s3', order)])
    expect(await sweepGateway(deps(list), GATEWAY)).toMatchObject({ strangers: 0, differing: 1, kept: 1 })
    expect(await hinted()).toEqual(['imp_s3'])
  })
})

describe('a catch-up', () => {
  const from = new Date(NOON)
  const to = new Date(later(HOUR, NOON))
  async function caughtUp(list: Listing, id: string) {
    const range = { rangeFrom: from.toISOString(), rangeTo: to.toISOString() }
    await transact(db(), 'begin', (trx) => beginCatchUp(trx, { id, askedBy: 'test', ...range }))
    const catchUps = startCatchUps(deps(list))
    catchUps.begin({ id, from, to })
    await expect.poll(async () => (await readCatchUp(db(), id))?.state, { timeout: 10_000 }).not.toBe('listing')
    await catchUps.stop()
    return readCatchUp(db(), id)
  }

  test('walks as a sweep does: what was updated late is listed, strangers are counted, the unreadable kept', async () => {
    const many = Array.from({ length: 150 }, (_, index) => paidAt(index, { at: later(index * 1_000, NOON) }))
    const late = paidAt(900, { at: later(2_000, NOON), updated: later(59 * MINUTE, NOON) })
    const stranger = elementOf(shownAs({ gatewayRef: gatewayRef('imp_o'), merchantUid: 'other', ours: false }), NOON)
    const bad = unreadableAt(NOON, { gatewayRef: gatewayRef('imp_bad') })
    const list = listing([...many, late, stranger, bad])
    expect(await caughtUp(list, 'catch-up-1')).toMatchObject({
      state: 'listed',
      listed: 152,
      differing: 151,
      kept: 151,
      strangers: 1,
      unreadable: 1,
      said: null,
    })
    expect(await hinted()).toContain('imp_900')
  })

  test('walks the other lists where one fails, and says which', async () => {
    const list = listing([paidAt(1, { at: NOON, status: 'failed' })])
    list.before = failing('paid')
    const report = await caughtUp(list, 'catch-up-2')
    expect(report).toMatchObject({ state: 'failed', listed: 1 })
    expect(report?.said).toBe(`paid of ${GATEWAY}: it is away`)
  })
})
