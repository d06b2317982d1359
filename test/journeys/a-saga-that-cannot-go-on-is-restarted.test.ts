// A saga that cannot go on begins anew from its row, by hand: its run is ended, nothing is filed again, the journal says who.
// Must not know: why it could not go on.
import { describe, expect } from 'vitest'
import { IAMPORT_MAIN } from '../../src/gateways/iamport/config.ts'
import { restartAsked, type RestartOutcome } from '../../src/outbox/restart.ts'
import { createTemporalClient } from '../../src/temporal/client.ts'
import { eventually, fresh, shopTest, type OwnShop } from '../support/shop.ts'

const test = shopTest({ SECOND_PAYMENT_POLICY: 'hold', CANCEL_TIMEOUT: '10s' })
const BY = { who: 'unverified:ann', why: 'its tasks fail' }

async function restart({ db, temporalAddress }: OwnShop, ...asked: readonly string[]): Promise<RestartOutcome[]> {
  const temporal = createTemporalClient({ address: temporalAddress, namespace: 'default' })
  const outcomes: RestartOutcome[] = []
  for (const id of asked) outcomes.push(await restartAsked({ db, temporal }, id, BY))
  await temporal.close()
  return outcomes
}
const runOf = async ({ client }: OwnShop, workflowId: string) => {
  const { runId, status } = await client.workflow.getHandle(workflowId).describe()
  return { runId, status: status.name }
}

async function inputOf({ events }: OwnShop, workflowId: string, runId: string): Promise<unknown> {
  const [started] = await events(workflowId, runId)
  const [payload] = started?.workflowExecutionStartedEventAttributes?.input?.payloads ?? []
  return JSON.parse(Buffer.from(payload?.data ?? []).toString('utf8'))
}

describe('a refund that waits', () => {
  test('has a new run, waits on with its one ticket, and is settled by it', async ({ shop, sim }) => {
    const { merchantUid, refundId } = await shop.paidThenRefunded()
    const saga = `refund:${refundId}`
    const before = await runOf(shop, saga)

    expect(await restart(shop, refundId)).toMatchObject([{ saga, outcome: 'restarted' }])

    const old = await shop.client.workflow.getHandle(saga, before.runId).describe()
    expect(old.status.name).toBe('TERMINATED')
    await eventually(() => runOf(shop, saga)).toMatchObject({ status: 'RUNNING' })
    const { runId } = await runOf(shop, saga)
    expect(runId).not.toBe(before.runId)
    expect(await inputOf(shop, saga, runId), 'what the ended run had seen of its row').toMatchObject({
      refundId,
      memory: { keys: ['submit'] },
    })
    expect(await shop.journal(merchantUid)).toContainEqual(
      expect.objectContaining({ what: 'saga.restart', who: BY.who, why: BY.why, refundId }),
    )
    const tickets = await sim.tickets(merchantUid)
    expect(tickets).toHaveLength(1)
    await sim.complete(tickets[0]?.id ?? '')
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
    await eventually(() => runOf(shop, saga)).toMatchObject({ status: 'COMPLETED' })
  })

  test('begins from its row where no run is left', async ({ shop }) => {
    const { refundId } = await shop.paidThenRefunded()
    const saga = `refund:${refundId}`
    await shop.client.workflow.getHandle(saga).terminate('by hand')
    expect(await restart(shop, saga)).toMatchObject([{ saga, outcome: 'started' }])
    await eventually(() => runOf(shop, saga)).toMatchObject({ status: 'RUNNING' })
  })

  test('whose cancel call hangs is restarted without a second call', async ({ shop, sim }) => {
    const { merchantUid } = await shop.paid()
    await sim.faults({ cancel: 'lostAnswer' })
    const { refundId } = await shop.askRefund(merchantUid)
    await eventually(() => sim.tickets(merchantUid)).toHaveLength(1)
    expect(await restart(shop, refundId)).toMatchObject([{ outcome: 'restarted' }])
    await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'unknown' })
    expect(await sim.tickets(merchantUid)).toHaveLength(1)
  })
})

test('an order and money with a saga of its own are restarted, several at once', async ({ shop, sim }) => {
  const { merchantUid: unpaid } = await shop.open()
  const { merchantUid } = await shop.paid()
  const ref = await sim.pay(merchantUid)
  const stray = `stray:${IAMPORT_MAIN}:${ref}`
  await eventually(() => runOf(shop, stray)).toMatchObject({ status: 'RUNNING' })
  expect(await restart(shop, unpaid, stray)).toMatchObject([
    { saga: `payment:${unpaid}`, outcome: 'restarted' },
    { saga: stray, outcome: 'restarted' },
  ])
  for (const saga of [`payment:${unpaid}`, stray])
    await eventually(() => runOf(shop, saga)).toMatchObject({ status: 'RUNNING' })
  await sim.pay(unpaid)
  await eventually(() => shop.payment(unpaid)).toMatchObject({ state: 'paid' })
})

test('what is closed, unknown or ambiguous is refused with a sentence, and no run is ended', async ({ shop, sim }) => {
  const same = fresh('same')
  const { merchantUid } = await shop.paid({ merchantUid: same })
  const { refundId } = await shop.askRefund(merchantUid, { refundId: same })
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen' })
  const before = await runOf(shop, `refund:${same}`)
  const refused = async (id: string) => {
    const [outcome] = await restart(shop, id)
    expect(outcome?.outcome).toBe('refused')
    return outcome?.said
  }
  expect(await refused(same)).toBe(`a refund and an order have this id; write refund:${same} or payment:${same}`)
  expect(await refused(`payment:${same}`)).toMatch(/^it is closed \(/)
  expect(await refused('refund:nobody')).toBe('nothing is recorded as refund:nobody; check the id')
  expect(await refused('nobody')).toBe('no refund and no order is recorded as nobody; check the id')
  expect(await refused('sweep:iamport/main')).toMatch(/^write refund:ID, payment:ID or stray:/)
  expect(await runOf(shop, `refund:${same}`)).toEqual(before)
  await sim.complete((await sim.tickets(same))[0]?.id ?? '')
  await eventually(() => shop.refund(same)).toMatchObject({ state: 'refunded' })
  await eventually(() => runOf(shop, `refund:${same}`)).toMatchObject({ status: 'COMPLETED' })
  expect(await refused(`refund:${same}`)).toMatch(/^it is closed \(refunded\)/)
})

test('a run that cannot go on though its row is closed is ended, and none follows', async ({ shop, sim }) => {
  const { merchantUid, refundId } = await shop.paidThenRefunded()
  const saga = `refund:${refundId}`
  await sim.complete((await sim.tickets(merchantUid))[0]?.id ?? '')
  await eventually(() => runOf(shop, saga)).toMatchObject({ status: 'COMPLETED' })
  // No worker takes its tasks, as none could that its build does not fit.
  const stuck = await shop.client.workflow.start('refund', {
    workflowId: saga,
    taskQueue: 'nobody',
    args: [{ refundId }],
  })
  expect(await restart(shop, refundId)).toMatchObject([
    { saga, outcome: 'ended', said: expect.stringMatching(/^it is closed \(refunded\); run \S+, which had not ended/) },
  ])
  expect(await runOf(shop, saga)).toEqual({ runId: stuck.firstExecutionRunId, status: 'TERMINATED' })
  expect(await shop.journal(merchantUid)).toContainEqual(expect.objectContaining({ what: 'saga.restart', who: BY.who }))
  expect(await restart(shop, refundId)).toMatchObject([{ outcome: 'refused' }])
})

test('where Temporal does not answer, the wake waits in the outbox, and it says so', async ({ shop }) => {
  const { refundId } = await shop.paidThenRefunded()
  const temporal = createTemporalClient({ address: '127.0.0.1:1', namespace: 'default' })
  const outcome = await restartAsked({ db: shop.db, temporal }, refundId, BY)
  await temporal.close()
  expect(outcome).toMatchObject({ outcome: 'failed', said: expect.stringContaining('a wake waits in the outbox') })
  const wakes = () =>
    shop.db
      .selectFrom('outbox')
      .select('state')
      .where('target', '=', `refund:${refundId}`)
      .orderBy('id', 'desc')
      .execute()
  await eventually(async () => (await wakes())[0]?.state).toBe('delivered')
})
