// What waits is counted by whoever moves it: after any moves, beside each other, undone or folded, the tallies say what counting every row would say.
// Must not know: who asks for the sums.
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Database, Db } from '../../src/db/connect.ts'
import { FOLDED_AT_ONCE, foldTallies } from '../../src/db/lists/tallies.ts'
import { openTestDatabase } from '../support/database.ts'

vi.setConfig({ testTimeout: 120_000 })
let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
  await sql`insert into payments (merchant_uid, gateway, order_state, state, amount, currency, channel, name, expires_at, accepted_ref,
      charged_back, tries, created_at, attention, waiting_since, last_checkpoint_at)
    values ('o-1', 'iamport/main', 'prepared', 'cancelPending', 9000, 'KRW', 'live', 'a hat', now(), 'imp-1', false, 0, now(), 'none', ${WAIT})`.execute(
    database.db,
  )
  await sql`insert into attempts (gateway, gateway_ref, merchant_uid, said_merchant_uid, status, amount, currency, channel, ever_paid,
      accepted, charged_back, gateway_returned, evidence_as_of, attention, waiting_since, last_checkpoint_at)
    values ('iamport/main', 'imp-1', 'o-1', 'o-1', 'paid', 9000, 'KRW', 'live', true, true, false, 0, now(), 'none', ${WAIT})`.execute(
    database.db,
  )
})
afterAll(() => database.close())

const WAIT = sql`now(), now()`
async function layRefunds(db: Db, ids: readonly string[]): Promise<void> {
  await sql`insert into refunds (refund_id, merchant_uid, gateway, gateway_ref, amount, currency, reason, origin, state, test_channel,
      authorisation, ticket_dead, paid_elsewhere, tries, created_at, state_since, attention, waiting_since, last_checkpoint_at)
    select id, 'o-1', 'iamport/main', 'imp-1', 1000, 'KRW', 'too small', 'checkout', 'ticketOpen', false, 'submit', false, 0, 0,
      now(), now(), 'none', ${WAIT} from unnest(string_to_array(${ids.join(',')}, ',')) as t(id)`.execute(db)
}

/** By counting all rows. */
async function counted(db: Db) {
  const refunds = await sql`
    select state, ticket_dead, matched_by_amount, currency, attention, owner is not null as owned, count(*)::float8 as count,
      sum(amount)::float8 as amount from refunds group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`.execute(db)
  const payments = await sql`select state, count(*)::float8 as count from payments group by 1 order by 1`.execute(db)
  return [refunds.rows, payments.rows]
}
async function tallied(db: Db) {
  const refunds = await sql`
    select state, ticket_dead, matched_by_amount, currency, attention, owned, sum(count)::float8 as count, sum(amount)::float8 as amount
    from refund_tallies group by 1, 2, 3, 4, 5, 6 having sum(count) <> 0 or sum(amount) <> 0 order by 1, 2, 3, 4, 5, 6`.execute(
    db,
  )
  const payments = await sql`
    select state, sum(count)::float8 as count from payment_tallies group by 1 having sum(count) <> 0 order by 1`.execute(
    db,
  )
  return [refunds.rows, payments.rows]
}
const agree = async (db: Db) => expect(await tallied(db)).toEqual(await counted(db))

const ids = ['a', 'b', 'c', 'd', 'e', 'f']
const some = fc.subarray(ids, { minLength: 1 })
const move = fc.oneof(
  fc.record({ set: fc.constant('state'), to: fc.constantFrom('refused', 'refunded', 'unknown'), of: some }),
  fc.record({ set: fc.constant('attention'), to: fc.constantFrom('none', 'warn', 'page'), of: some }),
  fc.record({ set: fc.constant('owner'), to: fc.constantFrom('ann', null), of: some }),
  fc.record({ set: fc.constant('amount'), to: fc.integer({ min: 1, max: 5_000 }), of: some }),
  fc.record({ set: fc.constant('ticket_dead'), to: fc.boolean(), of: some }),
  fc.record({ set: fc.constant('gone'), to: fc.constant(null), of: some }),
)
type Move = typeof move extends fc.Arbitrary<infer One> ? One : never

async function carryOut(db: Db, { set, to, of }: Move): Promise<void> {
  const among = sql.join([...of])
  if (set === 'gone') await sql`delete from refunds where refund_id in (${among})`.execute(db)
  else await sql`update refunds set ${sql.ref(set)} = ${to} where refund_id in (${among})`.execute(db)
}

test('after any moves, kept or undone, and any folds between them', async () => {
  const { db } = database
  const turn = fc.record({ moves: fc.array(move, { maxLength: 5 }), undone: fc.boolean(), folded: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { maxLength: 6 }), async (turns) => {
      await sql`delete from refunds`.execute(db)
      await layRefunds(db, ids)
      for (const { moves, undone, folded } of turns) {
        const work = db.transaction().execute(async (trx) => {
          for (const each of moves) await carryOut(trx, each)
          if (undone) throw new Error('undone')
        })
        if (undone) await expect(work).rejects.toThrow('undone')
        else await work
        if (folded) await foldTallies(db)
        await agree(db)
      }
    }),
    { numRuns: 40 },
  )
})

test('many lines become one for each kind, a portion at a time, beside writers and another fold', async () => {
  const { db } = database
  await sql`delete from refunds`.execute(db)
  const lines = FOLDED_AT_ONCE + 700
  await sql`insert into refund_tallies (state, ticket_dead, matched_by_amount, currency, attention, owned, count, amount)
    select 'ticketOpen', false, false, 'KRW', 'none', false, case when n % 2 = 0 then 1 else -1 end, case when n % 2 = 0 then 7 else -7 end
    from generate_series(1, ${sql.lit(lines)}) n`.execute(db)
  await agree(db)
  await Promise.all([foldTallies(db), layRefunds(db, ids), foldTallies(db)])
  await agree(db)
  while (await foldTallies(db));
  await agree(db)
  const { rows } = await sql<{ left: number }>`select count(*)::float8 as left from refund_tallies`.execute(db)
  expect(rows[0]?.left).toBeLessThan(lines / 5)
})

test('what changes nothing that is counted adds no line', async () => {
  const { db } = database
  const { rows: before } = await sql`select count(*) from refund_tallies`.execute(db)
  await sql`update refunds set tries = tries + 1`.execute(db)
  expect((await sql`select count(*) from refund_tallies`.execute(db)).rows).toEqual(before)
})
