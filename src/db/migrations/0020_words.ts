// What waits is found in words that fit one index, or of which the planner has no statistics. While
// next to nothing waits, those say that any index on what waits has one row, so that any will do;
// and what comes then in a flood is read whole for each row of a claim, until the next analyze,
// which a flood that is small beside all that is settled never brings about.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { index, steps, withoutIndex } from '../migrating.ts'

const LANE = sql`(case when source <> 'sweep' then 0 when sweep_id is null then 1 else 2 end)`
const AGE = sql`(coalesce(replayed_at, created_at))`
/** Walked in its order, be it one row or many. `state = …` would fit other indexes, too. */
const UNSETTLED = sql`state not in ('delivered', 'parked')`
const UNLOOKED = sql`state not in ('looked', 'parked')`
/** Of an expression a fixed share of all rows is assumed: many, so that a key is used whole. */
const PENDING = sql`state || '' = 'pending'`
const RECEIVED = sql`state || '' = 'received'`

export const up = steps(
  index('outbox_due', sql`outbox (kind, due_at) where ${UNSETTLED}`),
  index('outbox_told', sql`outbox (target, kind, id) where ${PENDING}`),
  index('outbox_age', sql`outbox (kind, ${AGE}) where ${PENDING}`),
  index('inbox_due', sql`inbox (${LANE}, due_at) where ${UNLOOKED} and subject is not null and signed_key is null`),
  index('inbox_about', sql`inbox (gateway, subject) where ${RECEIVED}`),
  // Its words are those of a version before the last. By outbox_target, outbox_oldest,
  // outbox_oldest_wake, inbox_unlooked, inbox_subject and inbox_lanes the last one asks: they go
  // when nobody runs it any more.
  withoutIndex('inbox_unlooked_order'),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`create index inbox_unlooked_order on inbox (merchant_uid) where state = 'received'`.execute(db)
  await sql`drop index outbox_due, outbox_told, outbox_age, inbox_due, inbox_about`.execute(db)
}
