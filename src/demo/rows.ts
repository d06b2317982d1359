// What the merchant's database holds: the rows themselves, beside what the API answers.
// Must not know: the API. It only reads.
import { sql } from 'kysely'
import type { Db } from '../db/connect.ts'
import { merchantUid, refundId } from '../domain/ids.ts'

export type Rows = ReturnType<typeof createRows>

/** All that could move: a forged webhook may add to the inbox, and to nothing else. */
export type Books = {
  readonly payments: number
  readonly refunds: number
  readonly journal: number
  readonly outbox: number
}

export function createRows(db: Db) {
  return {
    payment: (id: string) =>
      db.selectFrom('payments').select('state').where('merchantUid', '=', merchantUid(id)).executeTakeFirstOrThrow(),
    refund: (id: string) =>
      db.selectFrom('refunds').select('state').where('refundId', '=', refundId(id)).executeTakeFirstOrThrow(),
    /**
     * Webhooks as received for an order, the oldest first; `times`: how many said the same while it
     * waited.
     */
    webhooks: (id: string, source: 'webhook' | 'pingback' = 'webhook') =>
      db
        .selectFrom('inbox')
        .select(['saidStatus', 'state', 'parkedBecause', 'mismatched', 'times'])
        .where('merchantUid', '=', id)
        .where('source', '=', source)
        .orderBy('id')
        .execute(),
    /** What a gateway has signed of one payment, as it came. */
    signed: async (ref: string) => {
      const columns = ['body', 'state', 'times'] as const
      const signed = db
        .selectFrom('inbox')
        .select(columns)
        .where('gatewayRef', '=', ref)
        .where('signedKey', 'is not', null)
      const rows = await signed.orderBy('id').execute()
      return rows.map(({ body, ...row }) => ({ ...row, query: Buffer.from(body ?? '').toString() }))
    },
    inbox: async () => {
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from inbox`.execute(db)
      return rows[0]?.count ?? 0
    },
    /** Webhooks that no look has answered, and wakes that Temporal has not accepted. */
    underWay: async () => {
      const { rows } = await sql<{ hints: number; wakes: number }>`
        select (select count(*) from inbox where source in ('webhook', 'pingback') and state = 'received')::int as hints,
          (select count(*) from outbox where kind = 'wake' and state = 'pending')::int as wakes`.execute(db)
      return rows[0] ?? { hints: 0, wakes: 0 }
    },
    books: async (): Promise<Books> => {
      const { rows } = await sql<Books>`
        select (select count(*) from payments)::int as payments, (select count(*) from refunds)::int as refunds,
          (select count(*) from journal)::int as journal, (select count(*) from outbox)::int as outbox`.execute(db)
      return rows[0] ?? { payments: 0, refunds: 0, journal: 0, outbox: 0 }
    },
  }
}
