// Looks and the looker against a scripted gateway and the real database: what a hint costs, what it moves, what is kept of it.
// Must not know: sagas. Spacing and delays are read from rows and ended by setting them, never waited for.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/connect.ts'
import { keepHint, type Hint } from '../../src/db/hints/hints.ts'
import { gatewayName } from '../../src/domain/ids.ts'
import { look } from '../../src/inbox/look.ts'
import { lookOnce } from '../../src/inbox/looker.ts'
import { anEntry, anEvidence, GATEWAY } from '../support/books.ts'
import { emptyQueues, freshOrder, outboxOf, paidOrder, readBooks, recordPrepared } from '../support/booksDatabase.ts'
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

const LONG_AGO = '2020-01-01T00:00:00.000Z'
const options = () => lookerOptions(database.db, gateway)
const hint = (shown: Partial<Hint>) =>
  keepHint(database.db, { gateway: GATEWAY, source: 'webhook', gatewayRef: null, merchantUid: null, ...shown })
const inbox = () =>
  database.db
    .selectFrom('inbox')
    .select([
      'state',
      'source',
      'gatewayRef',
      'merchantUid',
      'parkedBecause',
      'mismatched',
      'saidStatus',
      'receivedAt',
      'dueAt',
    ])
    .orderBy('id')
    .execute()
const states = async () => (await inbox()).map(({ state }) => state)
const looks = () => database.db.selectFrom('looks').selectAll().orderBy('subject').execute()
const endSpacing = () =>
  database.db.updateTable('looks').set({ notBefore: LONG_AGO, retryAt: null, leasedUntil: null }).execute()
const makeDue = () =>
  database.db.updateTable('inbox').set({ dueAt: LONG_AGO }).where('state', '=', 'received').execute()
/** Lets the looker work until it finds nothing to do, with all spacing over. */
async function drain(): Promise<void> {
  for (let round = 0; round < 30 && (await lookOnce(options())); round += 1) await endSpacing()
}

describe('a look', () => {
  test('asks with no transaction open and books what it finds', async () => {
    const { order, ref } = freshOrder()
    await recordPrepared(database.db, order)
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    const looked = await look(options(), { gateway: GATEWAY, gatewayRef: ref }, { who: 'test' })
    expect(looked).toMatchObject({ moved: true, found: [{ gatewayRef: ref }] })
    expect((await readBooks(database.db, { merchantUid: order })).payment).toMatchObject({
      state: 'paid',
      acceptedRef: ref,
    })
    expect(await outboxOf(database.db, `payment:${order}`)).toMatchObject([{ kind: 'wake' }])
    expect(gateway.asked).toEqual([`ref:${ref}`])
  })

  test('of an order books every attempt', async () => {
    const { order, ref, second } = freshOrder()
    await recordPrepared(database.db, order)
    gateway.truth = [
      anEvidence({ merchantUid: order, gatewayRef: ref, status: 'failed' }),
      anEvidence({ merchantUid: order, gatewayRef: second }),
    ]
    await look(options(), { gateway: GATEWAY, merchantUid: order }, { who: 'test' })
    const { attempts, payment } = await readBooks(database.db, { merchantUid: order })
    expect(attempts.map(({ status }) => status)).toEqual(['failed', 'paid'])
    expect(payment?.acceptedRef).toBe(second)
  })

  test('needs no wake for the saga that asked', async () => {
    const { order, ref } = freshOrder()
    await recordPrepared(database.db, order)
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    const saga = `payment:${order}`
    await look(options(), { gateway: GATEWAY, merchantUid: order }, { who: saga, saga })
    expect(await outboxOf(database.db, saga)).toEqual([])
  })

  test('that is repeated brings nothing the second time', async () => {
    const { order, ref } = await paidOrder(database.db)
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    const again = await look(options(), { gateway: GATEWAY, gatewayRef: ref }, { who: 'test' })
    expect(again.moved).toBe(false)
  })

  test('that began before a newer one was booked moves nothing', async () => {
    const { order, ref } = await paidOrder(database.db)
    const paid = anEvidence({ merchantUid: order, gatewayRef: ref })
    const cancelled = anEvidence({
      ...paid,
      status: 'cancelled',
      returned: 10_000,
      entries: [anEntry({ reason: 'desk' })],
    })
    gateway.truth = [paid]
    const stale = look(
      {
        ...options(),
        gateways: new Map([
          [
            GATEWAY,
            {
              ...gateway,
              look: async () => {
                gateway.truth = [cancelled]
                // Begins are told apart by milliseconds.
                await new Promise((resolve) => setTimeout(resolve, 5))
                await look(options(), { gateway: GATEWAY, gatewayRef: ref }, { who: 'newer' })
                return paid
              },
            },
          ],
        ]),
      },
      { gateway: GATEWAY, gatewayRef: ref },
      { who: 'older' },
    )
    expect((await stale).moved).toBe(false)
    const { attempts, payment } = await readBooks(database.db, { merchantUid: order })
    expect(payment?.state).toBe('cancelled')
    expect(attempts[0]?.entries).toMatchObject([{ missingSince: null }])
  })

  test('at a gateway that is not configured says so', async () => {
    const nowhere = { gateway: gatewayName('paymentwall/main'), gatewayRef: freshOrder().ref }
    const refused = look(options(), nowhere, { who: 'test' })
    await expect(refused).rejects.toThrow('the gateway paymentwall/main is not configured')
    await expect(refused).rejects.toMatchObject({ kind: 'gatewayUnavailable' })
  })

  test('that misses a booked entry plans the look that decides, ten minutes later, once', async () => {
    const { order, ref } = await paidOrder(database.db)
    const about = { merchantUid: order, gatewayRef: ref }
    gateway.truth = [anEvidence({ ...about, entries: [anEntry({ reason: 'desk' })] })]
    const subject = { gateway: GATEWAY, gatewayRef: ref }
    await look(options(), subject, { who: 'test' })
    gateway.truth = [anEvidence(about)]
    await look(options(), subject, { who: 'test' })
    await look(options(), subject, { who: 'test' })
    const rows = await inbox()
    expect(rows).toMatchObject([{ source: 'again', state: 'received', gatewayRef: ref }])
    const waits = Date.parse(rows[0]?.dueAt ?? '') - Date.parse(rows[0]?.receivedAt ?? '')
    expect(waits).toBeGreaterThan(600_000)
  })

  test('that misses a booked entry plans the deciding look also beside a row that it settles itself', async () => {
    const { order, ref } = await paidOrder(database.db)
    const about = { merchantUid: order, gatewayRef: ref }
    gateway.truth = [anEvidence({ ...about, entries: [anEntry({ reason: 'desk' })] })]
    const subject = { gateway: GATEWAY, gatewayRef: ref }
    await look(options(), subject, { who: 'test' })
    await hint({ ...about, source: 'again' })
    await makeDue()
    gateway.truth = [anEvidence(about)]
    await look(options(), subject, { who: 'test' })
    expect(await inbox()).toMatchObject([{ state: 'looked' }, { source: 'again', state: 'received' }])
  })
})

describe('a hint', () => {
  test('is answered by one look and settled', async () => {
    const { order, ref } = await paidOrder(database.db)
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    await hint({ gatewayRef: ref, merchantUid: order, saidStatus: 'paid' })
    expect(await lookOnce(options())).toBe(true)
    expect(await states()).toEqual(['looked'])
    expect(await lookOnce(options())).toBe(false)
    expect(gateway.asked).toEqual([`ref:${ref}`])
  })

  test('repeated a hundred times before the look costs one question', async () => {
    const { order, ref } = await paidOrder(database.db)
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    for (let round = 0; round < 100; round += 1) await hint({ gatewayRef: ref, merchantUid: order })
    await drain()
    expect(gateway.asked).toEqual([`ref:${ref}`])
    expect(new Set(await states())).toEqual(new Set(['looked']))
  })

  test('repeated after the look waits: 5 s, then twice as long each time that brings nothing, 10 min at most', async () => {
    const { order, ref } = await paidOrder(database.db)
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    const spacings: unknown[] = []
    for (let round = 0; round < 9; round += 1) {
      await hint({ gatewayRef: ref, merchantUid: order })
      await lookOnce(options())
      expect(await lookOnce(options())).toBe(false)
      spacings.push((await looks())[0]?.spacingMs)
      await endSpacing()
    }
    expect(spacings).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600].map((seconds) => seconds * 1_000))
    const [row] = await looks()
    expect(row?.began).not.toBeNull()
  })

  test('that brings news makes the next look soon again', async () => {
    const { order, ref } = await paidOrder(database.db)
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    for (let round = 0; round < 3; round += 1) {
      await hint({ gatewayRef: ref, merchantUid: order })
      await lookOnce(options())
      await endSpacing()
    }
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref, entries: [anEntry({ reason: 'desk' })] })]
    await hint({ gatewayRef: ref, merchantUid: order })
    await lookOnce(options())
    expect(await looks()).toMatchObject([{ spacingMs: 5_000 }])
  })

  test('that arrives while the gateway is asked is left for the next look', async () => {
    const { order, ref } = await paidOrder(database.db)
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
    await hint({ gatewayRef: ref, merchantUid: order })
    gateway.meanwhile = () => hint({ gatewayRef: ref, merchantUid: order })
    await lookOnce(options())
    expect(await states()).toEqual(['looked', 'received'])
  })

  test.each([
    ['paid', null, { status: 'ready' }],
    ['cancelled', null, {}],
    ['cancelled', 'c9', { entries: [anEntry({ amount: 1, reason: 'desk' })] }],
  ] as const)('that says %s (%s) where the look does not gets one more look after 60 s', async (said, id, shown) => {
    const { order, ref } = freshOrder()
    await recordPrepared(database.db, order)
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref, ...shown })]
    await hint({ gatewayRef: ref, merchantUid: order, saidStatus: said, saidCancellationId: id })
    await lookOnce(options())
    const [, again] = await inbox()
    expect(again).toMatchObject({
      source: 'again',
      state: 'received',
      gatewayRef: ref,
      merchantUid: order,
      saidStatus: said,
    })
    const waits = Date.parse(again?.dueAt ?? '') - Date.parse(again?.receivedAt ?? '')
    expect(Math.round(waits / 1_000)).toBe(60)
    await makeDue()
    await endSpacing()
    await drain()
    expect(await states()).toEqual(['looked', 'looked'])
    expect(gateway.asked).toHaveLength(2)
  })

  test('that says no more than its look found gets no other look', async () => {
    const { order, ref } = await paidOrder(database.db)
    gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref, entries: [anEntry({ reason: 'desk' })] })]
    await hint({ gatewayRef: ref, merchantUid: order, saidStatus: 'cancelled', saidCancellationId: 'c1' })
    await hint({ gatewayRef: ref, merchantUid: order, saidStatus: 'paid' })
    await lookOnce(options())
    expect(await states()).toEqual(['looked', 'looked'])
  })
})
