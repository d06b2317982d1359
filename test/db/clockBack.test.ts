// The database's clock steps back, as after a failover to a server that is behind: nothing is dropped, nothing waits for hours.
// Must not know: gateways. What an ahead clock wrote is laid into the rows; nothing is waited for.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { transact, type Database } from '../../src/db/connect.ts'
import { keepHint } from '../../src/db/hints/hints.ts'
import { claimLooks } from '../../src/db/hints/looks.ts'
import { claimLevel, logAlerts } from '../../src/db/outgoing/alerts.ts'
import { claim, putAlert, putWake } from '../../src/db/outgoing/outgoing.ts'
import { look } from '../../src/inbox/look.ts'
import { lookOnce } from '../../src/inbox/looker.ts'
import { anEvidence, GATEWAY } from '../support/books.ts'
import { emptyQueues, paidOrder, readBooks } from '../support/booksDatabase.ts'
import { lookerOptions, scriptedGateway } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
beforeAll(async () => void (database = await openTestDatabase()))
beforeEach(() => emptyQueues(database.db))
afterAll(() => database.close())

const AHEAD = sql<string>`clock_timestamp() + interval '6 hours'`
const page = () =>
  transact(database.db, 'page', (trx) =>
    putAlert(trx, {
      level: 'page',
      kind: 'reversed',
      saga: 'refund:x',
      sentence: { en: 'it is gone', ko: 'it is gone' },
    }),
  )

test('evidence is ordered by the sequence: a look after the failover is newer, whatever the clock says', async () => {
  const { order, ref } = await paidOrder(database.db)
  await database.db.updateTable('attempts').set({ evidenceAsOf: AHEAD }).where('gatewayRef', '=', ref).execute()
  await keepHint(database.db, { gateway: GATEWAY, source: 'webhook', gatewayRef: ref, merchantUid: order })
  const gateway = scriptedGateway()
  gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref, status: 'failed', returned: 0 })]
  await look(lookerOptions(database.db, gateway), { gateway: GATEWAY, gatewayRef: ref }, { who: 'test' })
  expect((await readBooks(database.db, { merchantUid: order })).attempts).toMatchObject([{ status: 'failed' }])
  expect(await database.db.selectFrom('inbox').select('state').execute()).toEqual([{ state: 'looked' }])
})

test('a hint that arrived, was spaced, leased or put off by the clock ahead is looked at now', async () => {
  const { order, ref } = await paidOrder(database.db)
  const gateway = scriptedGateway()
  gateway.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
  const options = lookerOptions(database.db, gateway)
  await keepHint(database.db, { gateway: GATEWAY, source: 'webhook', gatewayRef: ref, merchantUid: order })
  await lookOnce(options)
  await keepHint(database.db, { gateway: GATEWAY, source: 'webhook', gatewayRef: ref, merchantUid: order })
  const ahead = { notBefore: AHEAD, retryAt: AHEAD, leasedUntil: AHEAD, leaseToken: 'a process before' }
  await database.db.updateTable('looks').set(ahead).execute()
  await database.db
    .updateTable('inbox')
    .set({ dueAt: AHEAD, receivedAt: AHEAD })
    .where('state', '=', 'received')
    .execute()
  expect((await claimLooks(database.db, { limit: 10, leaseMs: -1, mostUnlinked: 5 })).claims).toHaveLength(1)
  await lookOnce(options)
  const rows = await database.db.selectFrom('inbox').select('state').execute()
  expect(rows).toEqual([{ state: 'looked' }, { state: 'looked' }])
})

test('a wake that the clock ahead made due, or leased, leaves now', async () => {
  await transact(database.db, 'wake', (trx) => putWake(trx, 'refund:x'))
  await database.db.updateTable('outbox').set({ dueAt: AHEAD, leasedUntil: AHEAD, leaseToken: 'before' }).execute()
  expect(await claim(database.db, 'wake', 10, 1_000)).toMatchObject([{ target: 'refund:x' }])
})

test('a message that left by the clock ahead holds up no page', async () => {
  await page()
  await logAlerts(database.db, () => {}, false)
  await database.db.updateTable('outbox').set({ state: 'delivered', message: 'm', settledAt: AHEAD }).execute()
  await page()
  await logAlerts(database.db, () => {}, false)
  expect(await claimLevel(database.db, 'page', 1_000)).toBeDefined()
})
