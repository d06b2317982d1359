// The facts of a run: read from the gateway, the database, Temporal, and from what the checkout holds.
// Must not know: what must agree with what.
import { sql } from 'kysely'
import { z } from 'zod'
import { transact, type Db } from '../../src/db/connect.ts'
import { OPEN_ROWS, reallyOpen } from '../../src/outbox/openSagas.ts'
import { withTheDesk, withTheGateway, withTheJournal } from '../support/agreement.ts'
import type { Shop } from '../support/shop.ts'
import type { Facts, RefundFact } from './comparing.ts'

const theirs = z.object({
  payments: z.array(
    z.object({ merchantUid: z.string(), status: z.string(), amount: z.number(), cancelAmount: z.number() }),
  ),
})
const SAGAS = ['payment', 'refund', 'stray'] as const
/** A server that has just begun may be late by some seconds. */
const LATE_MS = 60_000
/** A task that fails because news came in between fails once. */
const FAILS_ALWAYS = 4

export type OfTheRun =
  'taken' | 'forged' | 'answered' | 'opened' | 'asked' | 'stuck' | 'fallen' | 'restored' | 'reopened' | 'lost'

export async function collect(db: Db, shop: Shop, own: Pick<Facts, OfTheRun>): Promise<Facts> {
  const { payments: theirPayments } = theirs.parse(await shop.sim.control('GET', '/payments'))
  const tickets = await shop.sim.allTickets()
  return {
    ...own,
    gateway: await withTheGateway(db, shop),
    desk: await withTheDesk(db, shop, own.lost),
    journal: await withTheJournal(db),
    theirPayments: theirPayments.map(({ merchantUid, status, amount, cancelAmount }) => {
      return { merchantUid, paid: status === 'paid' || cancelAmount > 0 ? amount : 0, returned: cancelAmount }
    }),
    tickets: tickets.map(({ reason }) => /^#(\S+) /.exec(reason)?.[1] ?? reason),
    ...(await ofRows(db)),
    openSagas: await openNow(db),
    running: await runningNow(shop),
  }
}

async function ofRows(db: Db) {
  const { rows: payments } = await sql<{ merchantUid: string; state: string; accepted: boolean }>`
    select merchant_uid, state, accepted_ref is not null as accepted from payments`.execute(db)
  const { rows: refunds } = await sql<RefundFact>`
    select refund_id, coalesce(merchant_uid, '') as merchant_uid, state, amount, attention from refunds`.execute(db)
  const { rows: noticeRows } = await sql<{ id: string; merchantUid: string; number: number; state: string }>`
    select payload->>'id' as id, target as merchant_uid, (payload->>'number')::float8 as number, state from outbox
    where kind = 'notice' order by outbox.id`.execute(db)
  const { rows: kept } = await sql<{ ref: string; times: number }>`
    select gateway_ref as ref, sum(times)::float8 as times from inbox
    where source = 'webhook' and gateway_ref is not null group by 1`.execute(db)
  const { rows: unlooked } = await sql<{ subject: string }>`
    select source || ' hint of ' || coalesce(subject, '?') as subject from inbox
    where state = 'received' and source <> 'again'`.execute(db)
  const { rows: told } = await sql<{ saga: string }>`
    select distinct target as saga from outbox where kind = 'alert' and logged_at is not null
      and payload->>'level' in ('warn', 'page')`.execute(db)
  const { rows: overdue } = await sql<{ what: string }>`
    select 'refund:' || refund_id || ' should have been looked at by ' || next_checkpoint_at as what from refunds
    where next_checkpoint_at < clock_timestamp() - ${LATE_MS} * interval '1 millisecond'`.execute(db)
  return {
    payments,
    refunds,
    noticeRows,
    kept: new Map(kept.map(({ ref, times }) => [ref, times])),
    unlooked: unlooked.map(({ subject }) => subject),
    told: new Set(told.map(({ saga }) => saga)),
    overdue: overdue.map(({ what }) => what),
  }
}

async function openNow(db: Db): Promise<readonly string[]> {
  const open: string[] = []
  for (const kind of SAGAS) {
    const rows = await OPEN_ROWS[kind](db, { after: '', limit: 1_000_000, quietMs: 0 })
    const really = await transact(db, 'open sagas', (trx) => reallyOpen(trx, rows))
    open.push(...really.map((id) => `${kind}:${id}`))
  }
  return open
}

/** Sagas alone: sweeps and the supervisor come and go. */
async function runningNow({ client }: Shop): Promise<Facts['running']> {
  const running: { id: string; failing: boolean }[] = []
  for await (const { workflowId, runId } of client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    if (!SAGAS.some((kind) => workflowId.startsWith(`${kind}:`))) continue
    const { raw, status } = await client.workflow.getHandle(workflowId, runId).describe()
    // The list is written a moment after a run has ended.
    if (status.name !== 'RUNNING') continue
    running.push({ id: workflowId, failing: (raw.pendingWorkflowTask?.attempt ?? 0) >= FAILS_ALWAYS })
  }
  return running
}
