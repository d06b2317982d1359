// Promise 1 where our own database goes back in time: what was filed since the backup is filed no second time, a person is told,
// and the ticket that is there answers it.
// Must not know: how it is found out.
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { backUp } from './backup.ts'
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
const [{ cancel: CANCEL }] = AT
const ANY_PORT = { PORT: '0', SIMULATOR_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' }

/** For a life in which every answer to a cancel call is lost: in any other one a busy machine may answer late. */
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
  return { folder, environment, start, stop, gone, backUp: () => backUp(database, folder) }
}

async function installed(): Promise<Merchant> {
  const merchant = await newMerchant()
  onTestFinished(merchant.gone)
  return merchant
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

async function completed(shop: OwnShop, merchantUid: string, refundId: string): Promise<void> {
  const tickets = await shop.sim.tickets(merchantUid)
  expect(tickets, `tickets of ${merchantUid}`).toHaveLength(1)
  await shop.sim.complete(tickets[0]?.id ?? '')
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
}

/** Looked at by a person's word, for nobody waits for the minute after which it would be looked at anyway. */
async function foundAgain(shop: OwnShop, refundId: string, { found }: At): Promise<void> {
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: expect.stringMatching(/unknown|ticketOpen/) })
  await shop.call('POST', `/refunds/${refundId}/recheck`, {})
  await eventually(() => shop.refund(refundId)).toMatchObject(found)
}

type Before = { at: At; asked: { merchantUid: string }; later: { merchantUid: string }; refundId: string }
type Since = Before & { lostId: string }

/** At each gateway a refund that was asked for and not filed, for it was away; and an order whose refund is not asked for yet. */
async function untilTheBackup(first: OwnShop, gateways: readonly At[]): Promise<readonly Before[]> {
  const orders = []
  for (const at of gateways) orders.push({ at, asked: await paidAt(first, at), later: await paidAt(first, at) })
  await first.sim.faults({ reads: 'error500' })
  const before: Before[] = []
  for (const order of orders) {
    const { refundId } = await first.askRefund(order.asked.merchantUid)
    await eventually(() => first.refund(refundId)).toMatchObject({ said: expect.stringContaining('could not look') })
    before.push({ ...order, refundId })
  }
  return before
}

/** Both are filed: one ticket each. */
async function sinceTheBackup(shop: OwnShop, before: Before): Promise<Since> {
  const { later, refundId } = before
  await fileSoon(shop, refundId)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  const { refundId: lostId } = await shop.askRefund(later.merchantUid, { refundId: fresh('lost') })
  await eventually(() => shop.refund(lostId)).toMatchObject({ state: 'ticketOpen' })
  return { ...before, lostId }
}

/** Backed up before the one was filed and the other asked for, and put back after both were filed; nothing runs. */
async function restored({ start, stop, backUp: backUpNow }: Merchant, gateways: readonly At[] = AT) {
  const before = await untilTheBackup(await start(), gateways)
  await stop()
  const backup = await backUpNow()
  const since: Since[] = []
  const second = await start()
  await second.sim.faults({ reads: 'ok' })
  for (const each of before) since.push(await sinceTheBackup(second, each))
  await stop()
  await backup.restore()
  return { orders: since, backup }
}

let shared: Merchant | undefined
let past: ReturnType<typeof lived> | undefined
afterAll(() => shared?.gone())

/** The same past for several tests: lived through by the first that runs, and all of it put back for each. */
async function restoredAgain() {
  const { merchant, orders, putBack } = await (past ??= lived())
  onTestFinished(merchant.stop)
  await putBack()
  return { ...merchant, orders }
}

/** What is kept is the database, and all that the gateway and Temporal know. */
async function lived() {
  const merchant = (shared = await newMerchant())
  const { orders, backup } = await restored(merchant)
  const { folder, gone } = merchant
  const kept = `${folder}-kept`
  await cp(folder, kept, { recursive: true })
  const putBack = async () => {
    await rm(folder, { recursive: true })
    await cp(kept, folder, { recursive: true })
    await backup.restore()
  }
  const allGone = async () => {
    await gone()
    await backup.drop()
    await rm(kept, { recursive: true })
  }
  shared = { ...merchant, gone: allGone }
  return { merchant, orders, putBack }
}
const callsOf = ({ sim }: OwnShop) => Promise.all(AT.map(({ cancel }) => sim.callsOf(cancel)))

test('a dump from before the intent, restored after the ticket: no second call, a page, and the ticket answers it', async () => {
  const { orders, start } = await restoredAgain()

  const shop = await start()
  const calls = await callsOf(shop)
  // At once, for each is due by itself soon.
  const commands = await Promise.all(
    orders.map(({ refundId }) => shop.call('POST', `/refunds/${refundId}/recheck`, {})),
  )
  for (const command of commands)
    expect(command).toMatchObject({ status: 409, body: { detail: expect.stringContaining('went back in time') } })
  for (const { at, later, refundId, lostId } of orders) {
    await foundAgain(shop, refundId, at)
    // Where a look is first, both it and the memory of the saga tell a person.
    expect([...new Set(await pagesOf(shop, refundId))]).toEqual(['rowWentBack'])
    // The other one has no row: the checkout asks again, and its saga remembers the ticket.
    expect(await shop.call('GET', `/refunds/${lostId}`)).toMatchObject({ status: 404 })
    await shop.askRefund(later.merchantUid, { refundId: lostId })
    await foundAgain(shop, lostId, at)
  }

  expect(await callsOf(shop)).toEqual(calls)
  for (const { asked, later, refundId, lostId } of orders) {
    await completed(shop, asked.merchantUid, refundId)
    await completed(shop, later.merchantUid, lostId)
  }
  expect(await callsOf(shop)).toEqual(calls)
})

test('after-restore finds all before anything runs, filing is held until a release, and notices get higher numbers', async () => {
  const { orders, start, environment } = await restoredAgain()

  const ran = await runCommand({ ...ANY_PORT, ...environment }, 'after-restore')
  expect(ran, ran.error).toMatchObject({ code: 2 })
  for (const { refundId, lostId } of orders) {
    expect(ran.rows).toContainEqual([`refund:${refundId}`, 'unknown', 'its row went back'])
    expect(ran.rows).toContainEqual([`refund:${lostId}`, '-', 'it has no row; the checkout asks again'])
  }

  const shop = await start()
  const calls = await callsOf(shop)
  const heldIds: string[] = []
  for (const { at, asked, refundId } of orders) {
    await foundAgain(shop, refundId, at)
    const { rows } = await sql<{ notices: number }>`
      select notices from payments where merchant_uid = ${asked.merchantUid}`.execute(shop.db)
    expect(rows[0]?.notices).toBeGreaterThanOrEqual(1_000)
    const held = await paidAt(shop, at)
    const { refundId: heldId } = await shop.askRefund(held.merchantUid)
    await eventually(() => shop.refund(heldId)).toMatchObject({
      state: 'requested',
      said: expect.stringContaining('filing is held'),
    })
    heldIds.push(heldId)
  }
  expect(await callsOf(shop)).toEqual(calls)

  for (const { asked, refundId } of orders) await completed(shop, asked.merchantUid, refundId)
  expect(await shop.call('POST', '/filing/release', { reason: 'compared' })).toMatchObject({
    status: 200,
    body: { hold: null, freed: AT.length },
  })
  for (const heldId of heldIds) await eventually(() => shop.refund(heldId)).toMatchObject({ state: 'ticketOpen' })
  for (const { later } of orders) expect(await shop.sim.tickets(later.merchantUid)).toHaveLength(1)
})

test('with the namespace lost too after-restore files nothing that may have been filed', async () => {
  const { orders, start, environment, folder } = await restoredAgain()
  await Promise.all(['', '-wal', '-shm'].map((end) => rm(join(folder, `temporal.db${end}`), { force: true })))

  const ran = await runCommand({ ...ANY_PORT, ...environment }, 'after-restore')
  for (const { refundId } of orders)
    expect(ran.rows).toContainEqual([`refund:${refundId}`, 'unknown', 'nobody remembers whether it was filed'])
  const shop = await start()
  for (const { asked, refundId } of orders) await completed(shop, asked.merchantUid, refundId)
  expect(await callsOf(shop)).toEqual([0, 0])
})

test('with the namespace lost later, before the checkout asks again, what after-restore has written down is filed no second time', async () => {
  const { orders, start, environment, folder } = await restoredAgain()
  expect(await runCommand({ ...ANY_PORT, ...environment }, 'after-restore')).toMatchObject({ code: 2 })
  await Promise.all(['', '-wal', '-shm'].map((end) => rm(join(folder, `temporal.db${end}`), { force: true })))

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

test('an intent that a failover loses while its call is under way: one ticket, a page', async () => {
  const { start } = await installed()
  const shop = await start(SHORTLY)
  for (const at of AT) {
    const { merchantUid } = await paidAt(shop, at)
    await shop.sim.faults({ cancel: 'lostAnswer' })
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => shop.sim.tickets(merchantUid)).toHaveLength(1)
    await sql`delete from tickets where refund_id = ${refundId}`.execute(shop.db)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: at.found.state })
    await eventually(() => pagesOf(shop, refundId)).toEqual(['rowWentBack'])
    await completed(shop, merchantUid, refundId)
  }
})

test('a row that went back below what a run had seen that was terminated, or ended by its own word: the next run goes on with that memory', async () => {
  const { start } = await installed()
  const shop = await start()
  for (const how of ['terminated', 'ended by its own word']) {
    const { merchantUid, refundId } = await shop.paidThenRefunded()
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
  }
})

const [, SHOWN] = AT
const declinesAreShown = ({ sim }: OwnShop) => sim.control('PUT', '/faults', { portone: { declined: 'failed' } })

test('a request that was declined since the backup is seen as such: it is not filed again', async () => {
  const merchant = await installed()
  const {
    orders: [about],
    backup,
  } = await restored(merchant, [SHOWN])
  onTestFinished(backup.drop)
  if (!about) throw new Error('nothing was restored')
  const { asked, refundId } = about
  const shop = await merchant.start()
  await shop.sim.faults({ reads: 'error500' })
  await declinesAreShown(shop)
  const calls = await shop.sim.callsOf(SHOWN.cancel)
  const recheck = () => shop.call('POST', `/refunds/${refundId}/recheck`, {})
  expect(await recheck()).toMatchObject({ status: 409 })
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'unknown' })
  await shop.sim.refuse((await shop.sim.tickets(asked.merchantUid))[0]?.id ?? '')
  await shop.sim.faults({ reads: 'ok' })
  await recheck()
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refused' })
  expect(await pagesOf(shop, refundId)).toEqual(['rowWentBack'])
  expect(await shop.sim.callsOf(SHOWN.cancel)).toBe(calls)
})

test('a dump from while an answer was lost, restored after its call was sent again: what is shown is not sent a third time', async () => {
  const { start, stop, backUp: backUpNow } = await installed()
  const first = await start(SHORTLY)
  const { merchantUid } = await paidAt(first, SHOWN)
  await first.sim.faults({ cancel: 'timeoutBefore' })
  const { refundId } = await first.askRefund(merchantUid)
  await eventually(() => first.refund(refundId)).toMatchObject({ state: 'unknown' })
  await stop()
  const backup = await backUpNow()
  onTestFinished(backup.drop)
  const second = await start()
  await second.sim.faults({ cancel: 'accept' })
  await waitedFor(second, refundId, 59_000)
  await eventually(() => second.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  await stop()
  await backup.restore()

  const shop = await start()
  const calls = await shop.sim.callsOf(SHOWN.cancel)
  // Refused where nobody has seen yet that the row went back; the look of the start's sweep may have been before that.
  await shop.call('POST', `/refunds/${refundId}/recheck`, {})
  await foundAgain(shop, refundId, SHOWN)
  await completed(shop, merchantUid, refundId)
  expect(await shop.sim.callsOf(SHOWN.cancel)).toBe(calls)
})
