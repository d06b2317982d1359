// A database that went back in time, or lost what it had committed, over real rows: what the refund's
// steps do with what its workflow remembers. Promise 1: nothing is filed twice.
// Must not know: Temporal servers, workflows.
import { ApplicationFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { sql } from 'kysely'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { beginRefund, readRefund } from '../../activities/begin/begin.ts'
import { checkpointRefund } from '../../activities/checkpoint.ts'
import { takeCommand } from '../../activities/commands/people.ts'
import { fileTicket, settleTicket } from '../../activities/ticket/ticket.ts'
import { noteLostKeys } from '../../src/db/books/wentBack.ts'
import { transact } from '../../src/db/connect.ts'
import { endHold, freeHeld, holdFiling } from '../../src/db/watch/filing.ts'
import type { Memory } from '../../src/domain/books/memory.ts'
import { seenOfRefund } from '../../src/domain/books/seen.ts'
import type { CancelAnswer, CancelRequest } from '../../src/domain/gateway.ts'
import type { MerchantUid } from '../../src/domain/ids.ts'
import type { RefundStep } from '../../src/domain/next.ts'
import { activityDeps } from '../support/activityDeps.ts'
import { anEvidence, HOUR, later, MINUTE, refundOf } from '../support/books.ts'
import { emptyQueues, outboxOf, paidOrder, readBooks } from '../support/booksDatabase.ts'
import { scriptedGateway } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

const database = await openTestDatabase()
const { db } = database
afterAll(database.close)
beforeEach(() => emptyQueues(db))

const now = later(MINUTE)
/** In the order in which they happened. */
let happened: string[] = []
let meanwhile = (): Promise<unknown> | void => {}
const scripted = scriptedGateway()
const gateway = {
  ...scripted,
  look: async () => scripted.truth[0],
  cancel: async (request: CancelRequest): Promise<CancelAnswer> => {
    await meanwhile()
    if (!request.mayStillSend()) return { kind: 'notSent', said: 'too late' }
    happened.push(`called for ${request.refundId}`)
    const [evidence] = scripted.truth
    return evidence ? { kind: 'answered', evidence } : { kind: 'unknown', said: 'no answer' }
  },
}
const deps = activityDeps(db, gateway, {
  heartbeat: (_token, details) => {
    happened.push(`told ${JSON.stringify(details)}`)
    return Promise.resolve(true)
  },
})
let count = 0
let updates = 0
const fresh = () => `update-${(updates += 1)}`
const asked = async () => {
  const { order, ref } = await paidOrder(db)
  scripted.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
  happened = []
  meanwhile = () => {}
  count += 1
  const id = `r-${count}`
  await record(id, order)
  return { id, order }
}
const record = (id: string, order: MerchantUid) =>
  beginRefund(deps, {
    input: { refundId: id, merchantUid: order, reason: 'too small' },
    workflowId: `refund:${id}`,
    now,
  })
const file = (id: string, memory?: Memory, key = 'submit'): Promise<RefundStep> =>
  new MockActivityEnvironment().run(() => fileTicket(deps, { refundId: id, key, now, ...(memory && { memory }) }))
const read = (id: string, memory?: Memory) => readRefund(deps, { refundId: id, now, ...(memory && { memory }) })
const filed = async () => {
  const refund = await asked()
  const { memory } = await file(refund.id)
  if (!memory) throw new Error('the step brought no memory')
  return { ...refund, memory }
}
/** The row as the backup has it: asked for, and nothing filed. */
async function restore(id: string): Promise<void> {
  await sql`delete from tickets where refund_id = ${id}`.execute(db)
  await sql`update refunds set state = 'requested', version = 1, said = null where refund_id = ${id}`.execute(db)
}
const refundIn = async (order: MerchantUid) => (await readBooks(db, { merchantUid: order })).refunds[0]
const alertsOf = async (id: string) =>
  (await outboxOf(db, `refund:${id}`)).filter(({ kind }) => kind === 'alert').map(({ payload }) => payload)
const PAGE = expect.objectContaining({ level: 'page', kind: 'rowWentBack' })

describe('a row that is made again, of which nobody remembers anything any more', () => {
  const note = (id: string) => transact(db, 'note', (trx) => noteLostKeys(trx, id, ['submit']))

  test('is not filed again under a key that was noted while it was gone: that may have been sent, and a person is paged', async () => {
    const { id, order } = await asked()
    await note(id)
    await note(id)
    expect(await file(id)).toMatchObject({ state: 'unknown' })
    expect(happened).toEqual([])
    expect(await refundIn(order)).toMatchObject({ tickets: [{ authorisedBy: 'submit', outcome: 'unknown' }] })
    expect(await alertsOf(id)).toEqual([PAGE])
    await emptyQueues(db)
    expect(await file(id)).toMatchObject({ state: 'unknown' })
    expect([happened, await alertsOf(id)]).toEqual([[], []])
  })

  test('is not withdrawn by a person either, while it waits for its first try: a ticket of it may live', async () => {
    const { id, order } = await asked()
    await note(id)
    const args = { reason: 'no' }
    const withdraw = () =>
      takeCommand(deps, { workflowId: `refund:${id}`, name: 'withdraw', args, updateId: fresh(), now })
    expect(await withdraw()).toMatchObject({
      answer: 'refused',
      sentence: expect.stringContaining('went back in time'),
    })
    expect(await refundIn(order)).toMatchObject({
      state: 'unknown',
      tickets: [{ authorisedBy: 'submit', outcome: 'unknown' }],
    })
    expect(await withdraw(), 'nor later').toMatchObject({ answer: 'refused' })
  })

  test('is filed where only of another one a key was noted', async () => {
    const { id } = await asked()
    await note(`${id}-another`)
    await file(id)
    expect(happened).toContain(`called for ${id}`)
  })
})

describe('a restored row', () => {
  test('is seen by its running saga: the lost ticket is unknown, a person is paged, nothing is filed', async () => {
    const { id, order, memory } = await filed()
    await restore(id)
    const step = await read(id, memory)
    expect(step).toMatchObject({ state: 'unknown', next: { do: 'wait' } })
    expect(await refundIn(order)).toMatchObject({ tickets: [{ authorisedBy: 'submit', outcome: 'unknown' }] })
    expect(await alertsOf(id)).toEqual([PAGE])
    expect(step.memory?.version).toBeGreaterThan(memory.version)
  })

  test('is told of once, and its saga goes on with the memory of the row as it is now', async () => {
    const { id, memory } = await filed()
    await restore(id)
    const step = await read(id, memory)
    await emptyQueues(db)
    await read(id, step.memory)
    expect(await alertsOf(id)).toEqual([])
  })

  test('is not filed from where the try itself finds it out', async () => {
    const { id, memory } = await filed()
    await restore(id)
    happened = []
    expect(await file(id, memory)).toMatchObject({ state: 'unknown' })
    expect(happened).toEqual([])
  })

  test('is seen at a checkpoint', async () => {
    const { id, memory } = await filed()
    await restore(id)
    const checkpoint = () => checkpointRefund(deps, { refundId: id, now: later(25 * HOUR), memory })
    expect(await new MockActivityEnvironment().run(checkpoint)).toMatchObject({ state: 'unknown' })
  })

  test('is seen by a person who wants to try again: refused, and told what is so', async () => {
    const { id, order, memory } = await filed()
    await restore(id)
    const command = {
      workflowId: `refund:${id}`,
      name: 'withdraw',
      args: { reason: 'no' },
      updateId: 'u1',
      memory,
      now,
    }
    expect(await takeCommand(deps, command)).toMatchObject({ answer: 'refused', kind: 'updateRejected' })
    expect(await refundIn(order)).toMatchObject({ state: 'unknown' })
    const kinds = (await outboxOf(db, `refund:${id}`)).map(({ kind }) => kind)
    expect(kinds).toContain('wake')
  })

  test('that is gone is waited for by a saga that has seen it, and refused to one that has not', async () => {
    const { id, memory } = await filed()
    await sql`delete from tickets where refund_id = ${id}`.execute(db)
    await sql`delete from refunds where refund_id = ${id}`.execute(db)
    await expect(read(id, memory)).rejects.toMatchObject({ kind: 'temporarilyUnavailable' })
    await expect(read(id)).rejects.toMatchObject({ kind: 'notFound' })
  })

  test('that is asked for again is another one: its old ticket counts', async () => {
    const { id, order, memory } = await filed()
    await sql`delete from tickets where refund_id = ${id}`.execute(db)
    await sql`delete from refunds where refund_id = ${id}`.execute(db)
    const again = await record(id, order)
    expect(again.memory?.birth).not.toBe(memory.birth)
    expect(await read(id, memory)).toMatchObject({ state: 'unknown' })
  })

  test('without a lost ticket is blocked: what it came to is lost', async () => {
    const { id, order } = await asked()
    const { memory } = await read(id)
    if (!memory) throw new Error('no memory')
    await sql`update refunds set version = 0 where refund_id = ${id}`.execute(db)
    await read(id, memory)
    expect(await refundIn(order)).toMatchObject({ state: 'blocked', blockedBecause: 'rowWentBack' })
    expect(await alertsOf(id)).toEqual([expect.objectContaining({ level: 'page', kind: 'blocked.rowWentBack' })])
  })

  test('from between an intent and its end is unknown: the call may have gone out, and nobody may ask again at once', async () => {
    const { id, order, memory } = await filed()
    await sql`update tickets set outcome = null, said = null where refund_id = ${id}`.execute(db)
    await sql`update refunds set state = 'requested', version = 2, said = null where refund_id = ${id}`.execute(db)
    expect(await read(id, memory)).toMatchObject({ state: 'unknown', next: { do: 'wait', whenDue: 'checkpoint' } })
    expect(await refundIn(order)).toMatchObject({ tickets: [{ authorisedBy: 'submit', outcome: 'unknown' }] })
    expect(await alertsOf(id)).toEqual([PAGE])
    const books = await readBooks(db, { merchantUid: order })
    const args = { reason: 'again', seen: seenOfRefund(books, refundOf(books, id)) }
    const retry = { workflowId: `refund:${id}`, name: 'retryTicket', args, updateId: 'u1', now: later(10 * MINUTE) }
    expect(await takeCommand(deps, retry)).toMatchObject({
      answer: 'refused',
      sentence: expect.stringContaining('an hour after the last one was asked for'),
    })
  })

  test('is not made by a memory that nobody can have: the start is refused, the row stays as it was and can be read', async () => {
    const { id, order, memory } = await filed()
    const input = { refundId: id }
    for (const made of [{ version: Number.MAX_SAFE_INTEGER - 1 }, { version: -1 }, { keys: ['a\u0000b'] }]) {
      const forged = { ...memory, ...made }
      await expect(beginRefund(deps, { input, workflowId: `refund:${id}`, now, memory: forged })).rejects.toMatchObject(
        {
          kind: 'invalidRequest',
        },
      )
    }
    expect(await refundIn(order)).toMatchObject({ state: 'ticketOpen' })
  })

  test('is not seen in a row that only went on', async () => {
    const { id, memory } = await filed()
    await sql`update refunds set owner = 'ann', version = version + 3 where refund_id = ${id}`.execute(db)
    expect(await read(id, memory)).toMatchObject({ state: 'ticketOpen' })
    expect(await alertsOf(id)).toEqual([])
  })
})

describe('a call', () => {
  test('begins once Temporal has taken note of its key, after the intent', async () => {
    const { id } = await asked()
    await file(id)
    expect(happened).toEqual(['told {"key":"submit"}', `called for ${id}`])
  })

  test('is not made where Temporal does not take note: nothing was sent, another try follows', async () => {
    const { id, order } = await asked()
    const silent = { ...deps, heartbeat: () => Promise.resolve(false) }
    const step = await new MockActivityEnvironment().run(() => fileTicket(silent, { refundId: id, key: 'submit', now }))
    expect(happened).toEqual([])
    expect(step).toMatchObject({ state: 'requested', next: { do: 'wait', whenDue: 'read' } })
    expect(await refundIn(order)).toMatchObject({ tickets: [{ authorisedBy: 'submit', outcome: 'notSent' }] })
  })

  test('whose intent the database loses meanwhile is written with its outcome, and a person is paged', async () => {
    const { id, order } = await asked()
    meanwhile = () => restore(id)
    expect(await file(id)).toMatchObject({ state: 'ticketOpen' })
    expect(await refundIn(order)).toMatchObject({ tickets: [{ authorisedBy: 'submit', outcome: 'filed' }] })
    expect(await alertsOf(id)).toEqual([PAGE])
  })

  test('that was lost with its intent is unknown where Temporal had been told of it, else nothing was sent', async () => {
    const told = await asked()
    const settle = (id: string, mayHaveSent: boolean) =>
      settleTicket(deps, { refundId: id, key: 'submit', now, mayHaveSent })
    expect(await settle(told.id, true)).toMatchObject({ state: 'unknown' })
    expect(await refundIn(told.order)).toMatchObject({ tickets: [{ authorisedBy: 'submit', outcome: 'unknown' }] })
    expect(await alertsOf(told.id)).toEqual([PAGE])
    const untold = await asked()
    expect(await settle(untold.id, false)).toMatchObject({ state: 'requested' })
    expect(await refundIn(untold.order)).toMatchObject({ tickets: [{ authorisedBy: 'submit', outcome: 'notSent' }] })
  })

  test('whose ending cannot be written names its key to whoever settles it', async () => {
    const { id } = await asked()
    meanwhile = async () => {
      await sql`delete from tickets where refund_id = ${id}`.execute(db)
      await sql`delete from refunds where refund_id = ${id}`.execute(db)
    }
    const failed: unknown = await file(id).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(ApplicationFailure)
    expect(failed).toMatchObject({ nonRetryable: true, details: [{ key: 'submit' }] })
  }, 30_000)

  test('that waited for a worker for hours is waited for from when it was made', async () => {
    const { id, order } = await asked()
    meanwhile = () => void (scripted.truth = [])
    const late = { ...deps, clock: () => later(3 * HOUR) }
    const step = await new MockActivityEnvironment().run(() => fileTicket(late, { refundId: id, key: 'submit', now }))
    expect(step).toMatchObject({ state: 'unknown' })
    const books = await readBooks(db, { merchantUid: order })
    expect(refundOf(books, id).tickets).toMatchObject([{ intentAt: later(3 * HOUR) }])
    const args = { reason: 'again', seen: seenOfRefund(books, refundOf(books, id)) }
    const retry = (at: string) =>
      takeCommand(deps, { workflowId: `refund:${id}`, name: 'retryTicket', args, updateId: at, now: at })
    expect(await retry(later(4 * HOUR - 1))).toMatchObject({ answer: 'refused' })
    expect(await retry(later(4 * HOUR))).toMatchObject({ answer: 'done', state: 'requested' })
  })

  test('of a step that is carried out at once has the time of its workflow, whose clock may be another', async () => {
    const { id, order } = await asked()
    const near = { ...deps, clock: () => later(2 * MINUTE) }
    await new MockActivityEnvironment().run(() => fileTicket(near, { refundId: id, key: 'submit', now }))
    expect(await refundIn(order)).toMatchObject({ tickets: [{ intentAt: now }] })
  })

  test('is not made more than five seconds after the intent by the wall clock either', async () => {
    const { id, order } = await asked()
    const real = Date.now
    meanwhile = () => void vi.spyOn(Date, 'now').mockImplementation(() => real() + 6_000)
    try {
      await file(id)
    } finally {
      vi.restoreAllMocks()
    }
    expect(happened).toEqual(['told {"key":"submit"}'])
    expect(await refundIn(order)).toMatchObject({ tickets: [{ outcome: 'notSent' }] })
  })
})

describe('while filing is held', () => {
  const hold = () => transact(db, 'hold', (trx) => holdFiling(trx, { who: 'ops:ann', reason: 'a restore' }))
  const release = () =>
    transact(db, 'release', async (trx) => {
      await endHold(trx)
      return freeHeld(trx, now, 100)
    })

  test('nothing is called for and no key is used; each hour it is tried again; a release wakes it at once', async () => {
    const { id, order } = await asked()
    await hold()
    const step = await file(id)
    expect(happened).toEqual([])
    expect(step).toMatchObject({ state: 'requested', next: { do: 'wait', whenDue: 'read', until: later(HOUR, now) } })
    expect(await refundIn(order)).toMatchObject({ tickets: [], said: expect.stringContaining('filing is held since') })
    await emptyQueues(db)
    expect(await release()).toBe(1)
    expect((await outboxOf(db, `refund:${id}`)).map(({ kind }) => kind)).toEqual(['wake'])
    expect(await read(id)).toMatchObject({ next: { do: 'fileTicket', key: 'submit' } })
    expect(await file(id)).toMatchObject({ state: 'ticketOpen' })
  })
})
