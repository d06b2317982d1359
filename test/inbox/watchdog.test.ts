// The watchdog: one page an hour over all processes, one message when it is over, and the same seen
// from a process of the api alone.
// Must not know: Temporal; no worker runs here at all, which is what it is for.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase, transact, type Database, type Db } from '../../src/db/connect.ts'
import { putWake } from '../../src/db/outgoing/outgoing.ts'
import { expectPasses, notePass } from '../../src/db/watch/passes.ts'
import { keepHouse, startHousekeeping } from '../../src/inbox/housekeeping.ts'
import { watchOnce } from '../../src/inbox/watchdog.ts'
import { aRefund, DAY, HOUR, later, MINUTE } from '../support/books.ts'
import { emptyQueues, moveBooks, paidOrder } from '../support/booksDatabase.ts'
import { createMigratedDatabase, type TestDatabase } from '../support/database.ts'

let place: TestDatabase
let database: Database
/**
 * Two processes: on Postgres each with connections of its own; the embedded database belongs to
 * one.
 */
let processes: readonly Db[]
let close: () => Promise<void>
const db = () => database.db
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
  place = await createMigratedDatabase(folder)
  const open = () => openDatabase({ url: place.url, folder, log: () => {} })
  database = await open()
  const other = place.url === undefined ? database : await open()
  processes = [database.db, other.db]
  close = async () => {
    if (other !== database) await other.close()
    await database.close()
    await place.drop()
    await rm(folder, { recursive: true, force: true })
  }
})
afterAll(() => close())
beforeEach(async () => {
  for (const table of ['watches', 'tickets', 'refunds', 'sweep_cursors', 'passes'])
    await sql`delete from ${sql.table(table)}`.execute(db())
  await emptyQueues(db())
})

const now = new Date().toISOString()
const ago = (ms: number): string => later(-ms, now)
const quiet = { log: () => {}, kick: () => {} }
const watch = (process = db()) => watchOnce({ db: process, log: quiet.log })

async function overdueRefund(shown: Parameters<typeof aRefund>[0] = {}): Promise<string> {
  const { order, ref } = await paidOrder(db())
  const refund = aRefund({
    refundId: `r-${order}`,
    merchantUid: order,
    gatewayRef: ref,
    nextCheckpointAt: ago(30 * DAY),
    ...shown,
  })
  await moveBooks(db(), { merchantUid: order }, (books) => ({
    books: { ...books, refunds: [refund] },
    journal: [],
    alerts: [],
  }))
  await emptyQueues(db())
  return refund.refundId
}
const wakeUp = (id: string) => sql`update refunds set next_checkpoint_at = null where refund_id = ${id}`.execute(db())
const told = async () =>
  (
    await db().selectFrom('outbox').select(['target', 'payload']).where('kind', '=', 'alert').orderBy('id').execute()
  ).map(({ target, payload }) => `${Object(payload).level} ${Object(payload).kind} ${target}`)
const sentence = async () => {
  const rows = await db().selectFrom('outbox').select('payload').where('kind', '=', 'alert').orderBy('id').execute()
  return String(Object(rows.at(-1)?.payload).sentence)
}
const clockGoesOn = (minutes: number) =>
  sql`update watches set told_at = told_at - ${minutes} * interval '1 minute'`.execute(db())

describe('people are told', () => {
  test('nothing while nothing is overdue', async () => {
    expect([await watch(), await told()]).toEqual(['nothing', []])
  })

  test('once an hour over all processes, with count, sums and the oldest', async () => {
    const oldest = await overdueRefund({ nextCheckpointAt: ago(31 * DAY) })
    await overdueRefund({ amount: 4_000 })
    const both = () => Promise.all(processes.map((each) => watch(each)))
    expect((await both()).toSorted()).toEqual(['nothing', 'page'])
    await both()
    await clockGoesOn(55)
    await both()
    expect(await told()).toEqual(['page overdue watchdog'])
    expect(await sentence()).toContain(
      `2 rows are overdue (2 refunds; KRW 14,000), the oldest: refund:${oldest} since ${ago(31 * DAY)} (checkpoint)`,
    )
    await clockGoesOn(5)
    expect((await both()).toSorted()).toEqual(['nothing', 'page'])
    expect(await told()).toEqual(['page overdue watchdog', 'page overdue watchdog'])
  })

  test('once when it is over, and of what comes back within the hour with the next page', async () => {
    const id = await overdueRefund()
    await watch()
    await wakeUp(id)
    expect((await Promise.all(processes.map((each) => watch(each)))).toSorted()).toEqual(['nothing', 'over'])
    expect(await told()).toEqual(['page overdue watchdog', 'remind overdueOver watchdog'])
    await overdueRefund()
    expect(await watch()).toBe('nothing')
    await clockGoesOn(60)
    expect(await watch()).toBe('page')
  })

  test('at once where a clock was set back since the last page', async () => {
    await overdueRefund()
    await watch()
    await sql`update watches set told_at = clock_timestamp() + interval '3 hours'`.execute(db())
    expect(await watch()).toBe('page')
  })

  test('of a wake that does not leave, and of a list that is not read', async () => {
    await transact(db(), 'wake', (trx) => putWake(trx, 'refund:r-1'))
    await sql`update outbox set created_at = ${ago(HOUR)}::timestamptz`.execute(db())
    await sql`insert into sweep_cursors values ('iamport/main', 'paid', ${ago(2 * HOUR)}::timestamptz, true, 0, 1)`.execute(
      db(),
    )
    expect(await watch()).toBe('page')
    expect(await sentence()).toBe(
      `the oldest wake has not left since ${ago(HOUR)}; lists were not read to an end: paid of iamport/main since ${ago(2 * HOUR)}`,
    )
  })

  test('of a Schedule that is paused, or never ran since it is expected; not of one that ran within the hour', async () => {
    await expectPasses(db(), ['supervise', 'sweep:iamport/main'])
    expect(await watch()).toBe('nothing')
    await sql`update passes set ended_at = ${ago(2 * HOUR)}::timestamptz where name = 'supervise'`.execute(db())
    await expectPasses(db(), ['supervise'])
    expect(await watch()).toBe('page')
    expect(await sentence()).toBe(`Schedules that do not run: supervise since ${ago(2 * HOUR)}`)
    await notePass(db(), 'supervise')
    expect(await watch()).toBe('over')
  })

  test('of a saga that sleeps past its checkpoint, by housekeeping alone', async () => {
    await overdueRefund()
    await keepHouse({ db: db(), ...quiet })
    expect(await told()).toEqual(['page overdue watchdog'])
  })
})

test('housekeeping asks by itself, gives a start its moment, and stops', async () => {
  await overdueRefund()
  const house = startHousekeeping({
    db: db(),
    ...quiet,
    overdueAfter: { rowsMs: 1_000, sweepsMs: 90 * MINUTE },
  })
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await told()).toEqual([])
  await expect.poll(told, { timeout: 20_000 }).toEqual(['page overdue watchdog'])
  await house.stop()
})
