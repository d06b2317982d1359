// The receiver's own way to the database: one statement a webhook, few for many at once, whoever else keeps the database busy.
// Must not know: what a hint says. Nothing is proved by how long something took.
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { openForReceiver, transact, type Db } from '../../src/db/connect.ts'
import { keepReceived, type ReceivedHint } from '../../src/db/hints/received.ts'
import { keepSigned } from '../../src/db/hints/signed.ts'
import { takePuts } from '../../src/db/notify.ts'
import { recordPrepared, paidOrder } from '../support/booksDatabase.ts'
import { GATEWAY } from '../support/books.ts'
import { onPostgres, openTestDatabase } from '../support/database.ts'
import { meeting } from '../support/meeting.ts'
import { merchantUid } from '../../src/domain/ids.ts'
import { startApi } from './api.ts'

/** Before any connection, for each keeps what sends its statements. */
const spy = vi.spyOn(pg.Client.prototype, 'query')
const sentSchema = z.union([z.string(), z.object({ text: z.string() }).transform(({ text }) => text)])
const sentSince = (from: number) => spy.mock.calls.slice(from).map(([first]) => sentSchema.parse(first))

const database = await openTestDatabase()
const receiver = openForReceiver(database, database.url)
beforeAll(() => recordPrepared(database.db, merchantUid('known')))
beforeEach(() => database.db.deleteFrom('inbox').execute())
afterAll(async () => {
  spy.mockRestore()
  await receiver.close()
  await database.close()
})

const inbox = () => database.db.selectFrom('inbox').selectAll().orderBy('id').execute()
const ROOM = { take: () => true, giveBack: () => {} }
const aHint = (shown: Partial<ReceivedHint> = {}): ReceivedHint => ({
  gateway: GATEWAY,
  gatewayRef: 'imp_1',
  merchantUid: 'known',
  saidStatus: 'paid',
  saidCancellationId: null,
  contentType: 'application/json',
  body: Buffer.from('{}'),
  remoteAddress: '203.0.113.9',
  fromKnownAddress: false,
  ...shown,
})
const keep = (shown: Partial<ReceivedHint> = {}, places = ROOM) => keepReceived(receiver.db, aHint(shown), places)

describe('of places for what nobody knows', () => {
  const placesOf = (most: number) => {
    let taken = 0
    const take = () => taken < most && (taken += 1) > 0
    return { places: { take, giveBack: () => void (taken -= 1) }, taken: () => taken }
  }

  test('hints about what is known keep none, whether they get a row or are counted', async () => {
    const { places, taken } = placesOf(2)
    expect([await keep({}, places), await keep({}, places), taken()]).toEqual(['row', 'counted', 0])
  })

  test('each that is unknown keeps one, and the next is refused', async () => {
    const { places, taken } = placesOf(2)
    const unknown = ['a', 'b', 'c'].map((id) => keep({ merchantUid: `nobody-${id}`, gatewayRef: `imp_${id}` }, places))
    expect((await Promise.all(unknown)).toSorted()).toEqual(['refused', 'row', 'row'])
    expect(taken()).toBe(2)
  })

  test('one that is only held meanwhile, by hints that turn out to be known, turns nobody away', async () => {
    const { places, taken } = placesOf(1)
    const [known, unknown] = await Promise.all([keep({}, places), keep({ merchantUid: 'nobody' }, places)])
    expect([known, unknown, taken()]).toEqual(['row', 'row', 1])
  })

  test('one is given back where the hint could not be kept', async () => {
    const { places, taken } = placesOf(1)
    await expect(keep({ merchantUid: 'a\0b' }, places)).rejects.toThrow()
    expect(taken()).toBe(0)
  })
})

describe('hints that come together', () => {
  test('say the same in one row, and are told of once each', async () => {
    const kept = await Promise.all(Array.from({ length: 40 }, () => keep()))
    expect(kept.filter((each) => each === 'row')).toHaveLength(1)
    expect(await inbox()).toMatchObject([{ times: 40, state: 'received' }])
    expect(takePuts(receiver.db)).toEqual(new Set(['hint']))
  })

  test('and differ wait in five rows and one for all others, none of them lost', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => keep({ saidCancellationId: `c-${n}`, gatewayRef: `imp_${n}` })),
    )
    const rows = await inbox()
    expect(rows.reduce((sum, { times }) => sum + times, 0)).toBe(40)
    expect(rows.filter(({ several }) => !several)).toHaveLength(5)
  })

  test('are all kept but the one that the database refuses', async () => {
    const hints = Array.from({ length: 20 }, (_, n) => keep({ merchantUid: n === 7 ? 'a\0b' : `nobody-${n}` }))
    const settled = await Promise.allSettled(hints)
    expect(settled.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).toEqual([7])
    expect(await inbox()).toHaveLength(19)
  })

  test('with the id of one message get one row, whatever else they say', async () => {
    const twice = ['paid', 'cancelled'].map((saidStatus) => keep({ messageId: 'm-1', saidStatus }))
    expect((await Promise.all(twice)).toSorted()).toEqual(['counted', 'row'])
    expect(await keep({ messageId: 'm-1', saidStatus: 'failed' })).toBe('counted')
    expect(await keep({ messageId: 'm-2', saidStatus: 'failed' })).toBe('row')
    expect((await inbox()).map(({ messageId }) => messageId)).toEqual(['m-1', 'm-2'])
  })
})

test('what a gateway signed is told of where it is judged', async () => {
  const { order, ref } = await paidOrder(database.db)
  takePuts(receiver.db)
  const signed = { gateway: GATEWAY, gatewayRef: ref, merchantUid: order, signedKey: 'k-1', saidStatus: 'paid' }
  const sent = { body: Buffer.from('a=1'), contentType: null, remoteAddress: '203.0.113.9', fromKnownAddress: false }
  await keepSigned(receiver.db, { ...signed, ...sent })
  expect(takePuts(receiver.db)).toEqual(new Set(['signed']))
})

describe.skipIf(!onPostgres)('on Postgres (the embedded database has one connection, which all share)', () => {
  const counted = z.array(z.object({ calls: z.coerce.number() }))
  /** As the server counts them, but for what this asks itself. */
  const statements = async (): Promise<number> => {
    const { rows } = await sql`select coalesce(sum(s.calls), 0) as calls from pg_stat_statements s
      join pg_database d on d.oid = s.dbid and d.datname = current_database()
      where s.toplevel and s.query not like '%pg_stat_statements%'`.execute(database.db)
    return counted.parse(rows)[0]?.calls ?? Number.NaN
  }
  beforeAll(() => sql`create extension if not exists pg_stat_statements`.execute(database.db))

  test.each<[string, Partial<ReceivedHint>, string]>([
    ['about a known order', {}, 'row'],
    ['that says what waits already', { saidStatus: 'waits' }, 'counted'],
    ['about what nobody knows', { merchantUid: 'nobody' }, 'row'],
    ['that a gateway signed', { messageId: 'm-7' }, 'row'],
    ['that a gateway signed and sends again', { messageId: 'm-6', saidStatus: 'again' }, 'counted'],
  ])('a hint %s takes one statement, in a transaction of its own', async (_, shown, kept) => {
    await keep({ saidStatus: 'waits', gatewayRef: 'imp_1', messageId: 'm-6' })
    await keep({ saidStatus: 'waits' })
    const [from, before] = [spy.mock.calls.length, await statements()]
    expect(await keep(shown)).toBe(kept)
    const sent = sentSince(from).filter((text) => !text.includes('pg_stat_statements'))
    expect(sent).toEqual([expect.stringContaining('select keep_hints(')])
    expect((await statements()) - before).toBe(1)
  })

  test('a hundred at once take few statements, and few connections', async () => {
    const from = spy.mock.calls.length
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => keep({ merchantUid: `nobody-${n}`, gatewayRef: `imp_${n}` })),
    )
    expect(sentSince(from).length).toBeLessThanOrEqual(3)
    expect(await inbox()).toHaveLength(100)
    const { rows } = await sql`select count(*) as calls from pg_stat_activity
      where datname = current_database() and application_name = 'paymentwall-saga receiver'`.execute(database.db)
    expect(counted.parse(rows)[0]?.calls).toBeLessThanOrEqual(4)
  })

  test('one commit after the other tells no listener of a webhook, and of what others put each one', async () => {
    const listener = new pg.Client({ connectionString: database.url })
    await listener.connect()
    const heard: string[] = []
    listener.on('notification', ({ channel }) => heard.push(channel))
    await listener.query('listen saga_new_rows')
    await keep()
    await sql`insert into inbox (gateway, subject, source) values (${GATEWAY}, 'order:known', 'sweep')`.execute(
      database.db,
    )
    await expect.poll(() => heard).toEqual(['saga_new_rows'])
    await listener.end()
  })

  test('a hint reads as little in a burst that began while nothing waited: its plan was kept from then', async () => {
    const own = openForReceiver(database, database.url)
    try {
      await sql`insert into payments select (jsonb_populate_record(p, jsonb_build_object('merchant_uid', 'busy-' || n))).*
        from payments p, generate_series(1, 3100) n where p.merchant_uid = 'known'`.execute(database.db)
      await sql`insert into inbox (gateway, subject, gateway_ref, merchant_uid, source, state, settled_at)
        select 'iamport/main', 'ref:l-' || n, 'l-' || n, 'looked-' || n, 'webhook', 'looked', now() from generate_series(1, 2000) n`.execute(
        database.db,
      )
      await sql`vacuum analyze inbox`.execute(database.db)
      const busy = (db: Db, n: number) =>
        keepReceived(db, aHint({ merchantUid: `busy-${n}`, gatewayRef: `b-${n}` }), ROOM)
      // One after the other, so that one connection keeps them all.
      for (let n = 1; n <= 10; n += 1) await busy(own.db, n)
      for (let n = 11; n < 3_011; n += 100)
        await Promise.all(Array.from({ length: 100 }, (_, more) => busy(own.db, n + more)))
      const rowsRead = async (db: Db) => {
        const { rows } =
          await sql`select sum(seq_tup_read + idx_tup_fetch) as calls from pg_stat_xact_user_tables`.execute(db)
        return counted.parse(rows)[0]?.calls ?? Number.NaN
      }
      await transact(own.db, 'keep', async (trx) => {
        const before = await rowsRead(trx)
        expect(await busy(trx, 3_011)).toBe('row')
        expect((await rowsRead(trx)) - before).toBeLessThanOrEqual(10)
      })
    } finally {
      await own.close()
    }
  })

  test('while every connection of those who look is held, hints are answered 200 and kept', async () => {
    const api = await startApi({ receiver: { db: receiver.db, kick: () => {} }, db: database.db })
    const held = meeting(11)
    let answer: Awaited<ReturnType<typeof api.call>> | undefined
    const holding = Array.from({ length: 10 }, (_, n) =>
      transact(database.db, 'holding', async (trx) => {
        await sql`select 1 from payments where merchant_uid = 'known' ${n === 0 ? sql`for update` : sql``}`.execute(trx)
        await held()
        while (answer === undefined) await sql`select pg_sleep(0.05)`.execute(trx)
      }),
    )
    await held()
    const waiting = database.db.selectFrom('payments').select('merchantUid').execute()
    answer = await api.call('POST /webhooks/iamport', {
      json: { imp_uid: 'imp_1', merchant_uid: 'known', status: 'paid' },
    })
    expect(answer.status).toBe(200)
    await Promise.all([...holding, waiting])
    expect(await inbox()).toMatchObject([{ gatewayRef: 'imp_1', merchantUid: 'known', state: 'received' }])
  })
})
