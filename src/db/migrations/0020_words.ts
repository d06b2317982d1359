// What waits is found in words of which the planner has no statistics. While next to nothing waits,
// those say that any index on what waits has one row, so that any will do; and what comes then in a
// flood is read whole for each row of a claim, until the next analyze, which a flood that is small
// beside all that is settled never brings about.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { index, steps, withoutIndex } from '../migrating.ts'

const LANE = sql`(case when source <> 'sweep' then 0 when sweep_id is null then 1 else 2 end)`
const AGE = sql`(coalesce(replayed_at, created_at))`
/** Of an expression a fixed share of all rows is assumed: many, so that a key is used whole. */
const PENDING = sql`state || '' = 'pending'`
const RECEIVED = sql`state || '' = 'received'`
/** In words that no other index has: one row or many, it is walked in its order. */
const UNLOOKED = sql`state not in ('looked', 'parked') and subject is not null and signed_key is null`

export const up = steps(
  index('outbox_told', sql`outbox (target, kind, id) where ${PENDING}`),
  index('outbox_age', sql`outbox (kind, ${AGE}) where ${PENDING}`),
  index('inbox_due', sql`inbox (${LANE}, due_at) where ${UNLOOKED}`),
  index('inbox_about', sql`inbox (gateway, subject) where ${RECEIVED}`),
  withoutIndex('outbox_target'),
  withoutIndex('outbox_oldest_wake'),
  withoutIndex('outbox_oldest'),
  withoutIndex('inbox_unlooked'),
  withoutIndex('inbox_unlooked_order'),
  withoutIndex('inbox_subject'),
  withoutIndex('inbox_lanes'),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  const before = [
    ['outbox_target', sql`outbox (kind, target) where state = 'pending'`],
    ['outbox_oldest_wake', sql`outbox (${AGE}) where kind = 'wake' and state = 'pending'`],
    ['outbox_oldest', sql`outbox (kind, ${AGE}) where kind <> 'wake' and state = 'pending'`],
    ['inbox_unlooked', sql`inbox (due_at) where state = 'received'`],
    ['inbox_unlooked_order', sql`inbox (merchant_uid) where state = 'received'`],
    ['inbox_subject', sql`inbox (gateway, subject) where state = 'received'`],
    [
      'inbox_lanes',
      sql`inbox (${LANE}, due_at) where state = 'received' and subject is not null and signed_key is null`,
    ],
  ] as const
  for (const [name, on] of before) await sql`create index ${sql.ref(name)} on ${on}`.execute(db)
  await sql`drop index outbox_told, outbox_age, inbox_due, inbox_about`.execute(db)
}
