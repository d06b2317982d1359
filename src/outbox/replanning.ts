// Replanning: open refunds that wait for another checkpoint than the patience of today would plan
// are woken, and plan anew.
// Must not know: what patience says, timers. A wake too many does no harm; one too few would hold
// the old plan until its next checkpoint.
import { databaseNow } from '../db/clock.ts'
import { transact, type Db } from '../db/connect.ts'
import { waitingRefunds } from '../db/lists/open.ts'
import { putMissingWakes } from '../db/outgoing/outgoing.ts'
import { isReplanned } from '../domain/books/waits.ts'
import { refundWorkflowId } from '../domain/ids.ts'
import type { Patience } from '../domain/patience.ts'
import { startLoop, type Loop } from '../loop.ts'

export type ReplanDeps = {
  readonly db: Db
  readonly patience: Patience
  readonly log: (line: string) => void
  readonly kick: () => void
}

const PAGE = 500
/**
 * At the start, and once more: a worker of an earlier start may have answered the first wakes
 * before it ended.
 */
const ROUNDS = 2
const EVERY_MS = 600_000

export function startReplanning(deps: ReplanDeps): Loop {
  let roundsLeft = ROUNDS
  const work = async () => {
    if (roundsLeft > 0) await wakeReplanned(deps)
    roundsLeft = Math.max(0, roundsLeft - 1)
    return false
  }
  return startLoop({ name: 'replanning', pollMs: EVERY_MS, log: deps.log, work })
}

/** All open refunds, a page in each transaction; returns how many wakes were put. */
export async function wakeReplanned({ db, patience, log, kick }: ReplanDeps): Promise<number> {
  let [woken, after] = [0, '']
  for (;;) {
    const page = await transact(
      db,
      'replan',
      async (trx) => {
        const [now, rows] = [await databaseNow(trx), await waitingRefunds(trx, { after, limit: PAGE })]
        const replanned = rows.filter((row) => isReplanned(row, patience, now))
        const sagas = replanned.map(({ refundId }) => refundWorkflowId(refundId))
        return { last: rows.at(-1)?.refundId, woken: await putMissingWakes(trx, sagas) }
      },
      log,
    )
    woken += page.woken
    if (page.last === undefined) break
    after = page.last
  }
  if (woken > 0) {
    log(`${woken} waiting refunds follow a changed REFUND_PATIENCE from now on`)
    kick()
  }
  return woken
}
