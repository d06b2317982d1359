// What is in databases of today when they are migrated: tickets filed with the old reason, entries under ordinals, hints that wait.
// Must not know: how a connection is opened. The newest migrations are taken back first, so that rows can be laid as they were.
import { Kysely, sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/connect.ts'
import * as world from '../../src/db/migrations/0006_world.ts'
import * as sweep from '../../src/db/migrations/0007_sweep.ts'
import * as tallies from '../../src/db/migrations/0017_tallies.ts'
import * as words from '../../src/db/migrations/0020_words.ts'
import { gatewayRef, merchantUid } from '../../src/domain/ids.ts'
import { look } from '../../src/inbox/look.ts'
import { anEntry, anEvidence, GATEWAY } from '../support/books.ts'
import { readBooks } from '../support/booksDatabase.ts'
import { lookerOptions, scriptedGateway } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

const ORDER = merchantUid('order-old')
const REF = gatewayRef('imp_old')
const WAIT = `'none', null, null, null, now(), now(), null, null, 1`
/** Migrations know no tables. */
const isUntyped = (db: unknown): db is Kysely<unknown> => db instanceof Kysely
function untyped(db: unknown): Kysely<unknown> {
  if (!isUntyped(db)) throw new Error('no database handle')
  return db
}
let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
  const { db } = database
  await words.down(untyped(db))
  await tallies.down(untyped(db))
  await sweep.down(untyped(db))
  await world.down(untyped(db))
  for (const statement of [
    `insert into payments (merchant_uid, gateway, order_state, state, amount, currency, channel, name, expires_at, accepted_ref,
      charged_back, tries, created_at, attention, owner, snoozed_until, acknowledged_level, waiting_since, last_checkpoint_at,
      next_checkpoint_at, next_checkpoint_level, version)
      values ('order-old', 'iamport/main', 'prepared', 'cancelPending', 10000, 'KRW', 'live', 'a hat', now(), 'imp_old', false, 0, now(), ${WAIT})`,
    `insert into attempts (gateway, gateway_ref, merchant_uid, said_merchant_uid, status, amount, currency, channel, ever_paid,
      paid_ordinal, paid_at, accepted, because, charged_back, said_amount, gateway_returned, evidence_as_of, attention, owner,
      snoozed_until, acknowledged_level, waiting_since, last_checkpoint_at, next_checkpoint_at, next_checkpoint_level, version)
      values ('iamport/main', 'imp_old', 'order-old', 'order-old', 'cancelled', 10000, 'KRW', 'live', true, 1, now(), true,
      'asOrdered', false, 10000, 3000, now() + interval '1 hour', ${WAIT})`,
    refundRow('r-done', 3_000, 'refunded'),
    refundRow('r-open', 4_000, 'ticketOpen'),
    `insert into cancel_entries (gateway, gateway_ref, key, amount, cancelled_at, reason, refund_id, gone)
      values ('iamport/main', 'imp_old', '#1', 3000, '2026-03-02T04:00:00Z', 'too small #r-done', 'r-done', false)`,
    `insert into inbox (gateway, subject, gateway_ref, merchant_uid, source, said_status, due_at)
      values ('iamport/main', 'ref:imp_old', 'imp_old', 'order-old', 'webhook', 'cancelled', now() - interval '1 second')`,
  ])
    await sql.raw(statement).execute(db)
  await world.up(untyped(db))
  await sweep.up(untyped(db))
  await tallies.up(untyped(db))
  await words.up(untyped(db))
})
afterAll(() => database.close())

const refundRow = (id: string, amount: number, state: string) => `
  with refund as (insert into refunds (refund_id, merchant_uid, gateway, gateway_ref, amount, asked_amount, currency, reason,
    origin, state, test_channel, authorisation, ticket_dead, paid_elsewhere, tries, created_at, state_since, attention, owner,
    snoozed_until, acknowledged_level, waiting_since, last_checkpoint_at, next_checkpoint_at, next_checkpoint_level, version)
    values ('${id}', 'order-old', 'iamport/main', 'imp_old', ${amount}, ${amount}, 'KRW', 'too small', 'checkout', '${state}',
    false, 'submit', false, 0, 0, '2026-03-02T03:00:00Z', '2026-03-02T03:00:00Z', ${WAIT}) returning refund_id)
  insert into tickets (refund_id, authorised_by, intent_at, outcome, dead)
    select refund_id, 'submit', '2026-03-02T03:00:00Z', 'filed', false from refund`

test('a ticket of before is known by the reason that was sent, with its marker behind', async () => {
  const { refunds } = await readBooks(database.db, { merchantUid: ORDER })
  const sent = refunds.map(({ tickets }) => tickets.map(({ sentReason }) => sentReason))
  expect(sent).toEqual([['too small #r-done'], ['too small #r-open']])
})

test('the next look is newer than what was booked before, finds the old entry again, and closes the old ticket', async () => {
  const gateway = scriptedGateway()
  const cancelledAt = '2026-03-02T04:00:00.000Z'
  gateway.truth = [
    anEvidence({
      merchantUid: ORDER,
      gatewayRef: REF,
      entries: [
        anEntry({ cancellationId: 'c-late', amount: 3_000, cancelledAt, reason: 'too small #r-done' }),
        anEntry({ cancellationId: null, amount: 4_000, cancelledAt, reason: 'too small #r-o' }),
      ],
    }),
  ]
  await look(lookerOptions(database.db, gateway), { gateway: GATEWAY, gatewayRef: REF }, { who: 'test' })
  const { attempts, refunds } = await readBooks(database.db, { merchantUid: ORDER })
  expect(attempts[0]?.entries).toMatchObject([
    { key: '#1', cancellationId: 'c-late', amount: 3_000, refundId: 'r-done' },
    { key: '#2', cancellationId: null, amount: 4_000, refundId: 'r-open' },
  ])
  expect(refunds.map(({ refundId, state }) => `${refundId} ${state}`)).toEqual(['r-done refunded', 'r-open refunded'])
  expect(await database.db.selectFrom('inbox').select('state').execute()).toMatchObject([{ state: 'looked' }])
})

test('an entry of before that vanishes is missing only where the sums agree without it', async () => {
  const gateway = scriptedGateway()
  const told = anEvidence({ merchantUid: ORDER, gatewayRef: REF, returned: 7_000, status: 'cancelled' })
  gateway.truth = [told]
  for (let round = 0; round < 2; round += 1)
    await look(lookerOptions(database.db, gateway), { gateway: GATEWAY, gatewayRef: REF }, { who: 'test' })
  const { attempts } = await readBooks(database.db, { merchantUid: ORDER })
  expect(attempts[0]?.entries.map(({ missingSince }) => missingSince)).toEqual([null, null])
})
