// What waits is counted as it moves, by the commit that moves it, so that nobody has to count it
// when it is asked for; and the indexes by which the rest of it is found.
// Must not know: anything but SQL. Runs on Postgres 15+ and PGlite alike; never edited after a
// release, only followed.
import { sql, type Kysely } from 'kysely'
import { briefly, index, patiently, steps } from '../migrating.ts'

const REFUND_KEY = sql`state, ticket_dead, matched_by_amount, currency, attention, owned`
const refundsOf = (table: string, sign: '+' | '-') => sql`
  select state, ticket_dead, matched_by_amount, currency, attention, owner is not null as owned,
    ${sql.raw(sign)}1::int8 as count, ${sql.raw(sign)}amount as amount from ${sql.table(table)}`
const addRefunds = (moved: ReturnType<typeof sql>) => sql`
  insert into refund_tallies (${REFUND_KEY}, count, amount)
    select ${REFUND_KEY}, sum(count), sum(amount) from (${moved}) as moved group by ${REFUND_KEY}
    having sum(count) <> 0 or sum(amount) <> 0`
const paymentsOf = (table: string, sign: '+' | '-') =>
  sql`select state, ${sql.raw(sign)}1::int8 as count from ${sql.table(table)}`
const addPayments = (moved: ReturnType<typeof sql>) => sql`
  insert into payment_tallies (state, count)
    select state, sum(count) from (${moved}) as moved group by state having sum(count) <> 0`

/** A line is added for what changed, none is changed: writers never wait for each other here. */
const tallying = (
  table: 'refunds' | 'payments',
  of: typeof refundsOf,
  add: typeof addRefunds,
) => sql`create or replace function ${sql.raw(`tally_${table}`)}() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then ${add(of('come', '+'))};
  elsif tg_op = 'DELETE' then ${add(of('gone', '-'))};
  else ${add(sql`${of('come', '+')} union all ${of('gone', '-')}`)};
  end if;
  return null;
end $$`

const TABLES = {
  insert: 'new table as come',
  update: 'old table as gone new table as come',
  delete: 'old table as gone',
}
const triggers = (table: 'refunds' | 'payments') =>
  Object.entries(TABLES).map(([move, tables]) =>
    briefly(
      sql`create or replace trigger ${sql.raw(`${table}_tallied_${move}`)} after ${sql.raw(move)} on ${sql.table(table)}
        referencing ${sql.raw(tables)} for each statement execute function ${sql.raw(`tally_${table}`)}()`,
    ),
  )

const OPEN = sql`state in ('requested', 'ticketOpen', 'unknown', 'blocked', 'refused', 'reversed') and not (state in ('refused') and ticket_dead)
  or state = 'refunded' and matched_by_amount and not ticket_dead`

export const up = steps(
  briefly(
    sql`create table if not exists refund_tallies (
      id int8 generated always as identity primary key, state text not null, ticket_dead boolean not null,
      matched_by_amount boolean not null, currency text not null, attention text not null, owned boolean not null,
      count int8 not null, amount int8 not null)`,
    sql`create table if not exists payment_tallies (
      id int8 generated always as identity primary key, state text not null, count int8 not null)`,
    tallying('refunds', refundsOf, addRefunds),
    tallying('payments', paymentsOf, addPayments),
  ),
  ...triggers('refunds'),
  ...triggers('payments'),
  // What was there before, less what the triggers have counted since: one statement sees one moment
  // of both, so it is right beside writers, and right again when it is repeated.
  patiently(
    addRefunds(sql`${refundsOf('refunds', '+')} union all
      select ${REFUND_KEY}, -count, -amount from refund_tallies`),
  ),
  patiently(addPayments(sql`${paymentsOf('payments', '+')} union all select state, -count from payment_tallies`)),
  // Pages of what is open, of each state, level and currency.
  index('refunds_stuck', sql`refunds (state, attention, currency, waiting_since, refund_id) where ${OPEN}`),
  index('refunds_dear', sql`refunds (state, attention, currency, amount desc, refund_id) where ${OPEN}`),
  index('refunds_loud', sql`refunds (attention, waiting_since, refund_id) where attention <> 'none'`),
  index(
    'outbox_oldest',
    sql`outbox (kind, (coalesce(replayed_at, created_at))) where kind <> 'wake' and state = 'pending'`,
  ),
)

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index outbox_oldest, refunds_loud, refunds_dear, refunds_stuck`.execute(db)
  for (const table of ['refunds', 'payments'])
    for (const move of Object.keys(TABLES))
      await sql`drop trigger ${sql.raw(`${table}_tallied_${move}`)} on ${sql.table(table)}`.execute(db)
  await sql`drop function tally_refunds(), tally_payments()`.execute(db)
  await sql`drop table refund_tallies, payment_tallies`.execute(db)
}
