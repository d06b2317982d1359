// What is overdue by the database alone: each kind of lateness, and what is held and therefore is
// not late.
// Must not know: who asks. Every time is set against the database's own clock.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { transact, type Database } from '../../src/db/connect.ts'
import { putWake } from '../../src/db/outgoing/outgoing.ts'
import { noteDiffers, remember } from '../../src/db/watch/accounts.ts'
import { overdueRows, passedBy, readOldestWake, readOverdue } from '../../src/db/watch/overdue.ts'
import type { Refund } from '../../src/domain/books/books.ts'
import { refundId } from '../../src/domain/ids.ts'
import { OVERDUE_AFTER } from '../../src/domain/shown/watchdog.ts'
import { aRefund, aTicket, anEvidence, DAY, GATEWAY, HOUR, later, MINUTE } from '../support/books.ts'
import {
  bookEvidence,
  emptyQueues,
  freshOrder,
  moveBooks,
  paidOrder,
  recordPrepared,
} from '../support/booksDatabase.ts'
import { onPostgres, openTestDatabase } from '../support/database.ts'
import { pending } from '../../src/db/waits.ts'

let database: Database
const db = () => database.db
beforeAll(async () => void (database = await openTestDatabase()))
afterAll(() => database.close())
beforeEach(async () => {
  for (const table of ['tickets', 'cancel_entries', 'refunds', 'attempts', 'payments', 'sweep_cursors'])
    await sql`delete from ${sql.table(table)}`.execute(db())
  await emptyQueues(db())
})

const now = new Date().toISOString()
const ago = (ms: number): string => later(-ms, now)
const read = (limit = 50) => transact(db(), 'read overdue', (trx) => readOverdue(trx, OVERDUE_AFTER, limit))
const found = async () => (await read()).oldest.map(({ saga, what }) => `${saga} ${what}`)

async function refundIn(shown: Partial<Omit<Refund, 'refundId'>>): Promise<string> {
  const { order, ref } = await paidOrder(db())
  const refund = aRefund({ refundId: `r-${order}`, merchantUid: order, gatewayRef: ref, ...shown })
  await moveBooks(db(), { merchantUid: order }, (books) => ({
    books: { ...books, refunds: [refund] },
    journal: [],
    alerts: [],
  }))
  await emptyQueues(db())
  return `refund:r-${order}`
}
const waiting = { createdAt: ago(DAY), stateSince: ago(DAY), waitingSince: ago(DAY) }
async function accountDiffers(): Promise<void> {
  await remember(db(), GATEWAY, ['ours'])
  await transact(db(), 'differs', (trx) => noteDiffers(trx, GATEWAY, { shown: [], said: 'another store', tell: false }))
}

describe('refunds', () => {
  test('whose checkpoint has passed, and not those whose is just now', async () => {
    const late = await refundIn({ nextCheckpointAt: ago(16 * MINUTE) })
    await refundIn({ nextCheckpointAt: ago(14 * MINUTE) })
    await refundIn({ nextCheckpointAt: later(DAY, now) })
    expect(await found()).toEqual([`${late} checkpoint`])
  })

  test('that are requested and were not filed: after the request, after the next try, after an intent without an end', async () => {
    const asked = await refundIn({ ...waiting, state: 'requested', tickets: [] })
    const tried = await refundIn({ ...waiting, state: 'requested', tickets: [], tries: 3, nextTryAt: ago(HOUR) })
    const intent = aTicket({ intentAt: ago(20 * MINUTE), outcome: null })
    const lost = await refundIn({ ...waiting, state: 'requested', tickets: [intent] })
    expect(await found()).toEqual([`${asked} filing`, `${tried} filing`, `${lost} filing`])
  })

  test('but not those that wait for their next try, or whose call is on its way', async () => {
    await refundIn({ ...waiting, state: 'requested', tickets: [], tries: 3, nextTryAt: later(5 * MINUTE, now) })
    const intent = aTicket({ intentAt: ago(MINUTE), outcome: null })
    await refundIn({ ...waiting, state: 'requested', tickets: [intent] })
    await refundIn({ state: 'requested', tickets: [], stateSince: ago(10 * MINUTE) })
    expect(await found()).toEqual([])
  })

  test('late for two things are one row, since the earlier', async () => {
    const twice = await refundIn({ ...waiting, state: 'requested', tickets: [], nextCheckpointAt: ago(HOUR) })
    expect(await read()).toMatchObject({
      sums: [{ kind: 'refund', currency: 'KRW', count: 1, amount: 10_000 }],
      oldest: [{ saga: twice, what: 'filing', since: ago(DAY), state: 'requested', amount: 10_000, currency: 'KRW' }],
    })
  })

  test('that are closed are late for nothing', async () => {
    await refundIn({ state: 'refunded', nextCheckpointAt: ago(HOUR) })
    await refundIn({ state: 'refused', ticketDead: true, nextCheckpointAt: ago(HOUR) })
    await refundIn({ ...waiting, state: 'withdrawn' })
    expect(await found()).toEqual([])
  })

  test('a snooze has put its checkpoint off, and holds up no filing', async () => {
    await refundIn({ nextCheckpointAt: ago(HOUR), snoozedUntil: later(DAY, now) })
    const stuck = await refundIn({ ...waiting, state: 'requested', tickets: [], snoozedUntil: later(DAY, now) })
    expect(await found()).toEqual([`${stuck} filing`])
  })

  test('blocked by a contradiction have their own checkpoint, and nothing else to be late for', async () => {
    const held = { ...waiting, state: 'blocked', blockedBecause: 'contradicted', tickets: [] } as const
    await refundIn({ ...held, nextCheckpointAt: later(HOUR, now) })
    const late = await refundIn({ ...held, nextCheckpointAt: ago(HOUR) })
    expect(await found()).toEqual([`${late} checkpoint`])
  })
})

describe('orders', () => {
  test('that are not registered, and those whose time is over', async () => {
    const orders = Array.from({ length: 6 }, () => freshOrder().order)
    const [opening = '', expiring = '', retried = ''] = orders
    const [one, two, three, four, five, six] = orders
    if (!one || !two || !three || !four || !five || !six) throw new Error('six orders are needed')
    const open = { createdAt: ago(2 * HOUR), waitingSince: ago(2 * HOUR), expiresAt: later(HOUR, now) }
    await recordPrepared(db(), one, { ...open, orderState: 'opening' })
    await recordPrepared(db(), two, { ...open, expiresAt: ago(HOUR) })
    await recordPrepared(db(), three, { ...open, expiresAt: ago(HOUR), nextTryAt: ago(20 * MINUTE), tries: 2 })
    await recordPrepared(db(), four, { ...open, expiresAt: ago(HOUR), nextTryAt: later(MINUTE, now), tries: 2 })
    await recordPrepared(db(), five, { ...open, orderState: 'opening', nextTryAt: ago(MINUTE), tries: 9 })
    await recordPrepared(db(), six, { ...open, orderState: 'expired', expiresAt: ago(HOUR) })
    expect(await found()).toEqual([
      `payment:${opening} registration`,
      `payment:${expiring} expiry`,
      `payment:${retried} expiry`,
    ])
  })

  test('with money that nobody has decided on, and money with a saga of its own', async () => {
    const hold = { policies: { late: 'hold', second: 'hold' } } as const
    const { order, second } = await paidOrder(db())
    await bookEvidence(db(), anEvidence({ merchantUid: order, gatewayRef: second }), hold)
    const wrong = freshOrder()
    await recordPrepared(db(), wrong.order)
    await bookEvidence(db(), anEvidence({ merchantUid: wrong.order, gatewayRef: wrong.ref, amount: 9_000 }))
    const passed = sql`next_checkpoint_at = ${ago(HOUR)}::timestamptz where next_checkpoint_at is not null`
    await sql`update payments set ${passed}`.execute(db())
    await sql`update attempts set ${passed}`.execute(db())
    expect(await found()).toEqual([`payment:${wrong.order} checkpoint`, `stray:iamport/main:${second} checkpoint`])
  })
})

test('while an account differs nothing is filed, registered, expired or listed there; checkpoints go on', async () => {
  await refundIn({ ...waiting, state: 'requested', tickets: [] })
  const late = await refundIn({ nextCheckpointAt: ago(HOUR) })
  await recordPrepared(db(), freshOrder().order, { orderState: 'opening', expiresAt: later(HOUR, now) })
  await recordPrepared(db(), freshOrder().order, { expiresAt: ago(HOUR) })
  await sql`insert into sweep_cursors values ('iamport/main', 'paid', ${ago(3 * HOUR)}::timestamptz, true, 0, 1)`.execute(
    db(),
  )
  expect(await found()).toHaveLength(4)
  await accountDiffers()
  expect(await found()).toEqual([`${late} checkpoint`])
  expect((await read()).sweeps).toEqual([])
})

test('a list that was not read for an hour; a gateway without cursors is late for nothing', async () => {
  expect((await read()).sweeps).toEqual([])
  const cursor = (status: string, ms: number) =>
    sql`insert into sweep_cursors values ('iamport/main', ${status}, ${ago(ms)}::timestamptz, true, 0, 1)`.execute(db())
  await cursor('paid', 61 * MINUTE)
  await cursor('failed', 50 * MINUTE)
  expect((await read()).sweeps).toEqual([{ gateway: 'iamport/main', status: 'paid', since: ago(61 * MINUTE) }])
})

test('the oldest wake is late after 15 minutes, counted anew where a person let it go again', async () => {
  expect(await read()).toMatchObject({ oldestWake: null, lateWake: null })
  await transact(db(), 'wake', (trx) => putWake(trx, 'refund:r-1'))
  expect((await read()).lateWake).toBeNull()
  await sql`update outbox set created_at = ${ago(20 * MINUTE)}::timestamptz`.execute(db())
  expect((await read()).lateWake).toBe(ago(20 * MINUTE))
  await sql`update outbox set replayed_at = ${ago(MINUTE)}::timestamptz`.execute(db())
  expect(await read()).toMatchObject({ oldestWake: ago(MINUTE), lateWake: null })
  await sql`update outbox set state = 'delivered'`.execute(db())
  expect((await read()).oldestWake).toBeNull()
})

test('all are counted by kind and currency, and as many as are asked for are named, the oldest first', async () => {
  for (const hours of [2, 5, 3, 4]) await refundIn({ nextCheckpointAt: ago(hours * HOUR) })
  await db()
    .updateTable('refunds')
    .set({ currency: 'USD' })
    .where('nextCheckpointAt', '=', ago(2 * HOUR))
    .execute()
  const { sums, oldest } = await read(2)
  expect(sums).toEqual([
    { kind: 'refund', currency: 'KRW', count: 3, amount: 30_000 },
    { kind: 'refund', currency: 'USD', count: 1, amount: 10_000 },
  ])
  expect(oldest.map(({ since }) => since)).toEqual([ago(5 * HOUR), ago(4 * HOUR)])
})

describe.skipIf(!onPostgres)('on Postgres (PGlite plans the same, and takes long to fill)', () => {
  test('20,000 closed rows and as many that wait are passed by: indexes only', async () => {
    await fill()
    const asOf = new Date().toISOString()
    const { rows } = await sql`explain (analyze, format json) ${overdueRows(passedBy(asOf, 900_000))}`.execute(db())
    const plan = JSON.stringify(rows)
    expect(seqScans(plan, 'accounts'), 'the plan is read as it is written').not.toEqual([])
    for (const table of ['refunds', 'payments', 'attempts', 'tickets'])
      expect(seqScans(plan, table), `${table} is not read whole`).toEqual([])
    await transact(db(), 'wakes', async (trx) => {
      const wake = await sql`explain (format json) select coalesce(replayed_at, created_at) from outbox
        where kind = 'wake' and ${pending()} order by coalesce(replayed_at, created_at) limit 1`.execute(trx)
      expect(JSON.stringify(wake.rows)).toContain('outbox_age')
      expect(await readOldestWake(trx)).not.toBeNull()
    })
    expect(await found()).toEqual([])
  })
})

const seqScans = (plan: string, table: string): readonly string[] =>
  [...plan.matchAll(/\{"Node Type": ?"Seq Scan"[^{}]*\}|\{[^{}]*"Seq Scan"[^{}]*\}/g)]
    .map(([node]) => node)
    .filter((node) => node.includes(`"${table}"`))

/**
 * Half of them closed, half open with a checkpoint or an end that is to come, all with an attempt.
 */
async function fill(): Promise<void> {
  const { order, ref } = await paidOrder(db())
  await moveBooks(db(), { merchantUid: order }, (books) => ({
    books: { ...books, refunds: [aRefund({ refundId: 'seed', merchantUid: order, gatewayRef: ref })] },
    journal: [],
    alerts: [],
  }))
  const copies = async (table: 'refunds' | 'payments' | 'attempts', changes: object) =>
    sql`insert into ${sql.table(table)} select r.* from ${sql.table(table)} s, generate_series(1, 40000) n,
      jsonb_populate_record(s, (${sql.raw(Object.values(changes).join(' || '))})) r`.execute(db())
  await copies('attempts', [`jsonb_build_object('gateway_ref', 'copy-' || n)`])
  await copies('payments', [
    `jsonb_build_object('merchant_uid', 'copy-' || n, 'expires_at', now() + interval '1 hour', 'created_at', now())`,
    `case when n % 2 = 0 then jsonb_build_object('state', 'prepared') else '{}'::jsonb end`,
  ])
  await copies('refunds', [
    `jsonb_build_object('refund_id', 'copy-' || n, 'state_since', now())`,
    `case when n % 2 = 0 then jsonb_build_object('state', 'refunded')
      else jsonb_build_object('next_checkpoint_at', now() + interval '1 day') end`,
  ])
  await sql`insert into tickets (refund_id, authorised_by, intent_at, sent_reason, dead)
    select refund_id, 'submit', now(), 'too small', false from refunds where refund_id like 'copy-%'`.execute(db())
  await sql`insert into outbox (kind, target, payload) select 'wake', 'refund:copy-' || n, '{}' from generate_series(1, 20000) n`.execute(
    db(),
  )
  await sql`update refunds set next_checkpoint_at = null where refund_id = ${refundId('seed')}`.execute(db())
  await sql`analyze`.execute(db())
}
