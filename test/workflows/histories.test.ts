// One recorded history per workflow and path: recorded once from the real program where its file is missing, replayed ever after.
// Must not know: timings. A history is never recorded anew over an old one: a failing replay means that running sagas would break.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { workflowBundle } from '../../src/temporal/worker.ts'
import { CHANGES } from '../../workflows/versions.ts'
import { openBriefly } from '../support/brief.ts'
import { directTicket, paidDirect, refundedDirect } from '../support/direct.ts'
import { eventually, fresh, installTestRuntime, shopTest, type OwnShop } from '../support/shop.ts'
import { superviseNow, sweepNow } from '../support/sweepNow.ts'
import { testCacheDir } from '../support/temporalCli.ts'

const FOLDER = fileURLToPath(new URL('./histories/', import.meta.url))
installTestRuntime()
/** Only a history that is missing needs a shop. */
const recording = () =>
  shopTest({
    CANCEL_TIMEOUT: '2s',
    REFUND_PATIENCE: '2s remind, 4s page, then every 2s page',
    PARTIAL_REFUNDS: 'yes',
    SECOND_PAYMENT_POLICY: 'hold',
  })

/** Where it was recorded is nobody's business. */
const WHERE = /("(?:stackTrace|identity)": )"(?:[^"\\]|\\.)*"/g

type Path = (shop: OwnShop) => Promise<string>

const ended = (shop: OwnShop, workflowId: string) =>
  eventually(async () => (await shop.client.workflow.getHandle(workflowId).describe()).status.name).not.toBe('RUNNING')

/** Every path plays one story and names the workflow whose history tells it. */
const PATHS: Readonly<Record<string, Path>> = {
  'payment paid by webhook': async (shop) => {
    const { merchantUid } = await shop.paid()
    return `payment:${merchantUid}`
  },
  'payment declined, then paid by a new attempt': async (shop) => {
    const { merchantUid } = await shop.open()
    await shop.sim.pay(merchantUid, { outcome: 'declined' })
    await shop.call('POST', `/payments/${merchantUid}/returned`, {})
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'declined' })
    await shop.sim.pay(merchantUid)
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid' })
    return `payment:${merchantUid}`
  },
  'payment closed by the checkout': async (shop) => {
    const { merchantUid } = await shop.open()
    await shop.call('POST', `/payments/${merchantUid}/close`, { reason: 'sold out' })
    return `payment:${merchantUid}`
  },
  'payment of another amount, accepted by a person': async (shop) => {
    const { merchantUid } = await shop.open()
    await shop.sim.pay(merchantUid, { amount: 18_000 })
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'quarantined', attention: 'page' })
    const accepted = await shop.person(`/payments/${merchantUid}/accept`, {
      reason: 'a voucher made the difference',
    })
    expect(accepted).toMatchObject({ status: 200, body: { state: 'paid' } })
    return `payment:${merchantUid}`
  },
  'refund whose ticket is completed': async (shop) => {
    const { merchantUid, refundId } = await shop.paidThenRefunded()
    await completed(shop, merchantUid, refundId)
    return `refund:${refundId}`
  },
  'refund that pages, is acknowledged, tried again and completed': async (shop) => {
    const { merchantUid, refundId } = await shop.paidThenRefunded()
    await shop.call('POST', `/refunds/${refundId}/acknowledge`, { owner: 'ann' })
    await eventually(() => shop.refund(refundId)).toMatchObject({ attention: 'page', owner: 'ann' })
    await completed(shop, merchantUid, refundId)
    return `refund:${refundId}`
  },
  'refund that is done at once': async (shop) => {
    const { merchantUid } = await shop.paid({ method: 'paypal' })
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
    return `refund:${refundId}`
  },
  'refund that is refused, then withdrawn by a person': async (shop) => {
    await shop.sim.faults({ cancel: 'refuse' })
    const { merchantUid } = await shop.paid()
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refused' })
    const withdrawn = await shop.call('POST', `/refunds/${refundId}/withdraw`, { reason: 'the customer keeps it' })
    expect(withdrawn).toMatchObject({ status: 200, body: { state: 'withdrawn' } })
    return `refund:${refundId}`
  },
  'refund whose answer is lost, then found': async (shop) => {
    await shop.sim.faults({ cancel: 'lostAnswer' })
    const { merchantUid } = await shop.paid()
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'unknown' })
    await completed(shop, merchantUid, refundId)
    return `refund:${refundId}`
  },
  'refund whose gateway did not answer at first': async (shop) => {
    const { merchantUid } = await shop.paid()
    await shop.sim.faults({ reads: 'error500' })
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => shop.refund(refundId)).toMatchObject({
      state: 'requested',
      said: expect.stringContaining('could not look'),
    })
    await shop.sim.faults({ reads: 'ok' })
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
    await completed(shop, merchantUid, refundId)
    return `refund:${refundId}`
  },
  'second payment that a person refunds': async (shop) => {
    const { merchantUid } = await shop.paid()
    const ref = await shop.sim.pay(merchantUid)
    await eventually(async () => (await shop.payment(merchantUid)).attempts.map(({ because }) => because)).toContain(
      'second',
    )
    const given = await shop.person(`/strays/iamport/main/${ref}/refund`, { reason: 'paid twice' })
    expect(given).toMatchObject({ status: 200 })
    return `stray:iamport/main:${ref}`
  },
  'payment that expires': async (shop) => {
    const merchantUid = await openBriefly(shop, 1_000)
    const workflowId = `payment:${merchantUid}`
    await ended(shop, workflowId)
    expect(await shop.payment(merchantUid)).toMatchObject({ state: 'expired' })
    return workflowId
  },
  'refund whose worker was lost during the call': async (shop) => {
    await shop.sim.faults({ cancel: 'lostAnswer' })
    const { merchantUid } = await shop.paid()
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => shop.sim.tickets(merchantUid)).toHaveLength(1)
    const workflowId = `refund:${refundId}`
    const { raw } = await shop.client.workflow.getHandle(workflowId).describe()
    const activityId = raw.pendingActivities?.[0]?.activityId ?? ''
    await shop.client.activity.fail({ workflowId, activityId }, new Error('the worker is gone'))
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'unknown' })
    await completed(shop, merchantUid, refundId)
    return workflowId
  },
  'refund that cannot be, paid back by bank': async (shop) => {
    const { merchantUid } = await shop.paid({ method: 'mobilegateway' })
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'blocked' })
    const resolved = await shop.person(`/refunds/${refundId}/resolve`, {
      outcome: 'settledElsewhere',
      reason: 'paid back by bank',
    })
    expect(resolved).toMatchObject({ status: 200, body: { state: 'settledElsewhere' } })
    return `refund:${refundId}`
  },
  'refund that another Temporal client started': async (shop) => {
    const { merchantUid } = await shop.paid()
    const refundId = fresh('refund')
    const args = [{ refundId, merchantUid, reason: 'asked by another program' }]
    await shop.client.workflow.start('refund', { workflowId: `refund:${refundId}`, taskQueue: 'refunds', args })
    await eventually(() => shop.sim.tickets(merchantUid)).toHaveLength(1)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
    await completed(shop, merchantUid, refundId)
    return `refund:${refundId}`
  },
  'refund of an order that nobody knows, started by another client': async (shop) => {
    const refundId = fresh('refund')
    const args = [{ refundId, merchantUid: fresh('nobody'), reason: 'asked by another program' }]
    const workflowId = `refund:${refundId}`
    await shop.client.workflow.start('refund', { workflowId, taskQueue: 'refunds', args })
    await ended(shop, workflowId)
    return workflowId
  },
  'closed refund that a person has looked at': async (shop) => {
    const { merchantUid, refundId } = await shop.paidThenRefunded()
    await completed(shop, merchantUid, refundId)
    await ended(shop, `refund:${refundId}`)
    const looked = await shop.call('POST', `/refunds/${refundId}/recheck`, {})
    expect(looked).toMatchObject({ status: 200, body: { state: 'refunded' } })
    return `refund:${refundId}`
  },
  'sweep that heals a lost webhook': async (shop) => {
    await shop.sim.faults({ webhooks: 'drop' })
    const { merchantUid } = await shop.open()
    await shop.sim.pay(merchantUid)
    const workflowId = await sweepNow(shop)
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid' })
    return workflowId
  },
  'sweep that supervises nothing': sweepNow,
  'supervisor that wakes a terminated refund': async (shop) => {
    const { refundId } = await shop.paidThenRefunded()
    await shop.client.workflow.getHandle(`refund:${refundId}`).terminate('by hand')
    return superviseNow(shop)
  },
  'payment that its gateway has signed': async (shop) => {
    const { merchantUid } = await paidDirect(shop)
    return `payment:${merchantUid}`
  },
  'refund whose ticket its gateway has signed as done': async (shop) => {
    const { ref, refundId } = await refundedDirect(shop)
    await shop.sim.complete(await directTicket(shop, ref))
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
    return `refund:${refundId}`
  },
  'refund that nobody can look at, resolved by a person': async (shop) => {
    const { refundId } = await refundedDirect(shop)
    await eventually(() => shop.refund(refundId)).toMatchObject({ attention: 'page' })
    const said = { outcome: 'refunded', reason: 'the console shows it', evidence: 'row 7', ticketDead: true }
    expect(await shop.person(`/refunds/${refundId}/resolve`, said)).toMatchObject({ status: 200 })
    return `refund:${refundId}`
  },
  'refund that is born, woken though nothing moved, and completed': async (shop) => {
    const { merchantUid, refundId } = await shop.paidThenRefunded()
    await wokenForNothing(shop, refundId)
    await completed(shop, merchantUid, refundId)
    return `refund:${refundId}`
  },
  'refund that another client started, woken though nothing moved': async (shop) => {
    const { merchantUid } = await shop.paid()
    const refundId = fresh('refund')
    const args = [{ refundId, merchantUid, reason: 'asked by another program' }]
    await shop.client.workflow.start('refund', { workflowId: `refund:${refundId}`, taskQueue: 'refunds', args })
    await wokenForNothing(shop, refundId)
    await completed(shop, merchantUid, refundId)
    return `refund:${refundId}`
  },
  'refund that is born with a ticket that its gateway has done at once': async (shop) => {
    const { merchantUid } = await shop.paid({ method: 'paypal' })
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
    return `refund:${refundId}`
  },
  'refund that is born while its gateway does not answer': async (shop) => {
    const { merchantUid } = await shop.paid()
    await shop.sim.faults({ reads: 'error500' })
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => shop.refund(refundId)).toMatchObject({
      state: 'requested',
      said: expect.stringContaining('could not look'),
    })
    await shop.sim.faults({ reads: 'ok' })
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
    await completed(shop, merchantUid, refundId)
    return `refund:${refundId}`
  },
  'refund that is born, and whose worker was lost during the call': async (shop) => {
    await shop.sim.faults({ cancel: 'lostAnswer' })
    const { merchantUid } = await shop.paid()
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => shop.sim.tickets(merchantUid)).toHaveLength(1)
    const workflowId = `refund:${refundId}`
    const { raw } = await shop.client.workflow.getHandle(workflowId).describe()
    const activityId = raw.pendingActivities?.[0]?.activityId ?? ''
    await shop.client.activity.fail({ workflowId, activityId }, new Error('the worker is gone'))
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'unknown' })
    await completed(shop, merchantUid, refundId)
    return workflowId
  },
  'payment that is born, and paid by webhook': async (shop) => {
    const { merchantUid } = await shop.paid()
    return `payment:${merchantUid}`
  },
  'payment that is born while its gateway does not answer': async (shop) => {
    await shop.sim.control('PUT', '/faults', { setUp: { keys: 'wrong' }, token: 'expireNow' })
    const merchantUid = fresh('order')
    const workflowId = `payment:${merchantUid}`
    const opened = shop.open({ merchantUid })
    await eventually(async () =>
      (await shop.events(workflowId)).filter(({ timerStartedEventAttributes: timer }) => timer),
    ).toHaveLength(1)
    await shop.sim.control('PUT', '/faults', { setUp: { keys: 'right' }, token: 'ok' })
    await opened
    await shop.sim.pay(merchantUid)
    await eventually(() => shop.payment(merchantUid)).toMatchObject({ state: 'paid' })
    return workflowId
  },
  'refund that somebody tried to cancel in Temporal': async (shop) => {
    const { merchantUid, refundId } = await shop.paidThenRefunded()
    await shop.client.workflow.getHandle(`refund:${refundId}`).cancel()
    await eventually(async () => (await shop.journal(merchantUid)).map(({ what }) => what)).toContain('cancelRequested')
    await completed(shop, merchantUid, refundId)
    return `refund:${refundId}`
  },
}

/** Three times: it waits on with the same timer. */
async function wokenForNothing(shop: OwnShop, refundId: string): Promise<void> {
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  for (let times = 0; times < 3; times += 1) {
    const before = (await shop.events(`refund:${refundId}`)).length
    await shop.wake(`refund:${refundId}`)
    await eventually(async () => (await shop.events(`refund:${refundId}`)).length).toBeGreaterThan(before + 4)
  }
}

async function completed(shop: OwnShop, merchantUid: string, refundId: string): Promise<void> {
  const [ticket] = await shop.sim.tickets(merchantUid)
  await shop.sim.complete(ticket?.id ?? fresh('no-ticket'))
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
}

const fileOf = (path: string): string => `${FOLDER}${path.toLowerCase().replaceAll(/[^a-z]+/g, '-')}.json`

const paths = Object.entries(PATHS)
const missing = paths.filter(([path]) => !existsSync(fileOf(path)))

if (missing.length > 0)
  recording().for(missing)('%s: recorded once', async ([path, play], { shop }) => {
    const workflowId = await play(shop)
    await ended(shop, workflowId)
    const history = await shop.client.workflow.getHandle(workflowId).fetchHistory()
    mkdirSync(FOLDER, { recursive: true })
    writeFileSync(fileOf(path), `${historyToJSON(history).replaceAll(WHERE, '$1""')}\n`)
  })

test.for(paths)('%s: replayed by the code of today', async ([path]) => {
  expect((await replayed())[basename(fileOf(path))]).toBe('fits')
})

test('every history that was ever recorded is replayed, and each named change has one from before it', async () => {
  const files = recorded()
  expect(files.length).toBeGreaterThanOrEqual(Object.keys(PATHS).length)
  expect(await replayed()).toEqual(Object.fromEntries(files.map((file) => [file, 'fits'])))
  expect(Object.keys(CHANGES).filter((name) => !files.some((file) => file.startsWith(`before-${name}`)))).toEqual([])
})

const recorded = (): readonly string[] => readdirSync(FOLDER).filter((name) => name.endsWith('.json'))

let replaying: Promise<Readonly<Record<string, string>>> | undefined
/** What came of each file, all by one worker; where the code would issue other commands than the history holds, how. */
const replayed = () => (replaying ??= replayAll())

async function replayAll(): Promise<Readonly<Record<string, string>>> {
  const codePath = await workflowBundle(testCacheDir())
  const came: Record<string, string> = {}
  const files = recorded()
  const histories = files.map((file) => ({ workflowId: file, history: historyIn(FOLDER + file) }))
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: { codePath } }, histories))
    came[workflowId] = error === undefined ? 'fits' : String(error)
  return came
}

const historyIn = (file: string) =>
  z.looseObject({ events: z.array(z.unknown()) }).parse(JSON.parse(readFileSync(file, 'utf8')))
