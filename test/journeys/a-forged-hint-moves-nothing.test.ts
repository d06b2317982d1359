// A forged hint moves nothing and costs Temporal nothing; what it costs at the gateway is bounded.
// Must not know: signatures, for i'mport's webhooks have none.
import { WorkflowNotFoundError } from '@temporalio/client'
import { sql } from 'kysely'
import { expect } from 'vitest'
import { eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'
import { superviseNow, sweepNow } from '../support/sweepNow.ts'

const LOOK = 'GET /payments/:imp_uid'
const LOOK_BY_ORDER = 'GET /payments/findAll/:merchant_uid'
/** At most so many references that an order does not know are looked at for it in ten minutes. */
const UNLINKED_LOOKS = 5
const TIMES = 50
/** Of one reference: 2 s apart, then 4, 8, 16 and 32; a seventh comes after two minutes, however slow this machine is. */
const SPACED_LOOKS = 6
const test = shopTest({ LOOK_SPACING: '2s' })

const forgedImpUid = () => `imp_${fresh('forged').slice(-8)}`

/** All that is believed: rows but for the time of the last look, every journal line, what leaves, every saga's events. */
async function believed(shop: OwnShop) {
  const { db } = shop
  const payments = await db.selectFrom('payments').selectAll().orderBy('merchantUid').execute()
  const attempts = await db.selectFrom('attempts').selectAll().orderBy('gatewayRef').execute()
  const refunds = await db.selectFrom('refunds').selectAll().orderBy('refundId').execute()
  const tickets = await db.selectFrom('tickets').selectAll().orderBy('refundId').execute()
  const journal = await db.selectFrom('journal').select('id').orderBy('id').execute()
  const outbox = await db.selectFrom('outbox').select('id').orderBy('id').execute()
  const runs = Object.fromEntries((await newestRuns(shop)).map(({ id, said }) => [id, said]))
  const seen = attempts.map((attempt) => ({
    ...attempt,
    version: 'any',
    evidenceAsOf: 'any look',
    evidenceNumber: 'any look',
  }))
  return { payments, attempts: seen, refunds, tickets, journal, outbox, runs }
}

/** Every hint that is due has been looked at or parked; those that said more wait for their one look a minute later. */
async function answered({ db }: OwnShop): Promise<void> {
  await eventually(async () => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from inbox where state = 'received' and source <> 'again'`.execute(db)
    return rows[0]?.count
  }).toBe(0)
}

let begun: Promise<void> | undefined
/** What a start runs by itself asks the gateway, too: it is over before anything is counted. */
async function firstRuns(shop: OwnShop): Promise<void> {
  for (const gateway of ['iamport/main', 'portone/main']) await sweepNow(shop, gateway)
  await superviseNow(shop)
}

/** Sends forged hints and holds them against what was believed before; answers with the gateway calls that they cost. */
async function forged(shop: OwnShop, hints: readonly Record<string, string>[]) {
  await (begun ??= firstRuns(shop))
  await eventually(() => quiet(shop)).toBe(true)
  const before = await believed(shop)
  const calls = await shop.sim.calls()
  await Promise.all(hints.map((hint) => shop.hint(hint)))
  await answered(shop)
  expect(await believed(shop)).toEqual(before)
  const after = await shop.sim.calls()
  const cost = Object.fromEntries(
    Object.entries(after).flatMap(([route, count]) => {
      const more = count - (calls[route] ?? 0)
      return more > 0 && route !== 'POST /users/getToken' ? [[route, more]] : []
    }),
  )
  return cost
}

/** Nothing of the orders before is under way any more: all wakes have left, and no workflow has a task to do. */
async function quiet(shop: OwnShop): Promise<boolean> {
  const pending = shop.db.selectFrom('outbox').select('id').where('state', '=', 'pending')
  const waiting = await pending.where('kind', '=', 'wake').execute()
  if (waiting.length > 0) return false
  return (await newestRuns(shop)).every(({ busy }) => !busy)
}

/** Each saga that the forged hints may have started for something of which no row tells is in the list. */
const SAGAS = 'WorkflowType IN ("payment", "refund", "stray")'

/** Of each saga that a row may have, asked for by its id: a list lags behind, and may not show yet what was started just now. */
async function newestRuns({ db, client }: OwnShop) {
  const payments = await db.selectFrom('payments').select('merchantUid').execute()
  const refunds = await db.selectFrom('refunds').select('refundId').execute()
  const attempts = await db.selectFrom('attempts').select(['gateway', 'gatewayRef']).execute()
  const ids = new Set([
    ...payments.map(({ merchantUid }) => `payment:${merchantUid}`),
    ...refunds.map(({ refundId }) => `refund:${refundId}`),
    ...attempts.map(({ gateway, gatewayRef }) => `stray:${gateway}:${gatewayRef}`),
  ])
  for await (const { workflowId } of client.workflow.list({ query: SAGAS })) ids.add(workflowId)
  const newest = async (id: string) => {
    const run = await client.workflow.getHandle(id).describe().catch(nobodyThere)
    if (run === undefined) return { id, said: 'none', busy: false }
    const { pendingWorkflowTask, pendingActivities } = run.raw
    const busy = Boolean(pendingWorkflowTask) || (pendingActivities ?? []).length > 0
    return { id, said: `${run.runId}: ${run.historyLength} events`, busy }
  }
  return Promise.all([...ids].toSorted().map(newest))
}

function nobodyThere(error: unknown): undefined {
  if (!(error instanceof WorkflowNotFoundError)) throw error
}

const parkedBecause = async ({ db }: OwnShop, merchantUid: string) =>
  (await db.selectFrom('inbox').select('parkedBecause').where('merchantUid', '=', merchantUid).execute()).map(
    (hint) => hint.parkedBecause,
  )

test('a forged "paid" for an order that nobody paid leaves it unpaid', async ({ shop }) => {
  const { merchantUid } = await shop.open()
  const impUid = forgedImpUid()
  const hint = { imp_uid: impUid, merchant_uid: merchantUid, status: 'paid' }

  const cost = await forged(
    shop,
    Array.from({ length: TIMES }, () => hint),
  )

  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'prepared', accepted: false, attempts: [] })
  expect(Object.keys(cost)).toEqual([LOOK])
  expect(cost[LOOK]).toBeLessThanOrEqual(SPACED_LOOKS)
})

test('fifty invented payments of one order share a handful of looks, however slow the gateway is', async ({
  shop,
  sim,
}) => {
  const { merchantUid } = await shop.open()
  await sim.faults({ reads: 'slow' })
  const hints = Array.from({ length: TIMES }, () => ({
    imp_uid: forgedImpUid(),
    merchant_uid: merchantUid,
    status: 'paid',
  }))

  const cost = await forged(shop, hints)

  expect(await shop.payment(merchantUid)).toMatchObject({ state: 'prepared', attempts: [] })
  expect(cost[LOOK] ?? 0).toBeLessThanOrEqual(UNLINKED_LOOKS)
  expect(cost[LOOK_BY_ORDER] ?? 0).toBeLessThanOrEqual(SPACED_LOOKS)
})

test('a forged "cancelled" for a paid order, and for one whose refund waits, moves neither', async ({ shop }) => {
  const paid = await shop.paid()
  const waiting = await shop.paidThenRefunded()
  const hints = [paid, waiting].map(({ merchantUid, impUid }) => ({
    imp_uid: impUid,
    merchant_uid: merchantUid,
    status: 'cancelled',
    cancellation_id: 'cncl_forged',
  }))

  const cost = await forged(shop, Array.from({ length: TIMES / 2 }, () => hints).flat())

  expect(await shop.payment(paid.merchantUid)).toMatchObject({ state: 'paid', returned: 0 })
  expect(await shop.refund(waiting.refundId)).toMatchObject({ state: 'ticketOpen' })
  expect(Object.keys(cost)).toEqual([LOOK])
  expect(cost[LOOK]).toBeLessThanOrEqual(2 * SPACED_LOOKS)
})

test('hints for an order that nobody opened are kept and cost no gateway call', async ({ shop }) => {
  const merchantUid = fresh('nobody')
  const hints = Array.from({ length: TIMES }, () => ({
    imp_uid: forgedImpUid(),
    merchant_uid: merchantUid,
    status: 'paid',
  }))

  const cost = await forged(shop, hints)

  expect(cost).toEqual({})
  expect(await shop.call('GET', `/payments/${merchantUid}`)).toMatchObject({ status: 404, body: { code: 'notFound' } })
  expect(await parkedBecause(shop, merchantUid)).toEqual(Array.from({ length: TIMES }, () => 'unknownOrder'))
})

test('a real payment paired with another order moves neither, and is counted', async ({ shop }) => {
  const paid = await shop.paid()
  const other = await shop.open()
  const hint = { imp_uid: paid.impUid, merchant_uid: other.merchantUid, status: 'paid' }
  const mismatched = await shop.metric('saga_hints_mismatched_total')

  const cost = await forged(
    shop,
    Array.from({ length: TIMES }, () => hint),
  )

  expect(await shop.payment(other.merchantUid)).toMatchObject({ state: 'prepared', attempts: [] })
  expect(await shop.payment(paid.merchantUid)).toMatchObject({ state: 'paid', attempts: [{ gatewayRef: paid.impUid }] })
  expect(await shop.metric('saga_hints_mismatched_total')).toBe(mismatched + TIMES)
  expect(Object.keys(cost)).toEqual([LOOK])
  expect(cost[LOOK]).toBeLessThanOrEqual(SPACED_LOOKS)
})
