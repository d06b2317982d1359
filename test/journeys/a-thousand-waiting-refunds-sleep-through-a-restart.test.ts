// A thousand refunds wait, the worker is started again, one webhook comes: one refund is stirred, and the others cost nothing.
// Must not know: caches. Histories are counted before and after; nothing is proved by how long something took.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql, type RawBuilder } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { loadBooks } from '../../src/db/books/books.ts'
import { carryOut } from '../../src/db/books/carryOut.ts'
import { insertPayment } from '../../src/db/books/payments.ts'
import { openDatabase, transact, type Trx } from '../../src/db/connect.ts'
import { putWake } from '../../src/db/outgoing/outgoing.ts'
import { gatewayRef, merchantUid, refundId, refundWorkflowId } from '../../src/domain/ids.ts'
import { aPayment, anAttempt, aRefund, aTicket } from '../support/books.ts'
import { createMigratedDatabase, onPostgres } from '../support/database.ts'
import { eventually, startShop, type OwnShop } from '../support/shop.ts'
import { order } from '../support/storyActs.ts'
import { temporalCliForTests } from '../support/temporalCli.ts'

/** More than the worker keeps in memory, which is 100, on either database. */
const WAITING = onPostgres ? 1_000 : 120
const AT_ONCE = 20
const LIMIT_MS = 300_000

test(`of ${WAITING} waiting refunds one is settled after a restart, and no other has a new event`, async () => {
  await temporalCliForTests()
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
  const place = await createMigratedDatabase(folder)
  // That an answer was lost in the crowd is no part of this.
  const environment = { DATA_DIR: folder, CANCEL_TIMEOUT: '25s', ...place.environment }
  onTestFinished(async () => {
    await place.drop()
    await rm(folder, { recursive: true, force: true })
  })
  const seeded = await seed(place.url, folder)

  const first = await startShop(environment)
  await eventually(() => wakesOf(first), LIMIT_MS).toBe(0)
  await whenAllWait(first, seeded)
  const one = await oneMore(first)
  const all = [refundWorkflowId(refundId(one.refundId)), ...seeded]
  const before = await whenAllWait(first, all)
  await first.close()

  const second = await startShop(environment)
  onTestFinished(second.close)
  await second.sim.complete((await second.sim.tickets(one.merchantUid))[0]?.id ?? '')
  await eventually(() => second.refund(one.refundId), LIMIT_MS).toMatchObject({ state: 'refunded' })
  await eventually(async () => (await stateOf(second, all[0])).status, LIMIT_MS).toBe('COMPLETED')

  const now = await chunked(all, (id) => stateOf(second, id))
  const after = lengthsOf(now)
  const stirred = all.filter((workflowId) => after.get(workflowId) !== before.get(workflowId))
  expect(stirred).toEqual([all[0]])
  const fresh = (await second.events(all[0] ?? '')).slice(before.get(all[0] ?? ''))
  const tasks = fresh.filter((event) => event.workflowTaskStartedEventAttributes).length
  console.info(
    `${WAITING} waiting, restarted: ${tasks} workflow tasks and ${fresh.length} events until one was settled`,
  )
  expect(tasks).toBeLessThanOrEqual(2)
  // Each by itself: the server's own count lags behind.
  expect(now.filter(({ status }) => status === 'RUNNING')).toHaveLength(WAITING - 1)
}, 900_000)

/** Rows as a month of requests left them, all but one, and a wake for each; the program that comes finds them. */
async function seed(url: string | undefined, folder: string): Promise<readonly string[]> {
  const database = await openDatabase({ url, folder: url === undefined ? folder : undefined, log: () => {} })
  await transact(database.db, 'seed', async (trx) => {
    await waitingRefund(trx)
    await copied(trx, WAITING - 2)
  })
  await database.close()
  return Array.from({ length: WAITING - 1 }, (_, index) => refundWorkflowId(refundId(`waiting-${index}`)))
}

/** Number 0, written by the program's own code. */
async function waitingRefund(trx: Trx): Promise<void> {
  const now = new Date().toISOString()
  const [order, ref, id] = [merchantUid('seeded-0'), gatewayRef('imp_seeded_0'), refundId('waiting-0')]
  await insertPayment(trx, aPayment({ merchantUid: order, acceptedRef: ref, createdAt: now }))
  // Seen today, so that no daily look asks the gateway for what it never had.
  const seen = { waitingSince: now, evidenceAsOf: now }
  const attempt = anAttempt({ merchantUid: order, saidMerchantUid: order, gatewayRef: ref, ...seen })
  const ticket = aTicket({ intentAt: now })
  const shown = { refundId: id, merchantUid: order, gatewayRef: ref, tickets: [ticket], createdAt: now }
  const refund = aRefund({ ...shown, waitingSince: now, stateSince: now, lastCheckpointAt: now })
  const loaded = await loadBooks(trx, { merchantUid: order })
  const books = { ...loaded.books, attempts: [attempt], refunds: [refund] }
  await carryOut(
    trx,
    loaded,
    { books, journal: [], alerts: [] },
    { who: 'test', at: now, saga: null, links: () => null },
  )
  await putWake(trx, refundWorkflowId(id))
  await trx.deleteFrom('outbox').where('kind', '=', 'notice').execute()
}

/** The same rows so many times more, under ids of their own. */
async function copied(trx: Trx, times: number): Promise<void> {
  const [order, ref, id] = [sql`'seeded-' || n`, sql`'imp_seeded_' || n`, sql`'waiting-' || n`]
  const own: Readonly<Record<string, RawBuilder<unknown>>> = {
    payments: sql`'merchant_uid', ${order}, 'accepted_ref', ${ref}`,
    attempts: sql`'gateway_ref', ${ref}, 'merchant_uid', ${order}, 'said_merchant_uid', ${order}`,
    refunds: sql`'refund_id', ${id}, 'merchant_uid', ${order}, 'gateway_ref', ${ref}, 'birth', gen_random_uuid()`,
    tickets: sql`'refund_id', ${id}`,
  }
  for (const [name, ids] of Object.entries(own)) {
    const table = sql.table(name)
    await sql`insert into ${table} select (jsonb_populate_record(first, jsonb_build_object(${ids}))).*
      from ${table} first, generate_series(1, ${times}::int) n`.execute(trx)
  }
  await sql`insert into outbox (kind, target, payload) select kind, 'refund:' || ${id}, payload
    from outbox, generate_series(1, ${times}::int) n`.execute(trx)
}

/** Opened behind the sagas of a thousand payments, which the supervisor has started: asked again where that takes long. */
async function oneMore(shop: OwnShop) {
  const merchantUid = await order()(shop, 'iamport/main')
  await shop.sim.pay(merchantUid)
  await eventually(() => shop.payment(merchantUid), LIMIT_MS).toMatchObject({ state: 'paid', accepted: true })
  const { refundId: id } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(id), LIMIT_MS).toMatchObject({ state: 'ticketOpen' })
  return { merchantUid, refundId: id }
}

const wakesOf = async ({ db }: OwnShop): Promise<number | undefined> =>
  (
    await sql<{ count: number }>`
      select count(*)::int as count from outbox where kind = 'wake' and state = 'pending'`.execute(db)
  ).rows[0]?.count

/** Their lengths, once none has anything to do but to wait. One that waits is asked again when all do: it may have been woken. */
async function whenAllWait(shop: OwnShop, all: readonly string[]): Promise<ReadonlyMap<string, number>> {
  let states: readonly State[] = []
  let busy = all
  const left = async () => {
    busy = busyOf(await chunked(busy, (id) => stateOf(shop, id)))
    if (busy.length > 0) return busy.length
    states = await chunked(all, (id) => stateOf(shop, id))
    busy = busyOf(states)
    return busy.length
  }
  await eventually(left, LIMIT_MS).toBe(0)
  return lengthsOf(states)
}

type State = Awaited<ReturnType<typeof stateOf>>
const busyOf = (states: readonly State[]) => states.filter(({ waits }) => !waits).map(({ id }) => id)
const lengthsOf = (states: readonly State[]): ReadonlyMap<string, number> =>
  new Map(states.map(({ id, length }) => [id, length]))

async function stateOf({ client }: OwnShop, id = '') {
  const { status, historyLength, raw } = await client.workflow.getHandle(id).describe()
  const waits = status.name === 'RUNNING' && !raw.pendingWorkflowTask && !raw.pendingActivities?.length
  return { id, status: status.name, length: historyLength, waits: waits && historyLength > 5 }
}

async function chunked<From, To>(from: readonly From[], work: (each: From) => Promise<To>): Promise<readonly To[]> {
  const made: To[] = []
  for (let start = 0; start < from.length; start += AT_ONCE)
    made.push(...(await Promise.all(from.slice(start, start + AT_ONCE).map(work))))
  return made
}
