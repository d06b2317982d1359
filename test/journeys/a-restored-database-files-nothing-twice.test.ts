// Promise 1 where our own database goes back in time: what was filed since the backup is filed no second time, a person is told,
// and the ticket that is there answers it.
// Must not know: how it is found out.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { backUp, backUpAll } from './backup.ts'
import { fileSoon, waitedFor } from '../support/brief.ts'
import { createMigratedDatabase } from '../support/database.ts'
import { runCommand } from '../support/mainCommand.ts'
import { BUYER, eventually, fresh, startShop, type OwnShop } from '../support/shop.ts'
import { temporalCliForTests } from '../support/temporalCli.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 })
beforeAll(async () => void (await temporalCliForTests()))

/** One that shows no ticket, and one that does: there a look finds it, and the refund waits for it by itself. */
const AT = [
  { gateway: 'iamport/main', cancel: 'POST /payments/cancel', found: { state: 'unknown', attention: 'page' } },
  {
    gateway: 'portone/main',
    cancel: 'V2 POST /payments/:paymentId/cancel',
    found: { state: 'ticketOpen' },
  },
] as const
type At = (typeof AT)[number]
const [{ cancel: CANCEL }, SHOWN] = AT
const ANY_PORT = { PORT: '0', SIMULATOR_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' }

/** For a life in which no cancel call is answered, or in which nothing hangs on whether one is: a busy machine may answer late. */
const SHORTLY = { CANCEL_TIMEOUT: '2s', PORTONE_CANCEL_TIMEOUT: '2s' }

type Merchant = Awaited<ReturnType<typeof newMerchant>>

/** A merchant whose program may be stopped, and whose database may be put back; Temporal and the gateway go on as they are. */
async function newMerchant() {
  const folder = await mkdtemp(join(tmpdir(), 'paymentwall-saga-'))
  const database = await createMigratedDatabase(folder)
  const environment = { DATA_DIR: folder, PORTONE_CANCEL_TIMEOUT: '25s', ...database.environment }
  let running: Awaited<ReturnType<typeof startShop>> | undefined
  const stop = async () => {
    await running?.close()
    running = undefined
  }
  const gone = async () => {
    await stop()
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  }
  const start = async (more = {}) => (running = await startShop({ ...environment, ...more }))
  return {
    folder,
    environment,
    start,
    stop,
    gone,
    backUp: () => backUp(database, folder),
    backUpAll: () => backUpAll(database, folder),
  }
}

const pagesOf = async ({ db }: OwnShop, refundId: string) => {
  const { rows } = await sql<{ kind: string }>`
    select payload->>'kind' as kind from outbox
    where kind = 'alert' and target = ${`refund:${refundId}`} and payload->>'level' = 'page'`.execute(db)
  return rows.map(({ kind }) => kind)
}

async function paidAt(shop: OwnShop, { gateway }: Pick<At, 'gateway'>) {
  const { merchantUid } = await shop.open({ gateway })
  await shop.sim.pay(merchantUid, gateway === 'portone/main' ? { gateway: 'portone', uid: BUYER.id } : {})
  await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid', accepted: true })
  return { merchantUid }
}

async function onlyTicketOf({ sim }: OwnShop, merchantUid: string): Promise<string> {
  const tickets = await sim.tickets(merchantUid)
  expect(tickets, `tickets of ${merchantUid}`).toHaveLength(1)
  return tickets[0]?.id ?? ''
}

async function completed(shop: OwnShop, merchantUid: string, refundId: string): Promise<void> {
  await shop.sim.complete(await onlyTicketOf(shop, merchantUid))
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
}

/** Looked at by a person's word, for nobody waits for the minute after which it would be looked at anyway. */
async function foundAgain(shop: OwnShop, refundId: string, { found }: Pick<At, 'found'>): Promise<void> {
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: expect.stringMatching(/unknown|ticketOpen/) })
  await shop.call('POST', `/refunds/${refundId}/recheck`, {})
  await eventually(() => shop.refund(refundId)).toMatchObject(found)
}

type Order = { readonly merchantUid: string }
type Asked = Order & { readonly refundId: string }
type Both = { readonly at: At; readonly asked: Asked; readonly later: Order }
type Before = { readonly orders: readonly Both[]; readonly declined: Asked; readonly unanswered: Asked }
type Since = Omit<Before, 'orders'> & { readonly orders: readonly (Both & { readonly lostId: string })[] }

/**
 * At each gateway a refund that was asked for and not filed, for it was away, and an order whose refund is not asked for yet.
 * Where tickets are shown, one more that was not filed, and one whose only call was lost on its way.
 */
async function untilTheBackup(first: OwnShop): Promise<Before> {
  const both = async (at: At) => ({ at, asked: await paidAt(first, at), later: await paidAt(first, at) })
  const [orders, declined, unanswered] = await Promise.all([
    Promise.all(AT.map(both)),
    paidAt(first, SHOWN),
    paidAt(first, SHOWN),
  ])
  const ask = async ({ merchantUid }: Order, shows: object): Promise<Asked> => {
    const { refundId } = await first.askRefund(merchantUid)
    await eventually(() => first.refund(refundId)).toMatchObject(shows)
    return { merchantUid, refundId }
  }
  await first.sim.faults({ cancel: 'timeoutBefore' })
  const lost = await ask(unanswered, { state: 'unknown' })
  await first.sim.faults({ cancel: 'accept', reads: 'error500' })
  const put = (order: Order) => ask(order, { said: expect.stringContaining('could not look') })
  const before = {
    orders: await Promise.all(orders.map(async (order) => ({ ...order, asked: await put(order.asked) }))),
    declined: await put(declined),
    unanswered: lost,
  }
  await putOff(first)
  return before
}

/** Long after all that is tested here: whoever finds that a row went back, it is not found because a try was due. */
async function putOff({ db, wake }: OwnShop): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    update refunds set next_try_at = now() + interval '1 hour' where state = 'requested'
    returning refund_id as id`.execute(db)
  for (const { id } of rows) await wake(`refund:${id}`)
}

/** All are filed: one ticket each. */
async function sinceTheBackup(second: OwnShop, { orders, declined, unanswered }: Before): Promise<Since> {
  const filed = (refundId: string) => eventually(() => second.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  for (const { refundId } of [declined, ...orders.map(({ asked }) => asked)]) await fileSoon(second, refundId)
  await waitedFor(second, unanswered.refundId, 59_000)
  const since = orders.map(async (order) => {
    const { refundId: lostId } = await second.askRefund(order.later.merchantUid, { refundId: fresh('lost') })
    await filed(order.asked.refundId)
    await filed(lostId)
    return { ...order, lostId }
  })
  const all = { orders: await Promise.all(since), declined, unanswered }
  await filed(unanswered.refundId)
  await filed(declined.refundId)
  await second.sim.refuse(await onlyTicketOf(second, declined.merchantUid))
  return all
}

const gone: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const each of gone.toReversed()) await each()
})

let past: ReturnType<typeof lived> | undefined
/** The same past for all tests: lived through once, and all of it put back for each life after it. */
const pastOf = () => (past ??= lived())

/** Backed up before the refunds were filed, and put back after they were. */
async function lived() {
  const merchant = await newMerchant()
  gone.push(merchant.gone)
  const { start, stop } = merchant
  const before = await untilTheBackup(await start(SHORTLY))
  await stop()
  const backup = await merchant.backUp()
  gone.push(backup.drop)
  const since = await sinceTheBackup(await start(), before)
  await stop()
  await backup.restore()
  const restored = await merchant.backUpAll()
  gone.push(restored.drop)
  return { ...merchant, ...since, restored }
}

let compared: ReturnType<typeof afterRestore> | undefined
/** What `after-restore` makes of it, and says: the same for both tests that go on from there. */
async function afterRestore() {
  const merchant = await pastOf()
  await merchant.restored.restore()
  const ran = await runCommand({ ...ANY_PORT, ...merchant.environment }, 'after-restore')
  const state = await merchant.backUpAll()
  gone.push(state.drop)
  return { ...merchant, ran, compared: state }
}

/** What runs after that is its test's own. */
async function comparedAgain() {
  const merchant = await (compared ??= afterRestore())
  onTestFinished(merchant.stop)
  await merchant.compared.restore()
  return merchant
}

async function restoredAgain() {
  const merchant = await pastOf()
  onTestFinished(merchant.stop)
  await merchant.restored.restore()
  return merchant
}

async function namespaceLost({ folder }: Pick<Merchant, 'folder'>): Promise<void> {
  await Promise.all(['', '-wal', '-shm'].map((end) => rm(join(folder, `temporal.db${end}`), { force: true })))
}
const callsOf = ({ sim }: OwnShop) => Promise.all(AT.map(({ cancel }) => sim.callsOf(cancel)))

describe('a dump from before the intent, restored after the ticket, and nobody told the program', () => {
  let life: ReturnType<typeof begun> | undefined
  /** One life for all of these: what one of them looks at the others leave alone. */
  const living = () => (life ??= begun())
  async function begun() {
    const { restored, start, orders, declined, unanswered } = await pastOf()
    await restored.restore()
    return { shop: await start(SHORTLY), orders, declined, unanswered }
  }
  afterAll(async () => (await past)?.stop())

  test('no second call, a page, and the ticket answers it', async () => {
    const { shop, orders } = await living()
    const calls = await callsOf(shop)
    const recheck = ({ asked }: Both) => shop.call('POST', `/refunds/${asked.refundId}/recheck`, {})
    const [hidden, shown] = await Promise.all(orders.map(recheck))
    expect(hidden).toMatchObject({ status: 409, body: { detail: expect.stringContaining('went back in time') } })
    // Where tickets are shown, the sweep of the start may have told its saga before.
    if (shown?.status !== 200) expect(shown).toMatchObject({ status: 409 })
    for (const { at, asked, later, lostId } of orders) {
      await foundAgain(shop, asked.refundId, at)
      // Where a look is first, both it and the memory of the saga tell a person.
      expect([...new Set(await pagesOf(shop, asked.refundId))]).toEqual(['rowWentBack'])
      // The other one has no row: the checkout asks again, and its saga remembers the ticket.
      expect(await shop.call('GET', `/refunds/${lostId}`)).toMatchObject({ status: 404 })
      await shop.askRefund(later.merchantUid, { refundId: lostId })
      await foundAgain(shop, lostId, at)
    }

    expect(await callsOf(shop)).toEqual(calls)
    for (const { asked, later, lostId } of orders) {
      await completed(shop, asked.merchantUid, asked.refundId)
      await completed(shop, later.merchantUid, lostId)
    }
    expect(await callsOf(shop)).toEqual(calls)
  })

  test('a request that was declined since the backup is seen as such: it is not filed again', async () => {
    const { shop, declined } = await living()
    await shop.sim.control('PUT', '/faults', { portone: { declined: 'failed' } })
    const calls = await callsOf(shop)
    const recheck = () => shop.call('POST', `/refunds/${declined.refundId}/recheck`, {})
    // Refused where nobody has seen yet that the row went back.
    await recheck()
    expect(await recheck()).toMatchObject({ status: 200 })
    await eventually(() => shop.refund(declined.refundId)).toMatchObject({ state: 'refused' })
    expect([...new Set(await pagesOf(shop, declined.refundId))]).toEqual(['rowWentBack'])
    expect(await callsOf(shop)).toEqual(calls)
  })

  test('where an answer was lost then, and its call was sent again since: what is shown is not sent a third time', async () => {
    const { shop, unanswered } = await living()
    const { merchantUid, refundId } = unanswered
    const calls = await callsOf(shop)
    // Refused where nobody has seen yet that the row went back; the look of the start's sweep may have been before that.
    await shop.call('POST', `/refunds/${refundId}/recheck`, {})
    await foundAgain(shop, refundId, SHOWN)
    await completed(shop, merchantUid, refundId)
    expect(await callsOf(shop)).toEqual(calls)
  })

  test('an intent that a failover loses while its call is under way: one ticket, a page', async () => {
    const { shop } = await living()
    const orders = await Promise.all(AT.map(async (at) => ({ at, ...(await paidAt(shop, at)) })))
    await shop.sim.faults({ cancel: 'lostAnswer' })
    onTestFinished(async () => void (await shop.sim.faults({ cancel: 'accept' })))
    const losing = orders.map(async ({ at, merchantUid }) => {
      const { refundId } = await shop.askRefund(merchantUid)
      await eventually(() => shop.sim.tickets(merchantUid)).toHaveLength(1)
      await sql`delete from tickets where refund_id = ${refundId}`.execute(shop.db)
      await eventually(() => shop.refund(refundId)).toMatchObject({ state: at.found.state })
      await eventually(() => pagesOf(shop, refundId)).toEqual(['rowWentBack'])
      await completed(shop, merchantUid, refundId)
    })
    await Promise.all(losing)
  })

  test.for(['terminated', 'ended by its own word'])(
    'a row that went back below what a run had seen that was %s: the next run goes on with that memory',
    async (how) => {
      const { shop } = await living()
      const { merchantUid } = await shop.paid()
      const { refundId } = await shop.askRefund(merchantUid)
      // What its run has seen is the intent, answered in time or not.
      await eventually(() => shop.refund(refundId)).toMatchObject({
        state: expect.stringMatching(/ticketOpen|unknown/),
      })
      const run = shop.client.workflow.getHandle(`refund:${refundId}`)
      if (how === 'terminated') await run.terminate('by hand')
      else {
        const resolved = { outcome: 'refused', reason: 'they wrote so', evidence: 'no', ticketDead: true }
        expect(await shop.person(`/refunds/${refundId}/resolve`, resolved)).toMatchObject({ status: 200 })
        await run.result()
      }
      const calls = await shop.sim.callsOf(CANCEL)
      await sql`delete from tickets where refund_id = ${refundId}`.execute(shop.db)
      await sql`update refunds set state = 'requested', ticket_dead = false, version = 1 where refund_id = ${refundId}`.execute(
        shop.db,
      )
      expect(await shop.call('POST', `/refunds/${refundId}/recheck`, {})).toMatchObject({ status: 409 })
      await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'unknown', attention: 'page' })
      expect(await shop.sim.callsOf(CANCEL)).toBe(calls)
      await completed(shop, merchantUid, refundId)
    },
  )
})

test('after-restore finds all before anything runs, filing is held until a release, and notices get higher numbers', async () => {
  const { orders, start, ran } = await comparedAgain()
  expect(ran, ran.error).toMatchObject({ code: 2 })
  for (const { asked, lostId } of orders) {
    expect(ran.rows).toContainEqual([`refund:${asked.refundId}`, 'unknown', 'its row went back'])
    expect(ran.rows).toContainEqual([`refund:${lostId}`, '-', 'it has no row; the checkout asks again'])
  }

  const shop = await start()
  const calls = await callsOf(shop)
  const heldIds = await Promise.all(
    orders.map(async ({ at, asked }) => {
      await foundAgain(shop, asked.refundId, at)
      const { rows } = await sql<{ notices: number }>`
        select notices from payments where merchant_uid = ${asked.merchantUid}`.execute(shop.db)
      expect(rows[0]?.notices).toBeGreaterThanOrEqual(1_000)
      const held = await paidAt(shop, at)
      const { refundId: heldId } = await shop.askRefund(held.merchantUid)
      await eventually(() => shop.refund(heldId)).toMatchObject({
        state: 'requested',
        said: expect.stringContaining('filing is held'),
      })
      return heldId
    }),
  )
  expect(await callsOf(shop)).toEqual(calls)

  for (const { asked } of orders) await completed(shop, asked.merchantUid, asked.refundId)
  expect(await shop.call('POST', '/filing/release', { reason: 'compared' })).toMatchObject({
    status: 200,
    body: { hold: null, freed: AT.length },
  })
  for (const heldId of heldIds) await eventually(() => shop.refund(heldId)).toMatchObject({ state: 'ticketOpen' })
  for (const { later } of orders) expect(await shop.sim.tickets(later.merchantUid)).toHaveLength(1)
})

test('with the namespace lost too after-restore files nothing that may have been filed', async () => {
  const merchant = await restoredAgain()
  const { orders, start, environment } = merchant
  await namespaceLost(merchant)

  const ran = await runCommand({ ...ANY_PORT, ...environment }, 'after-restore')
  for (const { asked } of orders)
    expect(ran.rows).toContainEqual([`refund:${asked.refundId}`, 'unknown', 'nobody remembers whether it was filed'])
  const shop = await start()
  for (const { asked } of orders) await completed(shop, asked.merchantUid, asked.refundId)
  expect(await callsOf(shop)).toEqual([0, 0])
})

test('with the namespace lost later, before the checkout asks again, what after-restore has written down is filed no second time', async () => {
  const merchant = await comparedAgain()
  const { orders, start, ran } = merchant
  expect(ran, ran.error).toMatchObject({ code: 2 })
  await namespaceLost(merchant)

  const shop = await start()
  expect(await shop.call('POST', '/filing/release', { reason: 'compared' })).toMatchObject({ status: 200 })
  const calls = await callsOf(shop)
  for (const { at, later, lostId } of orders) {
    await shop.askRefund(later.merchantUid, { refundId: lostId })
    await foundAgain(shop, lostId, at)
    expect(await pagesOf(shop, lostId)).toEqual(['rowWentBack'])
  }
  expect(await callsOf(shop)).toEqual(calls)
  for (const { later, lostId } of orders) await completed(shop, later.merchantUid, lostId)
  expect(await callsOf(shop)).toEqual(calls)
})
