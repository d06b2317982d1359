// Migrations beside a receiver at work, behind somebody who reads for long: no hint is turned away,
// whatever the migration waits for. And what one leaves behind that was killed is made anew.
// Must not know: what a migration changes. Nothing is proved by how long something took.
import { CamelCasePlugin, Kysely, sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase, type Db } from '../../src/db/connect.ts'
import { keepHint } from '../../src/db/hints/hints.ts'
import { keepReceived } from '../../src/db/hints/received.ts'
import { MIGRATIONS, migratePostgres, type MigrationName } from '../../src/db/migrate.ts'
import { postgresDialect, TIMEOUTS } from '../../src/db/postgres.ts'
import type { Schema } from '../../src/db/schema.ts'
import { createTestDatabase, onPostgres, queryOf, type TestDatabase } from '../support/database.ts'

const GATEWAY = 'iamport/main'
const HINTS = 10_000
/** As many as a receiver of one process has connections. */
const AT_ONCE = 8
const isName = (name: string): name is MigrationName => name in MIGRATIONS
const names = Object.keys(MIGRATIONS).filter(isName)
const FIRST = '0004_bounds'
/** Up to it the receiver was an older one: it kept what it heard by the one insertion that all have in common. */
const RECEIVER_OF_TODAY = '0019_received'
const log = () => {}
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

describe.skipIf(!onPostgres)('Postgres (not PGlite, which one process has to itself)', () => {
  let place: TestDatabase
  let db: Db
  const url = () => place.url ?? ''
  beforeAll(async () => {
    place = await createTestDatabase()
    await migratePostgres(url(), log, before(FIRST))
    await queryOf(url(), OLD_ROWS)
    const dialect = postgresDialect(url(), log, TIMEOUTS)
    db = new Kysely<Schema>({ dialect, plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })] })
  })
  afterAll(async () => {
    await db.destroy()
    await place.drop()
  })

  const behindReaders = names.filter((name) => name >= FIRST)
  const waited: string[] = []

  test.each(behindReaders)(
    `${HINTS} hints are kept during %s behind an open reader`,
    { timeout: 300_000 },
    async (name) => {
      const receiver = receive(db, name > RECEIVER_OF_TODAY ? keepOfToday : keepOfAllTimes)
      const reader = await openReader(url())
      let done = false
      const migrating = migratePostgres(url(), log, name).finally(() => (done = true))
      try {
        await receiver.until(() => receiver.kept() >= HINTS)
        if (!done) waited.push(name)
        await reader.end()
        // Whoever dumps or reports next reads while the migration goes on.
        while (!done) {
          const next = await openReader(url())
          await pause(200)
          await next.end()
          await pause(200)
        }
        await migrating
      } finally {
        await reader.end()
        await receiver.stop()
      }
      expect(receiver.refused()).toEqual([])
      expect(await migrated(url())).toEqual(names.slice(0, names.indexOf(name) + 1))
    },
  )

  test('all of that was tried behind a reader that kept the migration waiting', () => {
    expect(waited).toEqual(expect.arrayContaining([FIRST, '0006_world', '0007_sweep', '0008_watchdog']))
  })

  test('every hint has its number, every old ticket its reason, every index is whole', async () => {
    const { rows } = await sql`select
      (select count(*)::int from inbox where arrival is null) as unnumbered,
      (select count(distinct arrival)::int from inbox) = (select count(*)::int from inbox) as each,
      (select count(*)::int from tickets where sent_reason <> 'too small #' || refund_id) as untold,
      (select count(*)::int from pg_index where not indisvalid) as broken,
      (select count(*)::int from pg_constraint where not convalidated) as unproved`.execute(db)
    expect(rows).toEqual([{ unnumbered: 0, each: true, untold: 0, broken: 0, unproved: 0 }])
  })

  test('what a killed migration left behind is made anew by the next, and two at once wait for each other', async () => {
    const own = await createTestDatabase()
    const ownUrl = own.url ?? ''
    await migratePostgres(ownUrl, log, before(FIRST))
    const writer = await openWriter(ownUrl)
    try {
      const killed = migratePostgres(ownUrl, log).catch((error: unknown) => String(error))
      const invalid = `select indexrelid::regclass::text as name from pg_index where not indisvalid`
      const left = { name: 'outbox_delivered' }
      await expect.poll(() => rowsOf(ownUrl, invalid), { timeout: 30_000 }).toEqual([left])
      await queryOf(
        ownUrl,
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%concurrently%' and pid <> pg_backend_pid()`,
      )
      expect(await killed).toMatch(/could not be migrated/)
      expect(await rowsOf(ownUrl, invalid)).toEqual([left])
      const both = [1, 2].map(() => openDatabase({ url: ownUrl, folder: undefined, log }))
      await writer.end()
      for (const each of await Promise.all(both)) await each.close()
      expect(await rowsOf(ownUrl, invalid)).toEqual([])
      expect(await migrated(ownUrl)).toEqual(names)
    } finally {
      await writer.end()
      await own.drop()
    }
  })
})

const before = (name: MigrationName): MigrationName => {
  const found = names[names.indexOf(name) - 1]
  if (!found) throw new RangeError(`nothing comes before ${name}`)
  return found
}

const migrated = async (url: string) =>
  (await rowsOf(url, 'select name from kysely_migration order by name')).map(({ name }) => name)

async function rowsOf(url: string, question: string): Promise<{ name: string }[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<{ name: string }>(question)).rows
  } finally {
    await client.end()
  }
}

type Keep = (db: Db, ref: string) => Promise<unknown>
const keepOfToday: Keep = (db, gatewayRef) =>
  keepReceived(
    db,
    {
      gateway: GATEWAY,
      gatewayRef,
      merchantUid: `order-${gatewayRef}`,
      saidStatus: 'paid',
      saidCancellationId: null,
      contentType: 'application/json',
      body: Buffer.from('{}'),
      remoteAddress: '52.78.100.19',
      fromKnownAddress: true,
    },
    { take: () => true, giveBack: () => {} },
  )
const keepOfAllTimes: Keep = (db, gatewayRef) =>
  keepHint(db, { gateway: GATEWAY, source: 'webhook', gatewayRef, merchantUid: `order-${gatewayRef}` })

let hints = 0

/** Hints come without end, so many at once as a receiver takes, each about another payment. */
function receive(db: Db, keep: Keep) {
  let kept = 0
  let stopped = false
  const refused: string[] = []
  const one = async () => {
    while (!stopped && refused.length === 0) {
      hints += 1
      try {
        await keep(db, `imp_${hints}`)
        kept += 1
      } catch (error) {
        refused.push(String(error))
      }
    }
  }
  const running = Promise.all(Array.from({ length: AT_ONCE }, one))
  return {
    kept: () => kept,
    refused: () => refused,
    /** Or until the first that is refused. */
    until: async (isSo: () => boolean) => {
      while (!isSo() && refused.length === 0) await pause(20)
    },
    stop: async () => {
      stopped = true
      await running
    },
  }
}

/** As a dump holds it: every table, and one view of all that is there. */
async function openReader(url: string): Promise<{ end(): Promise<void> }> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
  )
  await client.query('begin isolation level repeatable read read only')
  await client.query(`lock table ${rows.map(({ name }) => name).join(', ')} in access share mode`)
  await client.query('select count(*) from inbox')
  return { end: () => client.end() }
}

/** A concurrent index waits for the end of what has written. */
async function openWriter(url: string): Promise<{ end(): Promise<void> }> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('begin')
  await client.query(`update outbox set tries = tries where false`)
  return { end: () => client.end() }
}

const MANY = 5_000
const WAIT = `'none', now(), now()`
const OLD_ROWS = `
  insert into payments (merchant_uid, gateway, order_state, state, amount, currency, channel, name, expires_at, charged_back, tries,
    created_at, attention, waiting_since, last_checkpoint_at)
    select 'o-' || n, '${GATEWAY}', 'prepared', 'paid', 10000, 'KRW', 'live', 'a hat', now(), false, 0, now(), ${WAIT}
    from generate_series(1, ${MANY}) as n;
  insert into attempts (gateway, gateway_ref, merchant_uid, said_merchant_uid, status, amount, currency, channel, ever_paid,
    accepted, charged_back, gateway_returned, evidence_as_of, attention, waiting_since, last_checkpoint_at)
    select '${GATEWAY}', 'imp-' || n, 'o-' || n, 'o-' || n, 'paid', 10000, 'KRW', 'live', true, true, false, 0, now(), ${WAIT}
    from generate_series(1, ${MANY}) as n;
  insert into refunds (refund_id, merchant_uid, gateway, gateway_ref, amount, currency, reason, origin, state, test_channel,
    authorisation, ticket_dead, paid_elsewhere, tries, created_at, state_since, attention, waiting_since, last_checkpoint_at)
    select 'r-' || n, 'o-' || n, '${GATEWAY}', 'imp-' || n, 4000, 'KRW', 'too small', 'checkout', 'ticketOpen', false, 'submit',
      false, 0, 0, now(), now(), ${WAIT} from generate_series(1, ${MANY}) as n;
  insert into tickets (refund_id, authorised_by, intent_at, outcome, dead)
    select 'r-' || n, 'submit', now(), 'filed', false from generate_series(1, ${MANY}) as n;
  insert into inbox (gateway, subject, gateway_ref, merchant_uid, source)
    select '${GATEWAY}', 'ref:imp-' || n, 'imp-' || n, 'o-' || n, 'webhook' from generate_series(1, ${MANY}) as n;
  insert into approvals (saga, command, args, person, asked_at)
    select 'refund:r-' || n, 'resolve', '{}', 'kim', now() from generate_series(1, 100) as n`
