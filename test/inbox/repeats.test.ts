// A cancel call whose answer was lost, at a gateway that takes the same call again: a checkpoint looks first, and only then asks
// once more, with the same text under the same key, and never when it may not.
// Must not know: Temporal servers, which gateway it is. Promise 1: nothing is filed twice.
import { MockActivityEnvironment } from '@temporalio/testing'
import { sql } from 'kysely'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { beginRefund } from '../../activities/begin/begin.ts'
import { checkpointRefund } from '../../activities/checkpoint.ts'
import type { ActivityDeps } from '../../activities/deps.ts'
import { fileTicket, settleTicket } from '../../activities/ticket/ticket.ts'
import { endHold, holdFiling } from '../../src/db/watch/filing.ts'
import { transact } from '../../src/db/connect.ts'
import type { Memory } from '../../src/domain/books/memory.ts'
import type { CancelAnswer, CancelRequest, SeenTicket } from '../../src/domain/gateway.ts'
import { refundId, type MerchantUid } from '../../src/domain/ids.ts'
import { commandRefund } from '../../src/domain/moves/people/refunds.ts'
import { activityDeps } from '../support/activityDeps.ts'
import { anEvidence, MINUTE, PATIENCE } from '../support/books.ts'
import { emptyQueues, moveBooks, paidOrder, readBooks } from '../support/booksDatabase.ts'
import { scriptedGateway } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

const database = await openTestDatabase()
const { db } = database
afterAll(database.close)

const LOST: CancelAnswer = { kind: 'unknown', said: 'no whole answer', repeatable: true }
const TAKEN: CancelAnswer = { kind: 'accepted', said: 'a ticket is filed', seenAs: 'request-1' }
let calls: CancelRequest[] = []
let answers: (CancelAnswer | Error)[] = []
const scripted = scriptedGateway()
const gateway = {
  ...scripted,
  repeats: {
    forMs: 150 * MINUTE,
    textOf: ({ refundId, checksum }: { refundId: string; checksum: number }) => `${refundId} of ${checksum}`,
  },
  look: () => Promise.resolve(scripted.truth[0]),
  cancel: async (request: CancelRequest): Promise<CancelAnswer> => {
    if (!request.mayStillSend()) return { kind: 'notSent', said: 'too late' }
    calls.push(request)
    const answer = answers.shift() ?? LOST
    if (answer instanceof Error) throw answer
    return answer
  },
}
const depsWith = (more: Partial<ActivityDeps> = {}): ActivityDeps => activityDeps(db, gateway, more)
const run = <T>(work: () => Promise<T>): Promise<T> => new MockActivityEnvironment().run(work)
const inFuture = (ms: number): string => new Date(Date.now() + ms).toISOString()

let count = 0
beforeEach(async () => {
  await emptyQueues(db)
  calls = []
  answers = []
})

type Asked = { readonly id: string; readonly order: MerchantUid }
async function asked(): Promise<Asked> {
  const { order, ref } = await paidOrder(db)
  scripted.truth = [anEvidence({ merchantUid: order, gatewayRef: ref })]
  count += 1
  const id = `r-${count}`
  const input = { refundId: id, merchantUid: order, reason: 'too small' }
  await beginRefund(depsWith(), { input, workflowId: `refund:${id}`, now: inFuture(0) })
  return { id, order }
}
const file = (id: string, deps = depsWith()) =>
  run(() => fileTicket(deps, { refundId: id, key: 'submit', now: inFuture(0) }))
async function lost(): Promise<Asked & { memory: Memory | undefined }> {
  const refund = await asked()
  const { state, memory } = await file(refund.id)
  expect(state).toBe('unknown')
  return { ...refund, memory }
}
let minutes = 0
const checkpoint = (id: string, deps = depsWith(), memory?: Memory) =>
  run(() => checkpointRefund(deps, { refundId: id, now: inFuture((minutes += 1) * MINUTE), ...(memory && { memory }) }))
const refundIn = async (order: MerchantUid) => (await readBooks(db, { merchantUid: order })).refunds[0]
const journalOf = async (id: string) => {
  const rows = await db.selectFrom('journal').select('what').where('refundId', '=', id).orderBy('id').execute()
  return rows.map(({ what }) => what).filter((what) => what.startsWith('ticket'))
}
const request = (id: string): SeenTicket => ({
  id: 'request-1',
  amount: 10_000,
  requestedAt: inFuture(0),
  reason: `#${id} too small`,
  mark: null,
  state: 'open',
})
const [one] = [() => calls[0]]

test('the same text under the same key tells how it ended, and a line is kept of it', async () => {
  const { id, order } = await lost()
  answers = [TAKEN]
  expect(await checkpoint(id)).toMatchObject({ state: 'ticketOpen' })
  expect(calls.map(({ authorisedBy }) => authorisedBy)).toEqual(['submit', 'submit'])
  expect(calls.map(({ asSent }) => asSent)).toEqual([undefined, `${id} of 10000`])
  expect(await journalOf(id)).toEqual([
    'ticket.intent',
    'ticket.ended',
    'ticket.repeated',
    'ticket.lateAnswer',
    'ticketFiled',
  ])
  expect(await refundIn(order)).toMatchObject({ tickets: [{ authorisedBy: 'submit', outcome: 'filed' }] })
})

test('a look that shows the request asks nobody again', async () => {
  const { id, order } = await lost()
  scripted.truth = scripted.truth.map((evidence) => ({ ...evidence, tickets: [request(id)] }))
  expect(await checkpoint(id)).toMatchObject({ state: 'ticketOpen' })
  expect(calls).toHaveLength(1)
  expect(await refundIn(order)).toMatchObject({ tickets: [{ outcome: 'filed', shownAs: 'request-1' }] })
})

test('a look that does not answer asks nobody again', async () => {
  const { id } = await lost()
  scripted.truth = []
  expect(await checkpoint(id, depsWith({ gateways: new Map() }))).toMatchObject({ state: 'unknown' })
  expect(calls).toHaveLength(1)
})

test.each<[string, CancelAnswer]>([
  ['the first call still runs', { kind: 'unknown', said: 'it still runs', repeatable: true }],
  ['this one was lost too', LOST],
  ['nobody was there', { kind: 'notSent', said: 'refused' }],
  ['its form is not taken', { kind: 'turnedDown', code: 'INVALID_REQUEST', said: 'the key' }],
])('%s: that says nothing of the first, and the next checkpoint asks again', async (_, answer) => {
  const { id, order } = await lost()
  answers = [answer, TAKEN]
  expect(await checkpoint(id)).toMatchObject({ state: 'unknown' })
  expect(await refundIn(order)).toMatchObject({ tickets: [{ authorisedBy: 'submit', outcome: 'unknown' }] })
  expect(await checkpoint(id)).toMatchObject({ state: 'ticketOpen' })
  expect(calls).toHaveLength(3)
  expect((await journalOf(id)).filter((what) => what === 'ticket.repeated')).toHaveLength(2)
})

test('a no of the gateway ends it as a no to the first call', async () => {
  const { id, order } = await lost()
  answers = [{ kind: 'turnedDown', code: 'PAYMENT_NOT_PAID', said: 'no' }]
  expect(await checkpoint(id)).toMatchObject({ state: 'refused' })
  expect(await refundIn(order)).toMatchObject({ tickets: [{ outcome: 'refused' }] })
})

test('a person’s next ticket waits 90 s for the answer to the repeat', async () => {
  const { id, order } = await lost()
  answers = [{ kind: 'turnedDown', code: 'PAYMENT_NOT_PAID', said: 'no' }]
  // Planned for long ago: what counts is when it was made, which is between these two readings of the same clock.
  const earliest = Date.now()
  await run(() => checkpointRefund(depsWith(), { refundId: id, now: inFuture(-MINUTE) }))
  const refund = await refundIn(order)
  const repeatedAt = Date.parse(refund?.tickets[0]?.repeatedAt ?? '')
  expect(repeatedAt).toBeGreaterThanOrEqual(earliest)
  expect(repeatedAt).toBeLessThanOrEqual(Date.now())
  const retry = (afterMs: number) =>
    moveBooks(db, { merchantUid: order }, (books) =>
      commandRefund(
        books,
        refundId(id),
        { kind: 'retryTicket', reason: 'the desk saw none' },
        { now: new Date(repeatedAt + afterMs).toISOString(), patience: PATIENCE },
      ),
    )
  await expect(retry(89_000)).rejects.toThrow('its answer may be on its way; ask again in 1 s')
  await retry(90_000)
  expect(await refundIn(order)).toMatchObject({ state: 'requested', authorisation: 'retry-2' })
})

describe('killed', () => {
  test('between the call and its outcome: the rows settle it, and the key answers', async () => {
    const { id } = await asked()
    answers = [new Error('killed')]
    await expect(file(id)).rejects.toThrow('could not be written')
    const settled = await run(() =>
      settleTicket(depsWith(), { refundId: id, key: 'submit', now: inFuture(0), mayHaveSent: true }),
    )
    expect(settled).toMatchObject({ state: 'unknown' })
    answers = [TAKEN]
    expect(await checkpoint(id)).toMatchObject({ state: 'ticketOpen' })
    expect(new Set(calls.map(({ authorisedBy }) => authorisedBy))).toEqual(new Set(['submit']))
  })

  test('while it asks again: it asks again, under the same key', async () => {
    const { id } = await lost()
    answers = [new Error('killed')]
    await expect(checkpoint(id)).rejects.toThrow('killed')
    answers = [TAKEN]
    expect(await checkpoint(id)).toMatchObject({ state: 'ticketOpen' })
    expect(calls.slice(1).map(({ asSent }) => asSent)).toEqual([`${id} of 10000`, `${id} of 10000`])
  })
})

describe('nobody is asked again', () => {
  const stays = async ({ id }: Asked, deps = depsWith(), memory?: Memory) => {
    await checkpoint(id, deps, memory)
    expect(calls).toHaveLength(1)
  }
  const set = (id: string, what: ReturnType<typeof sql>) =>
    sql`update tickets set ${what} where refund_id = ${id}`.execute(db)

  test('once its time is over', async () => {
    const refund = await lost()
    await set(refund.id, sql`repeat_until = clock_timestamp() - interval '1 second'`)
    await stays(refund)
  })

  test('where the first call stands in the future of these clocks', async () => {
    const refund = await lost()
    await set(refund.id, sql`intent_at = clock_timestamp() + interval '3 minutes'`)
    await stays(refund)
  })

  test('after an answer behind which a ticket may be hidden', async () => {
    const refund = await asked()
    answers = [{ kind: 'unknown', said: 'the provider said no, perhaps' }]
    await file(refund.id)
    await stays(refund)
    expect(await refundIn(refund.order)).toMatchObject({ tickets: [{ repeatUntil: null }] })
  })

  test('where the gateway takes no call again', async () => {
    const { repeats: _, ...once } = gateway
    const refund = await asked()
    const deps = depsWith({ gateways: new Map([[gateway.name, once]]) })
    await file(refund.id, deps)
    expect(await refundIn(refund.order)).toMatchObject({ tickets: [{ sentCall: null }] })
    await stays(refund)
  })

  test('while filing is held', async () => {
    const refund = await lost()
    await transact(db, 'hold', (trx) => holdFiling(trx, { who: 'ops:ann', reason: 'a restore' }))
    await stays(refund)
    await transact(db, 'release', (trx) => endHold(trx))
  })

  test('beside an open request of others', async () => {
    const refund = await lost()
    scripted.truth = scripted.truth.map((evidence) => ({
      ...evidence,
      tickets: [{ ...request('x'), reason: 'console' }],
    }))
    await stays(refund)
  })

  test('from a row that went back in time', async () => {
    const refund = await lost()
    expect(refund.memory).toBeDefined()
    const newer = refund.memory && { ...refund.memory, version: refund.memory.version + 5 }
    await stays(refund, depsWith(), newer)
    expect(await refundIn(refund.order)).toMatchObject({ state: 'unknown' })
  })

  test('once a person has authorised another ticket', async () => {
    const refund = await lost()
    await sql`update refunds set state = 'requested', authorisation = 'retry-1' where refund_id = ${refund.id}`.execute(
      db,
    )
    await stays(refund)
  })

  test('when five seconds are over between the commit and the call', async () => {
    const refund = await lost()
    const late = {
      ...gateway,
      cancel: (asked: CancelRequest) => {
        const real = Date.now
        Date.now = () => real() + 6_000
        try {
          return gateway.cancel(asked)
        } finally {
          Date.now = real
        }
      },
    }
    await stays(refund, depsWith({ gateways: new Map([[gateway.name, late]]) }))
    expect(await journalOf(refund.id)).toContain('ticket.repeatFailed')
  })
})

test('what is sent again keeps the balance of the first call, so that money which moved since ends it with a no', async () => {
  const { id } = await lost()
  const first = one()?.checksum
  scripted.truth = scripted.truth.map((evidence) => ({
    ...evidence,
    returned: 1_000,
    status: 'cancelled',
    entries: [{ cancellationId: 'c9', amount: 1_000, cancelledAt: null, reason: 'console', mark: 'console' }],
  }))
  await checkpoint(id)
  expect(first).toBe(10_000)
  // It no longer fits, so it is not asked for at all.
  expect(calls).toHaveLength(1)
})
