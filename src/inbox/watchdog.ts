// The watchdog: asks the database what is overdue, and tells people, once for all processes.
// Must not know: Temporal, gateways, workers. It is for the time when those are broken, so it lives
// in every process.
import { transact, type Db } from '../db/connect.ts'
import { alertRow, putOutgoing } from '../db/outgoing/outgoing.ts'
import { readOverdue } from '../db/watch/overdue.ts'
import { lockWatch, noteOver, notePaged } from '../db/watch/watches.ts'
import type { Alert } from '../domain/books/books.ts'
import {
  anythingOverdue,
  OVERDUE_AFTER,
  overSentence,
  pageSentence,
  verdictOn,
  type OverdueAfter,
} from '../domain/shown/watchdog.ts'
import { type Said } from '../language.ts'

export type WatchDeps = {
  readonly db: Db
  readonly log: (line: string) => void
  /** OVERDUE_AFTER and an hour where nothing is said. */
  readonly overdueAfter?: OverdueAfter
}

const WATCH = 'overdue'
const NAMED = 5

/**
 * What it told; alerts are polled for, so nobody needs to be kicked. The row is held while it asks:
 * two processes would else each believe what was true before the other spoke.
 */
export async function watchOnce({
  db,
  log,
  overdueAfter = OVERDUE_AFTER,
}: WatchDeps): Promise<'page' | 'over' | 'nothing'> {
  return transact(
    db,
    'watch',
    async (trx) => {
      const { since, mayPage } = await lockWatch(trx, WATCH)
      const found = await readOverdue(trx, overdueAfter, NAMED)
      const said = verdictOn(anythingOverdue(found), { open: since !== null, mayPage })
      if (said === 'page') {
        await notePaged(trx, WATCH)
        await putOutgoing(trx, [alertRow(told('page', 'overdue', pageSentence(found)), found.asOf)])
      }
      if (said === 'over' && since !== null) {
        await noteOver(trx, WATCH)
        await putOutgoing(trx, [alertRow(told('remind', 'overdueOver', overSentence(since, found.asOf)), found.asOf)])
      }
      return said
    },
    log,
  )
}

const told = (level: Alert['level'], kind: 'overdue' | 'overdueOver', sentence: Said): Alert => ({
  level,
  kind,
  saga: 'watchdog',
  sentence,
})
