// The sweep against a list that moves: nothing skipped, nothing for ever, one hint of each difference, and cursors that move last.
// Must not know: i'mport's wire. The list behaves as iamport.md §3.2 says: ascending by change, a page of three.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Evidence, Gateway, ListedStatus } from '../../src/domain/gateway.ts'
import { Failure } from '../../src/domain/failures.ts'
import { gatewayRef, merchantUid } from '../../src/domain/ids.ts'
import type { Database } from '../../src/db/connect.ts'
import { transact } from '../../src/db/connect.ts'
import { moveCursor, readCursor, type Known, type KnownAttempt } from '../../src/db/sweeps.ts'
import { differs } from '../../src/inbox/differences.ts'
import { sweepGateway, type SweepDeps } from '../../src/inbox/sweep.ts'
import { walkList } from '../../src/inbox/walkList.ts'
import { anEntry, anEvidence, DAY, GATEWAY, HOUR, later, MINUTE } from '../support/books.ts'
import { bookEvidence, emptyQueues, freshOrder, moveBooks, recordPrepared } from '../support/booksDatabase.ts'
import { aRefund } from '../support/books.ts'
import { openTestDatabase } from '../support/database.ts'
import { scriptedGateway } from '../support/booksGateway.ts'
import { meeting } from '../support/meeting.ts'

const PAGE = 3
const NOON = '2026-03-02T12:00:00.000Z'
let database: Database
const db = () => database.db
beforeAll(async () => void (database = await openTestDatabase()))
afterAll(() => database.close())
beforeEach(async () => {
  await emptyQueues(db())
  await sql`delete from sweep_cursors`.execute(db())
})

type Ask = { status: ListedStatus; from: Date; to: Date; page: number }
type Listing = { truth: Evidence[]; unreadable: number; asked: Ask[]; before: (ask: Ask) => Promise<void> | void }

function listing(truth: Evidence[] = []): Listing & { gateway: Gateway } {
  const state: Listing = { truth, unreadable: 0, asked: [], before: () => {} }
  const changed = (each: Evidence) => Date.parse((each.status === 'failed' ? each.failedAt : each.paidAt) ?? '')
  const gateway: Gateway = {
    ...scriptedGateway(),
    list: async (status, from, to, page) => {
      await state.before({ status, from, to, page })
      state.asked.push({ status, from, to, page })
      const inside = state.truth
        .filter((each) => each.status === status && changed(each) >= from.getTime() && changed(each) <= to.getTime())
        .toSorted((a, b) => changed(a) - changed(b))
      const listed = inside.slice((page - 1) * PAGE, page * PAGE)
      return { listed, more: page * PAGE < inside.length, unreadable: status === 'paid' ? state.unreadable : 0 }
    },
  }
  return Object.assign(state, { gateway })
}

const deps = (gateway: Gateway): SweepDeps => ({
  db: db(),
  gateways: new Map([[gateway.name, gateway]]),
  log: () => {},
  kick: () => {},
})
const paidAt = (id: number, at: string): Evidence =>
  anEvidence({ gatewayRef: gatewayRef(`imp_${id}`), merchantUid: `unknown-${id}`, paidAt: at })
const ago = (ms: number): string => new Date(Math.floor((Date.now() - ms) / 1_000) * 1_000).toISOString()
const hinted = async () =>
  (await db().selectFrom('inbox').select('gatewayRef').orderBy('id').execute()).map((row) => row.gatewayRef)
const refsOf = (many: readonly Evidence[]) => many.map((each) => each.gatewayRef).toSorted()

test('a crowd within one second is listed by pages, and then the time moves on', async () => {
  const before = [paidAt(1, NOON), paidAt(2, NOON)]
  const crowd = Array.from({ length: 10 }, (_, index) => paidAt(10 + index, later(MINUTE, NOON)))
  const after = [paidAt(90, later(2 * MINUTE, NOON)), paidAt(91, later(3 * MINUTE, NOON))]
  const list = listing([...before, ...crowd, ...after])
  const seen = new Set<string>()
  const range = { from: new Date(NOON), to: new Date(later(HOUR, NOON)) }

  const reached = await walkList(range, 100, async (from, to, page) => {
    const answer = await list.gateway.list('paid', from, to, page)
    for (const each of answer.listed) seen.add(each.gatewayRef)
    return answer
  })

  expect(reached).toBe('end')
  expect([...seen].toSorted()).toEqual(refsOf(list.truth))
  expect(list.asked.length).toBeLessThanOrEqual(8)
  expect(
    list.asked.filter(({ page }) => page > 1).every(({ from }) => from.toISOString() === later(MINUTE, NOON)),
  ).toBe(true)
})

test('a payment that leaves the list between two calls hides no other', async () => {
  const many = Array.from({ length: 9 }, (_, index) => paidAt(index, later(index * MINUTE, NOON)))
  const list = listing([...many])
  // It was cancelled meanwhile: page numbers would now skip one of those behind it.
  list.before = () => void (list.asked.length === 1 && list.truth.splice(0, 1))
  const seen = new Set<string>()
  await walkList({ from: new Date(NOON), to: new Date(later(HOUR, NOON)) }, 100, async (from, to, page) => {
    const answer = await list.gateway.list('paid', from, to, page)
    for (const each of answer.listed) seen.add(each.gatewayRef)
    return answer
  })
  expect([...seen].toSorted()).toEqual(refsOf(many))
})

test('a range longer than the gateway takes is asked in windows', async () => {
  const list = listing([paidAt(1, later(2 * DAY, NOON)), paidAt(2, later(190 * DAY, NOON))])
  const range = { from: new Date(NOON), to: new Date(later(200 * DAY, NOON)) }
  expect(await walkList(range, 100, (...ask) => list.gateway.list('paid', ...ask))).toBe('end')
  expect(list.asked).toHaveLength(3)
  for (const { from, to } of list.asked) expect(to.getTime() - from.getTime()).toBeLessThanOrEqual(90 * DAY)
})

test('a list that never gets on is given up with its reason', async () => {
  const stuck = async () => ({ listed: [], more: true, unreadable: 0 })
  const range = { from: new Date(NOON), to: new Date(later(HOUR, NOON)) }
  await expect(walkList(range, 5_000, stuck)).rejects.toMatchObject({ kind: 'gatewayAnswerUnreadable' })
})

test('the first run begins a day back, the next ones an hour before the cursor', async () => {
  const list = listing([paidAt(1, ago(23 * HOUR)), paidAt(2, ago(25 * HOUR))])
  await sweepGateway(deps(list.gateway), GATEWAY)
  expect(await hinted()).toEqual(['imp_1'])
  const first = await readCursor(db(), GATEWAY, 'paid')
  list.asked.length = 0

  await sweepGateway(deps(list.gateway), GATEWAY)
  const back = Date.parse(first?.cursor ?? '') - (list.asked[0]?.from.getTime() ?? 0)
  expect(back).toBeGreaterThanOrEqual(HOUR)
  expect(back).toBeLessThan(HOUR + 1_000)
})

test('a run that ends at its bound goes on where it ended, however many changed in its last second', async () => {
  const slow = Array.from({ length: 6 }, (_, index) => paidAt(index, ago(HOUR - index * MINUTE)))
  const crowd = Array.from({ length: 7 }, (_, index) => paidAt(20 + index, ago(20 * MINUTE)))
  const rest = Array.from({ length: 6 }, (_, index) => paidAt(40 + index, ago(10 * MINUTE - index * MINUTE)))
  const list = listing([...slow, ...crowd, ...rest])
  const bounds = { pages: 2, nightly: 0 }

  await sweepGateway(deps(list.gateway), GATEWAY, bounds)
  expect((await readCursor(db(), GATEWAY, 'paid'))?.complete).toBe(false)
  for (let runs = 0; runs < 10 && !(await readCursor(db(), GATEWAY, 'paid'))?.complete; runs += 1)
    await sweepGateway(deps(list.gateway), GATEWAY, bounds)

  expect((await readCursor(db(), GATEWAY, 'paid'))?.complete).toBe(true)
  expect(new Set(await hinted())).toEqual(new Set(refsOf(list.truth)))
})

test('a difference gets one hint, and none more while it waits', async () => {
  const list = listing([paidAt(1, ago(MINUTE))])
  expect(await sweepGateway(deps(list.gateway), GATEWAY)).toMatchObject({ listed: 1, differing: 1, kept: 1 })
  expect(await sweepGateway(deps(list.gateway), GATEWAY)).toMatchObject({ listed: 1, differing: 1, kept: 0 })
  const rows = await db().selectFrom('inbox').selectAll().execute()
  expect(rows).toMatchObject([
    { source: 'sweep', gatewayRef: 'imp_1', merchantUid: 'unknown-1', saidStatus: 'paid', state: 'received' },
  ])
})

test('what a gateway lists before it breaks is kept, and the cursor stays', async () => {
  const list = listing(Array.from({ length: 6 }, (_, index) => paidAt(index, ago(HOUR - index * MINUTE))))
  list.before = ({ status }) => {
    if (status === 'paid' && list.asked.length === 1) throw new Failure('gatewayUnavailable', 'it is away')
  }
  await expect(sweepGateway(deps(list.gateway), GATEWAY)).rejects.toMatchObject({ kind: 'gatewayUnavailable' })
  expect(await hinted()).toHaveLength(PAGE)
  expect(await readCursor(db(), GATEWAY, 'paid')).toBeUndefined()
})

test('of two runs at once one moves the cursor, and neither loses a hint', async () => {
  const list = listing([paidAt(1, ago(MINUTE))])
  const both = meeting(2)
  list.before = ({ status }) => (status === 'paid' ? both() : undefined)
  const runs = await Promise.all([sweepGateway(deps(list.gateway), GATEWAY), sweepGateway(deps(list.gateway), GATEWAY)])
  expect(runs.every(({ differing }) => differing === 1)).toBe(true)
  expect(new Set(await hinted())).toEqual(new Set(['imp_1']))
  expect(await readCursor(db(), GATEWAY, 'paid')).toMatchObject({ version: 1, complete: true })
})

test('a cursor moves only from what was read', async () => {
  const key = { gateway: GATEWAY, status: 'paid' } as const
  const next = { cursor: NOON, complete: true, unreadable: 0 }
  const move = (...args: [typeof before, typeof next]) => transact(db(), 'move', (trx) => moveCursor(trx, key, ...args))
  const before = await readCursor(db(), GATEWAY, 'paid')
  expect(await move(before, next)).toBe(true)
  expect(await move(before, { ...next, cursor: later(HOUR, NOON) })).toBe(false)
  const read = await readCursor(db(), GATEWAY, 'paid')
  expect(await move(read, { ...next, cursor: later(HOUR, NOON) })).toBe(true)
  expect(await move(read, next)).toBe(false)
  expect(await readCursor(db(), GATEWAY, 'paid')).toMatchObject({ cursor: later(HOUR, NOON), version: 2 })
})

test('elements that cannot be read page a person once, and again when there are more', async () => {
  const list = listing([paidAt(1, ago(MINUTE))])
  list.unreadable = 2
  expect(await sweepGateway(deps(list.gateway), GATEWAY)).toMatchObject({ unreadable: 2, kept: 1 })
  await sweepGateway(deps(list.gateway), GATEWAY)
  const alerts = () => db().selectFrom('outbox').select(['target', 'payload']).where('kind', '=', 'alert').execute()
  expect(await alerts()).toMatchObject([
    { target: `sweep:${GATEWAY}`, payload: { level: 'page', kind: 'sweepUnreadable' } },
  ])
  list.unreadable = 3
  await sweepGateway(deps(list.gateway), GATEWAY)
  expect(await alerts()).toHaveLength(2)
})

const attempt: KnownAttempt = {
  gatewayRef: 'imp_1',
  merchantUid: 'order-1',
  status: 'paid',
  amount: 10_000,
  gatewayReturned: 0,
  entries: 0,
}
const known = (row: Partial<KnownAttempt> | undefined, orders: readonly string[] = ['order-1']): Known => ({
  attempts: new Map(row === undefined ? [] : [['imp_1', { ...attempt, ...row }]]),
  orders: new Set(orders),
  waiting: new Set(),
})
const cancelled = anEvidence({ status: 'cancelled', entries: [anEntry()] })

test.each<[string, Evidence, Known, boolean]>([
  ['the same as was kept', anEvidence(), known({}), false],
  ['another status', cancelled, known({}), true],
  ['another amount', anEvidence({ amount: 9_000 }), known({}), true],
  ['more returned', anEvidence({ status: 'paid', returned: 1_000 }), known({}), true],
  [
    'another cancel entry of the same sum',
    cancelled,
    known({ status: 'cancelled', gatewayReturned: 10_000, entries: 2 }),
    true,
  ],
  ['a cancel that is booked', cancelled, known({ status: 'cancelled', gatewayReturned: 10_000, entries: 1 }), false],
  [
    'a booked cancel, listed without its entries',
    { ...cancelled, entries: [] },
    known({ status: 'cancelled', gatewayReturned: 10_000, entries: 1 }),
    false,
  ],
  ['an unknown attempt of a known order', anEvidence(), known(undefined), true],
  ['an unknown failed attempt of a known order', anEvidence({ status: 'failed' }), known(undefined), true],
  ['money for an unknown order', anEvidence(), known(undefined, []), true],
  ['returned money of an unknown order', cancelled, known(undefined, []), true],
  ['a failed attempt of an unknown order', anEvidence({ status: 'failed' }), known(undefined, []), false],
  ['money kept without an order that is known by now', anEvidence(), known({ merchantUid: null }), true],
])('differs: %s', (_what, evidence, what, expected) => {
  expect(differs(evidence, what)).toBe(expected)
})

test('what a look has booked differs no longer, the excess of a larger entry included', async () => {
  const { order, ref } = freshOrder()
  await recordPrepared(db(), order)
  const paid = anEvidence({ merchantUid: order, gatewayRef: ref, paidAt: ago(2 * MINUTE) })
  await bookEvidence(db(), paid)
  const refund = aRefund({ refundId: `r-${order}`, merchantUid: order, gatewayRef: ref, amount: 4_000 })
  await moveBooks(db(), { merchantUid: order }, (books) => ({
    books: { ...books, refunds: [refund] },
    journal: [],
    alerts: [],
  }))
  const entries = [anEntry({ amount: 6_000, reason: `asked #r-${order}` })]
  await bookEvidence(db(), { ...paid, status: 'cancelled', returned: 6_000, entries })
  const list = listing([{ ...paid, status: 'cancelled', returned: 6_000, entries }])
  expect(await sweepGateway(deps(list.gateway), GATEWAY)).toMatchObject({ listed: 1, differing: 0, kept: 0 })
})

test('open orders and test money are asked about once a day, by the time of their last look', async () => {
  const open = freshOrder()
  const closed = freshOrder()
  const fresh = freshOrder()
  await recordPrepared(db(), open.order)
  await recordPrepared(db(), closed.order, { orderState: 'closed', state: 'closed' })
  await recordPrepared(db(), fresh.order, { createdAt: new Date().toISOString() })
  const testing = freshOrder()
  await recordPrepared(db(), testing.order, { channel: 'test' })
  await bookEvidence(db(), anEvidence({ merchantUid: testing.order, gatewayRef: testing.ref, channel: 'test' }))

  await sweepGateway(deps(listing().gateway), GATEWAY)
  const asked = await db().selectFrom('inbox').select('subject').where('source', '=', 'sweep').execute()
  const subjects = asked.map(({ subject }) => subject)
  expect(subjects).toContain(`order:${open.order}`)
  expect(subjects).toContain(`ref:${testing.ref}`)
  expect(subjects).not.toContain(`order:${closed.order}`)
  expect(subjects).not.toContain(`order:${fresh.order}`)
  expect(new Set(subjects).size).toBe(subjects.length)
  expect(await sweepGateway(deps(listing().gateway), GATEWAY)).toMatchObject({ kept: 0 })

  await db().updateTable('inbox').set({ state: 'looked' }).execute()
  const looked = { gateway: GATEWAY, subject: `order:${open.order}`, began: new Date().toISOString() }
  await db()
    .insertInto('looks')
    .values({
      ...looked,
      saidMerchantUid: merchantUid(open.order),
      leaseToken: null,
      leasedUntil: null,
      notBefore: null,
      retryAt: null,
    })
    .execute()
  const waiting = async () =>
    (await db().selectFrom('inbox').select('subject').where('state', '=', 'received').execute()).map(
      ({ subject }) => subject,
    )
  await sweepGateway(deps(listing().gateway), GATEWAY)
  expect(await waiting()).not.toContain(`order:${open.order}`)
  expect(await waiting()).toContain(`ref:${testing.ref}`)
})
