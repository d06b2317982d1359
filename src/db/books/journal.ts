// The journal: append-only lines, written in the transaction of the move that they tell.
// Must not know: who reads them.
import type { JournalLine } from '../../domain/books/books.ts'
import type { Trx } from '../connect.ts'

type Heading = { readonly who: string; readonly at: string; readonly merchantUid: string | null }

export async function writeJournal(trx: Trx, lines: readonly JournalLine[], heading: Heading): Promise<void> {
  if (lines.length === 0) return
  const rows = lines.map((line) => ({
    who: heading.who,
    at: heading.at,
    merchantUid: heading.merchantUid,
    what: line.what,
    refundId: line.refundId ?? null,
    gatewayRef: line.gatewayRef ?? null,
    fromState: line.from ?? null,
    toState: line.to ?? null,
    why: line.why,
    facts: line.facts === undefined ? null : JSON.stringify(line.facts),
  }))
  await trx.insertInto('journal').values(rows).execute()
}

/** Lines of one order, the oldest first. */
export async function readJournal(trx: Trx, merchantUid: string, limit: number) {
  return trx
    .selectFrom('journal')
    .selectAll()
    .where('merchantUid', '=', merchantUid)
    .orderBy('id')
    .limit(limit)
    .execute()
}
