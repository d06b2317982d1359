// The answer to a cancel call comes after a look has found the cancel booked: the row says of its call what the answer showed.
// Must not know: Temporal servers, which gateway it is.
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, expect, test } from 'vitest'
import { beginRefund } from '../../activities/begin/begin.ts'
import { fileTicket } from '../../activities/ticket/ticket.ts'
import type { CancelAnswer } from '../../src/domain/gateway.ts'
import { look } from '../../src/inbox/look.ts'
import { activityDeps } from '../support/activityDeps.ts'
import { anEntry, anEvidence } from '../support/books.ts'
import { paidOrder, readBooks } from '../support/booksDatabase.ts'
import { scriptedGateway } from '../support/booksGateway.ts'
import { openTestDatabase } from '../support/database.ts'

const database = await openTestDatabase()
const { db } = database
afterAll(database.close)

test.each([
  ['shows it booked', 'doneAtOnce'],
  ['shows what was there before', 'filed'],
] as const)('where the answer %s, its call ended as %s', async (what, outcome) => {
  const { order, ref } = await paidOrder(db)
  const id = `r-${outcome}`
  const paid = anEvidence({ merchantUid: order, gatewayRef: ref })
  const booked = anEvidence({
    ...paid,
    status: 'cancelled',
    returned: 10_000,
    entries: [anEntry({ reason: `#${id} x` })],
  })
  const scripted = scriptedGateway()
  scripted.truth = [paid]
  const gateway = {
    ...scripted,
    look: () => Promise.resolve(scripted.truth[0]),
    cancel: async (): Promise<CancelAnswer> => {
      // Its ticket is worked off, and its webhook looked at, before the answer is here.
      scripted.truth = [booked]
      await look(deps, { gateway: paid.gateway, gatewayRef: ref }, { who: 'look' })
      return { kind: 'answered', evidence: outcome === 'filed' ? paid : booked }
    },
  }
  const deps = activityDeps(db, gateway)
  const now = new Date().toISOString()
  await beginRefund(deps, { input: { refundId: id, merchantUid: order, reason: 'x' }, workflowId: `refund:${id}`, now })
  await new MockActivityEnvironment().run(() => fileTicket(deps, { refundId: id, key: 'submit', now }))

  const { refunds } = await readBooks(db, { merchantUid: order })
  expect(refunds, what).toMatchObject([{ state: 'refunded', tickets: [{ authorisedBy: 'submit', outcome }] }])
})
