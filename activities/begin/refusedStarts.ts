// A refused start must disturb nothing: the saga of the row that has its name is woken again.
// Must not know: why it was refused.
import { viewBooks, refundAbout } from '../../src/db/books/books.ts'
import { transact, type Db, type Trx } from '../../src/db/connect.ts'
import { putLaterWake } from '../../src/db/outgoing/outgoing.ts'
import { paymentClosed } from '../../src/domain/books/balance.ts'
import { Failure, FAILURES } from '../../src/domain/failures.ts'
import { merchantUid, OWN_ID, refundId } from '../../src/domain/ids.ts'
import { refundClosed } from '../../src/domain/refund.ts'

type Deps = { readonly db: Db; readonly log: (line: string) => void }

/**
 * By then the refused run is over; if it is not, its first step runs once more and wakes once more.
 */
const OVER_AFTER_MS = 2_000

/**
 * A refused first step ends its run, and with it goes the news that the run was sent: perhaps the
 * very wake of a row that had no other run. So an open row of this name is woken once more, a
 * moment later. What Temporal tries again is no refusal.
 */
export async function wokenIfRefused<Step>(
  { db, log }: Deps,
  workflowId: string,
  begin: () => Promise<Step>,
): Promise<Step> {
  try {
    return await begin()
  } catch (error) {
    if (error instanceof Failure && !FAILURES[error.kind].retry) {
      const wake = async (trx: Trx) => {
        if (await hasOpenRow(trx, workflowId)) await putLaterWake(trx, workflowId, OVER_AFTER_MS)
      }
      await transact(db, 'wake after a refused start', wake, log)
    }
    throw error
  }
}

async function hasOpenRow(trx: Trx, workflowId: string): Promise<boolean> {
  const [, kind, id = ''] = /^(payment|refund):(.*)$/s.exec(workflowId) ?? []
  if (kind === undefined || !OWN_ID.test(id)) return false
  if (kind === 'payment') {
    const { books } = await viewBooks(trx, { merchantUid: merchantUid(id) })
    return books.payment !== undefined && !paymentClosed(books)
  }
  const about = await refundAbout(trx, refundId(id))
  const found = about && (await viewBooks(trx, about)).books.refunds.find((each) => each.refundId === id)
  return found !== undefined && !refundClosed(found)
}
