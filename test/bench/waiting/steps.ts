// What is asked of the database again and again, whatever waits in it: what loops claim, what people list, what a saga reads.
// Must not know: how much waits, clocks.
import { loadBooks } from '../../../src/db/books/books.ts'
import { listPayments } from '../../../src/db/books/payments.ts'
import { listRefunds } from '../../../src/db/books/refunds.ts'
import { transact, type Db, type Trx } from '../../../src/db/connect.ts'
import { claimLooks } from '../../../src/db/hints/looks.ts'
import { databaseGauges } from '../../../src/db/lists/gauges.ts'
import { listStuck, sumStuck } from '../../../src/db/lists/stuck.ts'
import { claim } from '../../../src/db/outgoing/outgoing.ts'
import { merchantUid } from '../../../src/domain/ids.ts'

const LEASE_MS = 3_600_000
const listed = (work: (trx: Trx) => Promise<unknown>) => (db: Db) => transact(db, 'list', work)

export const STEPS: Readonly<Record<string, (db: Db) => Promise<unknown>>> = {
  'claim of 20 wakes': (db) => claim(db, 'wake', 20, LEASE_MS),
  'claim of 20 notices': (db) => claim(db, 'notice', 20, LEASE_MS),
  'claim of 8 looks': (db) => claimLooks(db, { limit: 8, leaseMs: LEASE_MS, mostUnlinked: 5 }),
  '20 refunds of one state': listed((trx) => listRefunds(trx, { state: 'ticketOpen', limit: 20 })),
  '100 refunds of one state': listed((trx) => listRefunds(trx, { state: 'ticketOpen', limit: 100 })),
  '100 payments of one state': listed((trx) => listPayments(trx, { state: 'cancelPending', limit: 100 })),
  'the 100 longest waiting refunds, and their sums': listed(async (trx) => {
    await listStuck(trx, { sort: 'age', limit: 100 })
    await sumStuck(trx, { sort: 'age', limit: 100 })
  }),
  'the gauges of /metrics': (db) => databaseGauges(db, { noticesLeave: true, overdueAfter: undefined }),
  'the books of an order, locked': listed((trx) => loadBooks(trx, { merchantUid: merchantUid('o-7') })),
}
