// How many rows there are of each kind, and how much money is in them, from what the commits that
// moved them have counted: a line for each change (migrations/0017), folded together now and then.
// Must not know: who asks. A sum costs as much as there are kinds and changes since the last fold,
// however many rows wait.
import { sql, type RawBuilder } from 'kysely'
import type { Db } from '../connect.ts'

/** Fewer lines than this are not worth a write. */
const WORTH_FOLDING = 500
export const FOLDED_AT_ONCE = 5_000

type Tallied = { readonly keys: RawBuilder<unknown>; readonly numbers: readonly string[] }
const TALLIES = {
  refund_tallies: {
    keys: sql`state, ticket_dead, matched_by_amount, currency, attention, owned`,
    numbers: ['count', 'amount'],
  },
  payment_tallies: { keys: sql`state`, numbers: ['count'] },
} as const satisfies Record<string, Tallied>

/** One portion of each: many lines become one for each kind. True where there may be more. */
export async function foldTallies(db: Db): Promise<boolean> {
  const refunds = await fold(db, 'refund_tallies')
  const payments = await fold(db, 'payment_tallies')
  return Math.max(refunds, payments) === FOLDED_AT_ONCE
}

/** Those that another process folds just now are left to it. */
async function fold(db: Db, table: keyof typeof TALLIES): Promise<number> {
  const { keys, numbers } = TALLIES[table]
  const sums = numbers.map((number) => sql`sum(${sql.ref(number)})`)
  const anyLeft = sql.join(
    sums.map((sum) => sql`${sum} <> 0`),
    sql` or `,
  )
  const few = sql`(select count(*) from (select 1 from ${sql.table(table)} limit ${WORTH_FOLDING}) as lines) < ${WORTH_FOLDING}`
  const { rows } = await sql<{ folded: number }>`
    with taken as (delete from ${sql.table(table)} where id in (
        select id from ${sql.table(table)} where not ${few} order by id limit ${FOLDED_AT_ONCE} for update skip locked)
      returning *),
    kept as (insert into ${sql.table(table)} (${keys}, ${sql.join(numbers.map((number) => sql.ref(number)))})
      select ${keys}, ${sql.join(sums)} from taken group by ${keys} having ${anyLeft})
    select count(*)::float8 as folded from taken`.execute(db)
  return rows[0]?.folded ?? 0
}

/** Refunds `r` of a condition over their kind: state, ticket_dead, matched_by_amount, attention. */
export const refundTallies = (which: RawBuilder<unknown>, keys: RawBuilder<unknown>) => sql`
  select ${keys}, sum(r.count)::float8 as count, sum(r.amount)::float8 as amount from refund_tallies r where ${which}
  group by ${keys} having sum(r.count) > 0`

/** Payments `p` of a condition over their state. */
export const paymentTallies = (which: RawBuilder<unknown>) => sql`
  select p.state, sum(p.count)::float8 as count from payment_tallies p where ${which} group by p.state`
