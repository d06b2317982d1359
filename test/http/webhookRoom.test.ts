// Room for what nobody knows: how many get a row, what is counted of the others, and who is told.
// Must not know: HTTP. The clock is the test's.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/connect.ts'
import { webhooks } from '../../src/gateways/iamport/hint.ts'
import { isPublished, makeHintRoom, senderOf } from '../../src/http/resources/webhooks/room.ts'
import { emptyQueues } from '../support/booksDatabase.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
let now = 0
let kicks = 0
beforeAll(async () => {
  database = await openTestDatabase()
})
beforeEach(async () => {
  await emptyQueues(database.db)
  now = 0
  kicks = 0
})
afterAll(() => database.close())

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const aRoom = () => makeHintRoom({ db: database.db, kick: () => (kicks += 1), now: () => now })
const stranger = (sender = '203.0.113.9') => ({ sender, fromKnownAddress: false })
const GATEWAY = { sender: '52.78.5.241', fromKnownAddress: true }
const refused = (sender: string, body = '{}') => ({
  gateway: 'iamport/main',
  ...stranger(sender),
  contentType: null,
  body: Buffer.from(body),
})
const taken = (room: ReturnType<typeof aRoom>, times: number, from = stranger()) =>
  Array.from({ length: times }, () => room.take(from)).filter(Boolean).length
const flood = () => database.db.selectFrom('inbox').selectAll().orderBy('id').execute()
const alerts = async () =>
  (await database.db.selectFrom('outbox').select('payload').where('kind', '=', 'alert').execute()).map(
    ({ payload }) => payload,
  )
describe('room', () => {
  test('is sixty rows a minute for a sender, and another sender has its own', () => {
    const room = aRoom()
    expect(taken(room, 100)).toBe(60)
    expect(taken(room, 10, stranger('198.51.100.7'))).toBe(10)
    now += MINUTE
    expect(taken(room, 100)).toBe(60)
  })

  test('is a thousand rows an hour for all strangers, and does not touch that of the gateway’s own addresses', () => {
    const room = aRoom()
    const all = Array.from({ length: 3_000 }, (_, index) => room.take(stranger(`2001:db8:0:${index}::/64`)))
    expect(all.filter(Boolean)).toHaveLength(1_000)
    expect(taken(room, 20_000, GATEWAY)).toBe(10_000)
    now += HOUR - 1
    expect(taken(room, 1)).toBe(0)
    now += 1
    expect(taken(room, 1)).toBe(1)
  })
})

describe('what got no row', () => {
  test('is noted by sender with its count and the first body, and a person is told once an hour', async () => {
    const room = aRoom()
    for (const body of ['first', 'second', 'third']) room.refuse(refused('203.0.113.9', body))
    room.refuse(refused('198.51.100.7'))
    await room.note()
    room.refuse(refused('203.0.113.9', 'fourth'))
    await room.note()
    await room.note()
    const rows = await flood()
    expect(rows).toMatchObject([
      { state: 'parked', parkedBecause: 'flood', remoteAddress: '203.0.113.9', times: 4, subject: null },
      { state: 'parked', parkedBecause: 'flood', remoteAddress: '198.51.100.7', times: 1, subject: null },
    ])
    expect(Buffer.from(rows[0]?.body ?? []).toString()).toBe('first')
    expect(await alerts()).toMatchObject([
      { level: 'warn', kind: 'inboxFlood', sentence: expect.stringContaining('4 so far from 203.0.113.9 (3)') },
    ])
    expect(kicks).toBe(1)
  })

  test('goes on for another hour: another row, and another alert', async () => {
    const room = aRoom()
    room.refuse(refused('203.0.113.9'))
    await room.note()
    await database.db.updateTable('inbox').set({ dueAt: '2020-01-01T00:00:00Z' }).execute()
    room.refuse(refused('203.0.113.9'))
    await room.note()
    expect((await flood()).map(({ times }) => times)).toEqual([1, 1])
    expect(await alerts()).toHaveLength(2)
  })

  test('in two processes at once is one hour, one row a sender, and one alert', async () => {
    const rooms = [aRoom(), aRoom(), aRoom()]
    for (const room of rooms) room.refuse(refused('203.0.113.9'))
    await Promise.all(rooms.map((room) => room.note()))
    expect((await flood()).map(({ times }) => times)).toEqual([3])
    expect(await alerts()).toHaveLength(1)
  })

  test('from more than a hundred senders is told apart for a hundred', async () => {
    const room = aRoom()
    for (let index = 0; index < 300; index += 1) room.refuse(refused(`203.0.${index}.9`))
    await room.note()
    const again = aRoom()
    for (let index = 0; index < 300; index += 1) again.refuse(refused(`198.51.${index}.9`))
    await again.note()
    const rows = await flood()
    expect(rows).toHaveLength(101)
    expect(rows.at(-1)).toMatchObject({ remoteAddress: 'others', times: 500, body: null })
  })

  test("from the gateway's own addresses pages, whatever strangers do in that hour, and is told apart", async () => {
    const room = aRoom()
    for (let index = 0; index < 300; index += 1) room.refuse(refused(`203.0.${index}.9`))
    await room.note()
    room.refuse({ ...refused('52.78.5.241'), fromKnownAddress: true })
    await room.note()
    expect(await alerts()).toMatchObject([
      { level: 'warn', kind: 'inboxFlood' },
      { level: 'page', kind: 'inboxFlood', sentence: expect.stringContaining('52.78.5.241') },
    ])
    expect((await flood()).at(-1)).toMatchObject({ remoteAddress: '52.78.5.241', times: 1 })
  })

  test('and could not be noted is noted later', async () => {
    const room = aRoom()
    room.refuse(refused('203.0.113.9'))
    await database.db.schema.alterTable('inbox').renameTo('inbox_away').execute()
    await expect(room.note()).rejects.toThrow('inbox')
    await database.db.schema.alterTable('inbox_away').renameTo('inbox').execute()
    room.refuse(refused('203.0.113.9'))
    await room.note()
    expect((await flood()).map(({ times }) => times)).toEqual([2])
  })
})

describe('a sender', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['no address', 'no address'],
    ['', 'no address'],
    ['[click](https://evil.test)', 'no address'],
    ['203.0.113.9:5678', '203.0.113.9'],
    ['[2001:db8:1:2::9]:5678', '2001:db8:1:2::/64'],
  ])('%s is %s', (address, sender) => expect(senderOf(address)).toBe(sender))

  test.each([
    ['52.78.100.19', true],
    ['::ffff:52.78.5.241', true],
    ['52.78.100.20', false],
    ['::1', false],
    ['no address', false],
    ['', false],
  ])('%s is one that i’mport publishes: %s', (address, published) =>
    expect(isPublished(webhooks, address)).toBe(published),
  )
})

describe('a wrong signature', () => {
  const forged = (fromKnownAddress: boolean) => ({
    kind: 'paymentwall',
    fromKnownAddress,
    sender: fromKnownAddress ? '216.127.71.5' : '203.0.113.9',
    why: 'its signature does not fit',
  })

  test('is no row; strangers’ are a warning an hour, the gateway’s own page, over all processes', async () => {
    const [one, other] = [aRoom(), aRoom()]
    for (const _ of [1, 2, 3]) one.forge(forged(false))
    await one.note()
    other.forge(forged(false))
    other.forge(forged(true))
    await other.note()
    one.forge(forged(true))
    await one.note()
    expect(await flood()).toEqual([])
    expect(await alerts()).toMatchObject([
      {
        level: 'warn',
        kind: 'hintsForged',
        sentence: expect.stringContaining('3 so far, the first from 203.0.113.9'),
      },
      { level: 'page', kind: 'hintsForged', sentence: expect.stringContaining('its signature does not fit') },
    ])
    expect(kicks).toBe(2)
    await database.db.updateTable('watches').set({ toldAt: '2020-01-01T00:00:00Z' }).execute()
    one.forge(forged(true))
    await one.note()
    expect(await alerts()).toHaveLength(3)
  })

  test('is remembered while the database is away', async () => {
    const room = aRoom()
    room.forge({ ...forged(true), kind: 'another' })
    await database.db.schema.alterTable('watches').renameTo('away').execute()
    try {
      await expect(room.note()).rejects.toThrow('watches')
    } finally {
      await database.db.schema.alterTable('away').renameTo('watches').execute()
    }
    await room.note()
    expect(await alerts()).toMatchObject([{ sentence: expect.stringContaining('door of another') }])
  })
})
