// A database in which much waits: orders with a refund that waits each, and as many wakes, notices and hints that are due.
// Must not know: who asks for them.
import { sql } from 'kysely'
import type { Db } from '../../src/db/connect.ts'

/** As many orders that are paid, with a refund that waits each; and as many wakes and hints that are due. */
export async function fillWithWaiting(db: Db, count: number): Promise<void> {
  const wait = sql`'none', now() - n * interval '1 second', now()`
  const rows = sql`generate_series(1, ${sql.lit(count)}) n`
  await db.connection().execute(async (one) => {
    await sql`set statement_timeout = 0`.execute(one)
    await sql`insert into payments (merchant_uid, gateway, order_state, state, amount, currency, channel, name, expires_at, accepted_ref,
        charged_back, tries, created_at, attention, waiting_since, last_checkpoint_at)
      select 'o-' || n, 'iamport/main', 'prepared', 'cancelPending', 1000, 'KRW', 'live', 'a hat', now(), 'imp-' || n, false, 0, now(), ${wait}
      from ${rows}`.execute(one)
    await sql`insert into attempts (gateway, gateway_ref, merchant_uid, said_merchant_uid, status, amount, currency, channel, ever_paid,
        accepted, charged_back, gateway_returned, evidence_as_of, attention, waiting_since, last_checkpoint_at)
      select 'iamport/main', 'imp-' || n, 'o-' || n, 'o-' || n, 'paid', 1000, 'KRW', 'live', true, true, false, 0, now(), ${wait}
      from ${rows}`.execute(one)
    await sql`insert into refunds (refund_id, merchant_uid, gateway, gateway_ref, amount, currency, reason, origin, state, test_channel,
        authorisation, ticket_dead, paid_elsewhere, tries, created_at, state_since, attention, waiting_since, last_checkpoint_at)
      select 'r-' || n, 'o-' || n, 'iamport/main', 'imp-' || n, 1000, 'KRW', 'too small', 'checkout', 'ticketOpen', false, 'submit', false, 0, 0,
        now(), now(), ${wait} from ${rows}`.execute(one)
    await sql`insert into outbox (kind, target, payload) select 'wake', 'refund:r-' || n, '{}' from ${rows}`.execute(
      one,
    )
    // Two of each order, so that one waits for the other; of every second order the first waits for its next try.
    await sql`insert into outbox (kind, target, payload, due_at)
      select 'notice', 'o-' || n, '{}', now() + case when n % 2 = 0 and turn = 1 then 1 else -1 end * interval '1 minute'
      from ${rows}, generate_series(1, 2) turn order by turn, n`.execute(one)
    await sql`insert into inbox (gateway, subject, gateway_ref, merchant_uid, source)
      select 'iamport/main', 'ref:imp-' || n, 'imp-' || n, 'o-' || n, 'sweep' from ${rows}`.execute(one)
    await sql`analyze`.execute(one)
    await sql`reset statement_timeout`.execute(one)
  })
}
