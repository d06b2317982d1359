// A stop waits for no gateway that hangs: looks under way end with their activity, and the next start takes them up again.
// Must not know: how a look is cut off. The time limit is the promise itself, not what it takes on this machine.
import { expect } from 'vitest'
import { LOOK_AFTER_MS } from '../../activities/ticket/ticket.ts'
import { SHUTDOWN_GRACE_MS } from '../../src/temporal/worker.ts'
import { programTest } from '../support/program.ts'
import { eventually } from '../support/shop.ts'

/** What compose and an operator may count on, below the 90 s after which they kill. */
const PROMISED_STOP_MS = 50_000
/** src/config.ts takes no more for CANCEL_TIMEOUT. */
const LONGEST_CANCEL_MS = 30_000

/** Longer than a stop gives other steps, so that only a stop that waits for the call sees it end. */
const CANCEL_MS = SHUTDOWN_GRACE_MS + 7_000
/** From the request on: the ticket is filed, and the gateway hangs, well before. */
const FIRST_CHECKPOINT = '20s remind'
const test = programTest({ REFUND_PATIENCE: `${FIRST_CHECKPOINT}, 20d page`, CANCEL_TIMEOUT: `${CANCEL_MS / 1_000}s` })

test('a checkpoint whose look hangs ends with its worker, raises nothing, and is done by the next one', async ({
  shop,
  program,
  simulator,
}) => {
  const { merchantUid, refundId } = await shop.paidThenRefunded()
  simulator.freeze()
  const handle = shop.client.workflow.getHandle(`refund:${refundId}`)
  const underWay = async () => ((await handle.describe()).raw.pendingActivities ?? []).map(({ state }) => state)
  // 2: started, that is, asking a gateway that will not answer.
  await eventually(underWay).toEqual([2])

  const began = performance.now()
  await program.stop()
  expect(performance.now() - began).toBeLessThan(PROMISED_STOP_MS)

  simulator.thaw()
  await program.start()
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'ticketOpen', attention: 'remind' })
  const raised = (await shop.journal(merchantUid)).filter(({ what }) => what === 'checkpoint')
  expect(raised).toHaveLength(1)
  expect(raised[0]?.why).toMatch(/^looked: /)
})

test('a cancel call that hangs is waited for within the promise: how it ended is written, and it is made no second time', async ({
  shop,
  sim,
  program,
}) => {
  const { merchantUid } = await shop.paid()
  await sim.faults({ cancel: 'lostAnswer' })
  const { refundId } = await shop.askRefund(merchantUid)
  await eventually(() => sim.tickets(merchantUid)).toHaveLength(1)

  const began = performance.now()
  await program.stop()
  expect(performance.now() - began).toBeLessThan(PROMISED_STOP_MS)

  await program.start()
  await eventually(() => shop.refund(refundId)).toMatchObject({ state: 'unknown' })
  const ended = (await shop.journal(merchantUid)).filter(({ what }) => what === 'ticket.ended')
  expect(ended, 'by the call itself, not by whoever found it lost').toMatchObject([
    { why: expect.stringMatching(/no whole answer within/) },
  ])
  expect(await sim.tickets(merchantUid)).toHaveLength(1)
})

test('a stop in the middle of a cancel call stays within the promise by its own bounds', () => {
  expect(SHUTDOWN_GRACE_MS + LONGEST_CANCEL_MS + LOOK_AFTER_MS).toBeLessThan(PROMISED_STOP_MS)
})
