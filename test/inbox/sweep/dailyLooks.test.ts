// The daily looks: whatever waits is asked about once a day though no list shows it, and never
// faster than was allowed.
// Must not know: i'mport's wire, what a look finds.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readConfig, PROGRAM_ROLES } from '../../../src/config.ts'
import { databaseNow } from '../../../src/db/clock.ts'
import { transact, type Database } from '../../../src/db/connect.ts'
import { NO_MONEY, OPEN_REFUND } from '../../../src/db/lists/open.ts'
import { Failure } from '../../../src/domain/failures.ts'
import type { Evidence } from '../../../src/domain/gateway.ts'
import { gatewayRef, merchantUid } from '../../../src/domain/ids.ts'
import { sweepGateway, type SweepOptions } from '../../../src/inbox/sweep/sweep.ts'
import { anEntry, aRefund, GATEWAY, PATIENCE } from '../../support/books.ts'
import { bookEvidence, emptyQueues, freshOrder, moveBooks, recordPrepared } from '../../support/booksDatabase.ts'
import { openTestDatabase } from '../../support/database.ts'
import { elementOf, listing, shownAs, type Listing } from './listing.ts'

const BEFORE_ALL_LISTS = '2026-03-02T03:00:00.000Z'
let database: Database
const db = () => database.db
beforeAll(async () => void (database = await openTestDatabase()))
afterAll(() => database.close())
beforeEach(async () => {
  await emptyQueues(db())
  await sql`delete from sweep_cursors`.execute(db())
  // What earlier tests left behind waits no more.
  await sql`update refunds set state = 'withdrawn'`.execute(db())
  await sql`update attempts set accepted = true`.execute(db())
  await sql`update payments set state = 'closed', order_state = 'closed'`.execute(db())
  await sql`delete from daily_looks`.execute(db())
})

const swept = ({ gateway }: Listing, options: SweepOptions = {}) => {
  const quiet = { patience: PATIENCE, log: () => {}, kick: () => {} }
  return sweepGateway({ db: db(), gateways: new Map([[gateway.name, gateway]]), ...quiet }, GATEWAY, options)
}
const inbox = () => db().selectFrom('inbox').selectAll().orderBy('id').execute()
const subjects = async () => (await inbox()).map(({ subject }) => subject)
/** By the clock that looks are planned by. */
const nowMs = async () => Date.parse(await databaseNow(db()))
const daily = async (list: Listing, options: SweepOptions = {}) => (await swept(list, options)).daily

/** A paid order whose refund waits for its ticket; everything happened long ago. */
async function waitingRefund(shown: Partial<Evidence> = {}): Promise<Evidence> {
  const { order, ref } = freshOrder()
  await recordPrepared(db(), order, { channel: shown.channel ?? 'live' })
  const paid = shownAs({ merchantUid: order, gatewayRef: ref, ...shown })
  await bookEvidence(db(), paid)
  const testChannel = shown.channel === 'test'
  const refund = aRefund({ refundId: `r-${order}`, merchantUid: order, gatewayRef: ref, testChannel })
  await moveBooks(db(), { merchantUid: order }, (books) => ({
    books: { ...books, refunds: [refund] },
    journal: [],
    alerts: [],
  }))
  return paid
}
/** The gateway knows it, and no list ever shows it: its times were dated back. */
const datedBack = (...evidence: readonly Evidence[]) =>
  listing(evidence.map((each) => elementOf(each, BEFORE_ALL_LISTS)))
const worked = (paid: Evidence): Evidence =>
  shownAs({ ...paid, status: 'cancelled', returned: paid.amount, entries: [anEntry({ amount: paid.amount })] })

test('a live refund whose cancel was dated back gets its look though no list shows it', async () => {
  const paid = await waitingRefund()
  const list = datedBack(worked(paid))
  expect(await swept(list)).toMatchObject({ listed: 0, daily: { asked: 1, seen: 0, hints: 1, said: null } })
  expect(list.together).toEqual([[paid.gatewayRef]])
  expect(await inbox()).toMatchObject([
    {
      source: 'sweep',
      gatewayRef: paid.gatewayRef,
      merchantUid: paid.merchantUid,
      saidStatus: 'cancelled',
      state: 'received',
    },
  ])
})

test('one that is shown as it is known has been seen, for a day', async () => {
  const paid = await waitingRefund()
  const list = datedBack(paid)
  expect(await daily(list)).toMatchObject({ asked: 1, seen: 1, hints: 0 })
  expect(await daily(list)).toMatchObject({ asked: 0, seen: 0, hints: 0 })
  expect(await inbox()).toEqual([])

  await sql`update looks set began = began - interval '25 hours'`.execute(db())
  expect(await daily(list)).toMatchObject({ asked: 1, seen: 1 })
})

test('what is not shown proves nothing and gets a look of its own, once a day', async () => {
  const paid = await waitingRefund()
  const list = datedBack()
  expect(await daily(list)).toMatchObject({ asked: 1, seen: 0, hints: 1 })
  expect(await subjects()).toEqual([`ref:${paid.gatewayRef}`])
  expect(await daily(list)).toMatchObject({ asked: 0, hints: 0 })
  // No look could be booked, and a person was told.
  const parked = { state: 'parked', parkedBecause: 'gatewayForgot', settledAt: sql<string>`clock_timestamp()` } as const
  await db().updateTable('inbox').set(parked).execute()
  expect(await daily(list)).toMatchObject({ asked: 0, hints: 0 })
  await sql`update inbox set settled_at = settled_at - interval '25 hours'`.execute(db())
  expect(await daily(list)).toMatchObject({ asked: 1, hints: 1 })
})

test('test money is asked singly, never among others', async () => {
  const testing = await waitingRefund({ channel: 'test' })
  const live = await waitingRefund()
  const list = datedBack(testing, live)
  expect(await daily(list)).toMatchObject({ asked: 1, seen: 1, hints: 1 })
  expect(list.together).toEqual([[live.gatewayRef]])
  expect(await subjects()).toEqual([`ref:${testing.gatewayRef}`])
})

test('an open order is asked about as a whole; a closed one, or one of today, is not', async () => {
  const [open, closed, fresh] = [freshOrder(), freshOrder(), freshOrder()]
  await recordPrepared(db(), open.order)
  await recordPrepared(db(), closed.order, { orderState: 'closed', state: 'closed' })
  await recordPrepared(db(), fresh.order, { createdAt: new Date().toISOString() })
  await daily(listing())
  expect(await subjects()).toEqual([`order:${open.order}`])
  expect(await daily(listing())).toMatchObject({ hints: 0 })

  await db().updateTable('inbox').set({ state: 'looked' }).execute()
  const unlooked = { leaseToken: null, leasedUntil: null, notBefore: null, retryAt: null }
  const began = new Date().toISOString()
  await db()
    .insertInto('looks')
    .values({
      gateway: GATEWAY,
      subject: `order:${open.order}`,
      began,
      saidMerchantUid: merchantUid(open.order),
      ...unlooked,
    })
    .execute()
  expect(await daily(listing())).toMatchObject({ hints: 0 })
})

test('money that nobody has decided on is asked about, and what has all gone back is not', async () => {
  const held = freshOrder()
  await recordPrepared(db(), held.order)
  const other = shownAs({ merchantUid: held.order, gatewayRef: held.ref, amount: 7_000 })
  await bookEvidence(db(), other)
  const list = datedBack(other)
  expect(await daily(list)).toMatchObject({ asked: 1, seen: 1 })

  const entries = [anEntry({ amount: 7_000 })]
  await bookEvidence(db(), shownAs({ ...other, status: 'cancelled', returned: 7_000, entries }))
  await sql`update looks set began = began - interval '25 hours'`.execute(db())
  expect(await daily(list)).toMatchObject({ asked: 0, hints: 0 })
})

/** Rows as waiting refunds leave them, made in one go. */
async function manyWaiting(count: number, channel: 'live' | 'test'): Promise<void> {
  const paid = await waitingRefund({ channel })
  const columns = async (table: string) =>
    (
      await sql<{ columnName: string }>`select column_name from information_schema.columns
        where table_name = ${table} order by ordinal_position`.execute(db())
    ).rows.map(({ columnName }) => columnName)
  const copied = async (table: string, changed: Readonly<Record<string, string>>) => {
    const names = await columns(table)
    const values = names.map((name) => changed[name] ?? `t.${name}`)
    await sql
      .raw(
        `insert into ${table} (${names.join(', ')}) select ${values.join(', ')} from ${table} t, generate_series(1, ${count - 1}) g
        where t.gateway_ref = '${paid.gatewayRef}'`,
      )
      .execute(db())
  }
  const ref = `t.gateway_ref || '-' || lpad(g::text, 6, '0')`
  await copied('attempts', {
    gateway_ref: ref,
    evidence_as_of: `t.evidence_as_of + g * interval '1 second'`,
    merchant_uid: 'null',
  })
  await copied('refunds', { gateway_ref: ref, refund_id: `t.refund_id || '-' || g`, merchant_uid: 'null' })
}

test('looks fall due one after the other, never more in a second than allowed, the longest unseen first', async () => {
  await manyWaiting(40, 'test')
  const began = await nowMs()
  expect(await daily(listing(), { looksPerSecond: 4 })).toMatchObject({ hints: 40 })
  const rows = await inbox()
  const due = rows.map(({ dueAt }) => Date.parse(dueAt))
  for (const at of due) expect(due.filter((other) => other >= at && other < at + 1_000).length).toBeLessThanOrEqual(4)
  expect(Math.max(...due) - began).toBeGreaterThan(9_000)
  expect(due).toEqual(due.toSorted((a, b) => a - b))
  const refs = rows.flatMap((row) => row.gatewayRef ?? [])
  expect(refs).toEqual(refs.toSorted())

  // Those of the next run stand behind the ones that still wait.
  await waitingRefund({ channel: 'test' })
  await daily(listing(), { looksPerSecond: 4 })
  const last = (await inbox()).at(-1)
  expect(Date.parse(last?.dueAt ?? '')).toBeGreaterThanOrEqual(Math.max(...due) + 400)
})

test('one run plans no more than ten minutes hold, and the next ones go on', async () => {
  await manyWaiting(700, 'test')
  const began = await nowMs()
  expect(await daily(listing(), { looksPerSecond: 1 })).toMatchObject({ hints: 300 })
  const { hints } = await daily(listing(), { looksPerSecond: 1 })
  // As time goes by there is room for more: one every two seconds.
  expect(hints).toBeLessThanOrEqual(1 + Math.floor(((await nowMs()) - began) / 2_000))
  await sql`update inbox set due_at = due_at - interval '10 minutes'`.execute(db())
  expect(await daily(listing(), { looksPerSecond: 1 })).toMatchObject({ hints: 300 })
  await sql`update inbox set due_at = due_at - interval '10 minutes'`.execute(db())
  expect(await daily(listing(), { looksPerSecond: 1 })).toMatchObject({ hints: 100 - hints })
  expect(new Set(await subjects()).size).toBe(700)
})

test('live money is asked about a hundred at a time, at its pace', async () => {
  await manyWaiting(250, 'live')
  const list = listing()
  const times: number[] = []
  const { lookMany } = list.gateway
  const paced = {
    ...list.gateway,
    lookMany: (...args: Parameters<typeof lookMany>) => {
      times.push(performance.now())
      return lookMany(...args)
    },
  }
  expect(await daily({ ...list, gateway: paced }, { looksPerSecond: 10 })).toMatchObject({ asked: 250, calls: 3 })
  expect(list.together.map((refs) => refs.length)).toEqual([100, 100, 50])
  for (const [index, at] of times.slice(1).entries()) expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(190)
})

test('a payment that spoils the answer for all has each looked at by itself, and none behind them waits', async () => {
  await manyWaiting(150, 'live')
  const list = listing()
  const spoilt = {
    ...list.gateway,
    lookMany: (refs: readonly string[]) => {
      list.together.push(refs)
      if (refs.length === 100) throw new Failure('gatewayAnswerTooLarge', 'the answer is larger than 1048576 bytes')
      return Promise.resolve([])
    },
  }
  expect(await daily({ ...list, gateway: spoilt }, { looksPerSecond: 50 })).toMatchObject({
    asked: 150,
    hints: 150,
    said: null,
  })
  expect(list.together).toHaveLength(2)
})

test('a gateway that is away fails the daily looks after the lists were read, and what was planned stays', async () => {
  const testing = await waitingRefund({ channel: 'test' })
  await waitingRefund()
  const list = listing()
  const away = { ...list.gateway, lookMany: () => Promise.reject(new Failure('gatewayUnavailable', 'it is away')) }
  await expect(swept({ ...list, gateway: away })).rejects.toMatchObject({
    kind: 'gatewayUnavailable',
    message: expect.stringContaining('daily looks: it is away'),
  })
  expect(list.asked).toHaveLength(3)
  expect(await subjects()).toEqual([`ref:${testing.gatewayRef}`])
})

test('a list that fails keeps no daily look from being asked for', async () => {
  const paid = await waitingRefund()
  const list = datedBack(worked(paid))
  list.before = () => {
    throw new Failure('gatewayUnavailable', 'the lists are away')
  }
  await expect(swept(list)).rejects.toMatchObject({ kind: 'gatewayUnavailable' })
  expect(await subjects()).toEqual([`ref:${paid.gatewayRef}`])
})

test('more than a page of what waits is gone through page by page, and from the beginning again', async () => {
  await manyWaiting(10_050, 'live')
  const refs = (
    await sql<{ gatewayRef: string }>`select gateway_ref from refunds where state = 'ticketOpen'`.execute(db())
  ).rows
  const seenNow = async () =>
    sql`insert into looks (gateway, subject, linked, began)
    select gateway, 'ref:' || gateway_ref, true, clock_timestamp() from refunds on conflict do nothing`.execute(db())
  await seenNow()
  const last =
    refs
      .map((row) => row.gatewayRef)
      .toSorted()
      .at(-1) ?? ''
  await sql`delete from looks where subject = ${`ref:${last}`}`.execute(db())
  const list = listing()
  expect(await daily(list)).toMatchObject({ asked: 0 })
  expect(await daily(list)).toMatchObject({ asked: 1 })
  expect(list.together).toEqual([[gatewayRef(last)]])
  expect(await db().selectFrom('dailyLooks').select('after').where('kind', '=', 'references').execute()).toEqual([
    { after: '' },
  ])
})

test.each([
  [
    'refunds',
    'refunds_waiting',
    sql`select distinct r.gateway_ref from refunds r
    where r.gateway = ${GATEWAY} and ${OPEN_REFUND} and r.gateway_ref > '' order by r.gateway_ref limit 10`,
  ],
  [
    'orders',
    'payments_waiting',
    sql`select p.merchant_uid from payments p
    where p.gateway = ${GATEWAY} and ${NO_MONEY} and p.merchant_uid > '' order by p.merchant_uid limit 10`,
  ],
])('%s that wait are found by an index of their own, in its order', async (_what, index, query) => {
  const plan = await transact(db(), 'explain', async (trx) => {
    await sql`set local enable_seqscan = off`.execute(trx)
    await sql`set local enable_bitmapscan = off`.execute(trx)
    // Of two rows a sort is as cheap: it stays only where no index has the order.
    await sql`set local enable_sort = off`.execute(trx)
    return JSON.stringify((await sql`explain ${query}`.execute(trx)).rows)
  })
  expect(plan).toContain(index)
  expect(plan).not.toContain('Sort')
})

test('the setting takes 1 to 50 calls a second, 2 where nothing is said', () => {
  expect(readConfig({}, PROGRAM_ROLES).NIGHTLY_LOOKS).toBe(2)
  expect(readConfig({ NIGHTLY_LOOKS: '50' }, PROGRAM_ROLES).NIGHTLY_LOOKS).toBe(50)
  for (const wrong of ['0', '51', '1.5', 'many'])
    expect(() => readConfig({ NIGHTLY_LOOKS: wrong }, PROGRAM_ROLES)).toThrow(/NIGHTLY_LOOKS/)
})
