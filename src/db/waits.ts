// What waits in the outbox and the inbox, in the words of their indexes (migration 0020), of which
// the planner has no statistics: those are from calm times, and by them any index would do.
// Must not know: what it waits for.
import { sql, type RawBuilder } from 'kysely'

/** Of a table or its alias; without one where there is but one table. */
const words =
  (state: string) =>
  (of?: string): RawBuilder<boolean> =>
    sql<boolean>`${sql.raw(of === undefined ? '' : `${of}.`)}state || '' = ${sql.lit(state)}`

export const pending = words('pending')
export const received = words('received')
