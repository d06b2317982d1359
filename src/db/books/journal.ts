// The journal: append-only lines, written in the transaction of the move that they tell.
// Must not know: who reads them.
import type { JournalLine } from '../../domain/books/books.ts'
import type { Trx } from '../connect.ts'
import { writeAll, type Insert } from './batch.ts'

type Heading = { readonly who: string; readonly at: string; readonly merchantUid: string | null }

export const writeJournal = (trx: Trx, lines: readonly JournalLine[], heading: Heading): Promise<void> =>
  writeAll(trx, [journalWrite(lines, heading)])

export function journalWrite(lines: readonly JournalLine[], heading: Heading): Insert {
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
    facts: line.facts ?? null,
  }))
  return { into: 'journal', rows }
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
