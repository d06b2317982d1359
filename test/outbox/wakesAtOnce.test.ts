// Wakes that leave right after their commit: without a claim, with the books that were saved, and with their rows as the truth.
// Must not know: Temporal. A deliverer of the test stands for it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { recordOrder } from '../../src/db/books/record.ts'
import { transact, type Database } from '../../src/db/connect.ts'
import { claim } from '../../src/db/outgoing/outgoing.ts'
import type { Woken } from '../../src/db/notify.ts'
import { startRelay } from '../../src/outbox/relay.ts'
import { aPayment, PATIENCE } from '../support/books.ts'
import { emptyQueues, freshOrder, outboxOf } from '../support/booksDatabase.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
})
beforeEach(() => emptyQueues(database.db))
afterAll(() => database.close())

const record = (merchantUid: ReturnType<typeof freshOrder>['order']) =>
  transact(database.db, 'order', (trx) => {
    const mover = {
      who: 'checkout:shop',
      at: new Date().toISOString(),
      saga: null,
      links: () => null,
      patience: PATIENCE,
    }
    return recordOrder(trx, { ...aPayment(), merchantUid }, mover)
  })
const rowsOf = async (saga: string) => (await outboxOf(database.db, saga)).map(({ state, tries }) => ({ state, tries }))
const endLeases = () =>
  database.db
    .updateTable('outbox')
    .set({ leasedUntil: '2020-01-01T00:00:00Z' })
    .where('leasedUntil', 'is not', null)
    .execute()

/** A relay that never polls, and claims nothing by itself after its start. */
const relayWith = (wakeAtOnce: (saga: string, about: Woken) => Promise<string>) =>
  startRelay({ db: database.db, pollMs: 3_600_000, deliverers: {}, log: () => {}, wakeAtOnce })

test('a wake leaves with the books of its commit, and its row is marked', async () => {
  const { order } = freshOrder()
  const told: unknown[] = []
  const relay = relayWith((saga, { books: { payment } }) => {
    told.push([saga, payment?.state])
    return Promise.resolve('accepted')
  })
  await record(order)
  await expect.poll(() => told).toEqual([[`payment:${order}`, 'opening']])
  await relay.stop()
  expect(await outboxOf(database.db, `payment:${order}`)).toMatchObject([{ state: 'delivered' }])
})

test('one that did not leave is claimed as any other once nobody holds it, and by nobody before', async () => {
  const { order } = freshOrder()
  let tried = 0
  const relay = relayWith(() => {
    tried += 1
    return Promise.reject(new Error('Temporal is away'))
  })
  await record(order)
  await expect.poll(() => tried).toBe(1)
  await relay.stop()
  expect(await rowsOf(`payment:${order}`)).toEqual([{ state: 'pending', tries: 0 }])
  await endLeases()
  expect(await claim(database.db, 'wake', 10, 60_000)).toMatchObject([{ target: `payment:${order}`, tries: 0 }])
})

test('where no relay runs in this process a wake is free for others at once', async () => {
  const { order } = freshOrder()
  await record(order)
  expect(await claim(database.db, 'wake', 10, 60_000)).toMatchObject([{ target: `payment:${order}` }])
})

test('what was rolled back is told to nobody', async () => {
  const { order } = freshOrder()
  const told: string[] = []
  const relay = relayWith((saga) => {
    told.push(saga)
    return Promise.resolve('accepted')
  })
  const failing = transact(database.db, 'fail', async (trx) => {
    const mover = {
      who: 'checkout:shop',
      at: new Date().toISOString(),
      saga: null,
      links: () => null,
      patience: PATIENCE,
    }
    await recordOrder(trx, { ...aPayment(), merchantUid: order }, mover)
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  await relay.stop()
  expect(told).toEqual([])
})
