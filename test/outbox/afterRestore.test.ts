// After a restore with Temporal's namespace lost as well: what may have been filed since the backup, under the authorisation that the
// row still has, counts as filed.
// Must not know: the command line, gateways. Temporal is there and knows nothing.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { draftOf, decided, putRefund } from '../../src/domain/books/draft.ts'
import { refundId } from '../../src/domain/ids.ts'
import { compareMemories } from '../../src/outbox/afterRestore.ts'
import { createTemporalClient, type TemporalClient } from '../../src/temporal/client.ts'
import type { Refund } from '../../src/domain/books/books.ts'
import { aRefund, aTicket, PATIENCE, setting } from '../support/books.ts'
import { moveBooks, outboxOf, paidOrder } from '../support/booksDatabase.ts'
import { openTestDatabase } from '../support/database.ts'
import { MAKING_MS } from '../support/temporalCli.ts'
import { startTestServer, type TestServer } from '../support/temporalWorld.ts'

vi.setConfig({ hookTimeout: MAKING_MS, testTimeout: 60_000 })
const { db, close } = await openTestDatabase()
let server: TestServer
let temporal: TemporalClient
beforeAll(async () => {
  server = await startTestServer()
  temporal = createTemporalClient({ address: server.address, namespace: 'default' })
})
afterAll(async () => {
  await temporal.close()
  await server.stop()
  await close()
})

const compared = async () =>
  (await compareMemories({ db, client: temporal.client, patience: PATIENCE, links: () => null, say: () => {} })).found
async function refund(id: string, shown: Partial<Refund>): Promise<void> {
  const { order, ref } = await paidOrder(db)
  await moveBooks(db, { merchantUid: order }, (books) => {
    const draft = draftOf(books, setting())
    const row = aRefund({ tickets: [], ...shown, refundId: id })
    putRefund(draft, { ...row, merchantUid: order, gatewayRef: ref })
    return decided(draft)
  })
}
const rowOf = (id: string) =>
  db.selectFrom('refunds').select(['state', 'said']).where('refundId', '=', refundId(id)).executeTakeFirstOrThrow()

describe('is taken as filed', () => {
  test.each([
    ['what was only asked for', { state: 'requested' }],
    ['what a contradiction held, and its release lets go on', { state: 'blocked', blockedBecause: 'contradicted' }],
    ['what waited for an approval', { state: 'blocked', blockedBecause: 'approvalNeeded' }],
  ] as const)('%s', async (_, shown) => {
    const id = `may-${shown.state}-${'blockedBecause' in shown ? shown.blockedBecause : ''}`
    await refund(id, shown)
    const found = { saga: `refund:${id}`, found: 'nobody remembers whether it was filed', state: 'unknown' }
    expect(await compared()).toContainEqual(found)
    expect(await rowOf(id)).toMatchObject({ state: 'unknown', said: expect.stringContaining('went back in time') })
    const alerts = (await outboxOf(db, `refund:${id}`)).filter(({ kind }) => kind === 'alert')
    expect(alerts.map(({ payload }) => payload)).toContainEqual(expect.objectContaining({ level: 'page' }))
    expect(await compared(), 'a second time there is nothing to find').not.toContainEqual(found)
  })
})

test.each([
  ['waits for its ticket', { state: 'ticketOpen', tickets: [aTicket()] }],
  ['a person must authorise anew', { state: 'blocked', blockedBecause: 'notRefundable' }],
  ['was refused', { state: 'refused', tickets: [aTicket({ outcome: 'refused' })] }],
] as const)('what %s is left as it is', async (_, shown) => {
  const id = `left-${shown.state}`
  await refund(id, { ...shown, tickets: 'tickets' in shown ? [...shown.tickets] : [] })
  expect((await compared()).map(({ saga }) => saga)).not.toContain(`refund:${id}`)
  expect(await rowOf(id)).toMatchObject({ state: shown.state })
})
