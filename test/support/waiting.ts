// A database in which much waits: orders with a refund that waits each, and as many wakes, notices and hints that are due; and one in
// which as much is settled.
// Must not know: who asks for them.
import { sql, type Kysely } from 'kysely'
import type { Db } from '../../src/db/connect.ts'
import type { Schema } from '../../src/db/schema.ts'

type Orders = { readonly prefix: string; readonly payment: string; readonly attempt: string; readonly refund: string }
const WAITING: Orders = { prefix: '', payment: 'cancelPending', attempt: 'paid', refund: 'ticketOpen' }
const SETTLED: Orders = { prefix: 'was-', payment: 'cancelled', attempt: 'cancelled', refund: 'refunded' }
const TABLES = ['payments', 'attempts', 'refunds', 'outbox', 'inbox', 'looks']

/** So much waits, and the planner's statistics say so. */
export async function fillWithWaiting(db: Db, count: number): Promise<void> {
  await fillUncounted(db, count)
  await sql`analyze`.execute(db)
}

/** The same, of which the planner's statistics say nothing: those are of whatever was there before. */
export const fillUncounted = (db: Db, count: number): Promise<void> =>
  filling(db, async (one) => {
    const rows = numbers(count)
    await fillWithOrders(one, count, WAITING)
    await sql`insert into outbox (kind, target, payload) select 'wake', 'refund:r-' || n, '{}' from ${rows}`.execute(
      one,
    )
    // Two of each order, so that one waits for the other; of every second order the first waits for its next try.
    await sql`insert into outbox (kind, target, payload, due_at)
      select 'notice', 'o-' || n, '{}', now() + case when n % 2 = 0 and turn = 1 then 1 else -1 end * interval '1 minute'
      from ${rows}, generate_series(1, 2) turn order by turn, n`.execute(one)
    await sql`insert into inbox (gateway, subject, gateway_ref, merchant_uid, source)
      select 'iamport/main', 'ref:imp-' || n, 'imp-' || n, 'o-' || n, 'sweep' from ${rows}`.execute(one)
  })

/** As a database is on most days: much is settled, nothing waits, the statistics are of that, and nobody makes others. */
export async function fillWithSettled(db: Db, count: number): Promise<void> {
  await filling(db, async (one) => {
    const rows = numbers(count)
    for (const table of TABLES) await sql`alter table ${sql.table(table)} set (autovacuum_enabled = false)`.execute(one)
    await fillWithOrders(one, count, SETTLED)
    await sql`insert into outbox (kind, target, payload, state, due_at, settled_at)
      select case n % 3 when 0 then 'notice' when 1 then 'alert' else 'wake' end, 'o-was-' || n, '{}', 'delivered', now(), now()
      from ${rows}`.execute(one)
    await sql`insert into inbox (gateway, subject, gateway_ref, merchant_uid, source, state, moved, due_at, settled_at)
      select 'iamport/main', 'ref:imp-was-' || n, 'imp-was-' || n, 'o-was-' || n, 'webhook', 'looked', true, now(), now()
      from ${rows}`.execute(one)
    await sql`insert into looks (gateway, subject, began) select 'iamport/main', 'ref:imp-was-' || n, now() from ${rows}`.execute(
      one,
    )
  })
  await sql`vacuum analyze`.execute(db)
}

const numbers = (count: number) => sql`generate_series(1, ${sql.lit(count)}) n`

const filling = (db: Db, work: (one: Kysely<Schema>) => Promise<void>): Promise<void> =>
  db.connection().execute(async (one) => {
    await sql`set statement_timeout = 0`.execute(one)
    await work(one)
    await sql`reset statement_timeout`.execute(one)
  })

/** Paid, and with a refund of all of it each. */
async function fillWithOrders(
  one: Kysely<Schema>,
  count: number,
  { prefix, payment, attempt, refund }: Orders,
): Promise<void> {
  const rows = numbers(count)
  const wait = sql`'none', now() - n * interval '1 second', now()`
  const id = (kind: string) => sql`${sql.lit(`${kind}-${prefix}`)} || n`
  const order = id('o')
  const ref = id('imp')
  await sql`insert into payments (merchant_uid, gateway, order_state, state, amount, currency, channel, name, expires_at, accepted_ref,
      charged_back, tries, created_at, attention, waiting_since, last_checkpoint_at)
    select ${order}, 'iamport/main', 'prepared', ${payment}, 1000, 'KRW', 'live', 'a hat', now(), ${ref}, false, 0, now(), ${wait}
    from ${rows}`.execute(one)
  await sql`insert into attempts (gateway, gateway_ref, merchant_uid, said_merchant_uid, status, amount, currency, channel, ever_paid,
      accepted, charged_back, gateway_returned, evidence_as_of, attention, waiting_since, last_checkpoint_at)
    select 'iamport/main', ${ref}, ${order}, ${order}, ${attempt}, 1000, 'KRW', 'live', true, true, false, 0, now(), ${wait}
    from ${rows}`.execute(one)
  await sql`insert into refunds (refund_id, merchant_uid, gateway, gateway_ref, amount, currency, reason, origin, state, test_channel,
      authorisation, ticket_dead, paid_elsewhere, tries, created_at, state_since, attention, waiting_since, last_checkpoint_at)
    select ${id('r')}, ${order}, 'iamport/main', ${ref}, 1000, 'KRW', 'too small', 'checkout', ${refund}, false, 'submit', false, 0, 0,
      now(), now(), ${wait} from ${rows}`.execute(one)
}
