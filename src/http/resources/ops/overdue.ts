// What is overdue, as ops read it: the same that the watchdog pages for, with a link to each
// workflow.
// Must not know: Temporal, when people are told.
import { readTogether } from '../../../db/connect.ts'
import { readOverdue } from '../../../db/watch/overdue.ts'
import { amountText, overdueCount, OVERDUE_AFTER } from '../../../domain/shown/watchdog.ts'
import type { HttpDeps } from '../../server/deps.ts'
import type { Answer } from '../../server/route.ts'
import type { OverdueQuery } from './opsSchemas.ts'

export function getOverdue(
  { db, links, overdueAfter = OVERDUE_AFTER }: HttpDeps,
  { query }: { query: OverdueQuery },
): Promise<Answer> {
  return readTogether(db, 'list overdue', async (trx) => {
    const { asOf, sums, oldest, lateWake, sweeps, schedules } = await readOverdue(trx, overdueAfter, query.limit)
    const body = {
      asOf,
      count: overdueCount(sums),
      sums: sums.map((sum) => ({ ...sum, money: amountText(sum.amount, sum.currency) })),
      rows: oldest.map((row) => ({
        ...row,
        money: amountText(row.amount, row.currency),
        temporalUi: links(row.saga),
      })),
      wake: lateWake === null ? null : { since: lateWake },
      sweeps,
      schedules,
    }
    return { status: 200, body }
  })
}
