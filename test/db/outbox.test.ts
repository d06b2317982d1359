// The outbox on the real database: who may deliver what, when again, and in which order.
// Must not know: Temporal, HTTP. Leases and delays are ended by setting their times, never by waiting.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { transact, type Database, type Db } from '../../src/db/connect.ts'
import {
  claim,
  delayed,
  delivered,
  noticeRow,
  parked,
  putAlert,
  putOutgoing,
  putWake,
  wakesDelivered,
} from '../../src/db/outgoing/outgoing.ts'
import type { OutboxKind } from '../../src/db/schema.ts'
import { emptyQueues, outboxOf } from '../support/booksDatabase.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
})
beforeEach(() => emptyQueues(database.db))
afterAll(() => database.close())

const MINUTE = 60_000
const put = (...sagas: readonly string[]) =>
  transact(database.db, 'put', async (trx) => {
    for (const saga of sagas) await putWake(trx, saga)
  })
const notice = (order: string, ...numbers: readonly number[]) =>
  transact(database.db, 'put', (trx) =>
    putOutgoing(
      trx,
      numbers.map((number) => noticeRow(order, { number })),
    ),
  )
const take = (kind: OutboxKind = 'wake', limit = 10) => claim(database.db, kind, limit, MINUTE)
const takeOne = async (kind: OutboxKind = 'wake') => {
  const [claimed] = await take(kind)
  if (!claimed) throw new Error('nothing was claimed')
  return claimed
}
const statesOf = async (target: string) => (await outboxOf(database.db, target)).map(({ state }) => state)
const long = '2020-01-01T00:00:00Z'
const endLeases = () =>
  database.db.updateTable('outbox').set({ leasedUntil: long }).where('leasedUntil', 'is not', null).execute()
const endDelays = () => database.db.updateTable('outbox').set({ dueAt: long }).execute()

describe('wakes', () => {
  test('of one saga that are pending together leave as one', async () => {
    await put('refund:a', 'refund:a', 'refund:b', 'refund:a')
    const claimed = await take()
    expect(claimed.map(({ target, ids }) => [target, ids.length])).toEqual([
      ['refund:a', 3],
      ['refund:b', 1],
    ])
    for (const each of claimed) await delivered(database.db, each, 'signalled')
    expect(await statesOf('refund:a')).toEqual(['delivered', 'delivered', 'delivered'])
  })

  test('of one saga are never on their way twice, not even for news that came meanwhile', async () => {
    await put('refund:a')
    const first = await takeOne()
    await put('refund:a')
    expect(await take()).toEqual([])
    await delivered(database.db, first, 'signalled')
    expect(await statesOf('refund:a')).toEqual(['delivered', 'pending'])
    expect(await take()).toMatchObject([{ target: 'refund:a' }])
  })

  test('leave the longest waiting saga first, as many as are asked for', async () => {
    await put('refund:a', 'refund:b', 'refund:c')
    expect((await take('wake', 2)).map(({ target }) => target).toSorted()).toEqual(['refund:a', 'refund:b'])
    expect((await take('wake', 2)).map(({ target }) => target)).toEqual(['refund:c'])
  })

  test('of a deliverer that was killed are claimed again when its lease has run out', async () => {
    await put('refund:a')
    await take()
    expect(await take()).toEqual([])
    await endLeases()
    expect(await take()).toMatchObject([{ target: 'refund:a', tries: 0 }])
  })

  test('that did not leave wait, all of their saga, and count their tries', async () => {
    await put('refund:a', 'refund:a')
    await delayed(database.db, await takeOne(), MINUTE, 'Temporal is away')
    expect(await take()).toEqual([])
    await endDelays()
    expect(await take()).toMatchObject([{ target: 'refund:a', tries: 1 }])
  })

  test('are not delayed by one whose lease was taken over', async () => {
    await put('refund:a')
    const slow = await takeOne()
    await endLeases()
    const fast = await takeOne()
    await delayed(database.db, slow, MINUTE, 'too late')
    await parked(database.db, slow, 'too late')
    expect(await outboxOf(database.db, 'refund:a')).toMatchObject([{ state: 'pending', tries: 0 }])
    await delivered(database.db, fast, 'signalled')
    expect(await statesOf('refund:a')).toEqual(['delivered'])
  })

  test('are claimed by kind alone', async () => {
    await put('refund:a')
    await notice('order-1', 1)
    expect(await take('alert')).toEqual([])
    expect(await take('notice')).toMatchObject([{ target: 'order-1' }])
  })

  test('that were rolled back never leave', async () => {
    const failing = transact(database.db, 'fail', async (trx) => {
      await putWake(trx, 'refund:a')
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await take()).toEqual([])
  })
})

describe('notices', () => {
  const numbers = async () => (await take('notice')).map(({ payload }) => payload)

  test('of one order leave one by one, in their order', async () => {
    await notice('order-1', 1, 2)
    const first = await take('notice')
    expect(first.map(({ payload }) => payload)).toEqual([{ number: 1 }])
    expect(await take('notice')).toEqual([])
    for (const each of first) await delivered(database.db, each, '200')
    expect(await numbers()).toEqual([{ number: 2 }])
  })

  test('of one order wait behind one that did not leave', async () => {
    await notice('order-1', 1, 2)
    await delayed(database.db, await takeOne('notice'), MINUTE, '500')
    expect(await numbers()).toEqual([])
    await endDelays()
    expect(await numbers()).toEqual([{ number: 1 }])
  })

  test('of one order go on after one was parked: the numbers show the gap', async () => {
    await notice('order-1', 1, 2)
    await parked(database.db, await takeOne('notice'), 'tried for a day')
    expect(await numbers()).toEqual([{ number: 2 }])
    expect(await statesOf('order-1')).toEqual(['parked', 'pending'])
  })

  test('of other orders do not wait', async () => {
    await notice('order-1', 1)
    await notice('order-2', 1)
    expect((await take('notice')).map(({ target }) => target).toSorted()).toEqual(['order-1', 'order-2'])
  })
})

test('alerts of one saga all leave, none answers for another', async () => {
  await transact(database.db, 'put', async (trx) => {
    await putAlert(trx, { level: 'warn', kind: 'refused', saga: 'refund:a', sentence: { en: 'one', ko: 'one' } })
    await putAlert(trx, { level: 'page', kind: 'reversed', saga: 'refund:a', sentence: { en: 'two', ko: 'two' } })
  })
  const kinds: unknown[] = []
  for (let round = 0; round < 2; round += 1) {
    for (const each of await take('alert')) {
      kinds.push(each.payload)
      await delivered(database.db, each, 'logged')
    }
  }
  expect(kinds).toMatchObject([{ kind: 'refused' }, { kind: 'reversed' }])
})

test('wakes that left are marked as cheaply in a burst that began while nothing waited: the plan was kept from then', async () => {
  const own = await openTestDatabase()
  const many = 1_000
  const left = (db: Db) => wakesDelivered(db, [{ saga: 'refund:r-7', token: 'mine', said: 'told' }])
  const read = await own.db.connection().execute(async (one) => {
    for (let times = 1; times <= 10; times += 1) await left(one)
    await sql`insert into outbox (kind, target, payload, lease_token, leased_until)
      select 'wake', 'refund:r-' || n, '{}', 'mine', now() + interval '1 minute' from generate_series(1, ${sql.lit(many)}) n`.execute(
      one,
    )
    return one.transaction().execute(async (trx) => {
      await left(trx)
      const { rows } = await sql<{ rows: number }>`
        select sum(seq_tup_read + idx_tup_fetch)::int4 as rows from pg_stat_xact_user_tables where relname = 'outbox'`.execute(
        trx,
      )
      return rows[0]?.rows
    })
  })
  const { rows } = await sql`select target, said from outbox where state = 'delivered'`.execute(own.db)
  await own.close()

  expect(rows).toEqual([{ target: 'refund:r-7', said: 'told' }])
  // Not each of them once for each other one.
  expect(read).toBeLessThanOrEqual(3 * many)
})
