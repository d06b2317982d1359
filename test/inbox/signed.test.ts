// What a gateway signed, judged from its inbox row: what cannot be booked comes again at growing times and ends with a
// person; and what a tick of the looker costs.
// Must not know: signatures, sagas. Against a scripted gateway and the real database.
import { sql, type KyselyPlugin } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { databaseNow } from '../../src/db/clock.ts'
import { transact, type Database } from '../../src/db/connect.ts'
import { unparkKnown } from '../../src/db/hints/hints.ts'
import { keepSigned } from '../../src/db/hints/signed.ts'
import { replayHint } from '../../src/db/lists/queues.ts'
import type { Signed } from '../../src/domain/gateway.ts'
import { gatewayName } from '../../src/domain/ids.ts'
import { lookOnce } from '../../src/inbox/looker.ts'
import { GATEWAY } from '../support/books.ts'
import { emptyQueues, freshOrder, outboxOf, readBooks, recordPrepared } from '../support/booksDatabase.ts'
import { lookerOptions, scriptedGateway, type Scripted } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
let gateway: Scripted
let signs: () => Signed
beforeAll(async () => {
  database = await openTestDatabase()
})
beforeEach(async () => {
  await emptyQueues(database.db)
  gateway = { ...scriptedGateway(), blind: true, readHint: () => ({ kind: 'signed', signed: signs() }) }
})
afterAll(() => database.close())

const broken = (): never => {
  throw new Error('the disk is full')
}
const paid = ({ order, ref }: ReturnType<typeof freshOrder>): Signed => ({
  gatewayRef: ref,
  merchantUid: order,
  key: '0',
  event: { kind: 'paid', gift: false },
  buyerId: 'buyer-77',
  channel: 'live',
  money: null,
  paidAt: null,
  payMethod: null,
  payerCountry: null,
})
async function keep({ gatewayRef, merchantUid, key }: Signed): Promise<void> {
  const row = { gateway: GATEWAY, gatewayRef, merchantUid, signedKey: key, saidStatus: 'paid' }
  await keepSigned(database.db, {
    ...row,
    body: Buffer.from('as it was signed'),
    contentType: null,
    remoteAddress: '203.0.113.9',
    fromKnownAddress: false,
  })
}
async function waiting() {
  const { rows } = await sql<{ id: number; state: string; because: string | null; failures: number; due: string }>`
    select id, state, parked_because as because, failures, due_at as due
    from inbox where signed_key is not null order by id`.execute(database.db)
  return rows
}
const due = () =>
  database.db
    .updateTable('inbox')
    .set({ dueAt: sql<string>`clock_timestamp()` })
    .execute()
const alerts = async () => (await outboxOf(database.db, 'inbox')).filter(({ kind }) => kind === 'alert')
const look = () => lookOnce(lookerOptions(database.db, gateway))

test('what cannot be booked comes again at growing times, and after twenty tries a person is told', async () => {
  const order = freshOrder()
  await recordPrepared(database.db, order.order)
  signs = broken
  await keep(paid(order))
  const ladder = [5, 10, 20, 40, 80, 160, 320, ...Array.from({ length: 12 }, () => 600)]
  for (const [index, seconds] of ladder.entries()) {
    await due()
    const before = await databaseNow(database.db)
    await look()
    const after = await databaseNow(database.db)
    const [row] = await waiting()
    expect(row).toMatchObject({ state: 'received', failures: index + 1 })
    const dueAt = Date.parse(row?.due ?? '')
    expect(dueAt - Date.parse(before)).toBeGreaterThanOrEqual(seconds * 1_000)
    expect(dueAt - Date.parse(after)).toBeLessThanOrEqual(seconds * 1_000)
    expect(await alerts()).toEqual([])
  }
  await due()
  await look()
  const [row] = await waiting()
  expect(row).toMatchObject({ state: 'parked', because: 'notBooked' })
  expect(await alerts()).toMatchObject([
    { payload: { level: 'page', kind: 'signedUnclear', sentence: expect.stringContaining('the disk is full') } },
  ])
  await due()
  expect(await look()).toBe(false)

  signs = () => paid(order)
  await transact(database.db, 'replay', (trx) => replayHint(trx, row?.id ?? 0, 'ann'))
  await look()
  expect(await waiting()).toMatchObject([{ state: 'looked', failures: 0 }])
  const { payment } = await readBooks(database.db, { merchantUid: order.order })
  expect(payment).toMatchObject({ acceptedRef: order.ref })
})

test('one that cannot be booked keeps no other from it', async () => {
  const [bad, good] = [freshOrder(), freshOrder()]
  for (const { order } of [bad, good]) await recordPrepared(database.db, order)
  await keep(paid(bad))
  await keep(paid(good))
  let first = true
  signs = () => {
    if (!first) return paid(good)
    first = false
    return broken()
  }
  await look()
  expect(await waiting()).toMatchObject([{ state: 'received', failures: 1 }, { state: 'looked' }])
})

test('what names an order of another gateway is told once, and comes back by no means of its own', async () => {
  const order = freshOrder()
  await recordPrepared(database.db, order.order, { gateway: gatewayName('another/main') })
  signs = () => paid(order)
  await keep(paid(order))
  await look()
  expect(await waiting()).toMatchObject([{ state: 'parked', because: 'otherGateway' }])
  await unparkKnown(database.db)
  await look()
  expect(await waiting()).toMatchObject([{ state: 'parked', because: 'otherGateway' }])
  expect(await alerts()).toHaveLength(1)
})

test('a tick at which nothing waits is one statement, whatever gateways sign', async () => {
  const said: string[] = []
  const counting: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: ({ result }) => {
      said.push('asked')
      return Promise.resolve(result)
    },
  }
  const db = database.db.withPlugin(counting)
  await lookOnce(lookerOptions(db, gateway))
  expect(said).toHaveLength(1)
})
