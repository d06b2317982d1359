// People are warned of what is paid, to be shipped and told to no gateway: once over all processes,
// by rows that an index finds.
// Must not know: Temporal; no worker runs here at all.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase, transact, type Database, type Db } from '../../src/db/connect.ts'
import { awaitedDeliveries } from '../../src/db/watch/deliveries.ts'
import type { Payment } from '../../src/domain/books/books.ts'
import type { MerchantUid } from '../../src/domain/ids.ts'
import { noteDelivery } from '../../src/domain/moves/deliveries.ts'
import { startDeliveryWatch, warnOfDeliveries } from '../../src/inbox/deliveries.ts'
import { anEvidence, aRefund, DAY, HOUR, later, MINUTE, PATIENCE, setting } from '../support/books.ts'
import {
  bookEvidence,
  emptyQueues,
  freshOrder,
  moveBooks,
  readBooks,
  recordPrepared,
} from '../support/booksDatabase.ts'
import { createMigratedDatabase, type TestDatabase } from '../support/database.ts'

let place: TestDatabase
let database: Database
/** On Postgres each with connections of its own; the embedded database belongs to one. */
let processes: readonly Db[]
let close: () => Promise<void>
const db = () => database.db
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
  place = await createMigratedDatabase(folder)
  const open = () => openDatabase({ url: place.url, folder, log: () => {} })
  database = await open()
  const other = place.url === undefined ? database : await open()
  processes = [database.db, other.db]
  close = async () => {
    if (other !== database) await other.close()
    await database.close()
    await place.drop()
    await rm(folder, { recursive: true, force: true })
  }
})
afterAll(() => close())
beforeEach(async () => {
  await sql`update payments set delivery_awaited_since = null`.execute(db())
  await emptyQueues(db())
})

const ago = (ms: number): string => later(-ms, new Date().toISOString())
const deps = (process = db()) => ({
  db: process,
  links: () => null,
  patience: PATIENCE,
  log: () => {},
  warnAfterMs: 7 * DAY,
})
const warn = (process?: Db) => warnOfDeliveries(deps(process))

type Shipped = { readonly order: MerchantUid; readonly ref: ReturnType<typeof freshOrder>['ref'] }
/** Paid so long ago. */
async function shipped(ms: number, goods: Payment['goods'] = 'physical'): Promise<Shipped> {
  const { order, ref } = freshOrder()
  await recordPrepared(db(), order, { goods })
  await bookEvidence(db(), anEvidence({ merchantUid: order, gatewayRef: ref }), { now: ago(ms) })
  await emptyQueues(db())
  return { order, ref }
}
const outbox = async () =>
  (await db().selectFrom('outbox').select(['kind', 'target', 'payload']).orderBy('id').execute()).map(
    ({ kind, target, payload }) => `${kind} ${Object(payload).level ?? ''} ${Object(payload).kind ?? ''} ${target}`,
  )
const warnings = (...orders: readonly MerchantUid[]) =>
  orders.map((order) => `alert warn deliveryUntold payment:${order}`)
const awaited = async (order: MerchantUid) =>
  (await readBooks(db(), { merchantUid: order })).payment?.deliveryAwaitedSince

describe('people are warned', () => {
  test('of what is older than the setting, the longest first, and nothing else leaves', async () => {
    const young = await shipped(7 * DAY - HOUR)
    const one = await shipped(8 * DAY)
    const oldest = await shipped(30 * DAY)
    for (const goods of ['digital', null] as const) await shipped(30 * DAY, goods)
    expect(await warn()).toBe(false)
    expect(await outbox()).toEqual(warnings(oldest.order, one.order))
    const lines = await db()
      .selectFrom('journal')
      .select(['who', 'merchantUid'])
      .where('what', '=', 'delivery.untold')
      .execute()
    expect(lines).toEqual([oldest, one].map(({ order }) => ({ who: 'watchdog', merchantUid: order })))
    expect(Date.parse((await awaited(young.order)) ?? '')).toBeLessThan(Date.now() - 6 * DAY)
  })

  test('once, whoever asks, and once more when it has passed again', async () => {
    const { order } = await shipped(8 * DAY)
    await Promise.all([...processes, ...processes].map((each) => warn(each)))
    await warn()
    expect(await outbox()).toEqual(warnings(order))
    await sql`update payments set delivery_awaited_since = delivery_awaited_since - interval '8 days'
      where merchant_uid = ${order}`.execute(db())
    await Promise.all(processes.map((each) => warn(each)))
    expect(await outbox()).toEqual(warnings(order, order))
  })

  test('of nothing that the gateway was told, nor while it goes back', async () => {
    const told = await shipped(8 * DAY)
    const answer = { kind: 'taken' } as const
    await moveBooks(db(), { merchantUid: told.order }, (books) =>
      noteDelivery(books, { gatewayRef: told.ref, kind: 'physical', status: 'placed' }, answer, setting()),
    )
    const back = await shipped(8 * DAY)
    const refund = aRefund({ refundId: `r-${back.order}`, merchantUid: back.order, gatewayRef: back.ref })
    await moveBooks(db(), { merchantUid: back.order }, ({ payment, ...books }) => ({
      books: { ...books, payment: payment && { ...payment, state: 'cancelPending' }, refunds: [refund] },
      journal: [],
      alerts: [],
    }))
    await emptyQueues(db())
    await warn()
    expect(await outbox()).toEqual([])
    expect(await awaited(told.order)).toBeNull()
    expect(await awaited(back.order)).not.toBeNull()
  })

  test('a portion at a time', async () => {
    const made = await shipped(8 * DAY)
    const { rows } = await sql<{ count: number }>`
      with copies as (insert into payments select (jsonb_populate_record(p, jsonb_build_object('merchant_uid', p.merchant_uid || '-' || n,
        'accepted_ref', p.accepted_ref || '-' || n))).* from payments p, generate_series(1, 120) n
        where p.merchant_uid = ${made.order} returning 1),
      attempts as (insert into attempts select (jsonb_populate_record(a, jsonb_build_object('merchant_uid', a.merchant_uid || '-' || n,
        'gateway_ref', a.gateway_ref || '-' || n))).* from attempts a, generate_series(1, 120) n
        where a.merchant_uid = ${made.order} returning 1)
      select (select count(*) from copies)::int as count`.execute(db())
    expect(rows[0]?.count).toBe(120)
    expect([await warn(), await warn(), (await outbox()).length]).toEqual([true, false, 121])
  })
})

test('they are found by their own index', async () => {
  const plan = await transact(db(), 'explain', async (trx) => {
    await sql`set local enable_seqscan = off`.execute(trx)
    const { rows } = await sql<Record<string, string>>`explain ${awaitedDeliveries(ago(7 * DAY), 100)}`.execute(trx)
    return rows.flatMap((row) => Object.values(row)).join('\n')
  })
  expect(plan).toContain('Index Scan using payments_delivery_awaited')
  expect(plan).not.toContain('Sort')
})

test('it asks by itself, and stops', async () => {
  const { order } = await shipped(10 * MINUTE)
  const watch = startDeliveryWatch({ ...deps(), warnAfterMs: 5 * MINUTE })
  await expect.poll(outbox, { timeout: 20_000 }).toEqual(warnings(order))
  await watch.stop()
})
