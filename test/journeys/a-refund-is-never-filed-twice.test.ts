// No refund is filed twice for one authorisation, whatever is killed, lost, repeated, late or restarted.
// Must not know: rows. The desk's tickets and the gateway's count of cancel calls are the judges.
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { programTest, type Program } from '../support/program.ts'
import { eventually, fresh, type Shop } from '../support/shop.ts'

const CANCEL = 'POST /payments/cancel'
/** Waited out where an answer is lost; no other answer of a busy machine takes so long. */
const CANCEL_S = 10
/** Before the first kill a cancel call hangs for longer, so that it is under way when the kill comes. */
const test = programTest({ CANCEL_TIMEOUT: `${CANCEL_S}s` }, { CANCEL_TIMEOUT: '30s' })

async function completeTheOnlyTicket({ sim }: Shop, merchantUid: string): Promise<void> {
  const tickets = await sim.tickets(merchantUid)
  expect(tickets).toMatchObject([{ state: 'open' }])
  await sim.complete(tickets[0]?.id ?? '')
}

/** A hint of this payment that arrived now has been looked at, and wakes of its refund were read. */
async function stirred(shop: Shop, { merchantUid, impUid, refundId }: Record<string, string>): Promise<void> {
  const looks = await shop.metric('saga_looks_total{outcome="found"}')
  await shop.hint({ imp_uid: impUid ?? '', merchant_uid: merchantUid ?? '', status: 'cancelled' })
  await eventually(() => shop.metric('saga_looks_total{outcome="found"}')).toBeGreaterThan(looks)
  const handle = shop.client.workflow.getHandle(`refund:${refundId}`)
  const before = (await handle.describe()).historyLength
  for (let count = 1; count <= 20; count += 1) await handle.signal('news')
  await eventually(async () => (await handle.describe()).historyLength).toBeGreaterThanOrEqual(before + 24)
}

/** A refund whose cancel call has filed its ticket and is not answered for half a minute. */
async function hanging(shop: Shop, merchantUid: string) {
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.sim.tickets(merchantUid)).toHaveLength(1)
  return { merchantUid, refundId }
}

/** Of two refunds whose cancel hangs one is done meanwhile, and its saga lost. Then the program is killed and started again. */
async function killedWhileTheyHang(program: Program, shop: Shop) {
  const calls = await shop.sim.callsOf(CANCEL)
  try {
    const orders = [await shop.paid(), await shop.paid()] as const
    await shop.sim.faults({ cancel: 'lostAnswer' })
    const [open, done] = [await hanging(shop, orders[0].merchantUid), await hanging(shop, orders[1].merchantUid)]
    await completeTheOnlyTicket(shop, done.merchantUid)
    await eventually(() => shop.refund(done.refundId)).toMatchObject({ state: 'refunded' })
    // As if Temporal had lost it: nothing is to be woken for a row that is closed.
    await shop.client.workflow.getHandle(`refund:${done.refundId}`).terminate('lost')
    expect(await shop.refund(open.refundId)).toMatchObject({ state: 'requested', tickets: [{ outcome: null }] })
    return { open, done, calls: calls + 2 }
  } finally {
    await program.kill9()
    await program.start()
  }
}

describe('a program killed while cancels hang', () => {
  let killing: ReturnType<typeof killedWhileTheyHang> | undefined
  const killed = (program: Program, shop: Shop) => (killing ??= killedWhileTheyHang(program, shop))

  test('asks no second time: the refund is unknown until its ticket is done', async ({ shop, sim, program }) => {
    const { open, calls } = await killed(program, shop)
    await eventually(() => shop.refund(open.refundId)).toMatchObject({
      state: 'unknown',
      tickets: [
        {
          authorisedBy: 'submit',
          outcome: 'unknown',
          said: 'the try was lost after its intent: it may have been sent',
        },
      ],
    })
    expect(await sim.callsOf(CANCEL)).toBe(calls)
    await completeTheOnlyTicket(shop, open.merchantUid)

    await eventually(() => shop.refund(open.refundId)).toMatchObject({ state: 'refunded' })
    const lines = await shop.journal(open.merchantUid)
    expect(lines.findLast((line) => line.refundId === open.refundId)).toMatchObject({
      what: 'cancelled',
      from: 'unknown',
      to: 'refunded',
      why: 'the gateway booked the cancel',
      facts: { matchedBy: 'refundId' },
    })
    expect(await sim.callsOf(CANCEL)).toBe(calls)
  })

  test('says of the try of a refund that was done meanwhile that it may have been sent, though its saga is lost, too', async ({
    shop,
    sim,
    program,
  }) => {
    const { done, calls } = await killed(program, shop)
    const said = 'the refund closed before an answer to its call was known: it may have been sent'
    const tickets = [{ authorisedBy: 'submit', outcome: 'unknown', said }]
    expect(await shop.refund(done.refundId)).toMatchObject({ state: 'refunded', tickets })
    expect(await sim.callsOf(CANCEL)).toBe(calls)
  })
})

test('a lost answer is not asked for again: the completed ticket answers it', async ({ shop, sim }) => {
  const { merchantUid, impUid } = await shop.paid()
  const calls = await sim.callsOf(CANCEL)
  await sim.faults({ cancel: 'lostAnswer' })
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({
    state: 'unknown',
    said: `no whole answer within ${CANCEL_S}000 ms`,
  })

  await stirred(shop, { merchantUid, impUid, refundId })
  expect(await sim.callsOf(CANCEL)).toBe(calls + 1)
  await completeTheOnlyTicket(shop, merchantUid)

  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded', tickets: [{ outcome: 'unknown' }] })
  expect(await sim.callsOf(CANCEL)).toBe(calls + 1)
})

test('a cancel that timed out before it was taken stays unknown and is never sent again by itself', async ({
  shop,
  sim,
}) => {
  const { merchantUid, impUid } = await shop.paid()
  const calls = await sim.callsOf(CANCEL)
  await sim.faults({ cancel: 'timeoutBefore' })
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'unknown' })

  await sim.faults({ cancel: 'accept' })
  await stirred(shop, { merchantUid, impUid, refundId })
  expect(await shop.refund(refundId)).toMatchObject({ state: 'unknown', tickets: [{ authorisedBy: 'submit' }] })
  expect(await sim.tickets(merchantUid)).toEqual([])
  expect(await sim.callsOf(CANCEL)).toBe(calls + 1)
})

test('a gateway that is away is asked for nothing; one ticket is opened once it is back', async ({
  shop,
  sim,
  simulator,
}) => {
  const { merchantUid } = await shop.paid()
  await simulator.stop()
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({
    state: 'requested',
    tickets: [],
    said: expect.stringContaining('could not look'),
  })

  await simulator.start()
  await eventually(() => shop.refund(refundId)).toMatchObject({
    state: 'ticketOpen',
    tickets: [{ authorisedBy: 'submit', outcome: 'filed' }],
  })
  expect(await sim.tickets(merchantUid)).toHaveLength(1)
  expect(await sim.callsOf(CANCEL)).toBe(1)
  await completeTheOnlyTicket(shop, merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
})

test('one refund started ten times and told of news twenty times opens one ticket', async ({ shop, sim }) => {
  const { merchantUid, impUid } = await shop.paid()
  const calls = await sim.callsOf(CANCEL)
  const refundId = fresh('refund')
  const start = { workflowId: `refund:${refundId}`, taskQueue: 'refunds' }
  const input = { refundId, merchantUid, reason: 'asked ten times' }

  const starts = await Promise.allSettled(
    Array.from({ length: 10 }, () => shop.client.workflow.start('refund', { ...start, args: [input] })),
  )
  expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  await Promise.all(Array.from({ length: 20 }, () => shop.wake(start.workflowId)))

  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', tickets: [{ outcome: 'filed' }] })
  await stirred(shop, { merchantUid, impUid, refundId })
  expect(await sim.tickets(merchantUid)).toMatchObject([{ reason: `#${refundId} asked ten times` }])
  expect(await sim.callsOf(CANCEL)).toBe(calls + 1)
})

test('a saga terminated while its ticket is open goes on from its row and files nothing again', async ({
  shop,
  sim,
}) => {
  const { merchantUid, impUid, refundId } = await shop.paidThenRefunded()
  const calls = await sim.callsOf(CANCEL)
  const workflowId = `refund:${refundId}`
  await shop.client.workflow.getHandle(workflowId).terminate('by hand')

  const runId = await shop.wake(workflowId)
  await stirred(shop, { merchantUid, impUid, refundId })
  expect(await shop.client.workflow.getHandle(workflowId, runId).describe()).toMatchObject({
    status: { name: 'RUNNING' },
  })
  expect(await sim.tickets(merchantUid)).toHaveLength(1)

  await shop.client.workflow.getHandle(workflowId).terminate('by hand, again')
  await completeTheOnlyTicket(shop, merchantUid)

  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
  await eventually(async () => (await shop.client.workflow.getHandle(workflowId).describe()).status.name).toBe(
    'COMPLETED',
  )
  expect(await sim.callsOf(CANCEL)).toBe(calls)
})

test('a saga terminated while its cancel hangs is settled by its rows when it runs again', async ({ shop, sim }) => {
  const { merchantUid } = await shop.paid()
  const calls = await sim.callsOf(CANCEL)
  await sim.faults({ cancel: 'lostAnswer' })
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => sim.tickets(merchantUid)).toHaveLength(1)

  await shop.client.workflow.getHandle(`refund:${refundId}`).terminate('by hand')
  await shop.wake(`refund:${refundId}`)

  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'unknown', tickets: [{ outcome: 'unknown' }] })
  await completeTheOnlyTicket(shop, merchantUid)
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'refunded' })
  expect(await sim.callsOf(CANCEL)).toBe(calls + 1)
})

test('a saga reset to its beginning reads its row and files nothing again', async ({ shop, sim }) => {
  const { merchantUid, refundId } = await shop.paidThenRefunded()
  const calls = await sim.callsOf(CANCEL)
  const workflowId = `refund:${refundId}`
  const firstTask = (await shop.events(workflowId)).find((event) => event.workflowTaskCompletedEventAttributes)
  const { runId } = await shop.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId },
    reason: 'by hand',
    workflowTaskFinishEventId: firstTask?.eventId ?? null,
    requestId: fresh('reset'),
  })

  await completeTheOnlyTicket(shop, merchantUid)

  expect(await shop.client.workflow.getHandle(workflowId, runId).result()).toEqual({ state: 'refunded' })
  expect(await shop.refund(refundId)).toMatchObject({ state: 'refunded', tickets: [{ authorisedBy: 'submit' }] })
  expect(await sim.callsOf(CANCEL)).toBe(calls)
})

test('a cancel asked for in Temporal is kept and told, calls no ticket back, and the wait goes on', async ({
  shop,
  sim,
}) => {
  const { merchantUid, refundId } = await shop.paidThenRefunded()
  const calls = await sim.callsOf(CANCEL)
  const handle = shop.client.workflow.getHandle(`refund:${refundId}`)
  await handle.cancel()

  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', attention: 'warn' })
  const lines = async () => (await shop.journal(merchantUid)).filter(({ what }) => what === 'cancelRequested')
  expect(await lines()).toMatchObject([{ refundId, why: expect.stringContaining('cannot be called back') }])
  const metadata = z.object({ currentDetails: z.string() })
  const details = async () => metadata.parse(await handle.query('__temporal_workflow_metadata')).currentDetails
  await eventually(details).toContain('attention **warn**')
  expect(await details()).toContain('Cancelling this workflow calls no ticket back.')
  expect((await handle.describe()).status.name).toBe('RUNNING')

  await completeTheOnlyTicket(shop, merchantUid)
  expect(await handle.result()).toEqual({ state: 'refunded' })
  expect(await lines()).toHaveLength(1)
  expect(await sim.callsOf(CANCEL)).toBe(calls)
})
