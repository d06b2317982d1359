// An order with a thousand attempts, as card testing leaves it: one look is few statements, and others get at the order meanwhile.
// Must not know: gateways' wires. Statements are counted, nothing is timed.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { loadBooks } from '../../src/db/books/books.ts'
import { transact, type Database, type Db } from '../../src/db/connect.ts'
import type { Evidence } from '../../src/domain/gateway.ts'
import { gatewayRef, type MerchantUid } from '../../src/domain/ids.ts'
import { look } from '../../src/inbox/look.ts'
import { anEntry, anEvidence, GATEWAY } from '../support/books.ts'
import { emptyQueues, freshOrder, readBooks, recordPrepared } from '../support/booksDatabase.ts'
import { lookerOptions, scriptedGateway } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

const ATTEMPTS = 1_000
const MOST_STATEMENTS = 20
let database: Database
beforeAll(async () => void (database = await openTestDatabase()))
beforeEach(() => emptyQueues(database.db))
afterAll(() => database.close())

/** The same database, with every statement counted. */
function counted(db: Db): { db: Db; statements: () => number } {
  let statements = 0
  const counting = db.withPlugin({
    transformQuery: ({ node }) => {
      statements += 1
      return node
    },
    transformResult: ({ result }) => Promise.resolve(result),
  })
  return { db: counting, statements: () => statements }
}

const declined = (order: MerchantUid): readonly Evidence[] =>
  Array.from({ length: ATTEMPTS }, (_, index) =>
    anEvidence({
      merchantUid: order,
      gatewayRef: gatewayRef(`imp_${order}_${index}`),
      status: 'failed',
      entries: [],
      returned: 0,
    }),
  )

async function orderWith(truth: (order: MerchantUid) => readonly Evidence[]) {
  const { order } = freshOrder()
  await recordPrepared(database.db, order)
  const gateway = scriptedGateway()
  gateway.truth = truth(order)
  const about = { gateway: GATEWAY, merchantUid: order }
  const looking = async () => {
    const { db, statements } = counted(database.db)
    await look(lookerOptions(db, gateway), about, { who: 'test' })
    // Begin, lock, load and save: fewer would mean that they are not counted.
    expect(statements()).toBeGreaterThan(5)
    return statements()
  }
  return { order, gateway, looking }
}

test(`a look at ${ATTEMPTS} declined attempts is at most ${MOST_STATEMENTS} statements, the first time and again`, async () => {
  const { order, looking } = await orderWith(declined)
  expect(await looking()).toBeLessThanOrEqual(MOST_STATEMENTS)
  const { attempts, payment } = await readBooks(database.db, { merchantUid: order })
  expect(attempts).toHaveLength(ATTEMPTS)
  expect(payment).toMatchObject({ state: 'declined' })
  expect(await looking()).toBeLessThanOrEqual(MOST_STATEMENTS)
})

test('a payment that follows them is booked in as few, and settles the order', async () => {
  const { order, gateway, looking } = await orderWith(declined)
  await looking()
  const paid = anEvidence({ merchantUid: order, gatewayRef: gatewayRef(`imp_${order}_paid`) })
  gateway.truth = [...gateway.truth, paid]
  expect(await looking()).toBeLessThanOrEqual(MOST_STATEMENTS)
  expect((await readBooks(database.db, { merchantUid: order })).payment).toMatchObject({ state: 'paid' })
})

test('many of them that change at once are saved in as few', async () => {
  const { order, gateway, looking } = await orderWith(declined)
  await looking()
  gateway.truth = gateway.truth.map((each) => ({ ...each, failReason: 'another reason', payMethod: 'card' }))
  expect(await looking()).toBeLessThanOrEqual(MOST_STATEMENTS)
  const { attempts } = await readBooks(database.db, { merchantUid: order })
  expect(new Set(attempts.map(({ failReason }) => failReason))).toEqual(new Set(['another reason']))
})

test('other requests on the order go through while a look of it is booked', async () => {
  const { order, looking } = await orderWith(declined)
  const others = Array.from({ length: 5 }, () =>
    transact(database.db, 'other', (trx) => loadBooks(trx, { merchantUid: order })),
  )
  const [statements, ...books] = await Promise.all([looking(), ...others])
  expect(statements).toBeLessThanOrEqual(MOST_STATEMENTS)
  expect(books).toHaveLength(5)
})

test('entries and refunds of other orders are not read: a load asks by the whole key', async () => {
  const { order, looking } = await orderWith((named) => [
    anEvidence({ merchantUid: named, entries: [anEntry({ reason: 'desk', cancellationId: `c-${named}` })] }),
  ])
  expect(await looking()).toBeLessThanOrEqual(MOST_STATEMENTS)
  const { attempts, refunds } = await readBooks(database.db, { merchantUid: order })
  expect([attempts, refunds]).toMatchObject([[{ entries: [{ amount: 10_000 }] }], [{ origin: 'outside' }]])
})
