// What inbox, outbox and looks forget, and what they never do: each row is as old as the test says, and the purge finds it so.
// Must not know: clocks. Ages are set in the rows.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { writeJournal } from '../../src/db/books/journal.ts'
import { transact, type Database } from '../../src/db/connect.ts'
import { keepHint, type Hint } from '../../src/db/hints/hints.ts'
import { putAlert, putWake } from '../../src/db/outgoing/outgoing.ts'
import { keepTold, mintProof } from '../../src/db/people.ts'
import { purgeOnce } from '../../src/db/purge.ts'
import { keepHouse } from '../../src/inbox/housekeeping.ts'
import { metrics } from '../../src/metrics.ts'
import { AT, GATEWAY } from '../support/books.ts'
import { emptyQueues, paidOrder } from '../support/booksDatabase.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
})
beforeEach(() => emptyQueues(database.db))
afterAll(() => database.close())

const OLD_DAYS = 91
const NOTHING = { hints: 0, unknownHints: 0, outbox: 0, looks: 0, proofs: 0, answers: 0 }
type Shape = {
  state?: 'received' | 'looked' | 'parked'
  because?: string
  source?: Hint['source']
  moved?: boolean
  merchantUid?: string | null
  gatewayRef?: string | null
}

/** A row of that age, by every time in it; its id. */
async function aged(days: number, shape: Shape): Promise<number> {
  const { state = 'looked', because = null, source = 'webhook', moved = false } = shape
  const { merchantUid = 'nobody', gatewayRef = 'imp_nobody' } = shape
  await keepHint(database.db, { gateway: GATEWAY, source, gatewayRef, merchantUid, body: Buffer.from('{}') })
  const { rows } = await sql<{ id: number }>`
    update inbox set state = ${state}, parked_because = ${because}, moved = ${moved},
      received_at = clock_timestamp() - ${days} * interval '1 day', due_at = clock_timestamp() - ${days} * interval '1 day',
      settled_at = clock_timestamp() - ${days} * interval '1 day'
    where id = (select max(id) from inbox) returning id`.execute(database.db)
  return rows[0]?.id ?? 0
}
const left = async () => (await database.db.selectFrom('inbox').select('id').execute()).map(({ id }) => id)

describe('hints that are forgotten after 90 days', () => {
  test.each([
    ['looked at, and it moved nothing', { state: 'looked' }, 'hints'],
    ['looked at for a sweep', { state: 'looked', source: 'sweep' }, 'hints'],
    ['of an order that nobody ever recorded', { state: 'parked', because: 'unknownOrder' }, 'unknownHints'],
    ['that nobody could read', { state: 'parked', because: 'unreadable', merchantUid: null }, 'unknownHints'],
    ['too large', { state: 'parked', because: 'oversized', gatewayRef: null }, 'unknownHints'],
    ['counted in a flood', { state: 'parked', because: 'flood', gatewayRef: null, merchantUid: null }, 'unknownHints'],
  ] as const)('%s', async (_, shape, what) => {
    const young = await aged(OLD_DAYS - 2, shape)
    const old = await aged(OLD_DAYS, shape)
    expect(await purgeOnce(database.db)).toEqual({ ...NOTHING, [what]: 1 })
    expect(await left()).toEqual([young])
    expect(old).toBeGreaterThan(young)
  })
})

describe('hints that are never forgotten', () => {
  test.each([
    ['not looked at yet', { state: 'received' }],
    ['whose look moved something', { state: 'looked', moved: true }],
    ['parked because the gateway did not answer', { state: 'parked', because: 'noAnswer' }],
    ['signed, or from our own checkout', { state: 'parked', because: 'unknownOrder', source: 'pingback' }],
    ['parked for a reason of a later version', { state: 'parked', because: 'another' }],
  ] as const)('%s', async (_, shape) => {
    const id = await aged(4_000, shape)
    expect(await purgeOnce(database.db)).toEqual(NOTHING)
    expect(await left()).toEqual([id])
  })

  test('parked ones of an order, or of a payment, that is known by now', async () => {
    const { order, ref } = await paidOrder(database.db)
    await emptyQueues(database.db)
    const ids = [
      await aged(4_000, { state: 'parked', because: 'unknownOrder', merchantUid: order }),
      await aged(4_000, { state: 'parked', because: 'unknownOrder', gatewayRef: ref }),
    ]
    expect(await purgeOnce(database.db)).toEqual(NOTHING)
    expect(await left()).toEqual(ids)
  })

  test('those that a person let try again, for the journal names them', async () => {
    const id = await aged(4_000, { state: 'looked' })
    const line = { what: 'hint.replayed', why: 'it was parked', facts: { hint: id } }
    await transact(database.db, 'line', (trx) =>
      writeJournal(trx, [line], { who: 'ops:kim', at: AT, merchantUid: null }),
    )
    expect(await purgeOnce(database.db)).toEqual(NOTHING)
    expect(await left()).toEqual([id])
  })
})

describe('hints of unknown orders', () => {
  /** As many as are kept however young, a minute old. */
  const fill = () =>
    sql`insert into inbox (gateway, source, subject, gateway_ref, merchant_uid, state, parked_because, received_at, settled_at)
      select ${GATEWAY}, 'webhook', 'ref:imp_' || n, 'imp_' || n, 'nobody-' || n, 'parked', 'unknownOrder',
        clock_timestamp() - interval '1 minute', clock_timestamp() - interval '1 minute' from generate_series(1, 10000) as n`.execute(
      database.db,
    )

  test('beyond ten thousand go earlier, the oldest first, and none before its day is over', async () => {
    await fill()
    const shape = { state: 'parked', because: 'unknownOrder' } as const
    const known = await paidOrder(database.db)
    const ids = [
      await aged(3, shape),
      await aged(2, shape),
      await aged(0.9, shape),
      await aged(3, { ...shape, merchantUid: known.order }),
      await aged(3, { state: 'parked', because: 'noAnswer' }),
    ]
    const gateways = await aged(3, shape)
    await sql`update inbox set from_known_address = true where id = ${gateways}`.execute(database.db)
    const cursor = (age: string) =>
      sql`insert into sweep_cursors values (${GATEWAY}, 'paid', now() - ${age}::interval, true, 0, 0)
        on conflict (gateway, status) do update set cursor = excluded.cursor`.execute(database.db)
    await cursor('4 days')
    expect((await purgeOnce(database.db)).unknownHints).toBe(0)
    await cursor('1 minute')
    expect((await purgeOnce(database.db)).unknownHints).toBe(2)
    const kept = await left()
    expect(kept).toHaveLength(10_004)
    expect([...ids, gateways].map((id) => kept.includes(id))).toEqual([false, false, true, true, true, true])
  })

  test('go a few at a time, until a portion is not full', async () => {
    await fill()
    await sql`update inbox set received_at = received_at - interval '100 days',
      settled_at = settled_at - interval '100 days' where id % 10 = 0`.execute(database.db)
    const purged = async () =>
      (await metrics.purged.get()).values.find(({ labels }) => labels.what === 'unknownHints')?.value ?? 0
    const before = await purged()
    const deps = { db: database.db, log: () => {}, kick: () => {} }
    expect([await keepHouse(deps), await keepHouse(deps), await keepHouse(deps)]).toEqual([true, true, false])
    expect([(await left()).length, (await purged()) - before]).toEqual([9_000, 1_000])
  })
})

test('what has left the outbox goes after 90 days; what waits, is parked or was sent again by a person stays', async () => {
  for (let index = 0; index < 5; index += 1)
    await transact(database.db, 'put', (trx) => putWake(trx, `refund:r${index}`))
  await transact(database.db, 'put', (trx) =>
    putAlert(trx, { level: 'page', kind: 'reversed', saga: 'refund:r9', sentence: { en: 's', ko: 's' } }),
  )
  const set = (target: string, state: string, days: number) =>
    sql`update outbox set state = ${state}, settled_at = clock_timestamp() - ${days} * interval '1 day' where target = ${target}`.execute(
      database.db,
    )
  await set('refund:r0', 'delivered', OLD_DAYS)
  await set('refund:r1', 'delivered', OLD_DAYS - 2)
  await set('refund:r2', 'parked', 4_000)
  await set('refund:r3', 'delivered', 4_000)
  await sql`update outbox set replayed_at = clock_timestamp() where target = 'refund:r3'`.execute(database.db)
  await set('refund:r9', 'delivered', OLD_DAYS)
  expect(await purgeOnce(database.db)).toEqual({ ...NOTHING, outbox: 2 })
  const targets = await database.db.selectFrom('outbox').select('target').orderBy('id').execute()
  expect(targets.map(({ target }) => target)).toEqual(['refund:r1', 'refund:r2', 'refund:r3', 'refund:r4'])
})

test('looks at references that belong to nothing go after a day, others stay', async () => {
  const { ref } = await paidOrder(database.db)
  await emptyQueues(database.db)
  const look = (subject: string, shown: { linked?: boolean; hours?: number; leased?: boolean } = {}) => sql`
    insert into looks (gateway, subject, said_merchant_uid, linked, began, leased_until) values (${GATEWAY}, ${subject},
      'order-x', ${shown.linked ?? false}, clock_timestamp() - ${shown.hours ?? 25} * interval '1 hour',
      ${shown.leased ? sql`clock_timestamp() + interval '1 minute'` : sql`null`})`
  await look('ref:imp_invented').execute(database.db)
  await look('ref:imp_young', { hours: 23 }).execute(database.db)
  await look('ref:imp_linked', { linked: true }).execute(database.db)
  await look('ref:imp_leased', { leased: true }).execute(database.db)
  await look(`ref:${ref}`).execute(database.db)
  await look('order:order-x').execute(database.db)
  await look('ref:imp_waiting').execute(database.db)
  await aged(0, { state: 'received', gatewayRef: 'imp_waiting' })
  expect(await purgeOnce(database.db)).toEqual({ ...NOTHING, looks: 1 })
  const subjects = (await database.db.selectFrom('looks').select('subject').execute()).map(({ subject }) => subject)
  expect(subjects).not.toContain('ref:imp_invented')
  expect(subjects).toHaveLength(6)
})

test('proofs that nobody could use any more go after a day, what people were told after 90', async () => {
  const { db } = database
  const person = { name: 'ann', role: 'ops' }
  const asked = { saga: 'refund:purged', command: 'recheck', args: {} }
  const [old, young] = [await mintProof(db, { ...asked, person }), await mintProof(db, { ...asked, person })]
  await sql`update proofs set minted_at = minted_at - interval '25 hours' where id = ${old}`.execute(db)
  for (const days of [89, 91]) {
    const told = { answer: 'done', state: 'ticketOpen', sentence: 'recheck is done' } as const
    await transact(db, 'told', (trx) => keepTold(trx, { ...asked, updateId: `update-${days}` }, told))
    await sql`update answers set answered_at = answered_at - ${days} * interval '1 day'
      where update_id = ${`update-${days}`}`.execute(db)
  }
  expect(await purgeOnce(db)).toEqual({ ...NOTHING, proofs: 1, answers: 1 })
  expect(await db.selectFrom('proofs').select('id').where('saga', '=', asked.saga).execute()).toEqual([{ id: young }])
  expect(await db.selectFrom('answers').select('updateId').execute()).toEqual([{ updateId: 'update-89' }])
})
