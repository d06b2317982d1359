// The looker under forged hints, a silent gateway and a kill: what moves, what it costs in questions, and what is kept.
// Must not know: sagas. Against a scripted gateway and the real database.
import { sql, type KyselyPlugin } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { recordOrder } from '../../src/db/books/record.ts'
import { databaseNow } from '../../src/db/clock.ts'
import { transact, type Database } from '../../src/db/connect.ts'
import { keepHint, type Hint } from '../../src/db/hints/hints.ts'
import { Failure } from '../../src/domain/failures.ts'
import { lookOnce } from '../../src/inbox/looker.ts'
import { anEvidence, aPayment, AT, GATEWAY, PATIENCE } from '../support/books.ts'
import { emptyQueues, freshOrder, outboxOf, paidOrder, readBooks } from '../support/booksDatabase.ts'
import { lookerOptions, scriptedGateway, type Scripted } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
let gateway: Scripted
beforeAll(async () => {
  database = await openTestDatabase()
})
beforeEach(async () => {
  await emptyQueues(database.db)
  gateway = scriptedGateway()
})
afterEach(() => expect(gateway.insideOf).toEqual([]))
afterAll(() => database.close())

const options = () => lookerOptions(database.db, gateway)
const hint = (shown: Partial<Hint>) =>
  keepHint(database.db, { gateway: GATEWAY, source: 'webhook', gatewayRef: null, merchantUid: null, ...shown })
const inbox = () =>
  database.db
    .selectFrom('inbox')
    .select(['state', 'source', 'subject', 'parkedBecause', 'mismatched'])
    .orderBy('id')
    .execute()
const states = async () => (await inbox()).map(({ state }) => state)
const endWaits = () =>
  database.db.updateTable('looks').set({ notBefore: null, retryAt: null, leasedUntil: null }).execute()
const lines = async () =>
  (await sql<{ count: number }>`select count(*)::int8 as count from journal`.execute(database.db)).rows[0]?.count
const record = (merchantUid: ReturnType<typeof freshOrder>['order']) =>
  transact(database.db, 'order', (trx) =>
    recordOrder(
      trx,
      { ...aPayment(), merchantUid },
      { who: 'test', at: AT, saga: null, links: () => null, patience: PATIENCE },
    ),
  )
async function drain(): Promise<void> {
  for (let round = 0; round < 30 && (await lookOnce(options())); round += 1) await endWaits()
}

describe('a forged hint', () => {
  test('for an unknown order is kept and costs no question', async () => {
    const { order, ref } = freshOrder()
    await hint({ gatewayRef: ref, merchantUid: order })
    await drain()
    expect(await inbox()).toMatchObject([{ state: 'parked', parkedBecause: 'unknownOrder' }])
    expect(gateway.asked).toEqual([])
  })

  test('with a made-up reference of a known order costs two questions and moves nothing', async () => {
    const { order } = await paidOrder(database.db)
    await emptyQueues(database.db)
    const before = await lines()
    await hint({ gatewayRef: 'imp_forged', merchantUid: order, saidStatus: 'cancelled' })
    await drain()
    await database.db.updateTable('inbox').set({ dueAt: AT }).where('state', '=', 'received').execute()
    await endWaits()
    await drain()
    expect(gateway.asked).toEqual(['ref:imp_forged', 'ref:imp_forged'])
    expect(await lines()).toBe(before)
    expect(await states()).toEqual(['looked', 'looked'])
    expect(await outboxOf(database.db, `payment:${order}`, order)).toEqual([])
  })

  test('in a flood of references of one order costs five questions and one for the order, and none is forgotten', async () => {
    const { order, ref } = await paidOrder(database.db)
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    for (let index = 0; index < 12; index += 1) await hint({ gatewayRef: `imp_flood${index}`, merchantUid: order })
    while (await lookOnce(options())) expect(await states()).not.toContain('parked')
    expect(gateway.asked.filter((about) => about.startsWith('ref:')).length).toBeLessThanOrEqual(5)
    expect(gateway.asked.filter((about) => about === `order:${order}`)).toHaveLength(1)
    // What came after that look of the order waits for its next one, and is not forgotten.
    await endWaits()
    await drain()
    const flood = (await inbox()).filter(({ source }) => source === 'webhook')
    expect(new Set(flood.map(({ state }) => state))).toEqual(new Set(['looked']))
  })

  test("that pairs one order's reference with another order is mismatched and moves neither", async () => {
    const mine = await paidOrder(database.db)
    const yours = await paidOrder(database.db)
    await emptyQueues(database.db)
    gateway.truth = [anEvidence({ merchantUid: mine.order, gatewayRef: mine.ref })]
    const before = await lines()
    await hint({ gatewayRef: mine.ref, merchantUid: yours.order, saidStatus: 'cancelled' })
    await drain()
    expect(await inbox()).toMatchObject([{ state: 'looked', mismatched: true }])
    expect(await lines()).toBe(before)
    expect(await outboxOf(database.db, `payment:${mine.order}`, `payment:${yours.order}`, yours.order)).toEqual([])
  })

  test('that pairs a reference of an order unknown here with a known one links nothing', async () => {
    const { order } = await paidOrder(database.db)
    const { ref } = freshOrder()
    gateway.truth = [anEvidence({ merchantUid: 'elsewhere', gatewayRef: ref })]
    await hint({ gatewayRef: ref, merchantUid: order })
    await drain()
    expect(await inbox()).toMatchObject([{ state: 'looked', mismatched: true }])
    expect((await readBooks(database.db, { merchantUid: order })).attempts).toHaveLength(1)
    expect((await readBooks(database.db, { gateway: GATEWAY, gatewayRef: ref })).attempts).toEqual([])
  })
})

describe('money for an unknown order', () => {
  test('that the sweep listed is booked as a stray; a webhook alone would not', async () => {
    const { order, ref } = freshOrder()
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    await hint({ gatewayRef: ref, merchantUid: order, source: 'sweep' })
    await drain()
    const { attempts } = await readBooks(database.db, { gateway: GATEWAY, gatewayRef: ref })
    expect(attempts).toMatchObject([{ because: 'unknownOrder', merchantUid: null, saidMerchantUid: order }])
    expect(await outboxOf(database.db, `stray:${GATEWAY}:${ref}`)).toMatchObject([{ kind: 'wake' }, { kind: 'alert' }])
  })

  test('whose hint came before its order is looked at once the order is recorded', async () => {
    const { order, ref } = freshOrder()
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    await hint({ gatewayRef: ref, merchantUid: order })
    await drain()
    await record(order)
    await drain()
    expect(await states()).toEqual(['looked'])
    expect((await readBooks(database.db, { merchantUid: order })).payment?.acceptedRef).toBe(ref)
  })

  test('whose order is recorded while its hint is being parked is not forgotten', async () => {
    const { order, ref } = freshOrder()
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    await hint({ gatewayRef: ref, merchantUid: order })
    let open = true
    const recording: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        if (!open) return result
        open = false
        await record(order)
        return result
      },
    }
    await lookOnce({ ...options(), db: database.db.withPlugin(recording) })
    await drain()
    expect(await states()).toEqual(['looked'])
    expect((await readBooks(database.db, { merchantUid: order })).payment?.acceptedRef).toBe(ref)
  })
})

describe('a gateway that does not answer', () => {
  const silent = () => {
    throw new Failure('gatewayUnavailable', 'i’mport did not answer within 10 s')
  }
  const retryAt = async (): Promise<number> => {
    const [row] = await database.db.selectFrom('looks').select('retryAt').execute()
    return Date.parse(row?.retryAt ?? '')
  }

  test('leaves the hint unlooked and is asked again after growing delays', async () => {
    const { order, ref } = await paidOrder(database.db)
    await hint({ gatewayRef: ref, merchantUid: order })
    gateway.meanwhile = silent
    for (const seconds of [5, 10, 20, 40]) {
      const before = await databaseNow(database.db)
      await lookOnce(options())
      expect(await states()).toEqual(['received'])
      const after = await databaseNow(database.db)
      // All three in whole milliseconds of the database's clock, so that these hold however slow this machine is.
      expect((await retryAt()) - Date.parse(before)).toBeGreaterThanOrEqual(seconds * 1_000)
      expect((await retryAt()) - Date.parse(after)).toBeLessThanOrEqual(seconds * 1_000)
      // However long this took: it is not due.
      await sql`update looks set retry_at = retry_at + interval '30 minutes'`.execute(database.db)
      expect(await lookOnce(options())).toBe(false)
      await endWaits()
    }
    gateway.meanwhile = () => {}
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    await drain()
    expect(await states()).toEqual(['looked'])
    const [row] = await database.db.selectFrom('looks').select(['failures', 'retryAt']).execute()
    expect(row).toEqual({ failures: 0, retryAt: null })
  })

  test('for very long has its hints parked for a person, with an alert', async () => {
    const { order, ref } = await paidOrder(database.db)
    await hint({ gatewayRef: ref, merchantUid: order })
    await hint({ gatewayRef: ref, merchantUid: order })
    gateway.meanwhile = silent
    let rounds = 0
    while ((await states()).includes('received') && rounds < 100) {
      await lookOnce(options())
      await endWaits()
      rounds += 1
    }
    expect(rounds).toBe(20)
    expect(await states()).toEqual(['parked', 'parked'])
    const alerts = (await outboxOf(database.db, `ref:${ref}`)).map(({ payload }) => payload)
    expect(alerts).toMatchObject([{ level: 'page', kind: 'hintsParked' }])
    expect(JSON.stringify(alerts)).toContain('2 hints')
  })
})

describe('a looker that is killed', () => {
  test('between the question and the booking leaves the hint unlooked, and another looks again', async () => {
    const { order, ref } = freshOrder()
    await record(order)
    await hint({ gatewayRef: ref, merchantUid: order })
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    await lookOnce({
      ...options(),
      links: () => {
        throw new Error('killed')
      },
    }).catch(() => false)
    expect(gateway.asked).toHaveLength(1)
    expect(await states()).toEqual(['received'])
    expect((await readBooks(database.db, { merchantUid: order })).attempts).toEqual([])
    await endWaits()
    await drain()
    expect(await states()).toEqual(['looked'])
    expect((await readBooks(database.db, { merchantUid: order })).payment?.acceptedRef).toBe(ref)
  })
})
