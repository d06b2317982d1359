// A refund's look may be the first that shows a paid order, so that the account is not remembered yet: between an intent and its call
// nobody asks for it.
// Must not know: Temporal servers, which gateway it is.
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, expect, test, vi } from 'vitest'
import { beginRefund } from '../../activities/begin/begin.ts'
import { fileTicket } from '../../activities/ticket/ticket.ts'
import type { CancelAnswer, CancelRequest, Gateway } from '../../src/domain/gateway.ts'
import { accountOf } from '../../src/db/watch/accounts.ts'
import { look } from '../../src/inbox/look.ts'
import { activityDeps } from '../support/activityDeps.ts'
import { anEvidence, GATEWAY } from '../support/books.ts'
import { paidOrder, readBooks } from '../support/booksDatabase.ts'
import { scriptedGateway } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

const database = await openTestDatabase()
const { db } = database
afterAll(database.close)

const realNow = Date.now
const LATE = {
  'that is cut off': () => Promise.reject(new Error('the worker stops')),
  'whose answer is late': () => {
    vi.spyOn(Date, 'now').mockImplementation(() => realNow() + 6_000)
    return Promise.resolve([])
  },
} as const satisfies Record<string, Gateway['account']>

const shown = async (account: Gateway['account']) => {
  const { order, ref } = await paidOrder(db)
  const paid = anEvidence({ merchantUid: order, gatewayRef: ref })
  const gateway = {
    ...scriptedGateway(),
    look: () => Promise.resolve(paid),
    account,
    cancel: ({ mayStillSend }: CancelRequest): Promise<CancelAnswer> =>
      Promise.resolve(mayStillSend() ? { kind: 'answered', evidence: paid } : { kind: 'notSent', said: 'too late' }),
  }
  return { order, ref, deps: activityDeps(db, gateway) }
}

test.each(Object.entries(LATE))('a question for the account %s keeps no call from going out', async (_, account) => {
  const { order, deps } = await shown(account)
  const id = `r-${order}`
  const now = new Date().toISOString()
  await beginRefund(deps, { input: { refundId: id, merchantUid: order, reason: 'x' }, workflowId: `refund:${id}`, now })
  try {
    await new MockActivityEnvironment().run(() => fileTicket(deps, { refundId: id, key: 'submit', now }))
  } finally {
    vi.restoreAllMocks()
  }
  expect((await readBooks(db, { merchantUid: order })).refunds).toMatchObject([
    { state: 'ticketOpen', tickets: [{ outcome: 'filed' }] },
  ])
})

test('any other look that shows a paid order remembers the account', async () => {
  const { ref, deps } = await shown(() => Promise.resolve(['a channel']))
  await look(deps, { gateway: GATEWAY, gatewayRef: ref }, { who: 'look' })
  expect(await accountOf(db, GATEWAY)).toMatchObject({ channels: ['a channel'] })
})
