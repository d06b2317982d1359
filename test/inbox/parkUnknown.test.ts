// Hints of an order that nobody knows are parked, but never what the gateway's own list told in the same moment: that is money.
// Must not know: looks.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/connect.ts'
import { keepHint } from '../../src/db/hints/hints.ts'
import { claimLooks, parkUnknown } from '../../src/db/hints/looks.ts'
import { GATEWAY } from '../support/books.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

test('a sweep that tells of the reference between the claim and the parking is looked at', async () => {
  const { db } = database
  const hint = { gateway: GATEWAY, gatewayRef: 'imp_early', merchantUid: 'early-1' }
  await keepHint(db, { ...hint, source: 'webhook' })
  const claim = async () => (await claimLooks(db, { limit: 1, leaseMs: 0, mostUnlinked: 5 })).claims
  const [first] = await claim()
  if (!first) throw new Error('nothing was claimed')
  const claimed = first.candidate
  expect(claimed).toMatchObject({ trusted: false, orderKnown: false })
  await keepHint(db, { ...hint, source: 'sweep' })

  expect(await parkUnknown(db, [claimed])).toBe(1)
  const rows = await db.selectFrom('inbox').select(['source', 'state']).orderBy('id').execute()
  expect(rows).toEqual([
    { source: 'webhook', state: 'parked' },
    { source: 'sweep', state: 'received' },
  ])
  expect(await claim()).toMatchObject([{ candidate: { trusted: true } }])
})
