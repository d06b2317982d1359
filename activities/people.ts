// What people do to a running saga: a cancellation asked for in the Temporal UI is noted, and stops nothing.
// Must not know: HTTP, keys.
import { cancelRequested } from '../src/domain/attention.ts'
import { merchantUid, refundId } from '../src/domain/ids.ts'
import { loadBooks } from '../src/db/books.ts'
import { carryOut } from '../src/db/carryOut.ts'
import { transact } from '../src/db/connect.ts'
import type { ActivityDeps } from './deps.ts'
import { loadRefund, mover } from './rows.ts'

export type CancelRequested = { readonly workflowId: string; readonly now: string }

export async function noteCancelRequest(deps: ActivityDeps, { workflowId, now }: CancelRequested): Promise<void> {
  const [kind, id = ''] = workflowId.split(':')
  await transact(
    deps.db,
    'cancel requested',
    async (trx) => {
      const refund = kind === 'refund' ? refundId(id) : undefined
      const loaded = refund ? await loadRefund(trx, refund) : await loadBooks(trx, { merchantUid: merchantUid(id) })
      await carryOut(
        trx,
        loaded,
        cancelRequested(loaded.books, refund, { now, patience: deps.patience }),
        mover(deps, workflowId, now),
      )
    },
    deps.log,
  )
  deps.kick()
}
