// A build that does not fit what runs is deployed over refunds that wait: one page names them, nothing is filed or lost, and a
// good build and a restart settle each with its one ticket.
// Must not know: what is wrong with the build.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, onTestFinished, test, vi } from 'vitest'
import { restartAsked } from '../../src/outbox/restart.ts'
import { createTemporalClient } from '../../src/temporal/client.ts'
import { cacheWith } from '../support/builds.ts'
import { createMigratedDatabase } from '../support/database.ts'
import { eventually, startShop, type OwnShop } from '../support/shop.ts'
import { superviseNow } from '../support/sweepNow.ts'
import { MAKING_MS, temporalCliForTests, temporaryFolder } from '../support/temporalCli.ts'

const REFUNDS = 6
const CANCEL = 'POST /payments/cancel'
const BY = { who: 'unverified:ann', why: 'the build of today did not fit' }
vi.setConfig({ testTimeout: MAKING_MS })

type Waiting = { readonly merchantUid: string; readonly refundId: string }

const pages = async ({ db }: OwnShop): Promise<readonly string[]> => {
  const rows = await db.selectFrom('outbox').select('payload').where('kind', '=', 'alert').orderBy('id').execute()
  return rows.flatMap(({ payload }) => (Object(payload).kind === 'overdue' ? [String(Object(payload).sentence)] : []))
}
/** A checkpoint of each falls due just now: times are moved, not waited for. */
const checkpointsAreDue = ({ db }: OwnShop) =>
  sql`update refunds set next_checkpoint_at = clock_timestamp() - interval '1 minute'`.execute(db)

async function oneTicketEach({ sim }: OwnShop, waiting: readonly Waiting[]): Promise<void> {
  const tickets = (await sim.allTickets()).map(({ merchantUid }) => merchantUid)
  expect(tickets.toSorted()).toEqual(waiting.map(({ merchantUid }) => merchantUid).toSorted())
}

test(`${REFUNDS} waiting refunds under a build with one more timer, then under a good one`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
  const database = await createMigratedDatabase(folder)
  onTestFinished(async () => {
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  })
  const usual = { DATA_DIR: folder, ...database.environment, TEMPORAL_CLI: await temporalCliForTests() }

  const first = await startShop(usual)
  const waiting = await Promise.all(Array.from({ length: REFUNDS }, () => first.paidThenRefunded()))
  await first.close()

  const bad = { XDG_CACHE_HOME: await cacheWith(temporaryFolder(), 'oneMoreTimer'), OVERDUE_AFTER: '5s' }
  const second = await startShop({ ...usual, ...bad })
  await checkpointsAreDue(second)
  await eventually(() => pages(second)).toEqual([
    expect.stringMatching(/^6 rows are overdue \(6 refunds; KRW 114,000\)/),
  ])
  // Each is woken while its workflow runs, and each task fails: seen in Temporal, and in no row.
  await superviseNow(second)
  const failed = async ({ refundId }: Waiting) =>
    (await second.events(`refund:${refundId}`)).some((event) => event.workflowTaskFailedEventAttributes)
  for (const each of waiting) await eventually(() => failed(each)).toBe(true)
  for (const { refundId } of waiting) expect(await second.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  expect(await pages(second), 'no second page within the hour').toHaveLength(1)
  await oneTicketEach(second, waiting)
  expect(await second.sim.callsOf(CANCEL)).toBe(0)
  await second.close()

  const third = await startShop(usual)
  onTestFinished(third.close)
  const temporal = createTemporalClient({ address: third.temporalAddress, namespace: 'default' })
  for (const { refundId } of waiting)
    expect(await restartAsked({ db: third.db, temporal }, refundId, BY)).toMatchObject({ outcome: 'restarted' })
  await temporal.close()
  for (const { id } of await third.sim.allTickets()) await third.sim.complete(id)
  for (const { refundId } of waiting) {
    await eventually(() => third.refund(refundId)).toMatchObject({ state: 'refunded' })
    expect(await third.client.workflow.getHandle(`refund:${refundId}`).result()).toEqual({ state: 'refunded' })
  }
  await oneTicketEach(third, waiting)
  expect(await third.sim.callsOf(CANCEL)).toBe(0)
})
