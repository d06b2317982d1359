// Which sagas are open: by SQL where that can tell, else by their books.
// Must not know: Temporal, why it is asked.
import { viewBooks } from '../db/books/books.ts'
import { transact, type Db, type Trx } from '../db/connect.ts'
import { countOpen, openPayments, openRefunds, openStrays, unsurePayments, type OpenRow } from '../db/lists/open.ts'
import { paymentClosed } from '../domain/books/balance.ts'
import { merchantUid } from '../domain/ids.ts'

export const OPEN_ROWS = { payment: openPayments, refund: openRefunds, stray: openStrays } as const
type Kind = keyof typeof OPEN_ROWS
const PAGE = 500

/** Of these rows, the ids of those whose saga has something to do. */
export async function reallyOpen(trx: Trx, rows: readonly OpenRow[]): Promise<readonly string[]> {
  const open: string[] = []
  for (const { id, sure } of rows) {
    if (sure || !paymentClosed((await viewBooks(trx, { merchantUid: merchantUid(id) })).books)) open.push(id)
  }
  return open
}

export async function countOpenSagas(db: Db, kind: Kind, log: (line: string) => void): Promise<number> {
  const sure = await countOpen(db, kind)
  return kind === 'payment' ? sure + (await countUnsure(db, log)) : sure
}

async function countUnsure(db: Db, log: (line: string) => void): Promise<number> {
  let [count, after] = [0, '']
  for (;;) {
    const rows = await unsurePayments(db, { after, limit: PAGE })
    const open = await transact(db, 'count open payments', (trx) => reallyOpen(trx, rows), log)
    count += open.length
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return count
    after = last.id
  }
}

/** Whether the saga of this kind and id is open; false where it has no row. */
export async function isOpenSaga(db: Db, kind: Kind, id: string): Promise<boolean> {
  const rows = await OPEN_ROWS[kind](db, { after: '', limit: 1, quietMs: 0, among: [id] })
  return (await transact(db, 'is it open', (trx) => reallyOpen(trx, rows))).length > 0
}
