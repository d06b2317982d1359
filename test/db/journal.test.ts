// The journal on the real database: written with the move that it tells, and never changed.
// Must not know: who reads it.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readJournal, writeJournal } from '../../src/db/books/journal.ts'
import { transact, type Database } from '../../src/db/connect.ts'
import { AT } from '../support/books.ts'
import { paidOrder } from '../support/booksDatabase.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const read = (order: string) => transact(database.db, 'read', (trx) => readJournal(trx, order, 100))

test('it tells who moved what from where to where, why, and on what evidence, the oldest first', async () => {
  const { order, ref } = await paidOrder(database.db)
  expect(await read(order)).toMatchObject([
    { what: 'attempt.seen', who: 'test', gatewayRef: ref, facts: { amount: 10_000, currency: 'KRW', channel: 'live' } },
    { what: 'attempt.accepted', toState: 'asOrdered', why: 'paid as ordered, in time' },
    { what: 'payment.state', fromState: 'prepared', toState: 'paid', facts: { [ref]: { paid: 10_000 } } },
  ])
})

test.each([
  ['update', sql`update journal set why = 'otherwise'`],
  ['delete', sql`delete from journal`],
  ['truncate', sql`truncate journal`],
] as const)('%s is refused, and every line is still there', async (verb, statement) => {
  const { order } = await paidOrder(database.db)
  const before = await read(order)
  const refused = statement.execute(database.db)
  await expect(refused).rejects.toThrow(`the journal is append-only: ${verb.toUpperCase()} is refused`)
  expect(await read(order)).toEqual(before)
})

test('a line is written in the transaction of its move: what is rolled back was never told', async () => {
  const line = { what: 'order.closed', why: 'sold out' }
  const failing = transact(database.db, 'close', async (trx) => {
    await writeJournal(trx, [line], { who: 'test', at: AT, merchantUid: 'never' })
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await read('never')).toEqual([])
})
