// The inbox in a flood: how few rows it has, what each of them stands for, and that no hint is lost between its arrival and its look.
// Must not know: HTTP, sagas. Against a scripted gateway and the real database.
import { setTimeout as pause } from 'node:timers/promises'
import { RawNode, sql, type KyselyPlugin } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { recordOrder } from '../../src/db/books/record.ts'
import { databaseNow } from '../../src/db/clock.ts'
import { transact, type Database, type Db } from '../../src/db/connect.ts'
import { claimLooks } from '../../src/db/hints/looks.ts'
import { keepReceived, type ReceivedHint } from '../../src/db/hints/received.ts'
import { keepHouse } from '../../src/inbox/housekeeping.ts'
import { look } from '../../src/inbox/look.ts'
import { lookOnce } from '../../src/inbox/looker.ts'
import { anEntry, anEvidence, aPayment, AT, GATEWAY, PATIENCE } from '../support/books.ts'
import { emptyQueues, freshOrder, paidOrder, readBooks } from '../support/booksDatabase.ts'
import { lookerOptions, scriptedGateway, type Scripted } from '../support/booksGateway.ts'
import { onPostgres, openTestDatabase } from '../support/database.ts'
import { meeting } from '../support/meeting.ts'
import { chanceOf } from '../support/seeded.ts'

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

const WAITING_ROWS = 5
const ROOM = { take: () => true, giveBack: () => {} }
const NO_ROOM = { ...ROOM, take: () => false }
const options = () => lookerOptions(database.db, gateway)

function hint(shown: Partial<ReceivedHint>): ReceivedHint {
  return {
    gateway: GATEWAY,
    gatewayRef: 'imp_x',
    merchantUid: 'order-x',
    saidStatus: 'paid',
    saidCancellationId: null,
    contentType: 'application/json',
    body: Buffer.from('{}'),
    remoteAddress: '203.0.113.9',
    fromKnownAddress: false,
    ...shown,
  }
}
const keep = (shown: Partial<ReceivedHint>, room = ROOM, db: Db = database.db) => keepReceived(db, hint(shown), room)
const inbox = () => database.db.selectFrom('inbox').selectAll().orderBy('id').execute()
const states = async () => (await inbox()).map(({ state }) => state)
const hintsIn = (rows: readonly { readonly times: number }[]) => rows.reduce((sum, { times }) => sum + times, 0)
const endWaits = () =>
  database.db.updateTable('looks').set({ notBefore: null, retryAt: null, leasedUntil: null }).execute()
const aboutPaid = async () => {
  const { order: merchantUid, ref: gatewayRef } = await paidOrder(database.db)
  await emptyQueues(database.db)
  gateway.truth = [anEvidence({ merchantUid, gatewayRef })]
  return { merchantUid, gatewayRef }
}
/** `meanwhile`: in its transaction, once the hints are settled. */
const lookAt = (gatewayRef: Parameters<Scripted['look']>[0], meanwhile?: () => Promise<void>) => {
  const db = meanwhile ? database.db.withPlugin(onceSettled(meanwhile)) : database.db
  return look({ ...options(), db }, { gateway: GATEWAY, gatewayRef }, { who: 'test' })
}

function onceSettled(work: () => Promise<void>): KyselyPlugin {
  const settling = new WeakSet<object>()
  return {
    transformQuery: ({ node, queryId }) => {
      if (RawNode.is(node) && node.sqlFragments.some((text) => text.includes('settled as'))) settling.add(queryId)
      return node
    },
    transformResult: async ({ result, queryId }) => {
      if (settling.has(queryId)) await work()
      return result
    },
  }
}

describe('hints that say the same', () => {
  test('wait in one row that counts them, and one look answers them all', async () => {
    const about = await aboutPaid()
    const kept = [await keep(about), await keep(about), await keep({ ...about, remoteAddress: '198.51.100.7' })]
    expect(kept).toEqual(['row', 'counted', 'counted'])
    expect(await inbox()).toMatchObject([{ times: 3, state: 'received', several: false, remoteAddress: '203.0.113.9' }])
    expect(await lookOnce(options())).toBe(true)
    expect(await states()).toEqual(['looked'])
    expect(gateway.asked).toHaveLength(1)
    expect(await keep(about)).toBe('row')
  })

  test('but for a status, a cancellation or the class of their sender wait in rows of their own', async () => {
    const about = await aboutPaid()
    await keep(about)
    await keep({ ...about, saidStatus: null })
    await keep({ ...about, saidCancellationId: 'c-1' })
    await keep({ ...about, fromKnownAddress: true })
    expect((await inbox()).map(({ times }) => times)).toEqual([1, 1, 1, 1])
  })

  test('and come while their look is under way are answered by the next look', async () => {
    const about = await aboutPaid()
    await keep(about)
    gateway.meanwhile = async () => void (await keep(about))
    await lookAt(about.gatewayRef)
    expect(await inbox()).toMatchObject([{ times: 2, state: 'received' }])
    gateway.meanwhile = () => {}
    await lookAt(about.gatewayRef)
    expect(await inbox()).toMatchObject([{ times: 2, state: 'looked' }])
  })

  test('and come while their look is being booked get a row of their own, whether it is booked or dies', async () => {
    for (const dies of [false, true]) {
      const about = await aboutPaid()
      await keep(about)
      const settled = meeting(2)
      const kept = settled().then(() => keep(about))
      const looking = lookAt(about.gatewayRef, async () => {
        await settled()
        // On Postgres the hint comes now, however long it takes; with one connection, after the transaction.
        await (onPostgres ? kept : pause(20))
        if (dies) throw new Error('killed')
      })
      await (dies ? expect(looking).rejects.toThrow('killed') : looking)
      // A row that has died keeps its place: on Postgres it was passed over, with one connection it was free again.
      expect(await kept).toBe(dies && !onPostgres ? 'counted' : 'row')
      expect(hintsIn(await inbox())).toBe(2)
      expect((await states()).filter((state) => state === 'received').length).toBe(dies && onPostgres ? 2 : 1)
      await lookAt(about.gatewayRef)
      expect(new Set(await states())).toEqual(new Set(['looked']))
      await emptyQueues(database.db)
    }
  })

  test.skipIf(!onPostgres)(
    'and are being counted while their look is booked stay unlooked (two connections)',
    async () => {
      const about = await aboutPaid()
      await keep(about)
      const asked = meeting(2)
      gateway.meanwhile = () => asked()
      const looking = lookAt(about.gatewayRef)
      await transact(database.db, 'count', async (trx) => {
        await asked()
        expect(await keep(about, ROOM, trx)).toBe('counted')
        await pause(50)
      })
      await looking
      expect(await inbox()).toMatchObject([{ times: 2, state: 'received' }])
    },
  )

  test('are each followed by a look that began after them, whatever happens at once', async () => {
    const chance = chanceOf(20_261_122)
    for (let round = 0; round < 40; round += 1) {
      await emptyQueues(database.db)
      const about = await aboutPaid()
      const arrivals: string[] = []
      const begans: string[] = []
      const send = async () => {
        await pause(chance.below(6))
        const arrival = await databaseNow(database.db)
        await keep(about)
        arrivals.push(arrival)
      }
      const ask = async () => {
        const dies = chance.below(4) === 0
        const killed = async () => void (await Promise.reject(new Error('killed')))
        await pause(chance.below(4))
        const looked = await lookAt(about.gatewayRef, dies ? killed : undefined).catch((error: unknown) => {
          expect(String(error)).toContain('killed')
        })
        if (looked) begans.push(looked.began.at)
      }
      gateway.meanwhile = () => pause(chance.below(4))
      await send()
      await Promise.all([ask(), send(), ask(), send(), send()])
      const rows = await inbox()
      expect(hintsIn(rows)).toBe(arrivals.length)
      const last = arrivals.toSorted().at(-1) ?? ''
      if (rows.every(({ state }) => state === 'looked'))
        expect(
          begans.some((began) => began > last),
          `round ${round}: ${last} is after ${begans.join()}`,
        ).toBe(true)
    }
  })
})

describe('hints that differ', () => {
  test('about one payment wait in few rows; one row stands for all others, and asks for one more look', async () => {
    const about = await aboutPaid()
    for (let index = 0; index < 40; index += 1) await keep({ ...about, saidCancellationId: `c-${index}` })
    const rows = await inbox()
    expect(rows).toHaveLength(WAITING_ROWS + 1)
    expect(hintsIn(rows)).toBe(40)
    expect(rows.at(-1)).toMatchObject({
      several: true,
      times: 40 - WAITING_ROWS,
      subject: `ref:${about.gatewayRef}`,
      gatewayRef: about.gatewayRef,
      merchantUid: null,
      body: null,
    })
    await lookOnce(options())
    expect(gateway.asked).toEqual([`ref:${about.gatewayRef}`])
    const again = (await inbox()).filter(({ source }) => source === 'again')
    expect(again.map(({ state, gatewayRef }) => [state, gatewayRef])).toEqual([['received', about.gatewayRef]])
  })

  test('a cancel that came among them is found by the look of that row', async () => {
    const about = await aboutPaid()
    for (let index = 0; index < 10; index += 1) await keep({ ...about, saidStatus: `status-${index}` })
    gateway.truth = [anEvidence({ ...about, status: 'cancelled', returned: 10_000, entries: [anEntry()] })]
    expect(await keep({ ...about, saidStatus: 'cancelled', saidCancellationId: 'c-true' })).toBe('counted')
    await lookOnce(options())
    expect((await readBooks(database.db, about)).payment?.state).toBe('cancelled')
  })

  test('by invented references of an order wait in few rows, which cost five looks and one of the order', async () => {
    const { merchantUid } = await aboutPaid()
    const webhooks = async () => (await inbox()).filter(({ source }) => source === 'webhook')
    const seldom = { ...options(), spacingMs: 600_000 }
    for (let index = 0; index < 60; index += 1) {
      await keep({ merchantUid, gatewayRef: `imp_invented${index}` })
      if (index % 7 === 0) await lookOnce(seldom)
    }
    const waiting = (await webhooks()).filter(({ state }) => state === 'received')
    expect(waiting.length).toBeLessThanOrEqual(WAITING_ROWS + 1)
    expect(hintsIn(await webhooks())).toBe(60)
    expect(gateway.asked.filter((about) => about.startsWith('ref:')).length).toBeLessThanOrEqual(5)
    expect(gateway.asked.filter((about) => about === `order:${merchantUid}`).length).toBeLessThanOrEqual(1)
    await endWaits()
    while (await lookOnce(seldom));
    expect((await webhooks()).filter(({ state }) => state !== 'looked')).toEqual([])
  })

  test('from strangers take no row from the gateway’s own addresses, and wait behind those', async () => {
    const stranger = await aboutPaid()
    const honest = await paidOrder(database.db)
    await emptyQueues(database.db)
    for (let index = 0; index < 40; index += 1) await keep({ ...stranger, saidCancellationId: `c-${index}` })
    expect(await keep({ ...stranger, saidCancellationId: 'c-true', fromKnownAddress: true })).toBe('row')
    await emptyQueues(database.db)
    await keep(stranger)
    await keep({ merchantUid: honest.order, gatewayRef: honest.ref, fromKnownAddress: true })
    const turns = (await claimLooks(database.db, { limit: 8, leaseMs: -1, mostUnlinked: 5 })).claims.map(
      ({ candidate: { gatewayRef } }) => gatewayRef,
    )
    expect(turns).toEqual([honest.ref, stranger.gatewayRef])
  })

  test('about known orders are looked at before unknown ones are parked', async () => {
    for (let index = 0; index < 20; index += 1) await keep({ merchantUid: `nobody-${index}` })
    const { order, ref } = await paidOrder(database.db)
    await keep({ merchantUid: order, gatewayRef: ref })
    await lookOnce(options())
    expect(gateway.asked).toEqual([`ref:${ref}`])
    expect(await states()).toContain('received')
  })
})

describe('hints about what nobody knows', () => {
  const record = (merchantUid: ReturnType<typeof freshOrder>['order']) =>
    transact(database.db, 'order', (trx) =>
      recordOrder(
        trx,
        { ...aPayment(), merchantUid },
        { who: 'test', at: AT, saga: null, links: () => null, patience: PATIENCE },
      ),
    )
  const drain = async () => {
    for (let round = 0; round < 10 && (await lookOnce(options())); round += 1) await endWaits()
  }

  test('get no row where there is no room; those about what is known get one whatever the room', async () => {
    expect(await keep({}, NO_ROOM)).toBe('refused')
    expect(await inbox()).toEqual([])
    const about = await aboutPaid()
    const unlinked = await keep({ ...about, gatewayRef: 'imp_new' }, NO_ROOM)
    const mismatched = await keep({ ...about, merchantUid: 'nobody' }, NO_ROOM)
    expect([await keep(about, NO_ROOM), unlinked, mismatched]).toEqual(['row', 'row', 'row'])
  })

  test('are counted in their parked row, and one look answers them once the order is recorded', async () => {
    const { order: merchantUid, ref: gatewayRef } = freshOrder()
    await keep({ merchantUid, gatewayRef })
    await drain()
    expect(await keep({ merchantUid, gatewayRef }, NO_ROOM)).toBe('counted')
    expect(await inbox()).toMatchObject([{ state: 'parked', parkedBecause: 'unknownOrder', times: 2 }])
    gateway.truth = [anEvidence({ merchantUid, gatewayRef })]
    await record(merchantUid)
    await drain()
    expect(await inbox()).toMatchObject([{ state: 'looked', times: 2 }])
    expect((await readBooks(database.db, { merchantUid })).payment?.acceptedRef).toBe(gatewayRef)
  })

  test('are looked at though they were parked in the very moment in which their order was recorded', async () => {
    const { order: merchantUid, ref: gatewayRef } = freshOrder()
    await record(merchantUid)
    await keep({ merchantUid, gatewayRef })
    // As two transactions leave it that do not see each other.
    await sql`update inbox set state = 'parked', parked_because = 'unknownOrder', settled_at = now()`.execute(
      database.db,
    )
    let kicks = 0
    await keepHouse({ db: database.db, log: () => {}, kick: () => (kicks += 1) })
    expect([await states(), kicks]).toEqual([['received'], 1])
    gateway.truth = [anEvidence({ merchantUid, gatewayRef })]
    await drain()
    expect((await readBooks(database.db, { merchantUid })).payment?.acceptedRef).toBe(gatewayRef)
  })
})
